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
		{formType, "b=1", nil, "nothing", `check that the variable for "a" is not null, which http_build_query leaves out; ` + asIs},
		{formType, "b=1", []spec.Violation{{Code: "TM-BODY-SPELLING", Severity: spec.Warning}}, "nothing", `check that the variable for "a" is not null, which http_build_query leaves out; ` + asIs},
		{formType, "b=1", []spec.Violation{unknown}, "nothing", asIs},
		{formType, "b=1", []spec.Violation{{Code: "TM-BODY-TYPE", Severity: spec.Error}}, "nothing", asIs},
		{formType, "a=+&b=1", nil, "an empty string", `check that the variable for "a" is not empty; ` + asIs},
		{formType, "b%3D1%26a%3D2", nil, "nothing", "encode the form once: pass the result of http_build_query($fields) to curl, without urlencode()"},
		{formType, "b=1;a=2", nil, "nothing", "join the fields with & and not with a semicolon: http_build_query($fields, '', '&')"},
		{formType, "Array", nil, "nothing", `encode the body with http_build_query($fields); PHP turned an array into the string "Array"`},
		{formType, "a:1,b:2", nil, "nothing", "encode the body with http_build_query($fields); the body has no name=value"},
		{formType, "%7B%22a%22%3A1%7D", nil, "nothing", "send JSON without urlencode(), with Content-Type: application/json; or encode the body with http_build_query($fields)"},
		{jsonType, `{"b":1}`, nil, "nothing", asIs},
		{jsonType, `{"a":null}`, nil, "null", `check that the variable for "a" is set; ` + asIs},
		{jsonType, `{"a":""}`, []spec.Violation{unknown}, "an empty string", `check that the variable for "a" is not empty; ` + asIs},
		{jsonType, `{`, nil, "nothing", asIs},
	} {
		missing := spec.Violation{Code: "TM-BODY-REQUIRED", Severity: spec.Error, At: "/a", Got: "nothing", Fix: asIs}
		found := append([]spec.Violation{missing}, row.others...)
		laravel.Explain(found, row.contentType, []byte(row.body))
		equal(t, row.body, []string{found[0].Got, toPHP(found[0].Fix)}, []string{row.got, row.fix})
	}
}
