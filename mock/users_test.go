package mock_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestStaffAreUsers: staff and customers share one table of users.
func TestStaffAreUsers(t *testing.T) {
	d := newDesk(t)
	const link = `{"email":"Agent@ticaga.test","name":"Somebody","billing_id":"77","billing_system":"blesta"}`
	for _, c := range []struct {
		name   string
		q      request
		status int
		part   string // of the answer
	}{
		{"by id", get("/api/customers/get/9002"), 200, `"id":9002,"name":"Second Agent"`},
		{"link finds the staff member", postJSON("/api/customers/link", link), 200, `"id":9002,"name":"Second Agent","email":"agent@ticaga.test",`},
		{"and links it", get("/api/customers/get/9002"), 200, `"billing_id":"77","billing_system":"blesta"`},
		{"which its own token shows", request{method: "GET", path: "/api/customers/get/0", auth: "Bearer 2|sanctum-demo-token"}, 200, `"billing_id":"77"`},
		{"the account is taken for customers", postForm("/api/customers/assign", "ticaga_id=8&billing_id=77&billing_system=blesta"), 422, "The billing id has already been taken."},
		{"assign", postForm("/api/customers/assign", "ticaga_id=9001&billing_id=78&billing_system=blesta"), 200, `{"user":true}`},
		{"sync renames it", postForm("/api/customers/sync", "external_id=5&name=Second+Agent+Jr&email=agent@ticaga.test"), 200, `"id":9002,"name":"Second Agent Jr"`},
		{"its replies carry the name", postForm("/api/responses/get", "ticket_id=2"), 200, `"user_id":9002,"user_name":"Second Agent Jr"`},
		{"register", postForm("/api/register", "name=X&email=admin@ticaga.test&password=x"), 422, "The email has already been taken."},
		{"create", postForm("/api/customers/create", "first_name=X&last_name=Y&email=ADMIN@ticaga.test"), 422, "The email has already been taken."},
		{"login", postForm("/api/login", "email=admin@ticaga.test&password=demo-token"), 401, "User not authenticated"},
		{"ids come from one sequence", postForm("/api/customers/create", "first_name=X&last_name=Y&email=x@example.com"), 200, `"id":9003`},
		{"by e-mail, 2024", get("/api/tickets/userbyemail/agent@ticaga.test"), 200, `[{"id":9002`},
		{"by id, 2024", get("/api/clients/9001"), 200, `[{"id":9001`},
		{"a ticket of its own", postForm("/api/tickets/create", "customer_id=9001&subject=S&message=M&priority=low&department_slug=sales"), 200, `{"id":{"id":15`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := d.ask(t, c.q); got.status != c.status || !strings.Contains(got.body, c.part) {
				t.Errorf("got %d %s; want status %d, body containing %q", got.status, got.body, c.status, c.part)
			}
		})
	}
}

// TestTokenWithoutStaffRights: its owner is a user, and not one of the staff; the token is a secret.
func TestTokenWithoutStaffRights(t *testing.T) {
	for _, c := range []struct {
		name   string
		q      request
		status int
		part   string
	}{
		{"of any operation", request{method: "POST", path: "/api/connection", auth: "Bearer no-rights-token"}, 403, `{"message":"This action is unauthorized."}`},
		{"that writes", request{method: "POST", path: "/api/customers/assign", auth: "Bearer no-rights-token", contentType: asForm, body: "ticaga_id=8&billing_id=42&billing_system=blesta"}, 403, `{"message":"This action is unauthorized."}`},
		{"before the fields", request{method: "POST", path: "/api/customers/assign", auth: "Bearer no-rights-token", contentType: asForm, body: "x=1"}, 403, "unauthorized"},
		{"in a world of its own", request{method: "POST", path: "/api/connection", auth: "Bearer no-rights-token@mine"}, 403, "unauthorized"},
		{"found by its address", get("/api/customers/get/9000"), 200, `"name":"Former Agent"`},
		{"no reply as staff", postForm("/api/responses/create", "ticket_number=2&ticket_id=2&content=x&user_id=9000&employee_response=1"), 403, "unauthorized"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			got := d.ask(t, c.q)
			if got.status != c.status || !strings.Contains(got.body, c.part) {
				t.Errorf("got %d %s; want status %d, body containing %q", got.status, got.body, c.status, c.part)
			}
			if all := fmt.Sprintf("%+v", got.entry); strings.Contains(all, "no-rights-token") {
				t.Errorf(`the journal holds the token: got %s, want without "no-rights-token"`, all)
			}
		})
	}
}

// customersFile is a customers.json with one customer.
func customersFile(id int, email string) string {
	return fmt.Sprintf(`[{"id":%d,"name":"N","email":%q,"email_verified_at":null,"company":"","phone_number":"","billing_id":"0","billing_system":"",`+
		`"account_manager":"0","biography":"","created_at":"2025-07-13T17:15:25.000000Z","updated_at":"2025-07-13T17:15:25.000000Z"}]`, id, email)
}

// TestPutStateKeepsStaff: what requests changed of staff stays, and customers cannot take their
// place.
func TestPutStateKeepsStaff(t *testing.T) {
	d := newDesk(t)
	d.ask(t, postForm("/api/customers/assign", "ticaga_id=9002&billing_id=77&billing_system=blesta"))
	put := func(customers string) string {
		r := httptest.NewRequest("PUT", "http://localhost/_mock/worlds/default/state", strings.NewReader(`{"customers":`+customers+`,"tickets":[],"responses":[]}`))
		return fromControl(t, d.Server, r).Body.String()
	}
	for want, customers := range map[string]string{
		"customers.json: /0/id: 9001 is a staff member's id":                   customersFile(9001, "n@example.com"),
		"customers.json: /0/email: AGENT@ticaga.test is a staff member's addr": customersFile(1, "AGENT@ticaga.test"),
	} {
		if got := put(customers); !strings.Contains(got, want) {
			t.Errorf("got %s, want containing %q", got, want)
		}
	}
	put(customersFile(1, "n@example.com"))
	if got := d.ask(t, get("/api/customers/get/9002")); field(t, got.body, "user", "billing_id") != "77" {
		t.Errorf(`got %s, want "77"`, got.body)
	}
	state := control(t, d.Server, "GET", "/_mock/worlds/default/state", "")
	if strings.Contains(state, "ticaga.test") || !strings.Contains(state, "n@example.com") {
		t.Errorf(`the state tells of staff: got %s; want state without "ticaga.test", state containing "n@example.com"`, state)
	}
}
