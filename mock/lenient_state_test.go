package mock_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// oddValues are sent to a lenient server instead of what the contract expects, as JSON.
var oddValues = []string{
	`null`, `true`, `false`, `0`, `-1`, `1.5`, `1e300`, `9007199254740993`, `""`, `" "`, `"x"`, `"8"`, `"007"`, `"99999999999999999999"`, `"\u0000"`, `"a@b"`,
	`"Blesta"`, `"2026-13-99"`, `[]`, `["x"]`, `[[1]]`, `{}`, `{"a":1}`, `{"a":{"b":[null]}}`, `"` + strings.Repeat("x", 300) + `"`,
}

var writes = map[string][]string{
	"/api/register":         {"name", "email", "password", "company", "phone_number", "biography", "billing_id", "billing_system"},
	"/api/customers/create": {"first_name", "last_name", "email", "company", "phone_number", "billing_id", "billing_system", "account_manager"},
	"/api/customers/link":   {"name", "email", "billing_id", "billing_system"},
	"/api/customers/sync":   {"name", "email", "external_id", "billing_system", "company"},
	"/api/customers/assign": {"ticaga_id", "billing_id", "billing_system"},
	"/api/tickets/create":   {"customer_id", "department_slug", "department_id", "subject", "message", "priority", "status", "cc", "assigned", "public_name", "public_email", "custom_fields", "billing_system", "billing_company_id", "billing_service_id", "billing_service_name", "ip_address"},
	"/api/tickets/open/1":   {"user_id", "subject", "content", "priority", "cc", "public_name", "public_email"},
	"/api/tickets/close":    {"customer_id", "ticket_id", "id"},
	"/api/tickets/rate":     {"ticket_id", "id", "rating", "customer_id"},
	"/api/responses/create": {"ticket_number", "ticket_id", "user_id", "content", "is_note", "employee_response", "visible_to_customer"},
}

var goodValues = map[string]string{
	"name": `"J"`, "first_name": `"J"`, "last_name": `"R"`, "email": `"j@example.com"`, "password": `"secret-12"`, "billing_id": `7`, "billing_system": `"blesta"`, "external_id": `7`,
	"ticaga_id": `8`, "customer_id": `8`, "user_id": `8`, "department_slug": `"sales"`, "subject": `"S"`, "message": `"M"`, "content": `"C"`, "priority": `"low"`, "ticket_id": `1`, "id": `1`, "ticket_number": `1`, "rating": `5`,
}

// TestALenientStateCanBeImported: whatever a lenient server was sent, what it exports can be imported.
func TestALenientStateCanBeImported(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.Lenient = true })
	rapid.Check(t, func(t *rapid.T) {
		server.Reset()
		var sent []string
		for range rapid.IntRange(1, 6).Draw(t, "writes") {
			path := rapid.SampledFrom(keysOf(writes)).Draw(t, "path")
			var pairs []string
			for _, name := range writes[path] {
				good := goodValues[name]
				switch odd := rapid.IntRange(0, 3).Draw(t, name); {
				case odd == 0:
					pairs = append(pairs, `"`+name+`":`+rapid.SampledFrom(oddValues).Draw(t, name+" value"))
				case good != "":
					pairs = append(pairs, `"`+name+`":`+good)
				}
			}
			body := "{" + strings.Join(pairs, ",") + "}"
			r := httptest.NewRequest("POST", "http://localhost"+path, strings.NewReader(body))
			r.Header.Set("Content-Type", asJSON)
			r.Header.Set("Authorization", bearer)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, r)
			sent = append(sent, path+" "+body)
			if strings.Contains(w.Body.String(), "The route ") {
				t.Fatalf("%s: got %s, want a known route", path, w.Body)
			}
			if w.Code == http.StatusInternalServerError {
				t.Fatalf("got status 500, want another: %s\n%s", w.Body, strings.Join(sent, "\n"))
			}
		}
		state := askControl(server, "GET", "/_mock/worlds/default/state", "").Body.String()
		if got := askControl(server, "PUT", "/_mock/worlds/imported/state", state); got.Code != http.StatusOK {
			t.Fatalf("importing the state: got status %d, want 200: %s\n%s", got.Code, got.Body, strings.Join(sent, "\n"))
		}
	})
}

func keysOf(m map[string][]string) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
