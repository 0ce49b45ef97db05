package console_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const assign = `{"ticaga_id": 8, "billing_id": 42, "billing_system": "blesta"}`

// TestExchangeAppears while the page is open, and says how long that took. It gates no time: machines are busy.
func TestExchangeAppears(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/live")
	p.see(".empty", "No requests yet", "curl")
	p.see(".connection.good")
	delay := delayToScreen(t, p, server, 1)
	t.Logf("console: an exchange is on the screen %.0f ms after its answer", delay)
	p.see(".row[data-id]", "POST", "/api/customers/assign", "assignBillingId", "200")
}

// delayToScreen sends a request, and returns how many milliseconds after its answer its row, which gets the id, is in the page.
func delayToScreen(t *testing.T, p *tab, server *mock.Running, id int) float64 {
	t.Helper()
	js[bool](p, `window.seen = new Promise((done) => new MutationObserver(() => {
		if (document.querySelector('.row[data-id="' + %v + '"]')) done(performance.timeOrigin + performance.now());
	}).observe(document.body, { childList: true, subtree: true, attributes: true })); return true`, id)
	js[bool](p, `const answer = await fetch('/api/customers/assign', { method: 'POST', body: %v, headers:
		{ Authorization: 'Bearer demo-token', Accept: 'application/json', 'Content-Type': 'application/json' } }); await answer.text();
		window.answered = performance.timeOrigin + performance.now(); return true`, assign)
	return js[float64](p, `return Math.max(0, await window.seen - window.answered)`)
}

func TestFilters(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/customers/assign", `{"ticaga_id": 8}`)
	send(t, server, "GET", "/api/customers/get/8", "")
	send(t, server, "GET", "/api/departments/customers", "")
	p := open(t, server.URL, "#/live")
	p.see(".count", "3 exchanges")
	for _, filter := range []struct{ label, value, shown string }{
		{"Search", "Jane Roe", "/api/customers/get/8"},
		{"Status", "4", "/api/customers/assign"},
		{"Violations", "error", "/api/customers/assign"},
		{"Operation", "listCustomerDepartments", "/api/departments/customers"},
	} {
		p.fill(filter.label, filter.value)
		p.see(".count", "1 of 3")
		p.see(".row[data-id]", filter.shown)
		p.fill(filter.label, "")
		p.gone(".count", "of")
	}
	p.fill("Search", "zzz")
	p.see(".empty", "No exchange passes the filters.")
}

func TestPauseAndClear(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/live")
	p.see(".connection.good")
	p.click("button", "Pause")
	send(t, server, "GET", "/api/customers/get/8", "")
	p.see("button", "Continue (1 new)")
	p.see(".count", "0 exchanges")
	p.click("button", "Continue")
	p.see(".count", "1 exchange")
	p.click("button", "Clear")
	p.see(".empty", "No requests yet")
	if got := len(server.Journal()); got != 0 {
		t.Errorf("got %d exchanges in the journal, want 0", got)
	}
}

// TestClearedElsewhere: what somebody else clears goes, even if the next request is quicker than the page.
func TestClearedElsewhere(t *testing.T) {
	server := start(t)
	send(t, server, "GET", "/api/customers/get/8", "")
	p := open(t, server.URL, "#/live")
	p.see(".connection.good")
	p.see(".row[data-id]", "/api/customers/get/8")
	send(t, server, "DELETE", "/_mock/journal", "")
	send(t, server, "GET", "/api/customers/get/1", "")
	p.see(".row[data-id]", "/api/customers/get/1")
	p.see(".count", "1 exchange")
}

// TestExchangeWithViolations: each has its fix, an explanation and the contract's own text.
func TestExchangeWithViolations(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/customers/assign", `{"ticaga_id": 8, "billing_system": "blesta"}`)
	p := open(t, server.URL, "#/live")
	p.click(".row[data-id]", "/api/customers/assign")
	p.see(".violation.error", `"billing_id" is missing`, "send billing_id", "expected", "got")
	p.click("summary", "The contract at line")
	p.see(".violation pre mark", "required")
	p.click("summary", "What TM-BODY-REQUIRED means")
	p.see(".violation .explanation h4", "What it means")
	p.see(".violation .explanation li code", "client_id")
	p.see(".violation .explanation pre", "curl -H")
	for _, link := range []struct{ text, href string }{
		{"assignBillingId", "#/api/assignBillingId"}, {"TM-BODY-REQUIRED", "/_mock/explain/TM-BODY-REQUIRED"},
	} {
		if got := js[string](p, `return find('.violation .links a', %v)?.getAttribute('href')`, link.text); got != link.href {
			t.Errorf("got a link to %q, want to %q", got, link.href)
		}
	}
	p.see(".detail", `"billing_system": "blesta"`, "The billing id field is required.")
	p.click(".detail button", "Raw")
	p.see(".detail", `{"ticaga_id": 8, "billing_system": "blesta"}`)
}

func TestSendAgain(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/customers/assign", `{"ticaga_id": 8}`)
	p := open(t, server.URL, "#/live/1", "/api/customers/assign") // is refused
	p.click("button", "Send again")
	p.see(".row[data-id='2']", "422")
	p.click("button", "Edit and send")
	p.fill("Body", assign)
	p.click(".detail form button", "Send")
	p.see(".row[data-id='3']", "200")
}

// TestReconnect: the page says that the connection is gone, goes on by itself, and then shows what came meanwhile.
func TestReconnect(t *testing.T) {
	server := start(t)
	address, proxy := between(t, server, "127.0.0.1:0")
	p := open(t, "http://"+address, "#/live", "net::ERR")
	send(t, server, "GET", "/api/customers/get/8", "")
	p.see(".row[data-id='1']", "/api/customers/get/8")
	if err := proxy.Close(); err != nil {
		t.Fatal(err)
	}
	p.see(".connection.bad", "not connected")
	p.see(".note.bad", "The page tries again by itself")
	send(t, server, "GET", "/api/departments/customers", "")
	send(t, server, "GET", "/api/customers/get/9", "")
	between(t, server, address)
	p.see(".connection.good", "connected")
	p.gone(".note.bad", "Not connected")
	p.see(".count", "3 exchanges")
	for id, path := range map[int]string{1: "/api/customers/get/8", 2: "/api/departments/customers", 3: "/api/customers/get/9"} {
		p.see(fmt.Sprintf(".row[data-id='%d']", id), path)
	}
}

// between passes requests to a server from an address of its own, until the returned server is closed.
func between(t *testing.T, server *mock.Running, address string) (string, *http.Server) {
	t.Helper()
	listener, err := mock.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &http.Server{Handler: &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ErrorLog: log.New(io.Discard, "", 0), // requests that end with the proxy
	}}
	go func() { _ = proxy.Serve(listener) }() // until Close
	t.Cleanup(func() { _ = proxy.Close() })
	return listener.Addr().String(), proxy
}

// TestRestart: another mock on the same port has other exchanges with the same IDs. The page shows its, and says so.
func TestRestart(t *testing.T) {
	listener, err := mock.ListenLoopback(0)
	if err != nil {
		t.Fatal(err)
	}
	first := serve(t, listener)
	p := open(t, first.URL, "#/live", "net::ERR")
	send(t, first, "GET", "/api/customers/get/8", "")
	p.see(".row[data-id='1']", "/api/customers/get/8")
	for i, path := range []string{"/api/departments/customers", "/api/customers/get/1"} {
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		p.see(".connection.bad", "not connected")
		listener, err = mock.Listen(listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		second := serve(t, listener)
		if i == 0 { // the first time something came while nobody was connected, the second time nothing did
			send(t, second, "GET", path, "")
		}
		p.see(".connection.good", "connected")
		p.see(".note", "The mock was started again")
		if i == 1 {
			p.see(".empty", "No requests yet")
			send(t, second, "GET", path, "")
		}
		p.see(".row[data-id='1']", path)
		p.see(".count", "1 exchange")
		first = second
	}
}

func serve(t *testing.T, listener net.Listener) *mock.Running {
	t.Helper()
	server, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("got %v, want http.ErrServerClosed", err)
		}
	}()
	t.Cleanup(func() { _ = server.Close() })
	return &mock.Running{Server: server, URL: mock.BaseURL(listener.Addr())}
}

// TestKeyboard: everything is reached without a mouse, and the focus can be seen.
func TestKeyboard(t *testing.T) {
	server := start(t)
	for range 3 {
		send(t, server, "GET", "/api/customers/get/8", "")
	}
	p := open(t, server.URL, "#/live")
	p.see(".row[data-id]")
	p.do(chromedp.KeyEvent(kb.Tab))
	p.focused("Skip to the page")
	p.do(chromedp.KeyEvent(kb.Enter))
	if got := js[string](p, `return document.activeElement.id`); got != "main" {
		t.Errorf("skip link: got the focus on %q, want main", got)
	}
	for range 7 { // search, three filters, pause, clear, and the first row
		p.do(chromedp.KeyEvent(kb.Tab))
	}
	p.focused("/api/customers/get/8")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.see(".detail h1", "#3")
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.see(".detail h1", "#2")
	p.do(chromedp.KeyEvent(kb.ArrowDown))
	p.see(".detail h1", "#1")
	p.do(chromedp.KeyEvent(kb.Home))
	p.see(".detail h1", "#3")
	p.focused("/api/customers/get/8")
	if width := js[string](p, `return getComputedStyle(document.activeElement, '::after').outlineWidth`); width != "3px" {
		t.Errorf("got an outline of %q around the focus, want 3px", width)
	}
}

// TestKeyboardActions: what people do with the mouse works with the keys, and Escape leads back.
func TestKeyboardActions(t *testing.T) {
	server := start(t)
	send(t, server, "POST", "/api/customers/assign", `{"ticaga_id": 8}`)
	send(t, server, "GET", "/api/customers/get/8", "")
	p := open(t, server.URL, "#/live")
	p.see(".row[data-id]")
	p.clipboard() // allows it
	p.tabTo(".row a", "/api/customers/get/8")
	p.do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowDown)) // the first opens the newest
	p.see(".detail h1", "#1")
	p.tabTo("button", "curl")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.see(".message", "curl copied")
	p.tabTo("button", "Edit and send")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.see(".detail form")
	p.do(chromedp.KeyEvent(kb.Escape))
	p.gone(".detail form", "")
	p.focused("Edit and send")
	p.tabTo("summary", "What TM-BODY-REQUIRED means")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.see(".explanation h4", "What it means")
	p.do(chromedp.KeyEvent(kb.Escape))
	p.gone(".detail", "")
	p.focused("/api/customers/assign")

	p.visit("#/api")
	p.see(".contents a")
	p.tabTo(".contents a", "assignBillingId")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.see("h1", "assignBillingId")
	p.tabTo("form button", "Send")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.see(".answer", "200")

	p.visit("#/story")
	p.tabTo(".endings a", "It works")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.see(".steps li", "the accounts are linked")
}

// tabTo presses Tab until an element that contains a text has the focus.
func (p *tab) tabTo(selector, text string) {
	p.t.Helper()
	for range 100 {
		p.do(chromedp.KeyEvent(kb.Tab))
		if js[bool](p, `const e = document.activeElement; return e.matches(%v) && e.textContent.includes(%v)`, selector, text) {
			return
		}
	}
	p.t.Fatalf("got no %s with %q by Tab, want one", selector, text)
}

// focused waits until the element with the focus contains a text.
func (p *tab) focused(text string) {
	p.t.Helper()
	if !js[bool](p, `return !!await until(() => document.activeElement.textContent.includes(%v), %v)`, text, patience.Milliseconds()) {
		p.t.Fatalf("got the focus on %q, want on %q", js[string](p, `return document.activeElement.outerHTML.slice(0, 200)`), text)
	}
}

// TestManyRows: however many exchanges there are, the page has only the rows that can be seen. The stream's events are
// made in the page, because a server takes a while for so many.
func TestManyRows(t *testing.T) {
	server := start(t)
	send(t, server, "GET", "/api/customers/get/8", "")
	p := open(t, server.URL, "#/live")
	call(p, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `const Real = EventSource; window.EventSource = class extends Real { constructor(...args) { super(...args); window.stream = this; } }`,
	})
	p.visit("#/live")
	p.see(".row[data-id]")
	js[bool](p, `const { exchanges: [one] } = await (await fetch('/_mock/journal')).json();
		for (let id = 2; id <= 10000; id++) stream.dispatchEvent(new MessageEvent('exchange', { data: JSON.stringify({ ...one, id }) }));
		return true`)
	p.see(".count", "10000 exchanges")
	took := js[float64](p, `const list = document.querySelector('.scroll'); const begin = performance.now();
		for (let i = 1; i <= 50; i++) { list.scrollTop = i * 7000; await new Promise(requestAnimationFrame); }
		return (performance.now() - begin) / 50`)
	t.Logf("console: %.1f ms a frame while 10,000 rows scroll", took)
	p.fill("Search", "Jane Roe")
	p.see(".count", "10000 exchanges")
	if rows := js[int](p, `return document.querySelectorAll('.row[data-id]').length`); rows > 60 {
		t.Errorf("got %d rows in the page, want at most 60", rows)
	}
}
