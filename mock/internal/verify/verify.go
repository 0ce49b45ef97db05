// Package verify checks whether a client sent the requests that a test expects.
//
// [Parse] reads an [Expectation] from JSON, as POST /_mock/worlds/{w}/verify accepts it:
//
//	{"operation": "assignBillingId", "body": {"billing_id": 42}, "credentials": "bearer", "count": 1, "within": "3s"}
//
// [Expectation.Check] compares it with the requests so far. The [traffic.Result] says whether it holds,
// which requests were near misses, and where they differ. To wait for an expectation, pass each request
// to a [Progress] as it comes, until it is settled or Within is over; package world does so.
//
// # Which requests
//
//	operation    an operationId of the contract
//	method       instead of an operation, with or without a path
//	path         instead of an operation, as it is sent: extra slashes and percent-encoding make no
//	             difference; with the prefix of its world, /w/NAME, or without
//	body         some fields of the body
//	query        strings by name, as PHP reads the query: of two values under one name, the last counts.
//	             "a[b]" is a part of {"a":{"b":...}}, and "a[]" any element of an array
//	headers      strings by name; of several values, one must be equal; the case of a name makes no difference
//	credentials  how they were sent: basic, bearer, header or none
//	violations   codes that the request must have, among others; [] for none
//
// All of these are optional: {} matches any request. Objects are compared in part, at any depth. Arrays
// must have the same length and equal elements. null matches what was not sent; in a body "" does too,
// because Laravel converts it to null. Strings must be equal. Forms have only strings, so 8 and "8" are
// equal, and true and "1", in a field that the contract accepts in both forms: an ID, a flag, a rating.
// In a subject they are not.
//
// Secrets are not kept, so they cannot be compared: an expectation with a secret is rejected.
//
// This part of an expectation is a [Matcher]. Fault rules have one too: [ParseRule].
//
// # How often
//
//	count              exactly this many requests
//	at_least, at_most  at least and at most this many; without any count, at least one
//	in_order           instead: an array of the above, a request for each, each later than the one before
//	nothing_else       and no requests that nothing of it matches
//	within             how long to wait, "60s" at most
//
// There is no waiting for an expectation that holds: "count": 0 holds until such a request comes.
//
// The journal keeps a limited number of requests. When it has dropped some, it is unknown whether a
// request did not come, and an expectation that depends on that does not hold.
package verify

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Expectation is a traffic.Expectation that was validated. It is made by Parse, never changes, and is safe
// for concurrent use.
type Expectation struct {
	Within time.Duration // how long to wait; 0 for not at all

	steps           []Matcher // one, unless they are in order
	ordered         bool
	atLeast, atMost int // how many requests must match; in order, one for each step
	nothingElse     bool
}

// Violations returns the codes that the n-th matching request, counted from 0, is expected to have.
func (e *Expectation) Violations(n int) []string {
	if e.ordered {
		return e.steps[n].violations
	}
	return e.steps[0].violations
}

// Check compares the expectation with the requests so far, the oldest first. dropped is the number of earlier
// requests that are not kept any more.
func (e *Expectation) Check(requests []Request, dropped int) traffic.Result {
	p := e.Begin()
	for i := range requests {
		p.See(&requests[i])
	}
	return p.Result(requests, dropped)
}

// Progress compares an expectation with requests as they come, each of them once. It does not keep them.
type Progress struct {
	expected *Expectation
	count    int     // how many requests matched
	matched  []int64 // the IDs of the last ones, at most twice maxMatched
	others   int     // requests that no part of the expectation matches
	last     int64   // ID of the last request that matched; 0 for none
	seen     int64   // ID of the last request
}

// maxMatched is the max number of IDs in a result.
const maxMatched = 100_000

// Begin returns the progress before the first request.
func (e *Expectation) Begin() *Progress { return &Progress{expected: e} }

// See compares the next request.
func (p *Progress) See(r *Request) {
	e := p.expected
	p.seen = r.ID
	switch step := e.step(p.count); {
	case step != nil && step.matches(r):
		if len(p.matched) == 2*maxMatched {
			p.matched = append(p.matched[:0], p.matched[maxMatched:]...)
		}
		p.matched = append(p.matched, r.ID)
		p.count, p.last = p.count+1, r.ID
	case !e.ordered || e.nothingElse && !slices.ContainsFunc(e.steps, func(m Matcher) bool { return m.matches(r) }):
		p.others++
	}
}

// Settled reports whether the expectation holds or cannot hold any more, so that waiting is over.
func (p *Progress) Settled() bool {
	return p.tooMany() || p.tooMuch() || !p.tooFew()
}

func (p *Progress) tooFew() bool  { return p.count < p.expected.atLeast }
func (p *Progress) tooMany() bool { return p.count > p.expected.atMost }
func (p *Progress) tooMuch() bool { return p.expected.nothingElse && p.others > 0 }

// Result returns the result for the requests so far. known are those of them that are still kept, the
// oldest first, for the near misses. dropped is the number of requests before the first one that See got.
func (p *Progress) Result(known []Request, dropped int) traffic.Result {
	e := p.expected
	if i := slices.IndexFunc(known, func(r Request) bool { return r.ID > p.seen }); i >= 0 {
		known = known[:i]
	}
	after := 0 // the place after the last request that matched
	for i := range known {
		if p.count > 0 && known[i].ID <= p.last {
			after = i + 1
		}
	}
	result := traffic.Result{Matched: append([]int64{}, p.matched[max(len(p.matched)-maxMatched, 0):]...)}
	result.Holds = !p.tooFew() && !p.tooMany() && !p.tooMuch()
	result.Impossible = p.tooMany() || p.tooMuch()
	switch {
	case p.tooFew() && e.ordered:
		result.Misses = misses(known[after:], e.steps[p.count:p.count+1])
	case p.tooFew() || p.tooMuch():
		result.Misses = misses(known, e.steps)
	}
	if e.ordered {
		result.Explanation = e.explainOrder(known[:after], result.Matched)
	} else {
		result.Explanation = e.explainCount(p.count)
	}
	if !e.ordered || e.nothingElse {
		result.Explanation += "; " + otherRequests(p.others)
	}
	if p.tooMuch() {
		result.Explanation += ", expected none"
	}
	if dropped > 0 {
		e.doubt(&result, dropped)
	}
	return result
}

// doubt corrects a result that is uncertain because earlier requests are not kept any more: whether there
// were more matching requests, or others. Requests that came are certain.
func (e *Expectation) doubt(result *traffic.Result, dropped int) {
	bounded := !e.ordered && e.atMost != unlimited || e.nothingElse
	if result.Impossible || result.Holds && !bounded {
		return
	}
	result.Impossible = result.Holds
	result.Holds = false
	result.Explanation += fmt.Sprintf("; %s dropped before that, so the result is unknown: let the journal keep more (--journal, --journal-bytes), or reset it first", were(dropped))
}

func were(n int) string {
	if n == 1 {
		return "1 request was"
	}
	return fmt.Sprintf("%d requests were", n)
}

// step returns the matcher for the next request after n matching ones, or nil when all came.
func (e *Expectation) step(n int) *Matcher {
	switch {
	case !e.ordered:
		return &e.steps[0]
	case n < len(e.steps):
		return &e.steps[n]
	}
	return nil
}

// misses returns the requests that differ least from one of the steps, without matching it.
func misses(requests []Request, steps []Matcher) []traffic.Miss {
	const limit = 3
	type near struct {
		request, step, distance int
	}
	var best []near
	for i := len(requests) - 1; i >= 0; i-- { // of equally near ones, the latest is the likeliest
		one := near{request: i, distance: -1}
		for s := range steps {
			if d := steps[s].distance(&requests[i]); one.distance < 0 || d < one.distance {
				one.step, one.distance = s, d
			}
		}
		if one.distance == 0 || len(best) == limit && one.distance >= best[limit-1].distance {
			continue
		}
		best = append(best[:min(len(best), limit-1)], one)
		slices.SortStableFunc(best, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	}
	var list []traffic.Miss
	for _, one := range best {
		r := &requests[one.request]
		list = append(list, traffic.Miss{
			ID: r.ID, Operation: r.Operation, Method: r.Method, Path: r.Path, Status: r.Status,
			Differences: steps[one.step].differences(r),
		})
	}
	return list
}

// explainCount says how often the request came, and how often it was expected.
func (e *Expectation) explainCount(n int) string {
	var want string
	switch {
	case e.atMost == 0:
		want = "none"
	case e.atLeast == e.atMost:
		want = fmt.Sprintf("exactly %d", e.atLeast)
	case e.atMost == unlimited:
		want = fmt.Sprintf("at least %d", e.atLeast)
	case e.atLeast == 0:
		want = fmt.Sprintf("at most %d", e.atMost)
	default:
		want = fmt.Sprintf("%d to %d", e.atLeast, e.atMost)
	}
	name, verb := e.steps[0].describe()
	return fmt.Sprintf("%s %s %s, expected %s", name, verb, times(n), want)
}

// explainOrder says which step did not come. requests are those up to the last matching one.
func (e *Expectation) explainOrder(requests []Request, matched []int64) string {
	n := len(matched)
	if n == len(e.steps) {
		return fmt.Sprintf("all %d steps came in order", n)
	}
	name, _ := e.steps[n].describe()
	text := fmt.Sprintf("step %d of %d, %s, did not come", n+1, len(e.steps), name)
	if n > 0 {
		text += fmt.Sprintf(" after #%d", matched[n-1])
	}
	for i := range requests {
		if r := &requests[i]; e.steps[n].matches(r) && !slices.Contains(matched, r.ID) {
			return text + fmt.Sprintf("; it came before that, as #%d", r.ID)
		}
	}
	return text
}

func times(n int) string {
	if n == 1 {
		return "1 time"
	}
	return fmt.Sprintf("%d times", n)
}

func otherRequests(n int) string {
	switch n {
	case 0:
		return "no other request came"
	case 1:
		return "1 other request came"
	}
	return fmt.Sprintf("%d other requests came", n)
}
