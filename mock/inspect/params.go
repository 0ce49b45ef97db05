package inspect

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// checkParams validates the values of the path parameters, unless they are nil, and reports query
// parameters that are not in the contract.
func checkParams(o *spec.Operation, params map[string]string, query map[string]any) []spec.Violation {
	var found []spec.Violation
	for _, p := range o.Params {
		value := params[p.Name]
		if params == nil || p.Reasons(value) == nil {
			continue
		}
		found = append(found, spec.Violation{
			Code: spec.PathParam, Severity: spec.Error, In: spec.InPath, At: p.Name,
			Message:  fmt.Sprintf("%q in the path has an invalid value", p.Name),
			Expected: p.Field.Expected, Got: spec.Quote(value),
			Fix: cmp.Or(valueFix(p.Field.Rule, value, p.Field.Options), fmt.Sprintf("send %s as expected: %s", p.Name, p.Field.Description)),
		})
	}
	for name, value := range query {
		if o.HasQuery(name) {
			continue
		}
		quoted, at, known := spec.QuoteName(name), name, o.Knows(name)
		if value == "" && !known { // a value without a name looks like this
			quoted, at = spec.HiddenName(name), ""
		}
		v := spec.Violation{
			Code: spec.QueryUnknown, Severity: spec.Warning, In: spec.InQuery, At: at,
			Message:  fmt.Sprintf("the query parameter %s is not part of the contract", quoted),
			Expected: "no such parameter", Got: "the parameter " + quoted,
			Fix: leaveOut,
		}
		if slices.Contains(credentialNames, strings.ToLower(name)) {
			v.Fix = "send the credentials in the Authorization header: a query ends up in logs"
		}
		if known {
			v.Fix = "send it in the body: it is a field of the body"
		}
		if name == "" {
			v.Message, v.Expected, v.Got = "the query has a value without a name, which PHP drops", "name=value", "a value without a name"
			v.Fix = "check that the variable for the name is not empty, or leave the value out"
		}
		found = append(found, v)
	}
	slices.SortStableFunc(found, func(a, b spec.Violation) int { return cmp.Compare(a.At, b.At) })
	return found
}

// checkSent validates the declared parameters of the query, the headers and the cookies: whether
// the required ones are present, and the values of all. The query is decoded as PHP decodes it.
func checkSent(o *spec.Operation, query map[string]any, header http.Header) []spec.Violation {
	var found []spec.Violation
	for _, p := range o.Sent {
		value := p.Find(query, header)
		if value == nil || value == "" { // an empty value is null in Laravel [I]
			if p.Required {
				found = append(found, absent(p))
			}
			continue
		}
		if reasons := p.Reasons(value); len(reasons) > 0 {
			found = append(found, misfit(p, value, reasons[0]))
		}
	}
	return found
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
