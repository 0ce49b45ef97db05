package laravel_test

import (
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestExplain: why a field is missing that the contract asks for.
func TestExplain(t *testing.T) {
	const asIs = "send a: the letter"
	unknown := spec.Violation{Code: "TM-BODY-UNKNOWN-FIELD", Severity: spec.Warning}
	for _, row := range []struct {
		contentType, body string
		others            []spec.Violation
		got, fix          string
	}{
		{formType, "b=1", nil, "nothing", `is the variable for "a" null? http_build_query leaves a null out; ` + asIs},
		{formType, "b=1", []spec.Violation{{Code: "TM-BODY-SPELLING", Severity: spec.Warning}}, "nothing", `is the variable for "a" null? http_build_query leaves a null out; ` + asIs},
		{formType, "b=1", []spec.Violation{unknown}, "nothing", asIs},
		{formType, "b=1", []spec.Violation{{Code: "TM-BODY-TYPE", Severity: spec.Error}}, "nothing", asIs},
		{formType, "a=+&b=1", nil, "an empty text", `is the variable for "a" filled? ` + asIs},
		{formType, "b%3D1%26a%3D2", nil, "nothing", "encode the form once: hand curl what http_build_query($fields) returns, and no urlencode() of it"},
		{formType, "b=1;a=2", nil, "nothing", "join the fields with & and not with a semicolon: http_build_query($fields, '', '&')"},
		{formType, "Array", nil, "nothing", `PHP made the string "Array" of an array: encode the body with http_build_query($fields)`},
		{formType, "a:1,b:2", nil, "nothing", "the body holds no name=value: encode the body with http_build_query($fields)"},
		{formType, "%7B%22a%22%3A1%7D", nil, "nothing", "send JSON as it is, without urlencode(), with Content-Type: application/json; or encode the body with http_build_query($fields)"},
		{jsonType, `{"b":1}`, nil, "nothing", asIs},
		{jsonType, `{"a":null}`, nil, "null", `is the variable for "a" set? ` + asIs},
		{jsonType, `{"a":""}`, []spec.Violation{unknown}, "an empty text", `is the variable for "a" filled? ` + asIs},
		{jsonType, `{`, nil, "nothing", asIs},
	} {
		missing := spec.Violation{Code: "TM-BODY-REQUIRED", Severity: spec.Error, At: "/a", Got: "nothing", Fix: asIs}
		found := append([]spec.Violation{missing}, row.others...)
		laravel.Explain(found, row.contentType, []byte(row.body))
		equal(t, row.body, []string{found[0].Got, toPHP(found[0].Fix)}, []string{row.got, row.fix})
	}
}
