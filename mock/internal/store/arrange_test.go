package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestArrangedStatesAreConsistent: whatever steps put and remove rows, what is left are fixtures without
// contradictions, and the indexes and sizes are those of a state that is built from them.
func TestArrangedStatesAreConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := arranged(t)
		before := s.View()
		had := before.Data()
		id, few := rapid.Int64Range(1, 6), rapid.IntRange(0, 3)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			step, n := rapid.IntRange(0, 8).Draw(t, "step"), id.Draw(t, "id")
			value := fmt.Sprint(few.Draw(t, "value"))
			_ = s.Update(func(tx *Tx) error { // a step that is refused changes nothing
				switch step {
				case 0:
					return tx.PlaceCustomer(Customer{ID: n, Email: value + "@x", BillingID: value, BillingSystem: "blesta", CreatedAt: "c"})
				case 1:
					return tx.RemoveCustomer(n)
				case 2:
					return tx.PlaceStaff(Staff{Customer: Customer{ID: n + 3, Email: value + "@staff", CreatedAt: "c"}, Tokens: []string{value, "t" + value}})
				case 3:
					tx.PlaceDepartment(Department{ID: n, Slug: value})
				case 4:
					tx.RemoveDepartment(n)
				case 5:
					return tx.PlaceTicket(Ticket{ID: n, CustomerID: id.Draw(t, "owner") - 1, DepartmentID: id.Draw(t, "department"), Status: value, PublicEmail: value})
				case 6:
					tx.RemoveTicket(n)
				case 7:
					return tx.PlaceResponse(Response{ID: n, TicketID: id.Draw(t, "ticket")})
				case 8:
					tx.RemoveResponse(n)
				}
				return nil
			})
			same(t, s)
		}
		if fmt.Sprint(before.Data()) != fmt.Sprint(had) {
			t.Error("a state that somebody read has changed")
		}
		s.Reset()
		if s.View() != s.fixtures {
			t.Error("a reset does not return to the fixtures")
		}
	})
}

// arranged returns a small store.
func arranged(t *rapid.T) *Store {
	s, err := New(Data{
		Customers:   []Customer{{ID: 1, Email: "0@x"}, {ID: 2, Email: "1@x", BillingID: "1", BillingSystem: "Blesta"}},
		Staff:       []Staff{{Customer: Customer{ID: 5, Email: "0@staff"}, Tokens: []string{"0"}}},
		Departments: []Department{{ID: 1, Slug: "0"}, {ID: 2, Slug: "1"}},
		Tickets:     []Ticket{{ID: 1, CustomerID: 1, DepartmentID: 1, Status: "0"}, {ID: 2, DepartmentID: 2, Status: "1", PublicEmail: "0"}},
		Responses:   []Response{{ID: 1, TicketID: 1, UserID: 1}, {ID: 2, TicketID: 2, UserID: 2}, {ID: 3, TicketID: 1, UserID: 5, EmployeeResponse: 1}},
	}, time.Now, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// same compares a store with one that is built from its data.
func same(t *rapid.T, s *Store) {
	got := s.View()
	want, err := s.build(got.Data())
	if err != nil {
		t.Fatalf("the data contradicts itself: %v", err)
	}
	if got.size != want.size {
		t.Fatalf("size %d, want %d", got.size, want.size)
	}
	for id := int64(0); id < 10; id++ {
		if g, w := ids(got.TicketsOfCustomer(id)), ids(want.TicketsOfCustomer(id)); !slices.Equal(g, w) {
			t.Fatalf("tickets of customer %d: %v, want %v", id, g, w)
		}
		if g, w := ids(got.TicketsOfDepartment(id)), ids(want.TicketsOfDepartment(id)); !slices.Equal(g, w) {
			t.Fatalf("tickets of department %d: %v, want %v", id, g, w)
		}
	}
	for n := range 4 {
		value := fmt.Sprint(n)
		if g, w := got.TicketsWithStatus(value), want.TicketsWithStatus(value); g != w {
			t.Fatalf("%d tickets with status %s, want %d", g, value, w)
		}
		for name, find := range map[string]func(*State) (Customer, bool){
			"@x": func(s *State) (Customer, bool) { return s.CustomerByEmail(value + "@x") },
			"token": func(s *State) (Customer, bool) {
				m, ok := s.StaffByToken(value)
				return m.Customer, ok
			},
		} {
			if g, ok := find(got); fmt.Sprint(g, ok) != func() string { w, ok := find(want); return fmt.Sprint(w, ok) }() {
				t.Fatalf("%s %s finds %v", value, name, g)
			}
		}
	}
}

func ids(tickets func(func(Ticket) bool)) (list []int64) {
	for t := range tickets {
		list = append(list, t.ID)
	}
	return list
}
