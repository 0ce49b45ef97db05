package contracts

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strconv"
	"strings"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// Checker checks pacts against a contract without running anything: it knows what the contract says,
// and not what the help desk holds. It is safe for concurrent use.
type Checker struct {
	contract  *spec.Contract
	inspector *inspect.Inspector
}

// NewChecker returns a Checker for a contract: an OpenAPI file, or the built-in one for nil. The error
// names the place in a bad file.
func NewChecker(openAPI []byte) (*Checker, error) {
	if openAPI == nil {
		openAPI = ticagamock.OpenAPI
	}
	contract, err := spec.Load(openAPI)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return &Checker{contract, inspect.New(contract, inspect.Options{Auth: inspect.AllSchemes})}, nil
}

// Check returns what is wrong with the interactions of a pact: the request goes to no operation or
// would be refused though a success is expected, the expected response is none that the contract has,
// or the provider state is unknown. The mock judges requests in the same way, but for what depends on
// its data.
func (c *Checker) Check(pact Pact) []Finding {
	var all []Finding
	for index, i := range pact.Interactions {
		seen := c.inspector.Inspect(inspect.Request{
			Method: i.Request.Method, Path: i.Request.Path, Query: i.Request.Query.Encode(), Header: i.Request.Header, Body: i.Request.Body,
			RefuseDoubleSlash: true,
		})
		c.contract.Locate(seen.Intended, seen.Scheme, seen.Violations)
		at := place{pact: pact, interaction: i, index: index}
		for _, v := range requestFindings(i, &seen) {
			all = append(all, at.finding(at.inRequest(v), v))
		}
		if seen.Operation != nil {
			all = append(all, at.responseFindings(seen.Operation)...)
		}
		all = append(all, at.stateFindings()...)
	}
	return all
}

// requestFindings returns the violations of a request that count against its interaction: one that is
// expected to be refused may have any, but has to reach an operation unless it says that it does not.
func requestFindings(i Interaction, seen *inspect.Inspection) []spec.Violation {
	found := slices.Clone(seen.Violations)
	for n := range found {
		found[n].Message, found[n].Fix = inspect.Speak(found[n].Message, false), inspect.Speak(found[n].Fix, false)
	}
	if i.Response.Status < 400 {
		return found
	}
	if seen.Operation == nil && !i.Misrouted {
		found = slices.DeleteFunc(found, func(v spec.Violation) bool { return v.In != spec.InPath && v.In != spec.InMethod })
		for n := range found {
			found[n].Fix += fmt.Sprintf("; or say in the description that the path is unknown, if status %d is what you want to see", i.Response.Status)
		}
		return found
	}
	return slices.DeleteFunc(found, func(v spec.Violation) bool { return v.Severity == spec.Error || seen.Operation == nil })
}

// place is where an interaction stands in its pact.
type place struct {
	pact        Pact
	interaction Interaction
	index       int
}

func (p place) finding(path []string, v spec.Violation) Finding {
	path = append([]string{"interactions", strconv.Itoa(p.index)}, path...)
	line, column := position(p.pact.data, path)
	return Finding{
		File: p.pact.Path, Index: p.index, Interaction: p.interaction.Description, Pointer: spec.Pointer(path...), Line: line, Column: column, Violation: v,
	}
}

// inRequest returns the part of a request that a violation is about.
func (p place) inRequest(v spec.Violation) []string {
	switch v.In {
	case spec.InMethod:
		return []string{"request", "method"}
	case spec.InPath:
		return []string{"request", "path"}
	case spec.InQuery:
		return []string{"request", "query", v.At}
	case spec.InHeader:
		return []string{"request", "headers", v.At}
	}
	return append([]string{"request"}, p.inBody(v.At)...)
}

// inBody returns where a value of a body stands: since version 4 a body is wrapped in an object.
func (p place) inBody(pointer string) []string {
	path := []string{"body"}
	if p.pact.Version >= 4 {
		path = append(path, "content")
	}
	if pointer == "" {
		return path
	}
	return append(path, strings.Split(strings.TrimPrefix(pointer, "/"), "/")...)
}

// responseFindings returns what is wrong with the expected response.
func (p place) responseFindings(o *spec.Operation) []Finding {
	r := p.interaction.Response
	var all []Finding
	add := func(path []string, message, expected, got, fix string) {
		all = append(all, p.finding(path, spec.Violation{
			Severity: spec.Error, In: inResponse, Message: message, Expected: expected, Got: got, Fix: fix,
			Line: o.Line, Evidence: o.Evidence, Source: o.Sources,
		}))
	}
	if !o.Answers(r.Status) {
		add([]string{"response", "status"}, fmt.Sprintf("the contract has no status %d for %s", r.Status, o.ID),
			fmt.Sprintf("one of %v", o.Statuses()), strconv.Itoa(r.Status), "expect one of these statuses")
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		if problem, fix := headerProblem(name, r.Header.Get(name), r.Status); problem != "" {
			add([]string{"response", "headers", name}, problem, "", spec.Quote(r.Header.Get(name)), fix)
		}
	}
	if r.Body == nil {
		return all
	}
	reasons, err := o.PartReasons(r.Status, r.Body)
	if err != nil {
		add([]string{"response", "body"}, err.Error(), "a JSON body", "", "expect JSON")
	}
	rules := readRules(r.Rules)
	for _, reason := range reasons {
		if !rules.byValue(reason.At) && reason.SameKind && reason.Code != spec.BodyUnknownField {
			continue // any value of the type will do
		}
		name := ""
		if len(reason.At) > 0 {
			name = spec.Quote(strings.Join(reason.At, "."))
		}
		add(append([]string{"response"}, p.inBody(spec.Pointer(reason.At...))...), reason.Message(name), reason.Expected, reason.Got,
			"expect what the contract gives, or leave it out")
	}
	return all
}

// sentHeaders are the headers that responses of the API have, by the lowest status that has them.
var sentHeaders = map[string]int{
	"Content-Type": 200, "Cache-Control": 200, "Access-Control-Allow-Origin": 200, "Content-Length": 200, "Date": 200,
	"Allow": 405, "Retry-After": 429, "X-Ratelimit-Limit": 200, "X-Ratelimit-Remaining": 200, "X-Ratelimit-Reset": 429,
	"Ticaga-Mock-Violations": 200,
}

// headerProblem says why a response would not have a header as it is expected; "" when it would.
func headerProblem(name, value string, status int) (problem, fix string) {
	lowest, sent := sentHeaders[name]
	if !sent || status < lowest {
		return fmt.Sprintf("no response with status %d has the header %s", status, name), "leave the header out"
	}
	if name != "Content-Type" {
		return "", ""
	}
	if media, parameters, err := mime.ParseMediaType(value); err != nil || media != "application/json" || len(parameters) > 0 {
		return "the Content-Type is application/json, without parameters", "expect application/json, or leave the header out"
	}
	return "", ""
}

// stateFindings returns the provider states that there are not.
func (p place) stateFindings() []Finding {
	var all []Finding
	for n, given := range p.interaction.Given {
		if _, _, err := find(given); err != nil {
			v := spec.Violation{Severity: spec.Error, In: inState, Message: fmt.Sprintf("the provider state %s is unknown", spec.Quote(given.State)), Fix: "use one of the states that the mock has"}
			if near := words.Nearest(given.State, stateNames()); near != "" {
				v.Fix = fmt.Sprintf("did you mean %q?", near)
			}
			if _, known := findState(given.State); known {
				v.Message, v.Fix = fmt.Sprintf("the provider state %s: %v", spec.Quote(given.State), err), "correct the parameter, or leave it out"
			}
			path := []string{"providerStates", strconv.Itoa(n)}
			if p.pact.Version < 3 {
				path = []string{"providerState"}
			}
			all = append(all, p.finding(path, v))
		}
	}
	return all
}

// misrouted reports whether the author says that the path or the method is wrong on purpose.
func misrouted(description string, comments json.RawMessage) bool {
	said := strings.ToLower(description + " " + string(comments))
	return slices.ContainsFunc([]string{"unknown path", "unknown route", "wrong path", "no such path", "no such route", "wrong method", "unknown method"},
		func(words string) bool { return strings.Contains(said, words) })
}
