package store

import (
	"maps"
	"reflect"
	"slices"
	"time"
)

// Change is one thing that was done to a store, so that another store can do the same: see Notes and Apply.
// One of its fields is set.
type Change struct {
	Rows     *Rows  `json:"rows,omitempty"`
	Reset    bool   `json:"reset,omitempty"`
	Load     *Data  `json:"load,omitempty"`
	Snapshot string `json:"snapshot,omitempty"` // the name of one that was made
	Restore  string `json:"restore,omitempty"`  // of one that was gone back to
	Drop     string `json:"drop,omitempty"`     // of one that was deleted
}

// Rows are rows that replace those of their ids.
type Rows struct {
	Staff       *[]Staff     `json:"staff,omitempty"` // all of it, when anything of it but the users has changed
	Users       []Customer   `json:"users,omitempty"` // customers and staff
	Departments []Department `json:"departments,omitempty"`
	Tickets     []Ticket     `json:"tickets,omitempty"`
	Responses   []Response   `json:"responses,omitempty"`

	Gone [4][]int64 `json:"gone,omitzero"` // which are not there any more, by kind
}

// kind is a table of rows, and an index of Rows.Gone.
type kind int

const (
	users kind = iota // of customers and staff, who share one table
	departmentRows
	ticketRows
	responseRows
)

type rowName struct {
	kind kind
	id   int64
}

// touch notes that a row was written or removed.
func (tx *Tx) touch(of kind, id int64) {
	if tx.touched != nil {
		*tx.touched = append(*tx.touched, rowName{of, id})
	}
}

// notes are what was done to a store since somebody looked.
type notes struct {
	on   bool
	list []Change
}

func (n *notes) add(c Change) {
	if n.on {
		n.list = append(n.list, c)
	}
}

// rows notes what a change of rows has led to.
func (n *notes) rows(before, after *State, touched []rowName) {
	if len(touched) == 0 && before.staff == after.staff {
		return
	}
	rows := &Rows{}
	if before.staff != after.staff {
		rows.Staff = &after.staff.List
	}
	seen := map[rowName]bool{}
	for _, r := range touched {
		if !seen[r] {
			seen[r] = true
			rows.add(after, r)
		}
	}
	n.list = append(n.list, Change{Rows: rows})
}

// add adds a row of a state, or that it has none.
func (r *Rows) add(st *State, name rowName) {
	there := false
	switch name.kind {
	case users:
		there = addTo(&r.Users, st.customers.rows, name.id)
	case departmentRows:
		there = addTo(&r.Departments, st.departments.rows, name.id)
	case ticketRows:
		there = addTo(&r.Tickets, st.tickets.rows, name.id)
	case responseRows:
		there = addTo(&r.Responses, st.responses.rows, name.id)
	}
	if !there {
		r.Gone[name.kind] = append(r.Gone[name.kind], name.id)
	}
}

func addTo[T any](list *[]T, from table[T], id int64) bool {
	row, ok := from.get(id)
	if ok {
		*list = append(*list, row)
	}
	return ok
}

// Note makes a store note what is done to it from now on.
func (s *Store) Note() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes.on = true
}

// Notes returns what was done to a store since the last call, in order. They share rows with the store, and are
// not to be changed.
func (s *Store) Notes() []Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.notes.list
	s.notes.list = nil
	return list
}

// Mark is what a store was like at one moment.
type Mark struct {
	fixtures, present *State
	snapshots         map[string]*State
}

// Mark returns what the store is like now, for Return.
func (s *Store) Mark() Mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Mark{s.fixtures, s.present.Load(), maps.Clone(s.snapshots)}
}

// Return undoes everything since a mark, which can be used once, and forgets the notes of it.
func (s *Store) Return(to Mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fixtures, s.snapshots = to.fixtures, to.snapshots
	s.present.Store(to.present)
	s.notes.list = nil
	s.settleAnyway()
}

// Apply does to a store what was done to another one that was the same. What fitted there has a place here, whatever
// the limits. It is not noted. An error says what cannot be done: the two were not the same.
func (s *Store) Apply(c Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.Rows != nil:
		next, err := c.Rows.over(s.present.Load())
		if err != nil {
			return err
		}
		s.present.Store(next)
	case c.Reset:
		s.present.Store(s.fixtures)
	case c.Load != nil:
		st, err := s.build(*c.Load)
		if err != nil {
			return err
		}
		s.fixtures = st
		s.present.Store(st)
	case c.Snapshot != "":
		if s.snapshots == nil {
			s.snapshots = map[string]*State{}
		}
		s.snapshots[c.Snapshot] = s.present.Load()
	case c.Restore != "":
		if st, ok := s.snapshots[c.Restore]; ok {
			s.present.Store(st)
		}
	case c.Drop != "":
		delete(s.snapshots, c.Drop)
	}
	s.settleAnyway()
	return nil
}

// over returns a state with these rows.
func (r *Rows) over(st *State) (*State, error) {
	tx := &Tx{State: st, now: time.Now} // of which no row asks
	tx.write()
	for _, id := range r.Gone[responseRows] {
		tx.RemoveResponse(id)
	}
	takeAll(r.Gone[ticketRows], tx.tickets.rows, tx.takeTicket)
	takeAll(r.Gone[departmentRows], tx.departments.rows, tx.takeDepartment)
	takeAll(r.Gone[users], tx.customers.rows, tx.removeUser)
	if r.Staff != nil {
		staff, err := newStaff(*r.Staff)
		if err != nil {
			return nil, err
		}
		tx.staff = staff
	}
	for _, c := range r.Users {
		tx.putCustomer(c)
	}
	for _, d := range r.Departments {
		tx.putDepartment(d)
	}
	for _, t := range r.Tickets {
		tx.putTicket(t)
	}
	for _, response := range r.Responses {
		tx.RemoveResponse(response.ID)
		tx.putResponse(response)
	}
	return tx.State, nil
}

func takeAll[T any](ids []int64, from table[T], take func(T)) {
	for _, id := range ids {
		if row, ok := from.get(id); ok {
			take(row)
		}
	}
}

// Whole is everything that a store holds.
type Whole struct {
	Fixtures  *Data           `json:"fixtures,omitempty"` // nil for those of the server
	Present   *Rows           `json:"present,omitempty"`  // what differs from the fixtures
	Snapshots map[string]Rows `json:"snapshots,omitempty"`
}

// Whole returns everything that the store holds. start is what worlds of this server begin with.
func (s *Store) Whole(start *Store) Whole {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole := Whole{Present: rowsBetween(s.fixtures, s.present.Load())}
	if s.fixtures != start.fixtures {
		data := s.fixtures.Data()
		whole.Fixtures = &data
	}
	for name, st := range s.snapshots {
		if whole.Snapshots == nil {
			whole.Snapshots = map[string]Rows{}
		}
		whole.Snapshots[name] = *rowsBetween(s.fixtures, st)
	}
	return whole
}

// Become makes the store hold what another one did. The error says what contradicts itself, and then nothing has
// changed.
func (s *Store) Become(whole Whole, start *Store) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	fixtures := start.fixtures
	if whole.Fixtures != nil {
		built, err := s.build(*whole.Fixtures)
		if err != nil {
			return err
		}
		fixtures = built
	}
	present := fixtures
	if whole.Present != nil && !whole.Present.empty() {
		next, err := whole.Present.over(fixtures)
		if err != nil {
			return err
		}
		present = next
	}
	var snapshots map[string]*State
	for name, rows := range whole.Snapshots {
		st, err := rows.over(fixtures)
		if err != nil {
			return err
		}
		if snapshots == nil {
			snapshots = map[string]*State{}
		}
		snapshots[name] = st
	}
	s.fixtures, s.snapshots = fixtures, snapshots
	s.present.Store(present)
	s.settleAnyway()
	return nil
}

func (r *Rows) empty() bool { return reflect.ValueOf(*r).IsZero() }

// rowsBetween returns what turns one state into another.
func rowsBetween(before, after *State) *Rows {
	rows := &Rows{}
	if before.staff != after.staff {
		list := slices.Clone(after.staff.List)
		rows.Staff = &list
	}
	if before == after {
		return rows
	}
	differences(before.customers.rows, after.customers.rows, &rows.Users, &rows.Gone[users])
	differences(before.departments.rows, after.departments.rows, &rows.Departments, &rows.Gone[departmentRows])
	differences(before.tickets.rows, after.tickets.rows, &rows.Tickets, &rows.Gone[ticketRows])
	differences(before.responses.rows, after.responses.rows, &rows.Responses, &rows.Gone[responseRows])
	return rows
}

func differences[T row](before, after table[T], changed *[]T, gone *[]int64) {
	was, is := rowsOf(before), rowsOf(after)
	is.each(func(id int64, now *T) {
		if old := was.pointer(id); old != now && (old == nil || !reflect.DeepEqual(old, now)) {
			*changed = append(*changed, *now)
		}
	})
	was.each(func(id int64, _ *T) {
		if is.pointer(id) == nil {
			*gone = append(*gone, id)
		}
	})
}

// settleAnyway is settle for a store that may have grown beyond the limits.
func (s *Store) settleAnyway() { s.total.set(s, s.recount()) }
