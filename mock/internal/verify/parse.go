package verify

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Limits of an expectation.
const (
	MaxBytes  = 256 << 10
	MaxWithin = 60 * time.Second
	maxDepth  = 32
	maxKeys   = 1000 // of all objects and arrays together
	maxSteps  = 100
	maxCount  = 1_000_000
	unlimited = math.MaxInt
)

var (
	matcherKeys = []string{"operation", "method", "path", "body", "query", "headers", "credentials"}
	countKeys   = []string{"count", "at_least", "at_most"}
	// A fault rule has no violations: it is matched before they are known.
	stepKeys  = slices.Concat(matcherKeys, []string{"violations"})
	otherKeys = []string{"in_order", "nothing_else", "within"}

	methods     = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	credentials = []string{"basic", "bearer", "header", "none"}
)

// Parse reads an expectation, a traffic.Expectation in JSON. The error has a line for everything that is
// wrong: where, as a JSON pointer, and what must be there instead.
func Parse(c Contract, data []byte) (*Expectation, error) {
	p := parser{contract: c}
	e := p.expectation(p.decode("", data))
	if p.errs != nil {
		return nil, errors.Join(p.errs...)
	}
	return e, nil
}

// ParseRule reads the requests that a fault rule is for: its operation, "" for any, and its match, a
// traffic.Match in JSON, or nothing. Errors are those of Parse, with pointers that start at the rule.
func ParseRule(c Contract, operation string, match []byte) (Matcher, error) {
	p := parser{contract: c}
	var m Matcher
	if len(match) > 0 {
		m = p.matcher("/match", p.decode("/match", match), matcherKeys)
	}
	if operation != "" {
		if m.operation != "" || m.method != "" || m.path != "" {
			p.errorf("/operation", "must not be combined with a match that has an operation, method or path; leave one out")
		}
		m.operation = p.choice("", map[string]any{"operation": operation}, "operation", c.Operations)
	}
	if p.errs != nil {
		return Matcher{}, errors.Join(p.errs...)
	}
	return m, nil
}

// parser collects what is wrong. It goes on as if the value had been left out.
type parser struct {
	contract Contract
	errs     []error
	keys     int // of bodies
}

func (p *parser) errorf(at, format string, args ...any) {
	const limit = 50
	if len(p.errs) < limit {
		p.errs = append(p.errs, fmt.Errorf("%s: %s", traffic.Printable(cmp.Or(at, "/")), fmt.Sprintf(format, args...)))
	}
}

// decode reads JSON as the body of a request is read, so that their values can be compared.
func (p *parser) decode(at string, data []byte) map[string]any {
	if len(data) > MaxBytes {
		p.errorf(at, "too large: at most %d bytes", MaxBytes)
		return nil
	}
	decoded := laravel.Decode("application/json", data)
	for _, v := range decoded.Violations { // not their Fix, which is about a plugin's code
		p.errorf(at+v.At, "%s; expected %s", v.Message, cmp.Or(v.Expected, "a JSON object"))
	}
	return decoded.Fields
}

func (p *parser) expectation(fields map[string]any) *Expectation {
	e := &Expectation{atLeast: 1, atMost: unlimited, nothingElse: p.flag(fields, "nothing_else"), Within: p.within(fields)}
	steps, ordered := fields["in_order"]
	if !ordered {
		e.steps = []Matcher{p.matcher("", fields, slices.Concat(stepKeys, countKeys, otherKeys))}
		p.counts(fields, e)
		return e
	}
	p.known("", fields, slices.Concat(stepKeys, countKeys, otherKeys))
	for _, name := range slices.Concat(stepKeys, countKeys) {
		if _, given := fields[name]; given {
			p.errorf("/"+name, "must not be combined with in_order; choose the requests in its steps, each of which comes once")
		}
	}
	list, ok := steps.([]any)
	if !ok || len(list) == 0 || len(list) > maxSteps {
		p.errorf("/in_order", "must be an array of 1 to %d objects, got %s", maxSteps, kind(steps))
		return e
	}
	for i, step := range list {
		at := spec.Pointer("in_order", strconv.Itoa(i))
		if object, ok := step.(map[string]any); ok {
			e.steps = append(e.steps, p.matcher(at, object, stepKeys))
		} else {
			p.errorf(at, "must be an object, got %s", kind(step))
		}
	}
	e.ordered, e.atLeast, e.atMost = true, len(list), len(list)
	return e
}

// counts reads how many requests are expected.
func (p *parser) counts(fields map[string]any, e *Expectation) {
	given := map[string]bool{}
	for _, name := range countKeys {
		value, ok := fields[name]
		if !ok {
			continue
		}
		given[name] = true
		digits, _ := value.(json.Number)
		n, err := strconv.Atoi(digits.String())
		if err != nil || n < 0 || n > maxCount {
			p.errorf("/"+name, "must be an integer from 0 to %d, got %s", maxCount, kind(value))
			return
		}
		if name != "at_most" {
			e.atLeast = n
		}
		if name != "at_least" {
			e.atMost = n
		}
	}
	switch {
	case given["count"] && (given["at_least"] || given["at_most"]):
		p.errorf("/count", "must not be combined with at_least and at_most; leave it or them out")
	case given["at_most"] && !given["at_least"] && !given["count"]:
		e.atLeast = 0
	case e.atLeast > e.atMost:
		p.errorf("/at_least", "is %d, more than at_most, which is %d", e.atLeast, e.atMost)
	}
}

func (p *parser) within(fields map[string]any) time.Duration {
	value, given := fields["within"]
	if !given {
		return 0
	}
	text, _ := value.(string)
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > MaxWithin {
		p.errorf("/within", `must be a duration such as "3s" or "500ms", at most "60s", got %s`, kind(value))
	}
	return d
}

func (p *parser) flag(fields map[string]any, name string) bool {
	value, given := fields[name]
	flag, ok := value.(bool)
	if given && !ok {
		p.errorf("/"+name, "must be true or false, got %s", kind(value))
	}
	return flag
}

// matcher reads which requests are expected, from an object that may have only these keys.
func (p *parser) matcher(at string, fields map[string]any, keys []string) Matcher {
	p.known(at, fields, keys)
	m := Matcher{
		operation:   p.choice(at, fields, "operation", p.contract.Operations),
		method:      p.choice(at, fields, "method", methods),
		path:        p.path(at, fields),
		credentials: p.choice(at, fields, "credentials", credentials),
		violations:  p.codes(at, fields),
		body:        p.object(at, fields, "body"),
		query:       p.query(at, fields),
		headers:     map[string]any{},
		accepts:     p.contract.Accepts,
	}
	p.plain(at+"/body", m.body, 0)
	headers := p.texts(at, fields, "headers")
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		canonical := http.CanonicalHeaderKey(name)
		if _, twice := m.headers[canonical]; twice {
			p.errorf(at+spec.Pointer("headers", name), "duplicate: the case of a name makes no difference")
		}
		m.headers[canonical] = headers[name]
	}
	if m.operation != "" && (m.method != "" || m.path != "") {
		p.errorf(at+"/operation", "must not be combined with method and path; leave it or them out")
	}
	return m
}

// known reports unknown keys.
func (p *parser) known(at string, fields map[string]any, keys []string) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(keys, name) {
			p.errorf(at+spec.Pointer(name), "unknown key; %s", p.instead(name, keys))
		}
	}
}

// choice reads a string that must be one of words; "" when it is left out.
func (p *parser) choice(at string, fields map[string]any, name string, words []string) string {
	word, given := p.text(at, fields, name)
	if given && !slices.Contains(words, word) {
		p.errorf(at+"/"+name, "%s: unknown %s; %s", spec.Quote(word), name, p.instead(word, words))
		return ""
	}
	return word
}

func (p *parser) text(at string, fields map[string]any, name string) (text string, given bool) {
	value, given := fields[name]
	text, ok := value.(string)
	if given && !ok {
		p.errorf(at+"/"+name, "must be a string, got %s", kind(value))
	}
	return text, ok
}

// instead says what to write for an unknown word.
func (p *parser) instead(word string, words []string) string {
	if p.contract.Nearest != nil {
		if near := p.contract.Nearest(word, words); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	if len(words) > 20 {
		if len(p.contract.Codes) == len(words) {
			return "ticaga-mock explain lists all"
		}
		return "ticaga-mock routes lists all"
	}
	return "must be one of " + strings.Join(words, ", ")
}

// codes reads the codes of violations; nil when they are left out.
func (p *parser) codes(at string, fields map[string]any) []string {
	value, given := fields["violations"]
	if !given {
		return nil
	}
	list, ok := value.([]any)
	if !ok || len(list) > len(p.contract.Codes) {
		p.errorf(at+"/violations", "must be an array of at most %d codes, got %s", len(p.contract.Codes), kind(value))
	}
	codes := []string{}
	for i, one := range list {
		code, _ := one.(string)
		if !slices.Contains(p.contract.Codes, code) {
			p.errorf(at+spec.Pointer("violations", strconv.Itoa(i)), "%s: unknown code; %s", kind(one), p.instead(code, p.contract.Codes))
			return codes
		}
		codes = append(codes, code)
	}
	return codes
}

func (p *parser) path(at string, fields map[string]any) string {
	path, given := p.text(at, fields, "path")
	at += "/path"
	switch parameter := strings.IndexByte(path, '{'); {
	case !given:
	case !strings.HasPrefix(path, "/"):
		p.errorf(at, "must be a path that begins with a slash, got %s", spec.Quote(path))
	case strings.Contains(path, "?"):
		p.errorf(at, "must be the path alone; move what follows the question mark to query")
	case parameter >= 0:
		p.errorf(at, "must be the path as it is sent, with a value instead of %s; for any value, use the operation", spec.Quote(path[parameter:]))
	}
	world, inside := splitWorld(path)
	switch {
	case world == "":
		return path
	case p.contract.World != "" && world != p.contract.World:
		p.errorf(at, "is in world %s, and this is world %q; verify there, or leave out %s if that world does not exist: its requests are then in the default world",
			spec.Quote(world), p.contract.World, spec.Quote("/w/"+world))
	}
	return inside
}

// splitWorld splits a path into the name of its world, from the prefix /w/NAME, and the rest.
func splitWorld(path string) (world, inside string) {
	first, rest := segment(path)
	world, inside = segment(rest)
	if first != "w" {
		return "", path
	}
	return world, "/" + inside
}

func (p *parser) object(at string, fields map[string]any, name string) map[string]any {
	value, given := fields[name]
	object, ok := value.(map[string]any)
	if given && !ok {
		p.errorf(at+"/"+name, "must be an object, got %s", kind(value))
	}
	return object
}

// query reads parameters by the name with which they are sent.
func (p *parser) query(at string, fields map[string]any) []parameter {
	object := p.object(at, fields, "query")
	p.plain(at+"/query", object, 0)
	var list []parameter
	for _, name := range slices.Sorted(maps.Keys(object)) {
		here := at + spec.Pointer("query", name)
		keys := laravel.Keys(name)
		if len(keys) == 0 {
			p.errorf(here, "PHP drops a parameter of this name; leave it out")
		}
		list = append(list, parameter{name, keys, p.sent(here, object[name])})
	}
	return list
}

// sent reads a value of a query, which has only strings.
func (p *parser) sent(at string, value any) any {
	switch v := value.(type) {
	case json.Number:
		return v.String()
	case bool:
		p.errorf(at, "must be a string, null for nothing, or an object or array of these; got %s", kind(value))
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			v[name] = p.sent(at+spec.Pointer(name), v[name])
		}
	case []any:
		for i := range v {
			v[i] = p.sent(at+spec.Pointer(strconv.Itoa(i)), v[i])
		}
	}
	return value
}

// texts reads an object of strings and nulls.
func (p *parser) texts(at string, fields map[string]any, name string) map[string]any {
	object := p.object(at, fields, name)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		here := at + spec.Pointer(name, key)
		switch value := object[key].(type) {
		case string, nil:
		case json.Number: // there are only strings in headers
			object[key] = value.String()
		default:
			p.errorf(here, "must be a string, or null for none, got %s", kind(object[key]))
		}
		if isSecretHeader(key) {
			p.errorf(here, noSecrets)
		}
	}
	p.count(at+"/"+name, len(object))
	return object
}

const noSecrets = "is a secret, and secrets are not kept; leave it out (the key credentials says how the API token is sent)"

// plain reports what cannot be compared: secrets, and too much of anything.
func (p *parser) plain(at string, value any, depth int) {
	if depth > maxDepth {
		p.errorf(at, "too deep: at most %d levels", maxDepth)
		return
	}
	switch v := value.(type) {
	case map[string]any:
		p.count(at, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if redact.IsSecret(name) {
				p.errorf(at+spec.Pointer(name), noSecrets)
			}
			p.plain(at+spec.Pointer(name), v[name], depth+1)
		}
	case []any:
		p.count(at, len(v))
		for i, inner := range v {
			p.plain(at+spec.Pointer(strconv.Itoa(i)), inner, depth+1)
		}
	}
}

// count limits how much there is to compare.
func (p *parser) count(at string, n int) {
	before := p.keys
	if p.keys += n; p.keys > maxKeys && before <= maxKeys {
		p.errorf(at, "too many: at most %d fields, parameters and headers in total", maxKeys)
	}
}

// isSecretHeader also knows the headers that the journal always redacts.
func isSecretHeader(name string) bool {
	name = http.CanonicalHeaderKey(name)
	return redact.Redactor{}.Header(http.Header{name: {""}})[name][0] != ""
}

// kind shows a value of the wrong type.
func kind(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return fmt.Sprintf("an array of %d", len(v))
	case nil:
		return "null"
	}
	return traffic.Show(value)
}
