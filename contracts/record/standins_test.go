package record

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestStandIns: the same value has the same stand-in everywhere, and what is invented stays.
func TestStandIns(t *testing.T) {
	for _, test := range []struct{ name, value, want string }{
		{"a person", `{"user": {"id": 8, "name": "Max Muster", "email": "max@muster.de", "company": "Muster AG"}}`,
			`{"user": {"id": 8, "name": "Person 1", "email": "person1@example.com", "company": "Company 1"}}`},
		{"the same address twice, in other case", `{"email": "max@muster.de", "public_email": "Max@Muster.de", "cc": "eva@muster.de,max@muster.de"}`,
			`{"email": "person2@example.com", "public_email": "person2@example.com", "cc": "person1@example.com,person2@example.com"}`},
		{"the same name in other fields", `[{"name": "Max"}, {"public_name": "Max"}, {"user_name": "Eva"}]`,
			`[{"name": "Person 1"}, {"public_name": "Person 1"}, {"user_name": "Person 2"}]`},
		{"a domain for examples", `{"email": "jane.roe@example.com", "public_email": "a@b.test"}`, `{"email": "jane.roe@example.com", "public_email": "a@b.test"}`},
		{"what the scenario has", `{"name": "Jane Roe", "subject": "Known"}`, `{"name": "Jane Roe", "subject": "Known"}`},
		{"an address in a message", `{"errors": {"email": ["max@muster.de is taken"]}}`, `{"errors": {"email": ["person1@example.com is taken"]}}`},
		{"a department", `{"departments": [{"id": 1, "name": "Sales", "department_name": "Sales"}]}`, `{"departments": [{"id": 1, "name": "Sales", "department_name": "Sales"}]}`},
		{"numbers, booleans and null", `{"name": null, "message": true, "subject": 7}`, `{"name": null, "message": true, "subject": 7}`},
		{"an empty value", `{"name": "", "company": ""}`, `{"name": "", "company": ""}`},
		{"the name of a service", `{"billing_service_name": "VPS of Max"}`, `{"billing_service_name": "Service 1"}`},
		{"the time of the run", `{"created_at": "2031-05-06T07:08:09.123456Z"}`, `{"created_at": "2026-01-02T15:04:05.000000Z"}`},
		{"a time of the scenario", `{"created_at": "2025-07-21T09:40:00.000000Z"}`, `{"created_at": "2025-07-21T09:40:00.000000Z"}`},
		{"a password", `{"password": "[redacted]"}`, `{"password": "password-1"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStandIns(map[string]bool{"Jane Roe": true, "Known": true, "2025-07-21T09:40:00.000000Z": true})
			if diff := cmp.Diff(decoded(t, test.want), s.value("", decoded(t, test.value))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}
