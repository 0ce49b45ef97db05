package store

import (
	"fmt"
	"slices"
)

// Rebase replaces the fixtures of s, which were those of before, by those of after, and keeps what was changed
// since in the present state. It is a merge of three states, row by row: a row that nobody changed becomes
// that of the new fixtures; one that was added, changed or deleted stays so as long as it fits the other rows
// and passes valid, which may be nil. Snapshots stay. Rebase returns sentences about what it kept and
// dropped, and false, having changed nothing, when the fixtures of s are not those of before.
//
// The merge does not keep s locked, unless somebody writes to it all the time.
func (s *Store) Rebase(before, after *Store, valid func(noun string, row any) error) (notes []string, ok bool) {
	for range 3 {
		present, follows := s.begunAs(before)
		if !follows {
			return nil, false
		}
		next, notes := s.merged(before.fixtures, present, after.fixtures, valid)
		if s.rebase(present, next, after.fixtures) {
			return notes, true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fixtures != before.fixtures {
		return nil, false
	}
	next, notes := s.merged(before.fixtures, s.present.Load(), after.fixtures, valid)
	s.replace(next, after.fixtures)
	return notes, true
}

// begunAs returns the present state, and whether the fixtures are those of another store.
func (s *Store) begunAs(other *Store) (*State, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.present.Load(), s.fixtures == other.fixtures
}

// rebase is replace, unless the state that next was made from is not the present one any more.
func (s *Store) rebase(from, next, fixtures *State) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.present.Load() != from {
		return false
	}
	s.replace(next, fixtures)
	return true
}

func (s *Store) replace(next, fixtures *State) {
	s.fixtures = fixtures
	s.present.Store(next)
	s.settle()
}

// merged returns the new fixtures with what was changed between the old ones and the present state.
func (s *Store) merged(before, present, after *State, valid func(noun string, row any) error) (*State, []string) {
	if present == before {
		return after, nil
	}
	m := &merge{
		after: after, valid: valid, all: changesBetween(before, present, after),
		changed: map[identity]*change{}, held: map[key]*change{}, needed: map[key][]*change{},
	}
	if len(m.all) == 0 { // nothing that the new fixtures do not have too
		return after, nil
	}
	m.settle()
	tx := &Tx{State: after, now: s.now}
	tx.apply(m.all)
	return tx.State, m.notes()
}

// merge decides which changes stay. It begins with all of them, and undoes those that do not fit the rows of the
// new fixtures. Where a change is undone, the row of the new fixtures counts, which may not fit other
// changes: these are undone too. None is ever done again, so this comes to an end, at the latest with the
// new fixtures as they are, whose rows fit each other.
type merge struct {
	after   *State
	valid   func(noun string, row any) error
	all     []*change
	changed map[identity]*change
	held    map[key]*change   // which change gives a row a key
	needed  map[key][]*change // which changed rows refer to it
	codes   map[string]int64  // of the tickets of the new fixtures; nil until somebody asks
}

// settle undoes the changes that do not fit.
func (m *merge) settle() {
	deletes := false
	for _, c := range m.all {
		m.changed[c.identity] = c
		if c.now == nil {
			deletes = true
			continue
		}
		for _, k := range c.now.keys() {
			m.held[k] = c
		}
		for _, k := range c.now.needs() {
			m.needed[k] = append(m.needed[k], c)
		}
	}
	for _, c := range m.all {
		m.check(c)
	}
	if !deletes { // nothing is missing then
		return
	}
	for r := range m.after.identified() {
		if m.counts(r.identity) {
			m.require(r)
		}
	}
}

// holder returns which row of the new fixtures has a key.
func (m *merge) holder(k key) (holder identity, ok bool) {
	if k.kind != ticketCode {
		return m.after.holderOf(k)
	}
	if m.codes == nil {
		m.codes = map[string]int64{}
		for t := range m.after.Tickets() {
			m.codes[t.Code] = t.ID
		}
	}
	id, ok := m.codes[k.text]
	return identity{"tickets", id}, ok
}

// counts reports whether the row of the new fixtures is the one that is kept.
func (m *merge) counts(id identity) bool {
	c := m.changed[id]
	return c == nil || c.undone != ""
}

// changedHolder returns the change of the row of the new fixtures that has a key, or nil.
func (m *merge) changedHolder(k key) *change {
	if holder, ok := m.holder(k); ok {
		return m.changed[holder]
	}
	return nil
}

// has reports whether some row has a key.
func (m *merge) has(k key) bool {
	if m.held[k] != nil {
		return true
	}
	holder, ok := m.holder(k)
	return ok && m.counts(holder)
}

// check undoes a change that does not fit the rows of the new fixtures.
func (m *merge) check(c *change) {
	if c.undone != "" {
		return
	}
	if first, ok := m.after.FirstStaff(); ok && c.identity == (identity{"staff", first.ID}) {
		if member, ok := c.now.(Staff); !ok || !member.HasRights() {
			m.undo(c, "the first staff member must stay and have staff rights")
			return
		}
	}
	if c.now == nil {
		return // whoever needs the row undoes it
	}
	if m.valid != nil {
		if err := m.valid(c.noun, c.now); err != nil {
			m.undo(c, err.Error())
			return
		}
	}
	for _, k := range c.now.keys() {
		if holder, ok := m.holder(k); ok && holder != c.identity && m.counts(holder) {
			m.undo(c, fmt.Sprintf("%s has this %s", holder, k.kind.text()))
			return
		}
	}
	for _, k := range c.now.needs() {
		if !m.has(k) {
			m.undo(c, "there is no "+k.String()+" any more")
			return
		}
	}
}

// require undoes the deletion of what a row of the new fixtures refers to.
func (m *merge) require(r identified) {
	for _, k := range r.row.needs() {
		if m.has(k) {
			continue
		}
		if c := m.changedHolder(k); c != nil {
			m.undo(c, fmt.Sprintf("%s of %s refers to it", r.identity, r.file()))
		}
	}
}

// undo undoes a change, and those that do not fit any more without it.
func (m *merge) undo(c *change, why string) {
	if c.undone != "" {
		return
	}
	c.undone = why
	if c.now != nil {
		for _, k := range c.now.keys() {
			if m.held[k] == c {
				delete(m.held, k)
			}
		}
	}
	if c.next != nil {
		for _, k := range c.next.keys() {
			if other := m.held[k]; other != nil {
				m.undo(other, fmt.Sprintf("%s of %s has this %s", c.identity, c.file(), k.kind.text()))
			}
		}
		m.require(identified{c.identity, c.next})
	}
	if c.now == nil {
		return
	}
	for _, k := range c.now.keys() {
		if m.has(k) {
			continue
		}
		if deleted := m.changedHolder(k); deleted != nil && deleted.now == nil { // this row had stood for it
			m.undo(deleted, c.identity.String()+" is not there any more")
			continue
		}
		for _, other := range m.needed[k] {
			m.undo(other, "there is no "+k.String()+" any more")
		}
	}
}

// notes returns a sentence for each change that is worth one, those that were not kept first.
func (m *merge) notes() []string {
	var notes []string
	for _, tell := range []func(*change) string{(*change).whyUndone, (*change).whyDifferent, (*change).whyKept} {
		for _, c := range m.all {
			if note := tell(c); note != "" {
				notes = append(notes, note)
			}
		}
	}
	return slices.Clip(notes)
}
