package mock_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// cea is the early Clientexec plugin: credentials in headers of their own.
var cea = plugin{
	tag: "CEa",
	get: `GET {path} HTTP/1.1
Host: {host}
Accept: */*
Content-Type: application/json
X-Admin-Email: {email}
X-API-Token: {key}

`,
	post: `POST {path} HTTP/1.1
Host: {host}
Accept: */*
Content-Type: application/json
X-Admin-Email: {email}
X-API-Token: {key}
Content-Length: {length}

`,
	encode: phpJSON,
	trims:  true,
	judge:  judgeCEa,
}

// ceb is the one that came in Blesta's repository: Basic, and a form's Content-Type on a GET.
var ceb = plugin{
	tag: "CEb",
	get: `GET {path} HTTP/1.1
Host: {host}
Accept: */*
Content-Type: application/x-www-form-urlencoded
Authorization: Basic {basic}

`,
	post: `POST {path} HTTP/1.1
Host: {host}
Accept: */*
Content-Type: application/x-www-form-urlencoded
Authorization: Basic {basic}
Content-Length: {length}

`,
	encode: phpForm,
	trims:  true,
	judge:  judgeCEb,
}

// cec is the later one, which only tells of its customers.
var cec = plugin{
	tag: "CEc",
	post: `POST {path} HTTP/1.1
Host: {host}
Content-Type: application/json
Authorization: Bearer {key}
X-Admin-Email: {email}
Accept: application/json
Content-Length: {length}

`,
	encode: phpJSON,
	trims:  true,
	judge:  judgeCEc,
}

// clientexecA decodes what it is answered, or has an exception's text for it.
type clientexecA struct{ *installed }

func newClientexecA(t testing.TB, base string) clientexecA { return clientexecA{install(t, cea, base)} }

// result is {"error": ...} with the status and the body in it after an exception.
func (c clientexecA) result(method string, h heard) any {
	if c.judge(method, h) == asException {
		return map[string]any{"error": fmt.Sprint("HTTP ", h.status, ": ", h.body)}
	}
	return decoded(h.body)
}

func (c clientexecA) ask(action string) any { return c.result("GET", c.read(action)) }

func (c clientexecA) tell(action string, fields phpArray) any {
	return c.result("POST", c.send(action, fields))
}

func (c clientexecA) registerCustomer(client int, email, name, company string) any {
	answer := c.tell("register", phpArray{{"email", email}, {"name", name}, {"company", company}})
	if id := at(answer, "id"); truthy(id) { // the documented answer has it in "user"
		c.assignBillingID(id, client)
	}
	return answer
}

func (c clientexecA) assignBillingID(customer, client any) any {
	return c.tell("customers/billing", phpArray{{"ticaga_id", customer}, {"billing_id", client}})
}

func (c clientexecA) loginCustomer(email, password string) any {
	return c.tell("login", phpArray{{"email", email}, {"password", password}})
}

func (c clientexecA) createTicket(customer int, subject, message string, department int) any {
	return c.tell("tickets/create", phpArray{
		{"customer_id", customer}, {"subject", subject}, {"message", message},
		{"department_id", department}, {"priority", "normal"}, {"status", "open"}})
}

func (c clientexecA) createResponse(ticket any, message string, customer int) any {
	return c.tell("responses/create", phpArray{{"ticket_number", ticket}, {"message", message}, {"customer_id", customer}})
}

func (c clientexecA) closeTicket(customer int, ticket any) any {
	return c.tell("tickets/close", phpArray{{"customer_id", customer}, {"ticket_id", ticket}})
}

// clientexecB has a hook when somebody logs in, and one page.
type clientexecB struct{ *installed }

func newClientexecB(t testing.TB, base string) clientexecB { return clientexecB{install(t, ceb, base)} }

// login is the customer's id: found by e-mail address, else created.
func (c clientexecB) login(email, first, last string) string {
	id := at(decoded(c.read("tickets/userinfobyemail/"+url.QueryEscape(email)).body), "user", "id")
	if !truthy(id) {
		id = at(decoded(c.send("customers/create", phpArray{{"email", email}, {"first_name", first}, {"last_name", last}}).body), "user", "id")
	}
	return text(id)
}

// page is a customer's tickets, and the departments that the form offers as "slug: name".
func (c clientexecB) page(customer string) (tickets []listedTicket, departments []string) {
	for _, row := range list(at(decoded(c.read("tickets/list/"+customer).body), "tickets")) {
		tickets = append(tickets, listedTicket{id: text(at(row, "id")), subject: text(at(row, "subject")), status: text(at(row, "status"))})
	}
	for _, row := range list(at(decoded(c.read("departments/list").body), "departments")) {
		departments = append(departments, text(at(row, "slug"))+": "+text(at(row, "name")))
	}
	return tickets, departments
}

// submit is whether it says that the ticket was sent; it looks at the status only (bug 9).
func (c clientexecB) submit(customer, name, email, slug, subject, priority, message string) bool {
	return c.judge("POST", c.send("tickets/create", phpArray{
		{"organize", "clientexec"}, {"user_id", customer}, {"public_name", name}, {"public_email", email},
		{"department_slug", slug}, {"subject", subject}, {"priority", priority}, {"message", message}, {"assigned", 0},
	})) == asSuccess
}

// clientexecC tells the help desk of its customers.
type clientexecC struct{ *installed }

func newClientexecC(t testing.TB, base string) clientexecC { return clientexecC{install(t, cec, base)} }

// sync is "" for a customer that was taken, else what it shows: the first 100 characters.
func (c clientexecC) sync(id int, name, email string, company any) string {
	h := c.send("customers/sync", phpArray{{"external_id", fmt.Sprint(id)}, {"name", name}, {"email", email}, {"company", company}})
	if c.judge("POST", h) == asSuccess {
		return ""
	}
	return fmt.Sprint("HTTP ", h.status, ": ", h.body[:min(len(h.body), 100)])
}

func TestClientexecOnTheWire(t *testing.T) {
	const (
		get   = " HTTP/1.1\nAccept: */*\nContent-Type: application/json\nX-Admin-Email: admin@example.com\nX-API-Token: 12|abc\n\n"
		post  = " HTTP/1.1\nAccept: */*\nContent-Type: application/json\nX-Admin-Email: admin@example.com\nX-API-Token: 12|abc\nContent-Length:\n\n"
		getB  = " HTTP/1.1\nAccept: */*\nContent-Type: application/x-www-form-urlencoded\nAuthorization: Basic YWRtaW5AZXhhbXBsZS5jb206MTJ8YWJj\n\n"
		postB = " HTTP/1.1\nAccept: */*\nContent-Type: application/x-www-form-urlencoded\nAuthorization: Basic YWRtaW5AZXhhbXBsZS5jb206MTJ8YWJj\nContent-Length:\n\n"
		postC = " HTTP/1.1\nContent-Type: application/json\nAuthorization: Bearer 12|abc\nX-Admin-Email: admin@example.com\nAccept: application/json\nContent-Length:\n\n"
	)
	none := []heard{{200, `{}`}}
	checkWire(t, []wireCase{
		{"registers and links", cea, func(c *installed) {
			clientexecA{c}.registerCustomer(42, "joe@example.com", "Joe Doe", "Demo Ltd")
		}, []heard{{200, `{"id":8}`}}, []string{
			"POST /api/register" + post + `{"email":"joe@example.com","name":"Joe Doe","company":"Demo Ltd"}`,
			"POST /api/customers/billing" + post + `{"ticaga_id":8,"billing_id":42}`,
		}},
		{"asks", cea, func(c *installed) {
			for _, action := range []string{"customers/get/8", "departments", "tickets/get/8/7", "tickets/get/all/8", "responses/get/7"} {
				clientexecA{c}.ask(action)
			}
		}, none, []string{
			"GET /api/customers/get/8" + get, "GET /api/departments" + get, "GET /api/tickets/get/8/7" + get,
			"GET /api/tickets/get/all/8" + get, "GET /api/responses/get/7" + get,
		}},
		{"tells", cea, func(c *installed) {
			a := clientexecA{c}
			a.createTicket(8, "S", "M", 1)
			a.createResponse(7, "M", 8)
			a.closeTicket(8, 7)
			a.loginCustomer("joe@example.com", "s/3")
		}, none, []string{
			"POST /api/tickets/create" + post + `{"customer_id":8,"subject":"S","message":"M","department_id":1,"priority":"normal","status":"open"}`,
			"POST /api/responses/create" + post + `{"ticket_number":7,"message":"M","customer_id":8}`,
			"POST /api/tickets/close" + post + `{"customer_id":8,"ticket_id":7}`,
			"POST /api/login" + post + `{"email":"joe@example.com","password":"s\/3"}`,
		}},
		{"logs in", ceb, func(c *installed) { clientexecB{c}.login("joe+x@example.com", "Joe", "Doe") }, none, []string{
			"GET /api/tickets/userinfobyemail/joe%2Bx%40example.com" + getB,
			"POST /api/customers/create" + postB + "email=joe%2Bx%40example.com&first_name=Joe&last_name=Doe",
		}},
		{"its page", ceb, func(c *installed) {
			b := clientexecB{c}
			b.page("8")
			b.submit("8", "Joe Doe", "joe@example.com", "sales", "S", "low", "M")
		}, none, []string{
			"GET /api/tickets/list/8" + getB,
			"GET /api/departments/list" + getB,
			"POST /api/tickets/create" + postB + "organize=clientexec&user_id=8&public_name=Joe+Doe&public_email=joe%40example.com" +
				"&department_slug=sales&subject=S&priority=low&message=M&assigned=0",
		}},
		{"syncs", cec, func(c *installed) { clientexecC{c}.sync(42, "Joe Doe", "joe@example.com", nil) }, none, []string{
			"POST /api/customers/sync" + postC + `{"external_id":"42","name":"Joe Doe","email":"joe@example.com","company":null}`,
		}},
	})
}

// TestClientexecARegister is bug 8: no password, so the answer is 422 and an exception. Where
// the password is not asked for, the id is not where the plugin looks, and it never links.
func TestClientexecARegister(t *testing.T) { onEveryEngine(t, clientexecARegister) }

func clientexecARegister(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	seen := d.during(func() {
		got := newClientexecA(t, d.url).registerCustomer(42, "new@example.com", "New One", "New Ltd")
		const want = `HTTP 422: {"message":"The password field is required.","errors":{"password":["The password field is required."]}}`
		differ(t, "result", any(want), at(got, "error"))
	})
	differ(t, "requests", []string{"POST /api/register 422"}, requests(seen))
	differ(t, "codes", []string{"TM-AUTH-HEADER", "TM-BODY-REQUIRED", "TM-HEADER-ACCEPT"}, codes(seen[0]))

	d = newDesk(t, func(o *mock.Options) { o.Lenient = true })
	seen = d.during(func() {
		got := newClientexecA(t, d.url).registerCustomer(42, "new@example.com", "New One", "New Ltd")
		differ(t, "name", any("New One"), at(got, "user", "name"))
	})
	differ(t, "requests", []string{"POST /api/register 200"}, requests(seen))
}

// TestClientexecALink: by a path of its own, which names no billing system.
func TestClientexecALink(t *testing.T) { onEveryEngine(t, clientexecALink) }

func clientexecALink(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newClientexecA(t, d.url)
	differ(t, "linked", any(true), at(c.assignBillingID(8, 42), "user"))
	user := at(c.ask("customers/get/8"), "user")
	differ(t, "link", "42 clientexec jane.roe@example.com",
		text(at(user, "billing_id"))+" "+text(at(user, "billing_system"))+" "+text(at(user, "email")))
	differ(t, "unknown customer", any("HTTP 401: "+notAuthenticated), at(c.assignBillingID(99, 43), "error"))
	differ(t, "unknown customer", any("HTTP 401: "+notAuthenticated), at(c.ask("customers/get/99"), "error"))
	if got := text(at(c.assignBillingID(8, 31), "error")); !strings.HasPrefix(got, "HTTP 422: ") { // customer 5 has it
		t.Errorf(`got %s, want beginning with "HTTP 422: "`, got)
	}
}

func TestClientexecALogin(t *testing.T) { onEveryEngine(t, clientexecALogin) }

func clientexecALogin(t *testing.T, newDesk deskMaker) {
	c := newClientexecA(t, newDesk(t).url)
	differ(t, "name", any("Joe Doe"), at(c.loginCustomer("joedoe@example.com", "secret"), "user", "name"))
	differ(t, "wrong password", any("HTTP 401: "+notAuthenticated), at(c.loginCustomer("joedoe@example.com", "Secret"), "error"))
}

// TestClientexecATicket: departments, create, list, page, reply, close.
func TestClientexecATicket(t *testing.T) { onEveryEngine(t, clientexecATicket) }

func clientexecATicket(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newClientexecA(t, d.url)
	seen := d.during(func() {
		differ(t, "departments", any("Sales"), at(c.ask("departments"), 0, "department_name"))
	})
	differ(t, "codes", []string{"TM-AUTH-HEADER", "TM-DEPRECATED", "TM-HEADER-ACCEPT"}, slices.Sorted(slices.Values(codes(seen[0]))))

	var created any
	seen = d.during(func() { created = c.createTicket(8, "Größe", "a/b", 1) })
	id := text(at(created, "id", "id"))
	if id == "" {
		t.Fatalf("createTicket() = %v, want a ticket with an id", created)
	}
	differ(t, "codes", []string{"TM-AUTH-HEADER", "TM-BODY-SPELLING"}, slices.Sorted(slices.Values(codes(seen[0])))) // "normal"

	rows := list(c.ask("tickets/get/all/8"))
	if len(rows) == 0 || text(at(rows[len(rows)-1], "id")) != id {
		t.Errorf("tickets of customer 8: got %v, want the last with id %q", rows, id)
	}
	ticket := at(c.ask("tickets/get/8/"+id), "tickets")
	differ(t, "page", "Größe a/b normal open", fmt.Sprint(at(ticket, "subject"), " ", at(ticket, "message"), " ", at(ticket, "priority"), " ", at(ticket, "status")))

	if answer := c.createResponse(id, "One more thing", 8); !truthy(answer) || at(answer, "error") != nil {
		t.Errorf("createResponse(%s) = %v, want an answer without an error", id, answer)
	}
	differ(t, "reply", any("One more thing"), at(c.ask("responses/get/"+id), "responses", 0, "content"))
	differ(t, "closed", id, text(at(c.closeTicket(8, id), "id")))
	differ(t, "status", any("closed"), at(c.ask("tickets/get/8/"+id), "tickets", "status"))

	for name, try := range map[string]struct {
		result any
		want   string
	}{
		"another's ticket": {c.ask("tickets/get/2/" + id), `HTTP 403: {"message":"This action is unauthorized."}`},
		"closing it":       {c.closeTicket(2, id), `HTTP 403: {"message":"This action is unauthorized."}`},
		"replying to it":   {c.createResponse(id, "Mine!", 2), `HTTP 403: {"message":"This action is unauthorized."}`},
		"unknown ticket":   {c.ask("tickets/get/8/9999"), `HTTP 404: {"error":"Ticket not found"}`},
		"its replies":      {c.ask("responses/get/9999"), `HTTP 404: {"error":"Ticket not found"}`},
		"closing that":     {c.closeTicket(8, 9999), `HTTP 404: {"error":"Ticket not found"}`},
	} {
		t.Run(name, func(t *testing.T) {
			differ(t, name, any(try.want), at(try.result, "error"))
		})
	}
}

// TestClientexecAUnreachable: an exception that has no status.
func TestClientexecAUnreachable(t *testing.T) {
	if got := newClientexecA(t, nobody(t)).ask("departments"); at(got, "error") == nil {
		t.Errorf("got %v, want not nil", got)
	}
}

// TestClientexecBLogin: found by an e-mail address, which is encoded; else created, once.
func TestClientexecBLogin(t *testing.T) { onEveryEngine(t, clientexecBLogin) }

func clientexecBLogin(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newClientexecB(t, d.url)
	seen := d.during(func() {
		differ(t, "known", "8", c.login("jane.roe@example.com", "Jane", "Roe"))
		differ(t, "with a plus", "5", c.login("dmitri+billing@petrov.example", "Dmitri", "Petrov"))
	})
	differ(t, "requests", []string{"GET /api/tickets/userinfobyemail/jane.roe%40example.com 200",
		"GET /api/tickets/userinfobyemail/dmitri%2Bbilling%40petrov.example 200"}, requests(seen))
	differ(t, "codes", []string{"TM-DEPRECATED", "TM-HEADER-ACCEPT"}, codes(seen[0]))

	var id string
	seen = d.during(func() { id = c.login("new@example.com", "Zoë", "Nowak") })
	differ(t, "requests", []string{"GET /api/tickets/userinfobyemail/new%40example.com 200", "POST /api/customers/create 200"}, requests(seen))
	if id == "" {
		t.Fatal("got no id of the ticket, want one")
	}
	differ(t, "again", id, c.login("new@example.com", "Zoë", "Nowak"))
	differ(t, "name", any("Zoë Nowak"), field(t, d.ask(t, get("/api/customers/get/"+id)).body, "user", "name"))
	c.key = "wrong"
	differ(t, "bad credentials", "", c.login("jane.roe@example.com", "Jane", "Roe"))
}

// TestClientexecBPage: the list, the departments by "name" (bug 9), and a ticket that is sent
// with user_id, which the server ignores: it becomes a guest's.
func TestClientexecBPage(t *testing.T) { onEveryEngine(t, clientexecBPage) }

func clientexecBPage(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newClientexecB(t, d.url)
	before, departments := c.page("8")
	if !slices.Contains(departments, "sales: Sales") || slices.Contains(departments, "retired: Hardware") {
		t.Errorf(`got %q; want departments with "sales: Sales", departments without "retired: Hardware"`, departments)
	}
	seen := d.during(func() {
		if !c.submit("8", "Jane Roe", "jane.roe@example.com", "sales", "Lost", "high", "a & b") {
			t.Error("submit() = false, want true")
		}
	})
	differ(t, "status", 200, seen[0].Status)
	differ(t, "codes", []string{"TM-BODY-IGNORED-FIELD"}, codes(seen[0]))
	id := createdID(seen[0])
	after, _ := c.page("8")
	differ(t, "customer 8's tickets", before, after)
	ticket, ok := newBlesta(t, b2y, d.url).info(id)
	if !ok || ticket.owner != "0" || ticket.name != "Jane Roe" || ticket.text != "a & b" || ticket.priority != "high" {
		t.Errorf(`got %+v; want ok true, owner "0", name "Jane Roe", text "a & b", priority "high"`, ticket)
	}

	for name, try := range map[string]struct {
		slug, subject string
		status        int
	}{"disabled": {"retired", "S", 422}, "for customers only": {"support", "S", 422}, "no subject": {"sales", "", 422}} {
		t.Run(name, func(t *testing.T) {
			seen := d.during(func() {
				if c.submit("8", "Jane Roe", "jane.roe@example.com", try.slug, try.subject, "low", "M") {
					t.Errorf("submit() = true, want false")
				}
			})
			differ(t, name, try.status, seen[0].Status)
		})
	}
	if tickets, _ := c.page("1"); len(tickets) == 0 || tickets[0].id != "1" {
		t.Errorf(`got %+v; want some tickets, id "1"`, tickets)
	}
}

// TestClientexecCSync: one request a customer, the company may be null, and once more changes
// nothing.
func TestClientexecCSync(t *testing.T) { onEveryEngine(t, clientexecCSync) }

func clientexecCSync(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newClientexecC(t, d.url)
	for range 2 {
		seen := d.during(func() {
			differ(t, "known", "", c.sync(42, "Jane Roe", "jane.roe@example.com", nil))
			differ(t, "new", "", c.sync(43, "Łucja Nowa", "nowa@example.com", "Nowa/Co"))
		})
		differ(t, "requests", []string{"POST /api/customers/sync 200", "POST /api/customers/sync 200"}, requests(seen))
		for _, x := range seen {
			differ(t, "codes", []string{}, codes(x))
		}
	}
	differ(t, "link", "42 clientexec", linked(t, d))
	user := at(decoded(newClientexecA(t, d.url).read("tickets/userbyemail/nowa@example.com").body), 0)
	differ(t, "new customer", "Łucja Nowa, Nowa/Co, 43 clientexec", fmt.Sprint(
		at(user, "name"), ", ", at(user, "company"), ", ", at(user, "billing_id"), " ", at(user, "billing_system")))

	got := c.sync(31, "Jane Roe", "jane.roe@example.com", nil) // customer 5 has it
	if !strings.HasPrefix(got, `HTTP 422: {"message":"`) || len(got) != len("HTTP 422: ")+100 {
		t.Errorf(`got %s; want beginning with HTTP 422: {"message":", len(got) %d`, got, len("HTTP 422: ")+100)
	}
	c.key = "wrong"
	differ(t, "bad credentials", "HTTP 401: "+notAuthenticated, c.sync(42, "Jane Roe", "jane.roe@example.com", nil))
}
