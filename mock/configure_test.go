package mock_test

import (
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// configurable is what a World and a Server, for its default world, have in common.
type configurable interface {
	Reset()
	Load(fs.FS) error
	SetClock(now time.Time, still bool) error
	Journal() []mock.Exchange
	Fault(...mock.FaultRule) error
	FaultJSON(string) error
	Set(string) error
	Settings() mock.Settings
}

// inBoth runs a test for the default world through its Server, and for another world. prefix is that of the
// world's paths.
func inBoth(t *testing.T, test func(t *testing.T, d *desk, w configurable, prefix string)) {
	t.Run("default world", func(t *testing.T) {
		d := newDesk(t)
		test(t, d, d.Server, "")
	})
	t.Run("another world", func(t *testing.T) {
		d := newDesk(t)
		test(t, d, mustWorld(t, d, "blue"), "/w/blue")
	})
}

// billingID returns the billing ID of customer 8 in a world.
func billingID(t *testing.T, d *desk, prefix string) any {
	t.Helper()
	return field(t, d.ask(t, get(prefix+"/api/customers/get/8"), "plain").body, "user", "billing_id")
}

func TestReset(t *testing.T) {
	inBoth(t, func(t *testing.T, d *desk, w configurable, prefix string) {
		at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
		if err := errors.Join(w.SetClock(at, true), w.Set(`{"created":201}`)); err != nil {
			t.Fatal(err)
		}
		d.ask(t, postForm(prefix+assign, "ticaga_id=8&billing_id=42&billing_system=blesta"), "plain")
		if got := billingID(t, d, prefix); got != "42" {
			t.Fatalf("billing ID before the reset: got %v, want 42", got)
		}
		if err := w.Fault(mock.FaultRule{Status: 503}); err != nil {
			t.Fatal(err)
		}
		w.Reset()
		if n := len(w.Journal()); n != 0 {
			t.Errorf("exchanges in the journal: got %d, want 0", n)
		}
		if got := w.Settings().Created; got != 200 {
			t.Errorf("setting created: got %d, want 200", got)
		}
		if got := billingID(t, d, prefix); got != "0" {
			t.Errorf("billing ID: got %v, want 0", got)
		}
		d.ask(t, postForm(prefix+assign, "ticaga_id=8&billing_id=43&billing_system=blesta"), "plain")
		updated := field(t, d.ask(t, get(prefix+"/api/customers/get/8"), "plain").body, "user", "updated_at").(string)
		if strings.HasPrefix(updated, "2030-01-02") {
			t.Errorf("updated_at: got %s, want the server's time", updated)
		}
	})
}

func TestLoad(t *testing.T) {
	folder := func(customer string) fs.FS {
		return fstest.MapFS{"customers.json": {Data: []byte(`[` + customer + `]`)}}
	}
	const jane = `{"id":8,"name":"Jane","email":"jane@example.com","email_verified_at":null,"company":"","phone_number":"","account_manager":"0",
		"biography":"","billing_id":"77","billing_system":"blesta","created_at":"2025-07-01T08:00:00.000000Z","updated_at":"2025-07-01T08:00:00.000000Z"}`
	inBoth(t, func(t *testing.T, d *desk, w configurable, prefix string) {
		d.ask(t, get(prefix+"/api/customers/get/8"), "plain")
		before := len(w.Journal())
		if err := w.Load(folder(`{"id":"none"}`)); err == nil || !strings.Contains(err.Error(), "customers.json") {
			t.Errorf("fixtures that break the contract: got %v, want an error about customers.json", err)
		}
		if got := billingID(t, d, prefix); got != "0" {
			t.Errorf("billing ID after the error: got %v, want 0", got)
		}
		if err := w.Load(folder(jane)); err != nil {
			t.Fatal(err)
		}
		if got := billingID(t, d, prefix); got != "77" {
			t.Errorf("billing ID: got %v, want 77", got)
		}
		if got := len(w.Journal()); got != before+2 {
			t.Errorf("exchanges in the journal: got %d, want %d", got, before+2)
		}
		d.ask(t, postForm(prefix+assign, "ticaga_id=8&billing_id=42&billing_system=blesta"), "plain")
		w.Reset()
		if got := billingID(t, d, prefix); got != "77" {
			t.Errorf("billing ID after a reset: got %v, want that of the loaded fixtures, 77", got)
		}
	})
}

func TestSetClock(t *testing.T) {
	inBoth(t, func(t *testing.T, d *desk, w configurable, prefix string) {
		at := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
		if err := w.SetClock(at, true); err != nil {
			t.Fatal(err)
		}
		if err := w.SetClock(time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC), true); err == nil || !strings.Contains(err.Error(), "1900 to 2200") {
			t.Errorf("the year 1800: got %v, want an error with the years", err)
		}
		d.ask(t, postForm(prefix+assign, "ticaga_id=8&billing_id=42&billing_system=blesta"), "plain")
		updated := field(t, d.ask(t, get(prefix+"/api/customers/get/8"), "plain").body, "user", "updated_at")
		if want := "2031-02-03T04:05:06.000000Z"; updated != want {
			t.Errorf("updated_at: got %v, want %s", updated, want)
		}
	})
}

// TestValuesAndJSONAreTheSame: a rule or an expectation does the same as a Go value and in JSON, and errors
// are the same.
func TestValuesAndJSONAreTheSame(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		name  string
		rules []mock.FaultRule
		json  string
		want  string // the error; "" for none
	}{
		{"no rules", nil, ``, ""},
		{"a status", []mock.FaultRule{{Operation: "getCustomer", Status: 503}}, `[{"operation":"getCustomer","status":503}]`, ""},
		{"a match", []mock.FaultRule{{Match: &mock.Match{Path: "/api/customers/get/8", Headers: map[string]any{"X-None": nil}}, Status: 503, Probability: 1}},
			`[{"match":{"path":"/api/customers/get/8","headers":{"X-None":null}},"status":503,"probability":1}]`, ""},
		{"no effect", []mock.FaultRule{{Times: 1}}, `[{"times":1}]`, "fault rules: /0: no effect: set a status, a fault or a delay"},
		{"an unknown operation", []mock.FaultRule{{Operation: "getCustomers", Status: 503}}, `[{"operation":"getCustomers","status":503}]`,
			`fault rules: /0: /operation: "getCustomers": unknown operation; did you mean "getCustomer"?`},
		{"a violation", []mock.FaultRule{{Match: &mock.Match{Violations: []string{}}, Status: 503}}, `[{"match":{"violations":[]},"status":503}]`,
			"fault rules: /0: /match/violations: unknown key; must be one of operation, method, path, body, query, headers, credentials"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for way, err := range map[string]error{"value": d.Fault(c.rules...), "JSON": d.FaultJSON(c.json)} {
				got := ""
				if err != nil {
					got = err.Error()
				}
				if got != c.want {
					t.Errorf("as a %s: got %q, want %q", way, got, c.want)
				}
			}
		})
	}
	d.Reset()
	for _, rules := range []func() error{
		func() error { return d.Fault(mock.FaultRule{Operation: "getCustomer", Status: 503, Times: 1}) },
		func() error { return d.FaultJSON(`[{"operation":"getCustomer","status":503,"times":1}]`) },
	} {
		if err := rules(); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
			if got := d.ask(t, get("/api/customers/get/8"), "plain").status; got != want {
				t.Errorf("request %d: got status %d, want %d", i+1, got, want)
			}
		}
	}
	for _, c := range []struct {
		name  string
		value mock.Expectation
		json  string
		want  string
	}{
		{"it holds", mock.Expectation{Operation: "getCustomer", Credentials: "bearer", Count: mock.Times(4)}, `{"operation":"getCustomer","credentials":"bearer","count":4}`, ""},
		{"count 0", mock.Expectation{Operation: "getCustomer", Count: mock.Times(0)}, `{"operation":"getCustomer","count":0}`, "getCustomer was called 4 times, expected none; no other request came"},
		{"in order", mock.Expectation{InOrder: []mock.Match{{Operation: "getCustomer"}, {Method: "GET"}}}, `{"in_order":[{"operation":"getCustomer"},{"method":"GET"}]}`, ""},
		{"no violations", mock.Expectation{Violations: []string{}}, `{"violations":[]}`, ""},
		{"too long", mock.Expectation{Within: time.Hour}, `{"within":"1h0m0s"}`, `expectation: /within: must be a duration such as "3s" or "500ms", at most "60s", got "1h0m0s"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for way, err := range map[string]error{"value": d.Verify(t.Context(), c.value), "JSON": d.VerifyJSON(t.Context(), c.json)} {
				got := ""
				if err != nil {
					got = err.Error()
				}
				if got != c.want {
					t.Errorf("as a %s: got %q, want %q", way, got, c.want)
				}
			}
		})
	}
}
