// Package store holds all state of one fake Ticaga: one owner, one lock.
//
// A [Store] begins as the fixtures it was given and can go back to them in place, while
// requests are under way. Every method is one step that is seen whole or not at all; what
// it returns is a copy. All of it is safe for concurrent use.
package store

import (
	"fmt"
	"sync"
	"time"
)

// Data is what fixtures hold: a list a noun.
type Data struct {
	Customers []Customer
	Staff     []Staff
}

// Store is the state of one fake Ticaga.
type Store struct {
	now func() time.Time

	mu       sync.RWMutex
	fixtures *state // never changed once it is here
	state    *state
}

// state is everything that a reset throws away.
type state struct {
	customers customers
	staff     staff
}

// New makes a store that begins as data. It keeps time by now.
func New(data Data, now func() time.Time) (*Store, error) {
	s := &Store{now: now}
	return s, s.Load(data)
}

// Load replaces the whole state, and what a reset goes back to. When data contradicts
// itself (an id, e-mail address, token or billing account twice) the error says where, as
// "file: /index/field: reason", and nothing has changed.
func (s *Store) Load(data Data) error {
	st := &state{}
	var err error
	if st.customers, err = newCustomers(data.Customers); err != nil {
		return fmt.Errorf("customers.json: %w", err)
	}
	if st.staff, err = newStaff(data.Staff); err != nil {
		return fmt.Errorf("staff.json: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fixtures, s.state = st, st.clone()
	return nil
}

// Reset goes back to the fixtures.
func (s *Store) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = s.fixtures.clone()
}

func (st *state) clone() *state {
	return &state{customers: st.customers.clone(), staff: st.staff}
}

// Timestamp is the form of every point in time in Ticaga's answers: UTC with
// microseconds, Laravel's default [D4, D6].
const Timestamp = "2006-01-02T15:04:05.000000Z"

func (s *Store) timestamp() string { return s.now().UTC().Format(Timestamp) }
