package store

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func newStore(t rapid.TB, customers ...Customer) *Store {
	t.Helper()
	s, err := New(Data{Customers: customers}, func() time.Time { return time.Unix(0, 0) }, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// assign and addCustomer are steps as handlers take them.
func (s *Store) assign(id int64, system, account string) error {
	return s.Update(func(tx *Tx) error {
		c, ok := tx.Customer(id)
		if !ok {
			return ErrNoCustomer
		}
		c.BillingSystem, c.BillingID = system, account
		_, err := tx.SaveCustomer(c)
		return err
	})
}

func (s *Store) addCustomer(c Customer) (added Customer, err error) {
	err = s.Update(func(tx *Tx) error {
		added, err = tx.AddCustomer(c)
		return err
	})
	return added, err
}

func customer(id int64) Customer {
	return Customer{ID: id, Email: fmt.Sprintf("c%d@example.com", id), BillingID: NoBilling}
}

func member(id int64, email string, tokens ...string) Staff {
	return Staff{Customer: Customer{ID: id, Email: email}, Tokens: tokens}
}

func TestFixturesThatContradictThemselves(t *testing.T) {
	linked := func(id int64, system string) Customer {
		c := customer(id)
		c.BillingID, c.BillingSystem = "17", system
		return c
	}
	sameEmail := customer(2)
	sameEmail.Email = "C1@example.com"
	for _, c := range []struct {
		name string
		data Data
		want string
	}{
		{"id", Data{Customers: []Customer{customer(1), customer(1)}}, "customers.json: /1/id: duplicate 1"},
		{"e-mail", Data{Customers: []Customer{customer(1), sameEmail}}, "customers.json: /1/email: duplicate C1@example.com"},
		{"account", Data{Customers: []Customer{linked(1, "blesta"), linked(2, "Blesta")}}, "customers.json: /1/billing_id: duplicate Blesta 17"},
		{"staff id", Data{Staff: []Staff{member(1, "a"), member(1, "b")}}, "staff.json: /1/id: duplicate 1"},
		{"staff e-mail", Data{Staff: []Staff{member(1, "a"), member(2, "A")}}, "staff.json: /1/email: duplicate A"},
		{"staff and customer, id", Data{Customers: []Customer{customer(1), customer(2)}, Staff: []Staff{member(2, "a")}}, "customers.json: /1/id: 2 is a staff member's id; staff and customers share one table of users"},
		{"staff and customer, e-mail", Data{Customers: []Customer{customer(1)}, Staff: []Staff{member(2, "C1@Example.com")}}, "customers.json: /0/email: c1@example.com is a staff member's address; staff and customers share one table of users"},
		{"staff and customer, account", Data{Customers: []Customer{linked(1, "blesta")}, Staff: []Staff{{Customer: linked(2, "Blesta")}}}, "customers.json: /0/billing_id: duplicate blesta 17"},
		{"staff account", Data{Staff: []Staff{{Customer: linked(1, "blesta")}, {Customer: linked(2, "Blesta")}}}, "staff.json: /1/billing_id: duplicate Blesta 17"},
		{"slug", Data{Departments: []Department{{ID: 1, Slug: "a"}, {ID: 2, Slug: "a"}}}, "departments.json: /1/slug: duplicate a"},
		{"custom field", Data{Departments: []Department{{ID: 1}, {ID: 2, Slug: "b", CustomFields: []CustomField{{Slug: "x"}, {Slug: "y"}, {Slug: "x"}}}}}, "departments.json: /1/custom_fields/2/slug: duplicate x"},
		{"a ticket of nobody", Data{Departments: []Department{{ID: 1}}, Tickets: []Ticket{{ID: 1, CustomerID: 9, DepartmentID: 1}}}, "tickets.json: /0/customer_id: there is no customer 9"},
		{"a ticket nowhere", Data{Tickets: []Ticket{{ID: 1, DepartmentID: 9}}}, "tickets.json: /0/department_id: there is no department 9"},
		{"ticket code", Data{Departments: []Department{{ID: 1}}, Tickets: []Ticket{{ID: 1, DepartmentID: 1, Code: "A"}, {ID: 2, DepartmentID: 1}, {ID: 3, DepartmentID: 1, Code: "A"}}}, "tickets.json: /2/ticket_code: duplicate A"},
		{"a reply to nothing", Data{Responses: []Response{{ID: 1, TicketID: 9}}}, "responses.json: /0/ticket_id: there is no ticket 9"},
		{"first without rights", Data{Staff: []Staff{{Customer: member(1, "a").Customer, Role: NoRole}, member(2, "b")}}, "staff.json: /0/role: the first entry must have staff rights: its credentials are those that the mock prints"},
		{"token", Data{Staff: []Staff{member(1, "a", "t"), member(2, "b", "u", "t")}}, "staff.json: /1/tokens/1: duplicate token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, customer(7))
			if err := s.Load(c.data); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, ok := s.View().Customer(7); !ok {
				t.Error("refused fixtures: got no customer 7, want the state unchanged")
			}
		})
	}
}

func TestResetGoesBackToTheFixtures(t *testing.T) {
	s := newStore(t, customer(1))
	if err := s.assign(1, "blesta", "42"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.addCustomer(Customer{Email: "new@example.com"}); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	if c, _ := s.View().Customer(1); c != customer(1) {
		t.Errorf("customer 1 is %+v, want %v", c, customer(1))
	}
	if _, ok := s.View().CustomerByEmail("new@example.com"); ok {
		t.Error("after a reset: got the new customer, want none")
	}
	if c, err := s.addCustomer(Customer{Email: "new@example.com"}); err != nil || c.ID != 2 {
		t.Errorf("the next customer is %+v, %v, want 2", c, err)
	}
}

func TestSavingEqualValuesKeepsUpdatedAt(t *testing.T) {
	s := newStore(t, customer(1))
	if err := s.assign(1, "", NoBilling); err != nil {
		t.Fatal(err)
	}
	if c, _ := s.View().Customer(1); c.UpdatedAt != "" {
		t.Errorf(`updated at %s, want ""`, c.UpdatedAt)
	}
}

// TestStoreAgainstAPlainList compares random sequences of operations with a model that has
// no indexes: a list that is searched from end to end.
func TestStoreAgainstAPlainList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fixtures := []Customer{customer(1), customer(2), customer(3)}
		s := newStore(t, fixtures...)
		model := append([]Customer(nil), fixtures...)
		taken := func(c Customer) []string {
			var fields []string
			for _, other := range model {
				if other.ID != c.ID && strings.EqualFold(other.Email, c.Email) {
					fields = append(fields, "email")
				}
			}
			for _, other := range model {
				if other.ID != c.ID && strings.TrimLeft(c.BillingID, "0") != "" && strings.TrimLeft(other.BillingID, "0") == strings.TrimLeft(c.BillingID, "0") && strings.EqualFold(other.BillingSystem, c.BillingSystem) {
					fields = append(fields, "billing_id")
				}
			}
			return fields
		}
		agree := func(t *rapid.T, err error, fields []string) {
			var got *TakenError
			if errors.As(err, &got) != (fields != nil) {
				t.Fatalf("got %v, want a TakenError for %q of the model", err, fields)
			}
			if got != nil {
				if diff := cmp.Diff(fields, got.Fields); diff != "" {
					t.Fatal(diff)
				}
			}
		}
		id := rapid.Int64Range(0, 6)
		system := rapid.SampledFrom([]string{"blesta", "Blesta", "whmcs"})
		account := rapid.SampledFrom([]string{NoBilling, "00", "17", "42", "042"})
		email := rapid.SampledFrom([]string{"c1@example.com", "C2@example.com", "new@example.com", "other@example.com"})
		t.Repeat(map[string]func(*rapid.T){
			"assign": func(t *rapid.T) {
				id, system, account := id.Draw(t, "id"), system.Draw(t, "system"), account.Draw(t, "account")
				err := s.assign(id, system, account)
				for i, c := range model {
					if c.ID == id {
						if c.BillingID != account || c.BillingSystem != system {
							c.BillingID, c.BillingSystem, c.UpdatedAt = account, system, "1970-01-01T00:00:00.000000Z"
						}
						fields := taken(c)
						agree(t, err, fields)
						if fields == nil {
							model[i] = c
						}
						return
					}
				}
				if !errors.Is(err, ErrNoCustomer) {
					t.Fatalf("customer %d: got %v, want %v", id, err, ErrNoCustomer)
				}
			},
			"add": func(t *rapid.T) {
				c := Customer{Email: email.Draw(t, "email"), BillingID: account.Draw(t, "account"), BillingSystem: system.Draw(t, "system")}
				got, err := s.addCustomer(c)
				fields := taken(c)
				agree(t, err, fields)
				if fields == nil {
					if got.ID != model[len(model)-1].ID+1 {
						t.Fatalf("got id %d, want %d", got.ID, model[len(model)-1].ID+1)
					}
					model = append(model, got)
				}
			},
			"reset": func(*rapid.T) {
				s.Reset()
				model = append([]Customer(nil), fixtures...)
			},
			"": func(t *rapid.T) {
				for _, want := range model {
					if got, ok := s.View().Customer(want.ID); !ok || got != want {
						t.Fatalf("customer %d is %+v, want %+v", want.ID, got, want)
					}
					if got, ok := s.View().CustomerByEmail(strings.ToUpper(want.Email)); !ok || got != want {
						t.Fatalf("customer of %q is %+v, want %+v", want.Email, got, want)
					}
				}
			},
		})
	})
}

// TestHammer is for the race detector, and for the one thing that parallel requests must
// not break: an account has one customer.
func TestHammer(t *testing.T) {
	s := newStore(t, customer(1), customer(2), customer(3), customer(4))
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 300 {
				_ = s.assign(int64(1+(worker+i)%4), "blesta", fmt.Sprint(i%3))
				_, _ = s.addCustomer(Customer{Email: fmt.Sprintf("n%d@example.com", i), BillingID: NoBilling})
				_, _ = s.View().CustomerByEmail("c1@example.com")
				if i%50 == 0 {
					s.Reset()
				}
			}
		})
	}
	wg.Wait()
	owners := map[string]int64{}
	for id := int64(1); id <= 4; id++ {
		c, ok := s.View().Customer(id)
		if !ok {
			t.Fatalf("customer %d: got none, want it", id)
		}
		if other := owners[c.BillingID]; c.BillingID != NoBilling && other != 0 {
			t.Errorf("account %s: got customers %d and %d, want one", c.BillingID, other, id)
		}
		owners[c.BillingID] = id
	}
}

// TestViewDoesNotChange: whoever reads goes on seeing what was there, and a change that fails
// leaves nothing behind.
func TestViewDoesNotChange(t *testing.T) {
	s := newStore(t, customer(1))
	if err := s.Load(Data{Customers: []Customer{customer(1)}, Departments: []Department{{ID: 1}}, Tickets: []Ticket{{ID: 1, DepartmentID: 1, Status: Open}}}); err != nil {
		t.Fatal(err)
	}
	before := s.View()
	step := func(tx *Tx) {
		first, _ := tx.Ticket(1)
		first.Status, first.CustomerID = Closed, 1
		tx.SaveTicket(first)
		tx.AddTicket(Ticket{CustomerID: 1, DepartmentID: 1, Status: Open})
		tx.AddResponse(Response{TicketID: 1, Content: "x"})
	}
	look := func(v *State) string {
		var seen strings.Builder
		for t := range v.Tickets() {
			_, _ = fmt.Fprintf(&seen, "%d %s %d; ", t.ID, t.Status, t.CustomerID)
		}
		for t := range v.TicketsOfCustomer(1) {
			_, _ = fmt.Fprintf(&seen, "owned %d; ", t.ID)
		}
		for r := range v.Responses(1) {
			_, _ = fmt.Fprintf(&seen, "reply %d; ", r.ID)
		}
		_, _ = fmt.Fprintf(&seen, "open %d, closed %d", v.TicketsWithStatus(Open), v.TicketsWithStatus(Closed))
		return seen.String()
	}
	const untouched, changed = "1 open 0; open 1, closed 0", "1 closed 1; 2 open 1; owned 1; owned 2; reply 1; open 1, closed 1"

	if err := s.Update(func(tx *Tx) error { step(tx); return ErrNoTicket }); !errors.Is(err, ErrNoTicket) {
		t.Fatalf("got %v, want %v", err, ErrNoTicket)
	}
	if got := look(s.View()); got != untouched {
		t.Errorf("after a change that failed: got %s, want %q", got, untouched)
	}
	if err := s.Update(func(tx *Tx) error { step(tx); return nil }); err != nil {
		t.Fatal(err)
	}
	if got := look(s.View()); got != changed {
		t.Errorf("after the change: got %s, want %q", got, changed)
	}
	if got := look(before); got != untouched {
		t.Errorf("what was seen before: got %s, want %q", got, untouched)
	}
	s.Reset()
	if got := look(s.View()); got != untouched {
		t.Errorf("after a reset: got %s, want %q", got, untouched)
	}
}

// TestStaffAndCustomersShareOneTable: staff are found, changed and counted like customers, and listed apart.
func TestStaffAndCustomersShareOneTable(t *testing.T) {
	s := newStore(t)
	if err := s.Load(Data{Customers: []Customer{customer(1)}, Staff: []Staff{member(5, "agent@example.com", "t")}}); err != nil {
		t.Fatal(err)
	}
	if err := s.assign(5, "blesta", "42"); err != nil {
		t.Fatal(err)
	}
	if c, ok := s.View().CustomerByEmail("Agent@example.com"); !ok || c.ID != 5 || c.BillingID != "42" {
		t.Errorf(`got %+v, %t; want ok true, id 5, billing id "42"`, c, ok)
	}
	var taken *TakenError
	if _, err := s.addCustomer(Customer{Email: "AGENT@example.com"}); !errors.As(err, &taken) {
		t.Errorf("a customer with a staff member's address: got %v; want an error of type TakenError", err)
	}
	if err := s.assign(1, "Blesta", "042"); !errors.As(err, &taken) {
		t.Errorf("a staff member's account: got %v, want an error of type TakenError", err)
	}
	added, err := s.addCustomer(Customer{Email: "new@example.com", BillingID: NoBilling})
	if err != nil || added.ID != 6 {
		t.Errorf("the next user is %+v, %v, want 6", added, err)
	}
	data := s.View().Data()
	if len(data.Customers) != 2 || len(data.Staff) != 1 || data.Staff[0].BillingID != "42" || data.Staff[0].Tokens[0] != "t" {
		t.Errorf(`got %+v; want two customers, billing id "42", one staff member with the token "t"`, data)
	}
	if err := s.Load(data); err != nil { // what was exported can be loaded
		t.Error(err)
	}
	s.Reset()
	if c, _ := s.View().Customer(5); c.BillingID != "42" {
		t.Errorf(`loaded again, the staff member is %+v, want "42"`, c)
	}
}
