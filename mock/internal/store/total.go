package store

import "sync"

// Total bounds the memory that stores take together, each counted as its own limit counts it. It is
// safe for concurrent use.
type Total struct {
	limit   int64
	giveWay func(need int64, writer *Store) bool

	mu    sync.Mutex
	taken int64
}

// NewTotal makes a bound of limit bytes; 0 is no limit. Beyond it giveWay is called, which closes
// stores other than the writer that take at least need bytes, or closes none and returns false. It
// is called while the writer is locked, so it must not wait for a store.
func NewTotal(limit int64, giveWay func(need int64, writer *Store) bool) *Total {
	return &Total{limit: limit, giveWay: giveWay}
}

// Join makes a store, and its forks from now on, count in a total.
func (s *Store) Join(t *Total) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total = t
}

// count sets what a store takes, for which others may have to give way to writer. What does not
// grow always may; any other error is a *FullError, and then nothing has changed.
func (t *Total) count(s *Store, size int64, writer *Store) error {
	if t == nil {
		return nil
	}
	for {
		need := t.try(s, size)
		if need <= 0 {
			return nil
		}
		if !t.giveWay(need, writer) {
			return &FullError{Limit: t.limit, Together: true}
		}
	}
}

// try is count where there is room, and otherwise returns how many bytes are missing.
func (t *Total) try(s *Store, size int64) (need int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s.closed {
		return 0
	}
	grows := size - s.counted
	if need = t.taken + grows - t.limit; t.limit > 0 && grows > 0 && need > 0 {
		return need
	}
	s.counted += grows
	t.taken += grows
	return 0
}

// set is count for what is there already, so that nothing has to give way.
func (t *Total) set(s *Store, size int64) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !s.closed {
		t.taken += size - s.counted
		s.counted = size
	}
}

// Counted is how many bytes of the total a store takes.
func (s *Store) Counted() int64 {
	t := s.total
	if t == nil {
		return 0
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return s.counted
}

// Close takes a store that nobody needs any more out of the total.
func (s *Store) Close() {
	t := s.total
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken -= s.counted
	s.counted, s.closed = 0, true
}
