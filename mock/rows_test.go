package mock_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// askRow sends a request about a row of the default world, checks its status and returns the answer.
func askRow(t testing.TB, server *mock.Server, status int, method, path, body string) map[string]any {
	t.Helper()
	w := fromControl(t, server, httptest.NewRequest(method, "http://localhost/_mock/worlds/default"+path, strings.NewReader(body)))
	if w.Code != status {
		t.Fatalf("%s %s %s: got %d %s, want %d", method, path, body, w.Code, w.Body, status)
	}
	decoder := json.NewDecoder(w.Body)
	decoder.UseNumber()
	var got map[string]any
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestRowsHaveDefaults: a request needs only the fields that matter.
func TestRowsHaveDefaults(t *testing.T) {
	server := newServer(t)
	const now = "2026-01-02T03:04:05.000006Z"
	for _, c := range []struct{ path, body, want string }{
		{"/customers", ``, `{"id":9003,"name":"Customer 9003","email":"customer9003@example.com","email_verified_at":null,"company":"","phone_number":"",
			"billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"` + now + `","updated_at":"` + now + `"}`},
		{"/customers", `{"id":50,"email":"customer9004@example.com","name":"Kim"}`, `{"id":50,"name":"Kim","email":"customer9004@example.com","email_verified_at":null,"company":"","phone_number":"",
			"billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"` + now + `","updated_at":"` + now + `"}`},
		{"/customers", `{"password":"secret"}`, `{"id":9004,"name":"Customer 9005","email":"customer9005@example.com","email_verified_at":null,"company":"","phone_number":"",
			"billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"` + now + `","updated_at":"` + now + `"}`},
		{"/staff", `{}`, `{"id":9005,"name":"Agent 9005","email":"agent9005@example.com","email_verified_at":null,"company":"","phone_number":"","tokens":["token-9005"],
			"billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"` + now + `","updated_at":"` + now + `"}`},
		{"/departments", `{"department_name":"Hosting"}`, `{"id":8,"department_name":"Hosting","department_description":"","slug":"department-8","is_public":1,"is_disabled":0,"allows_high_priority":1}`},
		{"/responses", `{"ticket_id":1,"content":"Hello"}`, `{"id":19,"ticket_id":1,"user_id":1,"content":"Hello","created_at":"` + now + `"}`},
		{"/responses", `{"ticket_id":1,"employee_response":1}`, `{"id":20,"ticket_id":1,"user_id":9001,"employee_response":1,"content":"A reply.","created_at":"` + now + `"}`},
		{"/responses", `{"ticket_id":1,"is_note":1}`, `{"id":21,"ticket_id":1,"user_id":9001,"employee_response":1,"is_note":1,"content":"A reply.","created_at":"` + now + `"}`},
	} {
		got := askRow(t, server, 201, "POST", c.path, c.body)
		if diff := cmp.Diff(decodeObject(t, c.want), got); diff != "" {
			t.Errorf("POST %s %s (-want +got):\n%s", c.path, c.body, diff)
		}
	}
	for _, c := range []struct{ body, customer, email, department string }{
		{`{}`, "1", "joedoe@example.com", "1"},
		{`{"customer_id":8}`, "8", "jane.roe@example.com", "1"},
		{`{"public_email":"ines@prado.example"}`, "0", "ines@prado.example", "1"},
		{`{"customer_id":0}`, "0", "guest@example.com", "1"},
		{`{"customer_id":8,"department_id":3}`, "8", "jane.roe@example.com", "3"},
	} {
		got := askRow(t, server, 201, "POST", "/tickets", c.body)
		for field, want := range map[string]string{"customer_id": c.customer, "public_email": c.email, "department_id": c.department, "status": "open", "created_at": now, "updated_at": now} {
			if fmt.Sprint(got[field]) != want {
				t.Errorf("POST /tickets %s: got %s %v, want %s", c.body, field, got[field], want)
			}
		}
		if got["ticket_code"] == nil || got["public_hash"] == nil {
			t.Errorf("POST /tickets %s: got %v, want a code and a hash", c.body, got)
		}
	}
	if n := len(server.Journal()); n != 0 {
		t.Errorf("got %d exchanges in the journal, want none", n)
	}
}

func decodeObject(t testing.TB, text string) (object map[string]any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		t.Fatal(err)
	}
	return object
}

// TestRowsThatCannotBe: the answer names the field, and nothing changes.
func TestRowsThatCannotBe(t *testing.T) {
	server := newServer(t)
	askRow(t, server, 200, "PATCH", "/customers/8", `{"billing_system":"blesta","billing_id":"42"}`)
	everything := func() string {
		return control(t, server, "GET", "/_mock/worlds/default/state", "") + control(t, server, "GET", "/_mock/worlds/default/staff", "")
	}
	before := everything()
	for _, c := range []struct {
		status             int
		method, path, body string
		detail             string // its beginning
	}{
		{409, "POST", "/customers", `{"email":"JOEDOE@example.com"}`, "email: customer 1 has this e-mail address"},
		{409, "POST", "/customers", `{"email":"admin@ticaga.test"}`, "email: staff member 9001 has this e-mail address"},
		{409, "POST", "/customers", `{"id":1}`, "id: another row has the id 1"},
		{409, "POST", "/customers", `{"id":9001}`, "id: another row has the id 9001"},
		{409, "POST", "/customers", `{"billing_system":"Blesta","billing_id":"042"}`, "billing_id: customer 8 has this billing account"},
		{409, "PATCH", "/customers/1", `{"email":"jane.roe@example.com"}`, "email: customer 8 has"},
		{409, "POST", "/staff", `{"tokens":["x","demo-token"]}`, "tokens/1: staff member 9001 has this token"},
		{409, "POST", "/staff", `{"id":8}`, "id: another row"},
		{409, "PATCH", "/staff/9001", `{"role":"none"}`, "role: the first staff member must have staff rights"},
		{409, "DELETE", "/staff/9001", ``, "the first staff member cannot be removed"},
		{409, "POST", "/departments", `{"slug":"support"}`, "slug: department "},
		{409, "PATCH", "/tickets/2", `{"ticket_code":"` + askRow(t, server, 200, "GET", "/tickets/1", "")["ticket_code"].(string) + `"}`, "ticket_code: ticket 1 has this code"},
		{422, "POST", "/customers", `{"email":"no"}`, "email: the value has the wrong format"},
		{422, "POST", "/customers", `{"emial":"a@b.example"}`, `emial: property "emial" is unsupported`},
		{422, "POST", "/customers", `{"billing_id":42}`, "billing_id: the value has the wrong type"},
		{422, "POST", "/customers", `{"id":0}`, "id: "},
		{422, "POST", "/customers", `{"id":"x"}`, "id: "},
		{422, "POST", "/customers", `{"id":1e3}`, "id: "},
		{422, "POST", "/customers", `{"id":9007199254740992}`, "id: "},
		{422, "PATCH", "/customers/8", `{"id":9}`, "id: must be 8"},
		{422, "PATCH", "/customers/8", `{"name":null}`, "name: the value is missing"},
		{422, "POST", "/staff", `{"tokens":[]}`, "tokens: "},
		{422, "POST", "/departments", `{"custom_fields":[{"slug":"a","name":"A","type":"text"},{"slug":"a","name":"B","type":"text"}]}`, "custom_fields/1/slug: duplicate a"},
		{422, "POST", "/tickets", `{"customer_id":99}`, "customer_id: there is no customer 99"},
		{422, "POST", "/tickets", `{"department_id":99}`, "department_id: there is no department 99"},
		{422, "PATCH", "/tickets/1", `{"status":"shut"}`, "status: "},
		{422, "POST", "/responses", `{}`, "ticket_id: the value is missing"},
		{422, "POST", "/responses", `{"ticket_id":99}`, "ticket_id: there is no ticket 99"},
		{422, "POST", "/responses", `{"ticket_id":1,"user_id":99}`, "user_id: there is no customer 99"},
		{422, "POST", "/responses", `{"ticket_id":1,"user_id":8,"employee_response":1}`, "user_id: there is no staff member 8"},
		{400, "POST", "/customers", `[]`, "the body: "},
		{400, "POST", "/customers", `null`, "the body: must be an object"},
		{400, "POST", "/customers", `{"email":`, "the body: "},
		{400, "GET", "/customers?nmae=x", ``, `unknown filter "nmae"`},
		{400, "GET", "/tickets?customer_id=x", ``, `customer_id="x": must be an id`},
		{404, "GET", "/customers/9001", ``, `there is no customer "9001"`},
		{404, "PATCH", "/customers/9001", `{"name":"X"}`, `there is no customer "9001"`},
		{404, "DELETE", "/customers/9001", ``, `there is no customer "9001"`},
		{404, "GET", "/tickets/x", ``, `there is no ticket "x"`},
		{404, "DELETE", "/responses/99", ``, `there is no response "99"`},
		{404, "PATCH", "/staff/8", `{}`, `there is no staff member "8"`},
		{413, "POST", "/tickets", `{"message":"` + strings.Repeat("x", 1<<20) + `"}`, "the body is larger than"},
	} {
		if got := askRow(t, server, c.status, c.method, c.path, c.body)["detail"].(string); !strings.HasPrefix(got, c.detail) {
			t.Errorf("%s %s %.60s: got %s, want beginning with %s", c.method, c.path, c.body, got, c.detail)
		}
	}
	if diff := cmp.Diff(before, everything()); diff != "" {
		t.Errorf("rows that were refused changed something (-before +after):\n%s", diff)
	}
}

// TestRowsGoWithWhatBelongsToThem: no ticket and no reply is left without its customer, department or author.
func TestRowsGoWithWhatBelongsToThem(t *testing.T) {
	for _, path := range []string{"/customers/1", "/departments/1", "/tickets/1", "/responses/1", "/staff/9002"} {
		server := newServer(t)
		askRow(t, server, 201, "POST", "/responses", `{"ticket_id":2,"employee_response":1,"user_id":9002}`)
		removed := askRow(t, server, 200, "DELETE", path, "")
		if got := fmt.Sprint(removed["id"]); !strings.HasSuffix(path, "/"+got) {
			t.Errorf("DELETE %s: got the row %s", path, got)
		}
		askRow(t, server, 404, "GET", path, "")
		state := control(t, server, "GET", "/_mock/worlds/default/state", "")
		control(t, server, "PUT", "/_mock/worlds/default/state", state) // which fails if anything is left
	}
}

// TestRepliesOfTheConsoleAreThoseOfTheAPI: dates, status and thread are the same whichever way a reply comes.
func TestRepliesOfTheConsoleAreThoseOfTheAPI(t *testing.T) {
	for _, c := range []struct{ name, api, row string }{
		{"of staff", `{"ticket_number":1,"user_id":9001,"content":"A","employee_response":1}`, `{"ticket_id":1,"content":"A","employee_response":1}`},
		{"a note", `{"ticket_number":1,"user_id":9001,"content":"A","employee_response":1,"is_note":1}`, `{"ticket_id":1,"content":"A","is_note":1}`},
		{"of the customer", `{"ticket_number":1,"user_id":1,"content":"A"}`, `{"ticket_id":1,"content":"A"}`},
	} {
		for _, status := range []string{"open", "awaiting_reply", "closed"} {
			api, rows := newDesk(t), newDesk(t)
			for _, d := range []*desk{api, rows} {
				askRow(t, d.Server, 200, "PATCH", "/tickets/1", `{"status":"`+status+`","updated_at":"2025-08-01T00:00:00.000000Z"}`)
			}
			if got := api.ask(t, postJSON("/api/responses/create", c.api)); got.status != 200 && got.status != 201 {
				t.Fatalf("%s: got %d %s, want success", c.name, got.status, got.body)
			}
			askRow(t, rows.Server, 201, "POST", "/responses", c.row)
			state := func(d *desk) map[string]any {
				return decodeObject(t, control(t, d.Server, "GET", "/_mock/worlds/default/state", ""))
			}
			if diff := cmp.Diff(state(api), state(rows)); diff != "" {
				t.Errorf("a reply %s to a ticket that is %s (-api +rows):\n%s", c.name, status, diff)
			}
		}
	}
	api, rows := newDesk(t), newDesk(t)
	api.ask(t, postJSON("/api/tickets/close", `{"customer_id":1,"ticket_id":1}`))
	askRow(t, rows.Server, 200, "PATCH", "/tickets/1", `{"status":"closed"}`)
	if diff := cmp.Diff(askRow(t, api.Server, 200, "GET", "/tickets/1", ""), askRow(t, rows.Server, 200, "GET", "/tickets/1", "")); diff != "" {
		t.Errorf("a closed ticket (-api +rows):\n%s", diff)
	}
}

// TestRowsChange: a merge patch changes the fields that are sent, and the API answers with them.
func TestRowsChange(t *testing.T) {
	d := newDesk(t)
	before := askRow(t, d.Server, 200, "GET", "/customers/8", "")
	if got := askRow(t, d.Server, 200, "PATCH", "/customers/8", `{"name":"`+before["name"].(string)+`"}`); got["updated_at"] != before["updated_at"] {
		t.Errorf("a patch that changes nothing: got updated_at %v, want %v", got["updated_at"], before["updated_at"])
	}
	askRow(t, d.Server, 200, "PATCH", "/customers/8", `{"company":"Doe Ltd"}`)
	if got := d.ask(t, get("/api/customers/get/8")); !strings.Contains(got.body, `"company":"Doe Ltd"`) || !strings.Contains(got.body, `"updated_at":"2026-01-02T03:04:05.000006Z"`) {
		t.Errorf("got %s, want the company and the time of the change", got.body)
	}
	if got := d.ask(t, postForm("/api/login", "email=jane.roe%40example.com&password=secret")); got.status != 200 {
		t.Errorf("got %d %s, want the password to stay", got.status, got.body)
	}
	askRow(t, d.Server, 200, "PATCH", "/tickets/1", `{"custom_fields":{"domain":"a.example","plan":"large"}}`)
	got := askRow(t, d.Server, 200, "PATCH", "/tickets/1", `{"custom_fields":{"plan":null}}`)
	if diff := cmp.Diff(map[string]any{"domain": "a.example"}, got["custom_fields"]); diff != "" {
		t.Errorf("custom fields (-want +got):\n%s", diff)
	}
	askRow(t, d.Server, 200, "PATCH", "/staff/9002", `{"tokens":["agents-own"]}`)
	if got := d.ask(t, request{method: "GET", path: "/api/customers/get/8", auth: "Bearer agents-own"}); got.status != 200 {
		t.Errorf("got %d %s, want the new token to be accepted", got.status, got.body)
	}
	if text := control(t, d.Server, "GET", "/_mock/journal", ""); strings.Contains(text, "agents-own") {
		t.Errorf("got the token of a changed staff member in the journal: %s", text)
	}
}

// TestANewPasswordFieldIsSecret: what customers write into it from then on is not kept.
func TestANewPasswordFieldIsSecret(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/api/customers/get/8")) // which makes the redactor
	askRow(t, d.Server, 200, "PATCH", "/departments/1", `{"custom_fields":[{"slug":"door","name":"Door","type":"password"}]}`)
	slug := askRow(t, d.Server, 200, "GET", "/departments/1", "")["slug"].(string)
	d.ask(t, postJSON("/api/tickets/create", `{"customer_id":8,"subject":"S","message":"M","priority":"low","department_slug":"`+slug+`","custom_fields":{"door":"hunter22"}}`))
	if text := control(t, d.Server, "GET", "/_mock/journal", ""); strings.Contains(text, "hunter22") {
		t.Errorf("got the value of a password field in the journal: %s", text)
	}
}

// TestPasswordsInCustomFields are shown by no answer; a client that sends back what it was shown changes nothing, and an
// export can be loaded.
func TestPasswordsInCustomFields(t *testing.T) {
	d := newDesk(t)
	as := func(server *mock.Server, kind string) {
		askRow(t, server, 200, "PATCH", "/departments/1", `{"custom_fields":[{"slug":"door","name":"Door","type":"`+kind+`"},{"slug":"plan","name":"Plan","type":"text"}]}`)
	}
	as(d.Server, "password")
	shown := askRow(t, d.Server, 200, "PATCH", "/tickets/1", `{"custom_fields":{"door":"hunter22","plan":"large"}}`)
	want := map[string]any{"door": "[redacted]", "plan": "large"}
	if diff := cmp.Diff(want, shown["custom_fields"]); diff != "" {
		t.Errorf("a changed row (-want +got):\n%s", diff)
	}
	value := func(server *mock.Server) any { // which is shown when it is no password
		as(server, "text")
		defer as(server, "password")
		return askRow(t, server, 200, "GET", "/tickets/1", "")["custom_fields"].(map[string]any)["door"]
	}
	kept := func(when string) {
		t.Helper()
		if got := value(d.Server); got != "hunter22" {
			t.Errorf("%s: got %v, want the password", when, got)
		}
	}
	for _, path := range []string{"/tickets/1", "/tickets", "/tickets?limit=10", "/tickets?customer_id=1", "/tickets?text=upgrade", "/state"} {
		if text := control(t, d.Server, "GET", "/_mock/worlds/default"+path, ""); strings.Contains(text, "hunter22") || !strings.Contains(text, `[redacted]`) {
			t.Errorf("%s: got %.3000s, want a hidden password", path, text)
		}
	}
	kept("after reading")
	askRow(t, d.Server, 200, "PATCH", "/tickets/1", `{"custom_fields":{"door":"[redacted]","plan":"small"}}`)
	kept("after a row was sent back")
	control(t, d.Server, "PUT", "/_mock/worlds/default/state", control(t, d.Server, "GET", "/_mock/worlds/default/state", ""))
	kept("after the state was sent back")
	if text := control(t, d.Server, "GET", "/_mock/journal", ""); strings.Contains(text, "hunter22") {
		t.Errorf("got the password in the journal: %s", text)
	}
	data := control(t, d.Server, "GET", "/_mock/worlds/default/fixtures.zip", "")
	files, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if got := value(newServer(t, func(o *mock.Options) { o.Fixtures = files })); got != "secret" {
		t.Errorf("got %v from the exported fixtures, want a stand-in", got)
	}
}

// TestRowQueries: text, status, ids, order and pages choose rows, and total counts all of them.
func TestRowQueries(t *testing.T) {
	server := newServer(t)
	control(t, server, "POST", "/_mock/reset", `{"scenario":"default"}`)
	askRow(t, server, 200, "PATCH", "/tickets/3", `{"priority":"high"}`)
	for _, c := range []struct{ path, ids, total string }{
		{"/tickets?limit=3", "1 2 3", "14"},
		{"/tickets?limit=3&after=3", "4 5 6", "11"},
		{"/tickets?after=12", "13 14", "2"},
		{"/tickets?order=latest&limit=1", "3", "14"},
		{"/tickets?status=closed&limit=2", "7 8", "4"},
		{"/tickets?text=UPGRADE", "1", "1"},
		{"/tickets?text=silva", "2 7", "2"},
		{"/tickets?text=nothing+has+this", "", "0"},
		{"/tickets?customer_id=1&status=open", "1", "1"},
		{"/tickets?id=14,2,99", "2 14", "2"},
		{"/customers?text=roe+ltd", "8", "1"},
		{"/customers?email=jane.roe@example.com&limit=5", "8", "1"},
		{"/customers?email=none@example.com&limit=5", "", "0"},
		{"/staff?limit=1", "9001", "3"},
		{"/departments?text=k%C3%B6ln", "7", "1"},
		{"/responses?ticket_id=1&limit=2", "1 2", "4"},
	} {
		got := askRow(t, server, 200, "GET", c.path, "")
		noun, _, _ := strings.Cut(strings.TrimPrefix(c.path, "/"), "?")
		var ids []string
		for _, row := range got[noun].([]any) {
			ids = append(ids, fmt.Sprint(row.(map[string]any)["id"]))
		}
		if strings.Join(ids, " ") != c.ids || fmt.Sprint(got["total"]) != c.total {
			t.Errorf("%s: got the rows %v of %v, want %s of %s", c.path, ids, got["total"], c.ids, c.total)
		}
	}
	for _, c := range []struct{ path, detail string }{
		{"/tickets?limit=0", `limit="0": must be an integer from 1 to 1000`},
		{"/tickets?limit=1001", `limit="1001": must be`},
		{"/tickets?limit=x", `limit="x": must be`},
		{"/tickets?after=-1", `after="-1": must be`},
		{"/tickets?order=id", `order="id": must be latest`},
		{"/tickets?id=1,x", `id="1,x": must be at most 1000 ids`},
		{"/tickets?id=" + strings.Repeat("1,", 1000) + "1", `id="1,1,`},
		{"/customers?status=open", `unknown filter "status"`},
		{"/tickets?text=a&text=b", `duplicate filter "text"`},
	} {
		if got := askRow(t, server, 400, "GET", c.path, "")["detail"].(string); !strings.HasPrefix(got, c.detail) {
			t.Errorf("%.60s: got %s, want beginning with %s", c.path, got, c.detail)
		}
	}
}

// TestRowsAreBounded: a world that is full accepts no more rows, and still gives them up.
func TestRowsAreBounded(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.MaxWorld = 64 << 10 })
	full, message := 0, strings.Repeat("x", 20<<10)
	for range 10 {
		w := fromControl(t, server, httptest.NewRequest("POST", "http://localhost/_mock/worlds/default/tickets", strings.NewReader(`{"message":"`+message+`"}`)))
		if w.Code == 507 {
			full++
		}
	}
	if full == 0 || full == 10 {
		t.Errorf("got %d of 10 large tickets refused with 507, want some", full)
	}
	askRow(t, server, 200, "DELETE", "/tickets/15", "")
}

// TestExportedFixtures: a mock that starts with them has the same data and settings, without the secrets.
func TestExportedFixtures(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Token = "a-private-token" })
	askRow(t, d.Server, 201, "POST", "/staff", `{"tokens":["another-private-token","third-private-token"]}`)
	askRow(t, d.Server, 201, "POST", "/customers", `{"password":"hunter22"}`)
	askRow(t, d.Server, 201, "POST", "/responses", `{"ticket_id":1,"content":"<script>","employee_response":1,"user_id":9003}`)
	d.ask(t, request{method: "POST", path: assign, body: `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`, contentType: asJSON, auth: "Bearer a-private-token"})
	control(t, d.Server, "PUT", "/_mock/settings", `{"unknown_customer":404}`)
	data := control(t, d.Server, "GET", "/_mock/worlds/default/fixtures.zip", "")
	files, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files.File {
		content, err := fs.ReadFile(files, file.Name)
		if err != nil || bytes.Contains(content, []byte("private")) || bytes.Contains(content, []byte("hunter22")) {
			t.Errorf("%s: got %.2000s, %v, want no secrets", file.Name, content, err)
		}
	}
	again := newServer(t, func(o *mock.Options) { o.Fixtures = files })
	for _, path := range []string{"/_mock/worlds/default/state", "/_mock/worlds/default/staff", "/_mock/settings"} {
		if diff := cmp.Diff(control(t, d.Server, "GET", path, ""), control(t, again, "GET", path, "")); diff != "" {
			t.Errorf("%s (-exported +started again):\n%s", path, diff)
		}
	}
	if _, token := again.Credentials(); token != "token-9001" {
		t.Errorf("got the token %q, want a stand-in", token)
	}
}

// TestExportOfNothing: a world without rows has fixtures too.
func TestExportOfNothing(t *testing.T) {
	server := newServer(t)
	control(t, server, "PUT", "/_mock/worlds/default/state", `{"customers":[],"departments":[],"tickets":[],"responses":[]}`)
	data := control(t, server, "GET", "/_mock/worlds/default/fixtures.zip", "")
	files, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	again := newServer(t, func(o *mock.Options) { o.Fixtures = files })
	if email, token := again.Credentials(); email != "admin@ticaga.test" || token != "demo-token" {
		t.Errorf("got %s %s, want the credentials that the mock comes with", email, token)
	}
}
