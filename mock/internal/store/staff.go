package store

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// Staff is one administrator, as a fixture file writes it: a user with API tokens. Staff and
// customers share one table of users [C], so ids and e-mail addresses are unique across both [I].
type Staff struct {
	Customer
	Tokens []string `json:"tokens"`
	Role   string   `json:"role,omitempty"` // "" or "staff"; NoRole for a user whose tokens have no staff rights
}

// NoRole is the role of a user without staff rights.
const NoRole = "none"

// HasRights reports whether the user is one of the staff.
func (m Staff) HasRights() bool { return m.Role != NoRole }

// StaffTable is who belongs to the staff, with the indexes. No request changes that, so states
// share one until other fixtures are loaded. What requests do change, such as a billing id, is in
// the table of users: see State.Customer.
type StaffTable struct {
	List    []Staff // in the order of the fixtures, as these have them; not to be changed
	byID    map[int64]*Staff
	byToken map[string]*Staff
	byEmail map[string]*Staff
}

func newStaff(list []Staff) (*StaffTable, error) {
	t := &StaffTable{List: slices.Clone(list), byID: map[int64]*Staff{}, byToken: map[string]*Staff{}, byEmail: map[string]*Staff{}}
	if len(t.List) > 0 && !t.List[0].HasRights() {
		return t, errors.New("/0/role: the first entry must have staff rights: its credentials are those that the mock prints")
	}
	for i := range t.List {
		member := &t.List[i]
		member.BillingID, member.AccountManager = cmp.Or(member.BillingID, NoBilling), cmp.Or(member.AccountManager, "0")
		member.UpdatedAt = cmp.Or(member.UpdatedAt, member.CreatedAt)
		if t.byID[member.ID] != nil {
			return t, fmt.Errorf("/%d/%w", i, twice("id", member.ID))
		}
		t.byID[member.ID] = member
		if t.byEmail[emailKey(member.Email)] != nil {
			return t, fmt.Errorf("/%d/%w", i, twice("email", member.Email))
		}
		t.byEmail[emailKey(member.Email)] = member
		for j, token := range member.Tokens {
			if t.byToken[token] != nil {
				return t, fmt.Errorf("/%d/tokens/%d: duplicate token", i, j)
			}
			t.byToken[token] = member
		}
	}
	return t, nil
}

// found is what a look-up says of a staff member, or of nil.
func found(member *Staff) (Staff, bool) {
	if member == nil {
		return Staff{}, false
	}
	return *member, true
}

// StaffMember finds a staff member by id. A user without staff rights is not one.
func (s *State) StaffMember(id int64) (Staff, bool) {
	member, ok := found(s.staff.byID[id])
	return member, ok && member.HasRights()
}

// StaffByToken finds the owner of an API token, who may have no staff rights.
func (s *State) StaffByToken(token string) (Staff, bool) { return found(s.staff.byToken[token]) }

// StaffByEmail finds a staff member by e-mail address, whatever its case.
func (s *State) StaffByEmail(email string) (Staff, bool) {
	return found(s.staff.byEmail[emailKey(email)])
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

// Member finds a user of the staff table by id, who may have no staff rights.
func (t *StaffTable) Member(id int64) (Staff, bool) { return found(t.byID[id]) }

// PresentStaff goes through the staff in the order of the fixtures, with what requests have changed of
// them.
func (s *State) PresentStaff() iter.Seq[Staff] { return slices.Values(s.presentStaff()) }

// presentStaff lists the staff with what requests have changed of them.
func (s *State) presentStaff() []Staff {
	list := slices.Clone(s.staff.List)
	for i := range list {
		list[i].Customer, _ = s.Customer(list[i].ID)
	}
	return list
}

// loadStaff makes users of the staff, before there are customers.
func (tx *Tx) loadStaff(list []Staff) (err error) {
	if tx.staff, err = newStaff(list); err != nil {
		return err
	}
	for i, member := range tx.staff.List {
		var taken *TakenError
		if errors.As(tx.free(member.Customer), &taken) { // a billing account: the rest is unique already
			return fmt.Errorf("/%d/%w", i, duplicate(member.Customer, taken))
		}
		tx.putCustomer(member.Customer)
	}
	return nil
}
