package mock_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestEverySwitchOfAResponse: each switch that changes a response is tried with each of its values.
func TestEverySwitchOfAResponse(t *testing.T) {
	unknown := `{"error":"User not authenticated"}`
	for _, c := range []struct {
		settings string
		q        request
		status   int
		body     string // a part of it
	}{
		{`{"unknown_customer": 200}`, get("/api/customers/get/99"), 200, unknown},
		{`{"unknown_customer": 401}`, get("/api/customers/get/99"), 401, unknown},
		{`{"unknown_customer": 404}`, get("/api/customers/get/99"), 404, unknown},
		{`{"unknown_customer": 404}`, get("/api/customers/get/none"), 404, unknown},
		{`{"unknown_customer": 200}`, postForm(assign, "ticaga_id=99&billing_id=42&billing_system=blesta"), 200, unknown},
		{`{"unknown_customer": 404}`, postForm("/api/customers/billing", "ticaga_id=99&billing_id=42"), 404, unknown},
		{`{"unknown_customer": 200}`, postJSON("/api/tickets/create", `{"customer_id":99,"subject":"S","message":"M","priority":"low","department_slug":"sales"}`), 200, unknown},
		{`{"unknown_customer": 404}`, postForm("/api/tickets/open/1", "user_id=99&subject=S&priority=low&content=M"), 404, unknown},
		{`{"unknown_customer": 404}`, get("/api/customers/get/8"), 200, `"id":8`},
		{`{"unknown_customer": 404}`, request{method: "GET", path: "/api/customers/get/99", auth: "-"}, 401, unknown},
		{`{"unknown_customer": 404}`, postForm("/api/login", "email=nobody%40example.com&password=x"), 401, unknown},

		{`{"auth_error": "docs"}`, request{method: "GET", path: "/api/customers/get/8", auth: "-"}, 401, unknown},
		{`{"auth_error": "sanctum"}`, request{method: "GET", path: "/api/customers/get/8", auth: "-"}, 401, `{"message":"Unauthenticated."}`},
		{`{"auth_error": "sanctum"}`, request{method: "POST", path: assign, auth: "Bearer nobodys"}, 401, `{"message":"Unauthenticated."}`},
		{`{"auth_error": "sanctum"}`, get("/api/customers/get/99"), 401, unknown},
		{`{"auth_error": "sanctum"}`, postForm("/api/login", "email=joedoe%40example.com&password=wrong"), 401, unknown},

		{`{"double_slash": "fold"}`, get("//api/customers/get/8"), 200, `"id":8`},
		{`{"double_slash": 404}`, get("//api/customers/get/8"), 404, `{"message":"The route api/customers/get/8 could not be found."}`},

		{`{"unknown_department": "empty"}`, get("/api/departments/get/nowhere"), 200, `{"department":[]}`},
		{`{"unknown_department": "null"}`, get("/api/departments/get/nowhere"), 200, `{"department":null}`},
		{`{"unknown_department": 404}`, get("/api/departments/get/nowhere"), 404, `{"error":"Department not found"}`},
		{`{"unknown_department": "null"}`, get("/api/departments/get_by_id/99"), 200, `{"department":null}`},
		{`{"unknown_department": "null"}`, get("/api/departments/byid/99"), 200, `null`},
		{`{"unknown_department": "404"}`, get("/api/departments/byid/99"), 404, `{"error":"Department not found"}`},
		{`{"unknown_department": "404"}`, get("/api/departments/byid/1"), 200, `[{"id":1`},
		{`{"unknown_department": "404"}`, get("/api/tickets/all/nowhere"), 200, `[]`},

		{`{"created": 201}`, postForm("/api/register", "name=New&email=new%40example.com&password=x"), 201, `"id":`},
		{`{"created": 200}`, postForm("/api/register", "name=New&email=new%40example.com&password=x"), 200, `"id":`},
		{`{"created": 201}`, postForm("/api/customers/create", "email=new%40example.com&first_name=New&last_name=One"), 201, `"id":`},
		{`{"created": 201}`, postForm("/api/customers/link", "email=new%40example.com&name=New&billing_id=43&billing_system=blesta"), 201, `"id":`},
		{`{"created": 201}`, postForm("/api/customers/link", "email=jane.roe%40example.com&name=Jane&billing_id=43&billing_system=blesta"), 200, `"id":8`},
		{`{"created": 201}`, postForm("/api/customers/sync", "external_id=43&name=New&email=new%40example.com"), 201, `"id":`},
		{`{"created": 201}`, postForm("/api/customers/sync", "external_id=43&name=Jane&email=jane.roe%40example.com"), 200, `"id":8`},
		{`{"created": 201}`, postForm("/api/tickets/create", "customer_id=1&subject=S&message=M&priority=low&department_slug=sales"), 201, `"public_hash"`},
		{`{"created": 201}`, postForm("/api/tickets/open/1", "user_id=1&subject=S&priority=low&content=M"), 201, `"subject":"S"`},
		{`{"created": 201}`, postForm("/api/responses/create", "user_id=1&ticket_number=1&content=hi"), 201, `"id":`},
		{`{"created": 201}`, postForm("/api/responses/reply", "response_user_id=1&ticket_number=1&response_content=hi"), 201, `"id":`},
		{`{"created": 201}`, postForm("/api/tickets/close", "customer_id=1&ticket_id=1"), 200, `"id":1`},
		{`{"created": 201}`, postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta"), 200, `{"user":true}`},
		{`{"created": 201}`, postForm("/api/register", "name=New&email=joedoe%40example.com&password=x"), 422, `"errors"`},
	} {
		t.Run(c.settings+" "+c.q.method+" "+c.q.path, func(t *testing.T) {
			d := newDesk(t)
			if err := d.Set(c.settings); err != nil {
				t.Fatal(err)
			}
			if got := d.ask(t, c.q); got.status != c.status || !strings.Contains(got.body, c.body) {
				t.Errorf("%s: %s %s: got status %d: %s; want %d with %q", c.settings, c.q.method, c.q.path, got.status, got.body, c.status, c.body)
			}
		})
	}
}

// TestOneSpellingOfABillingSystem: a server that tells upper from lower case takes one.
func TestOneSpellingOfABillingSystem(t *testing.T) {
	for _, c := range []struct {
		setting, sent string
		status        int
		codes         []string
		expected      string // by the first violation
	}{
		{"both", "blesta", 200, []string{}, ""},
		{"both", "Blesta", 200, []string{"TM-BODY-SPELLING"}, `"blesta"`},
		{"lower", "blesta", 200, []string{}, ""},
		{"lower", "Blesta", 422, []string{"TM-BODY-ENUM"}, `"blesta"`},
		{"lower", "WHMCS", 422, []string{"TM-BODY-ENUM"}, `"whmcs"`},
		{"capital", "Blesta", 200, []string{}, ""},
		{"capital", "blesta", 422, []string{"TM-BODY-ENUM"}, `"Blesta"`},
		{"capital", "clientexec", 422, []string{"TM-BODY-ENUM"}, `"Clientexec"`},
		{"capital", "BLESTA", 422, []string{"TM-BODY-ENUM"}, `one of "blesta", "Blesta", "whmcs", "WHMCS", "clientexec", "Clientexec"`},
	} {
		t.Run(c.setting+", "+c.sent, func(t *testing.T) {
			d := newDesk(t)
			if err := d.Set(`{"billing_systems": "` + c.setting + `"}`); err != nil {
				t.Fatal(err)
			}
			for _, q := range []request{
				postForm(assign, "ticaga_id=8&billing_id=42&billing_system="+c.sent),
				postJSON("/api/customers/link", `{"email":"jane.roe@example.com","name":"J","billing_id":42,"billing_system":"`+c.sent+`"}`),
			} {
				got := d.ask(t, q)
				if got.status != c.status || got.status == 422 && !strings.Contains(got.body, "The selected billing system is invalid.") {
					t.Errorf("%s, %s: got %d %s, want %d, and Laravel's sentence with 422", c.setting, c.sent, got.status, got.body, c.status)
				}
				differ(t, c.setting+" "+c.sent, c.codes, codes(got.entry))
				if c.expected != "" && got.entry.Violations[0].Expected != c.expected {
					t.Errorf("%s, %s: got %+v, want expected %q", c.setting, c.sent, got.entry.Violations, c.expected)
				}
			}
		})
	}
}

// TestRateLimit is Laravel's throttle: by user, a minute from the first request, and only for
// requests with good credentials.
func TestRateLimit(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC)
	d := newDesk(t, func(o *mock.Options) { o.Settings = `{"rate_limit": 2}`; o.Now = func() time.Time { return now } })
	headers := func(h http.Header) string {
		return fmt.Sprint(h["X-Ratelimit-Limit"], h["X-Ratelimit-Remaining"], h["Retry-After"], h["X-Ratelimit-Reset"])
	}
	other := request{method: "GET", path: "/api/customers/get/8", auth: "Bearer 2|sanctum-demo-token"}
	for i, c := range []struct {
		wait    time.Duration
		q       request
		status  int
		headers string
	}{
		{0, request{method: "GET", path: "/api/customers/get/8", auth: "-"}, 401, "[] [] [] []"},
		{0, get("/api/nowhere"), 404, "[] [] [] []"},
		{0, get("/api/customers/get/8"), 200, "[2] [1] [] []"},
		{10 * time.Second, postJSON(assign, `{}`), 422, "[2] [0] [] []"},
		{10 * time.Second, get("/api/customers/get/8"), 429, "[2] [0] [40] [1767323105]"},
		{0, other, 200, "[2] [1] [] []"},
		{39 * time.Second, get("/api/customers/get/8"), 429, "[2] [0] [1] [1767323105]"},
		{time.Second, get("/api/customers/get/8"), 200, "[2] [1] [] []"},
		{-time.Hour, get("/api/customers/get/8"), 200, "[2] [1] [] []"},
	} {
		now = now.Add(c.wait)
		got := d.ask(t, c.q)
		if got.status != c.status || headers(got.header) != c.headers {
			t.Errorf("%d: %d %s; want status %d, headers(got.header) %q", i, got.status, headers(got.header), c.status, c.headers)
		}
		if got.status == 429 && (got.body != `{"message":"Too Many Attempts."}` || got.entry.Refusal == "") {
			t.Errorf(`%d: %s, refused because %q; want {"message":"Too Many Attempts."}, and a reason`, i, got.body, got.entry.Refusal)
		}
	}
	blue := get("/w/blue/api/customers/get/8")
	d.ask(t, blue, "plain")
	if got := d.ask(t, blue, "plain"); headers(got.header) != "[2] [0] [] []" {
		t.Errorf(`a world counts for itself: got %s, want "[2] [0] [] []"`, headers(got.header))
	}
	d.Reset()
	if got := d.ask(t, get("/api/customers/get/8")); headers(got.header) != "[2] [1] [] []" {
		t.Errorf(`after a reset: got %s, want "[2] [1] [] []"`, headers(got.header))
	}
}

// TestPreferASuccess rehearses that the documented error body comes with status 200.
func TestPreferASuccess(t *testing.T) {
	d := newDesk(t)
	prefer := func(value string, q request) request { q.header = http.Header{"Prefer": {value}}; return q }
	link := func(id string) request {
		return postForm(assign, "ticaga_id="+id+"&billing_id=42&billing_system=blesta")
	}
	for _, c := range []struct {
		q      request
		status int
		body   string
	}{
		{prefer("code=200", get("/api/customers/get/99")), 200, notAuthenticated},
		{prefer("code=200", link("99")), 200, notAuthenticated},
		{prefer("delay=0, Code=\"200\"", link("99")), 200, notAuthenticated},
		{get("/api/customers/get/99"), 401, notAuthenticated},
		{prefer("code=200", link("8")), 200, `{"user":true}`},
		{prefer("code=201", link("99")), 401, notAuthenticated},
		{prefer("code=201", postForm("/api/customers/create", "email=a%40example.com&first_name=A&last_name=B")), 201, ""},
	} {
		t.Run(c.q.path, func(t *testing.T) {
			if got := d.ask(t, c.q); got.status != c.status || c.body != "" && got.body != c.body {
				t.Errorf("%v %s: got %d %s, want %d %s", c.q.header, c.q.path, got.status, got.body, c.status, c.body)
			}
		})
	}
}

// TestCORS: a page may ask the API, as with Laravel's defaults, and never the control API.
func TestCORS(t *testing.T) {
	server := newServer(t)
	ask := func(method, path string, header http.Header) *http.Response {
		r := httptest.NewRequest(method, "http://localhost"+path, nil)
		r.Header = header
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		return w.Result()
	}
	preflight := http.Header{"Origin": {"https://shop.example"}, "Access-Control-Request-Method": {"post"}, "Access-Control-Request-Headers": {"authorization, content-type"}}
	for _, path := range []string{assign, "/w/blue" + assign, "/api/nowhere"} {
		got := ask("OPTIONS", path, preflight)
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST",
			"Access-Control-Allow-Headers": "authorization, content-type", "Cache-Control": "no-cache, private",
			"Content-Type": "", "Content-Length": "",
		} {
			t.Run(name, func(t *testing.T) {
				if value := got.Header.Get(name); value != want || got.StatusCode != 204 {
					t.Errorf("%s: %d, %s: %q, want %q", path, got.StatusCode, name, value, want)
				}
			})
		}
	}
	for path, origin := range map[string]string{assign: "*", "/api/customers/get/8": "*", "/w/blue/api/nowhere": "*", "/nowhere": "", "/_mock/health": ""} {
		got := ask("GET", path, http.Header{"Authorization": {bearer}})
		if value := got.Header.Get("Access-Control-Allow-Origin"); value != origin {
			t.Errorf("%s: got %q, want %q", path, value, origin)
		}
		if cache := got.Header.Get("Cache-Control"); path != "/_mock/health" && cache != "no-cache, private" {
			t.Errorf("%s: Cache-Control %q, want %q", path, cache, "no-cache, private")
		}
	}
	if got := ask("OPTIONS", "/_mock/reset", preflight); got.StatusCode/100 == 2 || got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf(`the control API: %s %v; want got.StatusCode / 100 other than 2, header Access-Control-Allow-Origin ""`, got.Status, got.Header)
	}
	for _, x := range server.Journal() {
		if x.Method == "OPTIONS" && len(x.Violations) > 0 {
			t.Errorf("OPTIONS: got %+v, want no violations", x)
		}
	}
}

// TestWhereSettingsComeFrom: the default, a scenario's file, the server's own, and a world's, each
// over the one before.
func TestWhereSettingsComeFrom(t *testing.T) {
	files := fstest.MapFS{
		"customers.json": {Data: []byte("[]")},
		"settings.json":  {Data: []byte(`{"unknown_customer": 404, "created": 201}`)},
	}
	server := newServer(t, func(o *mock.Options) { o.Fixtures, o.Settings = files, `{"created": 200, "auth_error": "sanctum"}` })
	begin := newServer(t).Settings()
	begin.AuthError, begin.UnknownCustomer = "sanctum", 404
	blue, err := server.World("blue")
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "at first", begin, blue.Settings())
	if err := blue.Set(`{"unknown_customer": 200}`); err != nil {
		t.Fatal(err)
	}
	changed := begin
	changed.UnknownCustomer = 200
	differ(t, "set", changed, blue.Settings())
	control(t, server, "POST", "/_mock/worlds", `{"name":"fork","from":"blue"}`)
	fork, err := server.World("fork")
	if err != nil {
		t.Fatal(err)
	}
	differ(t, "in a fork", changed, fork.Settings())
	blue.Reset()
	differ(t, "after a reset", begin, blue.Settings())
	differ(t, "in the fork still", changed, fork.Settings())

	loaded := fstest.MapFS{"customers.json": {Data: []byte("[]")}, "settings.json": {Data: []byte(`{"unknown_customer": 200}`)}}
	if err := fork.Load(loaded); err != nil {
		t.Fatal(err)
	}
	differ(t, "loaded", changed, fork.Settings())
	if err := fork.Load(fstest.MapFS{"customers.json": {Data: []byte("[]")}}); err != nil {
		t.Fatal(err)
	}
	fork.Reset()
	differ(t, "loaded without settings", changed, fork.Settings())
}

// TestSettingsByControl: what is sent changes, the rest stays, and a mistake changes nothing.
func TestSettingsByControl(t *testing.T) {
	server := newServer(t)
	at := "/_mock/worlds/blue/settings"
	body := control(t, server, "PUT", at, `{"created": 201}`)
	differ(t, "created", "201", mustJSON(t, field(t, body, "created")))
	differ(t, "as it was", `"docs"`, mustJSON(t, field(t, body, "auth_error")))
	for _, c := range []struct {
		body, detail string
		status       int
	}{
		{``, "the body must be a JSON object, and is empty", 400},
		{`[]`, "the body must be a JSON object", 400},
		{`{"created": 500}`, `/created: must be 200 or 201, got "500"`, 422},
		{`{"auth_error": "sanctum", "creatd": 201}`, `"creatd": no such setting`, 422},
	} {
		t.Run(c.body, func(t *testing.T) {
			w := fromControl(t, server, httptest.NewRequest("PUT", "http://localhost"+at, strings.NewReader(c.body)))
			if detail, _ := field(t, w.Body.String(), "detail").(string); w.Code != c.status || !strings.HasPrefix(detail, c.detail) {
				t.Errorf("got %d %s; want status %d, detail beginning with %q", w.Code, w.Body, c.status, c.detail)
			}
		})
	}
	if same := control(t, server, "GET", at, ""); same != body {
		t.Errorf("got %s, want %q", same, body)
	}
	differ(t, "the default world", control(t, server, "GET", "/_mock/settings", ""), control(t, server, "DELETE", at, ""))
}

func TestBadSettingsOfAScenario(t *testing.T) {
	for settings, want := range map[string]string{
		`{"created": 3}`:               `fixtures: settings.json: /created: must be 200 or 201, got "3"`,
		`{"creatd": 201, "made": 1}`:   "did you mean \"created\"?\nsettings.json: \"made\": no such setting",
		`{"created": 201`:              "fixtures: settings.json: must be a JSON object: invalid JSON: it ends early",
		"\xff":                         "fixtures: settings.json: line 1: the byte 0xff is not UTF-8",
		`{"unknown_customer": "none"}`: `must be 200, 401 or 404, got "none"`,
	} {
		t.Run(settings, func(t *testing.T) {
			_, err := mock.New(mock.Options{Fixtures: fstest.MapFS{"customers.json": {Data: []byte("[]")}, "settings.json": {Data: []byte(settings)}}})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want an error containing %q", err, want)
			}
		})
	}
	if _, err := mock.New(mock.Options{Settings: `{"created": 3}`}); err == nil || !strings.HasPrefix(err.Error(), "settings: /created: ") {
		t.Errorf(`got %v, want an error beginning with "settings: /created: "`, err)
	}
	if _, err := mock.New(mock.Options{Fixtures: fstest.MapFS{"settings.json": {Data: []byte("{}")}}}); err == nil {
		t.Error("New(settings.json alone) = no error, want one")
	}
}
