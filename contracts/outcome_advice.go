package contracts

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file has the words of the findings of a verification.

func impossibleState(err error) spec.Violation {
	return spec.Violation{
		Severity: spec.Error, In: inState, Message: err.Error(), Fix: "correct the state, or start from data that it can have: --fixtures FOLDER",
	}
}

// unverified says why an interaction without differences was not verified; ok is false where it was.
func unverified(seen Evidence) (v spec.Violation, ok bool) {
	v = spec.Violation{
		Severity: spec.Error, In: inInteraction,
		Fix: "unset the variables that filter a verification, and check that the pact is one that Pact's own tools read",
	}
	switch {
	case !seen.Ran:
		v.Message = "Pact's verifier did not run this interaction"
	case !seen.Passed:
		v.Message, v.Fix = "Pact's verifier reports a failure, and no reason", "run the verifier by hand: pact verifier --help"
	case len(seen.Exchanges) == 0:
		v.Message = "Pact's verifier reports a success, but the mock received no request"
	default:
		return v, false
	}
	return v, true
}

// differs returns what all differences of a response have in common.
func differs(d Difference) spec.Violation {
	return spec.Violation{Severity: spec.Error, In: inResponse, Message: d.Message, Expected: show(d.Expected), Got: show(d.Actual)}
}

// otherStatus says why the status is another one and what to do about it.
func otherStatus(d Difference, seen Evidence) spec.Violation {
	v := differs(d)
	v.Fix = "expect this status, or start from a provider state in which the mock answers as expected"
	if len(seen.Exchanges) == 0 {
		return v
	}
	last := seen.Exchanges[len(seen.Exchanges)-1]
	switch {
	case slices.ContainsFunc(last.Violations, func(v spec.Violation) bool { return strings.HasPrefix(string(v.Code), "TM-AUTH") }):
		v.Fix = "send credentials that the mock accepts: " + seen.Credentials
	case slices.ContainsFunc(last.Violations, func(v spec.Violation) bool { return v.Severity == spec.Error }):
		v.Fix = "fix the violations of the request"
	case last.Refusal != "":
		v.Message += ": " + last.Refusal
	}
	return v
}

func otherHeaderValue(d Difference) spec.Violation {
	v := differs(d)
	_, text, _ := strings.Cut(d.Message, "': ") // behind the name
	v.Message, v.At, v.Fix = cmp.Or(text, d.Message), d.Key, "expect what the mock sends, match it by a regular expression, or leave it out"
	return v
}

func otherBody(d Difference) spec.Violation {
	v := differs(d)
	v.At, v.Fix = d.Path, "match it by type, start from a provider state that has this value, or expect what the mock answers"
	return v
}

// notCompared is about a failure that is not a difference, such as a request that timed out.
func notCompared(d Difference) spec.Violation {
	v := differs(d)
	v.In, v.Expected, v.Got, v.Fix = inInteraction, "", "", "correct the interaction; the verifier did not come to a comparison"
	return v
}

// maxShown is how many characters of a value are shown.
const maxShown = 200

// show returns a value for people.
func show(value any) string {
	text, isText := value.(string)
	if !isText {
		encoded, _ := json.Marshal(value) // it was decoded from JSON
		text = string(encoded)
	}
	if runes := []rune(text); len(runes) > maxShown {
		text = string(runes[:maxShown]) + "..."
	}
	return text
}
