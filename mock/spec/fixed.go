package spec

import (
	"maps"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// Fixed returns the places in an answer where the contract accepts one value only, such as the error
// text that the documentation prints. A place is the keys and indexes that lead to it. The answer is
// decoded JSON; of one that the contract does not have, nothing is fixed.
func (o *Operation) Fixed(status int, answer any) [][]string {
	schemas, _ := o.answer(status)
	for _, schema := range schemas {
		if fits(schema, answer, openapi3.VisitAsResponse()) {
			return fixed(schema, answer, nil, nil)
		}
	}
	return nil
}

// fixed adds the places in a value to a list. The value fits the schema.
func fixed(s *openapi3.Schema, value any, at []string, places [][]string) [][]string {
	if len(s.Enum) == 1 {
		return append(places, slices.Clone(at))
	}
	for _, all := range s.AllOf {
		places = fixed(all.Value, value, at, places)
	}
	for _, list := range []openapi3.SchemaRefs{s.AnyOf, s.OneOf} {
		for _, one := range list {
			if fits(one.Value, value, openapi3.VisitAsResponse()) {
				places = fixed(one.Value, value, at, places)
				break
			}
		}
	}
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			property := s.Properties[name]
			if property == nil {
				property = s.AdditionalProperties.Schema
			}
			if property != nil {
				places = fixed(property.Value, v[name], append(at, name), places)
			}
		}
	case []any:
		if s.Items == nil {
			break
		}
		for i, item := range v {
			places = fixed(s.Items.Value, item, append(at, strconv.Itoa(i)), places)
		}
	}
	return places
}
