package store

import (
	"regexp"
	"testing"
)

func TestTicketCodes(t *testing.T) {
	form := regexp.MustCompile(`^[A-Z]{4}/[0-9]{5}$`)
	for _, seed := range []int64{0, 1, -1, 42, 1 << 62} {
		codes, err := newTicketCodes(seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for id := int64(1); id <= 20_000; id++ {
			for _, id := range []int64{id, codeCount/2 + id} {
				code := codes.of(id)
				if !form.MatchString(code) || seen[code] {
					t.Fatalf("seed %d: got code %q for ticket %d, want one that matches %v and that no other ticket has", seed, code, id, form)
				}
				seen[code] = true
			}
		}
	}
}

// TestTicketCodesOfFixtures: a fixture keeps its code, and a ticket that would be called the same
// gets another one.
func TestTicketCodesOfFixtures(t *testing.T) {
	s := newStore(t)
	next := s.View().codes.of(2)
	if err := s.Load(Data{
		Departments: []Department{{ID: 1}},
		Tickets:     []Ticket{{ID: 1, DepartmentID: 1, Code: next}},
	}); err != nil {
		t.Fatal(err)
	}
	var added Ticket
	if err := s.Update(func(tx *Tx) error { added = tx.AddTicket(Ticket{DepartmentID: 1}); return nil }); err != nil {
		t.Fatal(err)
	}
	if first, _ := s.View().Ticket(1); first.Code != next || added.Code == next || added.Code == "" {
		t.Errorf("ticket 1 is called %q, ticket 2 %q; want code %q, code other than %q, code not empty", first.Code, added.Code, next, next)
	}
}

func TestTicketCodesComeFromTheSeed(t *testing.T) {
	code := func(seed int64) string {
		codes, err := newTicketCodes(seed, nil)
		if err != nil {
			t.Fatal(err)
		}
		return codes.of(1)
	}
	if one, again, other := code(1), code(1), code(2); one != again || one == other {
		t.Errorf("ticket 1 is called %q, %q, and %q of another seed; want one %q, one other than %q", one, again, other, again, other)
	}
}
