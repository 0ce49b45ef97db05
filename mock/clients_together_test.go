package mock_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestATicketSeenByEveryClient: B2y opens it, B24 replies to it, CEa closes it, and everybody
// sees it.
func TestATicketSeenByEveryClient(t *testing.T) { onEveryEngine(t, aTicketSeenByEveryClient) }

func aTicketSeenByEveryClient(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	newest, oldest := newBlesta(t, b2y, d.url), newBlesta24(t, d.url)
	early, page := newClientexecA(t, d.url), newClientexecB(t, d.url)

	created := newest.open(opening{owner: "8", slug: "sales", subject: "Seen by all", text: "M", priority: "emergency",
		email: "jane.roe@example.com", name: "Jane Roe"})
	if !created.ok {
		t.Fatalf("got %+v, want ok true", created)
	}
	id := atoi(t, created.id)
	if err := oldest.reply(id, 8, "from 2024"); err != nil {
		t.Fatal(err)
	}
	early.createResponse(id, "from Clientexec", 8)

	everywhere := func(status string) {
		t.Helper()
		ticket, replies, err := oldest.page(id)
		if err != nil {
			t.Fatal(err)
		}
		differ(t, "B24's page", shownTicket{id: created.id, owner: "8", subject: "Seen by all", text: "M",
			status: status, priority: "emergency", department: "Sales"}, ticket)
		differ(t, "B24's replies", []shownReply{{by: "Jane Roe", text: "from 2024"}, {by: "Jane Roe", text: "from Clientexec"}}, replies)
		differ(t, "B2y's replies", replies, newest.replies(created.id))
		mine, err := oldest.list(8)
		if err != nil {
			t.Fatal(err)
		}
		differ(t, "B24's list", listedTicket{created.id, "Seen by all", mine[0].department, "emergency", status}, mine[len(mine)-1])
		for _, action := range []string{"tickets/all/sales", "tickets/grab_all/", "tickets/userticketsbyemail/jane.roe@example.com"} {
			rows, err := oldest.rows(action)
			if err != nil || len(rows) == 0 || !same(at(rows[len(rows)-1], "id"), id) {
				t.Errorf(`%s: got %v, %v; want some rows, same(at(rows[len(rows)-1], "id"), id)`, action, rows, err)
			}
		}
		for _, p := range []plugin{b20, b21, b2x, b2y} {
			rows := newBlesta(t, p, d.url).tickets("8")
			differ(t, p.tag+"'s list", listedTicket{created.id, "Seen by all", "1", "emergency", status}, rows[len(rows)-1])
		}
		rows, _ := page.page("8")
		differ(t, "CEb's list", listedTicket{id: created.id, subject: "Seen by all", status: status}, rows[len(rows)-1])
		ticket1 := at(early.ask(fmt.Sprint("tickets/get/8/", id)), "tickets")
		differ(t, "CEa's page", "Seen by all "+status, text(at(ticket1, "subject"))+" "+text(at(ticket1, "status")))
	}
	everywhere("open")
	early.closeTicket(8, id)
	everywhere("closed")
}

// TestUserIDAndCustomerID: the same ticket with user_id, with customer_id and with both. Only
// customer_id makes it the customer's.
func TestUserIDAndCustomerID(t *testing.T) { onEveryEngine(t, userIDAndCustomerID) }

func userIDAndCustomerID(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for owner, want := range map[string]string{
		`"user_id":"8"`:                   "0",
		`"customer_id":"8"`:               "8",
		`"customer_id":8,"user_id":"1"`:   "8",
		`"customer_id":"0","user_id":"8"`: "0",
	} {
		d.Reset()
		got := d.ask(t, postJSON("/api/tickets/create", "{"+owner+`,"subject":"S","message":"M","priority":"low",`+
			`"department_slug":"sales","public_email":"jane.roe@example.com","public_name":"Jane Roe"}`))
		if got.status != 200 {
			t.Fatalf("%s: got %d %s, want 200", owner, got.status, got.body)
		}
		ignored := []string{}
		if strings.Contains(owner, "user_id") {
			ignored = append(ignored, "TM-BODY-IGNORED-FIELD")
		}
		differ(t, owner, ignored, codes(got.entry))
		id := text(field(t, got.body, "id", "id"))
		ticket, _ := newBlesta(t, b2y, d.url).info(id)
		differ(t, owner, want, ticket.owner)
		isMine, err := newBlesta24(t, d.url).belongs(atoi(t, id), 8)
		if err != nil {
			t.Error(err)
		}
		differ(t, owner, want == "8", isMine)
	}
}

// TestALinkSeenByEveryClient: whoever makes it, everybody reads it, and the next one writes
// over it.
func TestALinkSeenByEveryClient(t *testing.T) { onEveryEngine(t, aLinkSeenByEveryClient) }

func aLinkSeenByEveryClient(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	jane := billingClient{50, "jane.roe@example.com", "Jane Roe"}
	for _, link := range []struct {
		by   string
		make func()
		want string
	}{
		{"B21 connects", func() { newBlesta(t, b21, d.url).connectAccounts(41, jane.email, "8") }, "41 Blesta"},
		{"B2y links", func() { newBlesta(t, b2y, d.url).linkClient(jane, true) }, "50 blesta"},
		{"CEa assigns, and leaves the system", func() { newClientexecA(t, d.url).assignBillingID(8, 43) }, "43 blesta"},
		{"CEc syncs", func() { newClientexecC(t, d.url).sync(44, jane.name, jane.email, "Roe Ltd") }, "44 clientexec"},
	} {
		link.make()
		differ(t, link.by, link.want, linked(t, d))
		rows, err := newBlesta24(t, d.url).rows("clients/8")
		if err != nil {
			t.Error(err)
		}
		differ(t, link.by+", as B24 reads it", link.want, text(at(rows, 0, "billing_id"))+" "+text(at(rows, 0, "billing_system")))
	}
}

// TestJSONWithoutAccept is bug 13: a stock Laravel would redirect the clients that do not
// ask for JSON, and the old ones take that for success. The mock tells them in JSON.
func TestJSONWithoutAccept(t *testing.T) { onEveryEngine(t, jSONWithoutAccept) }

func jSONWithoutAccept(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range []plugin{b20, cea, ceb} {
		c := install(t, p, d.url)
		c.key = "wrong"
		for method, h := range map[string]heard{
			"GET":  c.read("customers/get/8"),
			"POST": c.send("tickets/info", phpArray{{"ticket_id", 1}}),
		} {
			differ(t, p.tag+" "+method, heard{401, notAuthenticated}, h)
			if was := c.judge(method, h); was == asSuccess || was == asDecoded {
				t.Errorf("%s %s: got %s; want was other than %q, was other than %q", p.tag, method, was, asSuccess, asDecoded)
			}
		}
	}
}
