package api

import (
	"crypto/subtle"

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

func showCustomer(c store.Customer) answer[user] {
	return answer[user]{user{
		ID: c.ID, Name: c.Name, Email: c.Email, EmailVerifiedAt: c.EmailVerifiedAt,
		Company: c.Company, PhoneNumber: c.PhoneNumber, BillingID: c.BillingID,
		BillingSystem: c.BillingSystem, AccountManager: c.AccountManager, Biography: c.Biography,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
	}}
}

// registerCustomer is POST /api/register. What was left out shows as in the page's other
// answers: "0" for an id, "" for a text [I].
func registerCustomer(s *store.Store, r Request) (any, error) {
	c, err := s.AddCustomer(store.Customer{
		Name: r.Fields.Text("name"), Email: r.Fields.Text("email"), Password: r.Fields.Text("password"),
		Company: r.Fields.Text("company"), Biography: r.Fields.Text("biography"),
		BillingID:      r.Fields.TextOr("billing_id", store.NoBilling),
		BillingSystem:  r.Fields.Text("billing_system"),
		AccountManager: r.Fields.TextOr("account_manager", "0"),
	})
	if err != nil {
		return nil, err
	}
	return answer[registered]{registered{
		Name: c.Name, Email: c.Email, Company: c.Company, BillingID: c.BillingID,
		BillingSystem: c.BillingSystem, AccountManager: c.AccountManager, Biography: c.Biography,
		UpdatedAt: c.UpdatedAt, CreatedAt: c.CreatedAt, ID: c.ID,
	}}, nil
}

// loginCustomer is POST /api/login. That a wrong password is refused like wrong
// credentials is a guess [I]; a customer without a password cannot log in.
func loginCustomer(s *store.Store, r Request) (any, error) {
	c, ok := s.CustomerByEmail(r.Fields.Text("email"))
	password := r.Fields.Text("password")
	if !ok {
		return nil, errNotAuthenticated.because("no customer has this e-mail address")
	}
	if c.Password == "" || subtle.ConstantTimeCompare([]byte(c.Password), []byte(password)) == 0 {
		return nil, errNotAuthenticated.because("the customer's password is another one")
	}
	return showCustomer(c), nil
}

// getCustomer is GET /api/customers/get/{id}. The id 0 stands for the owner of the
// credentials; the Blesta plugin since 2.1 tests a connection with it [B21].
func getCustomer(s *store.Store, r Request) (any, error) {
	if r.Params["id"] == "0" {
		return showCustomer(ownRecord(r.Caller)), nil
	}
	c, ok := s.Customer(r.Params.ID("id"))
	if !ok {
		return nil, store.ErrNoCustomer
	}
	return showCustomer(c), nil
}

// ownRecord shows a staff member in the fields of a customer, empty where staff has none.
func ownRecord(member store.Staff) store.Customer {
	return store.Customer{
		ID: member.ID, Name: member.Name, Email: member.Email, Biography: member.Biography,
		BillingID: store.NoBilling, AccountManager: "0",
		CreatedAt: member.CreatedAt, UpdatedAt: member.CreatedAt,
	}
}

// assignBillingID is POST /api/customers/assign [D1]. The answer is a boolean, not the
// customer; the link itself shows in getCustomer.
func assignBillingID(s *store.Store, r Request) (any, error) {
	err := s.AssignBilling(r.Fields.ID("ticaga_id"), r.Fields.Text("billing_system"), r.Fields.Text("billing_id"))
	if err != nil {
		return nil, err
	}
	return answer[bool]{true}, nil
}
