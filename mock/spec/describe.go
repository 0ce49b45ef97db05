package spec

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// enumOf returns the strings in the enum of a schema, or nil without one.
func enumOf(s *openapi3.Schema) []string {
	if s == nil {
		return nil
	}
	var all []string
	for _, v := range s.Enum {
		if text, ok := v.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// describe returns a short description of what a schema accepts.
func describe(s *openapi3.Schema) string {
	text := describeOwn(s)
	if s.Nullable {
		text += ", or null"
	}
	if s.Not != nil {
		text += ", but not " + describe(s.Not.Value)
	}
	return text
}

func describeOwn(s *openapi3.Schema) string {
	switch {
	case len(s.AllOf) > 0:
		return strings.Join(partTexts(s), "; and ")
	case len(s.AnyOf) > 0:
		return strings.Join(branches(s.AnyOf), ", or ")
	case len(s.OneOf) > 0:
		return strings.Join(branches(s.OneOf), ", or ")
	case len(s.Enum) == 1:
		return Show(s.Enum[0])
	case len(s.Enum) == 2:
		return Show(s.Enum[0]) + " or " + Show(s.Enum[1])
	case len(s.Enum) > 0:
		parts := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			parts[i] = Show(e)
		}
		return "one of " + strings.Join(parts, ", ")
	}
	name, limit, _ := strings.Cut(rule(s), ":")
	switch name {
	case "between.numeric":
		low, high, _ := strings.Cut(limit, ",")
		return "an integer from " + low + " to " + high
	case "integer", "numeric":
		if s.Type.Is(openapi3.TypeString) {
			return "a string of digits"
		}
		return numberName(s) + rangeText(s)
	case "boolean":
		return "true or false"
	case "array":
		if s.Type.Is(openapi3.TypeObject) {
			return "an object" + countText(s.MinProps, s.MaxProps, "fields")
		}
		return "an array" + countText(s.MinItems, s.MaxItems, "items")
	}
	if f, ok := formats[s.Format]; ok {
		return f.expected
	}
	switch {
	case name == "email":
		return formats["email"].expected
	case name == "date":
		return "a time such as 2026-01-02T15:04:05.000000Z"
	case s.Type == nil && (s.Min != nil || s.Max != nil || s.MultipleOf != nil):
		return numberName(s) + rangeText(s)
	case s.Type == nil && s.Pattern == "" && s.MaxLength == nil && s.MinLength == 0:
		return "any value"
	}
	text := "a string"
	if s.Pattern != "" {
		text += " matching " + s.Pattern
	}
	return text + countText(s.MinLength, s.MaxLength, "characters")
}

// partTexts describes the parts of an allOf, except those that accept any value.
func partTexts(s *openapi3.Schema) []string {
	own := *s
	own.AllOf, own.Nullable, own.Not = nil, false, nil
	var all []string
	for _, text := range append([]string{describe(&own)}, refTexts(s.AllOf)...) {
		if text != "any value" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	if len(all) == 0 {
		return []string{"any value"}
	}
	return all
}

func refTexts(refs openapi3.SchemaRefs) []string {
	var all []string
	for _, ref := range refs {
		all = append(all, describe(ref.Value))
	}
	return all
}

// countText describes how many items or characters are allowed. A minimum of 1 is left out.
func countText(low uint64, high *uint64, unit string) string {
	switch {
	case high != nil && low > 1:
		return fmt.Sprintf(" of %d to %d %s", low, *high, unit)
	case high != nil:
		return fmt.Sprintf(" of at most %d %s", *high, unit)
	case low > 1:
		return fmt.Sprintf(" of at least %d %s", low, unit)
	}
	return ""
}

func numberName(s *openapi3.Schema) string {
	if s.Type.Is(openapi3.TypeInteger) {
		return "an integer"
	}
	return "a number"
}

// exact is the largest integer that every JSON decoder keeps. A larger maximum is not described.
const exact = 1<<53 - 2

// rangeText describes which numbers a schema accepts.
func rangeText(s *openapi3.Schema) string {
	var all []string
	if s.Min != nil && isExclusive(s.ExclusiveMin) {
		all = append(all, " greater than "+numberText(*s.Min))
	} else if s.Min != nil {
		all = append(all, " of at least "+numberText(*s.Min))
	}
	if s.Max != nil && *s.Max < exact {
		all = append(all, maxText(s))
	}
	if s.MultipleOf != nil {
		all = append(all, " that is a multiple of "+numberText(*s.MultipleOf))
	}
	return strings.Join(all, " and")
}

func maxText(s *openapi3.Schema) string {
	if isExclusive(s.ExclusiveMax) {
		return " less than " + numberText(*s.Max)
	}
	return " of at most " + numberText(*s.Max)
}

// branches describes the branches of an anyOf. A number and a string of digits become one.
func branches(all openapi3.SchemaRefs) []string {
	is := func(kind string) func(b *openapi3.SchemaRef) bool {
		return func(b *openapi3.SchemaRef) bool { return b.Value.Type.Is(kind) }
	}
	text, number := slices.IndexFunc(all, is(openapi3.TypeString)), slices.IndexFunc(all, is(openapi3.TypeInteger))
	both := text >= 0 && number >= 0 && areDigits(all[text].Value)
	var parts []string
	for i, b := range all {
		switch {
		case both && i == text:
		case both && i == number:
			parts = append(parts, describe(b.Value)+", as a number or a string")
		default:
			parts = append(parts, describe(b.Value))
		}
	}
	return parts
}

// areDigits reports whether the strings that a schema accepts are numbers.
func areDigits(s *openapi3.Schema) bool {
	name, _, _ := strings.Cut(rule(s), ":")
	isNumber := func(text string) bool { _, ok := numberIn(text); return ok }
	return slices.Contains([]string{"integer", "numeric", "between.numeric"}, name) ||
		len(s.Enum) > 0 && len(enumOf(s)) == len(s.Enum) && !slices.ContainsFunc(enumOf(s), func(text string) bool { return !isNumber(text) })
}

// ruleExtension is the one extension of a schema that is read while requests are validated.
const ruleExtension = "x-ticaga-rule"

// rule returns the rule of a schema as Laravel's language files call it.
func rule(s *openapi3.Schema) string {
	var name string
	if extension(s.Extensions, ruleExtension, &name) == nil && name != "" {
		return name
	}
	switch branches := slices.Concat(s.AnyOf, s.OneOf); {
	case s.Type.Is(openapi3.TypeString):
		if f, ok := formats[s.Format]; ok {
			return f.rule
		}
		return "string"
	case s.Type.Is(openapi3.TypeNumber):
		return "numeric"
	case s.Type.Is(openapi3.TypeObject):
		return "array" // PHP has one word for both
	case s.Type != nil:
		return s.Type.Slice()[0]
	case len(s.AllOf) > 0:
		return rule(s.AllOf[0].Value)
	case len(branches) > 0:
		first := rule(branches[0].Value)
		if slices.ContainsFunc(branches, func(b *openapi3.SchemaRef) bool { return rule(b.Value) != first }) {
			return "regex" // "is invalid": there is no sentence for one of several kinds
		}
		return first
	}
	return "string"
}

// Show formats a value from a request so that it is safe in a log.
func Show(value any) string {
	switch v := value.(type) {
	case string:
		return Quote(v)
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	case nil:
		return "null"
	case json.Number:
		return strings.Trim(Quote(v.String()), `"`)
	case float64:
		return numberText(v)
	}
	return fmt.Sprint(value)
}

func numberText(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
