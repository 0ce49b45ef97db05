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
)

// Contract is what an expectation has to know about the API, and about who is asked.
type Contract struct {
	World      string                                        // the one that is asked about; "" for any
	Operations []string                                      // every operationId
	Codes      []string                                      // of violations
	Takes      Takes                                         // nil for one that takes no field in two forms
	Nearest    func(word string, candidates []string) string // what a mistyped word was meant to be, or ""
}

// Limits of what is parsed.
const (
	MaxBytes  = 256 << 10
	MaxWithin = 60 * time.Second
	maxDepth  = 32
	maxKeys   = 1000 // of all objects and lists of a body together
	maxSteps  = 100
	maxCount  = 1_000_000
	unlimited = math.MaxInt
)

var (
	matcherKeys = []string{"operation", "method", "path", "body", "query", "headers", "credentials"}
	countKeys   = []string{"count", "at_least", "at_most"}
	// A rule of a fault has no violations: it is asked before they are known.
	stepKeys  = slices.Concat(matcherKeys, []string{"violations"})
	otherKeys = []string{"in_order", "nothing_else", "within"}

	methods     = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
	credentials = []string{"basic", "bearer", "header", "none"}
)

// Parse reads an expectation. The error has a line for every mistake: where, as a JSON pointer,
// and what to write instead.
func Parse(c Contract, data []byte) (*Expectation, error) {
	p := parser{contract: c}
	e := p.expectation(p.decode("", data))
	if p.mistakes != nil {
		return nil, errors.Join(p.mistakes...)
	}
	return e, nil
}

// ParseRule reads which requests the rule of a fault is for: its operation, "" for any, and its
// match, an object as in an expectation, or nothing. Errors are those of Parse, from the rule's
// place on.
func ParseRule(c Contract, operation string, match []byte) (Matcher, error) {
	p := parser{contract: c}
	var m Matcher
	if len(match) > 0 {
		m = p.matcher("/match", p.decode("/match", match), matcherKeys)
	}
	if operation != "" {
		if m.operation != "" || m.method != "" || m.path != "" {
			p.mistake("/operation", "match says already which requests; leave one out")
		}
		m.operation = p.choice("", map[string]any{"operation": operation}, "operation", c.Operations)
	}
	if p.mistakes != nil {
		return Matcher{}, errors.Join(p.mistakes...)
	}
	return m, nil
}

// parser collects mistakes. After one it goes on, as if there were nothing.
type parser struct {
	contract Contract
	mistakes []error
	keys     int // of bodies
}

func (p *parser) mistake(at, format string, args ...any) {
	const most = 50
	if len(p.mistakes) < most {
		p.mistakes = append(p.mistakes, fmt.Errorf("%s: %s", ascii(cmp.Or(at, "/")), fmt.Sprintf(format, args...)))
	}
}

// decode reads JSON as the body of a request is read, so that values of the two compare.
func (p *parser) decode(at string, data []byte) map[string]any {
	if len(data) > MaxBytes {
		p.mistake(at, "too large: at most %d bytes", MaxBytes)
		return nil
	}
	decoded := laravel.Decode("application/json", data)
	for _, v := range decoded.Violations { // not their Fix, which is about a plugin's code
		p.mistake(at+v.At, "%s, want %s", v.Message, cmp.Or(v.Expected, "a JSON object"))
	}
	return decoded.Fields
}

func (p *parser) expectation(fields map[string]any) *Expectation {
	e := &Expectation{least: 1, most: unlimited, nothingElse: p.flag(fields, "nothing_else"), Within: p.within(fields)}
	steps, ordered := fields["in_order"]
	if !ordered {
		e.steps = []Matcher{p.matcher("", fields, slices.Concat(stepKeys, countKeys, otherKeys))}
		p.counts(fields, e)
		return e
	}
	p.known("", fields, slices.Concat(stepKeys, countKeys, otherKeys))
	for _, name := range slices.Concat(stepKeys, countKeys) {
		if _, given := fields[name]; given {
			p.mistake("/"+name, "does not go with in_order; put which requests into its steps, each of which comes once")
		}
	}
	list, ok := steps.([]any)
	if !ok || len(list) == 0 || len(list) > maxSteps {
		p.mistake("/in_order", "want a list of 1 to %d objects, got %s", maxSteps, kind(steps))
		return e
	}
	for i, step := range list {
		at := spec.Pointer("in_order", strconv.Itoa(i))
		if object, ok := step.(map[string]any); ok {
			e.steps = append(e.steps, p.matcher(at, object, stepKeys))
		} else {
			p.mistake(at, "want an object, got %s", kind(step))
		}
	}
	e.ordered, e.least, e.most = true, len(list), len(list)
	return e
}

// counts reads how often.
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
			p.mistake("/"+name, "want a whole number from 0 to %d, got %s", maxCount, kind(value))
			return
		}
		if name != "at_most" {
			e.least = n
		}
		if name != "at_least" {
			e.most = n
		}
	}
	switch {
	case given["count"] && (given["at_least"] || given["at_most"]):
		p.mistake("/count", "does not go with at_least and at_most; leave it out, or them")
	case given["at_most"] && !given["at_least"] && !given["count"]:
		e.least = 0
	case e.least > e.most:
		p.mistake("/at_least", "is %d, more than at_most, which is %d", e.least, e.most)
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
		p.mistake("/within", `want a text such as "3s" or "500ms", at most "60s", got %s`, kind(value))
	}
	return d
}

func (p *parser) flag(fields map[string]any, name string) bool {
	value, given := fields[name]
	flag, ok := value.(bool)
	if given && !ok {
		p.mistake("/"+name, "want true or false, got %s", kind(value))
	}
	return flag
}

// matcher reads which requests. Keys are those that the object may have.
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
		takes:       p.contract.Takes,
	}
	p.plain(at+"/body", m.body, 0)
	headers := p.texts(at, fields, "headers")
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		canonical := http.CanonicalHeaderKey(name)
		if _, twice := m.headers[canonical]; twice {
			p.mistake(at+spec.Pointer("headers", name), "is there twice: case makes no difference")
		}
		m.headers[canonical] = headers[name]
	}
	if m.operation != "" && (m.method != "" || m.path != "") {
		p.mistake(at+"/operation", "does not go with method and path; leave it out, or them")
	}
	return m
}

// known reports the keys that are none of these.
func (p *parser) known(at string, fields map[string]any, keys []string) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !slices.Contains(keys, name) {
			p.mistake(at+spec.Pointer(name), "no such key; %s", p.instead(name, keys))
		}
	}
}

// choice reads one of some words; "" for none.
func (p *parser) choice(at string, fields map[string]any, name string, words []string) string {
	word, given := p.text(at, fields, name)
	if given && !slices.Contains(words, word) {
		p.mistake(at+"/"+name, "%s: no such %s; %s", spec.Quote(word), name, p.instead(word, words))
		return ""
	}
	return word
}

func (p *parser) text(at string, fields map[string]any, name string) (text string, given bool) {
	value, given := fields[name]
	text, ok := value.(string)
	if given && !ok {
		p.mistake(at+"/"+name, "want a text, got %s", kind(value))
	}
	return text, ok
}

// instead says what a mistyped word was meant to be.
func (p *parser) instead(word string, words []string) string {
	if p.contract.Nearest != nil {
		if near := p.contract.Nearest(word, words); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	if len(words) > 20 {
		if len(p.contract.Codes) == len(words) {
			return "see ticaga-mock explain for all"
		}
		return "see ticaga-mock routes for those that there are"
	}
	return "have " + strings.Join(words, ", ")
}

// codes reads the codes of violations; nil when there is nothing about them.
func (p *parser) codes(at string, fields map[string]any) []string {
	value, given := fields["violations"]
	if !given {
		return nil
	}
	list, ok := value.([]any)
	if !ok || len(list) > len(p.contract.Codes) {
		p.mistake(at+"/violations", "must be an array of at most %d codes, got %s", len(p.contract.Codes), kind(value))
	}
	codes := []string{}
	for i, one := range list {
		code, _ := one.(string)
		if !slices.Contains(p.contract.Codes, code) {
			p.mistake(at+spec.Pointer("violations", strconv.Itoa(i)), "%s: no such code; %s", kind(one), p.instead(code, p.contract.Codes))
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
		p.mistake(at, "want a path that begins with a slash, got %s", spec.Quote(path))
	case strings.Contains(path, "?"):
		p.mistake(at, "want the path alone; put what follows the question mark under query")
	case parameter >= 0:
		p.mistake(at, "want the path as it is sent, with a value in the place of %s; for any value, name the operation instead", spec.Quote(path[parameter:]))
	}
	world, inside := splitWorld(path)
	switch {
	case world == "":
		return path
	case p.contract.World != "" && world != p.contract.World:
		p.mistake(at, "is in world %s, and this is world %q; verify there, or leave %s out if that world does not exist: its requests are in the default one then",
			spec.Quote(world), p.contract.World, spec.Quote("/w/"+world))
	}
	return inside
}

// splitWorld cuts the prefix of a world off a path: /w/NAME.
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
		p.mistake(at+"/"+name, "want an object, got %s", kind(value))
	}
	return object
}

// query reads parameters by the names that they are sent with.
func (p *parser) query(at string, fields map[string]any) []parameter {
	object := p.object(at, fields, "query")
	p.plain(at+"/query", object, 0)
	var list []parameter
	for _, name := range slices.Sorted(maps.Keys(object)) {
		here := at + spec.Pointer("query", name)
		keys := laravel.Keys(name)
		if len(keys) == 0 {
			p.mistake(here, "PHP drops a parameter of this name; leave it out")
		}
		list = append(list, parameter{name, keys, p.sent(here, object[name])})
	}
	return list
}

// sent reads a value of a query, where there are only strings.
func (p *parser) sent(at string, value any) any {
	switch v := value.(type) {
	case json.Number:
		return v.String()
	case bool:
		p.mistake(at, "must be a string, null for nothing, or an object or array of these; got %s", kind(value))
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

// texts reads an object of texts and nulls.
func (p *parser) texts(at string, fields map[string]any, name string) map[string]any {
	object := p.object(at, fields, name)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		here := at + spec.Pointer(name, key)
		switch value := object[key].(type) {
		case string, nil:
		case json.Number: // there are only strings in headers
			object[key] = value.String()
		default:
			p.mistake(here, "want a text, or null for none, got %s", kind(object[key]))
		}
		if isSecretHeader(key) {
			p.mistake(here, noSecrets)
		}
	}
	p.count(at+"/"+name, len(object))
	return object
}

const noSecrets = "is a secret, and those are not kept; leave it out (the key credentials says how the API token is sent)"

// plain reports what a body cannot be compared with.
func (p *parser) plain(at string, value any, depth int) {
	if depth > maxDepth {
		p.mistake(at, "too deep: at most %d levels", maxDepth)
		return
	}
	switch v := value.(type) {
	case map[string]any:
		p.count(at, len(v))
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if redact.IsSecret(name) {
				p.mistake(at+spec.Pointer(name), noSecrets)
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

// count bounds how much there is to compare.
func (p *parser) count(at string, n int) {
	before := p.keys
	if p.keys += n; p.keys > maxKeys && before <= maxKeys {
		p.mistake(at, "too much: at most %d fields, parameters and headers in all", maxKeys)
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
		return fmt.Sprintf("a list of %d", len(v))
	case nil:
		return "null"
	}
	return show(value)
}
