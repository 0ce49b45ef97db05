package spec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
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
