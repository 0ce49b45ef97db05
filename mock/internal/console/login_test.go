package console_test

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const token = "a-token-of-the-control-api"

// beyondLoopback serves a mock on all addresses of the machine. The URL has one that others can reach, or a name if there is none.
func beyondLoopback(t *testing.T) *mock.Running {
	t.Helper()
	server, err := mock.New(mock.Options{ControlToken: token})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := mock.Listen("0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // until Close
	t.Cleanup(func() { _ = server.Close() })
	host := "desk.localhost"
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			host = network.IP.String()
		}
	}
	return &mock.Running{Server: server, URL: "http://" + net.JoinHostPort(host, strconv.Itoa(listener.Addr().(*net.TCPAddr).Port))}
}

// TestLogin: beyond loopback the mock asks for its token once, and shows nothing before.
func TestLogin(t *testing.T) {
	server := beyondLoopback(t)
	p := open(t, server.URL, "", "401 (Unauthorized)") // what the mock answers before the login
	p.read("/")
	p.fill("Control token", "a-wrong-token-of-some-length")
	p.click("button", "Log in")
	p.see(".message.bad", "wrong token")
	p.fill("Control token", token)
	p.click("button", "Log in")
	p.see(".connection.good")
	js[bool](p, `await fetch('/_mock/logout', { method: 'POST' }); ['pagehide', 'pageshow'].forEach((e) => window.dispatchEvent(new Event(e))); return true`) // as a restart does
	p.fill("Control token", token)
	p.click("button", "Log in")
	p.see(".connection.good")
	send(t, server, "GET", "/api/customers/get/99", "")
	p.see(".row[data-id]", "/api/customers/get/99")
	p.visit("#/exchange/1")
	p.see(".detail h1", "#1")
	p.read("/_mock/explain/TM-AUTH-MISSING")
	p.see("h1", "TM-AUTH-MISSING")
	p.see("pre", server.URL+"/api/customers/assign")
	p.visit("#/state")
	p.click(`[aria-label="Delete customer 1"]`, "")
	p.click(`[aria-label="Yes, delete customer 1"]`, "")
	p.gone("tbody tr", "Joe Doe")
	if got := js[string](p, `return document.cookie`); got != "" {
		t.Errorf("got a cookie that scripts can read: %q", got)
	}
	p.click("header button", "Log out")
	p.see("button", "Log in")
	p.gone("td", "")

	// The pages without scripts have a form of their own, which leads back.
	p.read("/_mock/explain?world=blue")
	p.fill("Control token", "wrong")
	p.click("button", "Log in")
	p.see("[role=alert]", "wrong token")
	p.fill("Control token", token)
	p.click("button", "Log in")
	p.see("h1", "What violations mean")
	if got := js[string](p, `return location.pathname + location.search`); got != "/_mock/explain?world=blue" {
		t.Errorf("got to %s, want back to the page from before", got)
	}
	p.click("header button", "Log out")
	p.see("button", "Log in")
	p.read("/_mock/journal")
	p.see("label", "Control token")

	// The API itself answers as Ticaga does.
	p.do(chromedp.Navigate(server.URL + "/api/customers/get/8"))
	if got := js[string](p, `return document.body.innerText`); !strings.Contains(got, "User not authenticated") || strings.Contains(got, "Log in") {
		t.Errorf("the API without credentials: got %q, want Ticaga's own answer", got)
	}
}

// TestLinkOfARefusal: the header Link of a refused answer opens its exchange, in its world too.
func TestLinkOfARefusal(t *testing.T) {
	server := start(t)
	p := open(t, server.URL, "#/live")
	for _, base := range []string{"", "/w/blue"} {
		send(t, server, "GET", base+"/api/customers/get/8", "") // creates the world
		answer, err := http.Post(server.URL+base+"/api/customers/assign", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		link, _, _ := strings.Cut(strings.TrimPrefix(answer.Header.Get("Link"), "<"), ">")
		p.read(link)
		p.see(".detail h1", "assignBillingId")
		p.see(".violation", "TM-AUTH-MISSING")
	}
	if got := js[string](p, `return document.querySelector('header select').value`); got != "blue" {
		t.Errorf("got the world %q, want blue", got)
	}
}
