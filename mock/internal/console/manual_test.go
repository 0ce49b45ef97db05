package console_test

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// manual are the pages of text, with what each shows.
var manual = []struct{ name, at, selector, text string }{
	{"violations", "/_mock/explain", "td a", "TM-AUTH-MISSING"},
	{"violation", "/_mock/explain/TM-AUTH-MISSING", ".code-string", "Authorization: Bearer demo-token"},
	{"control-api", "/_mock/", "h3", "POST /_mock/verify"},
	{"provider-states", "/_mock/pact/provider-states", "td code", "customer {id} exists"},
	{"not-found", "/_mock/explain/TM-AUTH-MISING", ".note", "did you mean TM-AUTH-MISSING?"},
}

// read opens a page of text.
func (p *tab) read(at string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+at))
	p.see("main")
}

// TestManual reads about violations as a person does, without JavaScript of the page.
func TestManual(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/w/blue/api/customers/assign", `{"ticaga_id": 8, "billing_system": "Blesta"}`)
	p := open(t, server.URL, "?world=blue#/live")
	menu := js[[]string](p, `return [...document.querySelectorAll('header nav a')].map((e) => e.textContent.trim() + ' ' + e.href)`)
	p.click("header nav a", "Violations")
	p.see("h1", "What violations mean")
	if got := js[[]string](p, `return [...document.querySelectorAll('header nav a')].map((e) => e.textContent.trim() + ' ' + e.href)`); !slices.Equal(got, menu) {
		t.Errorf("got the menu %q, want that of the console, %q", got, menu)
	}
	p.click("nav.contents a", "Body")
	p.click("td a", "TM-BODY-REQUIRED")
	p.see("h1", "TM-BODY-REQUIRED")
	p.see("pre", server.URL+"/w/blue/api/")
	p.see("nav.contents a[aria-current]", "TM-BODY-REQUIRED")
	p.click("nav.around a", "→")
	p.see("h1", "TM-BODY-SPELLING")
	p.click("nav.around a", "←")
	p.see("h1", "TM-BODY-REQUIRED")
	if got := js[int](p, `return document.scripts.length`); got != 0 {
		t.Errorf("got %d scripts, want none", got)
	}
	p.click("header nav a", "Help desk")
	p.see("tbody tr", "Cannot upgrade my plan")
	if got := js[string](p, `return document.querySelector('header select').value`); got != "blue" {
		t.Errorf("got the world %q, want the one from before, blue", got)
	}
	p.read("/_mock/ui/api/createTicket")
	p.see(".operation h1", "createTicket")
	p.read("/_mock/ui/api")
	p.see(".contents a", "assignBillingId")
}
