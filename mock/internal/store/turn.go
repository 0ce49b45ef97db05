package store

// turn is what one request does to a store: nobody else sees it before it is committed, and no
// other request changes the store between its first change and its end. A store of its own has
// none.
type turn struct {
	of      *Store // nil for none
	changed bool   // its own state is the one that counts, and of is locked
}

// Begin makes a store of one request's own, which reads and changes what s holds. Whatever it
// changes becomes s's with Commit, or is forgotten with Rollback, one of which has to be called.
// It is not safe for concurrent use, and s must not be changed by the same goroutine before its
// end.
func (s *Store) Begin() *Store {
	return &Store{now: s.now, seed: s.seed, turn: turn{of: s}}
}

func (t *turn) update(s *Store, change func(tx *Tx) error) error {
	if !t.changed {
		t.of.mu.Lock()
		s.present.Store(t.of.present.Load())
		t.changed = true
	}
	return s.update(t.of, change)
}

// Changed reports whether a turn has changed anything, or tried to, so that others wait for its end.
func (s *Store) Changed() bool { return s.turn.changed }

// Commit makes the changes of a turn everybody's.
func (s *Store) Commit() {
	if t := &s.turn; t.changed {
		t.of.present.Store(s.present.Load())
		t.of.notes.list = append(t.of.notes.list, s.notes.list...)
		t.end()
	}
}

// Rollback forgets the changes of a turn. After Commit it does nothing.
func (s *Store) Rollback() {
	if s.turn.changed {
		s.turn.of.settle()
		s.turn.end()
	}
}

func (t *turn) end() {
	t.changed = false
	t.of.mu.Unlock()
}
