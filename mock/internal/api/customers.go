package api

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// user is a customer as an answer shows it, in the order of the page [D6].
type user struct {
	ID              int64   `json:"id"`
	Name            string  `json:"name"`
	Email           string  `json:"email"`
	EmailVerifiedAt *string `json:"email_verified_at"`
	Company         string  `json:"company"`
	PhoneNumber     string  `json:"phone_number"`
	BillingID       string  `json:"billing_id"`
	BillingSystem   string  `json:"billing_system"`
	AccountManager  string  `json:"account_manager"`
	Biography       string  `json:"biography"`
	CreatedAt       string  `json:"created_at"`
	UpdatedAt       string  `json:"updated_at"`
}

// registered is a customer as the answer to register shows it: the order and the missing
// fields are those of a record that was just created [D4].
type registered struct {
	Name           string `json:"name"`
	Email          string `json:"email"`
	Company        string `json:"company"`
	BillingID      string `json:"billing_id"`
	BillingSystem  string `json:"billing_system"`
	AccountManager string `json:"account_manager"`
	Biography      string `json:"biography"`
	UpdatedAt      string `json:"updated_at"`
	CreatedAt      string `json:"created_at"`
	ID             int64  `json:"id"`
}

// answer is the envelope of everything about one customer.
type answer[T any] struct {
	User T `json:"user"`
}

func showCustomer(c store.Customer) answer[user] { return answer[user]{showUser(c)} }

func showUser(c store.Customer) user {
	return user{
		ID: c.ID, Name: c.Name, Email: c.Email, EmailVerifiedAt: c.EmailVerifiedAt,
		Company: c.Company, PhoneNumber: c.PhoneNumber, BillingID: c.BillingID,
		BillingSystem: c.BillingSystem, AccountManager: c.AccountManager, Biography: c.Biography,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}
}

// registerCustomer is POST /api/register. What was left out shows as in the page's other
// answers: "0" for an id, "" for a text [I].
func registerCustomer(s *store.Store, r Request) (any, error) {
	c, err := add(s, store.Customer{
		Name: r.Fields.Text("name"), Email: r.Fields.Text("email"), Password: r.Fields.Text("password"),
		Company: r.Fields.Text("company"), Biography: r.Fields.Text("biography"),
		BillingID:      r.Fields.TextOr("billing_id", store.NoBilling),
		BillingSystem:  r.Fields.Text("billing_system"),
		AccountManager: r.Fields.TextOr("account_manager", "0"),
	})
	if err != nil {
		return nil, err
	}
	return Created{answer[registered]{registered{
		Name: c.Name, Email: c.Email, Company: c.Company, BillingID: c.BillingID,
		BillingSystem: c.BillingSystem, AccountManager: c.AccountManager, Biography: c.Biography,
		UpdatedAt: c.UpdatedAt, CreatedAt: c.CreatedAt, ID: c.ID,
	}}}, nil
}

func add(s *store.Store, c store.Customer) (added store.Customer, err error) {
	err = s.Update(func(tx *store.Tx) error {
		added, err = tx.AddCustomer(c)
		return err
	})
	return added, err
}

// loginCustomer is POST /api/login. That a wrong password is refused like wrong
// credentials is a guess [I]; a user without a password cannot log in, as staff in the fixtures.
func loginCustomer(s *store.Store, r Request) (any, error) {
	c, ok := s.View().CustomerByEmail(r.Fields.Text("email"))
	if !ok {
		return nil, errLogin.because("no user has this e-mail address")
	}
	password := r.Fields.Text("password")
	if c.Password == "" || subtle.ConstantTimeCompare([]byte(c.Password), []byte(password)) == 0 {
		return nil, errLogin.because("wrong password, or the user has none")
	}
	return showCustomer(c), nil
}

// getCustomer is GET /api/customers/get/{id}. The id 0 stands for the owner of the
// credentials; the Blesta plugin since 2.1 tests a connection with it [B21].
func getCustomer(s *store.Store, r Request) (any, error) {
	id := r.Params.ID("id")
	if r.Params["id"] == "0" {
		id = r.Caller
	}
	c, ok := s.View().Customer(id)
	if !ok {
		return nil, store.ErrNoCustomer
	}
	return showCustomer(c), nil
}

// assignBillingID is POST /api/customers/assign [D1]. The answer is a boolean, not the
// customer; the link itself shows in getCustomer.
func assignBillingID(s *store.Store, r Request) (any, error) {
	return assign(s, r.Fields.ID("ticaga_id"), func(c *store.Customer) {
		c.BillingSystem, c.BillingID = r.Fields.Text("billing_system"), r.Fields.TextOr("billing_id", store.NoBilling)
	})
}

// setBillingID is POST /api/customers/billing [CEa], which names no billing system: it
// stays, or is Clientexec's where there was none [I].
func setBillingID(s *store.Store, r Request) (any, error) {
	return assign(s, r.Fields.ID("ticaga_id"), func(c *store.Customer) {
		c.BillingSystem, c.BillingID = cmp.Or(c.BillingSystem, clientexec), r.Fields.TextOr("billing_id", store.NoBilling)
	})
}

// clientexec is the billing system of requests that only its plugin sends and that do not
// name one [I].
const clientexec = "clientexec"

func assign(s *store.Store, id int64, change func(*store.Customer)) (any, error) {
	err := s.Update(func(tx *store.Tx) error {
		c, ok := tx.Customer(id)
		if !ok {
			return store.ErrNoCustomer
		}
		change(&c)
		_, err := tx.SaveCustomer(c)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answer[bool]{true}, nil
}

// linkCustomer is POST /api/customers/link [B21, B2x, B2y]: by e-mail address, a staff member's
// too [I], and the same again changes nothing. The name counts only for a customer that is
// created [I].
func linkCustomer(s *store.Store, r Request) (any, error) {
	return upsert(s, r.Fields.Text("email"), func(c *store.Customer, isNew bool) {
		if isNew {
			c.Name = r.Fields.Text("name")
		}
		c.BillingSystem, c.BillingID = r.Fields.Text("billing_system"), r.Fields.TextOr("billing_id", store.NoBilling)
	})
}

// syncCustomer is POST /api/customers/sync [CEc]: the plugin's data goes over ours [I].
func syncCustomer(s *store.Store, r Request) (any, error) {
	value, err := upsert(s, r.Fields.Text("email"), func(c *store.Customer, _ bool) {
		c.Name, c.Company = r.Fields.Text("name"), r.Fields.Text("company")
		c.BillingSystem, c.BillingID = clientexec, r.Fields.TextOr("external_id", store.NoBilling)
	})
	if taken := (*store.TakenError)(nil); errors.As(err, &taken) { // under the name that was sent [I]
		return nil, &store.TakenError{Fields: []string{"external_id"}}
	}
	return value, err
}

// upsert changes the customer of an e-mail address, or a new one.
func upsert(s *store.Store, email string, change func(c *store.Customer, isNew bool)) (any, error) {
	var saved store.Customer
	var found bool
	err := s.Update(func(tx *store.Tx) (err error) {
		var c store.Customer
		if c, found = tx.CustomerByEmail(email); !found {
			c = store.Customer{Email: email, BillingID: store.NoBilling, AccountManager: "0"}
		}
		change(&c, !found)
		if found {
			saved, err = tx.SaveCustomer(c)
		} else {
			saved, err = tx.AddCustomer(c)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !found:
		return Created{showCustomer(saved)}, nil
	}
	return showCustomer(saved), nil
}

// createCustomer is POST /api/customers/create [CEb], the one that knows first and last names.
func createCustomer(s *store.Store, r Request) (any, error) {
	c, err := add(s, store.Customer{
		Name:      strings.TrimSpace(r.Fields.Text("first_name") + " " + r.Fields.Text("last_name")),
		Email:     r.Fields.Text("email"),
		BillingID: store.NoBilling, AccountManager: "0",
	})
	if err != nil {
		return nil, err
	}
	return Created{showCustomer(c)}, nil
}
