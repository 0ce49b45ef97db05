package store

import (
	"errors"
	"fmt"
	"iter"
	"strings"
)

// Customer is one user of the help desk, as customers.json writes it. Staff are users too.
type Customer struct {
	ID              int64   `json:"id"`
	Name            string  `json:"name"`
	Email           string  `json:"email"`
	EmailVerifiedAt *string `json:"email_verified_at"`
	Company         string  `json:"company"`
	PhoneNumber     string  `json:"phone_number"`
	BillingID       string  `json:"billing_id"`     // "0" when there is none
	BillingSystem   string  `json:"billing_system"` // "" when there is none
	AccountManager  string  `json:"account_manager"`
	Biography       string  `json:"biography"`
	CreatedAt       string  `json:"created_at"`
	UpdatedAt       string  `json:"updated_at"`
	Password        string  `json:"password,omitempty"`
}

// NoBilling is the billing id of a customer that no billing system knows [D6].
const NoBilling = "0"

// ErrNoEmail says that a customer has no e-mail address, which every user has: only a lenient server
// gets to ask for that.
var ErrNoEmail = errors.New("no e-mail address")

// ErrNoCustomer says that no customer has the id.
var ErrNoCustomer = errors.New("no such customer")

// TakenError says which values another user holds already.
type TakenError struct {
	Fields []string // names of the fields, e.g. "email"
}

func (e *TakenError) Error() string { return "already taken: " + strings.Join(e.Fields, ", ") }

// account is the key of a customer of a billing system, "" for none. Blesta writes its own
// name in two ways, so case does not tell systems apart, nor do leading zeros tell ids apart
// [I].
func (c Customer) account() string {
	id := strings.TrimLeft(c.BillingID, "0")
	if id == "" {
		return ""
	}
	return strings.ToLower(c.BillingSystem) + "\x00" + id
}

// emailKey makes look-ups by address ignore case, as MySQL's usual collation does [I].
func emailKey(email string) string { return strings.ToLower(email) }

type customers struct {
	rows      table[Customer]
	byEmail   index[string]
	byAccount index[string]
}

func (c customers) copy() customers {
	return customers{c.rows.copy(), c.byEmail.copy(), c.byAccount.copy()}
}

// Customer finds a user by id, a customer or a staff member.
func (s *State) Customer(id int64) (Customer, bool) { return s.customers.rows.get(id) }

// CustomerName returns the name of a user.
func (s *State) CustomerName(id int64) (name string, ok bool) {
	if c := s.customers.rows.pointer(id); c != nil {
		return c.Name, true
	}
	return "", false
}

// Customers goes through every user who is not staff.
func (s *State) Customers() iter.Seq[Customer] {
	return func(yield func(Customer) bool) {
		for c := range s.customers.rows.all() {
			if s.staff.byID[c.ID] == nil && !yield(c) {
				return
			}
		}
	}
}

// CustomerByEmail finds a user by e-mail address, whatever its case.
func (s *State) CustomerByEmail(email string) (Customer, bool) {
	id, ok := s.customers.byEmail.first(emailKey(email))
	if !ok {
		return Customer{}, false
	}
	return s.customers.rows.get(id)
}

// free checks that no other user holds what c holds.
func (s *State) free(c Customer) error {
	var taken []string
	if id, ok := s.customers.byEmail.first(emailKey(c.Email)); ok && id != c.ID && c.Email != "" {
		taken = append(taken, "email")
	}
	if id, ok := s.customers.byAccount.first(c.account()); ok && id != c.ID {
		taken = append(taken, "billing_id")
	}
	if taken == nil {
		return nil
	}
	return &TakenError{Fields: taken}
}

// AddCustomer gives c the next id and the present time, and keeps it. The error is a
// *TakenError when its e-mail address or billing account is another user's, or ErrNoEmail.
func (tx *Tx) AddCustomer(c Customer) (Customer, error) {
	if c.Email == "" {
		return Customer{}, ErrNoEmail
	}
	c.ID = tx.newID("customer", tx.customers.rows.last())
	c.CreatedAt = tx.timestamp()
	c.UpdatedAt = c.CreatedAt
	if err := tx.free(c); err != nil {
		return Customer{}, err
	}
	tx.putCustomer(c)
	return c, nil
}

// SaveCustomer writes c over the customer of the same id. The error is ErrNoCustomer, or a
// *TakenError as of AddCustomer: two customers on one billing account would each see the
// other's tickets [I].
func (tx *Tx) SaveCustomer(c Customer) (Customer, error) {
	old, ok := tx.Customer(c.ID)
	if !ok {
		return Customer{}, ErrNoCustomer
	}
	if old == c {
		return c, nil // as in Laravel, saving a record that is the same does not touch it [I]
	}
	if err := tx.free(c); err != nil {
		return Customer{}, err
	}
	c.UpdatedAt = tx.timestamp()
	tx.putCustomer(c)
	return c, nil
}

// putCustomer keeps the indexes in step.
func (tx *Tx) putCustomer(c Customer) {
	tx.write()
	t := &tx.customers
	replaced := int64(0)
	if old, ok := t.rows.get(c.ID); ok {
		replaced = old.Size()
		t.byEmail.remove(emailKey(old.Email), c.ID)
		t.byAccount.remove(old.account(), c.ID)
	}
	tx.touch(users, c.ID)
	t.rows.put(c.ID, c)
	t.byEmail.add(emailKey(c.Email), c.ID)
	if account := c.account(); account != "" {
		t.byAccount.add(account, c.ID)
	}
	tx.count(c.Size(), replaced)
}

func (tx *Tx) loadCustomer(c Customer) error {
	if _, ok := tx.StaffMember(c.ID); ok {
		return fmt.Errorf("id: %d is a staff member's id; staff and customers share one table of users", c.ID)
	}
	if _, ok := tx.StaffByEmail(c.Email); ok {
		return fmt.Errorf("email: %s is a staff member's address; staff and customers share one table of users", c.Email)
	}
	if _, ok := tx.Customer(c.ID); ok {
		return twice("id", c.ID)
	}
	var taken *TakenError
	if errors.As(tx.free(c), &taken) {
		return duplicate(c, taken)
	}
	tx.putCustomer(c)
	return nil
}

// duplicate says which value of a fixture another user of the fixtures holds already.
func duplicate(c Customer, taken *TakenError) error {
	value := c.Email
	if taken.Fields[0] == "billing_id" {
		value = c.BillingSystem + " " + c.BillingID
	}
	return twice(taken.Fields[0], value)
}
