package spec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// leaf is one reason why a value does not fit: kin-openapi nests them.
type leaf struct {
	at  []string // where in the value
	err *openapi3.SchemaError
}

// leaves flattens an error of VisitJSON(MultiErrors()), and digs out of allOf and
// anyOf what the person who wrote the request can act upon.
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
			return leaves(many, at) // each part already carries the whole path
		}
	case "anyOf":
		if number, ok := numberIn(one.Value); ok {
			// A form has no numbers: what is wrong with 6 is wrong with "6".
			if found := branchLeaves(one.Schema.AnyOf, number, here); found != nil {
				return found
			}
		}
		if found := branchLeaves(one.Schema.AnyOf, one.Value, here); found != nil {
			return found
		}
	}
	return []leaf{{at: here, err: one}}
}

// asMulti is errors.As for the outermost error only: a SchemaError may wrap a list.
func asMulti(err error, target *openapi3.MultiError) bool {
	many, ok := err.(openapi3.MultiError)
	*target = many
	return ok
}

// branchLeaves says why a value does not fit the branch of an anyOf that the client most
// likely meant: the one that takes the kind of value it sent. It is nil when there is none,
// and when the value fits.
func branchLeaves(branches openapi3.SchemaRefs, value any, at []string) []leaf {
	for _, b := range branches {
		if b.Value.Type.Permits(kind(value)) {
			return misfits(b.Value, value, at)
		}
	}
	return nil
}

// numberIn is the number that a text holds.
func numberIn(value any) (json.Number, bool) {
	text, ok := value.(string)
	return json.Number(text), ok && strings.Trim(text, "0123456789.-") == "" && json.Valid([]byte(text))
}

// kind is the OpenAPI type of a decoded value. A number counts as an integer, whose
// own check then says whether it is one.
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

func (l leaf) secret() bool {
	s := l.err.Schema
	return s != nil && (s.Format == "password" || s.WriteOnly)
}

// violation says what a leaf means. The name is how the message calls the value; ""
// for "the value".
func (l leaf) violation(name string) Violation {
	s := l.err.Schema
	v := Violation{
		Severity: Error, In: InBody, At: Pointer(l.at...),
		Got: show(l.err.Value), Rule: "string",
	}
	if s != nil {
		v.Expected, v.Rule = describe(s), rule(s)
	}
	subject := cmp.Or(name, "the value")
	switch l.err.SchemaField {
	case "required":
		v.Code, v.Rule, v.Got = "TM-BODY-REQUIRED", "required", "nothing"
		v.Message = subject + " is missing"
		v.Expected = ""
		if property := s.Properties[l.at[len(l.at)-1]]; property != nil {
			v.Expected = describe(property.Value)
		}
	case "type", "anyOf", "oneOf", "nullable":
		v.Code, v.Message = "TM-BODY-TYPE", subject+" has the wrong type"
	case "enum":
		v.Code, v.Rule, v.Message = "TM-BODY-ENUM", "in", subject+" is none of the known values"
	case "pattern", "format":
		v.Code, v.Message = "TM-BODY-FORMAT", subject+" has the wrong form"
	case "maxLength":
		v.Code, v.Rule, v.Message = "TM-BODY-LENGTH", fmt.Sprintf("max.string:%d", *s.MaxLength), subject+" is too long"
		v.Expected, v.Got = fmt.Sprintf("at most %d characters", *s.MaxLength), ""
	case "minLength", "minItems", "minProperties":
		v.Code, v.Rule, v.Message = "TM-BODY-LENGTH", "required", subject+" is empty"
	case "minimum":
		v.Code, v.Message = "TM-BODY-RANGE", subject+" is too small"
		v.Rule = limitRule(s, "min.numeric:"+numberText(*s.Min))
	case "maximum":
		v.Code, v.Message = "TM-BODY-RANGE", subject+" is too large"
		v.Expected = "a whole number of at most " + numberText(*s.Max)
		v.Rule = limitRule(s, "max.numeric:"+numberText(*s.Max))
	case "properties":
		v.Code, v.Message, v.Expected, v.Got = "TM-BODY-UNKNOWN-FIELD", cut(l.err.Reason), "", ""
	case "writeOnly": // of an answer, so that it needs no code
		v.Message, v.Expected, v.Got = subject+" must never be answered", "", ""
	default: // what openapi.yaml does not use, but another contract may
		v.Code, v.Message = "TM-BODY-FORMAT", cmp.Or(cut(l.err.Reason), subject+" does not fit")
	}
	return v
}

// cut bounds a reason of kin-openapi's, which may quote a name as long as the body.
func cut(reason string) string {
	const most = 200
	if len(reason) <= most {
		return reason
	}
	return strings.ToValidUTF8(reason[:most], "") + "..."
}

// violation adds to a leaf what the contract knows about the field it is in, and the value as
// it was sent.
func (f *fields) violation(l leaf, sent map[string]any) Violation {
	name := strings.Join(l.at, ".")
	v := l.violation(fmt.Sprintf("%q", name))
	if len(l.at) == 0 || f.known[l.at[0]] == nil {
		v.Fix = "see the operation in openapi.yaml"
		return v
	}
	property := f.known[l.at[0]]
	value := l.err.Value
	if len(l.at) == 1 && v.Code != "TM-BODY-REQUIRED" {
		value = sent[name] // kin-openapi makes a float64 of a number
	}
	switch {
	case v.Code == "TM-BODY-REQUIRED":
	case property.secret:
		v.Got = "[not shown]"
	case v.Got != "":
		v.Got = show(value)
	}
	if len(l.at) == 1 && v.Code != "TM-BODY-LENGTH" && !strings.HasPrefix(v.Rule, "max.") {
		v.Expected = property.expected
	}
	fix := ""
	if !property.secret { // a guess may quote the value
		fix = valueFix(v.Rule, value, enumOf(l.err.Schema))
	}
	switch {
	case v.Code == "TM-BODY-REQUIRED":
		v.Fix = fmt.Sprintf("send %s: %s", name, property.description)
	case v.Code == "TM-BODY-ENUM":
		v.Fix = cmp.Or(fix, "send one of the known values; the list is the enum in openapi.yaml, and --spec takes your own copy")
	default:
		v.Fix = cmp.Or(fix, fmt.Sprintf("send %s as expected: %s", name, property.description))
	}
	return v
}

// unknown is the warning about a field that the contract does not know.
func (f *fields) unknown(s stray, sent map[string]any) Violation {
	v := Violation{
		Code: "TM-BODY-UNKNOWN-FIELD", Severity: Warning, In: InBody, At: Pointer(s.name),
		Message:  fmt.Sprintf("%s is not part of the contract, and is ignored", Quote(s.name)),
		Expected: f.list(), Got: kindText(s.value),
		Fix: f.unknownFix(s, sent),
	}
	return v
}

// list names the fields that there are, unless they are too many to be read.
func (f *fields) list() string {
	const most = 8
	if len(f.known) > most {
		return fmt.Sprintf("one of the operation's %d fields", len(f.known))
	}
	return "a field of the operation: " + strings.Join(slices.Sorted(maps.Keys(f.known)), ", ")
}

// kindText says what a value is without showing it.
func kindText(value any) string {
	switch value.(type) {
	case nil:
		return "null, or an empty text"
	case string:
		return "a text"
	case bool:
		return "a boolean"
	case []any, map[string]any:
		return show(value)
	}
	return "a number"
}

// enumOf lists the texts that a schema takes; nil when it has no list.
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

// describe says in a few words what a schema accepts.
func describe(s *openapi3.Schema) string {
	switch {
	case len(s.AllOf) == 1:
		return describe(s.AllOf[0].Value)
	case len(s.AnyOf) > 0:
		return strings.Join(branches(s.AnyOf), ", or ")
	case len(s.Enum) == 1:
		return show(s.Enum[0])
	case len(s.Enum) == 2:
		return show(s.Enum[0]) + " or " + show(s.Enum[1])
	case len(s.Enum) > 0:
		parts := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			parts[i] = show(e)
		}
		return "one of " + strings.Join(parts, ", ")
	}
	var text string
	name, limit, _ := strings.Cut(rule(s), ":")
	switch name {
	case "between.numeric":
		low, high, _ := strings.Cut(limit, ",")
		return "a whole number from " + low + " to " + high
	case "integer":
		text = "a whole number"
		if s.Type.Is(openapi3.TypeString) {
			return "digits as text"
		}
		if s.Min != nil {
			text += fmt.Sprintf(" of at least %s", numberText(*s.Min))
		}
	case "number":
		return "a number"
	case "boolean":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "email":
		return "an e-mail address"
	case "date":
		return "a time such as 2026-01-02T15:04:05.000000Z"
	default:
		if s.Format == "date-time" {
			return "a time such as 2026-01-02T15:04:05Z"
		}
		text = "text"
		if s.Pattern != "" {
			text += " like " + s.Pattern
		}
		if s.MaxLength != nil {
			text += fmt.Sprintf(" of at most %d characters", *s.MaxLength)
		}
	}
	return text
}

// branches describes those of an anyOf: a number and the same number as text in one breath.
func branches(all openapi3.SchemaRefs) []string {
	is := func(kind string) func(b *openapi3.SchemaRef) bool {
		return func(b *openapi3.SchemaRef) bool { return b.Value.Type.Is(kind) }
	}
	text, number := slices.IndexFunc(all, is(openapi3.TypeString)), slices.IndexFunc(all, is(openapi3.TypeInteger))
	both := text >= 0 && number >= 0 && (rule(all[text].Value) != "string" || len(all[text].Value.Enum) > 0)
	var parts []string
	for i, b := range all {
		switch {
		case both && i == text:
		case both && i == number:
			parts = append(parts, describe(b.Value)+", as a number or as text")
		default:
			parts = append(parts, describe(b.Value))
		}
	}
	return parts
}

// rule names a schema's kind as Laravel's language files do.
func rule(s *openapi3.Schema) string {
	var name string
	if extension(s.Extensions, "x-ticaga-rule", &name) == nil && name != "" {
		return name
	}
	switch {
	case len(s.AllOf) > 0:
		return rule(s.AllOf[0].Value)
	case len(s.AnyOf) > 0:
		return rule(s.AnyOf[0].Value)
	case s.Type == nil:
		return "string"
	}
	return strings.Join(s.Type.Slice(), "|")
}

// limitRule is the rule of a limit that was broken, unless the schema has one for both.
func limitRule(s *openapi3.Schema, other string) string {
	if named := rule(s); strings.HasPrefix(named, "between.") {
		return named
	}
	return other
}

// show prints a value from a request in a form that is safe in a log.
func show(value any) string {
	switch v := value.(type) {
	case string:
		return Quote(v)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	case nil:
		return "null"
	case json.Number:
		return strings.Trim(Quote(v.String()), `"`)
	}
	return fmt.Sprint(value)
}

func numberText(n float64) string { return fmt.Sprintf("%.0f", n) }
