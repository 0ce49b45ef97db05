package inspect

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestFixes: the first thing that is suggested about a field, by operation.
func TestFixes(t *testing.T) {
	c := load(t)
	for _, row := range []struct{ operation, body, at, fix string }{
		{"assignBillingId", `{"client_id":8,"billing_id":1,"billing_system":"blesta"}`, "/ticaga_id", `rename "client_id" to "ticaga_id": `},
		{"assignBillingId", `{"client_id":8,"billing_id":1,"billing_system":"blesta"}`, "/client_id", `did you mean "ticaga_id"?`},
		{"assignBillingId", `{"ticaga_id":8,"client_id":1,"billing_system":"blesta"}`, "/billing_id", `rename "client_id" to "billing_id": `},
		{"assignBillingId", `{"user_id":8,"external_id":1,"organize":"blesta"}`, "/billing_id", `rename "external_id" to "billing_id": `},
		{"assignBillingId", `{"user_id":8,"external_id":1,"organize":"blesta"}`, "/billing_system", `rename "organize" to "billing_system": `},
		{"assignBillingId", `{"ticagaId":8,"billing_id":1,"billing_system":"blesta"}`, "/ticaga_id", `rename "ticagaId" to "ticaga_id": `},
		{"assignBillingId", `{"ticaga_id":8,"amp;billing_id":1,"billing_system":"blesta"}`, "/billing_id", "join the fields with & and not with &amp;"},
		{"assignBillingId", `{"data":{"ticaga_id":8,"billing_id":1,"billing_system":"blesta"}}`, "/ticaga_id", `move the fields out of "data"`},
		{"assignBillingId", `{"data":{"ticaga_id":8,"billing_id":1,"billing_system":"blesta"}}`, "/billing_system", `move the fields out of "data"`},
		{"assignBillingId", `{"json":"{\"ticaga_id\":8}","billing_id":1,"billing_system":"blesta"}`, "/ticaga_id", `move the fields out of "json"`},
		{"assignBillingId", `{"ticaga_id":8,"billing_id":1,"billing_system":"blesta","api_token":"x"}`, "/api_token", "send the credentials in the Authorization header"},
		{"assignBillingId", `{"id":8,"client_id":42,"system":"blesta"}`, "/ticaga_id", `rename "id" to "ticaga_id": `},
		{"assignBillingId", `{"id":8,"client_id":42,"system":"blesta"}`, "/billing_id", `rename "client_id" to "billing_id": `},
		{"assignBillingId", `{"id":8,"client_id":42,"system":"blesta"}`, "/billing_system", `rename "system" to "billing_system": `},
		{"assignBillingId", `{"id":8,"client_id":42,"system":"blesta"}`, "/id", `did you mean "ticaga_id"?`},
		{"assignBillingId", `{"ticaga_id":8,"billing_id":1,"billing_system":"blesta","meta":{"a":1}}`, "/meta", "leave it out"},
		{"assignBillingId", `{"ticaga_id":"blesta","billing_id":1,"billing_system":"8"}`, "/ticaga_id", `swap the values of "ticaga_id" and "billing_system"`},
		{"linkCustomer", `{"email":"Joe","name":"joe@example.com","billing_id":1,"billing_system":"blesta"}`, "/email", `swap the values of "email" and "name"`},
		{"linkCustomer", `{"email":"joe@example.com","first_name":"Joe","last_name":"Doe","billing_id":1,"billing_system":"blesta"}`, "/name", `send one field "name"`},
		{"linkCustomer", `{"email":"joe@example.com","first_name":"Joe","last_name":"Doe","billing_id":1,"billing_system":"blesta"}`, "/first_name", `send one field "name"`},
		{"createCustomer", `{"email":"joe@example.com","name":"Joe Doe"}`, "/last_name", `send two fields instead of "name"`},
		{"getTicketInfo", `{"ticket_code":"QKZM/40718"}`, "/ticket_id", `send the ticket's id, not its code; and rename "ticket_code" to "ticket_id"`},
		{"getTicketInfo", `{"ticket_code":"7"}`, "/ticket_id", `rename "ticket_code" to "ticket_id": `},
		{"createTicket", `{"subject":"s","message":"x","priority":"low","custom_fields":"{\"a\":\"b\",\"a_slug_that_is_long\":\"and a value that is longer than the others\"}"}`, "/custom_fields", "send the object itself, not the string that json_encode()"},
		{"loginCustomer", `{"email":"joe%40example.com","password":"x"}`, "/email", "encode it once"},
		{"loginCustomer", `{"email":"joe tag@example.com","password":"x"}`, "/email", "encode a + as %2B"},
		{"closeTicket", `{"id":7,"user":1}`, "/ticket_id", `rename "id" to "ticket_id": `},
		{"closeTicket", `{"id":7,"user":1}`, "/customer_id", `rename "user" to "customer_id": `},
		{"closeTicket", `{"id":7,"customer_id":1}`, "/ticket_id", `rename "id" to "ticket_id": `},
		{"createResponse", `{"ticket_id":7,"content":"x"}`, "/ticket_number", `rename "ticket_id" to "ticket_number": `},
		{"createTicket", `{"subject":"s","content":"x","priority":"low"}`, "/message", `rename "content" to "message": `},
		{"createTicket", `{"subject":"s","message":"x","priority":"low","client_id":1}`, "/client_id", `did you mean "customer_id"?`},
		{"createTicket", `{"subject":"s","message":"x","priority":"low","customer_id":1,"client_id":1}`, "/client_id", "leave it out"},
		{"createTicket", `{"subject":"s","message":"x","priority":"urgent"}`, "/priority", `did you mean "emergency"?`},
		{"createTicket", `{"subject":"s","message":"x","priority":"Low"}`, "/priority", `did you mean "low"?`},
		{"createTicket", `{"subject":"s","message":"x","priority":"low","cc":["a@b.c"]}`, "/cc", "send a string: implode(',', $list)"},
		{"createResponse", `{"ticket_number":7,"content":"x","is_note":"yes"}`, "/is_note", `did you mean "1"?`},
		{"createResponse", `{"ticket_number":7,"content":"x","is_note":"y"}`, "/is_note", "send one of the known values"},
		{"loginCustomer", `{"email":"Joe <joe@example.com>","password":"x"}`, "/email", "send the address alone"},
		{"loginCustomer", `{"email":"joe@example.com, jane@example.com","password":"x"}`, "/email", "send one address"},
	} {
		t.Run(row.operation+" "+row.body+" "+row.at, func(t *testing.T) {
			var body map[string]any
			if err := json.Unmarshal([]byte(row.body), &body); err != nil {
				t.Fatal(err)
			}
			fix := ""
			for _, v := range checkBody(c.Operation(row.operation), body, false, nil) {
				if v.At == row.at {
					fix = Speak(v.Fix, true)
				}
			}
			if !strings.HasPrefix(fix, row.fix) {
				t.Errorf("%s %s: %s: got %q, want %q", row.operation, row.body, row.at, fix, row.fix)
			}
		})
	}
}

// TestFixesOfIDs: what stands where an id belongs.
func TestFixesOfIDs(t *testing.T) {
	o := load(t).Operation("getTicketInfo")
	for value, want := range map[any]string{
		"1,234":                         `send "1234", without thousands separators`,
		"1.234.567":                     `send "1234567", without thousands separators`,
		"12 345":                        `send "12345", without thousands separators`,
		"42.00":                         `send "42": an id has no decimals`,
		"INV-42":                        `send "42": an id has digits only`,
		"#7":                            `send "7": an id has digits only`,
		"x" + strings.Repeat("7", 100):  "send ticket_id as expected",
		"No. 42":                        `send "42": an id has digits only`,
		"joe3":                          "send ticket_id as expected",
		"x9y":                           "send ticket_id as expected",
		"-7":                            "send an id, which is never negative",
		json.Number("-7"):               "send an id, which is never negative",
		"8.5":                           "send an integer: an id has no decimals",
		"0x8":                           `send "8", which is decimal`,
		"[1]":                           "send the value itself, not an array",
		`{"id":1}`:                      `send its "id"`,
		"[ID]":                          "send the value instead of",
		"<your id>":                     "send the value instead of",
		"8;customer_id=1":               "join the fields with & and not with a semicolon",
		json.Number("9007199254740992"): `send it as a string, "9007199254740992"`,
		json.Number("1e+23"):            "send a valid id",
		"joe@example.com":               "send an id, not an e-mail address",
		"QKZM/40718":                    "send the ticket's id, not its code",
		"null":                          "check that the variable is set",
		"Array":                         "send one value: PHP turned",
		"{ticket_id}":                   "send the value instead of",
		":id":                           "send the value instead of",
		"$ticket_id":                    "send the value of the variable",
		"eight":                         "send ticket_id as expected",
		"1,23":                          "send ticket_id as expected",
		"\xff":                          "send ticket_id as expected",
		json.Number("4.2"):              "send an integer: an id has no decimals",
		true:                            "send the id itself, not true",
		false:                           "send an id: false is the result of a failed lookup",
		"False":                         "send an id: false is the result of a failed lookup",
		[1]string{"an array"}:           "send the value itself, not an array",
		[2]string{"id", "of"}:           `send its "id"`,
	} {
		switch value.(type) { // lists and objects are no keys of a map
		case [1]string:
			value = []any{"7"}
		case [2]string:
			value = map[string]any{"id": json.Number("7"), "ticket_code": "QKZM/40718"}
		}
		found := checkBody(o, map[string]any{"ticket_id": value}, false, nil)
		if len(found) == 0 || !strings.HasPrefix(Speak(found[0].Fix, true), want) {
			t.Errorf("%v: got %+v, want %q", value, found, want)
		}
	}
}

// TestSynonymsThatAreNotOptions: a synonym is suggested only if it is one of the allowed values.
func TestSynonymsThatAreNotOptions(t *testing.T) {
	found := checkBody(load(t).Operation("assignBillingId"), map[string]any{"ticaga_id": "8", "billing_id": "1", "billing_system": "urgent"}, false, nil)
	if len(found) != 1 || !strings.HasPrefix(found[0].Fix, "send one of the known values") {
		t.Errorf(`got violations %+v, want one whose fix begins with "send one of the known values"`, found)
	}
}

// TestSecretsAreNotGuessedAt: a guess may quote the value.
func TestSecretsAreNotGuessedAt(t *testing.T) {
	const secret = "c2VjcmV0"
	for _, value := range []any{[]any{secret}, map[string]any{"id": secret}} {
		found := checkBody(load(t).Operation("loginCustomer"), map[string]any{"email": "a@b.c", "password": value, "pass": secret, "data": map[string]any{"password": secret}}, false, nil)
		if text, _ := json.Marshal(found); strings.Contains(string(text), secret) {
			t.Errorf("got %s, want without %q", text, secret)
		}
	}
}

func TestUnknownPath(t *testing.T) {
	c := load(t)
	for asked, want := range map[string]string{ // the operation and the beginning of the fix
		"POST /api/api/customers/assign":       `assignBillingId remove "/api" from the end of the base URL`,
		"POST /public/api/customers/assign":    `assignBillingId remove "/public" from the end of the base URL`,
		"POST /help/desk/api/customers/assign": `assignBillingId remove "/help/desk" from the end of the base URL`,
		"POST /customers/assign":               "assignBillingId add /api before the path",
		"GET /customers/get/8":                 "getCustomer add /api before the path",
		"POST /api/v2/customers/assign":        `assignBillingId remove "v2"`,
		"POST /api/customers/assign%20":        "assignBillingId did you mean POST /api/customers/assign (assignBillingId)?",
		"POST /api/customers/assign\t":         "assignBillingId trim the path",
		"GET /api/customers/get":               "getCustomer add a value for {id} at the end of the path; check that the variable is not empty",
		"GET /api/customers/get/":              "getCustomer add a value for {id}",
		"GET /api/clients/":                    "getClient2024 add a value for {id}",
		"GET /api/tickets/":                    "getTicket2024 add a value for {id}",
		"GET /api/tickets/get/all/":            "listCustomerTickets add a value for {customer_id}",
		"GET /api/tickets/get/":                "getCustomerTicket add a value for {customer_id} and for {ticket_id} at",
		"GET /api/departments/get_by_id/":      "getDepartmentById add a value for {id}",
		"POST /api/customersassign":            `assignBillingId add a slash between "customers" and "assign": /api/customers/assign`,
		"POST /api/customersassign/":           `assignBillingId add a slash between "customers" and "assign"`,
		"POST /api/customers_assign":           `assignBillingId add a slash between "customers" and "assign"`,
		"POST /apicustomers/assign":            `assignBillingId add a slash between "api" and "customers"`,
		"GET /api/ticketslist/7":               `listTickets add a slash between "tickets" and "list": /api/tickets/list/7`,
		"GET /api/customers/get8":              `getCustomer add a slash between "get" and "8": /api/customers/get/8`,
		"GET /api/departments/getsupport":      "getDepartment did you mean",
		"POST /api/customers/customers/assign": `assignBillingId remove one "customers"`,
		"POST /api/customers/assign/assign":    `assignBillingId remove one "assign"`,
		"POST /API/Customers/Assign":           "assignBillingId write the path in lowercase",
		"GET /api/Customers/get/8":             "getCustomer write the path in lowercase",
		"POST /api/customers/assign.php":       `assignBillingId remove ".php"`,
		"GET /api/customers/get.php/8":         `getCustomer remove ".php"`,
		"POST /index.php/api/customers/assign": `assignBillingId remove "/index.php" from the end of the base URL`,
		"POST /api/index.php/customers/assign": `assignBillingId remove "index.php"`,
		"POST /api/customers/assign/8":         `assignBillingId remove "/8"`,
		"GET /api/departments/publik":          "listPublicDepartments did you mean",
		"POST /api/customer/assgin":            "assignBillingId did you mean",
		"POST /api/customers/ASSIGNBILLINGID":  "assignBillingId did you mean",
		"POST /api/users/assign":               "assignBillingId did you mean",
		"POST /api/customers":                  "createCustomer did you mean",
		"POST /api/assign-a-billing-id":        "assignBillingId did you mean",
		"POST /api/tickets/7/close":            "closeTicket did you mean",
		"GET /api/tickets/7/responses":         " run ticaga-mock routes",
		"POST /api/customers/8/assign":         "assignBillingId did you mean",
		"POST /api/customers/login":            "loginCustomer did you mean",
		"GET /api/tickets":                     "listTickets did you mean",
		"GET /api/clients":                     "getCustomer did you mean",
		"GET /api/customers/8/tickets":         " run ticaga-mock routes",
		"GET /favicon.ico":                     " run ticaga-mock routes",
		"GET /":                                " run ticaga-mock routes",
		"GET *":                                " run ticaga-mock routes",
		"GET /" + strings.Repeat("x/", 5000):   " run ticaga-mock routes",
	} {
		method, path, _ := strings.Cut(asked, " ")
		v := unknownPath(c, method, path)
		id, fix, _ := strings.Cut(want, " ")
		near := ""
		for _, o := range c.Operations {
			if v.Expected == o.Method+" "+o.Path && v.Line == o.Line && v.Evidence == o.Evidence {
				near = o.ID
			}
		}
		if near != id || !strings.HasPrefix(Speak(v.Fix, true), fix) {
			t.Errorf("%.60s: got %q and %q, want %q", asked, near, v.Fix, want)
		}
	}
}

func TestWrongMethod(t *testing.T) {
	c := load(t)
	for asked, want := range map[string]string{
		"post /api/customers/assign POST":     "send POST in uppercase",
		"GET /api/customers/assign POST":      "send a POST request: pass the fields to curl",
		"PUT /api/customers/assign POST":      "send a POST request",
		"DELETE /api/tickets/7 GET,HEAD":      "send a GET request",
		"POST /api/customers/get/8 GET,HEAD":  "send a GET request",
		"POST /api/tickets/craete GET,HEAD":   "did you mean POST /api/tickets/create (createTicket)?",
		"POST /api/tickets/store GET,HEAD":    "did you mean POST /api/tickets/create (createTicket)?",
		"POST /api/tickets/comments GET,HEAD": "did you mean POST /api/responses/create (createResponse)?",
		"POST /api/departments/info GET,HEAD": "send a GET request",
	} {
		t.Run(asked, func(t *testing.T) {
			f := strings.Fields(asked)
			v := wrongMethod(c, f[0], f[1], strings.Split(f[2], ","))
			if !strings.HasPrefix(Speak(v.Fix, true), want) {
				t.Errorf("got %q, want %q", v.Fix, want)
			}
		})
	}
}

// TestDeprecatedIsNotPreferred: no suggestion is an operation that has a newer one.
func TestDeprecatedIsNotPreferred(t *testing.T) {
	c := load(t)
	for _, o := range c.Operations {
		mistyped := strings.Replace(o.URL(map[string]string{"id": "7", "department_id": "1"}), "/api/", "/api/x", 1)
		near := Nearest(c, o.Method, mistyped)
		if near != nil && near.Successor != "" {
			t.Errorf("%s %s: got %s, want its successor %s", o.Method, mistyped, near.ID, near.Successor)
		}
		if next := c.Operation(o.Successor); o.Successor != "" && !strings.Contains(outdatedOperation(c, o).Fix, next.Path) {
			t.Errorf("%s: got fix %q, want one with %s", o.ID, outdatedOperation(c, o).Fix, next.Path)
		}
	}
}

// TestCodesOfValues: the code of a wrong value does not depend on its encoding, and the value is shown as it was
// sent.
func TestCodesOfValues(t *testing.T) {
	c := load(t)
	for _, row := range []struct {
		operation, field string
		value            any
		code, got        string
		expected         string
	}{
		{"rateTicket", "rating", json.Number("6"), "TM-BODY-RANGE", "6", "an integer from 0 to 5, as a number or a string"},
		{"rateTicket", "rating", "6", "TM-BODY-RANGE", `"6"`, "an integer from 0 to 5, as a number or a string"},
		{"rateTicket", "rating", "good", "TM-BODY-FORMAT", `"good"`, "an integer from 0 to 5, as a number or a string"},
		{"getTicketInfo", "ticket_id", json.Number("99999999999999999999999"), "TM-BODY-RANGE", "99999999999999999999999", "an integer of at most 9007199254740991"},
		{"getTicketInfo", "ticket_id", "99999999999999999999999", "TM-BODY-RANGE", `"99999999999999999999999"`, "an integer of at most 9007199254740991"},
		{"getTicketInfo", "ticket_id", "-1", "TM-BODY-RANGE", `"-1"`, "an integer of at least 0, as a number or a string"},
		{"createResponse", "is_note", json.Number("7"), "TM-BODY-ENUM", "7", "0 or 1, as a number or a string, or true or false"},
		{"createResponse", "is_note", "7", "TM-BODY-ENUM", `"7"`, "0 or 1, as a number or a string, or true or false"},
		{"assignBillingId", "billing_system", json.Number("7"), "TM-BODY-ENUM", "7", `one of "blesta", "Blesta", "whmcs", "WHMCS", "clientexec", "Clientexec"`},
	} {
		t.Run(row.operation+" "+row.field, func(t *testing.T) {
			found := checkBody(c.Operation(row.operation), map[string]any{row.field: row.value}, false, nil)
			i := slices.IndexFunc(found, func(v spec.Violation) bool { return v.At == "/"+row.field })
			if i < 0 {
				t.Errorf("%s %v: got no violation, want one", row.field, row.value)
				return
			}
			if v := found[i]; string(v.Code) != row.code || v.Got != row.got || v.Expected != row.expected {
				t.Errorf("%s %#v: got %s, %s, %s; want %s, %s, %s", row.field, row.value, v.Code, v.Got, v.Expected, row.code, row.got, row.expected)
			}
		})
	}
}

// TestFixesOfParams: none is a sentence with a full stop, which the others are not.
func TestFixesOfParams(t *testing.T) {
	for _, o := range load(t).Operations {
		if !strings.Contains(o.Path, "{") {
			continue
		}
		for _, v := range checkParams(o, map[string]string{"id": "x", "customer_id": "x", "ticket_id": "x", "ticket_number": "x", "department_id": "x", "email": "x", "status": "xxxxxxxxxx", "slug": strings.Repeat("x", 256)}, nil) {
			if strings.HasSuffix(v.Fix, ".") || v.Fix == "" {
				t.Errorf(`%s: got %q; want fix not ending in ".", fix not empty`, o.ID, v.Fix)
			}
		}
	}
}

// TestLacksValue: an empty variable leaves a slash at the end, and a slash behind a whole path is
// only a slash.
func TestLacksValue(t *testing.T) {
	c := load(t)
	for asked, want := range map[string]bool{
		"GET /api/customers/get/": true, "GET /api/clients/": true, "GET /api/tickets/": true, "GET /api/responses/get/": true, "POST /api/tickets/open/": true,
		"GET /api/tickets/get/": true, "GET /api/tickets/get/7/": true, "GET /api/tickets/list/": true, "GET /api/responses/": true,
		"GET /api/customers/get": false, "GET /api/departments/": false, "GET /api/departments/list/": false, "GET /api/tickets/list/7/": false,
		"POST /api/responses/get/": false, "POST /api/customers/assign/": false, "GET /nothing/": false, "GET /": false,
	} {
		t.Run(asked, func(t *testing.T) {
			method, path, _ := strings.Cut(asked, " ")
			if got := lacksValue(c, method, path); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
