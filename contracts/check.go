package contracts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Check holds every interaction of a pact against the contract: there is such an
// operation, the request fits it or is expected to be refused, and the answer is one
// that the contract gives. The error has a line for every fault; nil means that there
// is none. It says nothing about values: whether customer 8 exists, only a mock knows.
func Check(contract *spec.Contract, pact Pact) error {
	var all []error
	for _, i := range pact.Interactions {
		for _, fault := range checkInteraction(contract, i) {
			all = append(all, fmt.Errorf("%q: %q: %w", pact.File, i.Description, fault))
		}
	}
	return errors.Join(all...)
}

func checkInteraction(contract *spec.Contract, i Interaction) []error {
	op, params := contract.Find(i.Request.Method, i.Request.Path)
	if op == nil {
		return []error{fmt.Errorf("openapi.yaml has no operation %s %q; see ticaga-mock routes for those it has", i.Request.Method, i.Request.Path)}
	}
	faults := checkResponse(op, i.Response)
	if refusal := i.Response.Status >= 400; !refusal {
		faults = append(checkRequest(op, params, i.Request), faults...)
	}
	return faults
}

func checkRequest(op *spec.Operation, params map[string]string, r Request) []error {
	var faults []error
	if op.Secured && r.Header.Get("Authorization") == "" && r.Header.Get("X-Api-Token") == "" {
		faults = append(faults, errors.New("the request carries no credentials; send them, or expect status 401"))
	}
	query := map[string]any{}
	for name, values := range r.Query {
		query[name] = ""
		if last := len(values) - 1; last >= 0 {
			query[name] = values[last] // PHP keeps it
		}
	}
	violations := op.CheckParams(params, query)
	if op.TakesBody {
		values, err := fieldsOf(r)
		if err != nil {
			return append(faults, fmt.Errorf("the request's body: %w", err))
		}
		violations = append(violations, op.CheckBody(values)...)
	}
	for _, v := range violations {
		if v.Severity == spec.Error {
			faults = append(faults, fmt.Errorf("the request's %s: %s; %s", v.In, spec.Speak(v.Message, false), spec.Speak(v.Fix, false)))
		}
	}
	return faults
}

// fieldsOf takes the fields out of a request's body. The forms in pacts are flat, so
// that PHP's nesting of them does not matter here.
func fieldsOf(r Request) (map[string]any, error) {
	values := map[string]any{}
	contentType := r.Header.Get("Content-Type")
	switch media, _, _ := mime.ParseMediaType(contentType); {
	case isJSON(contentType):
		decoder := json.NewDecoder(bytes.NewReader(r.Body))
		decoder.UseNumber()
		if err := decoder.Decode(&values); err != nil {
			return nil, fmt.Errorf("want a JSON object, as its Content-Type says: %w", err)
		}
	case media == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(r.Body))
		if err != nil {
			return nil, fmt.Errorf("want a form, as its Content-Type says: %w", err)
		}
		for name := range form {
			values[name] = form.Get(name)
		}
	default:
		// Pact sends no Content-Type that is not among the headers.
		return nil, fmt.Errorf("its Content-Type %q is neither JSON nor a form; name one in the request's headers", contentType)
	}
	return values, nil
}

func checkResponse(op *spec.Operation, r Response) []error {
	if r.Body == nil && slices.Contains(op.Statuses(), r.Status) {
		return nil
	}
	err := op.CheckPart(r.Status, r.Body) // a consumer names what it reads, not all there is
	if err == nil {
		return nil
	}
	var faults []error
	for line := range strings.Lines(err.Error()) {
		faults = append(faults, fmt.Errorf("the expected response: %s", strings.TrimSpace(line)))
	}
	return faults
}
