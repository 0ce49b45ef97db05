package mock_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestRecordClients: what a published client sends can be recorded, each interaction of its pact. The static check has
// nothing against what was recorded, and it can be recorded again from itself.
func TestRecordClients(t *testing.T) {
	pacts, err := contracts.All()
	if err != nil {
		t.Fatal(err)
	}
	checker, err := contracts.NewChecker(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		for _, version := range []int{3, 4} {
			t.Run(pact.File, func(t *testing.T) {
				recorded := record(t, pact, version)
				for _, finding := range checker.Check(recorded) {
					if finding.IsError() {
						t.Errorf("got %s, want no errors", finding)
					}
				}
				if recorded.Consumer != pact.Consumer || recorded.Provider != "ticaga" || recorded.Version != version {
					t.Errorf("got a pact of %s with %s in version %d, want %s, ticaga and %d",
						recorded.Consumer, recorded.Provider, recorded.Version, pact.Consumer, version)
				}
				again := record(t, recorded, version)
				if got, want := descriptions(again), descriptions(recorded); got != want {
					t.Errorf("recorded again: got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

// record sends the interactions of a pact to a fresh mock, each in its provider states, and returns what was recorded.
func record(t *testing.T, pact contracts.Pact, version int) contracts.Pact {
	t.Helper()
	d := newDesk(t)
	for _, i := range pact.Interactions {
		d.exchange(t, request{method: "POST", path: "/_mock/pact/provider-states", contentType: asJSON, body: `{"action": "teardown"}`})
		for _, given := range i.Given {
			if _, err := d.State(given.State, given.Params); err != nil {
				t.Fatal(err)
			}
		}
		r, err := http.NewRequest(i.Request.Method, d.url+i.Request.Path, bytes.NewReader(i.Request.Body))
		if err != nil {
			t.Fatal(err)
		}
		r.URL.RawQuery = i.Request.Query.Encode()
		r.Header = i.Request.Header.Clone()
		response, err := d.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != i.Response.Status {
			t.Fatalf("%s: got status %d, want %d", i.Description, response.StatusCode, i.Response.Status)
		}
	}
	data, leftOut, err := d.Pact(pact.Consumer, version)
	if err != nil || len(leftOut) > 0 {
		t.Fatalf("left out %q, error %v; want neither", leftOut, err)
	}
	recorded, err := contracts.Read("recorded.json", data)
	if err != nil {
		t.Fatal(err)
	}
	return recorded
}

func descriptions(pact contracts.Pact) string {
	var lines []string
	for _, i := range pact.Interactions {
		lines = append(lines, i.Description)
	}
	return strings.Join(lines, "\n")
}

// TestRecordHidesPeople: nothing of what a customer is called, wrote, or logs in with is in the pact.
func TestRecordHidesPeople(t *testing.T) {
	d := newDesk(t)
	for _, r := range []request{
		postJSON("/api/register", `{"name":"Max Muster","email":"max@muster.de","password":"hunter2hunter2","company":"Muster AG","billing_id":"77","billing_system":"blesta"}`),
		postJSON("/api/login", `{"email":"max@muster.de","password":"hunter2hunter2"}`),
		postJSON("/api/tickets/create", `{"customer_id":"8","subject":"My cellar","message":"Write to eva@muster.de","priority":"low","department_slug":"support","public_email":"max@muster.de","public_name":"Max Muster"}`),
		get("/api/tickets/userticketsbyemail/max@muster.de"),
	} {
		if got := d.ask(t, r); got.status != 200 {
			t.Fatalf("%s: got status %d %s, want 200", r.path, got.status, got.body)
		}
	}
	pact, leftOut, err := d.Pact("plugin", 4)
	if err != nil || len(leftOut) > 0 {
		t.Fatalf("left out %q, error %v; want neither", leftOut, err)
	}
	for _, secret := range []string{"Muster", "muster", "hunter2", "cellar", "eva"} {
		if bytes.Contains(pact, []byte(secret)) {
			t.Errorf("the pact has %q:\n%s", secret, pact)
		}
	}
}

// TestRecordLeavesOut: what cannot be replayed is left out, with the reason, and the rest is recorded.
func TestRecordLeavesOut(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/api/customers/get/8"))
	d.ask(t, get("/api/nowhere"))
	d.ask(t, postJSON("/api/customers/assign", `{"ticaga_id": 8,`))
	d.ask(t, postJSON("/api/tickets/create", `{"subject": "`+strings.Repeat("x", 20_000)+`"}`))
	data, leftOut, err := d.Pact("plugin", 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"GET /api/nowhere: no operation has this method and path",
		"POST /api/customers/assign: a fresh mock does not answer it in the same way: assignBillingId is refused with 422 (TM-BODY-REQUIRED /billing_id, TM-BODY-REQUIRED /billing_system, TM-BODY-REQUIRED /ticaga_id)",
		"POST /api/tickets/create: its body is too large",
	}
	if got := strings.Join(leftOut, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("left out\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	var pact struct {
		Interactions []struct{ Description string }
		Metadata     map[string]map[string]any
	}
	if err := json.Unmarshal(data, &pact); err != nil {
		t.Fatal(err)
	}
	if len(pact.Interactions) != 1 || pact.Interactions[0].Description != "getCustomer succeeds" {
		t.Errorf("got interactions %v, want one, getCustomer succeeds", pact.Interactions)
	}
	if got := pact.Metadata["ticaga-mock"]["leftOut"]; len(got.([]any)) != len(want) {
		t.Errorf("got %v in the metadata, want the lines that were left out", got)
	}
}

// TestRecordRefusals: a department that refuses a ticket is recorded with the reason.
func TestRecordRefusals(t *testing.T) {
	for _, state := range []string{"department sales does not exist", "department sales is disabled", "department sales is for customers only"} {
		t.Run(state, func(t *testing.T) {
			d := newDesk(t)
			if _, err := d.State(state, nil); err != nil {
				t.Fatal(err)
			}
			_ = d.exchange(t, postJSON("/api/tickets/create", `{"customer_id":"0","subject":"S","message":"M","priority":"low","department_slug":"sales","public_email":"a@b.test","public_name":"A"}`)).Body.Close()
			data, leftOut, err := d.Pact("plugin", 4)
			if err != nil {
				t.Fatalf("%v; left out %q", err, leftOut)
			}
			pact, err := contracts.Read("recorded.json", data)
			if err != nil {
				t.Fatal(err)
			}
			if got := pact.Interactions[0].Given; len(got) != 1 || got[0].State != state || pact.Interactions[0].Response.Status != 422 {
				t.Errorf("got the provider states %v and status %d, want %q and 422", got, pact.Interactions[0].Response.Status, state)
			}
		})
	}
}

// TestRecordFaults: a failure that a rule made is recorded with the state that makes it.
func TestRecordFaults(t *testing.T) {
	d := newDesk(t)
	for status, want := range map[int]string{429: "Ticaga limits the rate", 503: "Ticaga is down", 500: "Ticaga fails with status 500"} {
		d.Reset()
		if err := d.Fault(mock.FaultRule{Operation: "getCustomer", Status: status}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.send(t, get("/api/customers/get/8")); err != nil {
			t.Fatal(err)
		}
		data, leftOut, err := d.Pact("plugin", 4)
		if err != nil {
			t.Fatalf("%d: %v; left out %q", status, err, leftOut)
		}
		pact, err := contracts.Read("recorded.json", data)
		if err != nil {
			t.Fatal(err)
		}
		if got := pact.Interactions[0].Given; len(got) != 1 || got[0].State != want {
			t.Errorf("%d: got provider states %v, want %q", status, got, want)
		}
	}
}

// TestRecordOverHTTP: the control API serves the pact of a world.
func TestRecordOverHTTP(t *testing.T) {
	d := newDesk(t)
	_ = d.exchange(t, get("/w/blue/api/customers/get/8")).Body.Close()
	for _, path := range []string{"/_mock/worlds/blue/pact?consumer=plugin", "/_mock/worlds/blue/pact?consumer=plugin&version=3"} {
		pact, err := contracts.Read("recorded.json", []byte(control(t, d.Server, "GET", path, "")))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if got, want := descriptions(pact), "getCustomer succeeds"; got != want || pact.Consumer != "plugin" {
			t.Errorf("%s: got %q of %q, want %q of plugin", path, got, pact.Consumer, want)
		}
	}
}

// TestRecordErrors: what is wrong with the request for a pact is said.
// TestRecordOneExchange: the exchanges before it count for its provider states, and a reason says why it cannot be recorded.
func TestRecordOneExchange(t *testing.T) {
	d := newDesk(t)
	d.ask(t, postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta"))
	d.ask(t, get("/api/customers/get/8"))
	d.ask(t, get("/api/unknown"))
	for id, want := range map[string]string{"1": "assignBillingId by form succeeds", "2": "getCustomer succeeds"} {
		pact, err := contracts.Read("recorded", []byte(control(t, d.Server, "GET", "/_mock/pact?consumer=mine&exchange="+id, "")))
		if err != nil {
			t.Fatal(err)
		}
		if got := descriptions(pact); strings.Count(got, "\n") > 1 || !strings.Contains(got, want) {
			t.Errorf("exchange %s: got %s, want only %s", id, got, want)
		}
	}
	for id, want := range map[string]string{"3": "no operation has this method and path", "9": "the journal has no exchange", "x": "the journal has no exchange"} {
		if got := askControl(d.Server, "GET", "/_mock/pact?consumer=mine&exchange="+id, ""); got.Code < 400 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("exchange %s: got %d %s, want a refusal with %q", id, got.Code, got.Body, want)
		}
	}
}

func TestRecordErrors(t *testing.T) {
	d := newDesk(t)
	for _, test := range []struct {
		path   string
		status int
		want   string
	}{
		{"/_mock/pact", 400, "consumer is missing"},
		{"/_mock/pact?consumer=p&version=2", 400, "must be 3 or 4"},
		{"/_mock/pact?consumer=p&world=x", 400, "must be consumer, version or exchange"},
		{"/_mock/pact?consumer=p", 409, "no exchange that can be recorded"},
	} {
		t.Run(test.path, func(t *testing.T) {
			got := fromControl(t, d.Server, httptest.NewRequest("GET", "http://localhost"+test.path, nil))
			if got.Code != test.status || !strings.Contains(got.Body.String(), test.want) {
				t.Errorf("got %d %s, want %d and %q", got.Code, got.Body, test.status, test.want)
			}
		})
	}
}
