package store

import (
	"errors"
	"fmt"
	"maps"
	"strings"
)

// Customer is one customer, as a fixture file writes it.
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

// ErrNoCustomer says that no customer has the id.
var ErrNoCustomer = errors.New("no such customer")

// TakenError says which values another customer holds already.
type TakenError struct {
	Fields []string // names of the fields, e.g. "email"
}

func (e *TakenError) Error() string { return "already taken: " + strings.Join(e.Fields, ", ") }

// billingAccount identifies a customer of a billing system. Blesta writes its own name
// in two ways, so case does not tell systems apart [I].
type billingAccount struct{ system, id string }

func (c Customer) account() (billingAccount, bool) {
	return billingAccount{strings.ToLower(c.BillingSystem), c.BillingID}, c.BillingID != NoBilling && c.BillingID != ""
}

// emailKey makes look-ups by address ignore case, as MySQL's usual collation does [I].
func emailKey(email string) string { return strings.ToLower(email) }

// customers is the table and its indexes; an index holds ids.
type customers struct {
	byID      map[int64]Customer
	byEmail   map[string]int64
	byAccount map[billingAccount]int64
	lastID    int64
}

func newCustomers(list []Customer) (customers, error) {
	t := customers{byID: map[int64]Customer{}, byEmail: map[string]int64{}, byAccount: map[billingAccount]int64{}}
	for i, c := range list {
		if _, ok := t.byID[c.ID]; ok {
			return t, fmt.Errorf("/%d/id: %d is there twice", i, c.ID)
		}
		if err := t.free(c); err != nil {
			return t, fmt.Errorf("/%d/%s: another customer has the same", i, err.Fields[0])
		}
		t.put(c)
	}
	return t, nil
}

func (t *customers) clone() customers {
	return customers{
		byID: maps.Clone(t.byID), byEmail: maps.Clone(t.byEmail),
		byAccount: maps.Clone(t.byAccount), lastID: t.lastID,
	}
}

// free reports what of c another customer holds; nil when nothing.
func (t *customers) free(c Customer) *TakenError {
	var taken []string
	if id, ok := t.byEmail[emailKey(c.Email)]; ok && id != c.ID {
		taken = append(taken, "email")
	}
	if account, ok := c.account(); ok {
		if id, ok := t.byAccount[account]; ok && id != c.ID {
			taken = append(taken, "billing_id")
		}
	}
	if taken == nil {
		return nil
	}
	return &TakenError{Fields: taken}
}

// put writes c over the customer of the same id, and keeps the indexes in step.
func (t *customers) put(c Customer) {
	if old, ok := t.byID[c.ID]; ok {
		delete(t.byEmail, emailKey(old.Email))
		if account, ok := old.account(); ok {
			delete(t.byAccount, account)
		}
	}
	t.byID[c.ID] = c
	t.byEmail[emailKey(c.Email)] = c.ID
	if account, ok := c.account(); ok {
		t.byAccount[account] = c.ID
	}
	t.lastID = max(t.lastID, c.ID)
}

// Customer finds a customer by id.
func (s *Store) Customer(id int64) (Customer, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.state.customers.byID[id]
	return c, ok
}

// CustomerByEmail finds a customer by e-mail address, whatever its case.
func (s *Store) CustomerByEmail(email string) (Customer, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	id, ok := s.state.customers.byEmail[emailKey(email)]
	if !ok {
		return Customer{}, false
	}
	return s.state.customers.byID[id], true
}

// AddCustomer gives c the next id and the present time, and keeps it. The error is a
// *TakenError when its e-mail address or billing account is another customer's.
func (s *Store) AddCustomer(c Customer) (Customer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.state.customers
	c.ID = t.lastID + 1
	c.CreatedAt = s.timestamp()
	c.UpdatedAt = c.CreatedAt
	if err := t.free(c); err != nil {
		return Customer{}, err
	}
	t.put(c)
	return c, nil
}

// AssignBilling links customer id to an account of a billing system, over whatever link
// it had. The error is ErrNoCustomer, or a *TakenError when the account is another
// customer's: two help desk customers on one billing account would each see the other's
// tickets [I].
func (s *Store) AssignBilling(id int64, system, account string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.state.customers
	c, ok := t.byID[id]
	if !ok {
		return ErrNoCustomer
	}
	if c.BillingSystem == system && c.BillingID == account {
		return nil // as in Laravel, saving a record that is the same does not touch it [I]
	}
	c.BillingSystem, c.BillingID = system, account
	c.UpdatedAt = s.timestamp()
	if err := t.free(c); err != nil {
		return err
	}
	t.put(c)
	return nil
}
