package api

import (
	"cmp"
	"crypto/subtle"
	"errors"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// user is a customer as an answer shows it, with the fields in the order of the documented page
// [D6].
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

// registered is a customer as the answer to register shows it. The order and the missing fields are
// those of a record that was just created [D4].
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

// answer is the envelope of every answer about one customer.
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

// registerCustomer handles POST /api/register. Fields that were left out appear as in the other
// answers of the documentation: "0" for an id, "" for a string [I].
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

// loginCustomer handles POST /api/login. Refusing a wrong password in the same way as wrong
// credentials is a guess [I]. A user without a password, such as staff in the fixtures, cannot log
// in.
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

// getCustomer handles GET /api/customers/get/{id}. The id 0 stands for the owner of the credentials;
// the Blesta plugin since 2.1 uses it to test a connection [B21].
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

// assignBillingID handles POST /api/customers/assign [D1]. It answers a boolean, not the customer;
// getCustomer shows the new link.
func assignBillingID(s *store.Store, r Request) (any, error) {
	return assign(s, r.Fields.ID("ticaga_id"), func(c *store.Customer) {
		c.BillingSystem, c.BillingID = r.Fields.Text("billing_system"), r.Fields.TextOr("billing_id", store.NoBilling)
	})
}

// setBillingID handles POST /api/customers/billing [CEa]. The request names no billing system: the
// customer keeps its own, or gets Clientexec's if it had none [I].
func setBillingID(s *store.Store, r Request) (any, error) {
	return assign(s, r.Fields.ID("ticaga_id"), func(c *store.Customer) {
		c.BillingSystem, c.BillingID = cmp.Or(c.BillingSystem, clientexec), r.Fields.TextOr("billing_id", store.NoBilling)
	})
}

// clientexec is the billing system of requests that only the Clientexec plugin sends and that do not
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

// linkCustomer handles POST /api/customers/link [B21, B2x, B2y]. It finds the user by e-mail
// address, including staff [I]; repeating a request changes nothing. The name is used only for a
// customer that is created [I].
func linkCustomer(s *store.Store, r Request) (any, error) {
	return upsert(s, r.Fields.Text("email"), func(c *store.Customer, isNew bool) {
		if isNew {
			c.Name = r.Fields.Text("name")
		}
		c.BillingSystem, c.BillingID = r.Fields.Text("billing_system"), r.Fields.TextOr("billing_id", store.NoBilling)
	})
}

// syncCustomer handles POST /api/customers/sync [CEc]. The plugin's data overwrites ours [I].
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

// upsert updates the customer with an e-mail address, or creates one.
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

// createCustomer handles POST /api/customers/create [CEb], the one operation that has first and last
// names.
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
