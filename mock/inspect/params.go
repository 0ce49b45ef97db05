package inspect

import (
	"cmp"
	"net/http"
	"slices"

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
		found = append(found, badPathValue(p, value))
	}
	for name, value := range query {
		if o.HasQuery(name) {
			continue
		}
		found = append(found, unknownQuery(name, value, o.Knows(name)))
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
