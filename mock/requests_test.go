package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

const assign = "/api/customers/assign"

// TestBadRequests is what a client can get wrong, and that customer 8 is none the worse
// for it.
func TestBadRequests(t *testing.T) {
	const allMissing = `{"message":"The ticaga id field is required. (and 2 more errors)","errors":{` +
		`"ticaga_id":["The ticaga id field is required."],"billing_id":["The billing id field is required."],` +
		`"billing_system":["The billing system field is required."]}}`
	for _, c := range []struct {
		name   string
		q      request
		status int
		body   string // "" when it does not matter
		codes  []string
	}{
		{"missing fields", postJSON(assign, `{"ticaga_id":8}`), 422,
			`{"message":"The billing id field is required. (and 1 more error)","errors":{"billing_id":["The billing id field is required."],"billing_system":["The billing system field is required."]}}`,
			[]string{"TM-BODY-REQUIRED", "TM-BODY-REQUIRED"}},
		{"null and empty count as missing", postJSON(assign, `{"ticaga_id":8,"billing_id":null,"billing_system":"  "}`), 422, "",
			[]string{"TM-BODY-REQUIRED", "TM-BODY-REQUIRED"}},
		{"wrong types", postJSON(assign, `{"ticaga_id":true,"billing_id":[1],"billing_system":7}`), 422,
			`{"message":"The ticaga id field must be an integer. (and 2 more errors)","errors":{"ticaga_id":["The ticaga id field must be an integer."],"billing_id":["The billing id field must be an integer."],"billing_system":["The selected billing system is invalid."]}}`,
			[]string{"TM-BODY-TYPE", "TM-BODY-TYPE", "TM-BODY-ENUM"}},
		{"not digits", postForm(assign, "ticaga_id=8&billing_id=INV-42&billing_system=blesta"), 422,
			`{"message":"The billing id field must be an integer.","errors":{"billing_id":["The billing id field must be an integer."]}}`,
			[]string{"TM-BODY-FORMAT"}},
		{"unknown billing system", postForm(assign, "ticaga_id=8&billing_id=42&billing_system=BLESTA"), 422,
			`{"message":"The selected billing system is invalid.","errors":{"billing_system":["The selected billing system is invalid."]}}`,
			[]string{"TM-BODY-ENUM"}},
		{"negative id", postJSON(assign, `{"ticaga_id":8,"billing_id":-42,"billing_system":"blesta"}`), 422,
			`{"message":"The billing id field must be at least 0.","errors":{"billing_id":["The billing id field must be at least 0."]}}`,
			[]string{"TM-BODY-RANGE"}},
		{"huge id", postJSON(assign, `{"ticaga_id":8,"billing_id":1e30,"billing_system":"blesta"}`), 422, "", []string{"TM-BODY-RANGE"}},
		{"infinite id", postJSON(assign, `{"ticaga_id":8,"billing_id":1e999,"billing_system":"blesta"}`), 422, "", []string{"TM-BODY-NUMBER"}},
		{"fraction", postJSON(assign, `{"ticaga_id":8,"billing_id":4.2,"billing_system":"blesta"}`), 422, "", []string{"TM-BODY-TYPE"}},
		{"mistyped field", postForm(assign, "ticaga_id=8&billing_id=42&biling_system=blesta"), 422, "",
			[]string{"TM-BODY-REQUIRED", "TM-BODY-UNKNOWN-FIELD"}},

		{"duplicate key", postJSON(assign, `{"ticaga_id":1,"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`), 422,
			`{"message":"The ticaga id field has a duplicate value.","errors":{"ticaga_id":["The ticaga id field has a duplicate value."]}}`,
			[]string{"TM-BODY-DUPLICATE"}},
		{"repeated form field", postForm(assign, "ticaga_id=1&ticaga_id=8&billing_id=42&billing_system=blesta"), 422, "", []string{"TM-BODY-DUPLICATE"}},
		{"malformed JSON", postJSON(assign, `{"ticaga_id":8,}`), 422, allMissing, []string{"TM-BODY-JSON"}},
		{"trailing junk", postJSON(assign, `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta"} x`), 422, allMissing, []string{"TM-BODY-JSON"}},
		{"a form under a JSON Content-Type", postJSON(assign, "ticaga_id=8&billing_id=42&billing_system=blesta"), 422, allMissing, []string{"TM-BODY-MISMATCH"}},
		{"JSON under a form Content-Type", postForm(assign, `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`), 422, allMissing, []string{"TM-BODY-MISMATCH"}},
		{"no Content-Type", request{method: "POST", path: assign, body: "ticaga_id=8"}, 422, allMissing, []string{"TM-HEADER-CONTENT-TYPE", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED"}},
		{"empty body", postJSON(assign, ""), 422, allMissing, []string{"TM-BODY-EMPTY"}},
		{"an array", postJSON(assign, `[8,42,"blesta"]`), 422, allMissing, []string{"TM-BODY-NOT-OBJECT"}},
		{"deep nesting", postJSON(assign, strings.Repeat(`{"a":`, 600)+"1"+strings.Repeat("}", 600)), 422, allMissing, []string{"TM-BODY-DEPTH"}},
		{"very deep nesting", postJSON(assign, strings.Repeat("[", 400_000)+strings.Repeat("]", 400_000)), 422, allMissing, []string{"TM-BODY-DEPTH"}},
		{"invalid UTF-8 in JSON", postJSON(assign, "{\"ticaga_id\":8,\"billing_id\":42,\"billing_system\":\"bl\xffsta\"}"), 422, allMissing, []string{"TM-BODY-UTF8"}},
		{"invalid UTF-8 in a form", postForm(assign, "ticaga_id=8&billing_id=42&billing_system=bl%FFsta"), 422, "", []string{"TM-BODY-UTF8"}},
		{"as large as may be", postJSON(assign, `"`+strings.Repeat("x", mock.DefaultMaxBody-2)+`"`), 422, "", []string{"TM-BODY-NOT-OBJECT"}},
		{"too large", postJSON(assign, `"`+strings.Repeat("x", mock.DefaultMaxBody-1)+`"`), 413, `{"message":"The POST data is too large."}`, []string{"TM-BODY-TOO-LARGE"}},

		{"base URL ends in a slash", postForm("//api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=blesta"), 404, `{"message":"The route api/customers/assign could not be found."}`, []string{"TM-PATH-DOUBLE-SLASH"}},
		{"a doubled slash inside", postForm("/api//customers/assign/", "ticaga_id=8&billing_id=42&billing_system=blesta"), 404, `{"message":"The route api//customers/assign could not be found."}`, []string{"TM-PATH-DOUBLE-SLASH", "TM-PATH-TRAILING-SLASH"}},
		{"a doubled slash, and the fields are wrong too", postForm("//api/customers/assign", "ticaga_id=8&billing_id=42"), 404, "", []string{"TM-PATH-DOUBLE-SLASH", "TM-BODY-REQUIRED"}},
		{"unknown path", postForm("/api/customer/assgin", "ticaga_id=8"), 404, `{"message":"The route api/customer/assgin could not be found."}`, []string{"TM-PATH-UNKNOWN", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED"}},
		{"a path with markup", get("/api/%3Cscript%3E"), 404, "", []string{"TM-PATH-UNKNOWN"}},
		{"wrong method", get(assign), 405, `{"message":"The GET method is not supported for route api/customers/assign. Supported methods: POST."}`, []string{"TM-METHOD"}},
		{"wrong method, GET path", postForm("/api/customers/get/8", "a=b"), 405, `{"message":"The POST method is not supported for route api/customers/get/8. Supported methods: GET, HEAD."}`, []string{"TM-METHOD"}},
		{"HEAD of a POST path", request{method: "HEAD", path: assign}, 405, "", []string{"TM-METHOD"}},
		{"a method of nobody's", request{method: "BREW", path: assign}, 405, "", []string{"TM-METHOD"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			before := d.ask(t, get("/api/customers/get/8")).body
			got := d.ask(t, c.q)
			if got.status != c.status {
				t.Errorf("got status %d, want %d", got.status, c.status)
			}
			if c.body != "" && c.q.method != http.MethodHead {
				if diff := cmp.Diff(c.body, got.body); diff != "" {
					t.Error(diff)
				}
			}
			if diff := cmp.Diff(c.codes, codes(got.entry)); diff != "" {
				t.Errorf("codes differ (-want +got):\n%s", diff)
			}
			for _, v := range got.entry.Violations {
				if v.Message == "" || v.Fix == "" || v.In == "" || v.Severity == "" {
					t.Errorf("got violation %+v, want message, fix, in and severity", v)
				}
			}
			if n := got.header.Get(mock.ViolationsHeader); n != string(rune('0'+len(c.codes))) {
				t.Errorf("got %s %q, want %d", mock.ViolationsHeader, n, len(c.codes))
			}
			if after := d.ask(t, get("/api/customers/get/8")).body; after != before {
				t.Errorf("got customer 8 %s, want it unchanged: %s", after, before)
			}
		})
	}
}

// TestOddRequests is what works all the same, with a warning or without.
func TestOddRequests(t *testing.T) {
	ok := postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta")
	with := func(change func(*request)) request {
		q := ok
		change(&q)
		return q
	}
	for _, c := range []struct {
		name  string
		q     request
		codes []string
	}{
		{"as it should be", ok, []string{}},
		{"trailing slash", with(func(q *request) { q.path += "/" }), []string{"TM-PATH-TRAILING-SLASH"}},
		{"capital Blesta", postForm(assign, "ticaga_id=8&billing_id=42&billing_system=Blesta"), []string{"TM-BODY-SPELLING"}},
		{"unknown field", postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta&organize=blesta"), []string{"TM-BODY-UNKNOWN-FIELD"}},
		{"unknown query parameter", with(func(q *request) { q.path += "?debug=1" }), []string{"TM-QUERY-UNKNOWN"}},
		{"whole numbers in other forms", postJSON(assign, `{"ticaga_id":0.8e1,"billing_id":4200e-2,"billing_system":"blesta"}`), []string{}},
		{"spaces around values", postJSON(assign, `{"ticaga_id":" 8 ","billing_id":"42 ","billing_system":" blesta"}`), []string{}},
		{"Content-Type with a charset", with(func(q *request) { q.contentType = "application/x-www-form-urlencoded; charset=UTF-8" }), []string{}},
		{"an integer written as a fraction", postJSON(assign, `{"ticaga_id":8.0,"billing_id":42,"billing_system":"blesta"}`), []string{}},
		{"credentials in headers of their own", with(func(q *request) {
			q.auth = "-"
			q.header = http.Header{"X-Admin-Email": {"admin@ticaga.test"}, "X-Api-Token": {"demo-token"}}
		}), []string{"TM-AUTH-HEADER"}},
		{"Expect: 100-continue", with(func(q *request) { q.header = http.Header{"Expect": {"100-continue"}} }), []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			got := d.ask(t, c.q)
			if got.status != 200 || got.body != `{"user":true}` {
				t.Errorf(`got status %d: %s; want 200: {"user":true}`, got.status, got.body)
			}
			if diff := cmp.Diff(c.codes, codes(got.entry)); diff != "" {
				t.Errorf("codes differ (-want +got):\n%s", diff)
			}
			if n := got.header.Get(mock.ViolationsHeader); len(c.codes) == 0 && n != "" {
				t.Errorf("got %s %q, want no such header", mock.ViolationsHeader, n)
			}
			if id := field(t, d.ask(t, get("/api/customers/get/8")).body, "user", "billing_id"); id != "42" {
				t.Errorf(`customer 8 has billing id %v, want "42"`, id)
			}
		})
	}
}

func TestHeadAndOptions(t *testing.T) {
	d := newDesk(t)
	if got := d.ask(t, request{method: "HEAD", path: "/api/customers/get/8"}); got.status != 200 || got.header.Get("Content-Length") == "0" {
		t.Errorf(`HEAD: got %d %v; want status 200, header Content-Length other than "0"`, got.status, got.header)
	}
	for path, allow := range map[string]string{assign: "POST", "/api/customers/get/8": "GET, HEAD"} {
		got := d.ask(t, request{method: "OPTIONS", path: path, auth: "-"})
		if got.status != 200 || got.header.Get("Allow") != allow || got.body == "" {
			t.Errorf("OPTIONS %s: got %d %v %s; want status 200, header Allow %q, body not empty", path, got.status, got.header, got.body, allow)
		}
	}
}

// TestRefusedCredentials: wrong credentials of any kind get the same answer, without a challenge.
func TestRefusedCredentials(t *testing.T) {
	for _, c := range []struct {
		name, authorization, accept string // accept is Options.Auth
		status                      int
	}{
		{"Basic", basic, "", 200},
		{"Bearer", bearer, "", 200},
		{"off", "-", "off", 200},
		{"none", "-", "", 401},
		{"unknown token", "Bearer nobody's", "", 401},
		{"empty Bearer", "Bearer ", "", 401},
		{"Digest", "Digest username=x", "", 401},
		{"Basic, not accepted", basic, "bearer", 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, func(o *mock.Options) { o.Auth = c.accept })
			got := d.ask(t, request{method: "GET", path: "/api/customers/get/1", auth: c.authorization})
			if got.status != c.status {
				t.Errorf("got status %d, want %d; violations %q", got.status, c.status, codes(got.entry))
			}
			if c.status == 401 && got.body != notAuthenticated {
				t.Errorf("got body %s, want %s", got.body, notAuthenticated)
			}
			if challenge, ok := got.header["Www-Authenticate"]; ok {
				t.Errorf("got WWW-Authenticate %q, want no such header", challenge)
			}
		})
	}
}

// TestCredentialsAndBodyTogether: a request without credentials hears about its body too.
func TestCredentialsAndBodyTogether(t *testing.T) {
	got := newDesk(t).ask(t, request{method: "POST", path: assign, auth: "-", contentType: asForm, body: "ticaga_id=8"})
	want := []string{"TM-AUTH-MISSING", "TM-BODY-REQUIRED", "TM-BODY-REQUIRED"}
	if diff := cmp.Diff(want, codes(got.entry)); got.status != 401 || diff != "" {
		t.Errorf("got status %d, want 401; codes differ (-want +got):\n%s", got.status, diff)
	}
}

func TestLenient(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Lenient = true })
	got := d.ask(t, postForm(assign, "ticaga_id=8&billing_id=INV-42&billing_system=HostBill"))
	if got.status != 200 || got.header.Get(mock.ViolationsHeader) != "2" {
		t.Errorf(`%d %s %q; got header Ticaga-Mock-Violations %q; want status 200, header Ticaga-Mock-Violations "2"`, got.status, got.body, codes(got.entry), got.header.Get(mock.ViolationsHeader))
	}
	if id := field(t, d.ask(t, get("/api/customers/get/8")).body, "user", "billing_id"); id != "0" { // as if it had not been sent
		t.Errorf(`billing id %v, want "0"`, id)
	}
	if got := d.ask(t, postJSON(assign, "nonsense")); got.status != 401 {
		t.Errorf("got %d %s, want 401", got.status, got.body)
	}
	if got := d.ask(t, request{method: "GET", path: "/api/customers/get/1", auth: "-"}); got.status != 401 {
		t.Errorf("credentials are still asked for: got %d, want 401", got.status)
	}
}

// TestGuestUserIDIsNotReported: user_id has no effect, so that a 0 in it loses nothing.
func TestGuestUserIDIsNotReported(t *testing.T) {
	const guest = "subject=S&message=M&priority=low&department_slug=sales&public_email=g@example.com&user_id="
	for user, want := range map[string][]string{"0": {}, "": {}, "1": {"TM-BODY-IGNORED-FIELD"}} {
		got := newDesk(t).ask(t, postForm("/api/tickets/create", guest+user))
		if diff := cmp.Diff(want, codes(got.entry)); got.status != 200 || diff != "" {
			t.Errorf("user_id=%s: got %d %s, want 200", user, got.status, diff)
		}
	}
	got := newDesk(t).ask(t, postJSON("/api/tickets/create", `{"subject":"S","message":"M","priority":"low","department_slug":"sales","public_email":"g@example.com","user_id":0}`))
	if diff := cmp.Diff([]string{}, codes(got.entry)); got.status != 200 || diff != "" {
		t.Errorf("got %d %s, want 200", got.status, diff)
	}
}
