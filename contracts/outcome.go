package contracts

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Evidence is what a verification saw of an interaction: the part of Pact's verifier and that of the mock.
type Evidence struct {
	Ran         bool         // the verifier reports a result
	Passed      bool         // and it is a good one
	Differences []Difference // between the expected response and the one of the mock

	States    []StateError       // provider states that could not be set
	Exchanges []traffic.Exchange // with the mock; of several the last one answers the interaction
	Took      time.Duration

	// Credentials says which ones the mock accepts, for an interaction that has others.
	Credentials string
}

// Difference is one between the expected and the actual response, as Pact's verifier describes it in JSON.
type Difference struct {
	Type     string // such as "StatusMismatch"
	Message  string `json:"mismatch"`
	Path     string // of a value in the body, such as "$.user.id"; "" or "/" for the body
	Key      string // of a header
	Expected any
	Actual   any
}

// StateError says why a provider state could not be set.
type StateError struct {
	State string
	Err   error
}

// Result is the outcome of an interaction in one word.
type Result string

// The results of an interaction.
const (
	Passed  Result = "passed"
	Failed  Result = "failed"
	Pending Result = "pending" // it would have failed, and the pact or its broker says that it may
	NotRun  Result = "not run" // because it was not selected
)

// Outcome is what became of an interaction in a verification.
type Outcome struct {
	Index       int           `json:"index"`       // of the interaction, from 0
	Interaction string        `json:"interaction"` // its description
	Given       []string      `json:"given"`       // its provider states
	Result      Result        `json:"result"`
	Took        time.Duration `json:"took_ns"`
	Findings    []Finding     `json:"findings"` // why it failed, causes first, and warnings
}

// Skip returns the outcome of an interaction that was not selected.
func (p Pact) Skip(index int) Outcome {
	i := p.Interactions[index]
	given := make([]string, len(i.Given))
	for n, g := range i.Given {
		given[n] = g.State
	}
	return Outcome{Index: index, Interaction: i.Description, Given: given, Result: NotRun, Findings: []Finding{}}
}

// Judge returns the outcome of an interaction. It fails when the response is not as expected, when a
// provider state could not be set, when it was not run, and when a violation of its request fails: which
// ones do the caller says. The rules for violations are those of Checker.Check.
func (p Pact) Judge(index int, seen Evidence, fails func(spec.Violation) bool) Outcome {
	o := p.Skip(index)
	at := place{pact: p, interaction: p.Interactions[index], index: index}
	o.Took = seen.Took
	o.Findings = slices.Concat(o.Findings, at.stateErrors(seen.States), at.violations(seen.Exchanges), at.differences(seen))
	o.Result = Passed
	for _, f := range o.Findings {
		if !f.Violation.Allowed && (f.Violation.Code == "" || fails(f.Violation)) {
			o.Result = Failed
		}
	}
	if o.Result == Failed && at.interaction.Pending {
		o.Result = Pending
		for n := range o.Findings {
			o.Findings[n].Violation.Allowed = true
		}
	}
	return o
}

// violations returns what the mock says about the requests of the interaction.
func (p place) violations(exchanges []traffic.Exchange) []Finding {
	var all []Finding
	for _, x := range exchanges {
		for _, v := range counting(p.interaction, x.Operation != "", slices.Clone(x.Violations)) {
			all = append(all, p.finding(p.inRequest(v), v))
		}
	}
	return all
}

// stateErrors returns why provider states could not be set.
func (p place) stateErrors(failed []StateError) []Finding {
	unknown := p.stateFindings()
	var all []Finding
	for _, state := range failed {
		n := slices.IndexFunc(p.interaction.Given, func(g Given) bool { return g.State == state.State })
		path := p.statePath(max(n, 0))
		pointer := spec.Pointer(append([]string{"interactions", strconv.Itoa(p.index)}, path...)...)
		known := slices.IndexFunc(unknown, func(f Finding) bool { return strings.HasPrefix(f.Pointer, pointer) })
		if known >= 0 {
			all = append(all, unknown[known])
			continue
		}
		all = append(all, p.finding(path, impossibleState(state.Err)))
	}
	return all
}

// differences returns how the response was not as expected, or that there was none.
func (p place) differences(seen Evidence) []Finding {
	var all []Finding
	for _, d := range seen.Differences {
		if len(seen.States) > 0 && d.Path == "" && d.Key == "" && d.Type == "" {
			continue // it says that a state failed, and the mock says more
		}
		all = append(all, p.difference(d, seen))
	}
	if len(seen.States) > 0 || len(all) > 0 {
		return all
	}
	if v, ok := unverified(seen); ok {
		all = append(all, p.finding(nil, v))
	}
	return all
}

// difference returns one difference as a finding.
func (p place) difference(d Difference, seen Evidence) Finding {
	switch d.Type {
	case "StatusMismatch":
		return p.finding([]string{"response", "status"}, otherStatus(d, seen))
	case "HeaderMismatch":
		return p.finding([]string{"response", "headers", d.Key}, otherHeaderValue(d))
	case "BodyMismatch", "BodyTypeMismatch":
		keys := splitPath(strings.TrimPrefix(d.Path, "/"))
		return p.finding(append([]string{"response"}, p.inBody(spec.Pointer(keys...))...), otherBody(d))
	}
	return p.finding(nil, notCompared(d))
}
