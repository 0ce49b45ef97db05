package mock_test

import (
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestBlesta20TicketList: both requests of the page, the first with the e-mail address twice.
func TestBlesta20TicketList(t *testing.T) { onEveryEngine(t, blesta20TicketList) }

func blesta20TicketList(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b20, d.url)
	seen := d.during(func() {
		differ(t, "departments", []string{}, c.allDepartments())
		if rows := c.tickets("1"); len(rows) == 0 || rows[0].id != "1" {
			t.Errorf(`got %+v; want some rows, id "1"`, rows)
		}
	})
	differ(t, "requests", []string{"GET /api/departments/customers 401", "GET /api/tickets/get/all/1 200"}, requests(seen))
	differ(t, "codes", []string{"TM-HEADER-ACCEPT"}, codes(seen[1])) // a Content-Type without a body is no fault
}

// TestBlesta20OpenPage is bugs 1 and 5: the department is asked for twice, the ticket is
// refused, and the client is thanked for it.
func TestBlesta20OpenPage(t *testing.T) { onEveryEngine(t, blesta20OpenPage) }

func blesta20OpenPage(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b20, d.url)
	before := newBlesta24(t, d.url).read("tickets/grab_all/").body
	seen := d.during(func() {
		if !truthy(c.department("sales")) || len(c.priorities("sales")) == 0 {
			t.Error("got no department or no priorities, want the form of \"sales\"")
		}
		if got := c.open(opening{owner: "8", slug: "sales", subject: "S", text: "M", priority: "low", email: "jane.roe@example.com", name: "Jane Roe"}); !got.ok {
			t.Errorf("open() = %+v, want ok true: it does not see that there is no ticket", got)
		}
	})
	differ(t, "requests", []string{"GET /api/departments/get/sales 200", "GET /api/departments/get/sales 200", "POST /api/tickets/create 401"}, requests(seen))
	differ(t, "codes", []string{"TM-AUTH-MISSING", "TM-BODY-IGNORED-FIELD", "TM-HEADER-ACCEPT"}, codes(seen[2]))
	differ(t, "tickets", before, newBlesta24(t, d.url).read("tickets/grab_all/").body)
}

// TestBlesta20TicketPage: everything on it is a POST, so there is no ticket and no reply, and
// what one writes is gone.
func TestBlesta20TicketPage(t *testing.T) { onEveryEngine(t, blesta20TicketPage) }

func blesta20TicketPage(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b20, d.url)
	before := newBlesta24(t, d.url).read("responses/1").body
	seen := d.during(func() {
		if ticket, ok := c.info("1"); ok {
			t.Errorf("got %+v, want ok false", ticket)
		}
		if !c.reply("1", "1", "Thank you.") {
			t.Error("reply() = false, want true: it does not see that the reply is gone")
		}
		differ(t, "replies", 0, len(c.replies("1")))
		if _, _, ok := c.ticketOf(1, 1); ok {
			t.Error("ticketOf(1, 1) found a ticket, want none")
		}
	})
	differ(t, "requests", []string{"POST /api/tickets/info 401", "POST /api/responses/create 401", "POST /api/responses/get 401",
		"POST /api/tickets/get 401", "POST /api/responses/get 401"}, requests(seen))
	for _, x := range seen {
		want := []string{"TM-AUTH-MISSING", "TM-HEADER-ACCEPT"}
		if x.Path == "/api/tickets/get" { // with client_id
			want = []string{"TM-AUTH-MISSING", "TM-BODY-ALIAS", "TM-HEADER-ACCEPT"}
		}
		differ(t, x.Path, want, codes(x))
	}
	differ(t, "replies", before, newBlesta24(t, d.url).read("responses/1").body)
}

// createdID is the id in an answer of tickets/create.
func createdID(x mock.Exchange) string { return text(at(decoded(x.Response.Body), "id", "id")) }

// TestBlesta20WithoutCredentials is the world that B20 was written for: nobody is asked for
// credentials. It works there, but for its customers' tickets, which become guests'.
func TestBlesta20WithoutCredentials(t *testing.T) { onEveryEngine(t, blesta20WithoutCredentials) }

func blesta20WithoutCredentials(t *testing.T, newDesk deskMaker) {
	d := newDesk(t, func(o *mock.Options) { o.Auth = "off" })
	c := newBlesta(t, b20, d.url)
	if c.connectAccounts(42, "jane.roe@example.com", "8"); linked(t, d) != "42 Blesta" {
		t.Errorf(`got %s, want "42 Blesta"`, linked(t, d))
	}
	if len(c.allDepartments()) == 0 {
		t.Error("allDepartments() = [], want some")
	}
	mine := c.tickets("8")
	seen := d.during(func() {
		c.open(opening{owner: "8", slug: "sales", subject: "Lost", text: "M", priority: "low", email: "jane.roe@example.com", name: "Jane Roe"})
	})
	differ(t, "status", 200, seen[0].Status)
	differ(t, "codes", []string{"TM-BODY-IGNORED-FIELD"}, codes(seen[0]))
	differ(t, "customer 8's tickets", mine, c.tickets("8"))
	ticket, ok := c.info(createdID(seen[0]))
	if !ok || ticket.owner != "0" || ticket.subject != "Lost" {
		t.Errorf(`got %+v; want ok true, owner "0", subject "Lost"`, ticket)
	}

	// The pages of a ticket that exists.
	if !c.reply("1", "1", "Written by 2.0.") {
		t.Error("reply() = false, want true")
	}
	ticket, replies, ok := c.ticketOf(1, 1)
	if !ok || ticket.owner != "1" {
		t.Errorf(`got %+v; want ok true, owner "1"`, ticket)
	}
	differ(t, "last reply", shownReply{by: "Joe Doe", text: "Written by 2.0."}, replies[len(replies)-1])
	seen = d.during(func() {
		if _, _, ok := c.ticketOf(2, 1); ok {
			t.Error("ticketOf(2, 1) found customer 1's ticket, want none")
		}
	})
	differ(t, "status", 403, seen[0].Status)
}
