package contracts

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
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
		return CheckerFor(spec.BuiltIn()), nil
	}
	contract, err := spec.Load(openAPI)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return CheckerFor(contract), nil
}

// CheckerFor returns a Checker for a contract that is loaded already.
func CheckerFor(contract *spec.Contract) *Checker {
	return &Checker{contract, inspect.New(contract, inspect.Options{Auth: inspect.AllSchemes})}
}

// Check returns what is wrong with the interactions of a pact: the request goes to no operation or
// would be refused though a success is expected, the contract does not have the expected response,
// or the provider state is unknown. The mock judges requests in the same way, but for what depends on
// its data.
func (c *Checker) Check(pact Pact) []Finding {
	var all []Finding
	for index, i := range pact.Interactions {
		at := place{pact: pact, interaction: i, index: index}
		all = append(all, c.exchangeFindings(at)...)
		all = append(all, at.stateFindings()...)
	}
	return all
}

// exchangeFindings returns what is wrong with a request and the response that is expected to it.
func (c *Checker) exchangeFindings(at place) []Finding {
	r := at.interaction.Request
	path, query, err := splitTarget(r)
	if err != nil {
		return []Finding{at.finding([]string{"request", "path"}, malformedPath(r.Path, err))}
	}
	seen := c.inspector.Inspect(inspect.Request{
		Method: r.Method, Path: path, Query: query, Header: r.Header, Body: r.Body, RefuseDoubleSlash: true,
	})
	c.contract.Locate(seen.Intended, seen.Scheme, seen.Violations)
	var all []Finding
	for _, v := range requestFindings(at.interaction, &seen) {
		all = append(all, at.finding(at.inRequest(v), v))
	}
	return append(all, at.responseFindings(&seen)...)
}

// splitTarget returns the decoded path and the query of a request. The path of a pact is a part of a URL, and
// Pact sends a query or a fragment in it as such.
func splitTarget(r Request) (path, query string, err error) {
	path, _, _ = strings.Cut(r.Path, "#")
	path, query, _ = strings.Cut(path, "?")
	if more := r.Query.Encode(); more != "" {
		query = strings.TrimPrefix(query+"&"+more, "&")
	}
	path, err = url.PathUnescape(path)
	return path, query, err
}

// requestFindings returns the violations of a request that count against its interaction.
func requestFindings(i Interaction, seen *inspect.Inspection) []spec.Violation {
	found := slices.Clone(seen.Violations)
	for n := range found {
		found[n].Message, found[n].Fix = inspect.Speak(found[n].Message, false), inspect.Speak(found[n].Fix, false)
	}
	return counting(i, seen.Operation != nil, found)
}

// counting returns the violations of a request that count against its interaction: one that is expected to
// be refused may have any error, but has to reach an operation unless it says that it does not. The list that it
// is given may change.
func counting(i Interaction, reached bool, found []spec.Violation) []spec.Violation {
	switch {
	case i.Response.Status < 400:
		return found
	case !reached && !i.Misrouted:
		found = slices.DeleteFunc(found, func(v spec.Violation) bool { return v.In != spec.InPath && v.In != spec.InMethod })
		for n := range found {
			unlessIntended(&found[n], i.Response.Status)
		}
		return found
	}
	return slices.DeleteFunc(found, func(v spec.Violation) bool { return v.Severity == spec.Error || !reached })
}

// place is where an interaction stands in its pact.
type place struct {
	pact        Pact
	interaction Interaction
	index       int
}

func (p place) finding(path []string, v spec.Violation) Finding {
	line, column := p.pact.positions.of(p.index, path)
	path = append([]string{"interactions", strconv.Itoa(p.index)}, path...)
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

// stateFindings returns the provider states that do not exist, and those with wrong parameters.
func (p place) stateFindings() []Finding {
	var all []Finding
	for n, given := range p.interaction.Given {
		_, err := Find(given)
		if given.Nothing() || err == nil {
			continue
		}
		path := p.statePath(n)
		var wrong *ParamError
		if errors.As(err, &wrong) {
			if _, ok := given.Params[wrong.Param]; ok {
				path = append(path, "params", wrong.Param)
			}
		}
		all = append(all, p.finding(path, badState(given.State, err)))
	}
	return all
}

// statePath returns where a provider state stands.
func (p place) statePath(n int) []string {
	if p.pact.Version < 3 {
		return []string{"providerState"}
	}
	return []string{"providerStates", strconv.Itoa(n)}
}

// misrouted reports whether the author says that the path or the method is wrong on purpose.
func misrouted(description string, comments json.RawMessage) bool {
	said := strings.ToLower(description + " " + string(comments))
	return slices.ContainsFunc([]string{"unknown path", "unknown route", "wrong path", "no such path", "no such route", "wrong method", "unknown method"},
		func(words string) bool { return strings.Contains(said, words) })
}
