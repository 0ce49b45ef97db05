package inspect_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// builtIn is the contract of the repository; loading it takes long.
var builtIn = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(ticagamock.OpenAPI) })

// newInspector returns an Inspector that accepts some schemes of credentials; "" stands for all.
func newInspector(t *testing.T, schemes string) *inspect.Inspector {
	t.Helper()
	contract, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	auth, err := inspect.ParseAuth(schemes)
	if err != nil {
		t.Fatal(err)
	}
	return inspect.New(contract, inspect.Options{Auth: auth})
}

// post returns a request for assignBillingId with good credentials.
func post(contentType, body string) inspect.Request {
	return inspect.Request{
		Method: "POST", Path: "/api/customers/assign", Body: []byte(body),
		Header: http.Header{"Authorization": {"Bearer t"}, "Content-Type": {contentType}},
	}
}

const (
	asJSON = "application/json"
	asForm = "application/x-www-form-urlencoded"
)

// TestInspect judges requests without a server and without accounts.
func TestInspect(t *testing.T) {
	bearer := http.Header{"Authorization": {"Bearer t"}}
	for _, row := range []struct {
		name      string
		request   inspect.Request
		operation string
		routing   inspect.Routing
		access    inspect.Access
		reached   bool
		codes     string // of all violations, in their order
		invalid   bool
	}{
		{"a good JSON body", post(asJSON, `{"ticaga_id":8,"billing_id":1,"billing_system":"blesta"}`), "assignBillingId", inspect.Found, inspect.Granted, true, "", false},
		{"a good form", post(asForm, "ticaga_id=8&billing_id=1&billing_system=blesta"), "assignBillingId", inspect.Found, inspect.Granted, true, "", false},
		{"white space around a value", post(asJSON, `{"ticaga_id":8,"billing_id":1,"billing_system":" blesta "}`), "assignBillingId", inspect.Found, inspect.Granted, true, "", false},
		{"a duplicate key", post(asJSON, `{"ticaga_id":8,"ticaga_id":9,"billing_id":1,"billing_system":"blesta"}`), "assignBillingId", inspect.Found, inspect.Granted, true, "TM-BODY-DUPLICATE", true},
		{"a warning", post(asJSON, `{"ticaga_id":8,"billing_id":1,"billing_system":"blesta","x":1}`), "assignBillingId", inspect.Found, inspect.Granted, true, "TM-BODY-UNKNOWN-FIELD", false},
		{"no body", post(asJSON, ""), "assignBillingId", inspect.Found, inspect.Granted, true, "TM-BODY-EMPTY", true},
		{"an unknown path", inspect.Request{Method: "GET", Path: "/api/nothing", Header: bearer}, "", inspect.UnknownPath, inspect.Granted, false, "TM-PATH-UNKNOWN", false},
		{"a wrong method", inspect.Request{Method: "PUT", Path: "/api/customers/assign", Header: bearer}, "", inspect.WrongMethod, inspect.Granted, false, "TM-METHOD", false},
		{"a question for options", inspect.Request{Method: "OPTIONS", Path: "/api/customers/assign"}, "", inspect.AsksOptions, inspect.Denied, false, "", false},
		{"no credentials", inspect.Request{Method: "GET", Path: "/api/customers/get/8"}, "getCustomer", inspect.Found, inspect.Denied, true, "TM-AUTH-MISSING", false},
		{"a wrong value in the path", inspect.Request{Method: "GET", Path: "/api/customers/get/joe", Header: bearer}, "getCustomer", inspect.Found, inspect.Granted, true, "TM-PATH-PARAM", false},
		{"a doubled slash, folded", inspect.Request{Method: "GET", Path: "//api/customers/get/8", Header: bearer}, "getCustomer", inspect.Found, inspect.Granted, true, "TM-PATH-DOUBLE-SLASH", false},
		{"a doubled slash, refused", inspect.Request{Method: "GET", Path: "//api/customers/get/8", Header: bearer, RefuseDoubleSlash: true}, "", inspect.UnknownPath, inspect.Granted, false, "TM-PATH-DOUBLE-SLASH", false},
		{"an unknown query parameter", inspect.Request{Method: "GET", Path: "/api/customers/get/8", Query: "debug=1", Header: bearer}, "getCustomer", inspect.Found, inspect.Granted, true, "TM-QUERY-UNKNOWN", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			seen := newInspector(t, "").Inspect(row.request)
			operation := ""
			if seen.Operation != nil {
				operation = seen.Operation.ID
			}
			var codes []string
			for _, v := range seen.Violations {
				codes = append(codes, string(v.Code))
			}
			if operation != row.operation || seen.Routing != row.routing || seen.Access != row.access || seen.Reached != row.reached {
				t.Errorf("got operation %q, routing %d, access %d, reached %v; want %q, %d, %d, %v",
					operation, seen.Routing, seen.Access, seen.Reached, row.operation, row.routing, row.access, row.reached)
			}
			if got := strings.Join(codes, " "); got != row.codes {
				t.Errorf("got violations %q, want %q", got, row.codes)
			}
			if invalid := seen.Invalid != nil; invalid != row.invalid {
				t.Errorf("got invalid %v, want %v", invalid, row.invalid)
			}
		})
	}
}

// TestInspectReturnsFields: the fields of an inspection are those that Laravel sees.
func TestInspectReturnsFields(t *testing.T) {
	for body, want := range map[string]map[string]any{
		"ticaga_id=8&billing_id=+42+&billing_system=blesta": {"ticaga_id": "8", "billing_id": "42", "billing_system": "blesta"},
		"ticaga_id=8&billing_id=":                           {"ticaga_id": "8"},
		"ticaga_id[]=8&ticaga_id[]=9":                       {"ticaga_id": []any{"8", "9"}},
	} {
		got := newInspector(t, "").Inspect(post(asForm, body)).Fields
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: fields differ (-want +got):\n%s", body, diff)
		}
	}
}

// TestViolationsAreBounded: a body of garbage does not fill the journal.
func TestViolationsAreBounded(t *testing.T) {
	var body strings.Builder
	for range 1000 {
		body.WriteString("x")
		body.WriteString(strings.Repeat("y", body.Len()%97))
		body.WriteString("=1&")
	}
	seen := newInspector(t, "").Inspect(post(asForm, body.String()))
	if got := len(seen.Violations); got == 0 || got > inspect.MaxViolations {
		t.Errorf("got %d violations, want 1 to %d", got, inspect.MaxViolations)
	}
}
