package contracts

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func checker(t testing.TB) *Checker {
	t.Helper()
	c, err := NewChecker(nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPactsFitTheContract(t *testing.T) {
	pacts, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		for _, f := range checker(t).Check(pact) {
			if f.IsError() {
				t.Error(f)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	const (
		assign = `"method": "POST", "path": "/api/customers/assign", "headers": {"Authorization": "Bearer x", "Content-Type": "application/json"}`
		form   = `"method": "POST", "path": "/api/customers/assign", "headers": {"Authorization": "Bearer x", "Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}`
		get    = `"method": "GET", "path": "/api/customers/get/8", "headers": {"X-Admin-Email": "a@b.example", "X-API-Token": "x"}`
		create = `"method": "POST", "path": "/api/tickets/create", "headers": {"Authorization": "Bearer x", "Content-Type": "application/x-www-form-urlencoded"}`
		link   = `"body": {"ticaga_id": "8", "billing_id": 42, "billing_system": "Blesta"}`
		linked = `"status": 200, "body": {"user": true}`
	)
	tests := []struct {
		name, request, response string
		want                    []string // a part of each fault; nil for none
	}{
		{"fits", assign + "," + link, linked, nil},
		{"form", form + `, "body": "ticaga_id=8&billing_id=42&billing_system=whmcs"`, linked, nil},
		{"part of an answer", get, `"status": 200, "body": {"user": {"email": "x@y.example"}}`, nil},
		{"any answer", get, `"status": 401`, nil},
		{"failing on purpose", get, `"status": 503, "headers": {"Retry-After": "9"}}, "providerState": "Ticaga is down", "unused": {"a": 1`, nil},
		{"failing", get, `"status": 503`, []string{"the contract has no status 503"}},
		{"refused", assign, `"status": 422, "body": {"errors": {"ticaga_id": ["x"]}}`, nil},

		{"unknown path", `"method": "GET", "path": "/api/customer/get/8"`, `"status": 200`,
			[]string{`path: the contract has no such path; did you mean GET /api/customers/get/{id} (getCustomer)?`, "has no credentials"}},
		{"wrong method", `"method": "GET", "path": "/api/customers/assign"`, `"status": 200`,
			[]string{": method: the path does not support this method; send a POST request", "has no credentials"}},
		{"no credentials", `"method": "GET", "path": "/api/customers/get/8"`, `"status": 200`,
			[]string{"has no credentials"}},
		{"path", strings.Replace(get, "get/8", "get/joe", 1), `"status": 200`,
			[]string{`path: "id"`}},
		{"double slash", strings.Replace(get, "/api/", "//api/", 1), `"status": 200`, []string{"double slash"}},
		{"white space around a value", assign + `, "body": {"ticaga_id": "8", "billing_id": 42, "billing_system": " blesta "}`, linked, nil},
		{"empty value", assign + `, "body": {"ticaga_id": "8", "billing_id": "", "billing_system": "blesta"}`, linked, []string{`"billing_id" is missing`}},
		{"duplicate key", assign + `, "body": "{\"ticaga_id\":8,\"ticaga_id\":9,\"billing_id\":42,\"billing_system\":\"blesta\"}"`, linked,
			[]string{"duplicate name"}},
		{"nested form", create + `, "body": "subject=s&message=m&department_slug=support&priority=low&public_name=n&public_email=a%40b.example&custom_fields[a][]=1"`, `"status": 200`, nil},
		{"body", assign + `, "body": {"ticaga_id": "x", "billing_system": "excel"}`, linked,
			[]string{`"ticaga_id"`, `"billing_id" is missing`, `"billing_system" is not one of the known values`}},
		{"not JSON", assign + `, "body": "\"x"`, linked, []string{": body: the body is a string, not an object"}},
		{"JSON sent as a form", form + `, "body": "{\"ticaga_id\":8}"`, linked, []string{"the body is JSON but the Content-Type says form", `"billing_id" is missing`, `"billing_system" is missing`}},
		{"no Content-Type", `"method": "POST", "path": "/api/login", "headers": {"Authorization": "Bearer x"}, "body": {"a": 1}`, `"status": 200`,
			[]string{"the Content-Type header is missing", `"email" is missing`, `"password" is missing`}},
		{"status", get, `"status": 409`, []string{"the contract has no status 409 for getCustomer"}},
		{"answer", assign + "," + link, `"status": 200, "body": {"user": "yes"}`, []string{`"user" is not one of the known values`}},
		{"a matched value", get, `"status": 200, "body": {"user": {"email": "nobody"}}, "matchingRules": {"body": {"$.user.email": {"matchers": [{"match": "type"}]}}}`, nil},
		{"a matched value of another type", get, `"status": 200, "body": {"user": {"id": "8"}}, "matchingRules": {"body": {"$.user.id": {"matchers": [{"match": "type"}]}}}`,
			[]string{`"user.id" has the wrong type`}},
		{"a header that is never sent", get, `"status": 200, "headers": {"X-Powered-By": "PHP"}`, []string{"no response with status 200 has the header X-Powered-By"}},
		{"a header that is sent", get, `"status": 200, "headers": {"content-type": "application/json"}`, nil},
		{"another Content-Type", get, `"status": 200, "headers": {"Content-Type": "text/html"}`, []string{"the header Content-Type has another value"}},
		{"unknown path, expected", strings.Replace(get, "customers", "customer", 1), `"status": 404`, []string{"say in the description that the path is unknown"}},
		{"answer's field", get, `"status": 200, "body": {"user": {"id": "8", "e_mail": "x"}}`,
			[]string{`"user.id"`, "e_mail"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pact := read(t, `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [
				{"description": "d", "request": {`+test.request+`}, "response": {`+test.response+`}}]}`)
			var got []string
			for _, f := range checker(t).Check(pact) {
				if f.IsError() {
					got = append(got, f.String())
				}
			}
			for _, want := range test.want {
				if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, want) }) {
					t.Errorf("got no finding with %q in\n%s", want, strings.Join(got, "\n"))
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("got %d findings, want %d:\n%s", len(got), len(test.want), strings.Join(got, "\n"))
			}
		})
	}
}

// TestCheckKnowsNoOwners: whose token it is, only the mock can tell, so an e-mail address beside it is not
// another's.
func TestCheckKnowsNoOwners(t *testing.T) {
	pact := read(t, `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [{"description": "d", "request": {"method": "GET",
		"path": "/api/customers/get/8", "headers": {"Authorization": "Bearer x", "X-Admin-Email": "a@b.example", "Accept": "application/json"}}, "response": {"status": 200}}]}`)
	if got := checker(t).Check(pact); len(got) != 0 {
		t.Errorf("got %v, want no findings", got)
	}
}

// TestCheckSaysWhere: a finding points to its value in the file, and to the contract.
func TestCheckSaysWhere(t *testing.T) {
	pact := read(t, `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [{"description": "d", "providerState": "custmer 8 exists",
  "request": {"method": "POST", "path": "/api/customers/assign", "headers": {"authorization": "Bearer x", "content-type": "application/json"},
    "body": {"ticaga_id": "8", "billing_id": 42,
      "biling_system": "blesta"}},
  "response": {"status": 200}}]}`)
	for _, want := range []struct {
		pointer, code, fix string
		line, column       int
		inContract         bool
	}{
		{"/interactions/0/request/body/billing_system", "TM-BODY-REQUIRED", `rename "biling_system" to "billing_system"`, 3, 13, true},
		{"/interactions/0/request/body/biling_system", "TM-BODY-UNKNOWN-FIELD", `did you mean "billing_system"?`, 4, 24, true},
		{"/interactions/0/providerState", "", `did you mean "customer {id} exists"`, 1, 111, false},
	} {
		found := slices.DeleteFunc(checker(t).Check(pact), func(f Finding) bool { return f.Pointer != want.pointer })
		if len(found) != 1 {
			t.Errorf("got %d findings at %s, want 1", len(found), want.pointer)
			continue
		}
		got := found[0]
		if string(got.Violation.Code) != want.code || !strings.HasPrefix(got.Violation.Fix, want.fix) {
			t.Errorf("%s: got %s: %s, want %s: %s", want.pointer, got.Violation.Code, got.Violation.Fix, want.code, want.fix)
		}
		if got.Line != want.line || got.Column != want.column || got.Violation.Line > 0 != want.inContract {
			t.Errorf("%s: got %d:%d and the contract's line %d, want %d:%d", want.pointer, got.Line, got.Column, got.Violation.Line, want.line, want.column)
		}
	}
}

func read(t *testing.T, data string) Pact {
	t.Helper()
	if !json.Valid([]byte(data)) {
		t.Fatalf("not JSON: got %s, want valid JSON", data)
	}
	pact, err := Read("test.json", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return pact
}
