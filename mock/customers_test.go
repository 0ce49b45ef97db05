package mock_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const notAuthenticated = `{"error":"User not authenticated"}`

func TestAssignLinksTheCustomer(t *testing.T) {
	d := newDesk(t)
	got := d.ask(t, postForm("/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=Blesta"))
	if got.status != 200 || got.body != `{"user":true}` {
		t.Fatalf(`got %d %s; want status 200, body {"user":true}`, got.status, got.body)
	}
	body := d.ask(t, get("/api/customers/get/8")).body
	if id, system := field(t, body, "user", "billing_id"), field(t, body, "user", "billing_system"); id != "42" || system != "Blesta" {
		t.Errorf(`billing_id %#v, billing_system %#v; want id "42", system "Blesta"`, id, system)
	}
	if at := field(t, body, "user", "updated_at"); at != "2026-01-02T03:04:05.000006Z" {
		t.Errorf(`updated_at %v, want "2026-01-02T03:04:05.000006Z"`, at)
	}

	// Again overwrites, with a number this time: the answer is text all the same.
	d.ask(t, postJSON("/api/customers/assign", `{"ticaga_id":8,"billing_id":43,"billing_system":"whmcs"}`))
	body = d.ask(t, get("/api/customers/get/8")).body
	if id, system := field(t, body, "user", "billing_id"), field(t, body, "user", "billing_system"); id != "43" || system != "whmcs" {
		t.Errorf(`billing_id %#v, billing_system %#v; want id "43", system "whmcs"`, id, system)
	}

	// The account that was given up is free for another customer.
	got = d.ask(t, postForm("/api/customers/assign", "ticaga_id=1&billing_id=42&billing_system=blesta"))
	if got.status != 200 {
		t.Errorf("got %d %s, want 200", got.status, got.body)
	}
}

func TestABillingAccountBelongsToOneCustomer(t *testing.T) {
	d := newDesk(t)
	const taken = `{"message":"The billing id has already been taken.","errors":{"billing_id":["The billing id has already been taken."]}}`
	for _, account := range []string{"17&billing_system=blesta", "17&billing_system=Blesta", "0017&billing_system=blesta"} { // customer 2 has it
		got := d.ask(t, postForm("/api/customers/assign", "ticaga_id=8&billing_id="+account))
		if got.status != 422 || got.body != taken {
			t.Errorf("%s: got %d %s; want status 422, body %q", account, got.status, got.body, taken)
		}
		if !slices.Contains(codes(got.entry), "TM-DATA-TAKEN") {
			t.Errorf("%s: got violations %+v, want TM-DATA-TAKEN among them", account, got.entry.Violations)
		}
	}
	if id := field(t, d.ask(t, get("/api/customers/get/8")).body, "user", "billing_id"); id != "0" {
		t.Errorf(`customer 8 has billing id %v, want "0"`, id)
	}
	// The same number in another system is another account, and "0" is none.
	for _, body := range []string{
		"ticaga_id=8&billing_id=17&billing_system=whmcs",
		"ticaga_id=7&billing_id=0&billing_system=blesta", "ticaga_id=8&billing_id=0&billing_system=blesta",
	} {
		if got := d.ask(t, postForm("/api/customers/assign", body)); got.status != 200 {
			t.Errorf("%s: got %d %s, want 200", body, got.status, got.body)
		}
	}
}

func TestUnknownCustomer(t *testing.T) {
	d := newDesk(t)
	before := d.ask(t, get("/api/customers/get/8")).body
	for _, q := range []request{
		postForm("/api/customers/assign", "ticaga_id=99&billing_id=42&billing_system=blesta"),
		postForm("/api/customers/assign", "ticaga_id=0&billing_id=42&billing_system=blesta"),
		postForm("/api/customers/assign", "ticaga_id=9223372036854775808&billing_id=42&billing_system=blesta"),
		get("/api/customers/get/99"),
		get("/api/customers/get/00"),
		get("/api/customers/get/99999999999999999999"),
		get("/api/customers/get/-1"),
		get("/api/customers/get/Joe%20Doe"),
	} {
		got := d.ask(t, q)
		if got.status != 401 || got.body != notAuthenticated {
			t.Errorf("%s %s: got %d %s; want status 401, body %q", q.path, q.body, got.status, got.body, notAuthenticated)
		}
		if got.entry.Refusal == "" {
			t.Errorf("%s %s: got no refusal in the journal, want the reason", q.path, q.body)
		}
	}
	if after := d.ask(t, get("/api/customers/get/8")).body; after != before {
		t.Errorf("customer 8 has changed: got %s, want %q", after, before)
	}
}

func TestCustomerAsDocumented(t *testing.T) {
	got := newDesk(t).ask(t, get("/api/customers/get/1"))
	const want = `{"user":{"id":1,"name":"Joe Doe","email":"joedoe@example.com","email_verified_at":null,"company":"Demo Ltd","phone_number":"",` +
		`"billing_id":"0","billing_system":"","account_manager":"0","biography":"",` +
		`"created_at":"2025-07-13T17:15:25.000000Z","updated_at":"2025-07-13T17:22:37.000000Z"}}`
	if diff := cmp.Diff(want, got.body); diff != "" {
		t.Error(diff)
	}
}

func TestCustomerZeroIsTheOwnerOfTheToken(t *testing.T) {
	d := newDesk(t)
	for auth, email := range map[string]string{
		bearer: "admin@ticaga.test", basic: "admin@ticaga.test",
		"Bearer 2|sanctum-demo-token": "agent@ticaga.test",
	} {
		got := d.ask(t, request{method: "GET", path: "/api/customers/get/0", auth: auth})
		if got.status != 200 || field(t, got.body, "user", "email") != email {
			t.Errorf("%s: got %d %s; want status 200, user.email %q", auth, got.status, got.body, email)
		}
	}
}

func TestRegister(t *testing.T) {
	d := newDesk(t)
	got := d.ask(t, postJSON("/api/register", `{"name":"New One","email":"new@example.com","password":"s3cret","billing_id":2,"billing_system":"blesta","company":null}`))
	const want = `{"user":{"name":"New One","email":"new@example.com","company":"","billing_id":"2","billing_system":"blesta",` +
		`"account_manager":"0","biography":"","updated_at":"2026-01-02T03:04:05.000006Z","created_at":"2026-01-02T03:04:05.000006Z","id":9003}}`
	if diff := cmp.Diff(want, got.body); got.status != 200 || diff != "" {
		t.Errorf("got %d %s, want 200", got.status, diff)
	}
	if got := d.ask(t, postForm("/api/login", "email=NEW%40example.com&password=s3cret")); got.status != 200 || field(t, got.body, "user", "id") != json.Number("9003") {
		t.Errorf("cannot log in: got %d %s; want status 200, user.id 9003", got.status, got.body)
	}
	// An address and a billing account that are taken, both told at once.
	got = d.ask(t, postForm("/api/register", "name=X&email=New%40Example.com&password=x&billing_id=17&billing_system=Blesta"))
	const taken = `{"message":"The email has already been taken. (and 1 more error)","errors":{"email":["The email has already been taken."],"billing_id":["The billing id has already been taken."]}}`
	if got.status != 422 || got.body != taken {
		t.Errorf("got %d %s; want status 422, body %q", got.status, got.body, taken)
	}
	if got := d.ask(t, get("/api/customers/get/14")); got.status != 401 {
		t.Errorf("the refused customer exists: %s; got %d; want 401", got.body, got.status)
	}
}

func TestLogin(t *testing.T) {
	d := newDesk(t)
	if got := d.ask(t, postForm("/api/login", "email=joedoe%40example.com&password=secret")); got.status != 200 ||
		field(t, got.body, "user", "name") != "Joe Doe" {
		t.Errorf(`got %d %s; want status 200, user.name "Joe Doe"`, got.status, got.body)
	}
	for _, body := range []string{
		"email=joedoe%40example.com&password=Secret",
		"email=joedoe%40example.com&password=+secret", // a password is not trimmed
		"email=nobody%40example.com&password=secret",
	} {
		got := d.ask(t, postForm("/api/login", body))
		if got.status != 401 || got.body != notAuthenticated || got.entry.Refusal == "" {
			t.Errorf("%s: got %d %s; want status 401, body %q, refusal not empty", body, got.status, got.body, notAuthenticated)
		}
	}
}

func TestConnection(t *testing.T) {
	d := newDesk(t)
	if got := d.ask(t, request{method: "POST", path: "/api/connection", auth: basic}); got.status != 200 || got.body != `{"result":"true"}` {
		t.Errorf(`got %d %s; want status 200, body {"result":"true"}`, got.status, got.body)
	}
	if got := d.ask(t, request{method: "POST", path: "/api/connection", auth: "-"}); got.status != 401 || got.body != notAuthenticated {
		t.Errorf("got %d %s; want status 401, body %q", got.status, got.body, notAuthenticated)
	}
}

// TestAcceptedValuesCanBeRead: get returns what assign or register accepted.
func TestAcceptedValuesCanBeRead(t *testing.T) {
	for _, number := range []string{
		"0", "-0", "-0.0", "8", "008", "8.0", "1e3", "1e19", "9007199254740991", "9007199254740993.0", "18446744073709551616",
		"0e5", "0e-99999999", "1e-3", "1E2", `"00042"`, `"18446744073709551615"`, `" 7 "`, `""`, "null",
	} {
		d := newDesk(t)
		d.ask(t, postJSON("/api/customers/assign", `{"ticaga_id":8,"billing_id":`+number+`,"billing_system":"blesta"}`))
		if got := d.ask(t, get("/api/customers/get/8")); got.status != 200 {
			t.Errorf("billing_id %s: got %d %s, want 200", number, got.status, got.body)
		}
		if got := d.ask(t, postJSON("/api/register", `{"name":"N","email":"n@example.com","password":"p","account_manager":`+number+`}`)); got.status == 200 {
			if got := d.ask(t, postForm("/api/login", "email=n%40example.com&password=p")); got.status != 200 {
				t.Errorf("account_manager %s: got %d %s, want 200", number, got.status, got.body)
			}
		}
	}
}

// TestEmailAddresses: an e-mail address that is accepted is returned, and fits the contract.
func TestEmailAddresses(t *testing.T) {
	for email, want := range map[string]int{
		"a@b": 200, "a+b@c.example": 200, "ä@ö.example": 200,
		"a..b@c.example": 422, ".a@c.example": 422, "a@c..example": 422, "a@c.": 422, "a@": 422, "@b": 422, "a b@c.example": 422,
	} {
		d := newDesk(t)
		got := d.ask(t, postJSON("/api/customers/link", `{"email":"`+email+`","name":"A","billing_id":900,"billing_system":"blesta"}`))
		if got.status != want || want == 200 && field(t, got.body, "user", "email") != email {
			t.Errorf("%s: got status %d, want %d: %s", email, got.status, want, got.body)
		}
	}
}

// TestNullInOptionalFields: a null counts as not sent, nullable or not, and is missed where the field
// is required.
func TestNullInOptionalFields(t *testing.T) {
	d := newDesk(t)
	const fields = `{"name":"N","email":"n@b.example","password":"p","company":null,"biography":null,"billing_id":null}`
	if got := d.ask(t, postJSON("/api/register", fields)); got.status != 200 || field(t, got.body, "user", "company") != "" {
		t.Errorf(`got status %d: %s; want status 200, user.company ""`, got.status, got.body)
	}
	if got := d.ask(t, postJSON("/api/register", strings.Replace(fields, `"N"`, "null", 1))); got.status != 422 {
		t.Errorf("got status %d: %s, want 422", got.status, got.body)
	}
}
