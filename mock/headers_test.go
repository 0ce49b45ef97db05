package mock_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// exchangeOf sends a request as it stands and returns what the journal has of it.
func exchangeOf(t *testing.T, server *mock.Server, address, sent string) mock.Exchange {
	t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(dial(t, address, sent)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return server.Journal()[0]
}

// TestJournalHasEveryHeader: also those that net/http takes out.
func TestJournalHasEveryHeader(t *testing.T) {
	server, address := serving(t)
	const head = "POST /api/tickets/info HTTP/1.1\r\nHost: desk.localhost:99\r\nAuthorization: Bearer demo-token\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	base := http.Header{
		"Host": {"desk.localhost:99"}, "Authorization": {"Bearer [redacted]"}, "Content-Type": {"application/x-www-form-urlencoded"},
	}
	for name, c := range map[string]struct {
		sent string
		more http.Header
	}{
		"a length":              {"Content-Length: 11\r\n\r\nticket_id=1", http.Header{"Content-Length": {"11"}}},
		"chunks":                {"Transfer-Encoding: chunked\r\n\r\nb\r\nticket_id=1\r\n0\r\n\r\n", http.Header{"Transfer-Encoding": {"chunked"}}},
		"trailers":              {"Transfer-Encoding: chunked\r\nTrailer: X-Sum, X-More\r\n\r\nb\r\nticket_id=1\r\n0\r\nX-Sum: 7\r\nX-More: a\r\n\r\n", http.Header{"Transfer-Encoding": {"chunked"}, "Trailer": {"X-More, X-Sum"}, "X-Sum": {"7"}, "X-More": {"a"}}},
		"a trailer unannounced": {"Transfer-Encoding: chunked\r\n\r\nb\r\nticket_id=1\r\n0\r\nX-Sum: 7\r\n\r\n", http.Header{"Transfer-Encoding": {"chunked"}, "X-Sum": {"7"}}},
		"a trailer not sent":    {"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\nb\r\nticket_id=1\r\n0\r\n\r\n", http.Header{"Transfer-Encoding": {"chunked"}, "Trailer": {"X-Sum"}}},
		"a header and a trailer": {"X-Sum: 6\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nticket_id=1\r\n0\r\nX-Sum: 7\r\n\r\n",
			http.Header{"Transfer-Encoding": {"chunked"}, "X-Sum": {"6", "7"}}},
		"a secret in a trailer": {"Transfer-Encoding: chunked\r\n\r\nb\r\nticket_id=1\r\n0\r\nX-Api-Token: demo-token\r\nX-Sum: demo-token\r\n\r\n",
			http.Header{"Transfer-Encoding": {"chunked"}, "X-Api-Token": {"[redacted]"}, "X-Sum": {"[redacted]"}}},
	} {
		t.Run(name, func(t *testing.T) {
			want := base.Clone()
			for name, values := range c.more {
				want[name] = values
			}
			if diff := cmp.Diff(want, exchangeOf(t, server, address, head+c.sent).Request.Header); diff != "" {
				t.Errorf("headers in the journal differ (-want +got):\n%s", diff)
			}
		})
	}
	if x := exchangeOf(t, server, address, "GET /api/customers/get/8 HTTP/1.0\r\n\r\n"); x.Request.Header["Host"] != nil {
		t.Errorf("a request without Host: got header %v in the journal, want no Host", x.Request.Header)
	}
	if x := exchangeOf(t, server, address, "GET /api/customers/get/8 HTTP/1.1\r\nHost: demo-token\r\n\r\n"); strings.Contains(mustJSON(t, x), "demo-token") {
		t.Errorf("a token as the Host: got header %v in the journal, want it redacted", x.Request.Header)
	}
}

// TestExpectHeadersAndPathsOfTheWire: what net/http takes out of a request can be expected, and so
// can a path with its world.
func TestExpectHeadersAndPathsOfTheWire(t *testing.T) {
	server, address := serving(t)
	blue, err := server.World("blue")
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"", "/w/blue"} {
		response, err := http.ReadResponse(bufio.NewReader(dial(t, address, "POST "+prefix+"/api/tickets/info HTTP/1.1\r\nHost: desk.localhost\r\nAuthorization: Bearer demo-token\r\n"+
			"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nticket_id=1\r\n0\r\nX-Sum: 7\r\n\r\n")), nil)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("got %v, %v, want 200", response, err)
		}
	}
	verify := map[string]func(context.Context, string) error{"default": server.VerifyJSON, "blue": blue.VerifyJSON}
	for _, c := range []struct {
		world, expectation, want string // "" when it holds
	}{
		{"default", `{"headers":{"Host":"desk.localhost","transfer-encoding":"chunked","X-Sum":"7"},"count":1}`, ""},
		{"blue", `{"headers":{"host":"desk.localhost"},"count":1}`, ""},
		{"default", `{"headers":{"Host":"other"}}`, `header Host: expected "other", got "desk.localhost"`},
		{"default", `{"headers":{"Host":null}}`, `header Host: expected nothing, got "desk.localhost"`},
		{"blue", `{"path":"/w/blue/api/tickets/info","count":1}`, ""},
		{"blue", `{"method":"POST","path":"//w/blue//api/tickets/info/"}`, ""},
		{"blue", `{"path":"/api/tickets/info"}`, ""},
		{"blue", `{"in_order":[{"path":"/w/blue/api/tickets/info"}]}`, ""},
		{"default", `{"path":"/w/default/api/tickets/info","count":1}`, ""},
		{"default", `{"path":"/w/blue/api/tickets/info"}`, `/path: is in world "blue", and this is world "default"; verify there, or leave out "/w/blue"`},
		{"blue", `{"path":"/w/green/api/tickets/info","count":0}`, `/path: is in world "green", and this is world "blue"`},
		{"blue", `{"in_order":[{"path":"/w/green/api/tickets/info"}]}`, `/in_order/0/path: is in world "green"`},
		{"blue", `{"path":"/w/"}`, "was called 0 times"},
	} {
		t.Run(c.expectation+" in "+c.world, func(t *testing.T) {
			err := verify[c.world](t.Context(), c.expectation)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s in %s: got %v, want %q", c.expectation, c.world, err, c.want)
			}
		})
	}
	for _, c := range []struct {
		rules, want string
		status      int
	}{
		{`[{"match":{"path":"/w/blue/api/customers/get/8"},"status":503}]`, "", http.StatusServiceUnavailable},
		{`[{"match":{"headers":{"Host":"desk.localhost"}},"status":503}]`, "", http.StatusServiceUnavailable},
		{`[{"match":{"headers":{"Host":"other"}},"status":503}]`, "", http.StatusOK},
		{`[{"match":{"path":"/w/green/api/customers/get/8"},"status":503}]`, `is in world "green"`, http.StatusOK},
	} {
		t.Run(c.rules, func(t *testing.T) {
			blue.Reset()
			if err := blue.FaultJSON(c.rules); (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error containing %q, or none if that is empty", err, c.want)
			}
			response, err := http.ReadResponse(bufio.NewReader(dial(t, address, "GET /w/blue/api/customers/get/8 HTTP/1.1\r\nHost: desk.localhost\r\nAuthorization: Bearer demo-token\r\n\r\n")), nil)
			if err != nil || response.StatusCode != c.status {
				t.Errorf("got %v %v, want %d", response, err, c.status)
			}
		})
	}
}

// TestRefusalsLinkToTheirExplanation: with the ID of the exchange, in its world. Other answers have no link.
func TestRefusalsLinkToTheirExplanation(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		name, path, auth string
		status           int
		want             string
	}{
		{"success", "/api/customers/get/8", "", 200, ""},
		{"wrong credentials", "/api/customers/get/8", "Bearer wrong", 401, `</_mock/ui/#/exchange/2>; rel="help"`},
		{"an unknown path", "/api/customer/get/8", "", 404, `</_mock/ui/#/exchange/3>; rel="help"`},
		{"a new world", "/w/blue/api/customers/get/8", "", 200, ""},
		{"another world", "/w/blue/api/customers/get/99", "", 401, `</_mock/ui/?world=blue#/exchange/2>; rel="help"`},
		{"a world that does not exist", "/w/green/api/customers/get/8", "-", 401, `</_mock/ui/#/exchange/4>; rel="help"`},
		{"a fault", "/api/customers/get/990000503", "", 503, `</_mock/ui/#/exchange/5>; rel="help"`},
	} {
		got := d.ask(t, request{method: "GET", path: c.path, auth: c.auth})
		if link := got.header.Get("Link"); got.status != c.status || link != c.want {
			t.Errorf("%s: got %d, Link %q, want %d, %q", c.name, got.status, link, c.status, c.want)
		}
	}
	raw, err := http.ReadResponse(bufio.NewReader(dial(t, strings.TrimPrefix(d.url, "http://"), "GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if link := raw.Header.Get("Link"); raw.StatusCode != 400 || link != `</_mock/ui/#/exchange/6>; rel="help"` {
		t.Errorf("a request that is not HTTP: got %d, Link %q", raw.StatusCode, link)
	}
}
