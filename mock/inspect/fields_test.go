package inspect

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func load(t testing.TB) *spec.Contract {
	t.Helper()
	c, err := spec.Load(ticagamock.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNearest(t *testing.T) {
	c := load(t)
	for asked, want := range map[string]string{
		"POST /api/customer/assign":         "assignBillingId",
		"POST /api/customers/asign":         "assignBillingId",
		"POST /customers/assign":            "assignBillingId",
		"POST /api/v2/customers/assign":     "assignBillingId",
		"GET /api/customer/get/8":           "getCustomer",
		"GET /api/customers/8":              "getCustomer",
		"POST /api/Register":                "registerCustomer",
		"POST /api/regsiter":                "registerCustomer",
		"GET /favicon.ico":                  "",
		"GET /" + strings.Repeat("x", 5000): "",
	} {
		t.Run(asked[:min(len(asked), 60)], func(t *testing.T) {
			method, path, _ := strings.Cut(asked, " ")
			got := ""
			if op := Nearest(c, method, path); op != nil {
				got = op.ID
			}
			if got != want {
				t.Errorf("%.60s: got %q, want %q", asked, got, want)
			}
		})
	}
}

func TestCheckBodySaysEverythingAtOnce(t *testing.T) {
	got := checkBody(load(t).Operation("registerCustomer"), map[string]any{
		"email": "nobody", "name": strings.Repeat("n", 256), "billing_id": json.Number("-1"),
		"billing_system": "bleste", "pasword": "c2VjcmV0",
	}, false, nil)
	want := []spec.Violation{
		{Code: "TM-BODY-LENGTH", Severity: spec.Error, In: spec.InBody, At: "/name", Message: `"name" is too long`,
			Expected: "at most 255 characters", Fix: "send at most 255 characters", Rule: "max.string:255"},
		{Code: "TM-BODY-FORMAT", Severity: spec.Error, In: spec.InBody, At: "/email", Message: `"email" has the wrong format`,
			Expected: "an e-mail address", Got: `"nobody"`, Fix: "send email as expected: the customer's e-mail address", Rule: "email"},
		{Code: "TM-BODY-REQUIRED", Severity: spec.Error, In: spec.InBody, At: "/password", Message: `"password" is missing`,
			Expected: "a string", Got: "nothing", Fix: `rename "pasword" to "password": the customer's password, which no answer contains`, Rule: "required"},
		{Code: "TM-BODY-RANGE", Severity: spec.Error, In: spec.InBody, At: "/billing_id", Message: `"billing_id" is too small`,
			Expected: "an integer of at least 0, as a number or a string", Got: "-1", Fix: "send an id, which is never negative; check that this is not the result of a failed call", Rule: "min.numeric:0"},
		{Code: "TM-BODY-ENUM", Severity: spec.Error, In: spec.InBody, At: "/billing_system", Message: `"billing_system" is not one of the known values`,
			Expected: `one of "blesta", "Blesta", "whmcs", "WHMCS", "clientexec", "Clientexec"`, Got: `"bleste"`, Fix: `did you mean "blesta"?`, Rule: "in"},
		{Code: "TM-BODY-UNKNOWN-FIELD", Severity: spec.Warning, In: spec.InBody, At: "/pasword", Message: `"pasword" is not part of the contract, and is ignored`,
			Expected: "a field of the operation: account_manager, billing_id, billing_system, biography, company, email, name, password", Got: "a string",
			Fix: `did you mean "password"?`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecretsAreNotQuoted(t *testing.T) {
	for _, value := range []any{[]any{"c2VjcmV0"}, json.Number("123456"), true} {
		for _, v := range checkBody(load(t).Operation("loginCustomer"), map[string]any{"email": "a@b.c", "password": value}, false, nil) {
			if v.Got != "[not shown]" {
				t.Errorf(`%v: got %+v, want "[not shown]" as the value`, value, v)
			}
		}
	}
}

func TestCheckParams(t *testing.T) {
	op := load(t).Operation("getCustomer")
	if got := checkParams(op, map[string]string{"id": "8"}, nil); len(got) != 0 {
		t.Errorf("checkParams(id 8) = %+v, want none", got)
	}
	got := checkParams(op, map[string]string{"id": "eight\n"}, map[string]any{"debug": "1"})
	if len(got) != 2 || got[0].Code != "TM-QUERY-UNKNOWN" || got[1].Code != "TM-PATH-PARAM" || got[1].Got != `"eight\n"` {
		t.Errorf(`checkParams(id "eight\n", query debug) = %+v, want TM-QUERY-UNKNOWN and TM-PATH-PARAM with its value`, got)
	}
}
