package contracts

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// responseFindings returns what is wrong with the expected response of an interaction.
func (p place) responseFindings(seen *inspect.Inspection) []Finding {
	r, o := p.interaction.Response, seen.Operation
	rules := readRules(r.Rules)
	if finding, found := p.refusalFinding(rules, seen); found {
		return []Finding{finding}
	}
	if o == nil || p.fails() {
		return nil
	}
	status, ok := expectedStatus(o, rules, r.Status)
	if !ok {
		return []Finding{p.responseFinding(unknownStatus(o, r.Status), "status")}
	}
	return append(p.headerFindings(o, rules, status), p.bodyFindings(o, rules, status)...)
}

// fails reports whether a provider state makes requests fail, so that the response need not be one of the contract.
func (p place) fails() bool {
	return slices.ContainsFunc(p.interaction.Given, func(g Given) bool {
		found, err := Find(g)
		return err == nil && slices.ContainsFunc(faultStates(), func(s State) bool { return s.Name == found.State.Name })
	})
}

func (p place) responseFinding(v spec.Violation, at ...string) Finding {
	return p.finding(append([]string{"response"}, at...), v)
}

// refusalFinding is about a refusal that comes with another status than the pact expects. Where it expects
// a success, the violations of the request say so.
func (p place) refusalFinding(rules rules, seen *inspect.Inspection) (Finding, bool) {
	expected := p.interaction.Response.Status
	status, why := refusal(seen)
	if status == 0 || expected < 400 || rules.acceptsStatus(expected, status) {
		return Finding{}, false
	}
	return p.responseFinding(otherRefusal(seen.Operation, why, status, expected), "status"), true
}

// refusal returns the status with which a request is refused whatever the data are, and why; 0 for none. Good
// credentials may still be those of nobody.
func refusal(seen *inspect.Inspection) (status int, why string) {
	switch {
	case seen.Routing == inspect.UnknownPath:
		return http.StatusNotFound, "there is no such path"
	case seen.Routing == inspect.WrongMethod:
		return http.StatusMethodNotAllowed, "the path does not support the method"
	case seen.Access == inspect.Denied:
		return http.StatusUnauthorized, "its credentials are missing or malformed"
	case seen.Invalid != nil:
		return http.StatusUnprocessableEntity, inspect.Speak(seen.Invalid[0].Message, false)
	}
	return 0, ""
}

// expectedStatus returns a status of an operation that the pact accepts. The expected one is the first choice.
func expectedStatus(o *spec.Operation, rules rules, expected int) (status int, ok bool) {
	if o.Answers(expected) && rules.acceptsStatus(expected, expected) {
		return expected, true
	}
	for _, status := range o.Statuses() {
		if rules.acceptsStatus(expected, status) {
			return status, true
		}
	}
	return 0, false
}

func (p place) headerFindings(o *spec.Operation, rules rules, status int) []Finding {
	r := p.interaction.Response
	var all []Finding
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		expected := strings.Join(r.Header[name], ", ")
		value, sent := sentHeader(name, status)
		switch {
		case !sent:
			all = append(all, p.responseFinding(unsentHeader(o, name, expected, status), "headers", name))
		case !rules.acceptsHeader(name, expected, value):
			all = append(all, p.responseFinding(otherHeader(o, name, expected, value), "headers", name))
		}
	}
	return all
}

// sentHeader returns the value of a header in the responses of the API, "" where it is not known beforehand,
// and whether responses with a status have it.
func sentHeader(name string, status int) (value string, sent bool) {
	switch name {
	case "Content-Type":
		return "application/json", true
	case "Cache-Control":
		return "no-cache, private", true
	case "Access-Control-Allow-Origin":
		return "*", true
	case "Content-Length", "Date", "X-Ratelimit-Limit", "X-Ratelimit-Remaining":
		return "", true
	case "Retry-After", "X-Ratelimit-Reset":
		return "", status == http.StatusTooManyRequests
	}
	return "", false
}

func (p place) bodyFindings(o *spec.Operation, rules rules, status int) []Finding {
	r := p.interaction.Response
	switch {
	case r.Empty && p.interaction.Request.Method != http.MethodHead:
		return []Finding{p.responseFinding(neverEmpty(o), "body")}
	case r.Body == nil:
		return nil
	}
	reasons, err := o.PartReasons(status, r.Body)
	if err != nil {
		return []Finding{p.responseFinding(notJSON(o, err), "body")}
	}
	var all []Finding
	for _, reason := range reasons {
		if anyDoes(rules, reason) {
			continue
		}
		all = append(all, p.responseFinding(otherValue(o, reason), p.inBody(spec.Pointer(reason.At...))...))
	}
	return all
}

// anyDoes reports whether Pact accepts another value than the one that is wrong.
func anyDoes(rules rules, reason spec.Reason) bool {
	if reason.Code == spec.BodyUnknownField {
		return rules.anyKey(reason.At)
	}
	switch rules.at(reason.At) {
	case "equality":
		return false
	case "regex", "include": // they look at the text of a number, too
		return true
	}
	return reason.SameKind
}
