package spec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// This file refuses contracts that make no sense, before anything else reads their schemas: OpenAPI
// allows schemas that no value fits, and some that no program can follow to their end.

// placed is an error about a line of the contract's file.
type placed struct {
	line int
	err  error
}

func (p *placed) Error() string { return p.err.Error() }
func (p *placed) Unwrap() error { return p.err }

// at adds to an error the line of a keyword, or of the whole part if it has no such keyword.
func at(origin *openapi3.Origin, keyword string, err error) error {
	if err == nil || origin == nil || origin.Key == nil {
		return err
	}
	line := origin.Key.Line
	if place, ok := origin.Fields.Lookup(keyword); ok {
		line = place.Line
	}
	return &placed{line, err}
}

// lineOf returns the line that an error is about, or 0.
func lineOf(err error) int {
	var known *placed
	if errors.As(err, &known) {
		return known.line
	}
	line := 0
	for ; err != nil; err = errors.Unwrap(err) {
		value := reflect.Indirect(reflect.ValueOf(err))
		if value.Kind() != reflect.Struct {
			continue
		}
		// kin-openapi has a type for each kind of error, and those that know their place have this field.
		if field := value.FieldByName("Origin"); field.IsValid() && field.CanInterface() {
			if origin, ok := field.Interface().(*openapi3.Origin); ok && origin != nil && origin.Key != nil {
				line = origin.Key.Line
			}
		}
	}
	return line
}

// checkSchemas checks every schema of a document.
func checkSchemas(doc *openapi3.T) error {
	all := schemasOf(doc)
	state := map[*openapi3.Schema]bool{} // false while its parts are followed, true when they are done
	for _, s := range all {
		if err := followParts(s, state); err != nil {
			return err
		}
	}
	sizes := newVisitor(false)
	for _, s := range all {
		if sizes.size(s) > maxVisits { // before anything else goes through its parts
			return tooManyVisits(s)
		}
	}
	for _, s := range all {
		if keyword, err := unusable(s); err != nil {
			return at(s.Origin, keyword, err)
		}
	}
	return nil
}

// followParts returns an error for a schema that is a part of itself, so that nothing can be
// validated against it.
func followParts(s *openapi3.Schema, state map[*openapi3.Schema]bool) error {
	done, begun := state[s]
	if done {
		return nil
	}
	if begun {
		return at(s.Origin, "", errors.New("a schema is a part of itself, through allOf, anyOf, oneOf or not; only properties, items and additionalProperties may lead back to it"))
	}
	state[s] = false
	for _, part := range parts(s) {
		if err := followParts(part.Value, state); err != nil {
			return err
		}
	}
	state[s] = true
	return nil
}

// parts returns the schemas that validate the same value as s.
func parts(s *openapi3.Schema) openapi3.SchemaRefs {
	all := slices.Concat(s.AllOf, s.AnyOf, s.OneOf)
	if s.Not != nil {
		all = append(all, s.Not)
	}
	return all
}

// schemasOf returns every schema of a document once.
func schemasOf(doc *openapi3.T) []*openapi3.Schema {
	var all []*openapi3.Schema
	seen := map[*openapi3.Schema]bool{}
	var add func(ref *openapi3.SchemaRef)
	add = func(ref *openapi3.SchemaRef) {
		if ref == nil || ref.Value == nil || seen[ref.Value] {
			return
		}
		s := ref.Value
		seen[s] = true
		all = append(all, s)
		for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
			add(s.Properties[name])
		}
		for _, inner := range append(parts(s), s.Items, s.AdditionalProperties.Schema) {
			add(inner)
		}
	}
	contents := func(c openapi3.Content) {
		for _, media := range c {
			add(media.Schema)
		}
	}
	if doc.Components != nil {
		for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
			add(doc.Components.Schemas[name])
		}
	}
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, p := range slices.Concat(item.Parameters, op.Parameters) {
				add(p.Value.Schema)
			}
			if op.RequestBody != nil {
				contents(op.RequestBody.Value.Content)
			}
			for _, response := range op.Responses.Map() {
				contents(response.Value.Content)
			}
		}
	}
	return all
}

// unusable looks for keywords of a schema that contradict each other, and returns one of them.
func unusable(s *openapi3.Schema) (keyword string, err error) {
	for _, value := range s.Enum {
		if !permits(s, value) && value != nil {
			return "enum", fmt.Errorf("enum: %s is not of the type %s, so no value fits; quote strings in YAML", literal(value), s.Type.Slice()[0])
		}
	}
	if s.Min != nil && s.Max != nil && (*s.Min > *s.Max || *s.Min == *s.Max && (isExclusive(s.ExclusiveMin) || isExclusive(s.ExclusiveMax))) {
		return "minimum", fmt.Errorf("no number fits minimum %s and maximum %s", numberText(*s.Min), numberText(*s.Max))
	}
	for _, limit := range []struct {
		low, high string
		min       uint64
		max       *uint64
	}{
		{"minLength", "maxLength", s.MinLength, s.MaxLength},
		{"minItems", "maxItems", s.MinItems, s.MaxItems},
		{"minProperties", "maxProperties", s.MinProps, s.MaxProps},
	} {
		if limit.max != nil && limit.min > *limit.max {
			return limit.low, fmt.Errorf("no value fits %s %d and %s %d", limit.low, limit.min, limit.high, *limit.max)
		}
	}
	if s.MultipleOf != nil && *s.MultipleOf <= 0 {
		return "multipleOf", fmt.Errorf("multipleOf must be greater than 0, got %s", numberText(*s.MultipleOf))
	}
	if s.Pattern != "" && !s.Type.Is(openapi3.TypeString) { // kin-openapi compiles those of strings only
		if _, err := regexp.Compile(s.Pattern); err != nil {
			return "pattern", fmt.Errorf("pattern: %w", err)
		}
	}
	return "", nil
}

func isExclusive(bound openapi3.ExclusiveBound) bool { return bound.Bool != nil && *bound.Bool }

// permits reports whether a schema accepts the type of a value, whatever else it requires.
func permits(s *openapi3.Schema, value any) bool { return permitsKind(s, kind(value)) }

func permitsKind(s *openapi3.Schema, name string) bool {
	fits := func(part *openapi3.SchemaRef) bool { return permitsKind(part.Value, name) }
	return (s.Type.Permits(name) || name == openapi3.TypeInteger && s.Type.Permits(openapi3.TypeNumber)) &&
		!slices.ContainsFunc(s.AllOf, func(part *openapi3.SchemaRef) bool { return !fits(part) }) &&
		(len(s.AnyOf) == 0 || slices.ContainsFunc(s.AnyOf, fits)) &&
		(len(s.OneOf) == 0 || slices.ContainsFunc(s.OneOf, fits))
}

// literal returns a value of the contract as JSON.
func literal(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(data)
}

// needed returns the statuses that the mock may answer any request with, each with the reason.
func (o *Operation) needed() map[int]string {
	statuses := map[int]string{}
	if !slices.ContainsFunc(slices.Collect(maps.Keys(o.answers)), func(key int) bool { return key == 0 || key == 2 || key/100 == 2 }) {
		statuses[200] = "a request that is fine" // a setting can change it to 201
	}
	if o.Secured {
		statuses[401] = "missing or wrong credentials"
	}
	if o.HasBody || len(o.Sent) > 0 {
		statuses[422] = "fields that break the contract"
	}
	return statuses
}

// CheckServable returns an error if a mock cannot serve the contract. It reports the first operation
// that lacks a status, or describes a body that is never sent. The error names the line.
func (c *Contract) CheckServable() error {
	for _, o := range c.Operations {
		if err := cmp.Or(o.checkServable(), c.checkSuccessor(o)); err != nil {
			return fmt.Errorf("%s: %w", o.Place(), err)
		}
	}
	return nil
}

func (c *Contract) checkSuccessor(o *Operation) error {
	next := c.Operation(o.Successor)
	switch {
	case o.Successor != "" && next == nil:
		err := fmt.Errorf("x-ticaga-successor: operation %q is not in the file", o.Successor)
		if near := words.Nearest(o.Successor, c.operationIDs()); near != "" {
			err = fmt.Errorf("%w; did you mean %q?", err, near)
		}
		return err
	case next != nil && next.Deprecated:
		return fmt.Errorf("x-ticaga-successor: operation %q must not be deprecated itself", o.Successor)
	}
	return nil
}

func (c *Contract) operationIDs() []string {
	ids := make([]string, len(c.Operations))
	for i, o := range c.Operations {
		ids[i] = o.ID
	}
	return ids
}

// IntendedID returns the operationId that the operation of another contract was most likely intended to
// have: that of the operation of c with the same method and path, or the most similar one that the
// other contract lacks, or "".
func (c *Contract) IntendedID(o *Operation, other *Contract) string {
	for _, own := range c.Operations {
		if own.Method == o.Method && own.Path == o.Path {
			return own.ID
		}
	}
	return words.Nearest(o.ID, slices.DeleteFunc(c.operationIDs(), func(id string) bool { return other.Operation(id) != nil }))
}

// CheckReads returns an error if the mock reads something from requests that o does not describe:
// the path parameters and the fields that the standard operation requires. Without them no request
// could be answered properly. Whatever else the standard operation describes is optional.
func (o *Operation) CheckReads(standard *Operation) error {
	for _, p := range standard.Params {
		if !strings.Contains(o.Path, "{"+p.Name+"}") {
			return fmt.Errorf("%s reads the path parameter {%s}; the built-in path is %s", o.ID, p.Name, standard.Path)
		}
	}
	if standard.body == nil || o.listBody {
		return nil
	}
	var missing []string
	for _, name := range standard.body.Order {
		names := standard.body.StandIns(name)
		described := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !o.Knows(name) })
		if len(described) == 0 {
			missing = append(missing, `"`+strings.Join(names, `" or "`)+`"`)
		}
		for _, name := range described {
			s := o.body.Fields[name].schema
			if s != nil && !permitsKind(s, openapi3.TypeString) && !permitsKind(s, openapi3.TypeInteger) {
				return fmt.Errorf("%s reads the field %q, which must permit a string or an integer", o.ID, name)
			}
		}
	}
	switch {
	case len(missing) == 0:
		return nil
	case o.body == nil:
		return fmt.Errorf("no requestBody: %s reads %s from it", o.ID, strings.Join(missing, ", "))
	}
	return fmt.Errorf("the request body does not describe %s, which %s reads; add the properties, which may be optional", strings.Join(missing, ", "), o.ID)
}

func (o *Operation) checkServable() error {
	if o.listBody {
		return errors.New("the request body must be an object: the mock reads no array")
	}
	needed := o.needed()
	for _, status := range slices.Sorted(maps.Keys(needed)) {
		if !o.Answers(status) {
			return fmt.Errorf("no response %d, which answers %s; it has %s: add '%d', '%dXX' or default",
				status, needed[status], strings.Join(o.statusNames(), ", "), status, status/100)
		}
	}
	for _, name := range o.notJSON {
		return fmt.Errorf("response %s describes a body that is not JSON, and the mock answers JSON only; describe application/json", cmp.Or(name, "default"))
	}
	return nil
}

// Place returns the operation for a message about the contract's file.
func (o *Operation) Place() string {
	return fmt.Sprintf("%s%s %s", linePrefix(o.Line), o.Method, o.Path)
}

// linePrefix returns the start of a message about a line of the file, or "" when the line is
// unknown.
func linePrefix(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", line)
}
