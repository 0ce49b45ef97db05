package spec

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// quick finds out that a value fits a schema, without allocating and in a tenth of the time that kin-openapi needs, where
// the schema has only the usual keywords. Nearly all values fit. The zero value is ready, for one schema.
type quick struct {
	once sync.Once
	fits check
}

// sure reports whether a value certainly fits. kin-openapi has the last word about all others.
func (q *quick) sure(s *openapi3.Schema, value any) bool {
	q.once.Do(func() { q.fits = checkOf(s, maxPlain) })
	return q.fits(value)
}

// check reports whether a value certainly fits.
type check func(value any) bool

func always(any) bool { return true }
func never(any) bool  { return false }

// maxPlain is how deep schemas can be nested in one that is checked here.
const maxPlain = 8

// checkOf returns a check for a schema. It is never where the schema has other keywords.
func checkOf(s *openapi3.Schema, depth int) check {
	if depth == 0 || !isPlain(s) {
		return never
	}
	only := func(kind string, is check) check {
		if !s.Type.Permits(kind) {
			return never
		}
		return is
	}
	text, number, boolean := only(openapi3.TypeString, stringCheck(s)), only(openapi3.TypeInteger, numberCheck(s)), only(openapi3.TypeBoolean, always)
	array, object := only(openapi3.TypeArray, arrayCheck(s, depth)), only(openapi3.TypeObject, objectCheck(s, depth))
	parts, choices := checksOf(s.AllOf, depth), checksOf(s.AnyOf, depth)
	return func(value any) bool {
		own := number // as in kind, whatever is nothing else
		switch value.(type) {
		case string:
			own = text
		case bool:
			own = boolean
		case []any:
			own = array
		case map[string]any:
			own = object
		case nil:
			return false
		}
		return own(value) && (s.Enum == nil || isOption(s.Enum, value)) &&
			!slices.ContainsFunc(parts, func(part check) bool { return !part(value) }) &&
			(choices == nil || slices.ContainsFunc(choices, func(choice check) bool { return choice(value) }))
	}
}

// isPlain reports whether a schema has only keywords that checkOf knows.
func isPlain(s *openapi3.Schema) bool {
	rest := *s
	rest.Extensions, rest.Origin, rest.Title, rest.Description, rest.Default, rest.Example, rest.ExternalDocs = nil, nil, "", "", nil, nil, nil
	rest.Nullable, rest.Deprecated, rest.ReadOnly, rest.WriteOnly = false, false, false, false // see Body.options
	rest.Type, rest.Format, rest.Pattern, rest.Enum, rest.AllOf, rest.AnyOf = nil, "", "", nil, nil, nil
	rest.MinLength, rest.MaxLength, rest.Min, rest.Max = 0, nil, nil, nil
	rest.Items, rest.MinItems, rest.MaxItems = nil, 0, nil
	rest.Properties, rest.Required, rest.AdditionalProperties = nil, nil, openapi3.AdditionalProperties{}
	return reflect.ValueOf(rest).IsZero()
}

func checksOf(refs openapi3.SchemaRefs, depth int) (all []check) {
	for _, ref := range refs {
		all = append(all, checkOf(ref.Value, depth-1))
	}
	return all
}

func isOption(options []any, value any) bool {
	text, isText := value.(string)
	return isText && slices.ContainsFunc(options, func(option any) bool { return option == text })
}

func stringCheck(s *openapi3.Schema) check {
	format, known := formats[s.Format]
	pattern, err := regexp.Compile(s.Pattern)
	if err != nil || s.Format != "" && !known {
		return never
	}
	return func(value any) bool {
		text := value.(string)
		if s.MinLength > 0 || s.MaxLength != nil {
			n := uint64(utf8.RuneCountInString(text))
			if n < s.MinLength || s.MaxLength != nil && n > *s.MaxLength {
				return false
			}
		}
		return (s.Pattern == "" || pattern.MatchString(text)) && (!known || format.is(text))
	}
}

// maxDigits keeps numbers so small that a float64 is exact.
const maxDigits = 15

func numberCheck(s *openapi3.Schema) check {
	if s.Format != "" {
		return never
	}
	return func(value any) bool {
		text, _ := value.(json.Number)
		if text == "" || len(text) > maxDigits || strings.Trim(string(text), "0123456789") != "" {
			return false
		}
		n, err := strconv.ParseInt(string(text), 10, 64)
		return err == nil && (s.Min == nil || float64(n) >= *s.Min) && (s.Max == nil || float64(n) <= *s.Max)
	}
}

func arrayCheck(s *openapi3.Schema, depth int) check {
	item := check(always)
	if s.Items != nil {
		item = checkOf(s.Items.Value, depth-1)
	}
	return func(value any) bool {
		list := value.([]any)
		n := uint64(len(list))
		return n >= s.MinItems && (s.MaxItems == nil || n <= *s.MaxItems) &&
			!slices.ContainsFunc(list, func(one any) bool { return !item(one) })
	}
}

func objectCheck(s *openapi3.Schema, depth int) check {
	properties, other := map[string]check{}, check(always)
	for name, property := range s.Properties {
		properties[name] = checkOf(property.Value, depth-1)
	}
	if more := s.AdditionalProperties; more.Schema != nil {
		other = checkOf(more.Schema.Value, depth-1)
	} else if more.Has != nil && !*more.Has {
		other = never
	}
	return func(value any) bool {
		object := value.(map[string]any)
		for name, one := range object {
			fits := properties[name]
			if fits == nil {
				fits = other
			}
			if !fits(one) {
				return false
			}
		}
		return !slices.ContainsFunc(s.Required, func(name string) bool { _, sent := object[name]; return !sent })
	}
}
