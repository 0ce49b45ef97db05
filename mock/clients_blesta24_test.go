package mock_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// b24 is the Blesta plugin of 2024.
var b24 = plugin{
	tag: "B24",
	get: `GET {path} HTTP/1.1
Host: {host}
Accept: application/json
Authorization: Bearer {key}

`,
	post: `POST {path} HTTP/1.1
Host: {host}
Accept: application/json
Authorization: Bearer {key}
Content-Length: {length}
Content-Type: application/x-www-form-urlencoded

`,
	encode: phpForm,
	judge:  judge2024,
}

// blesta24 reads bare lists. An object in the place of one ends the page. Bug 7 of section 5
// is left out: its card counter decodes its own variable, so that it dies of any answer.
type blesta24 struct{ *installed }

func newBlesta24(t testing.TB, base string) blesta24 { return blesta24{install(t, b24, base)} }

// errDies is PHP's Error: an object is indexed as if it were a list [X].
var errDies = errors.New("the page dies")

// rows reads an answer as a list. Of what it does not take for success it reads nothing [I].
func (c blesta24) rows(action string) ([]any, error) {
	h := c.read(action)
	if c.judge("GET", h) != asSuccess {
		return nil, nil
	}
	value := decoded(h.body)
	if _, ok := value.(map[string]any); ok {
		return nil, errDies
	}
	return list(value), nil
}

// departments are the names in one of its three lists: departments, departments/1 and
// departments/2.
func (c blesta24) departments(action string) ([]string, error) {
	rows, err := c.rows(action)
	names := []string{}
	for _, row := range rows {
		names = append(names, text(at(row, "department_name")))
	}
	return names, err
}

func (c blesta24) priorities(department int) ([]string, error) {
	rows, err := c.rows(fmt.Sprint("departments/byid/", department))
	if err != nil {
		return nil, err
	}
	return offered(at(rows, 0, "allows_high_priority"), "low", "medium", "high", "critical", "emergency"), nil
}

// offered are the priorities that a form lets one choose from.
func offered(flag any, all ...string) []string {
	switch text(flag) {
	case "1":
		return all
	case "3":
		return nil
	}
	return []string{"low", "medium"}
}

type opening24 struct {
	department, owner                        int
	subject, text, priority, cc, email, name string
}

// open is whether it says that the ticket was created: anything truthy will do.
func (c blesta24) open(o opening24) bool {
	h := c.send(fmt.Sprint("tickets/open/", o.department), phpArray{
		{"user_id", o.owner}, {"subject", o.subject}, {"priority", o.priority}, {"content", o.text},
		{"cc", o.cc}, {"assigned", 0}, {"department_id", o.department},
		{"ip_address", "203.0.113.9"}, {"public_email", o.email}, {"public_name", o.name},
	})
	return c.judge("POST", h) == asSuccess && truthy(decoded(h.body))
}

// page is a ticket's page. It asks for the replies twice, and for everybody who replied.
func (c blesta24) page(id int) (shownTicket, []shownReply, error) {
	tickets, err := c.rows(fmt.Sprint("tickets/", id))
	if err != nil {
		return shownTicket{}, nil, err
	}
	_, _ = c.rows(fmt.Sprint("responses/", id))
	replies, err := c.rows(fmt.Sprint("responses/", id))
	if err != nil {
		return shownTicket{}, nil, err
	}
	shown := []shownReply{}
	for _, reply := range replies {
		users, err := c.rows("tickets/user/" + text(at(reply, "response_user_id")))
		if err != nil {
			return shownTicket{}, nil, err
		}
		shown = append(shown, shownReply{
			by: text(at(users, 0, "name")), text: text(at(reply, "response_content")),
			staff: truthy(at(reply, "agent_response")), note: truthy(at(reply, "is_note")),
		})
	}
	ticket := at(tickets, 0)
	departments, err := c.rows("departments/byid/" + text(at(ticket, "department_id")))
	return shownTicket{
		id: text(at(ticket, "id")), owner: text(at(ticket, "user_id")),
		subject: text(at(ticket, "subject")), text: text(at(ticket, "content")),
		status: text(at(ticket, "status")), priority: text(at(ticket, "priority")),
		department: text(at(departments, 0, "department_name")),
	}, shown, err
}

// belongs is whether a ticket is the client's. It goes on to look by e-mail address when it is
// not; that is left out here.
func (c blesta24) belongs(id, client int) (bool, error) {
	tickets, err := c.rows(fmt.Sprint("tickets/", id))
	if err != nil {
		return false, err
	}
	_, err = c.rows(fmt.Sprint("responses/", id))
	return same(at(tickets, 0, "user_id"), client), err
}

// reply loads the whole page first. It never looks at the answer.
func (c blesta24) reply(id, client int, content string) error {
	if _, _, err := c.page(id); err != nil {
		return err
	}
	c.send("responses/reply", phpArray{
		{"response_user_id", client}, {"ticket_number", id}, {"response_content", content},
		{"is_note", 0}, {"agent_response", 0},
	})
	return nil
}

// list is a client's tickets, all of them with the name of the first one's department.
func (c blesta24) list(client int) ([]listedTicket, error) {
	rows, err := c.rows(fmt.Sprint("tickets/user/", client))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	departments, err := c.rows("departments/byid/" + text(at(rows, 0, "department_id")))
	var shown []listedTicket
	for _, row := range rows {
		shown = append(shown, listedTicket{
			text(at(row, "id")), text(at(row, "subject")), text(at(departments, 0, "department_name")),
			text(at(row, "priority")), text(at(row, "status")),
		})
	}
	return shown, err
}

// connect is whether it takes the client for the customer. It assigns nothing.
func (c blesta24) connect(email string, client int) (bool, error) {
	rows, err := c.rows(fmt.Sprint("clients/", client))
	return same(at(rows, 0, "id"), client) && same(at(rows, 0, "email"), email), err
}

func TestBlesta24OnTheWire(t *testing.T) {
	const get = "\nAccept: application/json\nAuthorization: Bearer 12|abc\n\n"
	const post = "\nAccept: application/json\nAuthorization: Bearer 12|abc\nContent-Length:\nContent-Type: application/x-www-form-urlencoded\n\n"
	lists := []heard{{200, `[{"id":7,"user_id":8,"response_user_id":3,"department_id":1}]`}}
	checkWire(t, []wireCase{
		{"opens a ticket", b24, func(c *installed) {
			blesta24{c}.open(opening24{department: 1, owner: 8, subject: "Hello & bye", text: "a=b\nc", priority: "low",
				cc: "x@example.com,y@example.com", email: "joe@example.com", name: "Joe Doe"})
		}, lists, []string{"POST /api/tickets/open/1 HTTP/1.1" + post + "user_id=8&subject=Hello+%26+bye&priority=low&content=a%3Db%0Ac" +
			"&cc=x%40example.com%2Cy%40example.com&assigned=0&department_id=1&ip_address=203.0.113.9&public_email=joe%40example.com&public_name=Joe+Doe"}},
		{"replies", b24, func(c *installed) { _ = blesta24{c}.reply(7, 8, "hi") }, lists, []string{
			"GET /api/tickets/7 HTTP/1.1" + get,
			"GET /api/responses/7 HTTP/1.1" + get,
			"GET /api/responses/7 HTTP/1.1" + get,
			"GET /api/tickets/user/3 HTTP/1.1" + get,
			"GET /api/departments/byid/1 HTTP/1.1" + get,
			"POST /api/responses/reply HTTP/1.1" + post + "response_user_id=8&ticket_number=7&response_content=hi&is_note=0&agent_response=0",
		}},
		{"finds a user by e-mail address", b24, func(c *installed) { c.read("tickets/userinfobyemail/joe@example.com") }, lists,
			[]string{"GET /api/tickets/userinfobyemail/joe@example.com HTTP/1.1" + get}},
	})
}

func TestBlesta24Departments(t *testing.T) { onEveryEngine(t, blesta24Departments) }

func blesta24Departments(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta24(t, d.url)
	names := func(action string) []string {
		names, err := c.departments(action)
		if err != nil {
			t.Errorf("departments(%s) = %v, want no error", action, err)
		}
		return names
	}
	all := []string{"Sales", "Technical Support", "Billing", "General Questions", "Hardware", "Domains", "Büro Köln"}
	seen := d.during(func() {
		differ(t, "all", all, names("departments"))
		differ(t, "public", []string{"Sales", "Billing", "General Questions", "Domains", "Büro Köln"}, names("departments/1"))
		differ(t, "for clients only", []string{"Technical Support"}, names("departments/2"))
		merged := append(names("departments/1"), names("departments/2")...) // what a client may choose from
		differ(t, "enabled, each once", []string{"Billing", "Büro Köln", "Domains", "General Questions", "Sales", "Technical Support"}, slices.Sorted(slices.Values(merged)))
		differ(t, "number", fmt.Sprint(len(all)), c.read("department/count").body)
		for department, want := range map[int][]string{
			1: {"low", "medium", "high", "critical", "emergency"},
			3: {"low", "medium"},
			4: nil, // no choice of one
		} {
			got, err := c.priorities(department)
			if err != nil {
				t.Error(err)
			}
			differ(t, fmt.Sprint("priorities of ", department), want, got)
		}
	})
	for _, x := range seen {
		differ(t, x.Path, []string{"TM-DEPRECATED"}, codes(x))
	}
}

// TestBlesta24TicketPage: open, list, page, reply, page again.
func TestBlesta24TicketPage(t *testing.T) { onEveryEngine(t, blesta24TicketPage) }

func blesta24TicketPage(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta24(t, d.url)
	before, err := c.list(8)
	if err != nil {
		t.Fatal(err)
	}
	opened := false
	seen := d.during(func() {
		opened = c.open(opening24{department: 1, owner: 8, subject: "Hello & bye", text: "a=b\nc", priority: "low",
			cc: "x@example.com,y@example.com", email: "jane.roe@example.com", name: "Jane Roe"})
	})
	if !opened {
		t.Fatal("open() = false, want true")
	}
	differ(t, "requests", []string{"POST /api/tickets/open/1 200"}, requests(seen))
	differ(t, "codes", []string{"TM-DEPRECATED"}, codes(seen[0]))

	var mine []listedTicket
	seen = d.during(func() { mine, err = c.list(8) })
	if err != nil || len(mine) != len(before)+1 {
		t.Fatalf("got %+v, %v, want %d", mine, err, len(before)+1)
	}
	differ(t, "requests", []string{"GET /api/tickets/user/8 200", "GET /api/departments/byid/1 200"}, requests(seen))
	row := mine[len(mine)-1]
	id := atoi(t, row.id)
	differ(t, "row", listedTicket{row.id, "Hello & bye", "Sales", "low", "open"}, row)

	path := fmt.Sprint("/", id, " 200")
	whole := []string{"GET /api/tickets" + path, "GET /api/responses" + path, "GET /api/responses" + path}
	seen = d.during(func() {
		if err := c.reply(id, 8, "hi & more"); err != nil {
			t.Error(err)
		}
	})
	differ(t, "requests", append(slices.Clone(whole), "GET /api/departments/byid/1 200", "POST /api/responses/reply 200"), requests(seen))

	var ticket shownTicket
	var replies []shownReply
	seen = d.during(func() { ticket, replies, err = c.page(id) })
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "requests", append(slices.Clone(whole), "GET /api/tickets/user/8 200", "GET /api/departments/byid/1 200"), requests(seen))
	differ(t, "ticket", shownTicket{id: row.id, owner: "8", subject: "Hello & bye", text: "a=b\nc",
		status: "open", priority: "low", department: "Sales"}, ticket)
	differ(t, "replies", []shownReply{{by: "Jane Roe", text: "hi & more"}}, replies)

	for client, want := range map[int]bool{8: true, 1: false} {
		if got, err := c.belongs(id, client); got != want || err != nil {
			t.Errorf("belongs to %d: got %v, %v, want %v", client, got, err, want)
		}
	}
}

// TestBlesta24ATicketWithReplies: staff's replies and notes carry the staff member's id, which
// the plugin looks up among the users.
func TestBlesta24ATicketWithReplies(t *testing.T) { onEveryEngine(t, blesta24ATicketWithReplies) }

func blesta24ATicketWithReplies(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	ticket, replies, err := newBlesta24(t, d.url).page(1)
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "owner and department", "1 Sales", ticket.owner+" "+ticket.department)
	kinds := []string{}
	for _, r := range replies {
		kinds = append(kinds, fmt.Sprint("staff ", r.staff, ", note ", r.note))
	}
	differ(t, "replies", []string{"staff false, note false", "staff true, note false", "staff true, note true", "staff false, note false"}, kinds)
	if replies[0].by != "Joe Doe" || replies[0].text == "" {
		t.Errorf(`got %+v; want by "Joe Doe", text not empty`, replies[0])
	}
	differ(t, "who it takes the staff member for", "", replies[1].by) // who owns no ticket to read the name off
}

func TestBlesta24Connect(t *testing.T) { onEveryEngine(t, blesta24Connect) }

func blesta24Connect(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta24(t, d.url)
	for _, try := range []struct {
		email string
		id    int
		want  bool
	}{{"jane.roe@example.com", 8, true}, {"joedoe@example.com", 8, false}, {"jane.roe@example.com", 99, false}} {
		seen := d.during(func() {
			if got, err := c.connect(try.email, try.id); got != try.want || err != nil {
				t.Errorf("%+v: got %v, %v, want %v", try, got, err, try.want)
			}
		})
		differ(t, "requests", []string{fmt.Sprint("GET /api/clients/", try.id, " 200")}, requests(seen))
	}
}

// TestBlesta24ByEmail: an "@" in a path, as it is.
func TestBlesta24ByEmail(t *testing.T) { onEveryEngine(t, blesta24ByEmail) }

func blesta24ByEmail(t *testing.T, newDesk deskMaker) {
	c := newBlesta24(t, newDesk(t).url)
	for _, action := range []string{"tickets/userinfobyemail/", "tickets/userbyemail/"} {
		rows, err := c.rows(action + "jane.roe@example.com")
		if err != nil || !same(at(rows, 0, "id"), 8) {
			t.Errorf("rows(%s of jane.roe) = %v, %v, want the customer 8", action, rows, err)
		}
		if rows, err := c.rows(action + "nobody@example.com"); err != nil || len(rows) != 0 {
			t.Errorf("rows(%s of nobody) = %v, %v, want none", action, rows, err)
		}
	}
	if rows, err := c.rows("tickets/userticketsbyemail/joedoe@example.com"); err != nil || !same(at(rows, 0, "id"), 1) {
		t.Errorf("rows(userticketsbyemail) = %v, %v, want the ticket 1 first", rows, err)
	}
}

// TestBlesta24UnusedPaths: later versions still contain these paths, and nothing calls them.
func TestBlesta24UnusedPaths(t *testing.T) { onEveryEngine(t, blesta24UnusedPaths) }

func blesta24UnusedPaths(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta24(t, d.url)
	seen := d.during(func() {
		for action, subject := range map[string]string{
			"tickets/all/sales": "Cannot upgrade my plan", "tickets/grab_all/": "Cannot upgrade my plan",
		} {
			if rows, err := c.rows(action); err != nil || at(rows, 0, "subject") != subject {
				t.Errorf("%s: got %v, %v, want %q", action, rows, err, subject)
			}
		}
		if rows, err := c.rows("tickets/userinfo/8"); err != nil || at(rows, 0, "email") != "jane.roe@example.com" {
			t.Errorf(`got %v, %v, want "jane.roe@example.com"`, rows, err)
		}
		if n := atoi(t, c.read("tickets/countbystatus/closed").body); n < 1 {
			t.Errorf("%d closed tickets, want at least 1", n)
		}
	})
	for _, x := range seen {
		if !slices.Contains(codes(x), "TM-DEPRECATED") {
			t.Errorf(`%s: got %q, want with "TM-DEPRECATED"`, x.Path, codes(x))
		}
		if got, want := slices.Contains(codes(x), "TM-PATH-TRAILING-SLASH"), x.Path == "/api/tickets/grab_all/"; got != want {
			t.Errorf("%s: got violations %q, want TM-PATH-TRAILING-SLASH among them: %t", x.Path, codes(x), want)
		}
	}
}

// TestBlesta24ReportsATicketThatWasNotCreated is bug 6 as the mock exposes it: the department is disabled,
// the answer is 422, and the client is told that its ticket is on its way.
func TestBlesta24ReportsATicketThatWasNotCreated(t *testing.T) {
	onEveryEngine(t, blesta24ReportsATicketThatWasNotCreated)
}

func blesta24ReportsATicketThatWasNotCreated(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta24(t, d.url)
	before := c.read("tickets/grab_all/").body
	for name, o := range map[string]opening24{
		"a disabled department": {department: 5, owner: 8, subject: "S", text: "M", priority: "low"},
		"no such department":    {department: 99, owner: 8, subject: "S", text: "M", priority: "low"},
		"no subject":            {department: 1, owner: 8, text: "M", priority: "low"},
	} {
		t.Run(name, func(t *testing.T) {
			believes := false
			seen := d.during(func() { believes = c.open(o) })
			if !believes || seen[0].Status != 422 {
				t.Errorf("believes %v after %d; want believes true, status 422", believes, seen[0].Status)
			}
			if got, want := slices.Contains(codes(seen[0]), "TM-BODY-REQUIRED"), o.subject == ""; got != want {
				t.Errorf("got violations %q, want TM-BODY-REQUIRED among them: %t", codes(seen[0]), want)
			}
		})
	}
	differ(t, "tickets", before, c.read("tickets/grab_all/").body)
	// An unknown customer is the one refusal that it sees.
	if c.open(opening24{department: 1, owner: 99, subject: "S", text: "M", priority: "low"}) {
		t.Error("open(customer 99) = true, want false")
	}
}

// TestBlesta24CrashesOnObjectResponse is bug 6 as a server exposes it that answers an error with status
// 200. The mock does not; its operations of 2024 answer with a list or with another status.
func TestBlesta24CrashesOnObjectResponse(t *testing.T) {
	c := newBlesta24(t, newParrot(t, heard{200, notAuthenticated}).url)
	for name, call := range map[string]func() error{
		"page":       func() error { _, _, err := c.page(7); return err },
		"reply":      func() error { return c.reply(7, 8, "hi") },
		"list":       func() error { _, err := c.list(8); return err },
		"priorities": func() error { _, err := c.priorities(1); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := call(); !errors.Is(err, errDies) {
				t.Errorf("got %v, want %v", err, errDies)
			}
		})
	}
	if !c.open(opening24{department: 1}) {
		t.Error("open() = false, want true: it believes in its ticket")
	}
}

// TestBlesta24NeverCrashesOnTheMock: with a good key, a bad one and ids that nobody has.
func TestBlesta24NeverCrashesOnTheMock(t *testing.T) { onEveryEngine(t, blesta24NeverCrashesOnTheMock) }

func blesta24NeverCrashesOnTheMock(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, key := range []string{"demo-token", "wrong"} {
		c := newBlesta24(t, d.url)
		c.key = key
		for _, id := range []int{0, 1, 2, 9999} {
			_, _, err := c.page(id)
			_, listErr := c.list(id)
			_, formErr := c.priorities(id)
			_, connectErr := c.connect("joedoe@example.com", id)
			if err := errors.Join(err, listErr, formErr, connectErr, c.reply(id, 1, "hi")); err != nil {
				t.Errorf("key %q, id %d: got %v, want no error", key, id, err)
			}
		}
		if got, want := c.open(opening24{department: 1, owner: 1, subject: "S", text: "M", priority: "low"}), key == "demo-token"; got != want {
			t.Errorf("open() with key %q = %t, want %t", key, got, want)
		}
	}
}
