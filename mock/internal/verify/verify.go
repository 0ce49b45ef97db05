// Package verify answers one question: did the client do this?
//
// [Parse] reads an [Expectation], the JSON that /_mock/worlds/{w}/verify takes:
//
//	{"operation": "assignBillingId", "body": {"billing_id": 42}, "credentials": "bearer", "count": 1, "within": "3s"}
//
// [Expectation.Check] holds it against the requests so far and leaves as a [Result], which says
// what the nearest misses were and where they differ. Whoever waits has a [Progress] look at each
// request as it comes, until it is settled or Within is over.
//
// # Which requests
//
//	operation    an operationId of the contract
//	method       instead of an operation, each on its own or both; the path as it is sent,
//	path         where needless slashes and percent-encoding make no difference; with the
//	             prefix of its world, /w/NAME, or without
//	body         a part of the body's fields
//	query        strings by name, as PHP reads it: of two values under a name it keeps the last.
//	             "a[b]" is a part of {"a":{"b":...}}, and "a[]" any element of an array
//	headers      strings by name; of several values, one has to be it; the case of a name makes no difference
//	credentials  how they were sent: basic, bearer, header or none
//	violations   codes; each is among those of the request, which may have more; [] for none
//
// Nothing of it is required: {} is any request. Whatever is left out may be anything. A part of
// an object is enough, at any depth; a list needs the same length, and is compared one by one. null
// stands for what was not sent; in a body "" does too, as Laravel takes it for null. Texts are
// exact. Forms carry nothing but text, so 8 and "8" are equal, as are true and "1", in a field
// that the contract takes in both forms: an id, a flag, a rating. In a subject they are not.
//
// Secrets are not kept, so they cannot be compared: an expectation that names one is refused.
//
// This part is a [Matcher], and the same for the rules of faults: [ParseRule].
//
// # How often
//
//	count              exactly so often, or
//	at_least, at_most  within these; at least once when nothing is said
//	in_order           instead: a list of the above, each of which has to come after the one before
//	nothing_else       and no request that none of it matches
//	within             how long to wait for it, "60s" at most
//
// An expectation that holds is not waited for: "count": 0 holds until such a request comes.
//
// The journal keeps so many requests and no more. When it had to drop some, nobody can tell
// what did not come, and an expectation that needs to know does not hold.
package verify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Request is what can be said about a request.
type Request struct {
	ID          int64
	Operation   string // operationId; "" when the path or method is unknown
	Method      string
	Path        string         // percent-encoded, without the prefix of a world
	Query       map[string]any // decoded as PHP does: string, []any and map[string]any
	Header      http.Header
	Credentials string         // "basic", "bearer", "header" or "none"
	Fields      map[string]any // of the body: string, json.Number, bool, nil, []any and map[string]any
	Violations  []string       // codes
	Status      int            // of the answer
}

// Expectation says what a client should do. It is made by Parse, never changes, and is safe for
// concurrent use.
type Expectation struct {
	Within time.Duration // how long to wait for it; 0 for not at all

	steps       []Matcher // one, unless in order
	ordered     bool
	least, most int // how many requests have to match; in order, as many as there are steps
	nothingElse bool
}

// Violations are the codes that the n-th request that matched is expected to have, counted from 0.
func (e *Expectation) Violations(n int) []string {
	if e.ordered {
		return e.steps[n].violations
	}
	return e.steps[0].violations
}

// Result is what became of an expectation.
type Result struct {
	Holds       bool    `json:"holds"`
	Impossible  bool    `json:"impossible,omitempty"` // whatever comes, it will not hold
	Explanation string  `json:"explanation"`          // a sentence for people
	Matched     []int64 `json:"matched"`              // IDs of the requests that were expected
	Misses      []Miss  `json:"misses,omitempty"`     // the nearest first, at most three
}

// Miss is a request that is not as expected.
type Miss struct {
	ID          int64        `json:"id"`
	Operation   string       `json:"operation,omitempty"`
	Method      string       `json:"method"`
	Path        string       `json:"path"`
	Status      int          `json:"status"`
	Differences []Difference `json:"differences"`
}

// Difference is one place where a request is not as expected.
type Difference struct {
	At   string `json:"at"` // "operation", "body /billing_id", "header Accept", "query page", ...
	Want any    `json:"want"`
	Got  any    `json:"got,omitempty"` // left out when nothing was sent
}

// Check holds the expectation against the requests so far, the oldest first, before which some
// were dropped.
func (e *Expectation) Check(requests []Request, dropped int) Result {
	p := e.Begin()
	for i := range requests {
		p.See(&requests[i])
	}
	return p.Result(requests, dropped)
}

// Progress is an expectation on its way: it looks at each request once, as it comes, and keeps none.
type Progress struct {
	expected *Expectation
	count    int     // how many requests matched
	matched  []int64 // the IDs of the last of them, at most twice maxMatched
	others   int     // requests that none of the expectation matches
	last     int64   // ID of the last request that matched; 0 for none
	seen     int64   // ID of the last request
}

// maxMatched bounds how many IDs a result names.
const maxMatched = 100_000

// Begin returns the expectation before the first request.
func (e *Expectation) Begin() *Progress { return &Progress{expected: e} }

// See looks at the next request.
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

// Settled reports whether the expectation holds or can no longer, so that there is nothing to wait
// for.
func (p *Progress) Settled() bool {
	return p.tooMany() || p.tooMuch() || !p.tooFew()
}

func (p *Progress) tooFew() bool  { return p.count < p.expected.least }
func (p *Progress) tooMany() bool { return p.count > p.expected.most }
func (p *Progress) tooMuch() bool { return p.expected.nothingElse && p.others > 0 }

// Result says what became of the expectation, of the requests that it saw. Those among them that
// are still known, the oldest first, are for the near misses; before the first that it saw, some were
// dropped.
func (p *Progress) Result(known []Request, dropped int) Result {
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
	result := Result{Matched: append([]int64{}, p.matched[max(len(p.matched)-maxMatched, 0):]...)}
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
		result.Explanation += ", want none"
	}
	if dropped > 0 {
		e.doubt(&result, dropped)
	}
	return result
}

// doubt takes back what nobody can tell when earlier requests are not kept any more: that there
// were no more of them, and no others. What came is certain.
func (e *Expectation) doubt(result *Result, dropped int) {
	bounded := !e.ordered && e.most != unlimited || e.nothingElse
	if result.Impossible || result.Holds && !bounded {
		return
	}
	result.Impossible = result.Holds
	result.Holds = false
	result.Explanation += fmt.Sprintf("; %s dropped before that, so nobody can tell: let the journal keep more (--journal, --journal-bytes), or empty it first", were(dropped))
}

func were(n int) string {
	if n == 1 {
		return "1 request was"
	}
	return fmt.Sprintf("%d requests were", n)
}

// step is what the next request to match has to be, after n of them; nil when all came.
func (e *Expectation) step(n int) *Matcher {
	switch {
	case !e.ordered:
		return &e.steps[0]
	case n < len(e.steps):
		return &e.steps[n]
	}
	return nil
}

// misses finds the requests that come nearest to one of the steps without being it.
func misses(requests []Request, steps []Matcher) []Miss {
	const most = 3
	type near struct {
		request, step, distance int
	}
	var best []near
	for i := len(requests) - 1; i >= 0; i-- { // of equals, the latest is the likeliest
		one := near{request: i, distance: -1}
		for s := range steps {
			if d := steps[s].distance(&requests[i]); one.distance < 0 || d < one.distance {
				one.step, one.distance = s, d
			}
		}
		if one.distance == 0 || len(best) == most && one.distance >= best[most-1].distance {
			continue
		}
		best = append(best[:min(len(best), most-1)], one)
		slices.SortStableFunc(best, func(a, b near) int { return cmp.Compare(a.distance, b.distance) })
	}
	var list []Miss
	for _, one := range best {
		r := &requests[one.request]
		list = append(list, Miss{
			ID: r.ID, Operation: r.Operation, Method: r.Method, Path: r.Path, Status: r.Status,
			Differences: steps[one.step].differences(r),
		})
	}
	return list
}

// explainCount says how often the request came, and how often it should.
func (e *Expectation) explainCount(n int) string {
	var want string
	switch {
	case e.most == 0:
		want = "none"
	case e.least == e.most:
		want = fmt.Sprintf("exactly %d", e.least)
	case e.most == unlimited:
		want = fmt.Sprintf("at least %d", e.least)
	case e.least == 0:
		want = fmt.Sprintf("at most %d", e.most)
	default:
		want = fmt.Sprintf("%d to %d", e.least, e.most)
	}
	name, verb := e.steps[0].describe()
	return fmt.Sprintf("%s %s %s, want %s", name, verb, times(n), want)
}

// explainOrder says which step did not come. The requests are those up to the last one that
// matched.
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

// String is the result for people: the explanation, then a line for each difference.
func (r Result) String() string {
	var b strings.Builder
	b.WriteString(r.Explanation)
	for _, m := range r.Misses {
		fmt.Fprintf(&b, "\n  #%d %s", m.ID, cmp.Or(m.Operation, spec.Quote(m.Method+" "+m.Path)))
		for _, d := range m.Differences {
			b.WriteString("\n    " + d.String())
		}
	}
	return b.String()
}

// String is a line such as `body /billing_id: want 42, got "17"`.
func (d Difference) String() string {
	return fmt.Sprintf("%s: want %s, got %s", ascii(d.At), show(d.Want), show(d.Got))
}

// show prints a value in a form that is safe on a terminal.
func show(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing"
	case string:
		return spec.Quote(v)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "[not shown]"
	}
	// JSON reads better without quotation marks around it.
	short, cut := strings.CutSuffix(spec.Quote(string(text)), "...")
	short = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(short[1 : len(short)-1])
	if cut {
		short += "..."
	}
	return short
}

// ascii keeps a pointer, which is made of strangers' keys, from forging a line of a log.
func ascii(pointer string) string {
	quoted := strconv.QuoteToASCII(pointer)
	return quoted[1 : len(quoted)-1]
}
