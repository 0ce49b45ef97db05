package mock_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

func mustJSON(t testing.TB, value any) string {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// control reads a page of the control API.
func (d *desk) control(t testing.TB, path string) string {
	t.Helper()
	got, err := d.client.Get(d.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestHealth(t *testing.T) {
	body := newDesk(t).control(t, "/_mock/health")
	if status, scenario := field(t, body, "status"), field(t, body, "scenario"); status != "ok" || scenario != "default" {
		t.Errorf(`got %s; got status %v; got scenario %v; want status "ok", scenario "default"`, body, status, scenario)
	}
}

func TestJournalListsExchangesWithTheirViolations(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/api/customers/get/8"))
	d.ask(t, postForm(assign, "ticaga_id=8"))
	body := d.control(t, "/_mock/journal")
	var list struct{ Exchanges []map[string]any }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Exchanges) != 2 || list.Exchanges[0]["operation"] != "assignBillingId" || list.Exchanges[1]["operation"] != "getCustomer" {
		t.Fatalf(`got %s; got len(exchanges) %d; want len(exchanges) 2, operation "assignBillingId", operation "getCustomer"`, body, len(list.Exchanges))
	}
	violations, _ := list.Exchanges[0]["violations"].([]any)
	if len(violations) != 2 || !strings.Contains(mustJSON(t, violations), "TM-BODY-REQUIRED") {
		t.Errorf(`got %v; want len(violations) 2, violations containing "TM-BODY-REQUIRED"`, violations)
	}
	if list.Exchanges[1]["violations"] == nil {
		t.Error(`got "violations": null, want []`)
	}
}

func TestControlAPIHasNoOtherPaths(t *testing.T) {
	d := newDesk(t)
	if body := d.control(t, "/_mock/secrets"); field(t, body, "status") != json.Number("404") {
		t.Errorf("got %s, want 404", body)
	}
	if len(d.Journal()) != 0 {
		t.Errorf("got %d exchanges in the journal, want none of the control API", len(d.Journal()))
	}
}

func TestIndex(t *testing.T) {
	if body := newDesk(t).control(t, "/"); !strings.Contains(body, "/_mock/ui/") || strings.Contains(body, "demo-token") {
		t.Errorf(`got %s; want body containing "/_mock/ui/", body without "demo-token"`, body)
	}
}

// TestBrowsersGetTheConsole at the base URL of a world, which shows that world.
func TestBrowsersGetTheConsole(t *testing.T) {
	server := newServer(t)
	for path, want := range map[string]string{"/": "/_mock/ui/", "/w/blue": "/_mock/ui/?world=blue", "/w/blue/": "/_mock/ui/?world=blue"} {
		r := httptest.NewRequest("GET", "http://localhost"+path, nil)
		r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
			t.Errorf("%s: got %d to %q, want 303 to %q", path, w.Code, got, want)
		}
	}
}

// TestBrowserRequestsAreNotRecorded: what a browser asks for by itself, such as an icon, is not a
// violation. The same path sent by a client is.
func TestBrowserRequestsAreNotRecorded(t *testing.T) {
	observed := 0
	d := newDesk(t, func(o *mock.Options) { o.Observe = func(mock.Exchange) { observed++ } })
	quiet := []string{
		"/favicon.ico", "/robots.txt", "/apple-touch-icon.png", "/apple-touch-icon-precomposed.png", "/apple-touch-icon-120x120.png",
		"/.well-known/appspecific/com.chrome.devtools.json", "/.well-known/security.txt", "/favicon.ico?v=2",
	}
	for _, base := range []string{"", "/w/default", "/w/blue"} {
		for _, path := range quiet {
			for _, method := range []string{"GET", "HEAD"} {
				r, err := http.NewRequest(method, d.url+base+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				got, err := d.client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = got.Body.Close()
				if got.StatusCode != 404 || got.Header.Get(mock.ViolationsHeader) != "" {
					t.Errorf(`%s %s%s: got %d %v; want status 404, header Ticaga-Mock-Violations ""`, method, base, path, got.StatusCode, got.Header)
				}
			}
		}
	}
	if n := len(d.Journal()); n != 0 || observed != 0 || worldNames(t, d.Server) != nil {
		t.Errorf("got %d exchanges in the journal, %d observed, worlds %q; want none", n, observed, worldNames(t, d.Server))
	}
	for _, q := range []request{
		get("/favicon"), get("/favicon.ico/x"), get("/api/favicon.ico"), get("/w/blue/x/robots.txt"), get("/w/No/robots.txt"), get("/apple-touch-icon.jpg"),
		get("/.well-known"), postForm("/favicon.ico", "a=b"), {method: "DELETE", path: "/robots.txt"},
	} {
		if got := d.ask(t, q); got.status != 404 || len(codes(got.entry)) == 0 {
			t.Errorf("%s %s: got %d %q; want status 404, some codes", q.method, q.path, got.status, codes(got.entry))
		}
	}
}

// TestRefusedStateChangesNothing: the state stays as it was if one of its arrays cannot be loaded.
func TestRefusedStateChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name, body string
		status     int
		detail     string // part of the answer
	}{
		{"an invalid row", `{"tickets":[],"customers":[{}]}`, http.StatusUnprocessableEntity, "customers.json: /0/id: the value is missing"},
		{"an array that is not JSON", `{"tickets":[],"customers":[{]}`, http.StatusBadRequest, "the body: invalid JSON at byte 29: unexpected ']'"},
		{"an object that ends early", `{"tickets":[]`, http.StatusBadRequest, "the body: invalid JSON: it ends early"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := newServer(t)
			before := stateOf(t, server)
			got := askControl(server, "PUT", "/_mock/worlds/default/state", c.body)
			if got.Code != c.status || !strings.Contains(got.Body.String(), c.detail) {
				t.Errorf("PUT %s: got status %d: %s; want %d with %q", c.body, got.Code, got.Body, c.status, c.detail)
			}
			if after := stateOf(t, server); after != before {
				t.Errorf("got the state %s, want it unchanged: %s", after, before)
			}
		})
	}
}

// TestControlBodiesAreUTF8: the error for a body that is not UTF-8 has the line, and a byte order mark is ignored.
func TestControlBodiesAreUTF8(t *testing.T) {
	const oneDepartment = `[{"id":1,"department_name":"Vertr` + "\u00e4" + `ge","department_description":"","slug":"v","is_public":1,"is_disabled":0,"allows_high_priority":1}]`
	server := newServer(t)
	before := stateOf(t, server)
	for _, row := range []struct{ method, path, body string }{
		{"PUT", "state", "{\"departments\":\n[{\"department_name\":\"Vertr\xe4ge\"}]}"},
		{"PUT", "faults", "[\n{\"operation\":\"Vertr\xe4ge\"}]"},
		{"POST", "verify", "{\"body\":\n{\"name\":\"J\xf6rg\"}}"},
		{"PATCH", "settings", "{\n\"\xe4\":1}"},
		{"PUT", "settings", "{\n\"\xe4\":1}"},
		{"PUT", "clock", "{\n\"\xe4\":1}"},
	} {
		t.Run(row.method+" "+row.path, func(t *testing.T) {
			got := askControl(server, row.method, "/_mock/worlds/default/"+row.path, row.body)
			if got.Code == http.StatusMethodNotAllowed {
				return // settings have one of the two methods
			}
			if got.Code != http.StatusBadRequest || !strings.Contains(got.Body.String(), "line 2: the byte 0x") {
				t.Errorf(`%s %s: got status %d: %s; want status 400, body containing "line 2: the byte 0x"`, row.method, row.path, got.Code, got.Body)
			}
		})
	}
	if stateOf(t, server) != before {
		t.Error("refused bodies: got another state, want it unchanged")
	}
	if got := askControl(server, "PUT", "/_mock/worlds/default/state", "\ufeff{\"departments\":"+oneDepartment+`,"tickets":[],"responses":[]}`); got.Code != http.StatusOK ||
		!strings.Contains(stateOf(t, server), "Vertr\u00e4ge") {
		t.Errorf("a byte order mark: got status %d: %s; want 200, and the department in the state", got.Code, got.Body)
	}
}

// TestClockThatStands: a server's time that never moves is shown as one that stands still, and no
// year is impossible without being refused.
func TestClockThatStands(t *testing.T) {
	for still, want := range map[bool]string{true: `"still": true`, false: `"still": false`} {
		server := newServer(t, func(o *mock.Options) { o.Still = still })
		if !still {
			server = newServer(t, func(o *mock.Options) { o.Now = time.Now })
		}
		for _, q := range []struct{ method, path, body string }{
			{"GET", "default/clock", ""}, {"PUT", "default/clock", "{}"}, {"PUT", "default/clock", `{"now":null}`}, {"PUT", "default/clock", `{"now":"2030-01-01T00:00:00Z"}`},
		} {
			if got := askControl(server, q.method, "/_mock/worlds/"+q.path, q.body); !strings.Contains(got.Body.String(), want) {
				t.Errorf("%s %s: got %s, want %s in it", q.method, q.body, got.Body, want)
			}
		}
		if got := askControl(server, "PUT", "/_mock/worlds/default/clock", `{"now":"2030-01-01T00:00:00Z","still":false}`); !strings.Contains(got.Body.String(), `"still": false`) {
			t.Errorf(`still false: got %s, want "still": false in it`, got.Body)
		}
		for _, year := range []string{"0001-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z"} {
			if got := askControl(server, "PUT", "/_mock/worlds/default/clock", `{"now":"`+year+`"}`); got.Code < 400 || got.Code >= 500 {
				t.Errorf("%s: got status %d: %s; want status at least 400, status below 500", year, got.Code, got.Body)
			}
		}
	}
}

// askControl is a request to the control API of a server that nobody else can reach.
func askControl(server http.Handler, method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body)))
	return w
}
