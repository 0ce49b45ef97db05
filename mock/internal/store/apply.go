package store

import "slices"

// apply makes the changes of a merge that stay, in an order in which rows may contradict each other for a while.
func (tx *Tx) apply(changes []*change) {
	staff, isStaff := tx.presentStaff(), false
	for _, c := range changes { // first, so that a customer can have the id of a staff member who is gone
		if c.undone == "" && c.next != nil && c.now == nil {
			tx.take(c.next)
		}
	}
	for _, c := range changes {
		if c.undone == "" && c.noun == "staff" {
			isStaff = true
			staff = withMember(staff, c)
		}
	}
	if isStaff {
		tx.write()
		tx.staff, _ = newStaff(staff) // the merge has undone what would contradict itself
	}
	for _, c := range changes {
		if c.undone == "" && c.now != nil {
			tx.put(c.now)
		}
	}
}

// withMember returns the staff after a change.
func withMember(list []Staff, c *change) []Staff {
	at := slices.IndexFunc(list, func(m Staff) bool { return m.ID == c.id })
	member, stays := c.now.(Staff)
	switch {
	case !stays && at >= 0:
		return slices.Delete(list, at, at+1)
	case stays && at >= 0:
		list[at] = member
	case stays:
		list = append(list, member)
	}
	return list
}

// take removes a row and nothing else.
func (tx *Tx) take(r row) {
	switch r := r.(type) {
	case Customer:
		tx.removeUser(r)
	case Staff:
		tx.removeUser(r.Customer)
	case Department:
		tx.takeDepartment(r)
	case Ticket:
		tx.takeTicket(r)
	case Response:
		tx.RemoveResponse(r.ID)
	}
}

// put adds a row, or replaces the one with its id.
func (tx *Tx) put(r row) {
	switch r := r.(type) {
	case Customer:
		tx.putCustomer(r)
	case Staff:
		tx.putCustomer(r.Customer)
	case Department:
		tx.putDepartment(r)
	case Ticket:
		tx.putTicket(r)
	case Response:
		tx.RemoveResponse(r.ID)
		tx.putResponse(r)
	}
}
