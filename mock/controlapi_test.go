package mock_test

import (
	"bytes"
	"cmp"
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
var controlContract = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(controlapi.OpenAPI) })

// fromControl sends a request to the control API, without a socket, and checks the answer against its
// contract, whatever the status.
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
	if o, _ := contract.Find(r.Method, r.URL.Path); o != nil {
		if err := o.CheckAnswer(w.Code, w.Body.Bytes()); err != nil {
			t.Errorf("%s %s: %v\n%s", r.Method, r.URL, err, w.Body)
		}
	} else if w.Code != 404 && w.Code != 405 {
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
