package spec

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Body is the schema of a request body, prepared once so that no request has to look anything up
// again. It must not be changed.
type Body struct {
	Fields map[string]*Field // by name
	Needs  []Need
	Order  []string // the fields that can be missing, in the contract's order
	Open   bool     // fields that are not listed are accepted
	Closed bool     // fields that are not listed are errors, so that no warning is due

	schema *openapi3.Schema
	quick  quick
	counts bool // the schema says something about fields that are not listed, such as how many there may be
	reads  bool // some property is read-only
}

// Need is a field that must be sent unless another one is. The required fields of a schema cannot
// say that.
type Need struct {
	Name    string
	Instead []string // any of these will do
	OrZero  bool     // a 0 in one of these counts as nothing
	Rule    string   // as Laravel calls it

	keyword string // that states it in the contract
}

// Field is one property of a request body, or the value of a parameter.
type Field struct {
	Description string
	Expected    string              // e.g. `one of "blesta", "whmcs"`
	Rule        string              // its kind as Laravel's language files call it; "" where the contract only names the field
	Options     []string            // the strings that it accepts; nil when it has no enum
	Secret      bool                // its value is never shown
	Integer     bool                // digits in a string stand for an integer
	Spellings   map[string]Spelling // by a value that is accepted but unusual
	Twins       map[string]string   // by a value that may be written in two ways: the other way
	Ignored     string              // what to do instead, where the field is accepted and has no effect
	Alias       Alias               // what newer plugins call it, if they use another name

	schema *openapi3.Schema // nil where the contract only names the field
}

// Spelling is what to say about a value that is accepted but unusual.
type Spelling struct {
	Send    string `json:"send"`
	Because string `json:"because"`
}

// Alias is the name that newer plugins send a field under, and why.
type Alias struct {
	Of      string `json:"of"`
	Because string `json:"because"`
}

// Fits reports whether the field accepts a value, as decoded from JSON.
func (f *Field) Fits(value any) bool { return f.schema == nil || fits(f.schema, value) }

// bodyFields reads the one schema of a request body; an array has no fields, and nil is no body. The
// JSON and form variants must be the same, so that a value is judged alike however it was sent.
func bodyFields(body *openapi3.RequestBody) (*Body, error) {
	media := body.Content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil, errors.New("the request body needs an application/json schema")
	}
	schema := media.Schema.Value
	if schema.Type.Is(openapi3.TypeArray) {
		return nil, nil
	}
	for name, other := range body.Content {
		if other.Schema == nil || other.Schema.Value != schema {
			return nil, at(body.Origin, "", fmt.Errorf("request body %s: its schema has to be the one of application/json", name))
		}
	}
	f := &Body{schema: schema, Fields: map[string]*Field{}}
	if err := f.gather(schema); err != nil {
		return nil, err
	}
	if len(f.Fields) == 0 && !permits(schema, map[string]any{}) {
		return nil, at(schema.Origin, "", errors.New("the request body needs an application/json schema with properties"))
	}
	return f, at(schema.Origin, "", f.readNeeds())
}

// gather collects what a schema and its parts say about the fields of an object.
func (f *Body) gather(s *openapi3.Schema) error {
	for name, property := range s.Properties {
		if f.Fields[name] != nil {
			continue
		}
		one, err := newField(property.Value)
		if err != nil {
			return at(property.Value.Origin, "", fmt.Errorf("property %q: %w", name, err))
		}
		f.Fields[name] = one
		if property.Value.ReadOnly {
			f.reads = true
		}
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		if err := f.gather(part.Value); err != nil {
			return err
		}
	}
	for _, name := range s.Required {
		if f.Fields[name] == nil {
			f.Fields[name] = &Field{Expected: "any value"}
		}
		if !slices.Contains(f.Order, name) {
			f.Order = append(f.Order, name)
		}
	}
	f.counts = f.counts || s.MinProps > 0 || s.MaxProps != nil || s.Not != nil || s.AdditionalProperties.Has != nil || s.AdditionalProperties.Schema != nil
	if more := s.AdditionalProperties; more.Has != nil && !*more.Has {
		f.Closed = true
	} else if more.Has != nil || more.Schema != nil {
		f.Open = true
	}
	return nil
}

// readNeeds reads x-ticaga-one-of, an array of fields of which one is needed, and
// x-ticaga-required-unless, fields that are needed unless another one names somebody.
func (f *Body) readNeeds() error {
	var oneOf []string
	var unless map[string]string
	if err := errors.Join(
		extension(f.schema.Extensions, "x-ticaga-one-of", &oneOf),
		extension(f.schema.Extensions, "x-ticaga-required-unless", &unless),
	); err != nil {
		return err
	}
	if len(oneOf) > 0 {
		f.Needs = append(f.Needs, Need{
			oneOf[0], oneOf[1:], false, "required_without:" + strings.Join(oneOf[1:], ","), "x-ticaga-one-of",
		})
	}
	for _, name := range slices.Sorted(maps.Keys(unless)) {
		f.Needs = append(f.Needs, Need{name, []string{unless[name]}, true, "required", "x-ticaga-required-unless"})
	}
	for _, n := range f.Needs {
		f.Order = append(f.Order, n.Name)
		for _, name := range append([]string{n.Name}, n.Instead...) {
			if f.Fields[name] == nil {
				return fmt.Errorf("x-ticaga-one-of, x-ticaga-required-unless: no property %q", name)
			}
		}
	}
	for name, one := range f.Fields {
		if one.Alias.Of != "" && f.Fields[one.Alias.Of] == nil {
			return fmt.Errorf("property %q: x-ticaga-alias: no property %q", name, one.Alias.Of)
		}
	}
	return nil
}

// inSentence returns a description as it reads inside a sentence: without its period, and with a
// lowercase letter where the first word is not a name.
func inSentence(description string) string {
	description = strings.TrimSuffix(strings.TrimSpace(description), ".")
	switch first, rest, _ := strings.Cut(description, " "); first {
	case "A", "An", "Its", "More", "The", "Values", "When", "Where", "Whether", "Who":
		return strings.ToLower(first) + " " + rest
	}
	return description
}

func newField(s *openapi3.Schema) (*Field, error) {
	f := &Field{
		Description: inSentence(s.Description),
		Expected:    describe(s),
		Rule:        rule(s),
		Options:     enumOf(s),
		Secret:      isSecret(s),
		Integer:     acceptsDigits(s),
		Twins:       twins(enumOf(s)),
		schema:      s,
	}
	for _, part := range s.AllOf {
		if names := twins(enumOf(part.Value)); names != nil {
			f.Twins = names
		}
		if err := extension(part.Value.Extensions, "x-ticaga-spelling", &f.Spellings); err != nil {
			return nil, err
		}
	}
	return f, errors.Join(
		extension(s.Extensions, "x-ticaga-spelling", &f.Spellings),
		extension(s.Extensions, "x-ticaga-ignored", &f.Ignored),
		extension(s.Extensions, "x-ticaga-alias", &f.Alias),
	)
}

// acceptsDigits reports whether a schema, or a part of it, accepts an integer as digits in a string.
func acceptsDigits(s *openapi3.Schema) bool {
	return s.Type.Is(openapi3.TypeString) && rule(s) == "integer" ||
		slices.ContainsFunc(slices.Concat(s.AllOf, s.AnyOf), func(part *openapi3.SchemaRef) bool { return acceptsDigits(part.Value) })
}

// isSecret reports whether values of a schema are never shown.
func isSecret(s *openapi3.Schema) bool {
	return s.Format == "password" || s.WriteOnly ||
		slices.ContainsFunc(slices.Concat(s.AllOf, s.AnyOf, s.OneOf), func(part *openapi3.SchemaRef) bool { return isSecret(part.Value) })
}

// twins returns the values of an enum that also occur in another case, each with its other spelling.
func twins(values []string) map[string]string {
	var all map[string]string
	for _, one := range values {
		for _, other := range values {
			if one == other || !strings.EqualFold(one, other) {
				continue
			}
			if all == nil {
				all = map[string]string{}
			}
			all[one] = other
		}
	}
	return all
}

// StandIns returns the fields of which one must be sent when another is missing: itself first.
func (f *Body) StandIns(missing string) []string {
	for _, n := range f.Needs {
		if n.Name == missing {
			return append([]string{missing}, n.Instead...)
		}
	}
	return []string{missing}
}

// Body returns the schema of the operation's body, or nil when it has no body or the body is an
// array.
func (o *Operation) Body() *Body { return o.body }

// Knows reports whether a body may have a field of the name.
func (o *Operation) Knows(name string) bool { return o.body != nil && o.body.Fields[name] != nil }

// Reasons returns why decoded values do not fit, limited to about MaxFindings. Values are string,
// json.Number, bool, nil, []any and map[string]any; ids may be numbers or digits. A form has only
// strings, which count as the numbers and booleans that the contract expects.
func (f *Body) Reasons(values map[string]any, form bool) []Reason {
	var sent any = f.judged(values)
	if !f.reads && f.quick.sure(f.schema, sent) {
		return nil
	}
	if form {
		if fits(f.schema, sent, f.options()...) {
			return nil
		}
		sent = fromText(f.schema, sent)
	}
	return reasons(misfits(f.schema, sent, nil, f.options()...))
}

// options returns what kin-openapi has to know to validate the body. To distinguish reading from writing costs time, so it does
// so only where it matters.
func (f *Body) options() []openapi3.SchemaValidationOption {
	if !f.reads {
		return nil
	}
	return []openapi3.SchemaValidationOption{openapi3.VisitAsRequest()}
}

// judged returns the values of a body that the schema has to check. Fields that are not listed are
// left out if the schema says nothing about them.
func (f *Body) judged(values map[string]any) map[string]any {
	if f.counts || len(values) <= len(f.Fields) {
		return values
	}
	listed := make(map[string]any, len(f.Fields))
	for name := range f.Fields {
		if value, sent := values[name]; sent {
			listed[name] = value
		}
	}
	return listed
}

// Accepts reports whether the contract accepts a value in a field of the operation's body.
func (c *Contract) Accepts(operation, name string, value any) bool {
	o := c.Operation(operation)
	if o == nil || !o.Knows(name) || o.body.Fields[name].schema == nil {
		return false
	}
	return fits(o.body.Fields[name].schema, value)
}
