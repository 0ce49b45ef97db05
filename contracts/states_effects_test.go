package contracts_test

import (
	"encoding/base64"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// ask sends a request, a form where there is one, with a Bearer token.
func ask(server *mock.Server, token, target, form string) (status int, body string) {
	method, path, _ := strings.Cut(target, " ")
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(form))
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// TestStatesAsRequestsSeeThem: what a state sets is what a request finds. A want that begins with an
// exclamation mark must not be in the answer.
func TestStatesAsRequestsSeeThem(t *testing.T) {
	type params = map[string]any
	const (
		support, public = "GET /api/departments/get/support", "GET /api/departments/public"
		ticket, create  = "GET /api/tickets/get/8/12", "POST /api/tickets/create"
		guest           = "subject=s&message=m&department_slug=support&priority=high&public_name=n&public_email=a%40b.example"
	)
	for _, test := range []struct {
		state  string
		params params
		token  string // demo-token unless it says otherwise
		target string
		form   string
		status int
		want   string // each part, separated by spaces
	}{
		{"token abc exists", nil, "abc", "GET /api/customers/get/8", "", 200, "Jane"},
		{"token abc exists", params{"email": "new@agent.example"}, "abc", "GET /api/customers/get/8", "", 200, "Jane"},
		{"staff member new@agent.example exists", params{"token": "abc"}, "abc", "GET /api/customers/get/8", "", 200, "Jane"},
		{"token abc has no staff rights", nil, "abc", "GET /api/customers/get/8", "", 403, ""},
		{"a token without rights", nil, "no-rights-token", "GET /api/customers/get/8", "", 403, ""},
		{"token demo-token has no staff rights", nil, "", "GET /api/customers/get/8", "", 403, ""},
		{"token demo-token does not exist", nil, "", "GET /api/customers/get/8", "", 401, ""},
		{"a token does not exist", nil, "", "GET /api/customers/get/8", "", 401, ""},
		{"no staff member has the token 2|sanctum-demo-token", nil, "2|sanctum-demo-token", "GET /api/customers/get/8", "", 401, ""},

		{"department support exists", params{"name": "Help", "is_public": true}, "", support, "", 200, `"department_name":"Help" "is_public":1 "id":2`},
		{"department new-one exists", nil, "", "GET /api/departments/get/new-one", "", 200, `"department_name":"New_One" "id":8`},
		{"department 42 exists", nil, "", "GET /api/departments/get_by_id/42", "", 200, `"slug":"department-42"`},
		{"department support is public", nil, "", public, "", 200, `"slug":"support"`},
		{"department sales is for customers", nil, "", public, "", 200, `!"slug":"sales" "slug":"billing"`},
		{"department sales is for customers", nil, "", "GET /api/departments/customers", "", 200, `"slug":"sales"`},
		{"department sales is disabled", nil, "", public, "", 200, `!"slug":"sales"`},
		{"department retired is enabled", nil, "", public, "", 200, `"slug":"retired"`},
		{"department support is public", nil, "", create, guest, 200, `"ticket_code"`},
		{"department support is not public", nil, "", create, guest, 422, "department_slug"},
		{"department support does not allow high priority", nil, "", create, guest + "&customer_id=8", 422, "priority"},
		{"department billing allows high priority", nil, "", create, strings.Replace(guest, "support", "billing", 1), 200, "ticket_code"},
		{"department support offers no priority", nil, "", support, "", 200, `"allows_high_priority":3`},
		{"department support has custom fields", nil, "", support, "", 200, `"custom_fields":[{"slug":"domain" "type":"text"`},
		{"department support has custom fields", params{"field": "size", "type": "dropdown", "options": "s,m", "required": true}, "", support, "", 200, `"slug":"size" "options":["s","m"] "required":true`},
		{"department domains has custom fields", nil, "", "GET /api/departments/get/domains", "", 200, `"slug":"registrar"`},
		{"department domains has no custom fields", nil, "", "GET /api/departments/get/domains", "", 200, `"slug":"domains" !custom_fields`},
		{"department support does not exist", nil, "", support, "", 200, `!"slug":"support"`},
		{"no department exists", nil, "", public, "", 200, `"departments":[]`},
		{"no department is public", nil, "", public, "", 200, `"departments":[]`},
		{"all departments are disabled", nil, "", "GET /api/departments/customers", "", 200, `"departments":[]`},

		{"customer 8 has ticket 12", params{"subject": "Hi", "department": "billing", "priority": "low"}, "", ticket, "", 200, `"user_id":8 "subject":"Hi" "department_id":3 "priority":"low"`},
		{"customer 8 has ticket 77", nil, "", "GET /api/tickets/get/8/77", "", 200, `"user_id":8 "subject":"Ticket_77" "ticket_code"`},
		{"ticket 12 exists", nil, "", "GET /api/tickets/get/3/12", "", 200, `"user_id":3`},
		{"open ticket 12 of customer 8", nil, "", ticket, "", 200, `"status":"open"`},
		{"ticket 12 of customer 8 is awaiting reply", nil, "", ticket, "", 200, `"status":"awaiting_reply"`},
		{"ticket 12 of customer 8 is in progress", nil, "", ticket, "", 200, `"status":"in_progress"`},
		{"ticket 12 of customer 8 is on hold", nil, "", ticket, "", 200, `"status":"on_hold"`},
		{"ticket 12 of customer 8 is closed", nil, "", ticket, "", 200, `"status":"closed"`},
		{"ticket 12 is rated 4", params{"customer": 8}, "", ticket, "", 200, `"status":"closed" "rating":4 "ratings_enabled":true`},
		{"ticket 12 is not rated", params{"customer": 8}, "", ticket, "", 200, `"status":"closed" "rating":0`},
		{"guest ticket 12", params{"public_email": "g@x.example"}, "", "GET /api/tickets/get/0/12", "", 200, `"user_id":0 "public_email":"g@x.example"`},
		{"ticket 1 does not exist", nil, "", "GET /api/tickets/get/1/1", "", 404, ""},
		{"customer 1 has no tickets", nil, "", "GET /api/tickets/list/1", "", 200, `"tickets":[]`},
		{"no tickets exist", nil, "", "GET /api/tickets/list/1", "", 200, `"tickets":[]`},

		{"ticket 1 has 3 replies", nil, "", "POST /api/responses/get", "ticket_id=1", 200, `Reply_1. Reply_3. !browsers`},
		{"ticket 1 has no replies", nil, "", "POST /api/responses/get", "ticket_id=1", 200, `!browsers`},
		{"ticket 1 has a staff reply", params{"content": "Staff-says"}, "", "POST /api/responses/get", "ticket_id=1", 200, `browsers Staff-says`},
		{"ticket 1 has a reply by its customer", params{"content": "Customer-says"}, "", "POST /api/responses/get", "ticket_id=1", 200, `Customer-says`},
		{"ticket 1 has a note", params{"content": "Note-says"}, "", "POST /api/responses/get", "ticket_id=1", 200, `"is_note":1`},

		{"Ticaga is down", nil, "", "GET /api/customers/get/8", "", 503, ""},
		{"Ticaga is down", params{"operation": "closeTicket"}, "", "GET /api/customers/get/8", "", 200, ""},
		{"Ticaga fails with status 502", nil, "", "GET /api/customers/get/8", "", 502, ""},
		{"Ticaga limits the rate", nil, "", "GET /api/customers/get/8", "", 429, "Too"},
		{"Ticaga is slow", params{"delay_ms": 1}, "", "GET /api/customers/get/8", "", 200, "Jane"},
		{"Ticaga answers nothing", nil, "", "GET /api/customers/get/8", "", 200, "!Jane"},
		{"Ticaga answers with broken JSON", nil, "", "GET /api/customers/get/8", "", 200, ""},
		{"Ticaga answers with an HTML page", nil, "", "GET /api/customers/get/8", "", 500, "<html"},
		{"Ticaga is up", nil, "", "GET /api/customers/get/8", "", 200, "Jane"},
		{"Ticaga allows 1 requests a minute", nil, "", "GET /api/customers/get/8", "", 200, "Jane"},

		{"the extensions are off", nil, "", "GET /api/tickets/get/6/6", "", 200, "!custom_fields !ratings_enabled"},
		{"the extensions are on", nil, "", "GET /api/tickets/get/6/6", "", 200, "custom_fields ratings_enabled"},
		{"custom fields are off", nil, "", "GET /api/tickets/get/6/6", "", 200, "!custom_fields ratings_enabled"},
		{"custom fields are on", nil, "", "GET /api/tickets/get/6/6", "", 200, "custom_fields ratings_enabled"},
		{"ratings are off", nil, "", "GET /api/tickets/get/6/6", "", 200, "custom_fields !ratings_enabled"},
		{"ratings are on", nil, "", "GET /api/tickets/get/6/6", "", 200, "custom_fields ratings_enabled"},
	} {
		name := test.state
		if test.params != nil {
			name += fmt.Sprint(test.params)
		}
		t.Run(name, func(t *testing.T) {
			server := newMock(t)
			set(t, server, contracts.Given{State: test.state, Params: test.params})
			token := test.token
			if token == "" {
				token = mock.DefaultToken
			}
			status, body := ask(server, token, test.target, test.form)
			if status != test.status {
				t.Errorf("%s: status %d, want %d: %s", test.target, status, test.status, body)
			}
			for part := range strings.FieldsSeq(test.want) {
				part = strings.ReplaceAll(part, "_", " ")
				unwanted, not := strings.CutPrefix(part, "!")
				if got := strings.ReplaceAll(body, "_", " "); strings.Contains(got, unwanted) == not {
					t.Errorf("%s: %s, want %q", test.target, body, part)
				}
			}
		})
	}
}

// TestStatesAddUp: states may be combined in any order, and the last one wins where they conflict.
func TestStatesAddUp(t *testing.T) {
	server := newMock(t)
	set(t, server, contracts.Given{State: "no customer exists"}, contracts.Given{State: "no department exists"}, contracts.Given{State: "no tickets exist"})
	values := set(t, server, contracts.Given{State: "open ticket 5 of customer 3"}, contracts.Given{State: "ticket 5 has 2 replies"}, contracts.Given{State: "ticket 5 is closed"})
	if values["customer_id"] != int64(3) {
		t.Errorf("got %v, want customer_id 3", values)
	}
	if status, body := ask(server, mock.DefaultToken, "GET /api/tickets/get/3/5", ""); status != 200 || !strings.Contains(body, `"status":"closed"`) {
		t.Errorf("status %d: %s, want 200 and a closed ticket", status, body)
	}
	set(t, server, contracts.Given{State: "customer 3 does not exist"})
	if status, _ := ask(server, mock.DefaultToken, "GET /api/tickets/get/3/5", ""); status != 404 {
		t.Errorf("status %d of a ticket whose customer was removed, want 404", status)
	}
	set(t, server, contracts.Given{State: "Ticaga is down"}, contracts.Given{State: "Ticaga fails with status 500"})
	if status, _ := ask(server, mock.DefaultToken, "GET /api/customers/get/3", ""); status != 500 {
		t.Errorf("status %d, want 500: the last fault wins", status)
	}
	set(t, server, contracts.Given{State: "Ticaga is up"})
	if status, _ := ask(server, mock.DefaultToken, "GET /api/customers/get/3", ""); status != 401 {
		t.Errorf("status %d, want 401: nothing fails any more, and customer 3 is gone", status)
	}
	server.Reset()
	set(t, server, contracts.Given{State: "Ticaga allows 1 requests a minute"})
	for _, want := range []int{200, 429} {
		if status, _ := ask(server, mock.DefaultToken, "GET /api/customers/get/8", ""); status != want {
			t.Errorf("status %d, want %d: one request a minute is allowed", status, want)
		}
	}
}

// TestValuesOfStates: the values that a state returns lead to what it has set.
func TestValuesOfStates(t *testing.T) {
	server := newMock(t)
	v := set(t, server, contracts.Given{State: "staff member new@agent.example exists"})
	if status, _ := ask(server, fmt.Sprint(v["token"]), "GET /api/customers/get/8", ""); status != 200 {
		t.Errorf("status %d with the token %v, want 200", status, v["token"])
	}
	if got, _ := base64.StdEncoding.DecodeString(fmt.Sprint(v["basic"])); string(got) != fmt.Sprintf("new@agent.example:%v", v["token"]) {
		t.Errorf("basic is %q, want the e-mail address and the token", got)
	}
	v = set(t, server, contracts.Given{State: "customer 8 has a ticket"})
	if status, body := ask(server, mock.DefaultToken, fmt.Sprintf("GET /api/tickets/get/%v/%v", v["customer_id"], v["id"]), ""); status != 200 || !strings.Contains(strings.ReplaceAll(body, `\/`, "/"), fmt.Sprint(v["ticket_code"])) {
		t.Errorf("status %d, %s; want 200 and the code %v", status, body, v["ticket_code"])
	}
	v = set(t, server, contracts.Given{State: "a public department"})
	if status, body := ask(server, mock.DefaultToken, fmt.Sprintf("GET /api/departments/get/%v", v["slug"]), ""); status != 200 || !strings.Contains(body, fmt.Sprint(v["department_name"])) {
		t.Errorf("status %d, %s; want 200 and %v", status, body, v["department_name"])
	}
}
