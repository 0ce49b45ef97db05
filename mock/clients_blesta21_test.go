package mock_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestBlestaTicketPage is a ticket's life in B21, B2x and B2y: form, list, page, reply, page.
func TestBlestaTicketPage(t *testing.T) { onEveryEngine(t, blestaTicketPage) }

func blestaTicketPage(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range since21 {
		t.Run(p.tag, func(t *testing.T) {
			d.Reset()
			c := newBlesta(t, p, d.url)
			before := c.tickets("8")
			seen := d.during(func() {
				if !slices.Contains(c.priorities("sales"), "high") {
					t.Errorf("priorities(sales) = %q, want high among them", c.priorities("sales"))
				}
			})
			differ(t, "requests", []string{"GET /api/departments/get/sales 200"}, requests(seen))

			var ticket opened
			seen = d.during(func() {
				ticket = c.open(opening{owner: "8", slug: "sales", subject: "Größe & \"mehr\"", text: "a/b\n<b>c</b>", priority: "high",
					cc: "a@example.com,b@example.com", email: "jane.roe@example.com", name: "Jane Roe"})
			})
			if !ticket.ok || ticket.hash == "" || ticket.code == "" {
				t.Fatalf("got %+v; want ok true, hash not empty, code not empty", ticket)
			}
			differ(t, "codes", []string{}, codes(seen[0]))

			rows := c.tickets("8")
			differ(t, "list", append(before, listedTicket{ticket.id, "Größe & \"mehr\"", "1", "high", "open"}), rows)

			seen = d.during(func() {
				shown, ok := c.info(ticket.id)
				want := shownTicket{id: ticket.id, owner: "8", name: "Jane Roe", guest: "Jane Roe", subject: "Größe & \"mehr\"", text: "a/b\n<b>c</b>", created: shown.created}
				if c.since(b2x) {
					want.ratings = true
				}
				if c.since(b2y) {
					want.status, want.priority, want.department = "open", "high", "Sales"
					want.code, want.hash, want.rating = ticket.code, ticket.hash, "0"
				}
				if !ok || shown.created == "" {
					t.Errorf("no ticket, or no date; got ok %v; want ok true, created not empty", ok)
				}
				differ(t, "page", want, shown)
				if !c.reply(ticket.id, "8", "One more thing") {
					t.Error("reply() = false, want true")
				}
				differ(t, "replies", []shownReply{{by: "Jane Roe", text: "One more thing"}}, c.replies(ticket.id))
			})
			differ(t, "requests", []string{"POST /api/tickets/info 200", "POST /api/responses/create 200", "POST /api/responses/get 200"}, requests(seen))
			for _, x := range seen {
				differ(t, x.Path, []string{}, codes(x))
			}
			seen = d.during(func() { // a null name is no fault
				form := opening{owner: "8", slug: "sales", subject: "S", text: "M", priority: "low", email: "jane.roe@example.com"}
				if nameless := c.open(form); !nameless.ok {
					t.Errorf("got %+v, want ok true", nameless)
				}
			})
			differ(t, "codes", []string{}, codes(seen[0]))
			owned, replies, ok := c.ticketOf(8, atoi(t, ticket.id))
			if !ok || owned.id != ticket.id || len(replies) != 1 {
				t.Errorf("got %+v, %+v; want ok true, id %q, len(replies) 1", owned, replies, ticket.id)
			}
		})
	}
}

// TestBlesta2yTicketPage goes on where the others end: rate, close, reply once more.
func TestBlesta2yTicketPage(t *testing.T) { onEveryEngine(t, blesta2yTicketPage) }

func blesta2yTicketPage(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b2y, d.url)
	created := c.open(opening{owner: "8", slug: "sales", subject: "S", text: "M", priority: "critical", // was removed
		email: "jane.roe@example.com", name: "Jane Roe", serviceID: "7", serviceName: "VPS 2"})
	if !created.ok {
		t.Fatalf("got %+v, want ok true", created)
	}
	id := atoi(t, created.id)
	page := func() string {
		shown, _ := c.info(created.id)
		return shown.status + " " + shown.priority + " " + shown.rating
	}
	differ(t, "page", "open none 0", page())
	for _, stars := range []int{4, 0, 5} {
		if !c.rate(id, stars, 8) {
			t.Errorf("rate(%d stars) = false, want true", stars)
		}
		differ(t, "page", fmt.Sprint("open none ", stars), page())
	}
	seen := d.during(func() {
		if c.rate(id, 6, 8) {
			t.Error("rate(6 stars) = true, want false")
		}
	})
	differ(t, "status", 422, seen[0].Status)
	for range 2 { // closing again succeeds again
		if !c.close(id, 8) {
			t.Error("close() = false, want true")
		}
		differ(t, "page", "closed none 5", page())
	}
	differ(t, "list", "closed", c.tickets("8")[len(c.tickets("8"))-1].status)
	if !c.reply(created.id, "8", "Not quite.") {
		t.Error("reply() = false, want true")
	}
	differ(t, "page", "open none 5", page())
	if c.live() {
		t.Error("live() = true, want false")
	}
}

// TestBlestaGuest: a guest's ticket has the owner "0", in the form, on the page and when it is
// closed.
func TestBlestaGuest(t *testing.T) { onEveryEngine(t, blestaGuest) }

func blestaGuest(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b2y, d.url)
	guest := opening{owner: "0", slug: "general", subject: "S", text: "M", priority: "none", email: "g@example.com", name: "G. Uest"}
	created := c.open(guest)
	shown, ok := c.info(created.id)
	if !created.ok || !ok || shown.owner != "0" || shown.name != "G. Uest" || shown.guest != "G. Uest" || shown.hash != created.hash {
		t.Fatalf(`got %+v, %+v; want ok true, ok true, owner "0", name "G. Uest", guest "G. Uest", hash %q`, created, shown, created.hash)
	}
	if !c.reply(created.id, "0", "hi") || !c.close(atoi(t, created.id), "0") {
		t.Error("reply() or close() of a guest = false, want true")
	}
	differ(t, "replies", []shownReply{{by: "G. Uest", text: "hi"}}, c.replies(created.id))
	guest.slug = "support" // for customers only
	if got := c.open(guest); got.ok || got.complaint == "" {
		t.Errorf("got %+v; want ok false, complaint not empty", got)
	}
}

// TestBlestaCustomFields: a map of fields comes back as a list with their names; no fields are
// an empty array, which is what PHP makes of them.
func TestBlestaCustomFields(t *testing.T) { onEveryEngine(t, blestaCustomFields) }

func blestaCustomFields(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range []plugin{b2x, b2y} {
		d.Reset()
		c := newBlesta(t, p, d.url)
		form := opening{owner: "8", slug: "domains", subject: "S", text: "M", priority: "low", email: "jane.roe@example.com", name: "Jane Roe"}
		form.fields = phpArray{{"domain", "roe.example"}, {"products", []string{"dns", "mail"}}}
		created := c.open(form)
		shown, ok := c.info(created.id)
		if !created.ok || !ok {
			t.Fatalf("%s: got ticket %+v, shown %t; want ok and shown", p.tag, created, ok)
		}
		differ(t, p.tag, []string{"Domain: roe.example", "Products: dns mail"}, shown.fields)

		form.slug, form.fields = "sales", nil
		created = c.open(form)
		if shown, ok = c.info(created.id); !created.ok || !ok {
			t.Fatalf("%s: got ticket %+v, shown %t; want ok and shown", p.tag, created, ok)
		}
		differ(t, p.tag, 0, len(shown.fields))
	}
}

// TestBlestaPages of tickets that are another customer's, or nobody's.
func TestBlestaPages(t *testing.T) { onEveryEngine(t, blestaPages) }

func blestaPages(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	for _, p := range since21 {
		t.Run(p.tag, func(t *testing.T) {
			d.Reset()
			c := newBlesta(t, p, d.url)
			shown, replies, ok := c.ticketOf(1, 1)
			if !ok || shown.owner != "1" || shown.name != "Joe Doe" {
				t.Errorf(`got %+v; want ok true, owner "1", name "Joe Doe"`, shown)
			}
			staff := []bool{}
			for _, r := range replies {
				staff = append(staff, r.staff)
			}
			differ(t, "replies by staff", []bool{false, true, false}, staff) // and a note, which is not shown
			if replies[1].by != "Demo Admin" {
				t.Errorf(`got %+v, want "Demo Admin"`, replies[1])
			}

			var seen []mock.Exchange
			for _, try := range []struct {
				customer, ticket, status int
				body                     string
			}{{2, 1, 403, `{"message":"This action is unauthorized."}`}, {1, 9999, 404, `{"error":"Ticket not found"}`}} {
				seen = d.during(func() {
					if shown, _, ok := c.ticketOf(try.customer, try.ticket); ok {
						t.Errorf("got %+v, want ok false", shown)
					}
					id := fmt.Sprint(try.ticket)
					if sent := c.reply(id, fmt.Sprint(try.customer), "Mine!"); sent != !c.since(b2x) {
						t.Errorf("reply sent: got %v, want %v", sent, !c.since(b2x))
					}
					if c.since(b2y) && (c.rate(try.ticket, 1, try.customer) || c.close(try.ticket, try.customer)) {
						t.Error("rate() or close() of a foreign ticket = true, want false")
					}
				})
				for _, x := range seen {
					if x.Operation != "listResponses" && (x.Status != try.status || x.Response.Body != try.body) {
						t.Errorf("%s: got %d %s, want %d %s", x.Operation, x.Status, x.Response.Body, try.status, try.body)
					}
				}
			}
			if _, ok := c.info("9999"); ok || len(c.replies("9999")) > 0 || len(c.tickets("9999")) > 0 {
				t.Errorf(`there is something of ticket or customer 9999; got ok %v; want ok false, no c.replies("9999"), no c.tickets("9999")`, ok)
			}
			if rows := c.tickets("1"); len(rows) == 0 || rows[0].id != "1" {
				t.Errorf(`got %+v; want some rows, id "1"`, rows)
			}
		})
	}
}

// TestBlesta21SeesNoTicket: 422 is a success for B21, which then looks for an id in vain.
func TestBlesta21SeesNoTicket(t *testing.T) { onEveryEngine(t, blesta21SeesNoTicket) }

func blesta21SeesNoTicket(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b21, d.url)
	var got opened
	seen := d.during(func() { got = c.open(opening{owner: "8", slug: "retired", subject: "S", text: "M", priority: "low"}) })
	differ(t, "status", 422, seen[0].Status)
	differ(t, "outcome", asSuccess, c.judge("POST", heard{422, seen[0].Response.Body}))
	differ(t, "ticket", opened{}, got)
}

// TestBlesta2yComplaint is bug 12: what B2y shows of a refusal, in the mock's words and in
// those of servers that the mock does not imitate.
func TestBlesta2yComplaint(t *testing.T) { onEveryEngine(t, blesta2yComplaint) }

func blesta2yComplaint(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b2y, d.url)
	good := opening{owner: "8", slug: "sales", subject: "S", text: "M", priority: "low", email: "jane.roe@example.com", name: "Jane Roe"}
	for name, try := range map[string]struct {
		change func(*opening)
		status int
		shows  string
	}{
		"no subject":        {func(o *opening) { o.subject = "" }, 422, "The subject field is required."},
		"no subject, text":  {func(o *opening) { o.subject, o.text = "", " " }, 422, "The subject field is required. The message field is required."},
		"unknown customer":  {func(o *opening) { o.owner = "99" }, 401, "User not authenticated"},
		"disabled":          {func(o *opening) { o.slug = "retired" }, 422, ""},
		"unknown slug":      {func(o *opening) { o.slug = "nowhere" }, 422, ""},
		"too high":          {func(o *opening) { o.slug, o.priority = "billing", "emergency" }, 422, ""},
		"no e-mail address": {func(o *opening) { o.email = "nobody" }, 422, ""},
	} {
		t.Run(name, func(t *testing.T) {
			form := good
			try.change(&form)
			var got opened
			seen := d.during(func() { got = c.open(form) })
			if got.ok || got.complaint == "" || seen[0].Status != try.status {
				t.Errorf("got %d, %+v; want ok false, complaint not empty, status %d", seen[0].Status, got, try.status)
			}
			if try.shows != "" {
				differ(t, name, try.shows, got.complaint)
			}
			if got, want := slices.Contains(codes(seen[0]), "TM-BODY-REQUIRED"), form.subject == ""; got != want {
				t.Errorf("got violations %q, want TM-BODY-REQUIRED among them: %t", codes(seen[0]), want)
			}
		})
	}
	for _, try := range []struct {
		answer heard
		shows  string
	}{
		{heard{422, `{"message":"M","error":"E","errors":{"a":["A1","A2"],"b":["B"]}}`}, "A1 A2 B"},
		{heard{400, `{"message":"M","error":"E"}`}, "E"},
		{heard{400, `{"message":"M","error":{"code":7}}`}, `{"code":7}`},
		{heard{500, `{"message":"Server Error"}`}, "Server Error"},
		{heard{502, `<html>`}, ""},
	} {
		got := newBlesta(t, b2y, newParrot(t, try.answer).url).open(good)
		differ(t, try.answer.body, opened{complaint: try.shows}, got)
	}
}

// TestBlestaCriticalPriority is the priority that B21 offers and that B2y removed.
func TestBlestaCriticalPriority(t *testing.T) { onEveryEngine(t, blestaCriticalPriority) }

func blestaCriticalPriority(t *testing.T, newDesk deskMaker) {
	d := newDesk(t)
	c := newBlesta(t, b21, d.url)
	var got opened
	seen := d.during(func() {
		got = c.open(opening{owner: "8", slug: "sales", subject: "S", text: "M", priority: "critical", email: "jane.roe@example.com", name: "Jane Roe"})
	})
	if !got.ok {
		t.Fatalf("got %+v, want ok true", got)
	}
	differ(t, "codes", []string{"TM-BODY-SPELLING"}, codes(seen[0]))
	differ(t, "priority", "critical", c.tickets("8")[len(c.tickets("8"))-1].priority)
}

// TestBlestaLongMessage: above a mebibyte curl asks before it sends the body, and has its
// answer at once, whichever it is.
func TestBlestaLongMessage(t *testing.T) { onEveryEngine(t, blestaLongMessage) }

func blestaLongMessage(t *testing.T, newDesk deskMaker) {
	form := opening{owner: "8", slug: "sales", subject: "S", text: strings.Repeat("x", curlContinues+1), priority: "low", email: "jane.roe@example.com", name: "Jane Roe"}
	small := newBlesta(t, b2y, newDesk(t, func(o *mock.Options) { o.MaxBody = curlContinues }).url)
	differ(t, "refused", opened{complaint: "The POST data is too large."}, small.open(form))
	large := newBlesta(t, b2y, newDesk(t).url)
	got := large.open(form)
	if shown, ok := large.info(got.id); !got.ok || !ok || shown.text != form.text {
		t.Errorf("%+v, %d bytes; want ok true, ok true, text %q", got, len(shown.text), form.text)
	}
}
