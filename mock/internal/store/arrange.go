package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// The steps here are for tests that arrange what a request finds: they put a row of any id, remove the
// rows that cannot exist beside it, and remove rows with everything that belongs to them. No request of
// the API does that.

// PlaceCustomer adds c, or replaces the customer of its id. Other customers with its e-mail address or
// billing account are removed. The error says that the id, the address or the account is a staff member's.
func (tx *Tx) PlaceCustomer(c Customer) error {
	if _, ok := tx.staff.byID[c.ID]; ok {
		return fmt.Errorf("staff member %d has this id: staff and customers share one table of users", c.ID)
	}
	for {
		taken := tx.holder(c)
		if taken == 0 {
			break
		}
		if _, ok := tx.staff.byID[taken]; ok {
			return fmt.Errorf("staff member %d has this e-mail address or billing account: staff and customers share one table of users", taken)
		}
		_ = tx.RemoveCustomer(taken)
	}
	tx.putCustomer(c)
	return nil
}

// holder returns the id of another user with the e-mail address or the billing account of c; 0 for none.
func (s *State) holder(c Customer) int64 {
	if id, ok := s.customers.byEmail.first(emailKey(c.Email)); ok && id != c.ID {
		return id
	}
	if id, ok := s.customers.byAccount.first(c.account()); ok && id != c.ID {
		return id
	}
	return 0
}

// RemoveCustomer removes a customer with their tickets and replies. It returns an error for a staff member.
func (tx *Tx) RemoveCustomer(id int64) error {
	if _, ok := tx.staff.byID[id]; ok {
		return fmt.Errorf("id %d belongs to a staff member, and staff cannot be removed", id)
	}
	c, ok := tx.Customer(id)
	if !ok {
		return nil
	}
	for _, t := range slices.Collect(tx.TicketsOfCustomer(id)) { // which change under the loop
		tx.RemoveTicket(t.ID)
	}
	tx.removeReplies(id, 0) // to tickets of others
	tx.removeUser(c)
	return nil
}

// removeReplies removes what a customer has written, or a staff member.
func (tx *Tx) removeReplies(user int64, byEmployee int) {
	var replies []int64
	for r := range tx.AllResponses() {
		if r.UserID == user && r.EmployeeResponse == byEmployee {
			replies = append(replies, r.ID)
		}
	}
	for _, reply := range replies {
		tx.RemoveResponse(reply)
	}
}

func (tx *Tx) removeUser(c Customer) {
	tx.write()
	tx.touch(users, c.ID)
	tx.customers.rows.remove(c.ID)
	tx.customers.byEmail.remove(emailKey(c.Email), c.ID)
	tx.customers.byAccount.remove(c.account(), c.ID)
	tx.count(0, c.Size())
}

// PlaceStaff adds m after all others, or replaces the staff member of its id. Other members lose
// its tokens, and customers with its id or e-mail address are removed. The error says that another
// member has its e-mail address, or that the first member would have no rights.
func (tx *Tx) PlaceStaff(m Staff) error {
	list := tx.presentStaff()
	at := slices.IndexFunc(list, func(other Staff) bool { return other.ID == m.ID })
	if at < 0 {
		if err := tx.RemoveCustomer(m.ID); err != nil {
			return err
		}
		list, at = append(list, m), len(list)
	}
	list[at] = m
	for i := range list {
		if i != at {
			list[i].Tokens = slices.DeleteFunc(slices.Clone(list[i].Tokens), func(token string) bool { return slices.Contains(m.Tokens, token) })
		}
	}
	for i := range list {
		if len(list[i].Tokens) == 0 { // every member has one; this is one that nobody can know
			sum := sha256.Sum256(fmt.Appendf(nil, "token %d %d", tx.seed, list[i].ID))
			list[i].Tokens = []string{hex.EncodeToString(sum[:])}
		}
	}
	table, err := newStaff(list)
	if err != nil {
		return err
	}
	if id := tx.holder(m.Customer); id != 0 {
		if err := tx.RemoveCustomer(id); err != nil {
			return err
		}
	}
	tx.write()
	tx.staff = table
	tx.putCustomer(table.List[at].Customer)
	return nil
}

// RemoveStaff removes a staff member with their replies and notes. It returns an error for the first one.
func (tx *Tx) RemoveStaff(id int64) error {
	m, ok := tx.staff.Member(id)
	if !ok {
		return nil
	}
	if tx.staff.List[0].ID == id {
		return &ConflictError{"", "the first staff member cannot be removed: its credentials are those that the mock prints"}
	}
	table, err := newStaff(slices.DeleteFunc(tx.presentStaff(), func(other Staff) bool { return other.ID == id }))
	if err != nil {
		return err
	}
	tx.removeReplies(id, 1)
	m.Customer, _ = tx.Customer(id)
	tx.removeUser(m.Customer)
	tx.staff = table
	return nil
}

// PlaceDepartment adds d, or replaces the department of its id. Another department with its slug is
// removed.
func (tx *Tx) PlaceDepartment(d Department) {
	if other, ok := tx.DepartmentBySlug(d.Slug); ok && other.ID != d.ID {
		tx.RemoveDepartment(other.ID)
	}
	tx.putDepartment(d)
}

// putDepartment keeps the index in step.
func (tx *Tx) putDepartment(d Department) {
	tx.write()
	replaced := int64(0)
	if old, ok := tx.Department(d.ID); ok {
		replaced = old.Size()
		tx.departments.bySlug.remove(old.Slug, d.ID)
	}
	tx.touch(departmentRows, d.ID)
	tx.departments.rows.put(d.ID, d)
	tx.departments.bySlug.add(d.Slug, d.ID)
	tx.departments.edition = new(Edition)
	tx.count(d.Size(), replaced)
}

// RemoveDepartment removes a department with its tickets.
func (tx *Tx) RemoveDepartment(id int64) {
	d, ok := tx.Department(id)
	if !ok {
		return
	}
	for _, t := range slices.Collect(tx.TicketsOfDepartment(id)) {
		tx.RemoveTicket(t.ID)
	}
	tx.takeDepartment(d)
}

// takeDepartment removes a department and nothing else.
func (tx *Tx) takeDepartment(d Department) {
	tx.write()
	tx.touch(departmentRows, d.ID)
	tx.departments.rows.remove(d.ID)
	tx.departments.bySlug.remove(d.Slug, d.ID)
	tx.departments.edition = new(Edition)
	tx.count(0, d.Size())
}

// PlaceTicket adds t, or replaces the ticket of its id. Without a code and a hash it gets its own. The
// error says that its customer or its department does not exist.
func (tx *Tx) PlaceTicket(t Ticket) error {
	if _, ok := tx.Customer(t.CustomerID); !ok && t.CustomerID != 0 {
		return fmt.Errorf("customer %d does not exist", t.CustomerID)
	}
	if _, ok := tx.Department(t.DepartmentID); !ok {
		return fmt.Errorf("department %d does not exist", t.DepartmentID)
	}
	tx.putTicket(tx.complete(t))
	return nil
}

// RemoveTicket removes a ticket with its replies.
func (tx *Tx) RemoveTicket(id int64) {
	t, ok := tx.Ticket(id)
	if !ok {
		return
	}
	for _, r := range slices.Collect(tx.Responses(id)) {
		tx.RemoveResponse(r.ID)
	}
	tx.takeTicket(t)
}

// takeTicket removes a ticket and nothing else.
func (tx *Tx) takeTicket(t Ticket) {
	tx.write()
	tx.touch(ticketRows, t.ID)
	all := &tx.tickets
	all.rows.remove(t.ID)
	all.byCustomer.remove(t.CustomerID, t.ID)
	all.byGuest.remove(emailKey(t.PublicEmail), t.ID)
	all.byDepartment.remove(t.DepartmentID, t.ID)
	all.count(t.Status, -1)
	tx.count(0, t.Size())
}

// PlaceResponse adds r, or replaces the reply of its id. The error says that its ticket does not exist.
func (tx *Tx) PlaceResponse(r Response) error {
	if _, ok := tx.Ticket(r.TicketID); !ok {
		return fmt.Errorf("ticket %d does not exist", r.TicketID)
	}
	tx.RemoveResponse(r.ID)
	tx.putResponse(r)
	return nil
}

// RemoveResponse removes a reply.
func (tx *Tx) RemoveResponse(id int64) {
	r, ok := tx.responses.rows.get(id)
	if !ok {
		return
	}
	tx.write()
	tx.touch(responseRows, id)
	tx.responses.rows.remove(id)
	tx.responses.byTicket.remove(r.TicketID, id)
	tx.count(0, r.Size())
}

// LastID returns the largest id of a noun; 0 when it has no rows. Staff and customers share one table.
func (s *State) LastID(noun string) int64 {
	switch noun {
	case "customers", "staff":
		return s.customers.rows.last()
	case "departments":
		return s.departments.rows.last()
	case "tickets":
		return s.tickets.rows.last()
	case "responses":
		return s.responses.rows.last()
	}
	return 0
}
