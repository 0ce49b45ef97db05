package spec

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// parameter is one parameter of an operation.
type parameter struct {
	name     string
	in       string   // "path", "query", "header" or "cookie"
	keys     []string // that lead to it in a query: PHP reads a[b] as b in a
	required bool
	commas   bool // an array is one string, joined by commas
	schema   *openapi3.Schema
	field    field
	examples openapi3.Examples
}

// readParameters sorts the parameters of a path and of one of its operations, whose own count where
// both have one of a name.
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
		case p.in == "path":
			o.params = append(o.params, p)
		case p.in == "header" && slices.Contains([]string{"Accept", "Content-Type", "Authorization"}, textproto.CanonicalMIMEHeaderKey(p.name)):
			// OpenAPI describes these elsewhere, and ignores them here.
		default:
			o.sent = append(o.sent, p)
		}
		if p.in == "query" {
			o.query[p.keys[0]] = true
		}
	}
	return nil
}

// newParameter reads a parameter that PHP reads in the same way.
func newParameter(p *openapi3.Parameter) (*parameter, error) {
	if p.Schema == nil || p.Schema.Value == nil {
		return nil, errors.New("it needs a schema; content is not supported")
	}
	made := &parameter{
		name: p.Name, in: p.In, required: p.Required, schema: p.Schema.Value, examples: p.Examples,
		field: field{
			description: strings.TrimSuffix(strings.TrimSpace(p.Description), "."), expected: describe(p.Schema.Value),
			secret: isSecret(p.Schema.Value),
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

func (p *parameter) isList() bool { return permits(p.schema, []any{}) && itemsOf(p.schema) != nil }

// judge returns why a value does not fit the parameter; nil where it does.
func (p *parameter) judge(value any) []leaf {
	if !p.commas && fits(p.schema, value) {
		return nil
	}
	if text, ok := value.(string); ok && p.commas {
		var list []any
		for part := range strings.SplitSeq(text, ",") {
			list = append(list, part)
		}
		value = list
	}
	return misfits(p.schema, fromText(p.schema, value), nil)
}

// CheckSent checks the declared parameters of the query, the headers and the cookies: whether the
// required ones are there, and the values of all. The query is decoded as PHP decodes it.
func (o *Operation) CheckSent(query map[string]any, header http.Header) []Violation {
	var found []Violation
	for _, p := range o.sent {
		value := p.find(query, header)
		if value == nil || value == "" { // an empty value is null in Laravel [I]
			if p.required {
				found = append(found, p.missing())
			}
			continue
		}
		if reasons := p.judge(value); len(reasons) > 0 {
			found = append(found, p.misfit(value, reasons[0]))
		}
	}
	return found
}

// find returns what was sent for the parameter, or nil.
func (p *parameter) find(query map[string]any, header http.Header) any {
	switch p.in {
	case "query":
		var value any = query
		for _, key := range p.keys {
			object, _ := value.(map[string]any)
			value = object[key]
		}
		return value
	case "cookie":
		cookie, err := (&http.Request{Header: header}).Cookie(p.name)
		if err != nil {
			return nil
		}
		return cookie.Value
	}
	if values := header.Values(p.name); len(values) > 0 {
		return strings.Join(values, ",")
	}
	return nil
}

// violation begins one about the parameter.
func (p *parameter) violation(message string) Violation {
	v := Violation{
		Code: "TM-HEADER-PARAM", Severity: Error, In: InHeader, At: p.name,
		Message: fmt.Sprintf("the %s %s %s", p.kind(), Quote(p.name), message), Expected: p.field.expected,
	}
	if p.in == "query" {
		v.Code, v.In = "TM-QUERY-PARAM", InQuery
	}
	return v
}

func (p *parameter) kind() string {
	if p.in == "query" {
		return "query parameter"
	}
	return p.in
}

func (p *parameter) missing() Violation {
	v := p.violation("is missing")
	v.Got, v.Rule, v.Fix = "nothing", "required", "send it: "+cmp.Or(p.field.description, v.Expected)
	return v
}

func (p *parameter) misfit(value any, reason leaf) Violation {
	v := p.violation("is not what the contract expects")
	about := reason.violation("")
	v.Rule, v.Expected = about.Rule, cmp.Or(about.Expected, v.Expected)
	if p.field.secret {
		v.Got, v.Fix = hidden, "send the value that the contract expects"
		return v
	}
	v.Got = show(value)
	v.Fix = cmp.Or(valueFix(v.Rule, value, enumOf(reason.err.Schema)), "send it as expected: "+cmp.Or(p.field.description, v.Expected))
	return v
}
