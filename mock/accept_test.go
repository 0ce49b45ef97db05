package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestRequestsThatAskForJSON: the first entry decides, by its quality, or that a script accepts anything.
func TestRequestsThatAskForJSON(t *testing.T) {
	for _, c := range []struct {
		accept, with string // "" for no such header
		asks         bool
	}{
		{"application/json", "", true},
		{"Application/JSON; charset=utf-8", "", true},
		{"application/vnd.api+json, text/html", "", true},
		{"text/html;q=0.8, application/json", "", true},
		{"application/json;q=0.5, text/html;q=0.4", "", true},
		{"text/html, application/json", "", false},
		{"application/json;q=0.5, text/html", "", false},
		{"text/html", "XMLHttpRequest", false},
		{"*/*", "XMLHttpRequest", true},
		{"", "XMLHttpRequest", true},
		{"", "xmlhttprequest", false},
		{"*/*", "", false},
		{"", "", false},
		{"json", "", false},
	} {
		t.Run("Accept "+c.accept+", X-Requested-With "+c.with, func(t *testing.T) {
			d := newDesk(t, func(o *mock.Options) { o.Settings = `{"accept": "strict"}` })
			h := http.Header{"X-Requested-With": nil}
			if c.accept != "" {
				h.Set("Accept", c.accept)
			}
			if c.with != "" {
				h.Set("X-Requested-With", c.with)
			}
			got, _, err := d.send(t, request{method: "GET", path: "/api/nowhere", header: h})
			if err != nil {
				t.Fatal(err)
			}
			if asks := got.Header.Get("Content-Type") == asJSON; asks != c.asks {
				t.Errorf("Accept %q, X-Requested-With %q: %v; got %v; want %v", c.accept, c.with, got.Header, asks, c.asks)
			}
		})
	}
}

// TestStrictAccept is what Laravel answers to a client that does not ask for JSON.
func TestStrictAccept(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Settings = `{"accept": "strict"}` })
	if _, err := d.World("blue"); err != nil {
		t.Fatal(err)
	}
	from := func(referer string, q request) request { q.header = http.Header{"Referer": {referer}}; return q }
	link := postForm(assign, "ticaga_id=8")
	for _, c := range []struct {
		name     string
		q        request
		status   int
		location string // behind the server's own address
		body     string
	}{
		{"fine", get("/api/customers/get/8"), 200, "", `"id":8`},
		{"fields", link, 302, "", "Redirecting"},
		{"fields, from a page", from(d.url+"/form?a=b", link), 302, "/form?a=b", "Redirecting"},
		{"fields, from nowhere", from("javascript:alert(1)", link), 302, "", "Redirecting"},
		{"fields in a world", request{method: "POST", path: "/w/blue" + assign, contentType: asForm, body: "ticaga_id=8"}, 302, "/w/blue", "Redirecting"},
		{"fields in a world by token", request{method: "POST", path: assign, contentType: asForm, body: "ticaga_id=8", header: http.Header{"Authorization": {"Bearer demo-token@blue"}}}, 302, "/w/blue", "Redirecting"},
		{"credentials", request{method: "GET", path: "/api/customers/get/8", header: http.Header{"Authorization": {"Bearer nobodys"}}}, 302, "/login", "Redirecting"},
		{"credentials in a world", request{method: "GET", path: "/w/blue/api/customers/get/8", header: http.Header{"Authorization": {"Bearer nobodys"}}}, 302, "/w/blue/login", "Redirecting"},
		{"path", get("/api/nowhere"), 404, "", "<h1>404</h1>"},
		{"method", get(assign), 405, "", "<h1>405</h1>"},
		{"another's ticket", postForm("/api/tickets/close", "customer_id=2&ticket_id=1"), 403, "", "<h1>403</h1>"},
		{"a fault", request{method: "GET", path: "/api/customers/get/8", header: http.Header{"Prefer": {"code=503"}}}, 503, "", "<h1>503</h1>"},
		// What the application itself answers is JSON for everybody.
		{"unknown customer", get("/api/customers/get/99"), 401, "", notAuthenticated},
		{"unknown ticket", postForm("/api/tickets/info", "ticket_id=9999"), 404, "", `{"error":"Ticket not found"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, body, err := d.send(t, c.q)
			if err != nil {
				t.Fatal(err)
			}
			location := got.Header.Get("Location")
			if got.StatusCode != c.status || !strings.Contains(string(body), c.body) || c.status == 302 && location != d.url+c.location {
				t.Errorf("got %d %q %s; want %d %q, a body containing %q", got.StatusCode, location, body, c.status, c.location, c.body)
			}
			if isPage := strings.HasPrefix(got.Header.Get("Content-Type"), "text/html"); isPage != strings.Contains(string(body), "<html") {
				t.Errorf("%v; got %v; want %v", got.Header, isPage, strings.Contains(string(body), "<html"))
			}
			if c.status == 405 && got.Header.Get("Allow") != "POST" {
				t.Errorf("got %v, want Allow: POST", got.Header)
			}
		})
	}
}

// TestAdviceToAskForJSON: with every error, and once in a world without one.
func TestAdviceToAskForJSON(t *testing.T) {
	d := newDesk(t)
	told := func(path string, q request) string {
		t.Helper()
		q.header = http.Header{"X-Requested-With": nil}
		q.path = path + q.path
		d.ask(t, q, "plain")
		w, err := d.World(map[string]string{"": "default", "/w/blue": "blue"}[path])
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range w.Journal()[0].Violations {
			if v.Code == "TM-HEADER-ACCEPT" {
				return string(v.Severity) + ": " + v.Message
			}
		}
		return ""
	}
	good := get("/api/customers/get/8")
	for i, c := range []struct {
		path string
		q    request
		want string // a part of it; "" for nothing
	}{
		{"", good, "warning: the request does not ask for JSON: this answer does not depend on it"},
		{"", good, ""},
		{"/w/blue", good, "reported once per world"},
		{"/w/blue", good, ""},
		{"", postForm(assign, "ticaga_id=8"), "Laravel would answer with a redirect (302) to the previous page"},
		{"", postForm(assign, "ticaga_id=8"), "a redirect (302) to the previous page"},
		{"", get("/api/nowhere"), "an HTML page with status 404; --accept strict does the same"},
		{"", get("/api/customers/get/99"), ""},
		{"", request{method: "OPTIONS", path: assign}, ""},
		{"", get("/nowhere"), ""},
	} {
		if got := told(c.path, c.q); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%d: %s%s: got remark %q, want %q in it", i, c.path, c.q.path, got, c.want)
		}
	}
	d.Reset()
	if told("", good) == "" {
		t.Errorf("%s after a reset: got no remark, want the one of the first request", good.path)
	}
}

// TestFollowingARedirect: a client that follows the one of a fault finds a page, and the journal says
// so, without a violation.
func TestFollowingARedirect(t *testing.T) {
	d := newDesk(t)
	d.client.CheckRedirect = nil
	blue, err := d.World("blue")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		q       request
		journal func() []mock.Exchange
		path    string
	}{
		{get("/api/customers/get/8"), d.Journal, "/login"},
		{get("/w/blue/api/customers/get/8"), blue.Journal, "/w/blue/login"},
		{request{method: "GET", path: "/api/customers/get/8", header: http.Header{"Authorization": {"Bearer demo-token@blue"}}}, blue.Journal, "/w/blue/login"},
	} {
		t.Run(c.q.path, func(t *testing.T) {
			if c.q.header == nil {
				c.q.header = http.Header{}
			}
			c.q.header.Set("Prefer", "fault=redirect")
			got, body, err := d.send(t, c.q)
			if err != nil || got.StatusCode != 200 || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || !strings.Contains(string(body), "<form") {
				t.Errorf(`got %v %v %s; want status 200, header Content-Type beginning with "text/html", body containing "<form"`, err, got, body)
			}
			last := c.journal()[0]
			if last.Path != c.path || len(last.Violations) > 0 || !strings.Contains(last.Remark, "the client followed a redirect") {
				t.Errorf(`got %+v; want path %q, no violations, remark containing "the client followed a redirect"`, last, c.path)
			}
		})
	}
	// Who opens the page without a redirect before it, or once more, follows none.
	page := request{method: "GET", path: "/login", auth: "-"}
	remark := func(q request) string {
		t.Helper()
		if got, _, err := d.send(t, q); err != nil || got.StatusCode != 200 {
			t.Fatalf("got %v, %v, want 200", got, err)
		}
		return d.Journal()[0].Remark
	}
	if told := remark(page); told != "" {
		t.Errorf(`opened again: got %s, want ""`, told)
	}
	redirected := get("/api/customers/get/8").from("browser/1")
	redirected.header.Set("Prefer", "fault=redirect")
	d.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for range 2 {
		if got, _, err := d.send(t, redirected); err != nil || got.StatusCode != 302 {
			t.Fatalf("got %v, %v, want 302", got, err)
		}
	}
	if told := remark(page.from("another/1")); told != "" {
		t.Errorf(`another client: got %s, want ""`, told)
	}
	for i, want := range []bool{true, true, false} {
		if told := remark(page.from("browser/1")); (told != "") != want {
			t.Errorf("after two redirects, %d: remark %q, want one: %t", i, told, want)
		}
	}
	if got, _, err := d.send(t, redirected); err != nil || got.StatusCode != 302 {
		t.Fatalf("got %v, %v, want 302", got, err)
	}
	d.Reset()
	if told := remark(page.from("browser/1")); told != "" {
		t.Errorf(`after a reset: got %s, want ""`, told)
	}
	if got := d.ask(t, postForm("/login", "email=a%40example.com"), "plain"); got.status != 404 {
		t.Errorf("POST /login: got %d %s, want 404", got.status, got.body)
	}
}
