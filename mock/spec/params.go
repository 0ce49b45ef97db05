package spec

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Parameter is one parameter of an operation. It must not be changed.
type Parameter struct {
	Name     string
	In       string // "path", "query", "header" or "cookie"
	Required bool
	Field    Field // what the contract says of its value

	keys     []string // that lead to it in a query: PHP reads a[b] as b in a
	commas   bool     // an array is one string, joined by commas
	schema   *openapi3.Schema
	quick    quick
	examples openapi3.Examples
}

// readParameters sorts the parameters of a path and of one of its operations. If both have a
// parameter of the same name, the operation's counts.
func (o *Operation) readParameters(ofPath, own openapi3.Parameters) error {
	all := slices.DeleteFunc(slices.Clone(ofPath), func(ref *openapi3.ParameterRef) bool {
		return own.GetByInAndName(ref.Value.In, ref.Value.Name) != nil
	})
	for _, ref := range append(all, own...) {
		p, err := newParameter(ref.Value)
		if err != nil {
			return at(ref.Value.Origin, "style", fmt.Errorf("parameter %q: %w", ref.Value.Name, err))
		}
		switch {
		case p.In == "path":
			o.Params = append(o.Params, p)
		case p.In == "header" && slices.Contains([]string{"Accept", "Content-Type", "Authorization"}, textproto.CanonicalMIMEHeaderKey(p.Name)):
			// OpenAPI describes these elsewhere, and ignores them here.
		default:
			o.Sent = append(o.Sent, p)
		}
		if p.In == "query" {
			o.query[p.keys[0]] = true
		}
	}
	return nil
}

// newParameter returns a parameter, or an error for one that PHP would read in another way.
func newParameter(p *openapi3.Parameter) (*Parameter, error) {
	if p.Schema == nil || p.Schema.Value == nil {
		return nil, errors.New("it needs a schema; content is not supported")
	}
	made := &Parameter{
		Name: p.Name, In: p.In, Required: p.Required, schema: p.Schema.Value, examples: p.Examples,
		Field: Field{
			Description: inSentence(p.Description), Expected: describe(p.Schema.Value),
			Rule: rule(p.Schema.Value), Options: enumOf(p.Schema.Value), Secret: isSecret(p.Schema.Value), schema: p.Schema.Value,
		},
	}
	method, err := p.SerializationMethod()
	if err != nil {
		return nil, err
	}
	isObject := permits(made.schema, map[string]any{}) && !permits(made.schema, "")
	switch {
	case method.Style == openapi3.SerializationSimple && !isObject:
		made.commas = made.isList()
	case method.Style == openapi3.SerializationForm && !isObject:
		made.commas = !method.Explode && made.isList()
	case method.Style != openapi3.SerializationDeepObject:
		return nil, fmt.Errorf("the style %q is not supported here; use simple in a path or header, form for values and arrays in a query, and deepObject for objects", method.Style)
	}
	made.keys = strings.FieldsFunc(p.Name, func(r rune) bool { return r == '[' || r == ']' })
	if len(made.keys) == 0 {
		return nil, errors.New("it has no name that PHP reads")
	}
	made.keys[0] = strings.NewReplacer(".", "_", " ", "_").Replace(made.keys[0])
	return made, nil
}

func (p *Parameter) isList() bool { return permits(p.schema, []any{}) && itemsOf(p.schema) != nil }

// Reasons returns why a value does not fit the parameter. The value is a string from a path, or what
// PHP decodes from a query.
func (p *Parameter) Reasons(value any) []Reason {
	if !p.commas && (p.quick.sure(p.schema, value) || fits(p.schema, value)) {
		return nil
	}
	if text, ok := value.(string); ok && p.commas {
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, part)
		}
		value = list
	}
	return reasons(misfits(p.schema, fromText(p.schema, value), nil))
}

// Find returns what was sent for the parameter, or nil. The query is decoded as PHP decodes it.
func (p *Parameter) Find(query map[string]any, header http.Header) any {
	switch p.In {
	case "query":
		var value any = query
		for _, key := range p.keys {
			object, _ := value.(map[string]any)
			value = object[key]
		}
		return value
	case "cookie":
		cookie, err := (&http.Request{Header: header}).Cookie(p.Name)
		if err != nil {
			return nil
		}
		return cookie.Value
	}
	if values := header.Values(p.Name); len(values) > 0 {
		return strings.Join(values, ",")
	}
	return nil
}

// HasQuery reports whether the contract has a query parameter of a name, as PHP reads it: the part
// before the first bracket.
func (o *Operation) HasQuery(name string) bool { return o.query[name] }
