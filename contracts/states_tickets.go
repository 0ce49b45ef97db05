package contracts

import (
	"cmp"
	"maps"
	"strconv"
)

func ticketStates() []State {
	id := Param{Name: "id", Type: "id", Example: "1", Default: "the customer's first ticket; 1 without a customer"}
	customer := Param{Name: "customer", Type: "id", Example: "8", Default: "the ticket's owner; 8 for an invented ticket"}
	fields := []Param{
		{Name: "department", Type: "slug or id", Example: "support", Default: "the ticket's"},
		{Name: "subject", Type: "string", Example: "Cannot upgrade my plan"},
		{Name: "message", Type: "string", Example: "The upgrade button does nothing."},
		{Name: "priority", Type: "none, low, medium, high, emergency, critical, normal", Example: "medium"},
	}
	email := Param{Name: "public_email", Type: "e-mail", Example: "ines@prado.example", Default: "guest@example.com"}
	status := Param{Name: "status", Type: "open, awaiting_reply, in_progress, on_hold, closed", Example: "open"}
	rating := Param{Name: "rating", Type: "rating", Example: "5", Default: "5"}
	returns := []string{"id", "ticket_id", "customer_id", "department_id", "ticket_code", "public_hash", "subject", "status", "priority"}
	all := append([]Param{id, customer}, fields...)

	// with returns a state of a ticket, which sets some values in addition to those that are given.
	with := func(name, sets string, params []Param, set values, also ...string) State {
		return State{
			Name: name, Also: also, Sets: sets, Params: params, Returns: returns,
			set: func(d Desk, v values) (map[string]any, error) {
				v = maps.Clone(v)
				for field, value := range set {
					v[field] = v.or(field, value)
				}
				return putTicket(d, v)
			},
		}
	}
	// inStatus is with for a status, with the sentences that name a ticket, its customer, both or none.
	inStatus := func(words, status, sets string, also ...string) State {
		return with("ticket {id} is "+words, sets, all, values{"status": status}, append(also, "a ticket is "+words,
			"ticket {id} of customer {customer} is "+words, "customer {customer} has a ticket that is "+words)...)
	}
	return []State{
		with("ticket {id} exists", "the scenario's ticket of that id, or an invented open one, with these values", append(all[:len(all):len(all)], status), nil, "a ticket exists", "ticket {id} is in department {department}"),
		with("customer {customer} has ticket {id}", "the same ticket, of that customer", append(all[:len(all):len(all)], status), values{"customer": "8"},
			"customer {customer} has a ticket", "a customer has a ticket"),
		inStatus("open", "open", "the ticket is open"),
		inStatus("awaiting reply", "awaiting_reply", "staff have replied and await the customer", "ticket {id} is awaiting a reply of its customer", "ticket {id} is awaiting its customer"),
		inStatus("in progress", "in_progress", "staff work on the ticket"),
		inStatus("on hold", "on_hold", "the ticket waits"),
		inStatus("closed", "closed", "the ticket is closed"),
		with("ticket {id} is rated {rating}", "the ticket is closed and rated; the extension is on", append(all[:len(all):len(all)], rating), values{"status": "closed", "rating": "5"},
			"ticket {id} is rated", "a ticket is rated", "a ticket is rated {rating}", "ticket {id} of customer {customer} is rated", "ticket {id} has a rating of {rating}", "ticket {id} has a rating"),
		with("ticket {id} is not rated", "the ticket is closed and has no rating; the extension is on", all, values{"status": "closed", "rating": "0"},
			"a ticket is not rated", "ticket {id} of customer {customer} is not rated", "ticket {id} has no rating"),
		with("ticket {id} of a guest exists", "a ticket that a guest has opened", append([]Param{id, email}, append(fields[:len(fields):len(fields)], status)...), values{"customer": "0"},
			"a guest has a ticket", "guest {public_email} has a ticket", "guest {public_email} has ticket {id}"),
		{
			Name: "ticket {id} does not exist", Also: []string{"no ticket {id} exists", "a ticket does not exist"},
			Sets: "no ticket has that id", Params: []Param{required(id)}, Returns: []string{"id", "ticket_id"},
			set: func(d Desk, v values) (map[string]any, error) {
				id := v.number("id", 0)
				return map[string]any{"id": id, "ticket_id": id}, d.Remove("tickets", id)
			},
		},
		{
			Name: "customer {customer} has no tickets", Also: []string{"a customer has no tickets"},
			Sets: "the customer exists and has no tickets", Params: []Param{withDefault(customer, "8")}, Returns: []string{"id", "customer_id"},
			set: func(d Desk, v values) (map[string]any, error) {
				id := v.number("customer", defaultCustomer)
				if err := needCustomer(d, id); err != nil {
					return nil, err
				}
				return map[string]any{"id": id, "customer_id": id}, removeAll(d, "tickets", "customer_id", strconv.FormatInt(id, 10))
			},
		},
		{
			Name: "no ticket exists", Sets: "no tickets and no replies exist", Params: []Param{}, Returns: []string{},
			set: func(d Desk, _ values) (map[string]any, error) {
				return map[string]any{}, removeAll(d, "tickets", "", "")
			},
		},
	}
}

// chosenTicket returns the ticket that a state is about, or nil and the id of a new one.
func chosenTicket(d Desk, v values) (Row, int64) {
	if v.has("id") || !v.has("customer") {
		id := v.number("id", 1)
		return d.Row("tickets", id), id
	}
	for t := range d.Rows("tickets", "customer_id", v["customer"]) {
		if !v.has("public_email") || t.text("public_email") == v["public_email"] {
			return t, t.ID()
		}
	}
	return nil, d.NextID("tickets")
}

// putTicket makes sure that a ticket exists, with the values of a state. The customer 0 is a guest.
func putTicket(d Desk, v values) (map[string]any, error) {
	t, id := chosenTicket(d, v)
	owner := v.number("customer", defaultCustomer)
	if t == nil {
		t = NewRow("tickets", id, madeAt)
		t["customer_id"] = owner
	} else if !v.has("customer") {
		owner = t.number("customer_id")
	}
	if owner == 0 {
		t["public_email"] = v.or("public_email", cmp.Or(guestEmail(t), "guest@example.com"))
		t["public_name"] = cmp.Or(t.text("public_name"), "Guest")
	} else if err := needCustomer(d, owner); err != nil {
		return nil, err
	}
	if t["customer_id"] = owner; v.has("department") || t["department_id"] == nil {
		department, err := departmentFor(d, v, owner)
		if err != nil {
			return nil, err
		}
		t["department_id"] = department
	}
	for _, field := range []string{"subject", "message", "status", "priority"} {
		if v.has(field) {
			t[field] = v[field]
		}
	}
	if v.has("rating") {
		t["rating"] = v.number("rating", 0)
		if err := d.Change(`{"ratings": "on"}`); err != nil {
			return nil, err
		}
	}
	t, err := d.Put("tickets", t)
	if err != nil {
		return nil, err
	}
	returned := t.pick("id", "customer_id", "department_id", "ticket_code", "public_hash", "subject", "status", "priority")
	returned["ticket_id"] = t["id"]
	return returned, nil
}

// guestEmail returns the address of a guest's ticket.
func guestEmail(t Row) string {
	if t.number("customer_id") != 0 {
		return ""
	}
	return t.text("public_email")
}

// departmentFor returns the id of the department of a new ticket: the one that is given, or the first that
// accepts tickets of its owner. It is created where there is none.
func departmentFor(d Desk, v values, owner int64) (any, error) {
	if !v.has("department") {
		found := first(d, "departments", func(row Row) bool {
			return row.number("is_disabled") == 0 && (owner != 0 || row.number("is_public") == 1)
		})
		if found != nil {
			return found["id"], nil
		}
	}
	asked := v.or("department", defaultDepartment)
	if found := findDepartment(d, asked); found != nil && v.has("department") {
		return found["id"], nil
	}
	returned, err := putDepartment(d, values{"department": asked}, nil)
	return returned["id"], err
}
