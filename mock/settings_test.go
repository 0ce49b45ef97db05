package mock_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestChoicesOfAnAnswer is every switch that changes an answer, asked with each of its values.
func TestChoicesOfAnAnswer(t *testing.T) {
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
		d := newDesk(t)
		if err := d.Set(c.settings); err != nil {
			t.Fatal(err)
		}
		if got := d.ask(t, c.q); got.status != c.status || !strings.Contains(got.body, c.body) {
			t.Errorf("%s: %s %s: %d %s", c.settings, c.q.method, c.q.path, got.status, got.body)
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
	begin := mock.Settings{AuthError: "sanctum", Created: 200, CustomFields: "on", Ratings: "on", UnknownCustomer: 404}
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
		w := throughDoor(t, server, httptest.NewRequest("PUT", "http://localhost"+at, strings.NewReader(c.body)))
		if detail, _ := field(t, w.Body.String(), "detail").(string); w.Code != c.status || !strings.HasPrefix(detail, c.detail) {
			t.Errorf("%s: %d %s", c.body, w.Code, w.Body)
		}
	}
	if same := control(t, server, "GET", at, ""); same != body {
		t.Error(same)
	}
	differ(t, "the default world", control(t, server, "GET", "/_mock/settings", ""), control(t, server, "DELETE", at, ""))
}

func TestBadSettingsOfAScenario(t *testing.T) {
	for settings, want := range map[string]string{
		`{"created": 3}`:               `fixtures: settings.json: /created: must be 200 or 201, got "3"`,
		`{"creatd": 201, "made": 1}`:   "did you mean \"created\"?\nsettings.json: \"made\": no such setting",
		`{"created": 201`:              "fixtures: settings.json: must be a JSON object: unexpected EOF",
		"\xff":                         "fixtures: settings.json: must be a JSON object",
		`{"unknown_customer": "none"}`: `must be 200, 401 or 404, got "none"`,
	} {
		_, err := mock.New(mock.Options{Fixtures: fstest.MapFS{"customers.json": {Data: []byte("[]")}, "settings.json": {Data: []byte(settings)}}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
	if _, err := mock.New(mock.Options{Settings: `{"created": 3}`}); err == nil || !strings.HasPrefix(err.Error(), "settings: /created: ") {
		t.Error(err)
	}
	if _, err := mock.New(mock.Options{Fixtures: fstest.MapFS{"settings.json": {Data: []byte("{}")}}}); err == nil {
		t.Error("settings alone are taken for a help desk")
	}
}
