package mock_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// This file is the rules of the model's help desk.

// model is a help desk without an index. Rows have the names of the fixtures, and ids are int64.
// Staff are among the customers too: there is one table of users.
type model struct {
	staff, departments, customers, tickets, responses []row
	now                                               time.Time
	settings                                          mock.Settings
	names                                             func(ticket int64) row // code and hash
}

func (m *model) answer(o operation, c call) answer {
	faults := o.faults(c.fields, m.settings.BillingSystems)
	switch {
	case c.tooLarge:
		return tooLarge
	case strings.HasPrefix(c.path, "//") && m.settings.DoubleSlash == "404":
		return noRoute(c.path)
	case c.caller == nil && m.settings.AuthError == "sanctum":
		return answer{401, row{"message": "Unauthenticated."}}
	case c.caller == nil:
		return unauthenticated
	case c.caller["role"] == "none":
		return forbidden
	case faults != nil:
		return invalid(faults)
	}
	return o.decide(m, c)
}

// created is the answer about something new.
func (m *model) created(body any) answer { return answer{m.settings.Created, body} }

// noCustomer is the answer about a customer that does not exist.
func (m *model) noCustomer() answer { return answer{m.settings.UnknownCustomer, unauthenticated.body} }

// department is the answer about one, of which there may be none; whole makes a body of the list.
func (m *model) department(key string, value any, whole func(list any) any) answer {
	switch found := having(m.departments, key, value); {
	case len(found) > 0 || m.settings.UnknownDepartment == "empty":
		return ok(whole(found))
	case m.settings.UnknownDepartment == "null":
		return ok(whole(nil))
	}
	return answer{404, row{"error": "Department not found"}}
}

func (m *model) stamp() string { return m.now.Format("2006-01-02T15:04:05.000000Z") }

func having(list []row, key string, value any) []row {
	found := []row{}
	for _, r := range list {
		if r[key] == value {
			found = append(found, r)
		}
	}
	return found
}

// find is the first of the rows; nil when there is none.
func find(list []row, key string, value any) row {
	for _, r := range having(list, key, value) {
		return r
	}
	return nil
}

// with is a row with others laid over it.
func with(r row, others ...row) row {
	laid := maps.Clone(r)
	for _, other := range others {
		maps.Copy(laid, other)
	}
	return laid
}

func without(r row, keys ...string) row {
	left := maps.Clone(r)
	for _, key := range keys {
		delete(left, key)
	}
	return left
}

func nextID(list []row) int64 {
	if len(list) == 0 {
		return 1
	}
	return list[len(list)-1]["id"].(int64) + 1
}

// put writes a row over the one of the same id, or behind the last.
func put(list []row, r row) []row {
	if at := slices.IndexFunc(list, func(other row) bool { return other["id"] == r["id"] }); at >= 0 {
		list[at] = r
		return list
	}
	return append(list, r)
}

// Customers.

var blankCustomer = row{
	"email_verified_at": nil, "company": "", "phone_number": "", "billing_id": "0", "billing_system": "",
	"account_manager": "0", "biography": "", "password": "",
}

func shownCustomer(c row) row { return without(c, "password") }

func user(c row) any { return row{"user": shownCustomer(c)} }

func (m *model) customerOf(email string) row {
	for _, c := range m.customers {
		if strings.EqualFold(c["email"].(string), email) {
			return c
		}
	}
	return nil
}

// account is a customer's place in a billing system, "" when it has none. Neither the case of the
// system's name nor leading zeros make another one of it.
func account(c row) string {
	number := strings.TrimLeft(c["billing_id"].(string), "0")
	if number == "" {
		return ""
	}
	return strings.ToLower(c["billing_system"].(string)) + " " + number
}

// keep adds a customer or writes it over the one of the same id, unless another one has its
// address or its account.
func (m *model) keep(c row, show func(row) any) answer {
	if old := find(m.customers, "id", c["id"]); old != nil && maps.Equal(old, c) {
		return ok(show(c))
	}
	taken := map[string]bool{}
	for _, other := range m.customers {
		if other["id"] == c["id"] {
			continue
		}
		taken["email"] = taken["email"] || strings.EqualFold(other["email"].(string), c["email"].(string))
		taken["billing_id"] = taken["billing_id"] || account(c) != "" && account(other) == account(c)
	}
	var faults []fault
	for _, name := range []string{"email", "billing_id"} {
		if taken[name] {
			faults = append(faults, input{name: name}.says("The %s has already been taken."))
		}
	}
	if faults != nil {
		return invalid(faults)
	}
	say := ok
	if c["id"] == nil {
		say = m.created
		c = with(c, row{"id": nextID(m.customers), "created_at": m.stamp()})
	}
	c = with(c, row{"updated_at": m.stamp()})
	m.customers = put(m.customers, c)
	return say(show(c))
}

func (m *model) register(c call) answer {
	return m.keep(with(blankCustomer, c.texts("name", "email", "password", "company", "biography", "billing_system"), row{
		"billing_id": cmp.Or(c.text("billing_id"), "0"), "account_manager": cmp.Or(c.text("account_manager"), "0"),
	}), func(kept row) any { return row{"user": without(kept, "password", "email_verified_at", "phone_number")} })
}

func (m *model) login(c call) answer {
	found := m.customerOf(c.text("email"))
	if found == nil || found["password"] == "" || found["password"] != c.text("password") {
		return unauthenticated
	}
	return ok(user(found))
}

func (m *model) getCustomer(c call) answer {
	id := c.param("id")
	if c.params["id"] == "0" {
		id = c.caller["id"].(int64)
	}
	found := find(m.customers, "id", id)
	if found == nil {
		return m.noCustomer()
	}
	return ok(user(found))
}

func (m *model) assign(c call) answer {
	return m.bill(c, func(row) row { return c.texts("billing_id", "billing_system") })
}

func (m *model) setBilling(c call) answer {
	return m.bill(c, func(old row) row {
		return with(c.texts("billing_id"), row{"billing_system": cmp.Or(old["billing_system"].(string), "clientexec")})
	})
}

func (m *model) bill(c call, change func(old row) row) answer {
	found := find(m.customers, "id", c.id("ticaga_id"))
	if found == nil {
		return m.noCustomer()
	}
	return m.keep(with(found, change(found)), func(row) any { return row{"user": true} })
}

func (m *model) link(c call) answer {
	found := m.customerOf(c.text("email"))
	if found == nil {
		found = with(blankCustomer, c.texts("email", "name"))
	}
	return m.keep(with(found, c.texts("billing_id", "billing_system")), user)
}

func (m *model) sync(c call) answer {
	found := m.customerOf(c.text("email"))
	if found == nil {
		found = with(blankCustomer, c.texts("email"))
	}
	kept := m.keep(with(found, c.texts("name", "company"), row{"billing_system": "clientexec", "billing_id": c.text("external_id")}), user)
	if kept.status == 422 { // the account, under the name that was sent
		return invalid([]fault{input{name: "external_id"}.says("The %s has already been taken.")})
	}
	return kept
}

func (m *model) createCustomer(c call) answer {
	return m.keep(with(blankCustomer, c.texts("email"), row{"name": c.text("first_name") + " " + c.text("last_name")}), user)
}

// Departments.

func (m *model) forCustomers() []row { return having(m.departments, "is_disabled", int64(0)) }

func (m *model) forGuests() []row { return having(m.forCustomers(), "is_public", int64(1)) }

func (m *model) forClients() []row { return having(m.forCustomers(), "is_public", int64(0)) }

func (m *model) listDepartments(call) answer {
	list := []row{}
	for _, d := range m.forCustomers() {
		list = append(list, with(without(d, "business_hours", "cc_enabled", "show_services", "custom_fields"), row{"name": d["department_name"]}))
	}
	return ok(row{"departments": list})
}

// Tickets.

var blankTicket = row{
	"public_name": "", "public_email": "", "cc": "", "assigned": "", "ip_address": "", "organize": "",
	"billing_system": "", "billing_company_id": "", "billing_service_id": "", "billing_service_name": "",
	"custom_fields": row{}, "rating": int64(0),
}

// ticketsOf are a customer's; guests have none to show.
func (m *model) ticketsOf(customer int64) []row {
	if customer == 0 {
		return nil
	}
	return having(m.tickets, "customer_id", customer)
}

func (m *model) createTicket(c call) answer {
	department, by := row(nil), ""
	switch {
	case c.has("department_slug"):
		department, by = find(m.departments, "slug", c.text("department_slug")), "department_slug"
	case c.has("department_id"):
		department, by = find(m.departments, "id", c.id("department_id")), "department_id"
	}
	sent := with(c.texts("subject", "message", "priority", "cc", "ip_address", "organize", "public_name", "public_email",
		"billing_system", "billing_company_id", "billing_service_id", "billing_service_name"),
		row{"assigned": cmp.Or(c.text("assigned"), "0")})
	var customFaults []fault
	if m.settings.CustomFields != "off" {
		sent["custom_fields"], customFaults = filledIn(department, c.fields["custom_fields"])
	}
	return m.open(c.id("customer_id"), sent, by, department, customFaults, func(t row) any {
		return row{"id": with(m.names(t["id"].(int64)), row{"id": t["id"]})}
	})
}

func (m *model) openTicket2024(c call) answer {
	sent := with(c.texts("subject", "priority", "cc", "ip_address", "public_name", "public_email"),
		row{"message": c.text("content"), "assigned": cmp.Or(c.text("assigned"), "0")})
	department := find(m.departments, "id", c.param("department_id"))
	return m.open(c.id("user_id"), sent, "department_id", department, nil, func(t row) any { return m.tickets2024([]row{t}) })
}

// open keeps a new ticket, when the department takes it. by is the field that names the
// department.
func (m *model) open(owner int64, t row, by string, department row, custom []fault, show func(row) any) answer {
	customer := find(m.customers, "id", owner)
	if customer == nil && owner != 0 {
		return m.noCustomer()
	}
	if customer != nil {
		t["public_name"] = cmp.Or(t["public_name"].(string), customer["name"].(string))
		t["public_email"] = cmp.Or(t["public_email"].(string), customer["email"].(string))
	}
	var faults []fault
	guest, closed := owner == 0, department == nil || department["is_disabled"] == int64(1)
	if closed || guest && department["is_public"] == int64(0) {
		faults = append(faults, input{name: by}.says("The selected %s is invalid."))
	}
	if !closed && department["allows_high_priority"] != int64(1) && slices.Contains([]any{"high", "emergency", "critical"}, t["priority"]) {
		faults = append(faults, input{name: "priority"}.says("The selected %s is invalid."))
	}
	if !closed {
		faults = append(faults, custom...)
	}
	if faults != nil {
		return invalid(faults)
	}
	t = with(blankTicket, t, row{
		"id": nextID(m.tickets), "customer_id": owner, "department_id": department["id"], "status": "open",
		"created_at": m.stamp(), "updated_at": m.stamp(),
	})
	m.tickets = put(m.tickets, t)
	return m.created(show(t))
}

// filledIn are the custom fields of a ticket by slug, strings or lists of strings, and what is
// wrong with them.
func filledIn(department row, sent any) (kept row, faults []fault) {
	kept = row{}
	complain := func(sentence string, at ...string) {
		faults = append(faults, input{name: strings.Join(append([]string{"custom_fields"}, at...), ".")}.says(sentence))
	}
	sentBySlug, _ := sent.(row)
	if list, isList := sent.([]any); isList && pruned(list) != nil {
		complain("The %s field is prohibited.", "0")
		return kept, faults
	}
	known := row{}
	form, _ := department["custom_fields"].([]any)
	for _, entry := range form {
		f := entry.(row)
		slug, values := f["slug"].(string), f["type"] == "checkbox" || f["type"] == "multiselect"
		known[slug] = f
		switch value := pruned(sentBySlug[slug]).(type) {
		case nil:
			if f["required"] == true && f["visible_to_customer"] == true {
				complain("The %s field is required.", slug)
			}
		case []any:
			if !values {
				complain(customFault(f, value), slug)
				continue
			}
			texts := []any{}
			for i, one := range value {
				if fault := customFault(f, one); fault != "" {
					complain(fault, slug, strconv.Itoa(i))
				}
				texts = append(texts, textOf(one))
			}
			kept[slug] = texts
		default:
			switch fault := customFault(f, value); {
			case values:
				complain("The %s field must be an array.", slug)
			case fault != "":
				complain(fault, slug)
			default:
				kept[slug] = textOf(value)
			}
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(sentBySlug)) {
		if known[slug] == nil {
			complain("The %s field is prohibited.", slug)
		}
	}
	return kept, faults
}

// customFault is what Laravel says of one value of a custom field; "" of a good one.
func customFault(f row, value any) string {
	text, isText := value.(string)
	_, isNumber := value.(json.Number)
	options, _ := f["options"].([]any)
	form, sentence := customForms[f["type"].(string)], "The %s field must be a string."
	if form.sentence != "" {
		sentence = form.sentence
	}
	switch {
	case options != nil && (isText || isNumber):
		if !slices.Contains(options, any(textOf(value))) {
			return "The selected %s is invalid."
		}
	case f["type"] == "number" && isNumber:
	case !isText, form.good != nil && !form.good.MatchString(text):
		return sentence
	}
	return ""
}

// customForms are the kinds of custom fields that take only some strings.
var customForms = map[string]struct {
	good     *regexp.Regexp
	sentence string
}{
	"number": {regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`), "The %s field must be a number."},
	"date":   {regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])$`), "The %s field must be a valid date."},
	"url":    {regexp.MustCompile(`^https?://[a-z.]+(/.*)?$`), "The %s field must be a valid URL."},
	"email":  {emailForm, "The %s field must be a valid email address."},
}

// pruned is a value without blanks around its strings and without what is empty.
func pruned(value any) any {
	switch v := value.(type) {
	case string:
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
		return nil
	case []any:
		left := slices.DeleteFunc(slices.Clone(v), func(entry any) bool { return pruned(entry) == nil })
		if len(left) == 0 {
			return nil
		}
		for i, entry := range left {
			left[i] = pruned(entry)
		}
		return left
	}
	return value
}

func (m *model) showTicket(id int64) answer {
	t := find(m.tickets, "id", id)
	if t == nil {
		return noTicket
	}
	return ok(m.shown(t))
}

func (m *model) showTicketTo(customer, id int64) answer {
	if t := find(m.tickets, "id", id); t != nil && t["customer_id"] != customer {
		return forbidden
	}
	return m.showTicket(id)
}

func (m *model) getTicket(c call) answer {
	switch {
	case c.has("id"):
		return m.showTicketTo(c.id("id"), c.id("ticket_id"))
	case c.has("client_id"):
		return m.showTicketTo(c.id("client_id"), c.id("ticket_id"))
	}
	return m.showTicket(c.id("ticket_id"))
}

// shown is a ticket with all that is known of it.
func (m *model) shown(t row) row {
	department := find(m.departments, "id", t["department_id"])
	page := row{
		"tickets": without(with(m.named(t), m.about(t), row{"ticket_created": t["created_at"]}), "created_at", "customer_id", "custom_fields"),
	}
	if m.settings.Ratings != "off" {
		page["ratings_enabled"] = true
	}
	if values := shownValues(department, t["custom_fields"].(row)); values != nil {
		page["custom_fields"] = values
	}
	return page
}

// about is what a ticket says of its owner and its department.
func (m *model) about(t row) row {
	department := find(m.departments, "id", t["department_id"])
	return row{"user_id": t["customer_id"], "name": m.ownerName(t), "department_name": department["department_name"]}
}

// named is a ticket with its code and its hash, those of the fixtures if they have some.
func (m *model) named(t row) row {
	if t["ticket_code"] != nil && t["public_hash"] != nil {
		return t
	}
	return with(m.names(t["id"].(int64)), t)
}

func (m *model) ownerName(t row) any {
	if customer := find(m.customers, "id", t["customer_id"]); customer != nil {
		return customer["name"]
	}
	return t["public_name"]
}

// shownValues come in the order of the department's form. What is not for customers is left out, and
// a password is not told. Where nothing is for customers there are none at all.
func shownValues(department, bySlug row) (shown []row) {
	form, _ := department["custom_fields"].([]any)
	for _, entry := range form {
		f := entry.(row)
		if f["visible_to_customer"] != true {
			continue
		}
		if shown == nil {
			shown = []row{}
		}
		value, filled := bySlug[f["slug"].(string)]
		encrypted := f["type"] == "password"
		if encrypted {
			value = "********"
		}
		if filled {
			shown = append(shown, row{"name": f["name"], "value": value, "is_encrypted": encrypted})
		}
	}
	return shown
}

func (m *model) listed(tickets []row) []row {
	list := []row{}
	for _, t := range tickets {
		list = append(list, row{
			"id": t["id"], "ticket_code": m.named(t)["ticket_code"], "subject": t["subject"], "department_id": t["department_id"],
			"department_name": m.about(t)["department_name"], "priority": t["priority"], "status": t["status"], "ticket_created": t["created_at"],
		})
	}
	return list
}

// change is what the owner of a ticket does to it.
func (m *model) change(c call, changes row) answer {
	t := find(m.tickets, "id", c.id("ticket_id"))
	switch {
	case t == nil:
		return noTicket
	case t["customer_id"] != c.id("customer_id"):
		return forbidden
	}
	m.save(t, changes)
	return ok(row{"id": t["id"]})
}

// save changes a ticket. What changes nothing does not touch it.
func (m *model) save(t, changes row) {
	for key, value := range changes {
		if t[key] != value {
			m.tickets = put(m.tickets, with(t, changes, row{"updated_at": m.stamp()}))
			return
		}
	}
}

func (m *model) tickets2024(tickets []row) []row {
	list := []row{}
	for _, t := range tickets {
		list = append(list, row{
			"id": t["id"], "user_id": t["customer_id"], "name": m.ownerName(t), "department_id": t["department_id"],
			"subject": t["subject"], "content": t["message"], "status": t["status"], "priority": t["priority"],
			"public_name": t["public_name"], "public_email": t["public_email"], "cc": t["cc"], "created_at": t["created_at"],
		})
	}
	return list
}

func (m *model) ticketsByEmail2024(c call) answer {
	tickets := []row{}
	if customer := m.customerOf(c.params["email"]); customer != nil {
		tickets = m.ticketsOf(customer["id"].(int64))
	}
	for _, t := range having(m.tickets, "customer_id", int64(0)) {
		if strings.EqualFold(t["public_email"].(string), c.params["email"]) {
			tickets = append(tickets, t)
		}
	}
	return ok(m.tickets2024(tickets))
}

func (m *model) getClient2024(c call) answer {
	return ok(users2024(find(m.customers, "id", c.param("id"))))
}

func users2024(customer row) []row {
	if customer == nil {
		return []row{}
	}
	return []row{shownCustomer(customer)}
}

func (m *model) findUserByEmail(c call) answer {
	found := m.customerOf(c.params["email"])
	switch {
	case c.bearer:
		return ok(users2024(found))
	case found == nil:
		return ok(row{"user": nil})
	}
	return ok(user(found))
}

// Replies.

func (m *model) createResponse(c call) answer {
	content, author := cmp.Or(c.text("content"), c.text("message")), cmp.Or(c.text("user_id"), c.text("customer_id"))
	r := row{"content": content, "is_note": c.flag("is_note"), "employee_response": c.flag("employee_response")}
	if author != "" {
		r["user_id"] = idOf(author)
	}
	return m.reply(c.id("ticket_number"), r, func(r row) any { return row{"id": r["id"]} })
}

func (m *model) createResponse2024(c call) answer {
	return m.reply(c.id("ticket_number"), row{
		"user_id": c.id("response_user_id"), "content": c.text("response_content"),
		"is_note": c.flag("is_note"), "employee_response": c.flag("agent_response"),
	}, func(r row) any { return responses2024([]row{r}) })
}

// reply keeps a reply of staff's, or of the ticket's owner, who need not say so.
func (m *model) reply(ticket int64, r row, show func(row) any) answer {
	t, fromStaff := find(m.tickets, "id", ticket), r["employee_response"] == int64(1)
	if t == nil {
		return noTicket
	}
	if r["user_id"] == nil && !fromStaff {
		r["user_id"] = t["customer_id"]
	}
	status := "open"
	if fromStaff {
		status = "awaiting_reply"
	}
	switch {
	case fromStaff && !hasRights(find(m.staff, "id", r["user_id"])), !fromStaff && r["user_id"] != t["customer_id"]:
		return forbidden
	case r["is_note"] == int64(0):
		m.save(t, row{"status": status})
	}
	r = with(r, row{"id": nextID(m.responses), "ticket_id": ticket, "created_at": m.stamp()})
	m.responses = put(m.responses, r)
	return m.created(show(r))
}

func (m *model) showResponses(ticket int64) answer {
	t := find(m.tickets, "id", ticket)
	if t == nil {
		return noTicket
	}
	list := []row{}
	for _, r := range having(m.responses, "ticket_id", ticket) {
		list = append(list, with(without(r, "ticket_id"), row{"user_name": m.authorName(t, r)}))
	}
	return ok(row{"responses": list})
}

// hasRights reports whether a row of the staff, which may be nil, is of one with staff rights.
func hasRights(member row) bool { return member != nil && member["role"] != "none" }

func (m *model) authorName(t, r row) any {
	if author := find(m.customers, "id", r["user_id"]); author != nil {
		return author["name"]
	}
	return t["public_name"]
}

func responses2024(responses []row) []row {
	list := []row{}
	for _, r := range responses {
		list = append(list, row{
			"id": r["id"], "ticket_number": r["ticket_id"], "response_user_id": r["user_id"], "response_content": r["content"],
			"is_note": r["is_note"], "agent_response": r["employee_response"], "created_at": r["created_at"],
		})
	}
	return list
}
