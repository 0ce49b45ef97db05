package spec

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Reason is one reason why a value does not fit the contract. It has facts only: what to change is
// for the caller to say.
type Reason struct {
	At       []string // the keys and indexes that lead to the value; none for the value as a whole
	Keyword  string   // of the schema, such as "required" or "enum"
	Code     Code     // of the violation that it is
	Rule     string   // as Laravel's language files call it
	Problem  string   // what is wrong, to follow the value's name: "is missing"
	Expected string
	Got      string // never a secret
	Value    any    // numbers as float64
	Options  []string
	Secret   bool // the value must not be shown
	SameKind bool // the value is of a type that the contract accepts here

	whole string // what is wrong in a sentence of its own; "" where Problem says it
}

// Message returns what is wrong with a value that has a name, which may be "".
func (r Reason) Message(name string) string {
	return cmp.Or(r.whole, cmp.Or(name, "the value")+" "+r.Problem)
}

func reasons(found []leaf) []Reason {
	found = found[:min(len(found), MaxFindings)]
	if len(found) == 0 {
		return nil
	}
	all := make([]Reason, len(found))
	for i, l := range found {
		all[i] = l.reason()
	}
	return all
}

// reason converts a leaf to a Reason.
func (l leaf) reason() Reason {
	s := l.err.Schema
	r := Reason{At: l.at, Keyword: l.err.SchemaField, Value: l.err.Value, Got: Show(l.err.Value), Rule: "string", Options: enumOf(s)}
	if s != nil {
		r.Expected, r.Rule, r.Secret, r.SameKind = describe(s), rule(s), isSecret(s), permits(s, l.err.Value)
	}
	switch r.Keyword {
	case "required":
		r.missing(s)
	case "type", "nullable":
		r.Code, r.Problem = BodyType, "has the wrong type"
	case "enum":
		r.Code, r.Rule, r.Problem = BodyEnum, "in", "is not one of the known values"
	case "oneOf", "anyOf":
		r.noAlternative(s, errors.Is(l.err.Origin, openapi3.ErrOneOfConflict))
	case "discriminator":
		r.noMapping(s.Discriminator)
	case "not":
		r.excluded(s.Not.Value)
	case "pattern", "format":
		r.wrongFormat(s)
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		r.wrongLength(s)
	case "uniqueItems":
		r.Code, r.Rule, r.Problem, r.Expected = BodyDuplicate, "distinct", "has duplicate items", "unique items"
	case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf":
		r.wrongNumber(s)
	case "properties":
		r.Code, r.Rule, r.whole, r.Expected, r.Got = BodyUnknownField, "prohibited", cut(l.err.Reason), "", ""
	case "readOnly":
		r.Code, r.Rule, r.Problem, r.Expected = BodyUnknownField, "prohibited", "is read-only: only responses have it", "no such field"
	case "writeOnly": // of an answer, so that it needs no code
		r.Problem, r.Expected, r.Got = "is write-only: a response must not have it", "", ""
	default: // what openapi.yaml does not use, but another contract may
		r.Code, r.Problem, r.whole = BodyFormat, "does not fit", cut(l.err.Reason)
	}
	return r
}

// missing sets the fields for a field that an object of schema s lacks.
func (r *Reason) missing(s *openapi3.Schema) {
	r.Code, r.Rule, r.Problem, r.Expected, r.Got = BodyRequired, "required", "is missing", "", "nothing"
	if property := s.Properties[r.At[len(r.At)-1]]; property != nil {
		r.Expected = describe(property.Value)
	}
}

// noAlternative sets the fields for a value that does not match the right number of alternatives: with
// conflict it matches several, otherwise none.
func (r *Reason) noAlternative(s *openapi3.Schema, conflict bool) {
	permitted := func(b *openapi3.SchemaRef) bool { return permits(b.Value, r.Value) }
	switch {
	case conflict:
		r.Code, r.Rule, r.Problem = BodyFormat, "regex", "matches more than one of the alternatives, but must match exactly one"
	case slices.ContainsFunc(slices.Concat(s.OneOf, s.AnyOf), permitted):
		r.Code, r.Rule, r.Problem = BodyFormat, "regex", "matches none of the alternatives"
	default:
		r.Code, r.Problem = BodyType, "has the wrong type"
	}
}

// noMapping sets the fields for a value that names none of the alternatives.
func (r *Reason) noMapping(d *openapi3.Discriminator) {
	r.Code, r.Rule, r.Problem, r.Expected = BodyEnum, "in", "is not one of the known values", mappingText(d)
	if r.Value == nil {
		r.Code, r.Rule, r.Problem, r.Got = BodyRequired, "required", "is missing", "nothing"
	}
}

// excluded sets the fields for a value that matches a schema which it must not match.
func (r *Reason) excluded(not *openapi3.Schema) {
	r.Code, r.Rule, r.Problem = BodyFormat, "regex", "is a value that the contract forbids"
	if len(not.Enum) > 0 {
		r.Code, r.Rule = BodyEnum, "in"
	}
	r.Expected = "anything but " + describe(not)
}

// wrongFormat sets the fields for a value that breaks the pattern or the format of s.
func (r *Reason) wrongFormat(s *openapi3.Schema) {
	r.Code, r.Problem = BodyFormat, "has the wrong format"
	switch {
	case r.Keyword == "pattern" && r.Rule == "string":
		r.Rule = "regex"
	case r.Keyword == "format" && !slices.Contains(s.Type.Slice(), openapi3.TypeString):
		r.outOfRange(s.Format)
	}
}

// wrongLength sets the fields for a string, an array or an object with a length that s does not allow.
func (r *Reason) wrongLength(s *openapi3.Schema) {
	switch r.Keyword {
	case "maxLength":
		r.limit("max.string", *s.MaxLength, "is too long", "at most %d characters")
		r.Got = ""
	case "minLength":
		r.limit("min.string", s.MinLength, "is too short", "at least %d characters")
	case "minItems":
		r.limit("min.array", s.MinItems, "has too few items", "at least %d items")
	case "maxItems":
		r.limit("max.array", *s.MaxItems, "has too many items", "at most %d items")
	case "minProperties":
		r.limit("min.array", s.MinProps, "has too few fields", "at least %d fields")
	case "maxProperties":
		r.limit("max.array", *s.MaxProps, "has too many fields", "at most %d fields")
	}
	if isEmpty(r.Value) {
		r.Rule, r.Problem, r.Expected = "required", "is empty", describe(s)
	}
}

// isEmpty reports whether a value is an empty string, array or object.
func isEmpty(value any) bool {
	switch v := value.(type) {
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// wrongNumber sets the fields for a number beyond a bound of s, or one that is not a multiple.
func (r *Reason) wrongNumber(s *openapi3.Schema) {
	r.Code = BodyRange
	switch r.Keyword {
	case "minimum", "exclusiveMinimum":
		r.Problem, r.Rule = "is too small", limitRule(s, boundRule("min", "gt", *s.Min, s.ExclusiveMin))
	case "maximum", "exclusiveMaximum":
		r.Problem, r.Rule = "is too large", limitRule(s, boundRule("max", "lt", *s.Max, s.ExclusiveMax))
		r.Expected = numberName(s) + maxText(s)
	case "multipleOf":
		r.Problem, r.Rule = "is not a multiple of "+numberText(*s.MultipleOf), "multiple_of:"+numberText(*s.MultipleOf)
	}
}

// cut shortens a reason of kin-openapi's, which may quote a name as long as the body.
func cut(reason string) string {
	const limit = 200
	if len(reason) <= limit {
		return reason
	}
	return strings.ToValidUTF8(reason[:limit], "") + "..."
}

// outOfRange sets the fields for an integer that does not fit int32 or int64.
func (r *Reason) outOfRange(format string) {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if format == "int32" {
		low, high = math.MinInt32, math.MaxInt32
	}
	r.Code, r.Rule, r.Problem = BodyRange, fmt.Sprintf("max.numeric:%d", high), "is out of range"
	if number, ok := r.Value.(float64); ok && number < 0 {
		r.Rule = fmt.Sprintf("min.numeric:%d", low)
	}
	r.Expected = fmt.Sprintf("an integer from %d to %d", low, high)
}

// limit sets the fields for a length that exceeds a limit.
func (r *Reason) limit(rule string, limit uint64, problem, expected string) {
	r.Code, r.Rule, r.Problem = BodyLength, fmt.Sprintf("%s:%d", rule, limit), problem
	r.Expected = fmt.Sprintf(expected, limit)
}

// boundRule returns Laravel's name of a bound, which may be inclusive or exclusive.
func boundRule(inclusive, exclusive string, bound float64, mark openapi3.ExclusiveBound) string {
	if isExclusive(mark) {
		return exclusive + ".numeric:" + numberText(bound)
	}
	return inclusive + ".numeric:" + numberText(bound)
}

// mappingText describes the values that tell the alternatives of a schema apart.
func mappingText(d *openapi3.Discriminator) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(d.Mapping)) {
		names = append(names, Quote(name))
	}
	if len(names) == 0 {
		return "the name of a schema"
	}
	return "one of " + strings.Join(names, ", ")
}

// limitRule returns the rule of a limit that was broken, or the schema's rule that covers both
// limits.
func limitRule(s *openapi3.Schema, other string) string {
	if named := rule(s); strings.HasPrefix(named, "between.") {
		return named
	}
	return other
}
