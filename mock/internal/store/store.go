// Package store holds all state of one fake Ticaga: one owner, one lock.
//
// A [Store] begins as the fixtures it was given, and can go back to them in place while
// requests are in flight. Its state is never changed once others can see it: [Store.View]
// returns the present one, which stays as it is for as long as somebody reads it, and
// [Store.Update] puts the next one in its place, whole or not at all. Making the next one
// copies what changes and shares the rest, so it costs the same however much there is, and
// so does a reset.
//
// A file a noun: its fields, how it is kept, and the steps that change it.
package store

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Data is what fixtures hold: a list a noun.
type Data struct {
	Customers   []Customer
	Staff       []Staff
	Departments []Department
	Tickets     []Ticket
	Responses   []Response
}

// Store is the state of one fake Ticaga, and its past only as far as the fixtures. All of
// it is safe for concurrent use.
type Store struct {
	now   func() time.Time
	seed  int64
	limit int64  // how many bytes its states may take, beside the fixtures it was made with; 0 for any
	total *Total // that it counts in; nil for none
	turn  turn
	notes notes

	counted int64 // of total, whose mutex guards it
	closed  bool  // it no longer counts; guarded like counted

	mu        sync.Mutex // one writer at a time
	fixtures  *State
	snapshots map[string]*State
	others    int64 // bytes that all these take, beside what is the present state's own
	present   atomic.Pointer[State]
}

// State is everything that there is at one moment. It never changes.
type State struct {
	customers   customers
	staff       *StaffTable
	departments departments
	tickets     tickets
	responses   responses
	seed        int64
	codes       *ticketCodes

	base    *base
	size    int64 // about how many bytes its rows take
	written int64 // about how many were written since its base, rows replaced since included

	copying *sync.Mutex // held while the trees are copied, which stores that share a state may do at once
}

// New makes a store that begins as data. It keeps time by now; codes and hashes of tickets
// come from seed. Beside data, which forks share, its states may take limit bytes; 0 is no limit.
func New(data Data, now func() time.Time, seed, limit int64) (*Store, error) {
	s := &Store{now: now, seed: seed}
	st, err := s.build(data)
	if err != nil {
		return nil, err
	}
	st.base.bytes = 0
	s.fixtures, s.limit = st, limit
	s.present.Store(st)
	return s, nil
}

// Load replaces the whole state, and what a reset goes back to. When data contradicts
// itself (an id, e-mail address, token, slug or billing account twice; a ticket of nobody or
// nowhere) the error says where, as "file: /index/field: reason"; it is a *FullError when there is
// too much. Then nothing has changed.
func (s *Store) Load(data Data) error {
	st, err := s.build(data)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	size := held(append(slices.Collect(maps.Values(s.snapshots)), st)...)
	if s.limit > 0 && size > s.limit {
		return &FullError{Limit: s.limit}
	}
	if err := s.total.count(s, size, s); err != nil {
		return err
	}
	s.fixtures = st
	s.present.Store(st)
	s.settle()
	s.notes.add(Change{Load: &data})
	return nil
}

// build makes a state of fixtures.
func (s *Store) build(data Data) (*State, error) {
	codes, err := newTicketCodes(s.seed, data.Tickets)
	if err != nil {
		return nil, fmt.Errorf("tickets.json: %w", err)
	}
	st := &State{seed: s.seed, codes: codes, copying: &sync.Mutex{}}
	tx := &Tx{State: st}
	for _, noun := range []struct {
		file string
		load func() error
	}{
		{"staff.json", func() error { return tx.loadStaff(data.Staff) }},
		{"customers.json", func() error { return load(data.Customers, tx.loadCustomer) }},
		{"departments.json", func() error { return load(data.Departments, tx.loadDepartment) }},
		{"tickets.json", func() error { return load(data.Tickets, tx.loadTicket) }},
		{"responses.json", func() error { return load(data.Responses, tx.loadResponse) }},
	} {
		if err := noun.load(); err != nil {
			return nil, fmt.Errorf("%s: %w", noun.file, err)
		}
	}
	st.base, st.written = &base{st.size}, 0
	return st, nil
}

func load[T any](list []T, one func(T) error) error {
	for i, entry := range list {
		if err := one(entry); err != nil {
			return fmt.Errorf("/%d/%w", i, err)
		}
	}
	return nil
}

// Reset goes back to the fixtures. Snapshots stay.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present.Store(s.fixtures)
	s.settle()
	s.notes.add(Change{Reset: true})
}

// Fork makes a store of its own that begins as this one is now, has the same fixtures, and
// keeps time by now. It costs the same whatever there is, but counts as if nothing were shared. The
// error is a *FullError when all stores together have no room for it.
func (s *Store) Fork(now func() time.Time) (*Store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fork := s.fork(now)
	fork.total = s.total
	if err := fork.total.count(fork, held(fork.fixtures, fork.present.Load()), s); err != nil {
		return nil, err
	}
	return fork, nil
}

// Trial is a fork for what nobody keeps, which counts nowhere.
func (s *Store) Trial(now func() time.Time) *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fork(now)
}

func (s *Store) fork(now func() time.Time) *Store {
	fork := &Store{now: now, seed: s.seed, limit: s.limit, fixtures: s.fixtures}
	fork.present.Store(s.present.Load())
	fork.settle()
	return fork
}

// Data lists everything there is, as fixtures would hold it.
func (s *State) Data() Data {
	return Data{
		Customers: slices.AppendSeq([]Customer{}, s.Customers()), Staff: s.presentStaff(),
		Departments: slices.AppendSeq([]Department{}, s.departments.rows.all()),
		Tickets:     slices.AppendSeq([]Ticket{}, s.tickets.rows.all()),
		Responses:   slices.AppendSeq([]Response{}, s.responses.rows.all()),
	}
}

// View is the present state.
func (s *Store) View() *State {
	if s.turn.of != nil && !s.turn.changed {
		return s.turn.of.View()
	}
	return s.present.Load()
}

// Update lets change make the next state. When it returns an error, nothing has happened,
// and Update returns it. It is a *FullError when there is no room for what changed.
func (s *Store) Update(change func(tx *Tx) error) error {
	if s.turn.of != nil {
		return s.turn.update(s, change)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.update(s, change)
}

// update makes the next state of a store, within the limits of another one that is locked.
func (s *Store) update(limits *Store, change func(tx *Tx) error) error {
	before := s.present.Load()
	tx := &Tx{State: before, now: s.now}
	if limits.notes.on {
		tx.touched = &[]rowName{}
	}
	if err := cmp.Or(change(tx), tx.full()); err != nil {
		return err
	}
	if err := limits.fits(tx.State); err != nil {
		return err
	}
	s.present.Store(tx.State)
	if tx.touched != nil {
		s.notes.rows(before, tx.State, *tx.touched)
	}
	return nil
}

// Tx is a state in the making: what it reads is what it has written. It must not be used
// after Update has returned.
type Tx struct {
	*State
	mine    bool       // State is a copy that nobody else can see yet
	touched *[]rowName // which rows were written or removed; nil where nobody asks
	now     func() time.Time
	ended   string // the noun whose ids have come to their end; "" for none
}

// newID is one more than the last id of a noun.
func (tx *Tx) newID(noun string, last int64) int64 {
	if last >= MaxID {
		tx.ended = noun
	}
	return last + 1
}

func (tx *Tx) full() error {
	if tx.ended == "" {
		return nil
	}
	return &FullError{Noun: tx.ended}
}

// write makes sure that there is a copy to write to. A change that finds nothing to do
// copies nothing.
func (tx *Tx) write() {
	if tx.mine || tx.now == nil { // there is no clock while fixtures are loaded, and nobody looks on
		return
	}
	tx.copying.Lock()
	defer tx.copying.Unlock()
	next := *tx.State
	next.copying = &sync.Mutex{}
	next.customers = next.customers.copy()
	next.departments = next.departments.copy()
	next.tickets = next.tickets.copy()
	next.responses = next.responses.copy()
	tx.State, tx.mine = &next, true
}

// Timestamp is the form of every point in time in Ticaga's answers: UTC with
// microseconds, Laravel's default [D4, D6].
const Timestamp = "2006-01-02T15:04:05.000000Z"

func (tx *Tx) timestamp() string { return tx.now().UTC().Format(Timestamp) }

// twice says that a fixture's value is another one's too.
func twice(field string, value any) error {
	return fmt.Errorf("%s: duplicate %v", field, cmp.Or(fmt.Sprint(value), `""`))
}
