package store

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
)

// row is a row of any noun, as a merge sees it.
type row interface {
	// keys are what no other row may have: its id, and other unique values.
	keys() []key
	// needs are the keys of the rows that it refers to.
	needs() []key
}

// key is a value that at most one row has.
type key struct {
	kind keyKind
	id   int64
	text string
}

type keyKind int

const (
	userID keyKind = iota // of a customer or a staff member: they share one table of users
	staffID
	departmentID
	ticketID
	responseID
	emailAddress
	billingAccount
	apiToken
	departmentSlug
	ticketCode
)

// text names what is unique. The values are not shown: some are secret.
func (k keyKind) text() string {
	switch k {
	case emailAddress:
		return "e-mail address"
	case billingAccount:
		return "billing account"
	case apiToken:
		return "token"
	case departmentSlug:
		return "slug"
	case ticketCode:
		return "code"
	}
	return "id"
}

// String names the row that has an id.
func (k key) String() string {
	noun := [...]string{"customer", "staff member", "department", "ticket", "reply"}[min(k.kind, responseID)]
	return noun + " " + strconv.FormatInt(k.id, 10)
}

func (c Customer) keys() []key {
	list := []key{{kind: userID, id: c.ID}}
	if c.Email != "" {
		list = append(list, key{kind: emailAddress, text: emailKey(c.Email)})
	}
	if account := c.account(); account != "" {
		list = append(list, key{kind: billingAccount, text: account})
	}
	return list
}

func (c Customer) needs() []key { return nil }

func (m Staff) keys() []key {
	list := append(m.Customer.keys(), key{kind: staffID, id: m.ID})
	for _, token := range m.Tokens {
		list = append(list, key{kind: apiToken, text: token})
	}
	return list
}

func (d Department) keys() []key {
	return []key{{kind: departmentID, id: d.ID}, {kind: departmentSlug, text: d.Slug}}
}

func (d Department) needs() []key { return nil }

func (t Ticket) keys() []key {
	return []key{{kind: ticketID, id: t.ID}, {kind: ticketCode, text: t.Code}}
}

func (t Ticket) needs() []key {
	list := []key{{kind: departmentID, id: t.DepartmentID}}
	if t.CustomerID != 0 {
		list = append(list, key{kind: userID, id: t.CustomerID})
	}
	return list
}

func (r Response) keys() []key { return []key{{kind: responseID, id: r.ID}} }

func (r Response) needs() []key {
	list := []key{{kind: ticketID, id: r.TicketID}}
	switch {
	case r.EmployeeResponse == 1:
		list = append(list, key{kind: staffID, id: r.UserID})
	case r.UserID != 0:
		list = append(list, key{kind: userID, id: r.UserID})
	}
	return list
}

// identity says which row it is.
type identity struct {
	noun string // the name of its fixture file
	id   int64
}

func (i identity) file() string { return i.noun + ".json" }

func (i identity) String() string {
	noun := map[string]string{"customers": "customer", "staff": "staff member", "departments": "department", "tickets": "ticket", "responses": "reply"}[i.noun]
	return noun + " " + strconv.FormatInt(i.id, 10)
}

// holderOf returns which row has a key that is not a ticket code, of which there is no index.
func (s *State) holderOf(k key) (holder identity, ok bool) {
	user := func(id int64, ok bool) (identity, bool) {
		if s.staff.byID[id] != nil {
			return identity{"staff", id}, ok
		}
		return identity{"customers", id}, ok
	}
	id := k.id
	switch k.kind {
	case userID:
		_, ok = s.Customer(id)
		return user(id, ok)
	case staffID:
		return identity{"staff", id}, s.staff.byID[id] != nil
	case departmentID:
		_, ok = s.Department(id)
		return identity{"departments", id}, ok
	case ticketID:
		_, ok = s.Ticket(id)
		return identity{"tickets", id}, ok
	case responseID:
		_, ok = s.Response(id)
		return identity{"responses", id}, ok
	case emailAddress:
		return user(s.customers.byEmail.first(k.text))
	case billingAccount:
		return user(s.customers.byAccount.first(k.text))
	case departmentSlug:
		id, ok = s.departments.bySlug.first(k.text)
		return identity{"departments", id}, ok
	case apiToken:
		member, ok := s.StaffByToken(k.text)
		return identity{"staff", member.ID}, ok
	}
	return identity{}, false
}

type identified struct {
	identity
	row row
}

// identified goes through all rows.
func (s *State) identified() iter.Seq[identified] {
	return func(yield func(identified) bool) {
		for _, m := range s.presentStaff() {
			if !yield(identified{identity{"staff", m.ID}, m}) {
				return
			}
		}
		_ = each(s.Customers(), "customers", func(c Customer) int64 { return c.ID }, yield) &&
			each(s.AllDepartments(), "departments", func(d Department) int64 { return d.ID }, yield) &&
			each(s.Tickets(), "tickets", func(t Ticket) int64 { return t.ID }, yield) &&
			each(s.AllResponses(), "responses", func(r Response) int64 { return r.ID }, yield)
	}
}

func each[T row](rows iter.Seq[T], noun string, id func(T) int64, yield func(identified) bool) bool {
	for r := range rows {
		if !yield(identified{identity{noun, id(r)}, r}) {
			return false
		}
	}
	return true
}

// change is what was done to a row of the fixtures since they were loaded, or that it was added.
type change struct {
	identity
	before, now, next row    // in the old fixtures, in the present state and in the new fixtures; nil where it is not there
	undone            string // why the change is not kept; "" when it is
}

// changesBetween lists the rows that were changed between two states, by noun and id, except those that are the
// same in a third one. Rows that two states share are not compared.
func changesBetween(before, present, after *State) []*change {
	var all []*change
	add := func(noun string, id int64, was, now, next row) {
		if !reflect.DeepEqual(now, next) {
			all = append(all, &change{identity{noun, id}, was, now, next, ""})
		}
	}
	staffBetween(before, present, after, add)
	between(customersOf(before), customersOf(present), customersOf(after), "customers", add)
	between(rowsOf(before.departments.rows), rowsOf(present.departments.rows), rowsOf(after.departments.rows), "departments", add)
	between(rowsOf(before.tickets.rows), rowsOf(present.tickets.rows), rowsOf(after.tickets.rows), "tickets", add)
	between(rowsOf(before.responses.rows), rowsOf(present.responses.rows), rowsOf(after.responses.rows), "responses", add)
	return all
}

// lookup is a table, of which some rows may be hidden.
type lookup[T row] struct {
	table[T]
	hides func(id int64) bool
}

func rowsOf[T row](t table[T]) lookup[T] { return lookup[T]{t, func(int64) bool { return false }} }

// customersOf is the table of users without the staff.
func customersOf(s *State) lookup[Customer] {
	return lookup[Customer]{s.customers.rows, func(id int64) bool { return s.staff.byID[id] != nil }}
}

// pointer returns the row of an id, or nil.
func (l lookup[T]) pointer(id int64) *T {
	if l.hides(id) {
		return nil
	}
	return l.table.pointer(id)
}

func (l lookup[T]) each(one func(id int64, row *T)) {
	if l.rows == nil {
		return
	}
	l.rows.Scan(func(id int64, row *T) bool {
		if !l.hides(id) {
			one(id, row)
		}
		return true
	})
}

func between[T row](before, present, after lookup[T], noun string, add func(noun string, id int64, was, now, next row)) {
	present.each(func(id int64, now *T) {
		if was := before.pointer(id); was != now && (was == nil || !reflect.DeepEqual(was, now)) {
			add(noun, id, orNil(was), *now, orNil(after.pointer(id)))
		}
	})
	before.each(func(id int64, was *T) {
		if present.pointer(id) == nil {
			add(noun, id, *was, nil, orNil(after.pointer(id)))
		}
	})
}

func orNil[T row](r *T) row {
	if r == nil {
		return nil
	}
	return *r
}

func staffBetween(before, present, after *State, add func(noun string, id int64, was, now, next row)) {
	member := func(list []Staff, id int64) row {
		if at := slices.IndexFunc(list, func(m Staff) bool { return m.ID == id }); at >= 0 {
			return list[at]
		}
		return nil
	}
	old, now, next := before.presentStaff(), present.presentStaff(), after.presentStaff()
	for _, m := range now {
		if was := member(old, m.ID); !reflect.DeepEqual(was, row(m)) {
			add("staff", m.ID, was, m, member(next, m.ID))
		}
	}
	for _, m := range old {
		if member(now, m.ID) == nil {
			add("staff", m.ID, m, nil, member(next, m.ID))
		}
	}
}

// whyUndone says that a change was not kept.
func (c *change) whyUndone() string {
	switch {
	case c.undone == "":
		return ""
	case c.now == nil:
		return fmt.Sprintf("restored %s, which was deleted at run time: %s", c.identity, c.undone)
	case c.next == nil:
		return fmt.Sprintf("dropped %s: %s", c.identity, c.undone)
	}
	return fmt.Sprintf("dropped what was changed of %s at run time: %s", c.identity, c.undone)
}

// whyDifferent says of a change that was kept that the files say something else now.
func (c *change) whyDifferent() string {
	switch {
	case c.undone != "" || reflect.DeepEqual(c.before, c.next):
		return ""
	case c.now == nil:
		return fmt.Sprintf("%s, which was deleted at run time, stays deleted, although %s has changed it", c.identity, c.file())
	case c.next == nil:
		return fmt.Sprintf("kept %s, which was changed at run time, although it is no longer in %s", c.identity, c.file())
	case c.before == nil:
		return fmt.Sprintf("kept %s, which was added at run time, instead of the new one in %s", c.identity, c.file())
	}
	return fmt.Sprintf("kept %s, which was changed at run time, although %s has changed it too", c.identity, c.file())
}

// whyKept says of any other row that it was added or changed.
func (c *change) whyKept() string {
	switch {
	case c.undone != "" || c.now == nil || !reflect.DeepEqual(c.before, c.next):
		return ""
	case c.before == nil:
		return fmt.Sprintf("kept %s, which was added at run time", c.identity)
	}
	return fmt.Sprintf("kept %s, which was changed at run time", c.identity)
}
