package spec

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// fromText returns the value that a form's value stands for in a schema. A form, a path and a query
// have only strings, so 5 is a number where the schema expects one, and true and 1 are booleans [I].
func fromText(s *openapi3.Schema, value any) any {
	if fits(s, value) {
		return value
	}
	var closest any // of a branch, so that what is inside is read once
	for _, branch := range slices.Concat(s.OneOf, s.AnyOf) {
		other := fromText(branch.Value, value)
		if fits(branch.Value, other) {
			return other
		}
		if closest == nil && permits(branch.Value, other) {
			closest = other
		}
	}
	if closest != nil {
		return closest
	}
	switch v := value.(type) {
	case string:
		for _, other := range readings(v) {
			if permitsKind(s, other.kind) && (!permits(s, v) || fits(s, other.value)) {
				return other.value
			}
		}
	case []any:
		items := itemsOf(s)
		if items == nil {
			return v
		}
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = fromText(items, item)
		}
		return list
	case map[string]any:
		return objectFromText(s, v)
	}
	return value
}

func objectFromText(s *openapi3.Schema, values map[string]any) map[string]any {
	object := make(map[string]any, len(values))
	for name, value := range values {
		if property := propertyOf(s, name); property != nil {
			value = fromText(property, value)
		}
		object[name] = value
	}
	return object
}

// reading is a value that a string can stand for, and the type that a schema must have for it.
type reading struct {
	value any
	kind  string
}

// readings returns the values that a string can stand for besides itself. 1.0 and -0 are not
// integers in a form: PHP's filter refuses them.
func readings(text string) []reading {
	var all []reading
	if strings.Trim(text, "0123456789.-+eE") == "" && json.Valid([]byte(text)) {
		name := openapi3.TypeInteger
		if strings.ContainsAny(text, ".eE") || text == "-0" {
			name = openapi3.TypeNumber
		}
		all = append(all, reading{json.Number(text), name})
	}
	switch text {
	case "true", "1":
		all = append(all, reading{true, openapi3.TypeBoolean})
	case "false", "0":
		all = append(all, reading{false, openapi3.TypeBoolean})
	}
	return all
}

// propertyOf returns the schema of a property of an object, from a schema or its parts, or nil.
func propertyOf(s *openapi3.Schema, name string) *openapi3.Schema {
	if ref := s.Properties[name]; ref != nil {
		return ref.Value
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		if found := propertyOf(part.Value, name); found != nil {
			return found
		}
	}
	if ref := s.AdditionalProperties.Schema; ref != nil {
		return ref.Value
	}
	return nil
}

// itemsOf returns the schema of the items of an array, or nil.
func itemsOf(s *openapi3.Schema) *openapi3.Schema {
	if s.Items != nil {
		return s.Items.Value
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		if found := itemsOf(part.Value); found != nil {
			return found
		}
	}
	return nil
}
