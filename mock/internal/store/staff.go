package store

import "fmt"

// Staff is one administrator, as a fixture file writes it.
type Staff struct {
	ID        int64    `json:"id"`
	Name      string   `json:"name"`
	Email     string   `json:"email"`
	Biography string   `json:"biography,omitempty"`
	CreatedAt string   `json:"created_at,omitempty"`
	Tokens    []string `json:"tokens"`
}

// staff is the table and its indexes. No request changes it.
type staff struct {
	list    []Staff
	byToken map[string]Staff
	byEmail map[string]Staff
}

func newStaff(list []Staff) (staff, error) {
	t := staff{list: list, byToken: map[string]Staff{}, byEmail: map[string]Staff{}}
	ids := map[int64]bool{}
	for i, member := range list {
		if ids[member.ID] {
			return t, fmt.Errorf("/%d/id: %d is there twice", i, member.ID)
		}
		ids[member.ID] = true
		if _, ok := t.byEmail[emailKey(member.Email)]; ok {
			return t, fmt.Errorf("/%d/email: another staff member has the same", i)
		}
		t.byEmail[emailKey(member.Email)] = member
		for j, token := range member.Tokens {
			if _, ok := t.byToken[token]; ok {
				return t, fmt.Errorf("/%d/tokens/%d: the token is there twice", i, j)
			}
			t.byToken[token] = member
		}
	}
	return t, nil
}

// StaffByToken finds the owner of an API token.
func (s *Store) StaffByToken(token string) (Staff, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	member, ok := s.state.staff.byToken[token]
	return member, ok
}

// StaffByEmail finds a staff member by e-mail address, whatever its case.
func (s *Store) StaffByEmail(email string) (Staff, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	member, ok := s.state.staff.byEmail[emailKey(email)]
	return member, ok
}

// FirstStaff is the staff member that stands first in the fixtures: whoever asks when
// nobody has to say who they are.
func (s *Store) FirstStaff() (Staff, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.state.staff.list) == 0 {
		return Staff{}, false
	}
	return s.state.staff.list[0], true
}
