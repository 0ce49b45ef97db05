package contracts

import (
	"maps"
	"strings"
)

// madeAt and changedAt are the times of rows that states invent.
const (
	madeAt    = "2025-07-13T17:15:25.000000Z"
	changedAt = "2025-07-13T17:22:37.000000Z"
)

// defaultCustomer is the customer of states that name none: one without a billing account.
const defaultCustomer = 8

func customerStates() []State {
	id := Param{Name: "id", Type: "id", Example: "8", Default: "8"}
	email := Param{Name: "email", Type: "e-mail", Example: "jane.roe@example.com"}
	fields := []Param{
		{Name: "name", Type: "string", Example: "Jane Roe"},
		{Name: "company", Type: "string", Example: "Roe Ltd"},
		{Name: "phone_number", Type: "string", Example: "+351 555 0108"},
		{Name: "password", Type: "string", Example: "secret"},
	}
	billingID, system := Param{Name: "billing_id", Type: "digits", Example: "42"}, Param{Name: "billing_system", Type: "string", Example: "blesta"}
	returns := []string{"id", "customer_id", "name", "email", "company", "billing_id", "billing_system"}
	return []State{
		{
			Name:    "customer {id} exists",
			Also:    []string{"a customer exists"},
			Sets:    "the scenario's customer of that id, or an invented one without a billing ID, with these values",
			Params:  append(append([]Param{id, email}, fields...), billingID, system),
			Returns: returns,
			set:     setCustomer,
		},
		{
			Name:    "customer {email} exists",
			Also:    []string{"customer with e-mail {email} exists"},
			Sets:    "the customer with that e-mail address, or an invented one, with these values",
			Params:  append(append([]Param{required(email), {Name: "id", Type: "id", Example: "8", Default: "that of the customer, or the next free one"}}, fields...), billingID, system),
			Returns: returns,
			set:     setCustomerByEmail,
		},
		{
			Name: "customer {id} is linked to {billing_system} {billing_id}",
			Also: []string{
				"{billing_system} {billing_id} is linked to customer {id}", "customer {id} has the {billing_system} id {billing_id}",
				"customer {id} is linked to {billing_system} customer {billing_id}", "customer {id} is linked to {billing_system} account {billing_id}",
				"customer {id} is linked to {billing_system}", "customer {id} is linked", "a customer is linked to {billing_system} {billing_id}", "a customer is linked to {billing_system}", "a customer is linked",
			},
			Sets:    "the same customer, with that billing ID",
			Params:  []Param{id, withDefault(system, "blesta"), withDefault(billingID, "42")},
			Returns: returns,
			set: func(d Desk, v values) (map[string]any, error) {
				linked := maps.Clone(v)
				linked["billing_system"], linked["billing_id"] = v.or("billing_system", "blesta"), v.or("billing_id", "42")
				return setCustomer(d, linked)
			},
		},
		{
			Name:    "customer {id} is not linked",
			Also:    []string{"a customer is not linked", "customer {id} is not linked to anything", "customer {id} is linked to nothing"},
			Sets:    "the same customer, without a billing ID",
			Params:  []Param{id},
			Returns: returns,
			set: func(d Desk, v values) (map[string]any, error) {
				unlinked := maps.Clone(v)
				unlinked["billing_system"], unlinked["billing_id"] = "", "0"
				return setCustomer(d, unlinked)
			},
		},
		{
			Name:    "no customer is linked to {billing_system} {billing_id}",
			Also:    []string{"{billing_system} {billing_id} is not linked", "{billing_system} {billing_id} is linked to no customer"},
			Sets:    "the customer with that billing ID has none",
			Params:  []Param{required(system), required(billingID)},
			Returns: []string{"billing_id", "billing_system"},
			set:     unlinkAccount,
		},
		{
			Name:    "customer {id} does not exist",
			Also:    []string{"no customer {id} exists", "a customer does not exist"},
			Sets:    "no customer has that id",
			Params:  []Param{required(id)},
			Returns: []string{"id", "customer_id"},
			set: func(d Desk, v values) (map[string]any, error) {
				id := v.number("id", 0)
				return map[string]any{"id": id, "customer_id": id}, d.Remove("customers", id)
			},
		},
		{
			Name:    "customer {email} does not exist",
			Also:    []string{"no customer {email} exists", "no customer has the e-mail {email}", "customer with e-mail {email} does not exist"},
			Sets:    "no customer has that e-mail address",
			Params:  []Param{required(email)},
			Returns: []string{"email"},
			set: func(d Desk, v values) (map[string]any, error) {
				return map[string]any{"email": v["email"]}, removeAll(d, "customers", "email", v["email"])
			},
		},
		{
			Name:    "no customer exists",
			Sets:    "no customers exist; staff and their tokens stay",
			Params:  []Param{},
			Returns: []string{},
			set: func(d Desk, _ values) (map[string]any, error) {
				return map[string]any{}, removeAll(d, "customers", "", "")
			},
		},
	}
}

// required returns a parameter that has no default.
func required(p Param) Param {
	p.Default, p.Required = "", true
	return p
}

// withDefault returns a parameter with another default.
func withDefault(p Param, value string) Param {
	p.Default = value
	return p
}

func setCustomer(d Desk, v values) (map[string]any, error) {
	return putCustomer(d, v.number("id", defaultCustomer), v)
}

func setCustomerByEmail(d Desk, v values) (map[string]any, error) {
	v = maps.Clone(v)
	id := d.NextID("customers")
	for c := range d.Rows("customers", "email", v["email"]) {
		id, v["email"] = c.ID(), c.text("email")
	}
	return putCustomer(d, v.number("id", id), v)
}

// putCustomer makes sure that a customer exists, with the other values.
func putCustomer(d Desk, id int64, v values) (map[string]any, error) {
	c := d.Row("customers", id)
	if c == nil {
		c = NewRow("customers", id, madeAt)
		c["updated_at"] = changedAt
	}
	for _, field := range []string{"name", "email", "company", "phone_number", "password", "billing_id", "billing_system"} {
		if v.has(field) {
			c[field] = v[field]
		}
	}
	c, err := d.Put("customers", c)
	if err != nil {
		return nil, err
	}
	returned := c.pick("id", "name", "email", "company", "billing_id", "billing_system")
	returned["customer_id"] = c["id"]
	return returned, nil
}

// needCustomer makes sure that a customer exists who owns other rows.
func needCustomer(d Desk, id int64) error {
	if d.Row("customers", id) != nil {
		return nil
	}
	_, err := putCustomer(d, id, nil)
	return err
}

// unlinkAccount takes an account of a billing system from the customer who has it.
func unlinkAccount(d Desk, v values) (map[string]any, error) {
	system, id := v["billing_system"], v["billing_id"]
	owner := first(d, "customers", func(c Row) bool { return sameAccount(c, system, id) })
	if owner != nil {
		if _, err := putCustomer(d, owner.ID(), values{"billing_system": "", "billing_id": "0"}); err != nil {
			return nil, err
		}
	}
	return map[string]any{"billing_system": system, "billing_id": id}, nil
}

// sameAccount reports whether a customer has an account of a billing system. As in the mock, case and
// leading zeros make no difference.
func sameAccount(c Row, system, id string) bool {
	trim := func(id string) string { return strings.TrimLeft(id, "0") }
	return trim(id) != "" && trim(c.text("billing_id")) == trim(id) && strings.EqualFold(c.text("billing_system"), system)
}
