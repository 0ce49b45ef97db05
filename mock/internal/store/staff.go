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

// StaffTable is everybody, and the indexes. No request changes it, so states share one until
// other fixtures are loaded.
type StaffTable struct {
	List    []Staff // in the order of the fixtures; not to be changed
	byID    map[int64]Staff
	byToken map[string]Staff
	byEmail map[string]Staff
}

func newStaff(list []Staff) (*StaffTable, error) {
	t := &StaffTable{List: list, byID: map[int64]Staff{}, byToken: map[string]Staff{}, byEmail: map[string]Staff{}}
	for i, member := range list {
		if _, ok := t.byID[member.ID]; ok {
			return t, fmt.Errorf("/%d/%w", i, twice("id", member.ID))
		}
		t.byID[member.ID] = member
		if _, ok := t.byEmail[emailKey(member.Email)]; ok {
			return t, fmt.Errorf("/%d/%w", i, twice("email", member.Email))
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

// StaffMember finds a staff member by id.
func (s *State) StaffMember(id int64) (Staff, bool) {
	member, ok := s.staff.byID[id]
	return member, ok
}

// StaffByToken finds the owner of an API token.
func (s *State) StaffByToken(token string) (Staff, bool) {
	member, ok := s.staff.byToken[token]
	return member, ok
}

// StaffByEmail finds a staff member by e-mail address, whatever its case.
func (s *State) StaffByEmail(email string) (Staff, bool) {
	member, ok := s.staff.byEmail[emailKey(email)]
	return member, ok
}

// FirstStaff is the staff member that stands first in the fixtures: whoever asks when
// nobody has to say who they are.
func (s *State) FirstStaff() (Staff, bool) {
	if len(s.staff.List) == 0 {
		return Staff{}, false
	}
	return s.staff.List[0], true
}

// Staff is everybody.
func (s *State) Staff() *StaffTable { return s.staff }
