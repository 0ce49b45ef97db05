package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func bounded(t *testing.T, limit int64, data Data) *Store {
	t.Helper()
	s, err := New(data, func() time.Time { return time.Unix(0, 0) }, 0, limit)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var help = Data{Departments: []Department{{ID: 1, Slug: "a"}}, Staff: []Staff{{Customer: Customer{ID: 1}}}}

func open(s *Store, message string) error {
	return s.Update(func(tx *Tx) error { tx.AddTicket(Ticket{DepartmentID: 1, Status: Open, Message: message}); return nil })
}

func isFull(err error) bool { return errors.As(err, new(*FullError)) }

func count(s *State) (n int) {
	for range s.Tickets() {
		n++
	}
	return n
}

// TestSizesAreWhatIsHeld compares sizes with the heap: rows of every noun, small and large.
func TestSizesAreWhatIsHeld(t *testing.T) {
	for name, text := range map[string]string{"small": "x", "a line": strings.Repeat("a word ", 20), "large": strings.Repeat("long ", 2000)} {
		t.Run(name, func(t *testing.T) {
			s := bounded(t, 1<<30, help)
			fresh := func() string { return strings.Clone(text) }
			before := heap()
			err := s.Update(func(tx *Tx) error {
				for i := range 2000 {
					c, err := tx.AddCustomer(Customer{Name: fresh(), Email: fmt.Sprintf("customer%d@example.com", i), BillingID: fmt.Sprint(i + 1), BillingSystem: "blesta", Company: fresh()})
					if err != nil {
						return err
					}
					ticket := tx.AddTicket(Ticket{CustomerID: c.ID, DepartmentID: 1, Status: Open, Message: fresh(), Subject: fresh(), CustomFields: map[string]any{fmt.Sprint("field", i): []any{fresh(), fresh()}}})
					tx.AddResponse(Response{TicketID: ticket.ID, Content: fresh()})
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			taken, counted := heap()-before, s.View().size
			if ratio := float64(taken) / float64(counted); ratio > 1.1 || ratio < 0.4 {
				t.Errorf("%d bytes are held, %d counted: %.2f; want ratio at most %v, ratio at least %v", taken, counted, ratio, 1.1, 0.4)
			}
			runtime.KeepAlive(s)
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestSizeHoldsTheJSON: what is exported is no larger than what is counted, control characters
// and all.
func TestSizeHoldsTheJSON(t *testing.T) {
	for _, text := range []string{"", "plain", strings.Repeat("\x01\"\\\n", 500), strings.Repeat("\u2028é\xff", 500), strings.Repeat("<&>", 500)} {
		for _, row := range []interface{ Size() int64 }{
			Customer{Name: text, Biography: text, Email: text}, Ticket{Subject: text, Message: text, CustomFields: map[string]any{text: text, "b": []any{text, text}}},
			Response{Content: text}, Department{Name: text, Slug: text, CustomFields: []CustomField{{Slug: text, Options: []string{text, text}}}},
		} {
			var b strings.Builder
			encoder := json.NewEncoder(&b)
			encoder.SetEscapeHTML(false)
			if err := encoder.Encode(row); err != nil {
				t.Fatal(err)
			}
			if size := row.Size(); size < int64(b.Len()) {
				t.Errorf("%T: %d bytes of JSON, %d counted: %.60q, want at least %d", row, b.Len(), size, text, int64(b.Len()))
			}
		}
	}
}

func TestStoreIsBounded(t *testing.T) {
	s := bounded(t, 10_000, help)
	var err error
	n := 0
	for ; err == nil && n < 100; n++ {
		err = open(s, strings.Repeat("x", 1000))
	}
	if !isFull(err) || n != 6 || count(s.View()) != 5 {
		t.Fatalf("got %v after %d tickets, %d are there; want a FullError after 6, 5", err, n, count(s.View()))
	}
	closeFirst := func() error {
		return s.Update(func(tx *Tx) error { t, _ := tx.Ticket(1); t.Status = Closed; tx.SaveTicket(t); return nil })
	}
	if err := closeFirst(); err != nil {
		t.Errorf("a change that needs no room: %v", err)
	}
	fork, err := s.Fork(s.now)
	if err != nil {
		t.Fatal(err)
	}
	if err := open(fork, strings.Repeat("x", 1000)); !isFull(err) {
		t.Errorf("in a fork: got %v, want isFull(err)", err)
	}
	s.Reset()
	if err := open(s, ""); err != nil {
		t.Errorf("after a reset: %v", err)
	}
}

// TestFixturesDoNotCount: what a server begins with is shared by its worlds. What is loaded later
// is not.
func TestFixturesDoNotCount(t *testing.T) {
	data := help
	for id := range 100 {
		data.Tickets = append(data.Tickets, Ticket{ID: int64(id + 1), DepartmentID: 1, Message: strings.Repeat("x", 1000)})
	}
	s := bounded(t, 10_000, data)
	if err := open(s, strings.Repeat("x", 1000)); err != nil {
		t.Error(err)
	}
	if err := s.Load(data); !isFull(err) || count(s.View()) != 101 {
		t.Errorf("Load() = %v, %d tickets; want a FullError, 101", err, count(s.View()))
	}
	for range 1000 { // the same ticket over and over takes no more than one
		if err := s.Update(func(tx *Tx) error { t, _ := tx.Ticket(1); t.Rating = 1 - t.Rating; tx.SaveTicket(t); return nil }); err != nil && !isFull(err) {
			t.Fatal(err)
		}
	}
}

func TestSnapshotsCount(t *testing.T) {
	s := bounded(t, 11_000, help)
	for range 3 {
		if err := open(s, strings.Repeat("x", 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Snapshot("one"); err != nil {
		t.Fatalf("half of what there may be: %v", err)
	}
	if err := s.Snapshot("two"); err != nil {
		t.Fatalf("the same state: %v", err)
	}
	if err := open(s, strings.Repeat("x", 1000)); !isFull(err) {
		t.Errorf("beside the snapshots: got %v, want isFull(err)", err)
	}
	s.DeleteSnapshot("two")
	s.DeleteSnapshot("one")
	if err := open(s, strings.Repeat("x", 1000)); err != nil {
		t.Errorf("without them: %v", err)
	}
	if err := s.Snapshot("large"); !isFull(err) || len(s.Snapshots()) != 0 {
		t.Errorf("more than half: got %v, %v; want isFull(err), no snapshots", err, s.Snapshots())
	}
}

func TestLastID(t *testing.T) {
	s := bounded(t, 0, Data{Departments: []Department{{ID: 1}}, Staff: []Staff{{Customer: Customer{ID: 1}}},
		Customers: []Customer{{ID: MaxID - 1, Email: "a"}}, Tickets: []Ticket{{ID: MaxID, DepartmentID: 1}}, Responses: []Response{{ID: MaxID, TicketID: MaxID}}})
	add := func(email string) error {
		return s.Update(func(tx *Tx) error { _, err := tx.AddCustomer(Customer{Email: email}); return err })
	}
	if err := add("last"); err != nil {
		t.Errorf("the last id: got %v, want no error", err)
	}
	before := s.View()
	for name, err := range map[string]error{
		"customer": add("one more"), "ticket": open(s, ""),
		"response": s.Update(func(tx *Tx) error { tx.AddResponse(Response{TicketID: MaxID}); return nil }),
	} {
		t.Run(name, func(t *testing.T) {
			if !isFull(err) || !strings.Contains(fmt.Sprint(err), name) {
				t.Errorf("got %v, want a FullError with %q", err, name)
			}
		})
	}
	if s.View() != before {
		t.Error("got another state after refused changes, want the same")
	}
}

func TestTurn(t *testing.T) {
	s := bounded(t, 0, help)
	turn := s.Begin()
	if err := open(turn, "a"); err != nil || count(turn.View()) != 1 || count(s.View()) != 0 {
		t.Fatalf("open() = %v: got %d tickets in the turn, %d outside; want 1, 0", err, count(turn.View()), count(s.View()))
	}
	turn.Rollback()
	if count(s.View()) != 0 || open(s, "b") != nil {
		t.Errorf("after a rollback: got %d tickets, or the store is busy; want 0, and a ticket can be opened", count(s.View()))
	}
	turn = s.Begin()
	if count(turn.View()) != 1 {
		t.Errorf("a new turn: got %d tickets, want 1", count(turn.View()))
	}
	next := make(chan error)
	if err := errors.Join(open(turn, "c"), open(turn, "d")); err != nil {
		t.Fatal(err)
	}
	go func() { next <- open(s, "e") }() // waits for the turn's end
	turn.Commit()
	turn.Rollback()
	if err := <-next; err != nil || count(s.View()) != 4 {
		t.Errorf("%v; %d tickets; want 4", err, count(s.View()))
	}
	s.Begin().Commit() // nothing has changed
	if err := open(s, "f"); err != nil {
		t.Error(err)
	}
}

// TestTotal: stores share one limit. A store that is closed or shrinks makes room for the others.
func TestTotal(t *testing.T) {
	var closes *Store // gives way
	first := bounded(t, 0, help)
	first.Join(NewTotal(10_000, func(need int64, writer *Store) bool {
		if closes == nil || closes.Counted() < need {
			return false
		}
		closes.Close()
		closes = nil
		return true
	}))
	fork := func(of *Store) *Store {
		t.Helper()
		s, err := of.Fork(of.now)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	text := strings.Repeat("x", 1000)
	fill := func(s *Store) (n int) {
		for ; n < 100; n++ {
			if err := open(s, text); err != nil {
				if full := new(FullError); !errors.As(err, &full) || !full.Together {
					t.Errorf("refused with %v; want an error of type FullError, together true", err)
				}
				return n
			}
		}
		return n
	}
	second := fork(first)
	if n := fill(first); n != 5 {
		t.Fatalf("%d tickets fit, want 5", n)
	}
	if n := fill(second); n != 0 {
		t.Errorf("%d tickets fit beside a full store, want 0", n)
	}
	if _, err := first.Fork(first.now); !isFull(err) {
		t.Errorf("a fork of what fills everything: got %v, want isFull(err)", err)
	}
	if err := first.Snapshot("shares everything"); err != nil {
		t.Error(err)
	}
	first.Reset()
	if n := fill(second); n != 0 {
		t.Errorf("%d tickets fit beside a full snapshot, want 0", n)
	}
	first.DeleteSnapshot("shares everything")
	turn := second.Begin()
	if err := open(turn, text); err != nil {
		t.Fatal(err)
	}
	turn.Rollback()
	if second.Counted() != 0 {
		t.Errorf("%d bytes are counted of what was rolled back; want 0", second.Counted())
	}
	if n := fill(second); n != 5 {
		t.Errorf("%d tickets fit where another store was reset; want 5", n)
	}
	closes = second
	if n := fill(first); n != 5 || closes != nil {
		t.Errorf("%d tickets fit when another store may give way; got closes %v; want n 5, closes nil", n, closes)
	}
	if n := fill(second); n != 100 || second.Counted() != 0 {
		t.Errorf("a closed store counts: got %d tickets fit, %d bytes; want n 100, counted 0", n, second.Counted())
	}
	data := help
	data.Tickets = []Ticket{{ID: 1, DepartmentID: 1, Message: strings.Repeat(text, 20)}}
	if err := first.Load(data); !isFull(err) || count(first.View()) != 5 {
		t.Errorf("more than there is room for: got %v, %d tickets; want isFull(err), count(first.View()) 5", err, count(first.View()))
	}
	data.Tickets[0].Message = text
	if err := first.Load(data); err != nil || first.Counted() > 4000 {
		t.Errorf("%v, %d bytes are counted, want at most 4000", err, first.Counted())
	}
}
