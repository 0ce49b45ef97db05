package contracts

import (
	"encoding/json"
	"strings"
	"testing"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func contract(t testing.TB) *spec.Contract {
	t.Helper()
	c, err := spec.Load(ticagamock.OpenAPI)
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
		if err := Check(contract(t), pact); err != nil {
			t.Error(err)
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
		{"refused", `"method": "POST", "path": "/api/customers/assign"`, `"status": 422, "body": {"errors": {"ticaga_id": ["x"]}}`, nil},

		{"unknown path", `"method": "GET", "path": "/api/customer/get/8"`, `"status": 200`,
			[]string{`the request's path: the contract has no such path; did you mean GET /api/customers/get/{id} (getCustomer)?`, "has no credentials"}},
		{"wrong method", `"method": "GET", "path": "/api/customers/assign"`, `"status": 200`,
			[]string{"the request's method: the path does not support this method; send a POST request", "has no credentials"}},
		{"no credentials", `"method": "GET", "path": "/api/customers/get/8"`, `"status": 200`,
			[]string{"has no credentials"}},
		{"path", strings.Replace(get, "get/8", "get/joe", 1), `"status": 200`,
			[]string{`the request's path: "id"`}},
		{"double slash", strings.Replace(get, "/api/", "//api/", 1), `"status": 200`, []string{"double slash"}},
		{"white space around a value", assign + `, "body": {"ticaga_id": "8", "billing_id": 42, "billing_system": " blesta "}`, linked, nil},
		{"empty value", assign + `, "body": {"ticaga_id": "8", "billing_id": "", "billing_system": "blesta"}`, linked, []string{`"billing_id" is missing`}},
		{"duplicate key", assign + `, "body": "{\"ticaga_id\":8,\"ticaga_id\":9,\"billing_id\":42,\"billing_system\":\"blesta\"}"`, linked,
			[]string{"duplicate name"}},
		{"nested form", create + `, "body": "subject=s&message=m&department_slug=support&priority=low&public_name=n&public_email=a%40b.example&custom_fields[a][]=1"`, `"status": 200`, nil},
		{"body", assign + `, "body": {"ticaga_id": "x", "billing_system": "excel"}`, linked,
			[]string{`"ticaga_id"`, `"billing_id" is missing`, `"billing_system" is not one of the known values`}},
		{"not JSON", assign + `, "body": "\"x"`, linked, []string{"the request's body: the body is a string, not an object"}},
		{"JSON sent as a form", form + `, "body": "{\"ticaga_id\":8}"`, linked, []string{"the body is JSON but the Content-Type says form", `"billing_id" is missing`, `"billing_system" is missing`}},
		{"no Content-Type", `"method": "POST", "path": "/api/login", "headers": {"Authorization": "Bearer x"}, "body": {"a": 1}`, `"status": 200`,
			[]string{"the Content-Type header is missing", `"email" is missing`, `"password" is missing`}},
		{"status", get, `"status": 409`, []string{"getCustomer has no status 409 in the contract; it has [200 401 403 404 429]"}},
		{"answer", assign + "," + link, `"status": 200, "body": {"user": "yes"}`, []string{"the expected response: /user"}},
		{"answer's field", get, `"status": 200, "body": {"user": {"id": "8", "e_mail": "x"}}`,
			[]string{"/user/id", "e_mail"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pact := read(t, `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "interactions": [
				{"description": "d", "request": {`+test.request+`}, "response": {`+test.response+`}}]}`)
			err := Check(contract(t), pact)
			if test.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil {
				t.Fatalf("got no error, want %q", test.want)
			}
			lines := strings.Split(err.Error(), "\n")
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got error %v\nwant %q in it", err, want)
				}
			}
			if len(lines) != len(test.want) {
				t.Errorf("got %d lines, want %d:\n%s", len(lines), len(test.want), err)
			}
			for _, line := range lines {
				if !strings.HasPrefix(line, `"test.json": "d": `) {
					t.Errorf(`got line %q, want one that begins with the pact and the interaction: "test.json": "d": `, line)
				}
			}
		})
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
