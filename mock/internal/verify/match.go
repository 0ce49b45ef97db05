package verify

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Matcher tells whether a request is a certain one. The zero Matcher takes any. It is made by
// ParseRule, never changes, and is safe for concurrent use.
type Matcher struct {
	operation, method, path, credentials string // "" for any
	body                                 map[string]any
	query                                []parameter
	headers                              map[string]any // string or nil; the names are canonical
	violations                           []string       // codes; nil for any, and empty for none
	takes                                Takes
}

// Takes reports whether the contract takes a value in a field of an operation's body.
type Takes func(operation, field string, value any) bool

// Match reports whether r is such a request.
func (m Matcher) Match(r Request) bool { return m.matches(&r) }

// Path is the one that a request has to have, without needless slashes and decoded; "" for any.
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

// Method is the one that a request has to have; "" for any.
func (m Matcher) Method() string { return m.method }

// matches tells most requests apart without a Difference to allocate: it is asked of each, by everybody
// who waits.
func (m *Matcher) matches(r *Request) bool {
	if m.operation != "" && m.operation != r.Operation || m.method != "" && m.method != r.Method {
		return false
	}
	return m.compare(r, 1) == nil
}

// mostDifferences is after how many nobody reads on.
const mostDifferences = 100

// differences lists where r is not such a request, in the order of the package comment.
func (m *Matcher) differences(r *Request) []Difference {
	list := m.compare(r, mostDifferences)
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(rank(a.At), rank(b.At)), cmp.Compare(a.At, b.At))
	})
	return list
}

func rank(at string) int {
	in, _, _ := strings.Cut(at, " ")
	return slices.Index([]string{"operation", "method", "path", "body", "query", "header", "credentials", "violations"}, in)
}

// distance tells how far r is from such a request; 0 when it is one. Another operation is
// farther than any number of fields. One that the contract does not know may be a slip.
func (m *Matcher) distance(r *Request) int {
	list := m.compare(r, mostDifferences)
	far := 10 * mostDifferences
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

// describe names the requests in a sentence, with its verb.
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

// compare finds the places where r is not such a request, in no order, until there are most.
func (m *Matcher) compare(r *Request, most int) []Difference {
	c := comparison{takes: m.takes, operation: r.Operation, most: most}
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

// parameter is what the query has to have in one place.
type parameter struct {
	name string   // as the expectation has it
	keys []string // those that PHP makes of the name; "" is any element of an array
	want any      // string, []any or map[string]any; nil for nothing
}

// holds reports whether one of the values there is the wanted one, or there is none when want is nil.
func (p *parameter) holds(query map[string]any) bool {
	if p.want == nil {
		return !p.visit(query, p.keys, func(any) bool { return true })
	}
	return p.visit(query, p.keys, func(value any) bool { return sameSent(p.want, value) })
}

// sent lists the values there.
func (p *parameter) sent(query map[string]any) (values []any) {
	p.visit(query, p.keys, func(value any) bool {
		values = append(values, value)
		return false
	})
	return values
}

// visit calls found for the values that keys lead to, until it returns true.
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

// sameSent compares what was sent in a query: an object in part, anything else whole.
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

// sameText reports whether one of the values is the wanted one, or there is none when want is
// nil.
func sameText(want any, values []string) bool {
	text, ok := want.(string)
	if !ok {
		return len(values) == 0
	}
	return slices.Contains(values, text)
}

// one shows values as the text that nearly all of them are.
func one[T any](values []T) any {
	switch len(values) {
	case 0:
		return nil
	case 1:
		return values[0]
	}
	return values
}

// several shows a list of texts; none is nil.
func several(values []string) any {
	if len(values) == 0 {
		return nil
	}
	return values
}

// samePath compares segment by segment, so that a slash that is encoded separates nothing.
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
	takes     Takes
	operation string
	at        []string // the keys and indexes that lead to a value of the body
	found     []Difference
	most      int
}

func (c *comparison) full() bool { return len(c.found) >= c.most }

func (c *comparison) differ(at string, want, got any) {
	if !c.full() {
		c.found = append(c.found, Difference{at, want, got})
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

// The forms that a value can have on the wire, by a sample that says 1.
var (
	asText   any = "1"
	asNumber any = json.Number("1")
	asBool   any = true
)

// same compares values that hold no others.
func (c *comparison) same(want, got any) bool {
	if want == nil || want == "" {
		return got == nil || got == ""
	}
	a, wantForm := scalar(want)
	b, gotForm := scalar(got)
	if gotForm == nil || a != b {
		return false
	}
	return wantForm == gotForm || len(c.at) == 1 && c.takes != nil &&
		c.takes(c.operation, c.at[0], wantForm) && c.takes(c.operation, c.at[0], gotForm)
}

// scalar is a value as a form carries it, and the form that it has; nil for none.
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

// number writes 8.0, 8e0 and 8 alike.
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
