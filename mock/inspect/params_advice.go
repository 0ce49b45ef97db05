package inspect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with parameters of the path, the query, the headers and the cookies.

// badPathValue returns the violation for the value of a path parameter.
func badPathValue(p *spec.Parameter, value string) spec.Violation {
	asExpected := fmt.Sprintf("send %s as expected: %s", p.Name, p.Field.Description)
	if len(p.Field.Options) > 0 {
		asExpected = "send one of the expected values"
	}
	return spec.Violation{
		Code: spec.PathParam, Severity: spec.Error, In: spec.InPath, At: p.Name,
		Message:  fmt.Sprintf("%q in the path has an invalid value", p.Name),
		Expected: p.Field.Expected, Got: spec.Quote(value),
		Fix: cmp.Or(valueFix(p.Field.Rule, value, p.Field.Options), asExpected),
	}
}

// unknownQuery returns the warning about a query parameter that is not in the contract. isField means
// that the body has a field of this name.
func unknownQuery(name string, value any, isField bool) spec.Violation {
	quoted, at := spec.QuoteName(name), name
	if value == "" && !isField { // a value without a name looks like this
		quoted, at = spec.HiddenName(name), ""
	}
	v := spec.Violation{
		Code: spec.QueryUnknown, Severity: spec.Warning, In: spec.InQuery, At: at,
		Message:  fmt.Sprintf("the query parameter %s is not part of the contract", quoted),
		Expected: "no such parameter", Got: "the parameter " + quoted,
		Fix: leaveOut,
	}
	switch {
	case name == "":
		v.Message, v.Expected, v.Got = "the query has a value without a name, which PHP drops", "name=value", "a value without a name"
		v.Fix = "check that the variable for the name is not empty, or leave the value out"
	case isField:
		v.Fix = "send it in the body: it is a field of the body"
	case slices.Contains(credentialNames, strings.ToLower(name)):
		v.Fix = "send the credentials in the Authorization header: a query ends up in logs"
	}
	return v
}

// aboutParameter returns a violation about a parameter, for the caller to complete.
func aboutParameter(p *spec.Parameter, message string) spec.Violation {
	v := spec.Violation{
		Code: spec.HeaderParam, Severity: spec.Error, In: spec.InHeader, At: p.Name,
		Message: fmt.Sprintf("the %s %s %s", kindOf(p), spec.Quote(p.Name), message), Expected: p.Field.Expected,
	}
	if p.In == "query" {
		v.Code, v.In = spec.QueryParam, spec.InQuery
	}
	return v
}

func kindOf(p *spec.Parameter) string {
	if p.In == "query" {
		return "query parameter"
	}
	return p.In
}

func absent(p *spec.Parameter) spec.Violation {
	v := aboutParameter(p, "is missing")
	v.Got, v.Rule, v.Fix = "nothing", "required", "send it: "+cmp.Or(p.Field.Description, v.Expected)
	return v
}

func misfit(p *spec.Parameter, value any, reason spec.Reason) spec.Violation {
	v := aboutParameter(p, "is not what the contract expects")
	v.Rule, v.Expected = reason.Rule, cmp.Or(reason.Expected, v.Expected)
	if p.Field.Secret {
		v.Got, v.Fix = hidden, "send the value that the contract expects"
		return v
	}
	v.Got = spec.Show(value)
	v.Fix = cmp.Or(valueFix(v.Rule, value, reason.Options), "send it as expected: "+cmp.Or(p.Field.Description, v.Expected))
	return v
}
