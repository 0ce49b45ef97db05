package mock_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// faultKinds is every fault, and how a client sees it.
var faultKinds = []struct {
	prefer string // as a Prefer header asks for it
	rule   string // the same, as the members of a rule
	data   string // the same, as reserved data is called
	seen   func(got *http.Response, body []byte, err error) bool
}{
	{"code=400", `"status":400`, "400", status(400, `"message":"Bad Request"`)},
	{"code=401", `"status":401`, "401", status(401, `"User not authenticated"`)},
	{"code=403", `"status":403`, "403", status(403, `"message":"This action is unauthorized."`)},
	{"code=404", `"status":404`, "404", status(404, `"message"`)},
	{"code=405", `"status":405`, "405", func(got *http.Response, body []byte, err error) bool {
		return status(405, "Supported methods: "+got.Header.Get("Allow"))(got, body, err) && got.Header.Get("Allow") != ""
	}},
	{"code=408", `"status":408`, "408", status(408, `"message":"Request Timeout"`)},
	{"code=413", `"status":413`, "413", status(413, `"message"`)},
	{"code=419", `"status":419`, "419", status(419, "CSRF token mismatch.")},
	{"code=422", `"status":422`, "422", status(422, `"errors"`)},
	{"code=429", `"status":429`, "429", func(got *http.Response, body []byte, err error) bool {
		return status(429, "Too Many Attempts.")(got, body, err) && got.Header.Get("Retry-After") == "60"
	}},
	{"code=500", `"status":500`, "500", status(500, "Server Error")},
	{"code=502", `"status":502`, "502", status(502, `"message":"Bad Gateway"`)},
	{"code=503", `"status":503`, "503", func(got *http.Response, body []byte, err error) bool {
		return status(503, "Service Unavailable")(got, body, err) && got.Header.Get("Retry-After") == "60"
	}},
	{"code=504", `"status":504`, "504", status(504, `"message":"Gateway Timeout"`)},
	{"fault=reset", `"fault":"reset"`, "reset", func(_ *http.Response, _ []byte, err error) bool { return err != nil }},
	{"fault=empty", `"fault":"empty"`, "empty", func(got *http.Response, body []byte, err error) bool {
		return err == nil && got.StatusCode == 200 && len(body) == 0
	}},
	{"fault=truncate", `"fault":"truncate"`, "truncate", func(_ *http.Response, body []byte, err error) bool {
		return errors.Is(err, io.ErrUnexpectedEOF) && !json.Valid(body)
	}},
	{"fault=garbage", `"fault":"garbage"`, "garbage", func(got *http.Response, body []byte, err error) bool {
		return err == nil && got.StatusCode == 200 && !json.Valid(body)
	}},
	{"fault=html", `"fault":"html"`, "html", func(got *http.Response, body []byte, err error) bool {
		return status(500, "<h1>")(got, body, err) && strings.HasPrefix(got.Header.Get("Content-Type"), "text/html")
	}},
	{"fault=redirect", `"fault":"redirect"`, "redirect", func(got *http.Response, body []byte, err error) bool {
		return status(302, "")(got, body, err) && strings.HasSuffix(got.Header.Get("Location"), "/login")
	}},
	{"fault=slow", `"fault":"slow"`, "slow", status(200, "")},
	{"delay=1", `"delay_ms":1`, "delay", status(200, "")},
	{"delay=1-3", `"delay_ms":1,"delay_max_ms":3`, "delay", status(200, "")},
}

func status(want int, part string) func(*http.Response, []byte, error) bool {
	return func(got *http.Response, body []byte, err error) bool {
		return err == nil && got.StatusCode == want && bytes.Contains(body, []byte(part))
	}
}

// send is a request whose answer may be broken: err is what broke.
func (d *desk) send(t testing.TB, q request) (got *http.Response, body []byte, err error) {
	t.Helper()
	sent, err := http.NewRequest(q.method, d.url+q.path, strings.NewReader(q.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range q.header {
		sent.Header[name] = values
	}
	if sent.Header.Get("Authorization") == "" {
		sent.Header.Set("Authorization", bearer)
	}
	if q.contentType != "" {
		sent.Header.Set("Content-Type", q.contentType)
	}
	if got, err = d.client.Do(sent); err != nil {
		return nil, nil, err
	}
	defer func() { _ = got.Body.Close() }()
	body, err = io.ReadAll(got.Body)
	return got, body, err
}

// TestEveryFaultEveryWayEveryOperation: each operation meets each fault by header, by rule and
// by data: in a parameter or a field where it has one, and in the credentials. Each attempt has a
// world of its own, so that the slow ones go side by side.
func TestEveryFaultEveryWayEveryOperation(t *testing.T) {
	attempts := 0
	d := newDesk(t, func(o *mock.Options) { o.Worlds = 10_000 })
	d.client.Transport = &http.Transport{DisableKeepAlives: true} // a client asks again when a kept connection breaks
	var wg sync.WaitGroup
	room := make(chan struct{}, 100)
	for _, op := range d.Contract().Operations {
		example := op.Examples()[0]
		kind := map[bool]string{true: "json", false: "plain"}[op.HasBody]
		for _, f := range faultKinds {
			attempt := func(way string, q request, rule string) {
				attempts++
				name := fmt.Sprintf("attempt-%d", attempts)
				world, err := d.World(name)
				if err != nil {
					t.Fatal(err)
				}
				if err := world.FaultJSON(rule); err != nil {
					t.Fatal(err)
				}
				q.path = world.Path() + q.path
				room <- struct{}{}
				wg.Go(func() {
					defer func() { <-room }()
					got, body, err := d.send(t, q)
					if !f.seen(got, body, err) {
						t.Errorf("%s: got response %v, body %s, error %v; want the fault %s, set by %s", op.ID, got, body, err, f.prefer, way)
					}
					if journal := world.Journal(); len(journal) != 1 || journal[0].Fault == "" {
						t.Errorf("%s: got journal %+v, want one exchange with the fault %s, set by %s", op.ID, journal, f.prefer, way)
					}
				})
			}
			q := exampleRequests(t, op, example)[kind]
			attempt("rule", q, fmt.Sprintf(`[{"operation":%q,%s}]`, op.ID, f.rule))
			q.header = http.Header{"Prefer": {f.prefer}}
			attempt("header", q, "")
			if reserved, ok := withReserved(op, example, f.data); ok {
				attempt("data", exampleRequests(t, op, reserved)[kind], "")
			}
			q.header = http.Header{"Authorization": {"Bearer fault-" + f.data}} // what every operation takes
			attempt("token", q, "")
			q.header = http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(f.data+"@fault.test:demo-token"))}}
			attempt("e-mail in the settings", q, "")
		}
	}
	wg.Wait()
	t.Logf("%d attempts", attempts)
}

// withReserved puts reserved data into the first place of an example that takes it.
func withReserved(op *spec.Operation, example spec.Example, name string) (spec.Example, bool) {
	if name == "" {
		return example, false
	}
	replace := func(field string) (string, bool) {
		switch {
		case strings.Contains(field, "email"):
			return name + "@fault.test", true
		case strings.HasSuffix(field, "id") || field == "ticket_number":
			return reservedID(name), reservedID(name) != ""
		case field == "slug":
			return "fault-" + name, true
		}
		return "", false
	}
	reserved := spec.Example{Params: map[string]string{}, Body: map[string]any{}}
	found := false
	for field, value := range example.Params {
		reserved.Params[field] = value
		if other, ok := replace(field); ok && !found {
			reserved.Params[field], found = other, true
		}
	}
	for field, value := range example.Body {
		reserved.Body[field] = value
		if other, ok := replace(field); ok && !found {
			reserved.Body[field], found = other, true
		}
	}
	return reserved, found
}

// reservedID is the reserved id of a fault, by the fault's name.
func reservedID(name string) string {
	for _, r := range mock.ReservedFaults() {
		if r.Slug == "fault-"+name {
			return strconv.FormatInt(r.ID, 10)
		}
	}
	return ""
}

func TestRulesOfFaults(t *testing.T) {
	d := newDesk(t)
	fails := func(q request) bool {
		t.Helper()
		got, _, err := d.send(t, q)
		if err != nil {
			t.Fatal(err)
		}
		return got.StatusCode == 503
	}
	set := func(rules string) {
		t.Helper()
		if err := d.FaultJSON(rules); err != nil {
			t.Fatal(err)
		}
	}
	set(`[{"operation":"assignBillingId","match":{"body":{"ticaga_id":8}},"status":503,"times":2}]`)
	link := postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta")
	if fails(postForm(assign, "ticaga_id=7&billing_id=41&billing_system=blesta")) {
		t.Error("got a fault for customer 7, want one for customer 8 only")
	}
	for i, want := range []bool{true, true, false} {
		if fails(link) != want {
			t.Errorf("request %d: got a fault %t, want %t", i+1, !want, want)
		}
	}
	if hits := field(t, control(t, d.Server, "GET", "/_mock/faults", ""), "rules").([]any)[0].(map[string]any)["hits"]; hits != json.Number("2") {
		t.Errorf("hits: got %v, want 2", hits)
	}
	set("")
	if fails(link) {
		t.Error("got a fault after the rules were removed, want none")
	}

	// Chance comes from the seed: the same again, and neither all nor none.
	count := func() (pattern string) {
		set(`[{"status":503,"probability":0.5}]`)
		for range 40 {
			pattern += map[bool]string{true: "x", false: "."}[fails(get("/api/customers/get/8"))]
		}
		return pattern
	}
	if a, b := count(), count(); a != b || !strings.Contains(a, "x") || !strings.Contains(a, ".") {
		t.Errorf(`%s and %s; want a %q, a containing "x", a containing "."`, a, b, b)
	}

	// A world has its own.
	set(`[{"status":503}]`)
	if got, _, err := d.send(t, get("/w/other/api/customers/get/8")); err != nil || got.StatusCode != 200 {
		t.Errorf("another world met the fault: got %v, %v; want status 200", got, err)
	}
}

// TestFaultsChangeNothingWhereTheHandlerHasNoTurn: a status that was asked for is all that
// happens, while an answer that breaks off was a real one.
func TestFaultsChangeNothingWhereTheHandlerHasNoTurn(t *testing.T) {
	d := newDesk(t)
	for prefer, changed := range map[string]bool{
		"code=500": false, "fault=reset": false, "fault=empty": false, "fault=garbage": false, "fault=html": false, "fault=redirect": false,
		"fault=truncate": true, "delay=1": true,
	} {
		d.Reset()
		q := postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta")
		q.header = http.Header{"Prefer": {prefer}}
		_, _, _ = d.send(t, q)
		if id := field(t, d.ask(t, get("/api/customers/get/8")).body, "user", "billing_id"); (id == "42") != changed {
			t.Errorf("%s: billing id %v, want 42: %t", prefer, id, changed)
		}
	}
}

// TestTwoReservedValues: which one counts is not left to chance.
func TestTwoReservedValues(t *testing.T) {
	d := newDesk(t)
	for range 20 {
		if got := d.ask(t, postForm("/api/tickets/close", "ticket_id=990000503&customer_id=990000429")); got.status != 429 {
			t.Fatalf("got %d, want 429", got.status)
		}
	}
}

// TestFaultsFromSettings: a token may name a fault and a world, and what is wrong with a request
// is told all the same.
func TestFaultsFromSettings(t *testing.T) {
	d := newDesk(t)
	for auth, want := range map[string]int{
		"Bearer fault-429": 429, "Bearer fault-503@blue": 503, "Bearer demo-token": 200, "Bearer fault-nothing": 401, "Bearer fault-slow-": 401,
		"Basic " + base64.StdEncoding.EncodeToString([]byte("admin@ticaga.test:fault-429@blue")): 429,
		"Basic " + base64.StdEncoding.EncodeToString([]byte("429@fault.test:nobodys-token")):     401,
	} {
		q := get("/api/departments/public")
		q.auth = auth
		if got := d.ask(t, q, "plain"); got.status != want {
			t.Errorf("%s: got %d %s, want %d", auth, got.status, got.body, want)
		}
	}
	got := d.ask(t, request{method: "GET", path: "/api/departments/public?x=1", auth: "-", header: http.Header{"X-Admin-Email": {"503@fault.test"}, "X-Api-Token": {"demo-token"}}})
	if got.status != 503 || !slices.Contains(codes(got.entry), "TM-QUERY-UNKNOWN") || slices.Contains(codes(got.entry), "TM-AUTH-EMAIL") {
		t.Errorf(`got %d %q; want status 503, codes with "TM-QUERY-UNKNOWN", codes without "TM-AUTH-EMAIL"`, got.status, codes(got.entry))
	}
	blue, err := d.World("blue")
	if err != nil || len(blue.Journal()) != 2 {
		t.Errorf("got %v %v, want 2", blue.Journal(), err)
	}
}

func TestRedirectOnlyWithoutAcceptJSON(t *testing.T) {
	q := get("/api/customers/get/8")
	q.header = http.Header{"Prefer": {"fault=redirect"}, "Accept": {"application/json"}}
	got, body, err := newDesk(t).send(t, q)
	if err != nil || got.StatusCode != 401 || !strings.Contains(string(body), "Unauthenticated.") {
		t.Errorf(`got %v %s %v; want status 401, body containing "Unauthenticated."`, got, body, err)
	}
}

func TestSlowAnswersDrip(t *testing.T) {
	q := get("/api/customers/get/8")
	q.header = http.Header{"Prefer": {"fault=slow"}}
	began := time.Now()
	got, body, err := newDesk(t).send(t, q)
	if err != nil || got.StatusCode != 200 || !json.Valid(body) {
		t.Errorf("got %v %s %v; want status 200, valid JSON", got, body, err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("it took %v only, want at least %v", took, time.Second)
	}
}

func TestUnsupportedPreferences(t *testing.T) {
	for _, prefer := range []string{"code=abc", "code=99", "code=302", "fault=explode", "delay=-1", "delay=999999", "delay=500-100", "code=500, fault=reset"} {
		d := newDesk(t)
		q := get("/api/customers/get/8")
		q.header = http.Header{"Prefer": {prefer}}
		got := d.ask(t, q)
		if got.status != 200 || len(got.entry.Violations) != 1 || got.entry.Violations[0].Code != "TM-HEADER-PREFER" {
			t.Errorf(`%s: %d %q; got len(violations) %d; want status 200, len(violations) 1, code "TM-HEADER-PREFER"`, prefer, got.status, codes(got.entry), len(got.entry.Violations))
		}
	}
	for _, prefer := range []string{"respond-async, wait=10", "delay=0", "code=200"} { // those of others, and what is so anyhow
		q := get("/api/customers/get/8")
		q.header = http.Header{"Prefer": {prefer}}
		if got := newDesk(t).ask(t, q); got.status != 200 || len(got.entry.Violations) != 0 {
			t.Errorf("%s: got %d %q; want status 200, no violations", prefer, got.status, codes(got.entry))
		}
	}
}
