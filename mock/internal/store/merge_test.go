package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// desk is a small help desk: two departments, three customers, tickets 1 and 2, reply 1 to ticket 1.
func desk() Data {
	return Data{
		Staff:       []Staff{member(9001, "admin@ticaga.test", "demo-token"), member(9002, "agent@ticaga.test", "agent-token")},
		Customers:   []Customer{customer(1), customer(2), customer(3)},
		Departments: []Department{{ID: 1, Slug: "sales"}, {ID: 2, Slug: "support"}},
		Tickets:     []Ticket{{ID: 1, CustomerID: 1, DepartmentID: 1, Status: Open}, {ID: 2, CustomerID: 2, DepartmentID: 2, Status: Open}},
		Responses:   []Response{{ID: 1, TicketID: 1, UserID: 1}},
	}
}

// start returns a store that begins with data, and a fork of it, as a world has one.
func start(t rapid.TB, data Data) (begin, world *Store) {
	t.Helper()
	begin, err := New(data, func() time.Time { return time.Unix(0, 0) }, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	world, err = begin.Fork(begin.now)
	if err != nil {
		t.Fatal(err)
	}
	return begin, world
}

func update(t rapid.TB, s *Store, change func(tx *Tx) error) {
	t.Helper()
	if err := s.Update(change); err != nil {
		t.Fatal(err)
	}
}

// summary says in a line what a state holds, so that a test can say what it expects.
func summary(s *State) string {
	var words []string
	for _, m := range s.presentStaff() {
		words = append(words, fmt.Sprintf("s%d=%s/%s", m.ID, m.Email, strings.Join(m.Tokens, ",")))
	}
	for c := range s.Customers() {
		words = append(words, fmt.Sprintf("c%d=%s", c.ID, strings.TrimSuffix(c.Email, "@example.com")))
	}
	for d := range s.AllDepartments() {
		words = append(words, fmt.Sprintf("d%d=%s", d.ID, d.Slug))
	}
	for t := range s.Tickets() {
		words = append(words, fmt.Sprintf("t%d=%d/%d%s", t.ID, t.CustomerID, t.DepartmentID, t.Subject))
	}
	for r := range s.AllResponses() {
		words = append(words, fmt.Sprintf("r%d=%d/%d%s", r.ID, r.TicketID, r.UserID, r.Content))
	}
	return strings.Join(words, " ")
}

// begun is the summary of desk.
const begun = "s9001=admin@ticaga.test/demo-token s9002=agent@ticaga.test/agent-token c1=c1 c2=c2 c3=c3 d1=sales d2=support t1=1/1 t2=2/2 r1=1/1"

func TestMerge(t *testing.T) {
	set := func(list []Ticket, id int64, subject string) {
		list[slices.IndexFunc(list, func(t Ticket) bool { return t.ID == id })].Subject = subject
	}
	without := func(list []Ticket, id int64) []Ticket {
		return slices.DeleteFunc(list, func(t Ticket) bool { return t.ID == id })
	}
	retitle := func(id int64, subject string) func(tx *Tx) error {
		return func(tx *Tx) error {
			row, _ := tx.Ticket(id)
			row.Subject = subject
			tx.SaveTicket(row)
			return nil
		}
	}
	email := func(tx *Tx, id int64, email string) {
		c, _ := tx.Customer(id)
		c.Email = email
		tx.putCustomer(c)
	}
	both := func(steps ...func(tx *Tx) error) func(tx *Tx) error {
		return func(tx *Tx) error {
			for _, step := range steps {
				if err := step(tx); err != nil {
					return err
				}
			}
			return nil
		}
	}
	remove := func(id int64) func(tx *Tx) error {
		return func(tx *Tx) error { tx.RemoveTicket(id); return nil }
	}
	nothing := func(*Tx) error { return nil }
	replace := func(old, with string) string { return strings.Replace(begun, old, with, 1) }
	for _, c := range []struct {
		name   string
		change func(tx *Tx) error // at run time
		edit   func(d *Data)      // of the files
		want   string
		notes  []string
	}{
		{"nothing", nothing, func(*Data) {}, begun, nil},
		{"the file changes a row", nothing, func(d *Data) { set(d.Tickets, 1, "new") }, replace("t1=1/1", "t1=1/1new"), nil},
		{"the file adds a row", nothing, func(d *Data) { d.Customers = append(d.Customers, customer(4)) }, replace("c3=c3", "c3=c3 c4=c4"), nil},
		{"the file removes a row", nothing, func(d *Data) { d.Tickets = without(d.Tickets, 2) }, replace(" t2=2/2", ""), nil},
		{"a row is changed", retitle(1, "mine"), func(*Data) {}, replace("t1=1/1", "t1=1/1mine"), []string{"kept ticket 1, which was changed at run time"}},
		{"a row is changed, the file changes another", retitle(1, "mine"), func(d *Data) { set(d.Tickets, 2, "new") },
			replace("t1=1/1 t2=2/2", "t1=1/1mine t2=2/2new"), []string{"kept ticket 1, which was changed at run time"}},
		{"both change a row", retitle(1, "mine"), func(d *Data) { set(d.Tickets, 1, "new") }, replace("t1=1/1", "t1=1/1mine"),
			[]string{"kept ticket 1, which was changed at run time, although tickets.json has changed it too"}},
		{"a row is changed and the file removes it", retitle(2, "mine"), func(d *Data) { d.Tickets = without(d.Tickets, 2) }, replace("t2=2/2", "t2=2/2mine"),
			[]string{"kept ticket 2, which was changed at run time, although it is no longer in tickets.json"}},
		{"a row is changed and changed back", both(retitle(1, "mine"), retitle(1, ""), func(tx *Tx) error {
			row, _ := tx.Ticket(1)
			row.UpdatedAt = ""
			tx.putTicket(row)
			return nil
		}), func(d *Data) { set(d.Tickets, 1, "new") }, replace("t1=1/1", "t1=1/1new"), nil},
		{"a row is added", func(tx *Tx) error { tx.AddTicket(Ticket{CustomerID: 3, DepartmentID: 1}); return nil }, func(*Data) {},
			replace("t2=2/2", "t2=2/2 t3=3/1"), []string{"kept ticket 3, which was added at run time"}},
		{"both add a row with an id", func(tx *Tx) error { tx.AddTicket(Ticket{CustomerID: 3, DepartmentID: 1}); return nil },
			func(d *Data) { d.Tickets = append(d.Tickets, Ticket{ID: 3, DepartmentID: 2}) },
			replace("t2=2/2", "t2=2/2 t3=3/1"), []string{"kept ticket 3, which was added at run time, instead of the new one in tickets.json"}},
		{"a row is added, and the file removes what it refers to", func(tx *Tx) error { tx.AddTicket(Ticket{CustomerID: 3, DepartmentID: 1}); return nil },
			func(d *Data) { d.Customers = d.Customers[:2] }, replace(" c3=c3", ""), []string{"dropped ticket 3: there is no customer 3 any more"}},
		{"one after the other is dropped", func(tx *Tx) error {
			made := tx.AddTicket(Ticket{CustomerID: 3, DepartmentID: 1})
			tx.AddResponse(Response{TicketID: made.ID, UserID: 3})
			return nil
		}, func(d *Data) { d.Customers = d.Customers[:2] }, replace(" c3=c3", ""),
			[]string{"dropped ticket 3: there is no customer 3 any more", "dropped reply 2: there is no ticket 3 any more"}},
		{"the file removes a ticket with a reply of a customer", func(tx *Tx) error { tx.AddResponse(Response{TicketID: 2, UserID: 2}); return nil },
			func(d *Data) { d.Tickets = without(d.Tickets, 2) }, replace(" t2=2/2", ""), []string{"dropped reply 2: there is no ticket 2 any more"}},
		{"the file removes the staff member who replied", func(tx *Tx) error {
			tx.AddResponse(Response{TicketID: 2, UserID: 9002, EmployeeResponse: 1})
			return nil
		}, func(d *Data) { d.Staff = d.Staff[:1] }, replace(" s9002=agent@ticaga.test/agent-token", ""), []string{"dropped reply 2: there is no staff member 9002 any more"}},
		{"a row is deleted", remove(1), func(*Data) {}, replace(" t1=1/1 t2=2/2 r1=1/1", " t2=2/2"), nil},
		{"a row is deleted and the file changes it", remove(1), func(d *Data) { set(d.Tickets, 1, "new") }, replace(" t1=1/1 t2=2/2 r1=1/1", " t2=2/2"),
			[]string{"ticket 1, which was deleted at run time, stays deleted, although tickets.json has changed it"}},
		{"a row is deleted and the file removes it", remove(2), func(d *Data) { d.Tickets = without(d.Tickets, 2) }, replace(" t2=2/2", ""), nil},
		{"a row is deleted and the file refers to it", remove(1), func(d *Data) { d.Responses = append(d.Responses, Response{ID: 2, TicketID: 1}) },
			replace("r1=1/1", "r2=1/0"), []string{"restored ticket 1, which was deleted at run time: reply 2 of responses.json refers to it"}},
		{"a customer with tickets is deleted and the file adds a ticket", func(tx *Tx) error { return tx.RemoveCustomer(2) },
			func(d *Data) { d.Tickets = append(d.Tickets, Ticket{ID: 7, CustomerID: 2, DepartmentID: 1}) }, replace("t2=2/2", "t7=2/1"),
			[]string{"restored customer 2, which was deleted at run time: ticket 7 of tickets.json refers to it"}},
		{"an e-mail address is taken by the file", func(tx *Tx) error { _, err := tx.AddCustomer(Customer{Email: "new@example.com"}); return err },
			func(d *Data) { d.Customers = append(d.Customers, Customer{ID: 4, Email: "NEW@example.com"}) }, replace("c3=c3", "c3=c3 c4=NEW"),
			[]string{"dropped customer 9003: customer 4 has this e-mail address"}},
		{"two customers swap their addresses", func(tx *Tx) error { email(tx, 1, "c2@example.com"); email(tx, 2, "c1@example.com"); return nil },
			func(d *Data) { set(d.Tickets, 1, "new") }, strings.NewReplacer("c1=c1 c2=c2", "c1=c2 c2=c1", "t1=1/1", "t1=1/1new").Replace(begun),
			[]string{"kept customer 1, which was changed at run time", "kept customer 2, which was changed at run time"}},
		{"three customers pass their addresses on, and the file takes the last one", func(tx *Tx) error {
			email(tx, 3, "free@example.com")
			email(tx, 2, "c3@example.com")
			email(tx, 1, "c2@example.com")
			return nil
		}, func(d *Data) { d.Customers = append(d.Customers, Customer{ID: 4, Email: "free@example.com"}) }, replace("c3=c3", "c3=c3 c4=free"), []string{
			"dropped what was changed of customer 1 at run time: customer 2 of customers.json has this e-mail address",
			"dropped what was changed of customer 2 at run time: customer 3 of customers.json has this e-mail address",
			"dropped what was changed of customer 3 at run time: customer 4 has this e-mail address",
		}},
		{"a slug is taken by the file", func(tx *Tx) error { tx.PlaceDepartment(Department{ID: 3, Slug: "new"}); return nil },
			func(d *Data) { d.Departments = append(d.Departments, Department{ID: 4, Slug: "new"}) }, replace("d2=support", "d2=support d4=new"),
			[]string{"dropped department 3: department 4 has this slug"}},
		{"a ticket code is taken by the file", func(tx *Tx) error { return tx.PlaceTicket(Ticket{ID: 3, DepartmentID: 1, Code: "AAAA/00001"}) },
			func(d *Data) {
				d.Tickets = append(d.Tickets, Ticket{ID: 4, DepartmentID: 1, Code: "AAAA/00001"})
			}, replace("t2=2/2", "t2=2/2 t4=0/1"),
			[]string{"dropped ticket 3: ticket 4 has this code"}},
		{"a token is taken by the file", func(tx *Tx) error { return tx.PlaceStaff(member(9003, "c@ticaga.test", "secret-token")) },
			func(d *Data) { d.Staff = append(d.Staff, member(9004, "d@ticaga.test", "secret-token")) }, replace("agent-token", "agent-token s9004=d@ticaga.test/secret-token"),
			[]string{"dropped staff member 9003: staff member 9004 has this token"}},
		{"staff is added, changed and removed", func(tx *Tx) error {
			_ = tx.RemoveStaff(9002)
			return tx.PlaceStaff(member(9003, "c@ticaga.test", "mine"))
		}, func(d *Data) { d.Staff = append(d.Staff, member(9004, "d@ticaga.test", "new")) },
			replace("s9002=agent@ticaga.test/agent-token", "s9004=d@ticaga.test/new s9003=c@ticaga.test/mine"), []string{"kept staff member 9003, which was added at run time"}},
		{"the file makes a customer of run time a staff member", func(tx *Tx) error { _, err := tx.AddCustomer(Customer{Email: "x"}); return err },
			func(d *Data) { d.Staff = append(d.Staff, member(9003, "e@ticaga.test", "e")) }, replace("agent-token", "agent-token s9003=e@ticaga.test/e"),
			[]string{"dropped customer 9003: staff member 9003 has this id"}},
		{"a deleted staff member's id is a customer's now, and the file refers to the staff member", func(tx *Tx) error {
			_ = tx.RemoveStaff(9002)
			return tx.PlaceCustomer(customer(9002))
		}, func(d *Data) {
			d.Responses = append(d.Responses, Response{ID: 5, TicketID: 1, UserID: 9002, EmployeeResponse: 1})
		}, replace("r1=1/1", "r1=1/1 r5=1/9002"), []string{
			"restored staff member 9002, which was deleted at run time: reply 5 of responses.json refers to it",
			"dropped customer 9002: staff member 9002 of staff.json has this id",
		}},
		{"the first staff member of the file was deleted", func(tx *Tx) error { return tx.RemoveStaff(9002) },
			func(d *Data) { slices.Reverse(d.Staff) }, replace("s9001=admin@ticaga.test/demo-token s9002=agent@ticaga.test/agent-token", "s9002=agent@ticaga.test/agent-token s9001=admin@ticaga.test/demo-token"),
			[]string{"restored staff member 9002, which was deleted at run time: the first staff member must stay and have staff rights"}},
		{"the file has nothing else any more", both(retitle(1, "mine"), func(tx *Tx) error { tx.AddResponse(Response{TicketID: 1}); return nil }),
			func(d *Data) { *d = Data{Staff: d.Staff} }, "s9001=admin@ticaga.test/demo-token s9002=agent@ticaga.test/agent-token", []string{
				"dropped ticket 1: there is no department 1 any more", "dropped reply 2: there is no ticket 1 any more"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, world := start(t, desk())
			update(t, world, c.change)
			data := desk()
			c.edit(&data)
			after, _ := start(t, data)
			notes, ok := world.Rebase(before, after, nil)
			if got := summary(world.View()); !ok || got != c.want {
				t.Errorf("got  %s, %t\nwant %s, true", got, ok, c.want)
			}
			if diff := cmp.Diff(c.notes, notes); diff != "" {
				t.Errorf("notes: %s", diff)
			}
			world.Reset()
			if got, want := summary(world.View()), summary(after.View()); got != want {
				t.Errorf("after a reset: got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestMergeDropsWhatTheContractRejects: a row that was changed becomes that of the file, and one that was added goes.
func TestMergeDropsWhatTheContractRejects(t *testing.T) {
	before, world := start(t, desk())
	update(t, world, func(tx *Tx) error {
		tx.AddTicket(Ticket{CustomerID: 1, DepartmentID: 1, Priority: "odd"})
		row, _ := tx.Ticket(1)
		row.Priority = "odd"
		tx.SaveTicket(row)
		tx.AddTicket(Ticket{CustomerID: 1, DepartmentID: 1, Priority: "low"})
		return nil
	})
	after, _ := start(t, desk())
	notes, _ := world.Rebase(before, after, func(noun string, row any) error {
		if t, ok := row.(Ticket); ok && t.Priority == "odd" && noun == "tickets" {
			return errors.New("priority: must be low")
		}
		return nil
	})
	want := []string{"dropped what was changed of ticket 1 at run time: priority: must be low", "dropped ticket 3: priority: must be low", "kept ticket 4, which was added at run time"}
	if diff := cmp.Diff(want, notes); diff != "" {
		t.Error(diff)
	}
}

// TestMergeLeavesOtherStoresAlone: a world that loaded data of its own does not follow the files.
func TestMergeLeavesOtherStoresAlone(t *testing.T) {
	before, world := start(t, desk())
	if err := world.Load(Data{Customers: []Customer{customer(5)}}); err != nil {
		t.Fatal(err)
	}
	after, _ := start(t, Data{})
	if notes, ok := world.Rebase(before, after, nil); ok || notes != nil {
		t.Errorf("got %q, %t, want nothing", notes, ok)
	}
	if got := summary(world.View()); got != "c5=c5" {
		t.Errorf("got %s, want c5=c5", got)
	}
}

// TestMergeAlwaysFits: whatever was changed and whatever the files become, the result is data that fixtures could
// hold, and has every row of the files that nobody touched.
func TestMergeAlwaysFits(t *testing.T) {
	id := rapid.Int64Range(1, 6)
	data := rapid.Custom(func(t *rapid.T) Data {
		d := Data{Staff: []Staff{member(100, "first", "first")}}
		for i := range int64(6) {
			c := customer(i + 1)
			c.Email = fmt.Sprint(id.Draw(t, "email"))
			if rapid.Bool().Draw(t, "staff") {
				d.Staff = append(d.Staff, Staff{Customer: c, Tokens: []string{fmt.Sprint("t", id.Draw(t, "token"))}})
			} else {
				d.Customers = append(d.Customers, c)
			}
			d.Departments = append(d.Departments, Department{ID: i + 1, Slug: fmt.Sprint(id.Draw(t, "slug"))})
			d.Tickets = append(d.Tickets, Ticket{ID: i + 1, CustomerID: id.Draw(t, "of"), DepartmentID: id.Draw(t, "in")})
			d.Responses = append(d.Responses, Response{ID: i + 1, TicketID: id.Draw(t, "to"), UserID: id.Draw(t, "by"), EmployeeResponse: rapid.IntRange(0, 1).Draw(t, "staff's")})
		}
		return fitting(d)
	})
	rapid.Check(t, func(t *rapid.T) {
		before, world := start(t, data.Draw(t, "before"))
		present := data.Draw(t, "present")
		after, _ := start(t, data.Draw(t, "after"))
		update(t, world, func(tx *Tx) error {
			made, _ := start(t, present)
			*tx = Tx{State: made.View(), now: tx.now}
			return nil
		})
		changed := map[identity]bool{}
		for _, c := range changesBetween(before.View(), world.View(), after.View()) {
			changed[c.identity] = true
		}
		world.Rebase(before, after, nil)
		if _, err := New(world.View().Data(), before.now, 0, 0); err != nil {
			t.Fatalf("got %v, want data that fixtures could hold:\n%s", err, summary(world.View()))
		}
		all := summary(world.View()) + " "
		for r := range after.View().identified() {
			word, _, _ := strings.Cut(summaryOf(r), "=")
			if !changed[r.identity] && !strings.Contains(" "+all, " "+word+"=") {
				t.Errorf("got %s, want %s in it, which nobody touched", all, word)
			}
		}
	})
}

func summaryOf(r identified) string { return fmt.Sprintf("%c%d=", r.noun[0], r.id) }

// fitting leaves out the rows that do not fit those before them.
func fitting(d Data) (good Data) {
	fits := func(with Data) bool {
		_, err := New(with, time.Now, 0, 0)
		return err == nil
	}
	for _, row := range d.Staff {
		if with := good; fits(Data{Staff: append(slices.Clip(with.Staff), row)}) {
			good.Staff = append(good.Staff, row)
		}
	}
	for _, row := range d.Customers {
		with := good
		if with.Customers = append(slices.Clip(with.Customers), row); fits(with) {
			good = with
		}
	}
	for _, row := range d.Departments {
		with := good
		if with.Departments = append(slices.Clip(with.Departments), row); fits(with) {
			good = with
		}
	}
	for _, row := range d.Tickets {
		with := good
		if with.Tickets = append(slices.Clip(with.Tickets), row); fits(with) {
			good = with
		}
	}
	for _, row := range d.Responses {
		with := good
		if with.Responses = append(slices.Clip(with.Responses), row); fits(with) {
			good = with
		}
	}
	return good
}

// TestMergeBesideWrites: what is written while a merge is made is merged too.
func TestMergeBesideWrites(t *testing.T) {
	before, world := start(t, desk())
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for range 100 {
				_ = world.Update(func(tx *Tx) error { tx.AddTicket(Ticket{CustomerID: 1, DepartmentID: 1}); return nil })
			}
		})
	}
	for range 20 {
		after, _ := start(t, desk())
		if _, ok := world.Rebase(before, after, nil); !ok {
			t.Error("got false, want the store to follow")
		}
		before = after
	}
	writers.Wait()
	after, _ := start(t, desk())
	world.Rebase(before, after, nil)
	if got := world.View().tickets.rows.count(); got != 402 {
		t.Errorf("got %d tickets, want 402", got)
	}
}

// BenchmarkMerge merges the changes of one ticket in ten of 10,000.
func BenchmarkMerge(b *testing.B) {
	data := desk()
	for id := int64(3); id <= 10_000; id++ {
		data.Tickets = append(data.Tickets, Ticket{ID: id, CustomerID: id%3 + 1, DepartmentID: 1, Status: Open})
	}
	before, world := start(b, data)
	update(b, world, func(tx *Tx) error {
		for id := int64(10); id <= 10_000; id += 10 {
			row, _ := tx.Ticket(id)
			row.Status = Closed
			tx.SaveTicket(row)
		}
		return nil
	})
	data.Tickets[4].Subject = "new"
	after, _ := start(b, data)
	for b.Loop() {
		next, notes := world.merged(before.fixtures, world.View(), after.fixtures, nil)
		if len(notes) != 1000 || next.tickets.rows.count() != 10_000 {
			b.Fatal(len(notes))
		}
	}
}
