package mock_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// formFixtures is a help desk whose one department has a form of every kind of field. Customers see
// all but the last two.
const formFixtures = `[{"id":1,"department_name":"Forms","department_description":"","slug":"forms","is_public":1,"is_disabled":0,"allows_high_priority":1,"custom_fields":[
	{"slug":"must","name":"Must","type":"text","required":true,"visible_to_customer":true},
	{"slug":"area","name":"Area","type":"textarea","visible_to_customer":true},
	{"slug":"drop","name":"Drop","type":"dropdown","options":["a","b","0","7"],"visible_to_customer":true},
	{"slug":"free","name":"Free","type":"dropdown","visible_to_customer":true},
	{"slug":"radio","name":"Radio","type":"radio","options":["x","y"],"visible_to_customer":true},
	{"slug":"check","name":"Check","type":"checkbox","options":["on","off"],"visible_to_customer":true},
	{"slug":"any","name":"Any","type":"checkbox","visible_to_customer":true},
	{"slug":"multi","name":"Multi","type":"multiselect","options":["m","n"],"visible_to_customer":true},
	{"slug":"num","name":"Num","type":"number","visible_to_customer":true},
	{"slug":"date","name":"Date","type":"date","visible_to_customer":true},
	{"slug":"url","name":"Url","type":"url","visible_to_customer":true},
	{"slug":"mail","name":"Mail","type":"email","visible_to_customer":true},
	{"slug":"pass","name":"Pass","type":"password","visible_to_customer":true},
	{"slug":"a/b~c.d","name":"Odd","type":"number","visible_to_customer":true},
	{"slug":"hidden","name":"Hidden","type":"text","required":true,"visible_to_customer":false},
	{"slug":"left_out","name":"Left out","type":"text","required":true}]},
	{"id":2,"department_name":"Plain","department_description":"","slug":"plain","is_public":1,"is_disabled":0,"allows_high_priority":1,"custom_fields":[
	{"slug":"left_out","name":"Left out","type":"text"}]}]`

func newFormDesk(t testing.TB) *desk {
	return newDesk(t, func(o *mock.Options) {
		o.Fixtures = fstest.MapFS{"departments.json": {Data: []byte(formFixtures)}}
	})
}

func ticketWith(department, customFields string) request {
	return postJSON("/api/tickets/create", `{"public_email":"g@example.com","subject":"S","message":"M","priority":"low","department_slug":"`+department+`","custom_fields":`+customFields+`}`)
}

// TestCustomFieldsAreValidated: of each value, what Laravel says of it, "" when it is fine.
func TestCustomFieldsAreValidated(t *testing.T) {
	d := newFormDesk(t)
	for _, c := range []struct{ field, value, sentence string }{
		{"must", `"text"`, ""},
		{"must", `"0"`, ""},
		{"must", `null`, "The custom fields.must field is required."},
		{"must", `"  "`, "The custom fields.must field is required."},
		{"must", `[]`, "The custom fields.must field is required."},
		{"must", `7`, "The custom fields.must field must be a string."},
		{"must", `true`, "The custom fields.must field must be a string."},
		{"must", `{"a":"b"}`, "The custom fields.must field must be a string."},
		{"area", `"one\ntwo"`, ""},
		{"area", `["one"]`, "The custom fields.area field must be a string."},
		{"drop", `"b"`, ""}, {"drop", `" b "`, ""}, {"drop", `"0"`, ""}, {"drop", `7`, ""}, {"drop", `""`, ""}, {"drop", `null`, ""},
		{"drop", `"B"`, "The selected custom fields.drop is invalid."},
		{"drop", `8`, "The selected custom fields.drop is invalid."},
		{"drop", `["a"]`, "The custom fields.drop field must be a string."},
		{"free", `"anything"`, ""},
		{"free", `1`, "The custom fields.free field must be a string."},
		{"radio", `"y"`, ""},
		{"radio", `["y"]`, "The custom fields.radio field must be a string."},
		{"check", `["on","off"]`, ""}, {"check", `[]`, ""}, {"check", `["",null]`, ""}, {"check", `["","on"]`, ""},
		{"check", `"on"`, "The custom fields.check field must be an array."},
		{"check", `true`, "The custom fields.check field must be an array."},
		{"check", `["on","maybe"]`, "The selected custom fields.check.1 is invalid."},
		{"check", `[["on"]]`, "The custom fields.check.0 field must be a string."},
		{"check", `{"on":"on"}`, "The custom fields.check field must be an array."},
		{"any", `["whatever"]`, ""},
		{"any", `"whatever"`, "The custom fields.any field must be an array."},
		{"multi", `["m"]`, ""},
		{"multi", `"m,n"`, "The custom fields.multi field must be an array."},
		{"num", `"12"`, ""}, {"num", `12.50`, ""}, {"num", `"-.5e3"`, ""}, {"num", `0`, ""}, {"num", `"007"`, ""},
		{"num", `"twelve"`, "The custom fields.num field must be a number."},
		{"num", `"1,5"`, "The custom fields.num field must be a number."},
		{"num", `"0x1A"`, "The custom fields.num field must be a number."},
		{"num", `true`, "The custom fields.num field must be a number."},
		{"num", `[1]`, "The custom fields.num field must be a number."},
		{"date", `"2024-02-29"`, ""}, {"date", `"31.12.2025"`, ""}, {"date", `"2025-07-01T08:00"`, ""},
		{"date", `"2025-02-29"`, "The custom fields.date field must be a valid date."},
		{"date", `"whenever"`, "The custom fields.date field must be a valid date."},
		{"date", `20250101`, "The custom fields.date field must be a valid date."},
		{"url", `"https://example.com:8443/a?b=c#d"`, ""}, {"url", `"http://[::1]/"`, ""},
		{"url", `"example.com"`, "The custom fields.url field must be a valid URL."},
		{"url", `"javascript:alert(1)"`, "The custom fields.url field must be a valid URL."},
		{"url", `"https://"`, "The custom fields.url field must be a valid URL."},
		{"mail", `"a@example.com"`, ""},
		{"mail", `"a example.com"`, "The custom fields.mail field must be a valid email address."},
		{"pass", `"s3cret"`, ""},
		{"pass", `7`, "The custom fields.pass field must be a string."},
		{"a/b~c.d", `1`, ""},
		{"a/b~c.d", `"x"`, "The custom fields.a/b~c.d field must be a number."},
		{"hidden", `"for staff"`, ""},
		{"nothing", `"x"`, "The custom fields.nothing field is prohibited."},
		{"nothing", `null`, "The custom fields.nothing field is prohibited."},
		{"Must", `"x"`, "The custom fields.Must field is prohibited."},
	} {
		t.Run(c.field+" "+c.value, func(t *testing.T) {
			values := map[string]json.RawMessage{"must": json.RawMessage(`"text"`)}
			values[c.field] = json.RawMessage(c.value)
			got := d.ask(t, ticketWith("forms", mustJSON(t, values)))
			if c.sentence == "" {
				if got.status != 200 || len(got.entry.Violations) > 0 {
					t.Errorf("%s %s: got status %d: %s; want 200, no violations", c.field, c.value, got.status, got.body)
				}
				return
			}
			at := "custom_fields." + strings.Fields(c.sentence[strings.Index(c.sentence, "fields.")+len("fields."):])[0]
			want := fmt.Sprintf(`{"message":%q,"errors":{%q:[%q]}}`, c.sentence, at, c.sentence)
			if diff := cmp.Diff(want, got.body); got.status != 422 || diff != "" {
				t.Errorf("%s %s: got status %d, want 422; bodies differ (-want +got):\n%s", c.field, c.value, got.status, diff)
			}
			if diff := cmp.Diff([]string{"TM-DATA-CUSTOM-FIELD"}, codes(got.entry)); diff != "" {
				t.Errorf("%s %s: codes differ (-want +got):\n%s", c.field, c.value, diff)
			}
		})
	}
}

// TestCustomFieldsAsAWhole: no values at all, and what is not an object of values.
func TestCustomFieldsAsAWhole(t *testing.T) {
	const must = `{"message":"The custom fields.must field is required.","errors":{"custom_fields.must":["The custom fields.must field is required."]}}`
	const list = `{"message":"The custom fields.0 field is prohibited.","errors":{"custom_fields.0":["The custom fields.0 field is prohibited."]}}`
	const open = "public_email=g@example.com&subject=S&message=M&priority=low&department_slug="
	d := newFormDesk(t)
	for _, c := range []struct {
		name string
		q    request
		want string // "" for a ticket
	}{
		{"none, in a department without any", postForm("/api/tickets/create", open+"plain"), ""},
		{"PHP's empty array, in a department without any", ticketWith("plain", `[]`), ""},
		{"none", postForm("/api/tickets/create", open+"forms"), must},
		{"null", ticketWith("forms", `null`), must},
		{"PHP's empty array", ticketWith("forms", `[]`), must},
		{"no values", ticketWith("forms", `{}`), must},
		{"nothing in a form", postForm("/api/tickets/create", open+"forms&custom_fields="), must},
		{"an empty array in a form", postForm("/api/tickets/create", open+"forms&custom_fields[]="), must},
		{"an array of nothing in a form", postForm("/api/tickets/create", open+"forms&custom_fields[0]=&custom_fields[1]=+"), must},
		{"an array of nothing that begins late", postForm("/api/tickets/create", open+"forms&custom_fields[3]="), must},
		{"an array of nothing", ticketWith("forms", `["", " ", []]`), must},
		{"an empty string", ticketWith("forms", `""`), must},
		{"an empty array in a form, in a department without any", postForm("/api/tickets/create", open+"plain&custom_fields[]="), ""},
		{"nothing in a form, in a department without any", postForm("/api/tickets/create", open+"plain&custom_fields="), ""},
		{"an empty string, in a department without any", ticketWith("plain", `""`), ""},
		{"a value beside nothing", ticketWith("plain", `["", "x"]`), list},
		{"a form", postForm("/api/tickets/create", open+"forms&custom_fields[must]=x&custom_fields[check][]=on&custom_fields[check][]=off&custom_fields[multi][3]=m"), ""},
		{"pairs", ticketWith("forms", `[{"slug":"must","value":"x"}]`), list},
		{"values without slugs", ticketWith("forms", `["x"]`), list},
		{"pairs in a form", postForm("/api/tickets/create", open+"forms&custom_fields[0][slug]=must&custom_fields[0][value]=x"), list},
		{"pairs under numbers", ticketWith("forms", `{"0":{"slug":"must","value":"x"}}`), list},
		{"2024 has no custom fields", postForm("/api/tickets/open/1", "public_email=g@example.com&subject=S&content=M&priority=low"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := d.ask(t, c.q)
			if (c.want == "") != (got.status == 200) || c.want != "" && got.body != c.want {
				t.Errorf("got %d %s; want %q, or status 200 if that is empty", got.status, got.body, c.want)
			}
		})
	}
	got := d.ask(t, postJSON("/api/tickets/create", `{"customer_id":99,"subject":"S","message":"M","priority":"low","department_slug":"forms","custom_fields":{"must":7}}`))
	if got.status != 401 || len(got.entry.Violations) != 1 || got.entry.Violations[0].Code != "TM-DATA-CUSTOM-FIELD" {
		t.Errorf(`an unknown customer: got %d %+v; want status 401, len(violations) 1, code "TM-DATA-CUSTOM-FIELD"`, got.status, got.entry.Violations)
	}
}

// TestCustomFieldsThatHoldNoValues: what is no object of values is one violation, whatever the
// department requires.
func TestCustomFieldsThatHoldNoValues(t *testing.T) {
	for _, lenient := range []bool{false, true} {
		d := newDesk(t, func(o *mock.Options) {
			o.Fixtures, o.Lenient = fstest.MapFS{"departments.json": {Data: []byte(formFixtures)}}, lenient
		})
		for _, department := range []string{"forms", "plain"} {
			for _, sent := range []string{`"x"`, `5`, `true`, `"Array"`, `0`, `false`, `1.5`, `"[]"`, `"{}"`} {
				got := d.ask(t, ticketWith(department, sent))
				if found := got.entry.Violations; len(found) != 1 || found[0].At != "/custom_fields" {
					t.Errorf(`%s, lenient %t: got status %d, violations %+v; want one at "/custom_fields"`, sent, lenient, got.status, found)
				}
				const want = `{"message":"The custom fields field must be an array.","errors":{"custom_fields":["The custom fields field must be an array."]}}`
				if !lenient && (got.status != 422 || got.body != want) {
					t.Errorf("%s: got %d %s, want 422 %s", sent, got.status, got.body, want)
				}
			}
		}
	}
}

// TestManyUnknownCustomFields: what is said about a request is bounded, whatever it holds.
func TestManyUnknownCustomFields(t *testing.T) {
	d := newFormDesk(t)
	values := map[string]string{"must": "x", strings.Repeat("long", 10_000): "x"}
	for i := range 5000 {
		values[fmt.Sprint("field", i)] = "x"
	}
	got := d.ask(t, ticketWith("forms", mustJSON(t, values)))
	if got.status != 422 || len(got.entry.Violations) != 100 || len(got.body) > 30_000 || !strings.Contains(got.body, "(and 99 more errors)") {
		t.Errorf(`%d, %d violations, %d bytes; want status 422, len(violations) 100, len(body) at most 30000, body containing "(and 99 more errors)"`, got.status, len(got.entry.Violations), len(got.body))
	}
}

// TestCustomFieldsInTicketsInfo: customers see values of fields that are visible to them. Where
// there are no such fields, the answer has no custom_fields.
func TestCustomFieldsInTicketsInfo(t *testing.T) {
	d := newFormDesk(t)
	for _, c := range []struct{ department, sent, want string }{
		{"forms", `{"must":" x ","check":["on"],"num":1.50,"pass":"s3cret","hidden":"h","left_out":"l","drop":""}`,
			`[{"name":"Must","value":"x","is_encrypted":false},{"name":"Check","value":["on"],"is_encrypted":false},` +
				`{"name":"Num","value":"1.50","is_encrypted":false},{"name":"Pass","value":"********","is_encrypted":true}]`},
		{"plain", `{"left_out":"l"}`, ""},
		{"plain", `[]`, ""},
	} {
		t.Run(c.department+" "+c.sent, func(t *testing.T) {
			created := d.ask(t, ticketWith(c.department, c.sent))
			got := d.ask(t, postForm("/api/tickets/info", fmt.Sprint("ticket_id=", field(t, created.body, "id", "id"))))
			_, shown, _ := strings.Cut(got.body, `"custom_fields":`)
			shown, _, _ = strings.Cut(shown, `,"ratings_enabled"`)
			if got.status != 200 || shown != c.want {
				t.Errorf("%s %s: %d %s; got shown %q; want status 200, shown %q", c.department, c.sent, got.status, got.body, shown, c.want)
			}
		})
	}
}

// TestExtensionsThatAreOff: without the extensions, answers have neither custom fields nor whether
// tickets can be rated, values are not read, and what a plugin sends for them gets a warning.
func TestExtensionsThatAreOff(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Scenario = "no-extensions" })
	const open = `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_slug":"domains"`
	for _, c := range []struct {
		name  string
		q     request
		codes []string
	}{
		{"a ticket with values", postForm("/api/tickets/info", "ticket_id=1"), []string{}},
		{"a rated ticket", postJSON("/api/tickets/get", `{"id":2,"ticket_id":2}`), []string{}},
		{"one department", get("/api/departments/get/domains"), []string{}},
		{"one department by id", get("/api/departments/get_by_id/2"), []string{}},
		{"for guests", get("/api/departments/public"), []string{}},
		{"for customers", get("/api/departments/customers"), []string{}},
		{"all, 2024", get("/api/departments"), []string{"TM-DEPRECATED"}},
		{"for guests, 2024", get("/api/departments/1"), []string{"TM-DEPRECATED"}},
		{"one, 2024", get("/api/departments/byid/2"), []string{"TM-DEPRECATED"}},
		{"nothing sent", postJSON("/api/tickets/create", open+`}`), []string{}},
		{"PHP's empty array", postJSON("/api/tickets/create", open+`,"custom_fields":[]}`), []string{}},
		{"an array of nothing", postJSON("/api/tickets/create", open+`,"custom_fields":[""]}`), []string{}},
		{"a value", postJSON("/api/tickets/create", open+`,"custom_fields":{"domain":7}}`), []string{"TM-DATA-EXTENSION"}},
		{"an array of values", postJSON("/api/tickets/create", open+`,"custom_fields":["x"]}`), []string{"TM-DATA-EXTENSION"}},
		{"a rating", postJSON("/api/tickets/rate", `{"ticket_id":2,"rating":5,"customer_id":2}`), []string{"TM-DATA-EXTENSION"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := d.ask(t, c.q)
			if got.status != 200 || strings.Contains(got.body, "custom_fields") || strings.Contains(got.body, "ratings_enabled") {
				t.Errorf(`got %d %s; want status 200, body without "custom_fields", body without "ratings_enabled"`, got.status, got.body)
			}
			if diff := cmp.Diff(c.codes, codes(got.entry)); diff != "" {
				t.Errorf("codes differ (-want +got):\n%s", diff)
			}
		})
	}
	if err := d.Set(`{"custom_fields": "on", "ratings": "on"}`); err != nil {
		t.Fatal(err)
	}
	if got, want := d.ask(t, postForm("/api/tickets/info", "ticket_id=1")), `"custom_fields":[{"name":"Domain","value":"doe.example","is_encrypted":false}],"ratings_enabled":true}`; !strings.Contains(got.body, want) {
		t.Errorf("on again: got %s, want containing %q", got.body, want)
	}
}
