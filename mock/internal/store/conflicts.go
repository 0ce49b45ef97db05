package store

import "fmt"

// The checks here say whether a row of any id can be put beside all others, which stay as they are.

// ConflictError says that a row has what another row has, or that it has to stay.
type ConflictError struct {
	Field  string // of the row that is put; "" for a row that has to stay
	Reason string
}

func (e *ConflictError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}

// CheckCustomer checks a customer. The error is a *ConflictError.
func (tx *Tx) CheckCustomer(c Customer) error {
	if _, ok := tx.staff.Member(c.ID); ok {
		return tx.heldBy("id", "id", c.ID)
	}
	return tx.checkUser(c)
}

// checkUser checks the e-mail address and the billing account of a customer or a staff member.
func (tx *Tx) checkUser(c Customer) error {
	if id, ok := tx.customers.byEmail.first(emailKey(c.Email)); ok && id != c.ID {
		return tx.heldBy("email", "e-mail address", id)
	}
	if id, ok := tx.customers.byAccount.first(c.account()); ok && id != c.ID {
		return tx.heldBy("billing_id", "billing account", id)
	}
	return nil
}

// heldBy says which user has a value already.
func (tx *Tx) heldBy(field, value string, id int64) error {
	who := "customer"
	if _, ok := tx.staff.Member(id); ok {
		who = "staff member"
	}
	return &ConflictError{field, fmt.Sprintf("%s %d has this %s; staff and customers share one table of users", who, id, value)}
}

// CheckStaff checks a staff member. The error is a *ConflictError.
func (tx *Tx) CheckStaff(m Staff) error {
	if _, ok := tx.Customer(m.ID); ok && tx.staff.byID[m.ID] == nil {
		return tx.heldBy("id", "id", m.ID)
	}
	if first, ok := tx.FirstStaff(); ok && first.ID == m.ID && !m.HasRights() {
		return &ConflictError{"role", "the first staff member must have staff rights: its credentials are those that the mock prints"}
	}
	for i, token := range m.Tokens {
		if other := tx.staff.byToken[token]; other != nil && other.ID != m.ID {
			return &ConflictError{fmt.Sprintf("tokens/%d", i), fmt.Sprintf("staff member %d has this token", other.ID)}
		}
	}
	return tx.checkUser(m.Customer)
}

// CheckDepartment checks a department. The error is a *ConflictError, or says which custom fields contradict
// each other.
func (tx *Tx) CheckDepartment(d Department) error {
	if other, ok := tx.DepartmentBySlug(d.Slug); ok && other.ID != d.ID {
		return &ConflictError{"slug", fmt.Sprintf("department %d has this slug", other.ID)}
	}
	return d.checkFields()
}

// CheckTicket checks a ticket. The error is a *ConflictError, or says what it belongs to and does not exist.
func (tx *Tx) CheckTicket(t Ticket) error {
	if before, _ := tx.Ticket(t.ID); t.Code != "" && t.Code != before.Code {
		for other := range tx.Tickets() {
			if other.Code == t.Code && other.ID != t.ID {
				return &ConflictError{"ticket_code", fmt.Sprintf("ticket %d has this code", other.ID)}
			}
		}
	}
	return tx.checkPlace(t)
}

// checkPlace returns an error if the customer or the department of a ticket does not exist.
func (tx *Tx) checkPlace(t Ticket) error {
	if _, ok := tx.Customer(t.CustomerID); !ok && t.CustomerID != 0 {
		return fmt.Errorf("customer_id: there is no customer %d", t.CustomerID)
	}
	if _, ok := tx.Department(t.DepartmentID); !ok {
		return fmt.Errorf("department_id: there is no department %d", t.DepartmentID)
	}
	return nil
}

// CheckResponse checks a reply. The error says what it belongs to and does not exist.
func (tx *Tx) CheckResponse(r Response) error {
	if _, ok := tx.Ticket(r.TicketID); !ok {
		return fmt.Errorf("ticket_id: there is no ticket %d", r.TicketID)
	}
	if _, ok := tx.Customer(r.UserID); !ok && r.UserID != 0 && r.EmployeeResponse == 0 {
		return fmt.Errorf("user_id: there is no customer %d", r.UserID)
	}
	if _, ok := tx.staff.Member(r.UserID); !ok && r.EmployeeResponse == 1 { // who may have no staff rights any more
		return fmt.Errorf("user_id: there is no staff member %d", r.UserID)
	}
	return nil
}
