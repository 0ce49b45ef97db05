package contracts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Check validates every interaction of a pact against the contract: there is such an operation, the
// request is one that the mock accepts or is expected to be refused, and the answer is one that the
// contract gives. The error has a line for each finding; nil means that there is none. It says
// nothing about data: whether customer 8 exists, only a mock knows.
func Check(contract *spec.Contract, pact Pact) error {
	inspector := inspect.New(contract, inspect.Options{Auth: inspect.AllSchemes})
	var all []error
	for _, i := range pact.Interactions {
		for _, finding := range checkInteraction(inspector, i) {
			all = append(all, fmt.Errorf("%q: %q: %w", pact.File, i.Description, finding))
		}
	}
	return errors.Join(all...)
}

func checkInteraction(inspector *inspect.Inspector, i Interaction) []error {
	seen := inspector.Inspect(inspect.Request{
		Method: i.Request.Method, Path: i.Request.Path, Query: i.Request.Query.Encode(), Header: i.Request.Header, Body: i.Request.Body,
		RefuseDoubleSlash: true,
	})
	var findings []error
	if refusal := i.Response.Status >= 400; !refusal || seen.Operation == nil {
		findings = requestErrors(seen.Violations)
	}
	if seen.Operation == nil {
		return findings
	}
	return append(findings, checkResponse(seen.Operation, i.Response)...)
}

func requestErrors(violations []spec.Violation) (all []error) {
	for _, v := range violations {
		if v.Severity == spec.Error {
			all = append(all, fmt.Errorf("the request's %s: %s; %s", v.In, inspect.Speak(v.Message, false), inspect.Speak(v.Fix, false)))
		}
	}
	return all
}

func checkResponse(op *spec.Operation, r Response) []error {
	if r.Body == nil && slices.Contains(op.Statuses(), r.Status) {
		return nil
	}
	err := op.CheckPart(r.Status, r.Body) // a consumer names what it reads, not all there is
	if err == nil {
		return nil
	}
	var findings []error
	for line := range strings.Lines(err.Error()) {
		findings = append(findings, fmt.Errorf("the expected response: %s", strings.TrimSpace(line)))
	}
	return findings
}
