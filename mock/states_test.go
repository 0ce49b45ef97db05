package mock_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const provide = "/_mock/pact/provider-states"

// customerIn returns the status of a request for a customer, at a base URL below the mock.
func customerIn(t testing.TB, server *mock.Server, base, id string) int {
	t.Helper()
	r := httptest.NewRequest("GET", "http://localhost"+base+"/api/customers/get/"+id, nil)
	r.SetBasicAuth(mock.DefaultEmail, mock.DefaultToken)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	return w.Code
}

// TestStatesFormsOfVerifiers: every form in which a verifier sends a state sets it.
func TestStatesFormsOfVerifiers(t *testing.T) {
	for name, form := range map[string]struct{ query, body string }{
		"one state":                      {"", `{"action":"setup","params":{},"state":"customer 8 does not exist"}`},
		"without an action":              {"", `{"state":"customer 8 does not exist"}`},
		"parameters":                     {"", `{"action":"setup","params":{"id":8},"state":"a customer does not exist"}`},
		"nested parameters":              {"", `{"action":"setup","params":{"params":{"id":"8"}},"state":"a customer does not exist"}`},
		"in the query":                   {"?action=setup&state=customer+8+does+not+exist", ""},
		"parameter in the query":         {"?action=setup&id=8&state=a+customer+does+not+exist", ""},
		"a list":                         {"", `{"consumer":"c","states":["customer 7 exists","customer 8 does not exist"]}`},
		"a list of what is in state too": {"", `{"consumer":"c","state":"customer 8 does not exist","states":["customer 8 does not exist"],"action":"setup","params":{}}`},
	} {
		server := newServer(t)
		control(t, server, "POST", provide+form.query, form.body)
		if got := customerIn(t, server, "", "8"); got != 401 {
			t.Errorf("%s: status %d of customer 8, want 401", name, got)
		}
		control(t, server, "POST", provide, `{"action":"teardown","state":"customer 8 does not exist"}`)
		if got := customerIn(t, server, "", "8"); got != 200 {
			t.Errorf("%s: status %d after the teardown, want 200", name, got)
		}
	}
}

// TestStatesOfAnInteraction: states add up until a request comes, and the next interaction starts from
// the scenario, torn down or not.
func TestStatesOfAnInteraction(t *testing.T) {
	server := newServer(t)
	setup := func(state string) {
		control(t, server, "POST", provide, mustJSON(t, map[string]any{"state": state, "action": "setup"}))
	}
	expect := func(when string, want map[string]int) {
		t.Helper()
		for id, status := range want {
			if got := customerIn(t, server, "", id); got != status {
				t.Errorf("%s: status %d of customer %s, want %d", when, got, id, status)
			}
		}
	}
	setup("customer 8 does not exist")
	setup("customer 57 exists")
	expect("two states", map[string]int{"8": 401, "57": 200})
	setup("customer 58 exists")
	expect("the next interaction", map[string]int{"8": 200, "57": 401, "58": 200})
	setup("")
	expect("an interaction without states", map[string]int{"8": 200, "58": 401})
	setup("customer 59 exists")
	refused := fromControl(t, server, httptest.NewRequest("POST", "http://localhost"+provide, strings.NewReader(`{"state":"nonsense"}`)))
	if refused.Code != 422 {
		t.Errorf("an unknown state: %d %s, want 422", refused.Code, refused.Body)
	}
	setup("customer 60 exists") // no request was sent after the state that was refused
	expect("after a state that was refused", map[string]int{"59": 401, "60": 200})
	setup("Ticaga is down")
	expect("a fault", map[string]int{"8": 503})
	setup("customer 8 exists")
	expect("after a fault", map[string]int{"8": 200})
	if n := len(server.Journal()); n < 8 {
		t.Errorf("%d exchanges in the journal, want all since the start", n)
	}
}

// TestStatesOfWorlds: a state is for the world that the request names in one of three ways.
func TestStatesOfWorlds(t *testing.T) {
	const body = `{"state":"customer 8 does not exist"}`
	for _, path := range []string{provide + "?world=blue", "/w/blue" + provide, "/_mock/worlds/blue/pact/provider-states", "/w/blue" + provide + "?world=blue"} {
		server := newServer(t)
		r := httptest.NewRequest("POST", "http://localhost"+path, strings.NewReader(body))
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("%s: %d %s, want 200", path, w.Code, w.Body)
		}
		if blue, others := customerIn(t, server, "/w/blue", "8"), customerIn(t, server, "", "8"); blue != 401 || others != 200 {
			t.Errorf("%s: status %d in blue, %d elsewhere, want 401 and 200", path, blue, others)
		}
	}
}

func TestStatesAreRefused(t *testing.T) {
	for name, refused := range map[string]struct {
		path, body string
		status     int
		want       string
	}{
		"unknown":           {provide, `{"state":"custmer 8 exists"}`, 422, `did you mean \"customer {id} exists\"`},
		"how to add":        {provide, `{"state":"custmer 8 exists"}`, 422, `ticaga-mock pact states lists all; for other data`},
		"opposite":          {provide, `{"state":"customer 8 does not really exist"}`, 422, `customer {id} does not exist`},
		"parameter":         {provide, `{"state":"a customer exists","params":{"mail":"x"}}`, 422, `the parameter \"mail\" is unknown; did you mean \"email\"?`},
		"value":             {provide, `{"state":"a customer exists","params":{"id":"x"}}`, 422, `the parameter \"id\" must be an integer`},
		"action":            {provide, `{"state":"a customer exists","action":"start"}`, 422, `must be \"setup\" or \"teardown\"`},
		"field":             {provide, `{"state":"a customer exists","param":{}}`, 400, `param`},
		"nothing":           {provide, ``, 400, `send {\"state\"`},
		"not JSON":          {provide, `state=a`, 400, `the body`},
		"world":             {provide + "?world=No", `{}`, 422, `lowercase`},
		"no world":          {provide + "?world=", `{}`, 422, `is the variable empty`},
		"two worlds":        {"/_mock/worlds/blue/pact/provider-states?world=green", `{}`, 400, `name different worlds`},
		"what cannot be":    {provide, `{"state":"customer 9001 exists"}`, 422, `staff member 9001 has this id`},
		"unknown operation": {provide, `{"state":"Ticaga is down","params":{"operation":"closeTickets"}}`, 422, `closeTicket`},
	} {
		w := fromControl(t, newServer(t), httptest.NewRequest("POST", "http://localhost"+refused.path, strings.NewReader(refused.body)))
		if w.Code != refused.status || !strings.Contains(w.Body.String(), refused.want) {
			t.Errorf("%s: %d %s, want %d and %q", name, w.Code, w.Body, refused.status, refused.want)
		}
	}
}

// TestStatesAreListed: JSON for programs, and a page for browsers.
func TestStatesAreListed(t *testing.T) {
	server := newServer(t)
	for _, path := range []string{provide, "/_mock/worlds/default/pact/provider-states", "/w/default" + provide} {
		r := httptest.NewRequest("GET", "http://localhost"+path, nil)
		r.Header.Set("Accept", "text/html,*/*;q=0.8")
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		if got := w.Body.String(); !strings.Contains(got, "<td><code>customer {id} exists</code></td>") || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %.500s, want a page with a table", path, w.Code, got)
		}
		w = httptest.NewRecorder()
		server.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+path, nil))
		if !strings.Contains(w.Body.String(), `"name": "customer {id} exists",`) {
			t.Errorf("%s: %d %.500s, want JSON", path, w.Code, w.Body)
		}
	}
}

// TestTokensOfStatesAreSecret: a token that a state has set is redacted like those of the scenario.
func TestTokensOfStatesAreSecret(t *testing.T) {
	const secret = "set-by-a-state-93"
	server := newServer(t)
	control(t, server, "POST", provide, `{"state":"token `+secret+` exists"}`)
	r := httptest.NewRequest("GET", "http://localhost/api/customers/get/8?note="+secret, nil)
	r.Header.Set("Authorization", "Bearer "+secret)
	w := httptest.NewRecorder()
	if server.ServeHTTP(w, r); w.Code != 200 {
		t.Errorf("status %d with the token, want 200", w.Code)
	}
	if kept := control(t, server, "GET", "/_mock/journal", ""); strings.Contains(kept, secret) {
		t.Errorf("the journal has the token: %s", kept)
	}
}

// TestStatesAtOnce: verifications in worlds of their own, at the same time, do not see each other.
func TestStatesAtOnce(t *testing.T) {
	server := newServer(t)
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			base, state := fmt.Sprintf("/w/world-%d", n), `{"state":"customer 8 exists"}`
			want := 200
			if n%2 == 1 {
				state, want = `{"state":"customer 8 does not exist"}`, 401
			}
			for range 20 {
				w := httptest.NewRecorder()
				server.ServeHTTP(w, httptest.NewRequest("POST", "http://localhost"+base+provide, strings.NewReader(state)))
				if got := customerIn(t, server, base, "8"); w.Code != 200 || got != want {
					t.Errorf("%s: setup %d, customer %d, want 200 and %d", base, w.Code, got, want)
				}
			}
		})
	}
	all.Wait()
}

// BenchmarkProviderState sets a state as a verifier does, without the socket.
func BenchmarkProviderState(b *testing.B) {
	server := newServer(b)
	for b.Loop() {
		r := httptest.NewRequest("POST", "http://localhost"+provide, strings.NewReader(`{"action":"setup","params":{},"state":"customer 8 is linked to blesta 42"}`))
		w := httptest.NewRecorder()
		if server.ServeHTTP(w, r); w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}
