package mock_test

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock"
	controlapi "github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// controlContract returns the contract of the control API.
var controlContract = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(controlapi.OpenAPI()) })

// fromControl sends a request to the control API, without a socket, and checks the answer against its
// contract, whatever the status. The page that a browser gets instead of a problem has no contract.
func fromControl(t testing.TB, server http.Handler, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	contract, err := controlContract()
	if err != nil {
		t.Fatal(err)
	}
	want := "application/problem+json"
	if w.Code < 300 {
		want = "application/json"
	}
	if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/") && got != "application/yaml; charset=utf-8" && got != "application/zip" && got != want {
		t.Errorf("%s %s: got status %d, Content-Type %q, want %q", r.Method, r.URL, w.Code, got, want)
	}
	page := w.Code >= 400 && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
	if o, _ := contract.Find(r.Method, r.URL.Path); o != nil && !page {
		if err := o.CheckAnswer(w.Code, w.Body.Bytes()); err != nil {
			t.Errorf("%s %s: %v\n%s", r.Method, r.URL, err, w.Body)
		}
	} else if o == nil && w.Code != 404 && w.Code != 405 {
		t.Errorf("%s %s: not described; got status %d, want 404 or 405", r.Method, r.URL, w.Code)
	}
	return w
}

// control sends a request to the control API, and fails on any status but 200.
func control(t testing.TB, server http.Handler, method, path, body string) string {
	t.Helper()
	w := fromControl(t, server, httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body)))
	if w.Code != 200 {
		t.Fatalf("%s %s: got %d %s, want 200", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}

// TestControlAPIKeepsItsContract: every operation in openapi.yaml exists, and answers its example as
// described. Streams, and bodies that are arrays, have tests of their own.
func TestControlAPIKeepsItsContract(t *testing.T) {
	contract, err := controlContract()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range contract.Operations {
		if o.ID == "streamEvents" || strings.HasPrefix(o.ID, "putFaults") {
			continue
		}
		want := map[string]int{
			"deleteWorld": 409,                           // the example is the default world
			"login":       409,                           // there is no token
			"reload":      409,                           // there are no files
			"recordPact":  400, "recordPactDefault": 400, // the example has no query
		}[o.ID]
		if want == 0 {
			want = 200
		}
		if o.Answers(201) {
			want = 201
		}
		for _, example := range o.Examples() {
			d := newDesk(t)
			d.ask(t, postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta")) // exchange 1, which verify asks for
			control(t, d.Server, "POST", "/_mock/worlds/default/snapshots/linked", "")
			body := ""
			if example.Body != nil {
				body = mustJSON(t, example.Body)
			}
			r := httptest.NewRequest(o.Method, "http://localhost"+o.URL(example.Params), strings.NewReader(body))
			if w := fromControl(t, d.Server, r); w.Code != want {
				t.Errorf("%s: got %d %s, want %d", o.ID, w.Code, w.Body, want)
			}
		}
		if len(o.Examples()) == 0 {
			t.Errorf("%s: got no example, want one at least", o.ID)
		}
	}
}

// TestCredentialsByControl: they are those that the API accepts now.
func TestCredentialsByControl(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.Email, o.Token, o.Auth = "me@example.com", "my-token", "basic,header" })
	want := func(email, token string) {
		t.Helper()
		got := control(t, server, "GET", "/_mock/worlds/default/credentials", "")
		if !strings.Contains(got, email) || !strings.Contains(got, token) || strings.Contains(got, "bearer") {
			t.Errorf("got %s, want %s, %s, basic and header", got, email, token)
		}
	}
	want("me@example.com", "my-token")
	control(t, server, "PATCH", "/_mock/worlds/default/staff/9001", `{"tokens": ["another-token"]}`)
	want("me@example.com", "another-token")
	control(t, server, "POST", "/_mock/reset", "")
	want("me@example.com", "my-token")
}

// TestPagesForBrowsers: a browser gets HTML, and any other client gets Markdown.
func TestPagesForBrowsers(t *testing.T) {
	server := newServer(t)
	for path, part := range map[string]string{
		"/_mock/":                        `<h3 id="post--mockworldswverify">POST /_mock/worlds/{w}/verify</h3>`,
		"/_mock/explain/tm-auth-missing": "<h1 id=\"tm-auth-missing\">TM-AUTH-MISSING</h1>",
	} {
		r := httptest.NewRequest("GET", "http://localhost"+path, nil)
		r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		w := fromControl(t, server, r)
		if got := w.Body.String(); !strings.Contains(got, part) || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf(`%s: got %.3000s; want containing %q, header Content-Type beginning with "text/html"`, path, got, part)
		}
		if page := control(t, server, "GET", path, ""); !strings.HasPrefix(page, "# ") {
			t.Errorf(`%s: got %.300s, want beginning with "# "`, path, page)
		}
	}
}

// TestPagesAreSafe: every page in HTML has a policy without scripts, other origins and frames, and shows what a request sent as
// plain characters.
func TestPagesAreSafe(t *testing.T) {
	plain := newServer(t)
	locked := newServer(t, func(o *mock.Options) { o.ControlToken = controlToken })
	for _, c := range []struct {
		server *mock.Server
		host   string
		path   string
		status int
	}{
		{plain, "localhost", "/_mock/", 200}, {plain, "localhost", "/_mock/explain", 200}, {plain, "localhost", "/_mock/explain/TM-AUTH-MISSING", 200},
		{plain, "localhost", "/_mock/pact/provider-states", 200}, {plain, "localhost", "/_mock/explain/<img src=x>", 404}, {plain, "localhost", "/_mock/<script>alert(1)</script>", 404},
		{plain, "localhost", "/_mock/journal/9?<b>", 404}, {plain, "evil.example", "/_mock/explain", 403}, {plain, "localhost", "/_mock/ui/", 200}, {plain, "localhost", "/_mock/ui/../x", 404},
		{plain, "localhost", "/_mock/ui/<b>", 404}, {locked, "desk.example", "/_mock/explain", 401}, {locked, "desk.example", "/_mock/login", 200},
	} {
		r := httptest.NewRequest("GET", "http://localhost/", nil)
		r.URL.Path, r.Host = c.path, c.host
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		c.server.ServeHTTP(w, r)
		h, body := w.Header(), w.Body.String()
		policy := h.Get("Content-Security-Policy")
		if w.Code != c.status || !strings.HasPrefix(h.Get("Content-Type"), "text/html") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: got %d %v, want %d and HTML", c.path, w.Code, h, c.status)
		}
		for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: got the policy %q, want %s in it", c.path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(body, "<img src=x") || strings.Contains(body, "<script>") || strings.Contains(body, "<b>") || strings.Contains(body, " style=") {
			t.Errorf("%s: got %q %.1000s, want no unsafe policy, markup or style", c.path, policy, body)
		}
	}
}

// TestSamplesHaveTheReadersAddress, if it is one that can be trusted, in pages and in Markdown.
func TestSamplesHaveTheReadersAddress(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.ControlHosts = []string{"desk.example"} })
	locked := newServer(t, func(o *mock.Options) { o.ControlToken = controlToken })
	for _, c := range []struct {
		name, host, query, want string
		server                  *mock.Server
		tls                     bool
	}{
		{"loopback", "127.0.0.1:9999", "", "http://127.0.0.1:9999/api/", server, false},
		{"a name", "desk.example", "", "http://desk.example/api/", server, false},
		{"TLS", "desk.example:8443", "", "https://desk.example:8443/api/", server, true},
		{"IPv6", "[::1]:9999", "", "http://[::1]:9999/api/", server, false},
		{"a world", "localhost:9999", "?world=blue", "http://localhost:9999/w/blue/api/", server, false},
		{"no world's name", "localhost:9999", "?world=%22%3E%3Cb%3E", "http://localhost:9999/api/", server, false},
		{"a name of somebody else", "evil.example", "", "http://127.0.0.1:4280/api/", locked, false},
		{"a port that is none", "localhost:'x", "", "http://127.0.0.1:4280/api/", server, false},
	} {
		for _, accept := range []string{"text/html", "*/*"} {
			r := httptest.NewRequest("GET", "http://localhost/_mock/explain/TM-AUTH-MISSING"+c.query, nil)
			r.Host = c.host
			r.Header.Set("Accept", accept)
			r.Header.Set("Authorization", "Bearer "+controlToken)
			if c.tls {
				r.TLS = &tls.ConnectionState{}
			}
			w := fromControl(t, c.server, r)
			if got := w.Body.String(); w.Code != 200 || !strings.Contains(got, c.want+"customers/assign") {
				t.Errorf("%s, %s: got %d %.1500s, want samples with %s", c.name, accept, w.Code, got, c.want)
			}
		}
	}
}

// TestReferenceHasAnAddress: /_mock/ui/api leads to the API reference of the console.
func TestReferenceHasAnAddress(t *testing.T) {
	server := newServer(t)
	for path, want := range map[string]string{
		"/_mock/ui/api": "/_mock/ui/#/api", "/_mock/ui/api/": "/_mock/ui/#/api", "/_mock/ui/api/createTicket": "/_mock/ui/#/api/createTicket",
		"/_mock/ui/api/createTicket?world=blue": "/_mock/ui/?world=blue#/api/createTicket", "/_mock/ui/api/a%20b%2F%3Fc": "/_mock/ui/#/api/a%20b%2F%3Fc",
		"/_mock/ui/api//evil.example": "/_mock/ui/#/api/evil.example",
	} {
		w := httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+path, nil))
		if got := w.Header().Get("Location"); w.Code != 303 || got != want {
			t.Errorf("%s: got %d to %q, want 303 to %q", path, w.Code, got, want)
		}
	}
}

// TestContractInUse: the mock returns the contract that it follows, which may be the user's own.
func TestContractInUse(t *testing.T) {
	for name, data := range map[string][]byte{"built in": nil, "own": bytes.Replace(ticagamock.OpenAPI, []byte("summary: Open a ticket"), []byte("summary: Own words"), 1)} {
		server := newServer(t, func(o *mock.Options) { o.Spec = data })
		want := cmp.Or(string(data), string(ticagamock.OpenAPI))
		if got := control(t, server, "GET", "/_mock/api/openapi.yaml", ""); got != want {
			t.Errorf("%s: got another file", name)
		}
		if got := control(t, server, "GET", "/_mock/api/openapi.json", ""); strings.Contains(got, "Own words") != (data != nil) {
			t.Errorf("%s: got another file as JSON", name)
		}
	}
}
