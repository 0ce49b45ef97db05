package store

import (
	"errors"
	"maps"
	"slices"
)

// MaxSnapshots is how many a store keeps.
const MaxSnapshots = 100

// ErrSnapshots says that there are MaxSnapshots already.
var ErrSnapshots = errors.New("there are 100 snapshots already; delete one")

// Snapshot keeps the present state under a name, instead of an earlier one of that name. The error
// is ErrSnapshots, or a *FullError when there is no room for what the state does not share with
// its fixtures.
func (s *Store) Snapshot(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	replaced, ok := s.snapshots[name]
	if !ok && len(s.snapshots) >= MaxSnapshots {
		return ErrSnapshots
	}
	if s.snapshots == nil {
		s.snapshots = map[string]*State{}
	}
	present := s.present.Load()
	s.snapshots[name] = present
	s.settle()
	if s.limit > 0 && present.own() > 0 && s.others > s.limit-present.own() {
		if delete(s.snapshots, name); ok {
			s.snapshots[name] = replaced
		}
		s.settle()
		return &FullError{Limit: s.limit}
	}
	s.notes.add(Change{Snapshot: name})
	return nil
}

// Restore goes back to a snapshot; false when there is none of that name.
func (s *Store) Restore(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	st, ok := s.snapshots[name]
	if ok {
		s.present.Store(st)
		s.settle()
		s.notes.add(Change{Restore: name})
	}
	return ok
}

// DeleteSnapshot forgets a snapshot; false when there is none of that name.
func (s *Store) DeleteSnapshot(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.snapshots[name]
	delete(s.snapshots, name)
	s.settle()
	if ok {
		s.notes.add(Change{Drop: name})
	}
	return ok
}

// Snapshots lists their names, sorted.
func (s *Store) Snapshots() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.snapshots))
}
