package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/chromedp"
)

// TestTwoBrowsers: what one of them does glows in the other one, on each page that shows it, and the staff's choices are
// those that the API answers with.
func TestTwoBrowsers(t *testing.T) {
	server := start(t)
	one, other := open(t, server.URL, "#/desk"), open(t, server.URL, "#/desk/tickets/1", "/default/tickets/1", "/default/customers/1") // which will be gone
	other.see(".connection.good")
	one.see(".connection.good")
	one.see("tbody tr", "Cannot upgrade my plan", "Demo Admin")
	other.see(".thread li", "It happens in two browsers.")
	other.fill("Priority", "emergency")
	one.see("tbody tr.glow", "Cannot upgrade my plan", "emergency")
	other.fill("Assigned to", "9002")
	one.see("tbody tr.glow", "Cannot upgrade my plan", "Second Agent")
	other.fill("Department", "3")
	one.see("tbody tr.glow", "Cannot upgrade my plan", "Billing")
	other.fill("Status", "on_hold")
	one.see("tbody tr.glow", "Cannot upgrade my plan", "on hold")
	if got := send(t, server, "GET", "/api/tickets/get/1/1", ""); !strings.Contains(got, `"emergency"`) || !strings.Contains(got, `"on_hold"`) {
		t.Errorf("got %s from the API, want what the staff chose", got)
	}
	one.click("tbody a", "Cannot upgrade my plan")
	one.see("h1", "Cannot upgrade my plan")
	one.fill("Answer as staff", "It works again.")
	one.click("button", "Reply")
	other.see(".thread li.glow", "It works again.", "Demo Admin", "staff")

	one.click("nav a", "State")
	one.see(".card", "a small help desk")
	one.fill("Scenario", "empty")
	one.click("button", "Load")
	other.see(".empty", "There is no ticket 1 any more.")
	other.click("a", "All tickets")
	other.see(".empty", "There is no such ticket.")
	one.click("button", "Reset to the scenario")
	one.see(".card", "an administrator, and nothing else")
	one.fill("Scenario", "guest-tickets")
	one.see(".card", "tickets of guests in each status")
	one.click("button", "Load")
	other.see("tbody tr", "guest")
}

// TestRefusals: what the mock says about a value is shown at its field, and what is about no field above the form.
func TestRefusals(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/state/customers/new", "/_mock/") // is refused
	for _, one := range []struct{ at, label, value, button, said string }{
		{"#/state/customers/new", "E-mail", "joedoe@example.com", "Add", "customer 1 has this e-mail address"},
		{"#/state/customers/8", "E-mail", "no", "Save", "wrong format"},
		{"#/state/tickets/new", "Customer", "99", "Add", "there is no customer 99"},
		{"#/state/tickets/1", "Status", "shut", "Save", "closed"},
		{"#/state/departments/new", "Slug", "support", "Add", "department 2 has this slug"},
		{"#/state/responses/new", "Ticket", "99", "Add", "there is no ticket 99"},
		{"#/state/staff/9001", "Role", "none", "Save", "the first staff member must have staff rights"},
		{"#/worlds", "Name", "Blue World", "Create", "must be 1 to 63 lowercase letters"},
		{"#/worlds", "Name", "default", "Create", `world "default" already exists`},
		{"#/faults", "Status", "99", "Add", "must be 400 to 599"},
		{"#/faults", "Times", "-1", "Add", "must be 0 (always) or greater"},
		{"#/faults", "Probability, %", "300", "Add", "must be more than 0 and at most 1"},
		{"#/state", "Keep as", "No Name", "Keep", "must be 1 to 63 lowercase letters"},
	} {
		if js[string](p, `return location.hash`) == one.at {
			p.visit(one.at)
		}
		p.turn(one.at)
		p.fill(one.label, one.value)
		p.click("main button", one.button)
		p.see(".wrong, [role=alert]", one.said)
		if !strings.HasPrefix(one.at, "#/worlds") && one.label != "Keep as" && !js[bool](p, `return field(%v).getAttribute('aria-invalid') === 'true' && !!document.getElementById(field(%[1]v).getAttribute('aria-describedby'))`, one.label) {
			t.Errorf("%s: got a field %s that is not marked as wrong, want one that is", one.at, one.label)
		}
	}
}

// TestUploadedPact: the verdict is shown with its places, whatever the file is.
func TestUploadedPact(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/contracts", "/_mock/pact/check")
	p.see("tbody tr", "blesta-2.1-ticaga.json")
	const pact = `{"consumer": {"name": "<img src=x onerror=alert(1)>"}, "provider": {"name": "ticaga"}, "metadata": {"pactSpecification": {"version": "3.0.0"}},
"interactions": [{"description": "<script>document.title='broken'</script>", "request": {"method": "GET", "path": "/api/customer/get/8", "headers": {"Authorization": "Bearer demo-token", "Accept": "application/json"}}, "response": {"status": 200}}]}`
	for _, one := range []struct{ name, content, selector, said string }{
		{"wrong.json", pact, ".result .violation", "2:"},
		{"right.json", strings.ReplaceAll(pact, "/customer/", "/customers/"), ".result", "no findings"},
		{"broken.json", "{\n", "[role=alert]", `broken.json is not a pact: line 2`},
		{"deep.json", strings.Repeat("[", 200_000), "[role=alert]", "deep.json is not a pact"},
		{"large.json", strings.Repeat(" ", 10<<20), "[role=alert]", "large.json has 10.0 MiB"},
		{"empty.json", "", "[role=alert]", "empty.json is not a pact"},
	} {
		path := filepath.Join(t.TempDir(), one.name)
		if err := os.WriteFile(path, []byte(one.content), 0o644); err != nil {
			t.Fatal(err)
		}
		choose(p, `input[name="pact"]`, path)
		p.see(one.selector, one.said)
	}
	p.see("main", "Known pacts")
	if got := js[string](p, `return document.title + document.querySelectorAll('main img, main script').length`); !strings.HasSuffix(got, "ticaga-mock0") {
		t.Errorf("got title and markup %q, want none from the pact", got)
	}
}

// choose chooses a file in a form.
func choose(p *tab, selector, path string) {
	p.t.Helper()
	document, err := chromedp.Call(p.ctx, dom.GetDocument, dom.GetDocumentParams{})
	if err != nil {
		p.t.Fatal(err)
	}
	found, err := chromedp.Call(p.ctx, dom.QuerySelector, dom.QuerySelectorParams{NodeID: document.Root.NodeID, Selector: selector})
	if err != nil {
		p.t.Fatal(err)
	}
	call(p, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{path}, NodeID: found.NodeID})
}

// TestManyTickets: with 10,000 tickets, each new one is seen to arrive, and others are found. How long it takes is logged.
func TestManyTickets(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/_mock/reset", `{"scenario": "busy"}`)
	p := open(t, server.URL, "#/desk")
	p.see("main", "The first 100 of 10,0")
	for _, at := range []string{"#/desk", "#/state/tickets"} {
		p.visit(at)
		p.see("main", "The first 100 of 10,0")
		p.see(".connection.good")
		took := js[[]float64](p, `let longest = 0, at = performance.now(), goes = true;
			requestAnimationFrame(function frame(now) { longest = Math.max(longest, now - at); at = now; if (goes) requestAnimationFrame(frame); });
			const delays = [];
			for (let i = 0; i < 3; i++) {
				const began = performance.now();
				await fetch('/_mock/worlds/default/tickets', { method: 'POST', body: JSON.stringify({ subject: %v + i }) });
				if (await until(() => find('tbody tr.glow', %[1]v + i), %v)) delays.push(performance.now() - began);
			}
			goes = false;
			return [Math.max(...delays), longest, delays.length]`, "New "+strings.Trim(at, "#/"), patience.Milliseconds())
		if took[2] != 3 {
			t.Errorf("%s: got %v of 3 new tickets on the screen, want all", at, took[2])
		}
		t.Logf("%s: a change took %.0f ms to the screen, the longest frame %.0f ms", at, took[0], took[1])
		p.fill("Search", "invoice")
		p.see("tbody tr", "Invoice question")
		p.gone("tbody tr", "Server is slow")
		p.fill("Search", "")
	}
}
