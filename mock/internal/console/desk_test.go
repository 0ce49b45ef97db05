package console_test

import (
	"strings"
	"testing"
)

const ticket = `{"department_id": 1, "customer_id": 8, "subject": "The printer is on fire", "message": "Please hurry.", "priority": "high", "organize": "blesta"}`

// TestTicketArrives: a plugin opens a ticket, and whoever looks at the inbox sees it arrive, with a glow.
func TestTicketArrives(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/desk")
	p.see("tbody tr", "Cannot upgrade my plan")
	p.see(".connection.good")
	send(t, server, "POST", "/api/tickets/create", ticket)
	p.see("tbody tr.glow", "The printer is on fire", "Jane Roe", "high")
}

// TestTicketIsAnswered: staff answers, adds a note, and closes; the API shows what a customer may see.
func TestTicketIsAnswered(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/desk")
	p.click("tbody a", "Cannot upgrade my plan")
	p.see(".thread li", "It happens in two browsers.")
	p.fill("Answer as staff", "We have fixed it.")
	p.click("button", "Reply")
	p.see(".thread li.staff", "We have fixed it.")
	p.fill("Answer as staff", "Was our own mistake.")
	p.click("button", "Add a note")
	p.see(".thread li.internal", "Was our own mistake.")
	p.click("button", "Close the ticket")
	p.see("aside", "closed", "Open again")
	shown := send(t, server, "GET", "/api/responses/get/1", "")
	if !strings.Contains(shown, "We have fixed it.") {
		t.Errorf("got %s from the API, want containing the reply", shown)
	}
	if shown := send(t, server, "GET", "/api/tickets/get/1/1", ""); !strings.Contains(shown, `"closed"`) {
		t.Errorf("got %s from the API, want a closed ticket", shown)
	}
}

// TestCustomers are added with what matters, edited and deleted.
func TestCustomers(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/state")
	p.click("a", "Add a customer")
	p.fill("Company", "Typed for another customer")
	js[bool](p, `location.hash = '#/state/customers/5'; return true`)
	p.see("form h1", "Edit customer 5")
	if got := js[string](p, `return field('Company').value`); got != "" {
		t.Errorf("got the company %q, want none of what was typed into another form", got)
	}
	p.click("a", "Cancel")
	p.click("a", "Add a customer")
	p.fill("Name", "Grace Hopper")
	p.fill("E-mail", "grace@example.com")
	p.click("main button", "Add")
	p.see("tbody tr", "Grace Hopper", "grace@example.com")
	p.click("tbody tr:first-child a", "Edit")
	p.see("form h1", "Edit customer")
	p.fill("Company", "Navy")
	p.click("main button", "Save")
	p.see("tbody tr", "Grace Hopper", "Navy")
	p.click("tbody tr:first-child button", "Delete")
	p.click("tbody tr:first-child button", "Yes, delete")
	p.gone("tbody tr", "Grace Hopper")
}

// TestSnapshots: what is kept comes back, and reset goes back to the scenario.
func TestSnapshots(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/tickets/create", ticket)
	p := open(t, server.URL, "#/state/tickets")
	p.see("tbody tr", "The printer is on fire")
	p.fill("Keep as", "on-fire")
	p.click("button", "Keep")
	p.see(".snapshots li", "on-fire")
	p.click("button", "Reset to the scenario")
	p.gone("tbody tr", "The printer is on fire")
	p.click(".snapshots button", "Restore")
	p.see("tbody tr", "The printer is on fire")
	p.click(".snapshots button", "Delete")
	p.click(".snapshots button", "Yes, delete")
	p.gone(".snapshots li", "on-fire")
}

// TestHostileText: what a request contains is text on every page, however long and odd it is.
func TestHostileText(t *testing.T) {
	server := start(t)
	const hostile = `<script>document.title='broken'</script><img src=x onerror="document.title='broken'">` + "\u202egnp.exe\u2066 ${document.title='broken'}"
	long := strings.Repeat("long ", 20_000)
	for _, body := range []string{
		`{"department_id": 1, "customer_id": 8, "subject": ` + quote(t, hostile) + `, "message": ` + quote(t, hostile+long) + `, "priority": "low", "organize": "blesta"}`,
		`{"ticaga_id": ` + quote(t, hostile) + `, "billing_system": ` + quote(t, hostile) + `, ` + quote(t, hostile) + `: 1}`,
	} {
		path := "/api/customers/assign"
		if strings.Contains(body, "subject") {
			path = "/api/tickets/create"
		}
		send(t, server, "POST", path, body)
	}
	send(t, server, "PATCH", "/_mock/worlds/default/customers/8", `{"name": `+quote(t, hostile)+`, "company": `+quote(t, hostile)+`}`)
	p := open(t, server.URL, "#/live", "/api/")
	const shown = `<img src=x`
	for _, one := range []struct{ at, selector, text string }{
		{"#/live", ".row[data-id]", "createTicket"}, {"#/live/1", ".detail pre", shown}, {"#/live/2", ".violation", shown},
		{"#/desk", "tbody tr", shown}, {"#/desk/tickets/" + lastTicket(p), ".ticket h1", shown}, {"#/desk/customers", "tbody tr", shown},
		{"#/state/tickets", "tbody tr", shown}, {"#/state", "tbody tr", shown}, {"#/state/customers/8", "form h1", "Edit"},
		{"#/story/success", ".steps li", shown}, {"#/worlds", "tbody tr", "default"}, {"#/faults", "h1", "Faults"}, {"#/contracts", "h1", "Contracts"},
	} {
		p.turn(one.at)
		p.see(one.selector, one.text)
		if got := js[string](p, `return document.title + document.querySelectorAll('main script, main img').length`); !strings.HasSuffix(got, "ticaga-mock0") {
			t.Errorf("%s: got title and markup %q, want none from the request", one.at, got)
		}
		if wide := js[int](p, `return document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("%s: got a page that is %d pixels too wide", one.at, wide)
		}
	}
}

func lastTicket(p *tab) string {
	p.t.Helper()
	return js[string](p, `const { tickets } = await (await fetch('/_mock/worlds/default/state')).json(); return String(tickets.at(-1).id)`)
}
