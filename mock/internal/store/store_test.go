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
	s, err := New(Data{Customers: customers}, func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func customer(id int64) Customer {
	return Customer{ID: id, Email: fmt.Sprintf("c%d@example.com", id), BillingID: NoBilling}
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
		{"id", Data{Customers: []Customer{customer(1), customer(1)}}, "customers.json: /1/id: 1 is there twice"},
		{"e-mail", Data{Customers: []Customer{customer(1), sameEmail}}, "customers.json: /1/email: another customer has the same"},
		{"account", Data{Customers: []Customer{linked(1, "blesta"), linked(2, "Blesta")}}, "customers.json: /1/billing_id: another customer has the same"},
		{"staff id", Data{Staff: []Staff{{ID: 1, Email: "a"}, {ID: 1, Email: "b"}}}, "staff.json: /1/id: 1 is there twice"},
		{"staff e-mail", Data{Staff: []Staff{{ID: 1, Email: "a"}, {ID: 2, Email: "A"}}}, "staff.json: /1/email: another staff member has the same"},
		{"token", Data{Staff: []Staff{{ID: 1, Email: "a", Tokens: []string{"t"}}, {ID: 2, Email: "b", Tokens: []string{"u", "t"}}}}, "staff.json: /1/tokens/1: the token is there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStore(t, customer(7))
			if err := s.Load(c.data); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if _, ok := s.Customer(7); !ok {
				t.Error("the refused fixtures have changed the state")
			}
		})
	}
}

func TestResetGoesBackToTheFixtures(t *testing.T) {
	s := newStore(t, customer(1))
	if err := s.AssignBilling(1, "blesta", "42"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddCustomer(Customer{Email: "new@example.com"}); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	if c, _ := s.Customer(1); c != customer(1) {
		t.Errorf("customer 1 is %+v", c)
	}
	if _, ok := s.CustomerByEmail("new@example.com"); ok {
		t.Error("the new customer is still there")
	}
	if c, err := s.AddCustomer(Customer{Email: "new@example.com"}); err != nil || c.ID != 2 {
		t.Errorf("the next customer is %+v, %v", c, err)
	}
}

func TestSavingTheSameDoesNotTouch(t *testing.T) {
	s := newStore(t, customer(1))
	if err := s.AssignBilling(1, "", NoBilling); err != nil {
		t.Fatal(err)
	}
	if c, _ := s.Customer(1); c.UpdatedAt != "" {
		t.Errorf("updated at %s", c.UpdatedAt)
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
				if other.ID != c.ID && c.BillingID != NoBilling && other.BillingID == c.BillingID && strings.EqualFold(other.BillingSystem, c.BillingSystem) {
					fields = append(fields, "billing_id")
				}
			}
			return fields
		}
		agree := func(t *rapid.T, err error, fields []string) {
			var got *TakenError
			if errors.As(err, &got) != (fields != nil) {
				t.Fatalf("got %v, the model says %q", err, fields)
			}
			if got != nil {
				if diff := cmp.Diff(fields, got.Fields); diff != "" {
					t.Fatal(diff)
				}
			}
		}
		id := rapid.Int64Range(0, 6)
		system := rapid.SampledFrom([]string{"blesta", "Blesta", "whmcs"})
		account := rapid.SampledFrom([]string{NoBilling, "17", "42"})
		email := rapid.SampledFrom([]string{"c1@example.com", "C2@example.com", "new@example.com", "other@example.com"})
		t.Repeat(map[string]func(*rapid.T){
			"assign": func(t *rapid.T) {
				id, system, account := id.Draw(t, "id"), system.Draw(t, "system"), account.Draw(t, "account")
				err := s.AssignBilling(id, system, account)
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
					t.Fatalf("got %v, the model has no customer %d", err, id)
				}
			},
			"add": func(t *rapid.T) {
				c := Customer{Email: email.Draw(t, "email"), BillingID: account.Draw(t, "account"), BillingSystem: system.Draw(t, "system")}
				got, err := s.AddCustomer(c)
				fields := taken(c)
				agree(t, err, fields)
				if fields == nil {
					if got.ID != model[len(model)-1].ID+1 {
						t.Fatalf("id %d after %d", got.ID, model[len(model)-1].ID)
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
					if got, ok := s.Customer(want.ID); !ok || got != want {
						t.Fatalf("customer %d is %+v, want %+v", want.ID, got, want)
					}
					if got, ok := s.CustomerByEmail(strings.ToUpper(want.Email)); !ok || got != want {
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
				_ = s.AssignBilling(int64(1+(worker+i)%4), "blesta", fmt.Sprint(i%3))
				_, _ = s.AddCustomer(Customer{Email: fmt.Sprintf("n%d@example.com", i), BillingID: NoBilling})
				_, _ = s.CustomerByEmail("c1@example.com")
				if i%50 == 0 {
					s.Reset()
				}
			}
		})
	}
	wg.Wait()
	owners := map[string]int64{}
	for id := int64(1); id <= 4; id++ {
		c, ok := s.Customer(id)
		if !ok {
			t.Fatalf("customer %d is gone", id)
		}
		if other := owners[c.BillingID]; c.BillingID != NoBilling && other != 0 {
			t.Errorf("customers %d and %d share account %s", other, id, c.BillingID)
		}
		owners[c.BillingID] = id
	}
}
