package spec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// leaf is one reason why a value does not fit: kin-openapi nests them.
type leaf struct {
	at  []string // the keys and indexes that lead to the place in the value
	err *openapi3.SchemaError
}

// leaves flattens an error of VisitJSON(MultiErrors()), and extracts from allOf and anyOf the
// reasons that the author of the request can act on.
func leaves(err error, at []string) []leaf {
	var many openapi3.MultiError
	var one *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case asMulti(err, &many):
		var all []leaf
		for _, e := range many {
			all = append(all, leaves(e, at)...)
		}
		return all
	case !errors.As(err, &one):
		return []leaf{{at: at, err: &openapi3.SchemaError{Reason: firstLine(err)}}}
	}
	here := slices.Concat(at, one.JSONPointer())
	switch one.SchemaField {
	case "allOf":
		if errors.As(one.Origin, &many) {
			return distinct(leaves(many, at)) // each part already has the whole path
		}
	case "anyOf", "oneOf":
		if errors.Is(one.Origin, openapi3.ErrOneOfConflict) || deeper(one.Value, maxLevels) {
			break
		}
		branches := chosen(one.Schema, one.Value)
		if number, ok := numberIn(one.Value); ok {
			// A form has no numbers: a violation about 6 is about "6".
			if found := branchLeaves(branches, number, here); found != nil {
				return found
			}
		}
		if found := branchLeaves(branches, one.Value, here); found != nil {
			return found
		}
	case "exclusiveMinimum":
		if number, ok := one.Value.(float64); ok && number < *one.Schema.Min {
			return nil // minimum says it
		}
	case "exclusiveMaximum":
		if number, ok := one.Value.(float64); ok && number > *one.Schema.Max {
			return nil
		}
	case "discriminator":
		here = append(here, one.Schema.Discriminator.PropertyName)
	case "properties":
		var name string
		if _, err := fmt.Sscanf(one.Reason, "property %q is unsupported", &name); err == nil {
			here = append(here, name)
		}
	}
	return []leaf{{at: here, err: one}}
}

// maxLevels is the max depth of a value for which reasons inside its alternatives are found: each
// level checks the value again.
const maxLevels = 30

// deeper reports whether a value has more than levels levels of arrays and objects.
func deeper(value any, levels int) bool {
	inside := func(v any) bool { return levels == 0 || deeper(v, levels-1) }
	switch v := value.(type) {
	case []any:
		return slices.ContainsFunc(v, inside)
	case map[string]any:
		for _, part := range v {
			if inside(part) {
				return true
			}
		}
	}
	return false
}

// distinct removes duplicates, which several parts of a schema may cause.
func distinct(all []leaf) []leaf {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(l leaf) bool {
		r := l.reason()
		key := string(r.Code) + Pointer(r.At...) + " " + r.Message("")
		again := seen[key]
		seen[key] = true
		return again
	})
}

// asMulti is errors.As for the outermost error only: a SchemaError may wrap a MultiError.
func asMulti(err error, target *openapi3.MultiError) bool {
	many, ok := err.(openapi3.MultiError) //nolint:errorlint // see above
	*target = many
	return ok
}

// chosen returns the branches of an anyOf or oneOf that a value may be intended for: the one that
// its discriminator names, or all.
func chosen(s *openapi3.Schema, value any) openapi3.SchemaRefs {
	all := slices.Concat(s.OneOf, s.AnyOf)
	object, _ := value.(map[string]any)
	if s.Discriminator == nil || object == nil {
		return all
	}
	name, _ := object[s.Discriminator.PropertyName].(string)
	target := s.Discriminator.Mapping[name].Ref
	if target != "" && !strings.Contains(target, "/") {
		target = "#/components/schemas/" + target
	}
	named := slices.DeleteFunc(slices.Clone(all), func(b *openapi3.SchemaRef) bool { return b.Ref != target })
	if len(named) > 0 {
		return named
	}
	return all
}

// branchLeaves returns why a value does not fit the branch of an anyOf or oneOf that the client most
// likely intended: the one that accepts the kind of value that was sent, with the fewest reasons. It
// returns nil if there is no such branch, or if the value fits.
func branchLeaves(branches openapi3.SchemaRefs, value any, at []string) []leaf {
	var best []leaf
	for _, b := range branches {
		if !permits(b.Value, value) {
			continue
		}
		found := misfits(b.Value, value, at)
		if len(found) == 0 {
			return nil
		}
		if best == nil || len(found) < len(best) {
			best = found
		}
	}
	return best
}

// numberIn returns the number in a string.
func numberIn(value any) (json.Number, bool) {
	text, ok := value.(string)
	return json.Number(text), ok && strings.Trim(text, "0123456789.-") == "" && json.Valid([]byte(text))
}

// kind returns the OpenAPI type of a decoded value. Every number counts as an integer; the check of
// the integer type then decides whether it is one.
func kind(value any) string {
	switch value.(type) {
	case string:
		return openapi3.TypeString
	case bool:
		return openapi3.TypeBoolean
	case []any:
		return openapi3.TypeArray
	case map[string]any:
		return openapi3.TypeObject
	case nil:
		return "null"
	}
	return openapi3.TypeInteger
}

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
	v := Reason{At: l.at, Keyword: l.err.SchemaField, Value: l.err.Value, Got: Show(l.err.Value), Rule: "string", Options: enumOf(s)}
	if s != nil {
		v.Expected, v.Rule, v.Secret, v.SameKind = describe(s), rule(s), isSecret(s), permits(s, l.err.Value)
	}
	switch l.err.SchemaField {
	case "required":
		v.Code, v.Rule, v.Got = BodyRequired, "required", "nothing"
		v.Problem = "is missing"
		v.Expected = ""
		if property := s.Properties[l.at[len(l.at)-1]]; property != nil {
			v.Expected = describe(property.Value)
		}
	case "oneOf", "anyOf":
		v.Code, v.Problem = BodyType, "has the wrong type"
		if errors.Is(l.err.Origin, openapi3.ErrOneOfConflict) {
			v.Code, v.Rule, v.Problem = BodyFormat, "regex", "matches more than one of the alternatives, but must match exactly one"
		} else if branches := slices.Concat(s.OneOf, s.AnyOf); slices.ContainsFunc(branches, func(b *openapi3.SchemaRef) bool { return permits(b.Value, l.err.Value) }) {
			v.Code, v.Rule, v.Problem = BodyFormat, "regex", "matches none of the alternatives"
		}
	case "type", "nullable":
		v.Code, v.Problem = BodyType, "has the wrong type"
	case "enum":
		v.Code, v.Rule, v.Problem = BodyEnum, "in", "is not one of the known values"
	case "discriminator":
		v.Code, v.Rule, v.Problem = BodyEnum, "in", "is not one of the known values"
		v.Expected = mappingText(s.Discriminator)
		if l.err.Value == nil {
			v.Code, v.Rule, v.Problem, v.Got = BodyRequired, "required", "is missing", "nothing"
		}
	case "not":
		v.Code, v.Rule, v.Problem = BodyFormat, "regex", "is a value that the contract forbids"
		if len(s.Not.Value.Enum) > 0 {
			v.Code, v.Rule = BodyEnum, "in"
		}
		v.Expected = "anything but " + describe(s.Not.Value)
	case "pattern":
		v.Code, v.Problem = BodyFormat, "has the wrong format"
		if v.Rule == "string" {
			v.Rule = "regex"
		}
	case "format":
		v.Code, v.Problem = BodyFormat, "has the wrong format"
		if !slices.Contains(s.Type.Slice(), openapi3.TypeString) {
			v.outOfRange(s.Format)
		}
	case "maxLength":
		v.limit("max.string", *s.MaxLength, "is too long", "at most %d characters")
		v.Got = ""
	case "minLength":
		v.limit("min.string", s.MinLength, "is too short", "at least %d characters")
		if l.err.Value == "" {
			v.Rule, v.Problem, v.Expected = "required", "is empty", describe(s)
		}
	case "minItems":
		v.limit("min.array", s.MinItems, "has too few items", "at least %d items")
		if list, ok := l.err.Value.([]any); ok && len(list) == 0 {
			v.Rule, v.Problem, v.Expected = "required", "is empty", describe(s)
		}
	case "maxItems":
		v.limit("max.array", *s.MaxItems, "has too many items", "at most %d items")
	case "minProperties":
		v.limit("min.array", s.MinProps, "has too few fields", "at least %d fields")
		if object, ok := l.err.Value.(map[string]any); ok && len(object) == 0 {
			v.Rule, v.Problem, v.Expected = "required", "is empty", describe(s)
		}
	case "maxProperties":
		v.limit("max.array", *s.MaxProps, "has too many fields", "at most %d fields")
	case "uniqueItems":
		v.Code, v.Rule, v.Problem = BodyDuplicate, "distinct", "has duplicate items"
		v.Expected = "unique items"
	case "minimum", "exclusiveMinimum":
		v.Code, v.Problem = BodyRange, "is too small"
		v.Rule = limitRule(s, boundRule("min", "gt", *s.Min, s.ExclusiveMin))
	case "maximum", "exclusiveMaximum":
		v.Code, v.Problem = BodyRange, "is too large"
		v.Expected = numberName(s) + maxText(s)
		v.Rule = limitRule(s, boundRule("max", "lt", *s.Max, s.ExclusiveMax))
	case "multipleOf":
		v.Code, v.Rule, v.Problem = BodyRange, "multiple_of:"+numberText(*s.MultipleOf), "is not a multiple of "+numberText(*s.MultipleOf)
	case "properties":
		v.Code, v.Rule, v.whole, v.Expected, v.Got = BodyUnknownField, "prohibited", cut(l.err.Reason), "", ""
	case "readOnly":
		v.Code, v.Rule, v.Problem, v.Expected = BodyUnknownField, "prohibited", "is read-only: only responses have it", "no such field"
	case "writeOnly": // of an answer, so that it needs no code
		v.Problem, v.Expected, v.Got = "is write-only: a response must not have it", "", ""
	default: // what openapi.yaml does not use, but another contract may
		v.Code, v.Problem, v.whole = BodyFormat, "does not fit", cut(l.err.Reason)
	}
	return v
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

// misfits returns what is wrong with a value. For a very large value it returns only the first
// reason: all of them would be more than anybody reads, and more than fits into memory.
func misfits(s *openapi3.Schema, value any, at []string, options ...openapi3.SchemaValidationOption) []leaf {
	if fits(s, value, options...) {
		return nil // nearly every value fits, and checking that costs a tenth of an error
	}
	if count(value, 0) <= maxParts {
		options = append(options, openapi3.MultiErrors())
	}
	return leaves(s.VisitJSON(value, append(options, checkFormats, noTexts)...), at)
}

// noTexts keeps kin-openapi from writing error texts, which nobody reads: the text of an error in a
// oneOf or allOf includes the value and the texts of all errors below, at each level of nesting.
var noTexts = openapi3.SetSchemaErrorMessageCustomizer(func(*openapi3.SchemaError) string { return "the value does not fit" })

// maxParts is the max number of parts of a value for which all reasons are returned.
const maxParts = 10_000

// count adds the number of parts of a value to n, and stops beyond maxParts.
func count(value any, n int) int {
	n++
	switch v := value.(type) {
	case []any:
		for _, part := range v {
			if n = count(part, n); n > maxParts {
				return n
			}
		}
	case map[string]any:
		for _, part := range v {
			if n = count(part, n); n > maxParts {
				return n
			}
		}
	}
	return n
}

// faults returns one readable error with a line "pointer: reason" for each leaf, or nil for no
// leaves.
func faults(found []leaf) error {
	var f Findings
	f.Add(lines(found)...)
	return f.Err(0)
}

func lines(found []leaf) []error {
	all := make([]error, len(found))
	for i, l := range found {
		r := l.reason()
		line := r.Message("")
		if r.Expected != "" {
			line += "; expected " + r.Expected
		}
		if r.Got != "" && !r.Secret {
			line += ", got " + r.Got
		}
		all[i] = fmt.Errorf("%s: %s", cmp.Or(Pointer(r.At...), "/"), line)
	}
	return all
}
