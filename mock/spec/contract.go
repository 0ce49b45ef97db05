// Package spec reads the contract, openapi.yaml, and validates requests and answers against it.
//
// [BuiltIn] returns the file as a [Contract] of [Operation] values, which were made when the program was
// built, and [Load] makes them of another file. After that nothing is parsed or compiled again, and
// everything here is safe for concurrent use. [Parameter.Reasons] and [Body.Reasons] check the values of a request, which the caller has decoded, and return each [Reason]
// why they do not fit. Package inspect makes violations of them. [Violation] and the codes are declared
// here, so that every package can use them. Only this package knows kin-openapi.
package spec

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// Contract is an OpenAPI description of the API, ready to be used.
type Contract struct {
	Title       string
	Version     string
	Description string       // the file's own description, in Markdown
	Operations  []*Operation // in the order of the file
	Secured     bool         // credentials are required, unless an operation says otherwise

	fixtures map[string]*openapi3.Schema // what an entry of a fixture file has to fit, by noun
	file     file
}

// Operation is one method of one path.
type Operation struct {
	ID         string // operationId; also used by the handler, the route and the journal's entries
	Method     string
	Path       string // as in the file: "/api/customers/get/{id}"
	Tag        string
	Summary    string
	Details    string   // the description, in Markdown; "" without one
	Evidence   string   // "documented", "observed" or "inferred"
	Sources    []string // tags of the pages and plugins that show it
	Deprecated bool
	Successor  string // operationId of what newer plugins call instead; "" when none is known
	Secured    bool   // credentials are required
	HasBody    bool
	Line       int          // of the operationId in the file, from 1
	Params     []*Parameter // of the path
	Sent       []*Parameter // of the query, the headers and the cookies
	Segments   []string     // of Path: "api", "customers", "get", "{id}"

	// NeedsBody is false where the body may be left out.
	NeedsBody bool

	query    map[string]bool
	body     *Body // nil unless HasBody
	listBody bool  // the body is an array, whose fields are unknown
	// answers has the schemas by status; 2 is 2XX, and 0 is default. A body has to fit any one of the
	// schemas; without schemas any body fits.
	answers  map[int][]*openapi3.Schema
	notJSON  []string // responses with a body that is not JSON
	verdicts *verdicts
	examples examples
}

// Names returns the names of all parameters and fields, sorted.
func (c *Contract) Names() []string {
	names := map[string]bool{}
	for _, o := range c.Operations {
		for _, p := range o.Params {
			names[p.Name] = true
		}
		for name := range o.query {
			names[name] = true
		}
		if o.body != nil {
			for name := range o.body.Fields {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Example is a request that the contract shows. With the default fixtures it is answered with its
// Status.
type Example struct {
	Name   string
	Params map[string]string // values of the path parameters
	Body   map[string]any    // nil if the operation has no body
}

// examples is the examples of an operation. Few of those that run the program look at them.
type examples struct {
	compiled string // as JSON, where they are compiled
	read     sync.Once
	all      []Example
}

// Load reads an OpenAPI 3.0 file in YAML or JSON. The error of an invalid file names the place and
// says what is wrong. The caller must not change data afterwards.
func Load(data []byte) (*Contract, error) {
	c, err := read(openapi3.NewLoader(), data)
	if err != nil { // parse again with lines, which takes half as long again
		loader := openapi3.NewLoader()
		loader.IncludeOrigin = true
		_, err = read(loader, data)
		return nil, fmt.Errorf("%s%w", linePrefix(lineOf(err)), err)
	}
	return c, nil
}

func read(loader *openapi3.Loader, data []byte) (*Contract, error) {
	doc, err := parse(loader, data)
	if err != nil {
		return nil, err
	}
	c := &Contract{
		Title: doc.Info.Title, Version: doc.Info.Version, Description: doc.Info.Description,
		Secured: secured(doc, &openapi3.Operation{}), file: file{data: data},
	}
	lines := operationLines(data)
	readers, writers := newVisitor(false), newVisitor(true)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			o, err := newOperation(doc, method, path, item, op)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, at(op.Origin, "", err))
			}
			visitor := readers
			if o.body != nil && o.body.reads {
				visitor = writers
			}
			if err := o.checkVisits(visitor); err != nil {
				return nil, fmt.Errorf("%s %s: %w", method, path, err)
			}
			o.Line = lines[o.ID]
			c.Operations = append(c.Operations, o)
		}
	}
	if len(c.Operations) == 0 {
		return nil, errors.New("the file describes no operation")
	}
	slices.SortFunc(c.Operations, func(a, b *Operation) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	if c.fixtures, err = fixtureSchemas(doc); err != nil {
		return nil, err
	}
	for _, noun := range c.Nouns() {
		if err := readers.check(c.fixtures[noun]); err != nil {
			return nil, fmt.Errorf("x-ticaga-fixtures: %s: %w", noun, err)
		}
	}
	return c, nil
}

// parse reads a file once, and returns what is wrong with it.
func parse(loader *openapi3.Loader, data []byte) (*openapi3.T, error) {
	doc, err := loader.LoadFromData(data)
	if err != nil {
		return nil, fmt.Errorf("not an OpenAPI file: %w", oneLine{err})
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.0.") {
		return nil, fmt.Errorf("openapi %q is not supported; write 3.0.3", doc.OpenAPI)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("not a valid OpenAPI file: %w", oneLine{err})
	}
	return doc, checkSchemas(doc)
}

// oneLine returns an error of kin-openapi with its first line only.
type oneLine struct{ error }

func (e oneLine) Error() string { return firstLine(e.error) }
func (e oneLine) Unwrap() error { return e.error }

// firstLine keeps kin-openapi's errors readable: after the first line they print the whole schema
// and the value.
func firstLine(err error) string {
	text := err.Error()
	if _, yaml, ok := strings.Cut(text, "yaml error: "); ok {
		text = yaml // before it is the reason why the file is not JSON either
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// operationLines finds the line of each operation in the file. The loader could record it, but would
// take half as long again to start.
func operationLines(data []byte) map[string]int {
	lines := map[string]int{}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "operationId:"); ok {
			lines[strings.Trim(strings.TrimSpace(id), `"'`)] = n
		}
	}
	return lines
}

func newOperation(doc *openapi3.T, method, path string, item *openapi3.PathItem, op *openapi3.Operation) (*Operation, error) {
	if op.OperationID == "" {
		return nil, errors.New("no operationId")
	}
	o := &Operation{
		ID: op.OperationID, Method: method, Path: path,
		Summary: op.Summary, Details: strings.TrimSpace(op.Description), Deprecated: op.Deprecated,
		Secured:  secured(doc, op),
		Segments: SplitPath(path),
		query:    map[string]bool{},
		answers:  map[int][]*openapi3.Schema{},
		verdicts: newVerdicts(),
	}
	if len(op.Tags) > 0 {
		o.Tag = op.Tags[0]
	}
	if err := extension(op.Extensions, "x-ticaga-evidence", &o.Evidence); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{"", "documented", "observed", "inferred"}, o.Evidence) {
		return nil, fmt.Errorf("x-ticaga-evidence %q: must be documented, observed or inferred", o.Evidence)
	}
	if err := extension(op.Extensions, "x-ticaga-source", &o.Sources); err != nil {
		return nil, err
	}
	if err := extension(op.Extensions, "x-ticaga-successor", &o.Successor); err != nil {
		return nil, err
	}
	if err := o.readParameters(item.Parameters, op.Parameters); err != nil {
		return nil, err
	}
	if op.RequestBody != nil {
		var err error
		if o.body, err = bodyFields(op.RequestBody.Value); err != nil {
			return nil, err
		}
		o.HasBody, o.listBody = o.body != nil, o.body == nil
		o.NeedsBody = o.HasBody && op.RequestBody.Value.Required
	}
	if err := o.readAnswers(op.Responses); err != nil {
		return nil, err
	}
	o.examples.all = requestExamples(o, op)
	return o, nil
}

// alternatives returns the schemas of an answer that is one of several, or its only schema. Errors
// about an answer refer to the first.
func alternatives(answer *openapi3.Schema) []*openapi3.Schema {
	onlyAnyOf := *answer
	onlyAnyOf.AnyOf = nil
	if len(answer.AnyOf) == 0 || !onlyAnyOf.IsEmpty() {
		return []*openapi3.Schema{answer}
	}
	var all []*openapi3.Schema
	for _, ref := range answer.AnyOf {
		all = append(all, ref.Value)
	}
	return all
}

// readAnswers reads the responses of a status, of a range such as 2XX, and of default.
func (o *Operation) readAnswers(responses *openapi3.Responses) error {
	for status, ref := range responses.Map() {
		key, err := strconv.Atoi(strings.TrimSuffix(status, "XX"))
		switch {
		case status == "default":
			key = 0
		case err != nil || strings.HasSuffix(status, "XX") != (key < 100):
			return at(responses.Origin, status, fmt.Errorf("response %q: must be a status, a range such as 2XX, or default", status))
		}
		o.answers[key] = nil
		if media := ref.Value.Content.Get("application/json"); media != nil && media.Schema != nil {
			o.answers[key] = alternatives(media.Schema.Value)
		} else if media := ref.Value.Content["application/problem+json"]; media != nil && media.Schema != nil {
			o.answers[key] = alternatives(media.Schema.Value)
		} else if media == nil && len(ref.Value.Content) > 0 {
			o.notJSON = append(o.notJSON, status)
		}
	}
	slices.Sort(o.notJSON)
	return nil
}

// answer returns the schemas of the answers with a status.
func (o *Operation) answer(status int) (schemas []*openapi3.Schema, ok bool) {
	for _, key := range [...]int{status, status / 100, 0} {
		if schemas, ok = o.answers[key]; ok {
			return schemas, true
		}
	}
	return nil, false
}

// Answers reports whether the contract describes an answer of the operation with a status.
func (o *Operation) Answers(status int) bool {
	_, ok := o.answer(status)
	return ok
}

// statusNames returns the names of the responses as in the file.
func (o *Operation) statusNames() []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(o.answers)) {
		switch {
		case key == 0:
			names = append(names, "default")
		case key < 100:
			names = append(names, fmt.Sprintf("%dXX", key))
		default:
			names = append(names, strconv.Itoa(key))
		}
	}
	return names
}

// secured reports whether op requires credentials. An empty entry among its requirements means that
// they are optional.
func secured(doc *openapi3.T, op *openapi3.Operation) bool {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	return len(requirements) > 0 && !slices.ContainsFunc(requirements, func(r openapi3.SecurityRequirement) bool { return len(r) == 0 })
}

// extension decodes an x- field into target, and leaves target unchanged when there is no such
// field.
func extension(all map[string]any, name string, target any) error {
	value, ok := all[name]
	if !ok {
		return nil
	}
	data, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(data, target)
	}
	if err != nil {
		return fmt.Errorf("%s: must be of type %T", name, target)
	}
	return nil
}

// requestExamples combines the examples of the path parameters and of the body: each example occurs
// once, together with the first of everything else.
func requestExamples(o *Operation, op *openapi3.Operation) []Example {
	first := Example{Name: "plain", Params: map[string]string{}}
	var examples []Example
	for _, p := range o.Params {
		names := exampleNames(p.examples)
		if len(names) == 0 {
			continue
		}
		first.Params[p.Name] = fmt.Sprint(p.examples[names[0]].Value.Value)
	}
	for _, p := range o.Params {
		for _, name := range exampleNames(p.examples) {
			params := maps.Clone(first.Params)
			params[p.Name] = fmt.Sprint(p.examples[name].Value.Value)
			examples = append(examples, Example{name, params, nil})
		}
	}
	if o.HasBody {
		media := op.RequestBody.Value.Content.Get("application/json")
		names := exampleNames(media.Examples)
		for i := range examples {
			if len(names) > 0 {
				examples[i].Body, _ = media.Examples[names[0]].Value.Value.(map[string]any)
			}
		}
		for _, name := range names {
			body, _ := media.Examples[name].Value.Value.(map[string]any)
			examples = append(examples, Example{name, first.Params, body})
		}
	}
	if len(examples) == 0 && !o.HasBody && len(o.Params) == 0 {
		return []Example{first}
	}
	return examples
}

// exampleNames returns the names of examples, sorted, with those of refusals last.
func exampleNames(examples openapi3.Examples) []string {
	return slices.SortedFunc(maps.Keys(examples), func(a, b string) int {
		return cmp.Or(cmp.Compare(Example{Name: a}.Status(), Example{Name: b}.Status()), cmp.Compare(a, b))
	})
}

// Status returns the status of the answer to the example. Its name begins with the status when that
// is not 200, as in "404 unknown ticket".
func (e Example) Status() int {
	word, _, _ := strings.Cut(e.Name, " ")
	if status, err := strconv.Atoi(word); err == nil && status >= 300 {
		return status
	}
	return 200
}

// Examples returns the requests that the contract shows for the operation.
func (o *Operation) Examples() []Example {
	o.examples.read.Do(func() {
		if o.examples.compiled != "" {
			_ = json.Unmarshal([]byte(o.examples.compiled), &o.examples.all) // a test reads them
		}
	})
	return o.examples.all
}

// URL returns the operation's path with its parameters filled in.
func (o *Operation) URL(params map[string]string) string {
	path := o.Path
	for name, value := range params {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	return path
}

// Statuses returns the single statuses that the contract gives the operation, ascending. Ranges are
// left out; Answers includes them.
func (o *Operation) Statuses() []int {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(o.answers)), func(key int) bool { return key < 100 })
}

// Operation returns the operation with an operationId, or nil.
func (c *Contract) Operation(id string) *Operation {
	for _, o := range c.Operations {
		if o.ID == id {
			return o
		}
	}
	return nil
}

// Find returns the operation for method and path with the values of its path parameters, or nil. It
// is for callers that have no router.
func (c *Contract) Find(method, path string) (*Operation, map[string]string) {
	asked := SplitPath(path)
	for _, o := range c.Operations {
		if o.Method != method || len(o.Segments) != len(asked) {
			continue
		}
		params, ok := map[string]string{}, true
		for i, segment := range o.Segments {
			if IsParameter(segment) {
				params[segment[1:len(segment)-1]] = asked[i]
			} else if segment != asked[i] {
				ok = false
				break
			}
		}
		if ok {
			return o, params
		}
	}
	return nil, nil
}

// SplitPath returns the segments of a path.
func SplitPath(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// IsParameter reports whether a segment stands for a value: "{id}".
func IsParameter(segment string) bool { return strings.HasPrefix(segment, "{") }
