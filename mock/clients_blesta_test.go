package mock_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// b20 is the Blesta plugin 2.0. Its GET has a Content-Type without a body. Its POST builds
// credentials and a JSON encoding, and sends neither.
var b20 = plugin{
	tag: "B20",
	get: `GET {path} HTTP/1.1
Host: {host}
Accept: */*
Content-Type:application/json
Authorization: Basic {basic}

`,
	post: `POST {path} HTTP/1.1
Host: {host}
Accept: */*
Content-Length: {length}
Content-Type: application/x-www-form-urlencoded

`,
	encode: phpForm,
	judge:  judge2024,
}

// What the Blesta plugin sends since 2.1.
const (
	blestaGet = `GET {path} HTTP/1.1
Host: {host}
Accept: application/json
Authorization: Bearer {key}

`
	blestaPost = `POST {path} HTTP/1.1
Host: {host}
Content-Type: application/json
Accept: application/json
Authorization: Bearer {key}
Content-Length: {length}

`
)

var (
	b21 = plugin{tag: "B21", get: blestaGet, post: blestaPost, encode: phpJSON, judge: judge21}
	// B2x's transport is not known; its ticket pages expect what B2y's hands them [I].
	b2x = plugin{tag: "B2x", get: blestaGet, post: blestaPost, encode: phpJSON, judge: judge2y}
	b2y = plugin{tag: "B2y", get: blestaGet, post: blestaPost, encode: phpJSON, judge: judge2y}
)

// blesta is the Blesta plugin since 2.0, whose versions call the same paths.
type blesta struct {
	*installed
	links map[int]string // its own table: customer of Ticaga by client of Blesta
}

func newBlesta(t testing.TB, p plugin, base string) blesta {
	return blesta{install(t, p, base), map[int]string{}}
}

// since is whether the version is p or later.
func (c blesta) since(p plugin) bool {
	versions := []string{"B20", "B21", "B2x", "B2y"}
	return slices.Index(versions, c.tag) >= slices.Index(versions, p.tag)
}

// value is what an answer decodes to. B20 decodes whatever came back: it tests an array that
// is never empty (bug 5).
func (c blesta) value(method string, h heard) any {
	if c.since(b21) && c.judge(method, h) != asSuccess {
		return nil
	}
	return decoded(h.body)
}

// testConnection is what the button in the settings says.
func (c blesta) testConnection() string {
	switch c.judge("GET", c.read("customers/get/0")) {
	case asSuccess, asNotFound:
		return "ok"
	case asAuthError:
		return "bad credentials"
	case asNoResponse:
		return "unreachable"
	}
	return "error"
}

// connectAccounts links a client of Blesta to a customer who typed an e-mail address and an
// id. It never looks at what assigning came to (bug 3).
func (c blesta) connectAccounts(client int, email, customer string) bool {
	user := at(decoded(c.read("customers/get/"+customer).body), "user") // whatever the status
	if !same(at(user, "id"), customer) || !same(at(user, "email"), email) {
		return false
	}
	c.send("customers/assign", phpArray{{"ticaga_id", customer}, {"billing_id", client}, {"billing_system", "Blesta"}})
	c.links[client] = customer
	return true
}

// billingClient is a client of Blesta's.
type billingClient struct {
	id          int
	email, name string
}

// linkClient finds or creates the customer, and is whether there is one. It asks for a client
// without a row of its own; B2x and B2y can be told to ask always.
func (c blesta) linkClient(client billingClient, always bool) bool {
	if c.links[client.id] != "" && !(always && c.since(b2x)) {
		return true
	}
	system := "Blesta"
	if c.since(b2x) {
		system = "blesta"
	}
	h := c.send("customers/link", phpArray{
		{"email", client.email}, {"name", client.name}, {"billing_id", client.id}, {"billing_system", system}})
	customer := at(c.value("POST", h), "user", "id")
	if !truthy(customer) {
		return false
	}
	c.links[client.id] = text(customer)
	return true
}

// syncClients links the first hundred, one after the other, and goes on after a failure.
func (c blesta) syncClients(clients []billingClient) (linked, failed int) {
	for _, client := range clients[:min(len(clients), 100)] {
		if c.linkClient(client, false) {
			linked++
		} else {
			failed++
		}
	}
	return linked, failed
}

// departments are the names in one of two lists: public and customers.
func (c blesta) departments(which string) []string { return c.named(c.read("departments/" + which)) }

func (c blesta) named(h heard) []string {
	names := []string{}
	for _, d := range list(at(c.value("GET", h), "departments")) {
		names = append(names, text(at(d, "department_name")))
	}
	return names
}

// allDepartments: B20's arguments are one place off, so that the e-mail address is sent twice
// (bug 2).
func (c blesta) allDepartments() []string {
	caller := *c.installed
	if !c.since(b21) {
		caller.key = caller.email
	}
	return c.named(caller.read("departments/customers"))
}

// department is the one with a slug; nil when there is none. B2y alone encodes the slug.
func (c blesta) department(slug string) any {
	if c.since(b2y) {
		slug = url.PathEscape(slug)
	}
	return at(c.value("GET", c.read("departments/get/"+slug)), "department", 0)
}

// priorities are those that the form for a department offers. What decodes to nothing is asked
// for once more, with the slug in the place of an id.
func (c blesta) priorities(slug string) []string {
	if c.since(b2y) {
		slug = url.PathEscape(slug)
	}
	h := c.read("departments/get/" + slug)
	if decoded(h.body) == nil {
		h = c.read("departments/get_by_id/" + slug)
	}
	flag := at(c.value("GET", h), "department", 0, "allows_high_priority")
	all := []string{"low", "medium", "high", "critical", "emergency"}
	if c.since(b2y) {
		all = []string{"none", "low", "medium", "high", "emergency"}
	}
	return offered(flag, all...)
}

// opening is a ticket's form, filled in.
type opening struct {
	owner                             string // a customer's id, "0" for a guest
	slug, subject, text, priority, cc string
	email                             string
	name                              any      // nil when the page does not know one
	serviceID, serviceName            string   // B2y
	fields                            phpArray // B2x, B2y
}

// opened is what a client believes of the ticket that it has just opened.
type opened struct {
	ok             bool
	id, hash, code string
	complaint      string // what it shows of a refusal; B2y
}

func (c blesta) open(o opening) opened {
	owner, priority := "customer_id", o.priority
	if !c.since(b21) {
		owner = "user_id"
	}
	if c.since(b2y) && !slices.Contains([]string{"low", "medium", "high", "emergency"}, priority) {
		priority = "none"
	}
	fields := phpArray{
		{"organize", "blesta"}, {owner, o.owner}, {"subject", o.subject}, {"priority", priority},
		{"message", o.text}, {"cc", o.cc}, {"assigned", "0"}, {"department_slug", o.slug},
		{"ip_address", "203.0.113.9"}, {"public_email", o.email}, {"public_name", o.name},
	}
	if c.since(b2x) {
		fields = append(fields, phpArray{{"billing_system", "blesta"}, {"billing_company_id", 1}}...)
	}
	if c.since(b2y) {
		fields = append(fields, phpArray{{"billing_service_id", o.serviceID}, {"billing_service_name", o.serviceName}}...)
	}
	if c.since(b2x) {
		fields = append(fields, phpEntry{"custom_fields", o.fields})
	}
	h := c.send("tickets/create", fields)
	value := c.value("POST", h)
	if !c.since(b21) {
		return opened{ok: truthy(value)} // an error too
	}
	id := at(value, "id")
	if _, ok := id.(map[string]any); !ok {
		id = map[string]any{"id": id}
	}
	result := opened{ok: truthy(at(id, "id")), id: text(at(id, "id")), hash: text(at(id, "public_hash")), code: text(at(id, "ticket_code"))}
	if c.since(b2y) && !result.ok {
		result.complaint = c.complaint(h.body)
	}
	return result
}

// complaint is what B2y shows of a refused ticket: Laravel's errors, else "error", else
// "message".
func (c blesta) complaint(body string) string {
	var fields struct{ Errors json.RawMessage }
	if json.Unmarshal([]byte(body), &fields) == nil {
		if all := sentences(fields.Errors); len(all) > 0 {
			return strings.Join(all, " ")
		}
	}
	value := decoded(body)
	if problem := at(value, "error"); truthy(problem) {
		if sentence, ok := problem.(string); ok {
			return sentence
		}
		return mustJSON(c.t, problem)
	}
	return text(at(value, "message"))
}

// sentences are those of all fields, in the server's order.
func sentences(errors json.RawMessage) []string {
	decoder := json.NewDecoder(bytes.NewReader(errors))
	if start, _ := decoder.Token(); start != json.Delim('{') {
		return nil
	}
	var all []string
	for decoder.More() {
		var about []string
		if _, err := decoder.Token(); err != nil || decoder.Decode(&about) != nil {
			return nil
		}
		all = append(all, about...)
	}
	return all
}

// info is a ticket's page, which gets the id out of its own URL.
func (c blesta) info(id string) (shownTicket, bool) {
	value := c.value("POST", c.send("tickets/info", phpArray{{"ticket_id", id}}))
	return c.shown(value)
}

func (c blesta) shown(value any) (shownTicket, bool) {
	ticket := at(value, "tickets")
	read := func(name string) string { return text(at(ticket, name)) }
	shown := shownTicket{
		id: read("id"), owner: read("user_id"), subject: read("subject"), text: read("message"), created: read("ticket_created"),
		name: read("name"), guest: read("public_name"),
	}
	if c.since(b2x) {
		for _, field := range list(at(value, "custom_fields")) {
			entry := text(at(field, "name")) + ": "
			if many, ok := at(field, "value").([]any); ok {
				entry += strings.Trim(fmt.Sprint(many), "[]")
			} else {
				entry += text(at(field, "value"))
			}
			shown.fields = append(shown.fields, entry)
		}
		shown.ratings = truthy(at(value, "ratings_enabled"))
	}
	if c.since(b2y) {
		shown.code, shown.hash, shown.rating = read("ticket_code"), read("public_hash"), read("rating")
		shown.status, shown.priority, shown.department = read("status"), read("priority"), read("department_name")
	}
	return shown, truthy(ticket)
}

// ticketOf is a ticket and its replies, asked for as a customer's.
func (c blesta) ticketOf(customer, id int) (shownTicket, []shownReply, bool) {
	fields := phpArray{{"id", customer}, {"ticket_id", id}}
	if !c.since(b21) {
		fields = phpArray{{"ticket_id", id}, {"client_id", customer}}
	}
	ticket, ok := c.shown(c.value("POST", c.send("tickets/get", fields)))
	return ticket, c.replies(fmt.Sprint(id)), ok
}

// replies goes through every list in the answer, whatever its name, and leaves notes out [I].
func (c blesta) replies(id string) []shownReply {
	var replies []shownReply
	lists, _ := c.value("POST", c.send("responses/get", phpArray{{"ticket_id", id}})).(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		for _, reply := range list(lists[name]) {
			if truthy(at(reply, "is_note")) {
				continue
			}
			replies = append(replies, shownReply{
				by: text(at(reply, "user_name")), text: text(at(reply, "content")), staff: truthy(at(reply, "employee_response")),
			})
		}
	}
	return replies
}

// reply is whether it says that the reply was sent: always, until B2x.
func (c blesta) reply(id, customer, content string) bool {
	h := c.send("responses/create", phpArray{
		{"user_id", customer}, {"ticket_number", id}, {"content", content},
		{"is_note", "0"}, {"employee_response", "0"}, {"organize", "blesta"},
	})
	return !c.since(b2x) || c.judge("POST", h) == asSuccess
}

// tickets are a customer's. B2y counts them for a card, too.
func (c blesta) tickets(customer string) []listedTicket {
	var rows []listedTicket
	for _, row := range list(c.value("GET", c.read("tickets/get/all/"+customer))) {
		rows = append(rows, listedTicket{text(at(row, "id")), text(at(row, "subject")),
			text(at(row, "department_id")), text(at(row, "priority")), text(at(row, "status"))})
	}
	return rows
}

// rate and close look at the status only.
func (c blesta) rate(id, rating, customer int) bool {
	return c.judge("POST", c.send("tickets/rate", phpArray{
		{"ticket_id", id}, {"rating", rating}, {"customer_id", customer}, {"organize", "blesta"}})) == asSuccess
}

func (c blesta) close(id, customer any) bool {
	return c.judge("POST", c.send("tickets/close", phpArray{
		{"ticket_id", id}, {"customer_id", customer}, {"organize", "blesta"}})) == asSuccess
}

// live is whether pages update themselves.
func (c blesta) live() bool {
	return truthy(at(c.value("GET", c.read("realtime/config")), "enabled"))
}

func TestBlestaOnTheWire(t *testing.T) {
	const (
		get20  = " HTTP/1.1\nAccept: */*\nContent-Type:application/json\nAuthorization: Basic YWRtaW5AZXhhbXBsZS5jb206MTJ8YWJj\n\n"
		post20 = " HTTP/1.1\nAccept: */*\nContent-Length:\nContent-Type: application/x-www-form-urlencoded\n\n"
		get    = " HTTP/1.1\nAccept: application/json\nAuthorization: Bearer 12|abc\n\n"
		post   = " HTTP/1.1\nContent-Type: application/json\nAccept: application/json\nAuthorization: Bearer 12|abc\nContent-Length:\n\n"
	)
	joe := []heard{{200, `{"user":{"id":8,"email":"joe@example.com"}}`}, {200, `{"user":true}`}}
	yes := []heard{{200, `{"id":7}`}}
	// The controller's values, e.g. of a guest.
	form := opening{owner: "0", slug: "sales", subject: "S", text: "M", priority: "none", email: "g@example.com", name: "G"}
	checkWire(t, []wireCase{
		{"connects", b20, func(c *installed) { blesta{c, map[int]string{}}.connectAccounts(42, "joe@example.com", "8") }, joe, []string{
			"GET /api/customers/get/8" + get20,
			"POST /api/customers/assign" + post20 + "ticaga_id=8&billing_id=42&billing_system=Blesta",
		}},
		{"opens a ticket", b20, func(c *installed) { blesta{installed: c}.open(form) }, yes, []string{
			"POST /api/tickets/create" + post20 + "organize=blesta&user_id=0&subject=S&priority=none&message=M&cc=&assigned=0" +
				"&department_slug=sales&ip_address=203.0.113.9&public_email=g%40example.com&public_name=G",
		}},
		{"opens a ticket without a name", b20, func(c *installed) {
			form := form
			form.name = nil
			blesta{installed: c}.open(form)
		}, yes, []string{
			"POST /api/tickets/create" + post20 + "organize=blesta&user_id=0&subject=S&priority=none&message=M&cc=&assigned=0" +
				"&department_slug=sales&ip_address=203.0.113.9&public_email=g%40example.com",
		}},
		{"opens a ticket without a name", b21, func(c *installed) {
			form := form
			form.name = nil
			blesta{installed: c}.open(form)
		}, yes, []string{
			"POST /api/tickets/create" + post + `{"organize":"blesta","customer_id":"0","subject":"S","priority":"none","message":"M","cc":"","assigned":"0",` +
				`"department_slug":"sales","ip_address":"203.0.113.9","public_email":"g@example.com","public_name":null}`,
		}},
		{"replies", b20, func(c *installed) { blesta{installed: c}.reply("7", "8", "hi") }, yes, []string{
			"POST /api/responses/create" + post20 + "user_id=8&ticket_number=7&content=hi&is_note=0&employee_response=0&organize=blesta",
		}},
		{"gets a ticket", b20, func(c *installed) { blesta{installed: c}.ticketOf(8, 7) }, yes, []string{
			"POST /api/tickets/get" + post20 + "ticket_id=7&client_id=8",
			"POST /api/responses/get" + post20 + "ticket_id=7",
		}},
		{"lists every department", b20, func(c *installed) { blesta{installed: c}.allDepartments() }, yes, []string{
			"GET /api/departments/customers" + strings.Replace(get20, "MTJ8YWJj", "YWRtaW5AZXhhbXBsZS5jb20=", 1),
		}},
		{"looks twice for a department", b20, func(c *installed) { blesta{installed: c}.priorities("sales") }, []heard{{200, ""}}, []string{
			"GET /api/departments/get/sales" + get20,
			"GET /api/departments/get_by_id/sales" + get20,
		}},
		{"connects", b21, func(c *installed) { blesta{c, map[int]string{}}.connectAccounts(42, "joe@example.com", "8") }, joe, []string{
			"GET /api/customers/get/8" + get,
			"POST /api/customers/assign" + post + `{"ticaga_id":"8","billing_id":42,"billing_system":"Blesta"}`,
		}},
		{"links", b21, func(c *installed) {
			blesta{c, map[int]string{}}.linkClient(billingClient{42, "joe@example.com", "Chloé A/B"}, false)
		}, joe, []string{
			"POST /api/customers/link" + post + `{"email":"joe@example.com","name":"Chlo\u00e9 A\/B","billing_id":42,"billing_system":"Blesta"}`,
		}},
		{"links", b2x, func(c *installed) {
			blesta{c, map[int]string{}}.linkClient(billingClient{42, "joe@example.com", "Joe Doe"}, false)
		}, joe, []string{
			"POST /api/customers/link" + post + `{"email":"joe@example.com","name":"Joe Doe","billing_id":42,"billing_system":"blesta"}`,
		}},
		{"opens a ticket", b21, func(c *installed) { blesta{installed: c}.open(form) }, yes, []string{
			"POST /api/tickets/create" + post + `{"organize":"blesta","customer_id":"0","subject":"S","priority":"none","message":"M","cc":"","assigned":"0",` +
				`"department_slug":"sales","ip_address":"203.0.113.9","public_email":"g@example.com","public_name":"G"}`,
		}},
		{"opens a ticket", b2x, func(c *installed) {
			form := form
			form.fields = phpArray{{"domain", "a.example"}, {"products", []string{"dns", "mail"}}}
			blesta{installed: c}.open(form)
		}, yes, []string{
			"POST /api/tickets/create" + post + `{"organize":"blesta","customer_id":"0","subject":"S","priority":"none","message":"M","cc":"","assigned":"0",` +
				`"department_slug":"sales","ip_address":"203.0.113.9","public_email":"g@example.com","public_name":"G",` +
				`"billing_system":"blesta","billing_company_id":1,"custom_fields":{"domain":"a.example","products":["dns","mail"]}}`,
		}},
		{"opens a ticket", b2y, func(c *installed) { blesta{installed: c}.open(form) }, yes, []string{
			"POST /api/tickets/create" + post + `{"organize":"blesta","customer_id":"0","subject":"S","priority":"none","message":"M","cc":"","assigned":"0",` +
				`"department_slug":"sales","ip_address":"203.0.113.9","public_email":"g@example.com","public_name":"G",` +
				`"billing_system":"blesta","billing_company_id":1,"billing_service_id":"","billing_service_name":"","custom_fields":[]}`,
		}},
		{"gets, rates and closes a ticket", b2y, func(c *installed) {
			p := blesta{installed: c}
			p.ticketOf(8, 7)
			p.rate(7, 4, 8)
			p.close(7, 8)
		}, yes, []string{
			"POST /api/tickets/get" + post + `{"id":8,"ticket_id":7}`,
			"POST /api/responses/get" + post + `{"ticket_id":"7"}`,
			"POST /api/tickets/rate" + post + `{"ticket_id":7,"rating":4,"customer_id":8,"organize":"blesta"}`,
			"POST /api/tickets/close" + post + `{"ticket_id":7,"customer_id":8,"organize":"blesta"}`,
		}},
		{"looks", b2y, func(c *installed) {
			p := blesta{installed: c}
			p.testConnection()
			p.tickets("8")
			p.live()
			p.department("a b/c")
		}, yes, []string{
			"GET /api/customers/get/0" + get,
			"GET /api/tickets/get/all/8" + get,
			"GET /api/realtime/config" + get,
			"GET /api/departments/get/a%20b%2Fc" + get,
		}},
	})
}

// everyBlesta are the versions that share this file, and since21 those that work.
var (
	everyBlesta = []plugin{b20, b21, b2x, b2y}
	since21     = []plugin{b21, b2x, b2y}
)

// linked is customer 8's billing account, as the server has it.
func linked(t testing.TB, d *desk) string {
	t.Helper()
	body := d.ask(t, get("/api/customers/get/8")).body
	return text(field(t, body, "user", "billing_id")) + " " + text(field(t, body, "user", "billing_system"))
}

func TestBlestaConnection(t *testing.T) { onEveryEngine(t, blestaConnection) }

func blestaConnection(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range since21 {
		d.Reset()
		c := newBlesta(t, p, d.url)
		differ(t, p.tag, "ok", c.testConnection())
		c.key = "2|sanctum-demo-token" // of any staff member
		differ(t, p.tag, "ok", c.testConnection())
		c.key = "wrong"
		seen := d.during(func() { differ(t, p.tag, "bad credentials", c.testConnection()) })
		differ(t, p.tag, []string{"TM-AUTH-TOKEN"}, codes(seen[0]))
		differ(t, p.tag, "unreachable", newBlesta(t, p, nobody(t)).testConnection())
		// 404 passes for good credentials, so a wrong base URL does too.
		seen = d.during(func() { differ(t, p.tag, "ok", newBlesta(t, p, d.url+"/ticaga").testConnection()) })
		differ(t, p.tag, []string{"TM-PATH-UNKNOWN"}, codes(seen[0]))
	}
}

// TestBlestaConnectAccounts: ask for the customer, assign, and the link is there; except that
// B20 is refused, and says the same.
func TestBlestaConnectAccounts(t *testing.T) { onEveryEngine(t, blestaConnectAccounts) }

func blestaConnectAccounts(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range everyBlesta {
		t.Run(p.tag, func(t *testing.T) {
			d.Reset()
			c := newBlesta(t, p, d.url)
			seen := d.during(func() {
				if !c.connectAccounts(42, "jane.roe@example.com", "8") || c.links[42] != "8" {
					t.Errorf("connectAccounts(42, customer 8): links %v, want true and a link of 42 to 8", c.links)
				}
			})
			status, wantCodes, link := 200, []string{"TM-BODY-SPELLING"}, "42 Blesta"
			if p.tag == "B20" { // bug 1
				status, wantCodes, link = 401, []string{"TM-AUTH-MISSING", "TM-BODY-SPELLING", "TM-HEADER-ACCEPT"}, "0 "
			}
			differ(t, "requests", []string{"GET /api/customers/get/8 200", fmt.Sprint("POST /api/customers/assign ", status)}, requests(seen))
			differ(t, "codes of assign", wantCodes, codes(seen[1])) // bug 10: a capital B
			differ(t, "link", link, linked(t, d))
		})
	}
}

// TestBlestaConnectsTheWrongCustomer is bug 4: an address that does not match costs a request,
// and an unknown customer is an error body that it looks for a user in.
func TestBlestaConnectsTheWrongCustomer(t *testing.T) {
	onEveryEngine(t, blestaConnectsTheWrongCustomer)
}

func blestaConnectsTheWrongCustomer(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range everyBlesta {
		d.Reset()
		c := newBlesta(t, p, d.url)
		for customer, status := range map[string]int{"1": 200, "99": 401} {
			seen := d.during(func() {
				if c.connectAccounts(42, "jane.roe@example.com", customer) {
					t.Errorf("%s: connectAccounts(42, customer %s) = true, want false", p.tag, customer)
				}
			})
			differ(t, p.tag, []string{fmt.Sprint("GET /api/customers/get/", customer, " ", status)}, requests(seen))
		}
		if len(c.links) > 0 {
			t.Errorf("%s: got %v, want no links", p.tag, c.links)
		}
	}
}

// TestBlestaReportsALinkThatWasNotMade is bug 3: the account belongs to customer 2, the answer is 422,
// and the plugin notes the link down.
func TestBlestaReportsALinkThatWasNotMade(t *testing.T) {
	onEveryEngine(t, blestaReportsALinkThatWasNotMade)
}

func blestaReportsALinkThatWasNotMade(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range since21 {
		d.Reset()
		c := newBlesta(t, p, d.url)
		seen := d.during(func() {
			if !c.connectAccounts(17, "jane.roe@example.com", "8") || c.links[17] != "8" {
				t.Errorf("%s: connectAccounts(17, customer 8): links %v, want true and a link of 17 to 8", p.tag, c.links)
			}
		})
		differ(t, p.tag, 422, seen[1].Status)
		differ(t, p.tag, "0 ", linked(t, d))
	}
}

// TestBlestaLinkClient: by e-mail address, and the second time changes nothing.
func TestBlestaLinkClient(t *testing.T) { onEveryEngine(t, blestaLinkClient) }

func blestaLinkClient(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range since21 {
		t.Run(p.tag, func(t *testing.T) {
			d.Reset()
			c := newBlesta(t, p, d.url)
			jane := billingClient{42, "jane.roe@example.com", "Jane Roe"}
			for range 2 {
				clear(c.links)
				seen := d.during(func() {
					if !c.linkClient(jane, false) || c.links[42] != "8" {
						t.Errorf("linkClient(%+v): links %v, want true and a link of 42 to 8", jane, c.links)
					}
				})
				spelling := map[bool][]string{true: {"TM-BODY-SPELLING"}, false: {}}[p.tag == "B21"]
				differ(t, "codes", spelling, codes(seen[0])) // bug 10 again
			}
			seen := d.during(func() { c.linkClient(jane, false) })
			differ(t, "requests with a row", []string{}, requests(seen))
			seen = d.during(func() { c.linkClient(jane, true) })
			differ(t, "requests when told to", map[string]int{"B21": 0, "B2x": 1, "B2y": 1}[p.tag], len(seen))
			differ(t, "link", map[string]string{"B21": "42 Blesta", "B2x": "42 blesta", "B2y": "42 blesta"}[p.tag], linked(t, d))
		})
	}
}

// TestBlestaSyncClients: a hundred at most, and again with an empty table of its own: the same
// customers, and no new ones.
func TestBlestaSyncClients(t *testing.T) { onEveryEngine(t, blestaSyncClients) }

func blestaSyncClients(t *testing.T, newDesk deskMaker) {
	var clients []billingClient
	for i := range 103 {
		clients = append(clients, billingClient{1000 + i, fmt.Sprintf("client%d@example.com", i), fmt.Sprint("Client ", i)})
	}
	clients[50].email = "no address" // refused, and the rest goes on
	d := newDesk(t)
	for _, p := range since21 {
		t.Run(p.tag, func(t *testing.T) {
			d.Reset()
			c := newBlesta(t, p, d.url)
			var first map[int]string
			for round := range 2 {
				var good, bad int
				seen := d.during(func() { good, bad = c.syncClients(clients) })
				differ(t, "linked, failed, requests", []int{99, 1, 100}, []int{good, bad, len(seen)})
				if round == 0 {
					first = maps.Clone(c.links)
					clear(c.links)
				}
			}
			differ(t, "links", first, c.links)
			seen := map[string]bool{}
			for _, customer := range c.links {
				seen[customer] = true
			}
			differ(t, "customers", 99, len(seen))
		})
	}
}

// TestBlestaSyncsWhileThrottled is bug 11: 429 is a success without a user for B21, and an
// error for B2y. Both go on to the end.
func TestBlestaSyncsWhileThrottled(t *testing.T) {
	clients := make([]billingClient, 5) // all with id 0, which no table has
	for _, p := range since21 {
		server := newParrot(t, heard{429, `{"message":"Too Many Attempts."}`})
		good, bad := newBlesta(t, p, server.url).syncClients(clients)
		differ(t, p.tag+": linked, failed, requests", []int{0, 5, 5}, []int{good, bad, len(server.heard())})
	}
}

func TestBlestaDepartments(t *testing.T) { onEveryEngine(t, blestaDepartments) }

func blestaDepartments(t *testing.T, newDesk deskMaker) {
	public := []string{"Sales", "Billing", "General Questions", "Domains", "Büro Köln"}
	enabled := []string{"Sales", "Technical Support", "Billing", "General Questions", "Domains", "Büro Köln"}
	d := newDesk(t)
	for _, p := range everyBlesta {
		t.Run(p.tag, func(t *testing.T) {
			d.Reset()
			c := newBlesta(t, p, d.url)
			differ(t, "public", public, c.departments("public"))
			differ(t, "for clients", enabled, c.departments("customers"))
			seen := d.during(func() {
				want := enabled
				if p.tag == "B20" { // bug 2
					want = []string{}
				}
				differ(t, "all", want, c.allDepartments())
			})
			if p.tag == "B20" {
				differ(t, "requests", []string{"GET /api/departments/customers 401"}, requests(seen))
				differ(t, "codes", []string{"TM-AUTH-EMAIL-TWICE", "TM-HEADER-ACCEPT"}, codes(seen[0]))
			}

			sales, retired := c.department("sales"), c.department("retired")
			differ(t, "sales", "Sales 0 1", text(at(sales, "department_name"))+" "+text(at(sales, "is_disabled"))+" "+text(at(sales, "is_public")))
			differ(t, "retired", "1", text(at(retired, "is_disabled"))) // the form is closed
			seen = d.during(func() { differ(t, "unknown", nil, c.department("nowhere")) })
			differ(t, "requests", []string{"GET /api/departments/get/nowhere 200"}, requests(seen))

			all := []string{"low", "medium", "high", "critical", "emergency"}
			if p.tag == "B2y" {
				all = []string{"none", "low", "medium", "high", "emergency"}
			}
			differ(t, "priorities of sales", all, c.priorities("sales"))
			differ(t, "priorities of billing", []string{"low", "medium"}, c.priorities("billing"))
			differ(t, "priorities of general", 0, len(c.priorities("general"))) // no choice of one
		})
	}
}

// TestBlestaSlugs: a slug with a space stays inside curl until B2y encodes it.
func TestBlestaSlugs(t *testing.T) { onEveryEngine(t, blestaSlugs) }

func blestaSlugs(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range everyBlesta {
		d.Reset()
		c := newBlesta(t, p, d.url)
		var found any
		seen := d.during(func() { found = c.department("büro köln") })
		if p.tag == "B2y" {
			differ(t, p.tag, []string{"GET /api/departments/get/b%C3%BCro%20k%C3%B6ln 200"}, requests(seen))
			differ(t, p.tag, any("Büro Köln"), at(found, "department_name"))
			continue
		}
		differ(t, p.tag, []string{}, requests(seen))
		differ(t, p.tag, nil, found)
	}
}

// TestBlestaDomainsForm is what B2x and B2y read of a department besides.
func TestBlestaDomainsForm(t *testing.T) { onEveryEngine(t, blestaDomainsForm) }

func blestaDomainsForm(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	domains := newBlesta(t, b2y, d.url).department("domains")
	for _, flag := range [][]any{{"business_hours", "is_open"}, {"business_hours", "message"}, {"cc_enabled"}, {"show_services"}} {
		if !truthy(at(domains, flag...)) {
			t.Errorf("%v of the department: got %v, want a value that is true in PHP", flag, at(domains, flag...))
		}
	}
	types := map[string]bool{}
	for _, f := range list(at(domains, "custom_fields")) {
		if text(at(f, "slug")) == "" || text(at(f, "name")) == "" {
			t.Errorf("got custom field %v, want one with a slug and a name", f)
		}
		types[text(at(f, "type"))] = true
	}
	differ(t, "field types", 11, len(types))
}
