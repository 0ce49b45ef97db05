package console_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// quote returns a string as JSON, with < as it is.
func quote(t *testing.T, text string) string {
	t.Helper()
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(quoted.String())
}

// TestFaults are switched on, counted, and off again in one click.
func TestFaults(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/faults")
	p.see("select", "getCustomer")
	p.fill("Operation", "getCustomer")
	p.fill("Status", "503")
	p.click("main button", "Add")
	p.see("tbody tr", "getCustomer", "503", "always")
	send(t, server, "GET", "/api/customers/get/8", "")
	if got := server.Journal()[0].Status; got != 503 {
		t.Errorf("got status %d with the fault, want 503", got)
	}
	p.click("button", "All off")
	p.see("main", "No requests fail.")
	send(t, server, "GET", "/api/customers/get/8", "")
	if got := server.Journal()[0].Status; got != 200 {
		t.Errorf("got status %d without the fault, want 200", got)
	}
}

// TestWorlds are created, copied, watched and deleted.
func TestWorlds(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/tickets/create", ticket)
	p := open(t, server.URL, "#/worlds")
	p.fill("Name", "blue")
	p.click("button", "Create")
	p.see("tbody tr", server.URL+"/w/blue", "admin@ticaga.test", mock.DefaultToken)
	p.click(`[aria-label="Copy token of world blue"]`, "")
	p.see(".message", "Token copied")
	if got := p.clipboard(); got != mock.DefaultToken {
		t.Errorf("got the token %q copied, want %q", got, mock.DefaultToken)
	}
	p.fill("Name", "copy")
	p.fill("Begins as", "from:default")
	p.click("button", "Create")
	p.see("tbody tr", server.URL+"/w/copy")
	p.click(`[aria-label="Watch world copy"]`, "")
	p.see("tr.selected", "copy")
	p.click("nav a", "Help desk")
	p.see("tbody tr", "The printer is on fire")
	p.click("nav a", "Live")
	send(t, server, "GET", "/w/copy/api/customers/get/8", "")
	p.see(".row[data-id]", "/w/copy/api/customers/get/8")
	p.click("nav a", "Worlds")
	p.click(`[aria-label="Delete world copy"]`, "")
	p.click(`[aria-label="Yes, delete world copy"]`, "")
	p.gone("tbody tr", "/w/copy")
	p.see("tr.selected", "default")
}

// TestDeletedWorld: the page says that its world is gone, on whichever page one is, and goes on when there is one again.
func TestDeletedWorld(t *testing.T) {
	server := start(t)
	send(t, server, "GET", "/w/blue/api/customers/get/8", "")
	p := open(t, server.URL, "?world=blue#/desk", "/_mock/worlds/blue") // which is gone
	p.see("tbody tr", "Cannot upgrade my plan")
	p.see(".connection.good")
	send(t, server, "DELETE", "/_mock/worlds/blue", "")
	p.see("[role=alert]", "There is no world blue any more.")
	send(t, server, "GET", "/w/blue/api/customers/get/8", "")
	p.gone("[role=alert]", "")
	p.see(".connection.good")
	send(t, server, "DELETE", "/_mock/worlds/blue", "")
	p.click("button", "Watch default")
	p.see(".connection.good")
	p.gone("[role=alert]", "")
	if got := js[string](p, `return document.querySelector('header select').value`); got != "default" {
		t.Errorf("got the world %q, want default", got)
	}
	p.do(chromedp.EmulateViewport(390, 844))
	p.click("header nav a", "Help desk")
	js[bool](p, `location.hash = '#/contracts'; return true`)
	if !js[bool](p, `return !!await until(() => { const r = find('header nav a[aria-current]', 'Contracts')?.getBoundingClientRect(); return r && r.left >= 0 && r.right <= innerWidth; }, 5000)`) {
		t.Error("the menu of a narrow screen does not show the page, want that it does")
	}
}

// TestTryIt calls an operation from its page.
func TestTryIt(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/api", "/api/customers/assign") // is refused
	p.click(".contents a", "assignBillingId")
	p.see("h1", "assignBillingId")
	p.see(".operation", "documented", "D1", "required")
	p.click("form button", "Send")
	p.see(".answer", "200")
	p.fill("Body", `{"ticaga_id": 8}`)
	p.click("form button", "Send")
	p.see(".answer", "422", "violations", "The billing id field is required.")
	p.click("form button", "Copy curl")
	p.see(".message", "curl copied")
	if got := p.clipboard(); !strings.Contains(got, "curl -X POST '"+server.URL+"/api/customers/assign'") {
		t.Errorf("got %s, want a curl command", got)
	}
}

// TestAccountLink plays all endings, each from the data at the start, and says no more than it knows when requests fail.
func TestAccountLink(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/story", "/api/customers/")
	for _, one := range []struct {
		title, faults, ends string
		requests            int
	}{
		{"It works", "", "the accounts are linked", 2},
		{"Another e-mail address", "", "Stop: it may be somebody else", 1},
		{"An unknown customer", "", "Stop: there is no such customer", 1},
		{"A plugin without credentials", "", "Stop: the link was refused", 2},
		{"It works", `[{"status": 503}]`, "Stop: the answer is not a customer", 1},
		{"It works", `[{"fault": "html"}]`, "Stop: the answer is not a customer", 1},
	} {
		send(t, server, "POST", "/_mock/reset", "")
		if err := server.FaultJSON(one.faults); err != nil {
			t.Fatal(err)
		}
		p.visit("#/story") // without the steps of the one before
		p.click("a", one.title)
		p.see(".steps li", one.ends)
		if got := len(server.Journal()); got != one.requests {
			t.Errorf("%s%s: got %d requests, want %d", one.title, one.faults, got, one.requests)
		}
	}
}

// TestBrokenAddress: an address that nobody can decode shows a page all the same, and a broken connection says so.
func TestBrokenAddress(t *testing.T) {
	server := start(t)
	if err := server.Fault(mock.FaultRule{Fault: "reset"}); err != nil {
		t.Fatal(err)
	}
	p := open(t, server.URL, "#/desk/%E0%A4%A", "/api/")
	p.see("tbody tr", "Cannot upgrade my plan")
	p.visit("#/story/success")
	p.see(".message.bad", "GET /api/customers/get/8 got no complete answer")
}

// TestContracts records what was sent.
func TestContracts(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/customers/assign", assign)
	p := open(t, server.URL, "#/contracts")
	p.fill("Consumer", "my-plugin")
	p.click("button", "Record")
	p.see("h3", "1 interaction", "no findings")
	p.click("summary", "Show the file")
	p.see("pre", `"my-plugin"`)
}
