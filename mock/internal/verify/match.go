package verify

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Matcher decides whether a request is an expected one. The zero Matcher matches every request. It is made
// by ParseRule, never changes, and is safe for concurrent use.
type Matcher struct {
	operation, method, path, credentials string // "" for any
	body                                 map[string]any
	query                                []parameter
	headers                              map[string]any // string or nil; the names are canonical
	violations                           []string       // codes; nil for any, and empty for none
	accepts                              Accepts
}

// Accepts reports whether the contract accepts a value in a field of an operation's body.
type Accepts func(operation, field string, value any) bool

// Match reports whether m matches r.
func (m Matcher) Match(r Request) bool { return m.matches(&r) }

// Path returns the path that a request must have, decoded and without extra slashes; "" for any.
func (m Matcher) Path() string {
	var segments []string
	for rest := m.path; strings.Trim(rest, "/") != ""; {
		var first string
		first, rest = segment(rest)
		segments = append(segments, first)
	}
	if m.path == "" {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}

// Method returns the method that a request must have; "" for any.
func (m Matcher) Method() string { return m.method }

// matches is Match. It rejects most requests without allocating a Difference, because every waiting
// expectation compares every request.
func (m *Matcher) matches(r *Request) bool {
	if m.operation != "" && m.operation != r.Operation || m.method != "" && m.method != r.Method {
		return false
	}
	return m.compare(r, 1) == nil
}

// maxDifferences is more than anybody reads.
const maxDifferences = 100

// differences returns where r differs from a matching request, in the order of the package comment.
func (m *Matcher) differences(r *Request) []traffic.Difference {
	list := m.compare(r, maxDifferences)
	sort.SliceStable(list, func(i, j int) bool { // slices.SortFunc is 18 kB of the program for each type of struct
		a, b := list[i].At, list[j].At
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) < 0
	})
	return list
}

func rank(at string) int {
	in, _, _ := strings.Cut(at, " ")
	return slices.Index([]string{"operation", "method", "path", "body", "query", "header", "credentials", "violations"}, in)
}

// distance returns how far r is from a matching request; 0 when it matches. Another operation is farther than
// any number of fields. An operation that the contract does not know may be a typo.
func (m *Matcher) distance(r *Request) int {
	list := m.compare(r, maxDifferences)
	far := 10 * maxDifferences
	if r.Operation == "" {
		far /= 2
	}
	distance := len(list)
	for _, d := range list {
		if d.At == "operation" || d.At == "path" {
			distance += far
		}
	}
	return distance
}

// describe returns the name of the requests in a sentence, and its verb.
func (m *Matcher) describe() (name, verb string) {
	verb = "was called"
	switch {
	case m.operation != "":
		name = m.operation
	case m.path != "":
		name = strings.TrimPrefix(m.method+" "+spec.Quote(m.path), " ")
	case m.method != "":
		name, verb = "a request by "+m.method, "came"
	default:
		name, verb = "a request", "came"
	}
	var parts []string
	for _, part := range []struct {
		name  string
		given bool
	}{
		{"body", len(m.body) > 0}, {"query", len(m.query) > 0}, {"headers", len(m.headers) > 0}, {"credentials", m.credentials != ""},
		{"violations", m.violations != nil},
	} {
		if part.given {
			parts = append(parts, part.name)
		}
	}
	if len(parts) > 0 {
		name += " with the expected " + strings.Join(parts, " and ")
	}
	return name, verb
}

// compare returns at most so many places where r differs from a matching request, in no particular order.
func (m *Matcher) compare(r *Request, limit int) []traffic.Difference {
	c := comparison{accepts: m.accepts, operation: r.Operation, limit: limit}
	if m.operation != "" && m.operation != r.Operation {
		c.differ("operation", m.operation, cmp.Or(r.Operation, r.Method+" "+r.Path))
	}
	if m.method != "" && m.method != r.Method {
		c.differ("method", m.method, r.Method)
	}
	if m.path != "" && !samePath(m.path, r.Path) {
		c.differ("path", m.path, r.Path)
	}
	if m.credentials != "" && m.credentials != r.Credentials {
		c.differ("credentials", m.credentials, r.Credentials)
	}
	if m.violations != nil && len(m.violations) == 0 && len(r.Violations) > 0 {
		c.differ("violations", nil, r.Violations)
	}
	for _, code := range m.violations {
		if !slices.Contains(r.Violations, code) {
			c.differ("violations", code, several(r.Violations))
		}
	}
	for i := range m.query {
		if p := &m.query[i]; !p.holds(r.Query) {
			c.differ("query "+p.name, p.want, one(p.sent(r.Query)))
		}
	}
	for name, want := range m.headers {
		if got := r.Header[name]; !sameText(want, got) {
			c.differ("header "+name, want, one(got))
		}
	}
	if len(m.body) > 0 && !c.full() {
		c.at = make([]string, 0, 8)
		c.object(m.body, r.Fields)
	}
	return c.found
}

// parameter is a value that the query must have.
type parameter struct {
	name string   // as in the expectation
	keys []string // of the name, as PHP splits it; "" is any element of an array
	want any      // string, []any or map[string]any; nil for nothing
}

// holds reports whether one of the values in the query is equal, or there is none when want is nil.
func (p *parameter) holds(query map[string]any) bool {
	if p.want == nil {
		return !p.visit(query, p.keys, func(any) bool { return true })
	}
	return p.visit(query, p.keys, func(value any) bool { return sameSent(p.want, value) })
}

// sent returns the values in the query.
func (p *parameter) sent(query map[string]any) (values []any) {
	p.visit(query, p.keys, func(value any) bool {
		values = append(values, value)
		return false
	})
	return values
}

// visit calls found for the values that keys lead to, until found returns true.
func (p *parameter) visit(in any, keys []string, found func(any) bool) bool {
	if len(keys) == 0 {
		return found(in)
	}
	key, rest := keys[0], keys[1:]
	switch in := in.(type) {
	case map[string]any:
		if value, ok := in[key]; ok {
			return p.visit(value, rest, found)
		}
	case []any:
		for i, value := range in {
			if (key == "" || key == strconv.Itoa(i)) && p.visit(value, rest, found) {
				return true
			}
		}
	}
	return false
}

// sameSent compares values of a query: objects in part, anything else as a whole.
func sameSent(want, got any) bool {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		for name, value := range want {
			inner, sent := object[name]
			if sent != (value != nil) || sent && !sameSent(value, inner) {
				return false
			}
		}
		return ok
	case []any:
		list, ok := got.([]any)
		return ok && slices.EqualFunc(want, list, sameSent)
	}
	return want == got
}

// sameText reports whether one of the values is equal, or there is none when want is nil.
func sameText(want any, values []string) bool {
	text, ok := want.(string)
	if !ok {
		return len(values) == 0
	}
	return slices.Contains(values, text)
}

// one returns a single value without its slice, since there is rarely more than one.
func one[T any](values []T) any {
	switch len(values) {
	case 0:
		return nil
	case 1:
		return values[0]
	}
	return values
}

// several returns strings as a value; nil when there are none.
func several(values []string) any {
	if len(values) == 0 {
		return nil
	}
	return values
}

// samePath compares segment by segment, so that an encoded slash does not separate segments.
func samePath(a, b string) bool {
	for a != "" || b != "" {
		var x, y string
		x, a = segment(a)
		y, b = segment(b)
		if x != y {
			return false
		}
	}
	return true
}

func segment(path string) (first, rest string) {
	first, rest, _ = strings.Cut(strings.TrimLeft(path, "/"), "/")
	if plain, err := url.PathUnescape(first); err == nil {
		first = plain
	}
	return first, rest
}

// comparison collects differences.
type comparison struct {
	accepts   Accepts
	operation string
	at        []string // the keys and indexes that lead to a value of the body
	found     []traffic.Difference
	limit     int
}

func (c *comparison) full() bool { return len(c.found) >= c.limit }

func (c *comparison) differ(at string, want, got any) {
	if !c.full() {
		c.found = append(c.found, traffic.Difference{At: at, Want: want, Got: got})
	}
}

func (c *comparison) object(want, got map[string]any) {
	for name, value := range want {
		c.inner(name, value, got[name])
		if c.full() {
			return
		}
	}
}

func (c *comparison) list(want, got []any) {
	for i := range want {
		c.inner(strconv.Itoa(i), want[i], got[i])
		if c.full() {
			return
		}
	}
}

func (c *comparison) inner(name string, want, got any) {
	c.at = append(c.at, name)
	c.value(want, got)
	c.at = c.at[:len(c.at)-1]
}

func (c *comparison) value(want, got any) {
	switch want := want.(type) {
	case map[string]any:
		fields, ok := got.(map[string]any)
		list, isList := got.([]any)
		if ok || isList && len(list) == 0 { // PHP writes an empty array for an object with no keys
			c.object(want, fields)
			return
		}
	case []any:
		if list, ok := got.([]any); ok && len(list) == len(want) {
			c.list(want, list)
			return
		}
	default:
		if c.same(want, got) {
			return
		}
	}
	c.differ("body "+spec.Pointer(c.at...), want, got)
}

// The forms that a value can have on the wire, each with an example that means 1.
var (
	asText   any = "1"
	asNumber any = json.Number("1")
	asBool   any = true
)

// same compares values that are not objects or arrays.
func (c *comparison) same(want, got any) bool {
	if want == nil || want == "" {
		return got == nil || got == ""
	}
	a, wantForm := scalar(want)
	b, gotForm := scalar(got)
	if gotForm == nil || a != b {
		return false
	}
	return wantForm == gotForm || len(c.at) == 1 && c.accepts != nil &&
		c.accepts(c.operation, c.at[0], wantForm) && c.accepts(c.operation, c.at[0], gotForm)
}

// scalar returns a value as a form sends it, and the form that it has; nil when a form cannot send it.
func scalar(value any) (text string, form any) {
	switch v := value.(type) {
	case string:
		return v, asText
	case json.Number:
		return number(v), asNumber
	case bool:
		if v {
			return "1", asBool
		}
		return "0", asBool
	}
	return "", nil
}

// number returns the same string for 8.0, 8e0 and 8.
func number(n json.Number) string {
	text := n.String()
	if text != "-0" && !strings.ContainsAny(text, ".eE") {
		return text // exact, however long
	}
	value, err := n.Float64()
	switch {
	case err != nil:
		return text
	case value == 0:
		return "0" // -0 too
	}
	return strconv.FormatFloat(value, 'f', -1, 64)
}
