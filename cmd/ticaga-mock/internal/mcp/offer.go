package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Tool is something that an assistant can do. Make one with NewTool.
type Tool struct {
	Name        string
	Description string // for the assistant: what it returns and when to call it
	Changes     bool   // it changes something, so that assistants ask first
	From        string // whose words are in the text, such as "the pact"; "" when all of it is our own

	inputs []input
	call   func(ctx context.Context, arguments json.RawMessage) (string, error)
}

// input is an argument of a tool.
type input struct {
	name, kind, about string
	required          bool
	field             []int // of the struct, as reflect counts them
}

// NewTool returns a tool whose arguments are the fields of In, a struct, and of those that it embeds: the
// tag json has their names, with omitempty for those that can be left out, and the tag about says what they
// are. Fields are strings, int64, booleans, pointers to these, and json.RawMessage, which is an object. An
// error of call is for the assistant.
func NewTool[In any](name, description string, call func(context.Context, In) (string, error)) Tool {
	t := Tool{Name: name, Description: description, inputs: inputsOf(reflect.TypeFor[In]())}
	t.call = func(ctx context.Context, arguments json.RawMessage) (string, error) {
		var in In
		if err := t.decode(arguments, reflect.ValueOf(&in).Elem()); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		return call(ctx, in)
	}
	return t
}

// inputsOf returns the arguments that a struct has fields for.
func inputsOf(of reflect.Type) []input {
	var inputs []input
	for _, f := range reflect.VisibleFields(of) {
		if f.Anonymous {
			continue
		}
		key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		inputs = append(inputs, input{key, kindOf(f.Type), f.Tag.Get("about"), options != "omitempty", f.Index})
	}
	return inputs
}

// kindOf returns what JSON Schema calls a type.
func kindOf(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return "object"
	case t.Kind() == reflect.Pointer:
		return kindOf(t.Elem())
	case t.Kind() == reflect.Bool:
		return "boolean"
	case t.Kind() == reflect.Int64:
		return "integer"
	}
	return "string"
}

// MarshalJSON returns the tool as tools/list has it.
func (t Tool) MarshalJSON() ([]byte, error) {
	properties, required := object{}, []string{}
	for _, in := range t.inputs {
		properties[in.name] = object{"type": in.kind, "description": in.about}
		if in.required {
			required = append(required, in.name)
		}
	}
	return json.Marshal(struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Input       object `json:"inputSchema"`
		Annotations object `json:"annotations"`
	}{
		t.Name, t.Description,
		object{"type": "object", "properties": properties, "required": required, "additionalProperties": false},
		object{"readOnlyHint": !t.Changes, "destructiveHint": t.Changes, "openWorldHint": false},
	})
}

// decode reads the arguments of a call into a struct. The error has a line for each that is wrong.
func (t Tool) decode(arguments json.RawMessage, target reflect.Value) error {
	given := map[string]json.RawMessage{}
	if len(arguments) > 0 && json.Unmarshal(arguments, &given) != nil {
		return errors.New("arguments: must be an object")
	}
	var errs []error
	var known []string
	for _, in := range t.inputs {
		known = append(known, in.name)
		raw, ok := given[in.name]
		delete(given, in.name)
		switch null := !ok || string(raw) == "null"; {
		case null && in.required:
			errs = append(errs, fmt.Errorf("%s: is missing: %s", in.name, in.about))
		case null:
		case in.kind == "object" && !bytes.HasPrefix(raw, []byte("{")), json.Unmarshal(raw, target.FieldByIndex(in.field).Addr().Interface()) != nil:
			errs = append(errs, fmt.Errorf("%s: must be of type %s: %s", in.name, in.kind, in.about))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if len(errs) == 5 {
			break
		}
		errs = append(errs, fmt.Errorf("%.60q: no such argument; must be one of %s", name, strings.Join(known, ", ")))
	}
	return errors.Join(errs...)
}

// Resource is something that an assistant can read, or a family of them if its URI ends with a variable
// such as {code}.
type Resource struct {
	URI, Name, Description, MIMEType string

	// Read returns the text. Its argument is the value of the variable.
	Read func(ctx context.Context, value string) (string, error)
}

// family returns what the URIs of a family begin with, and reports whether the resource is one.
func (r Resource) family() (prefix string, ok bool) {
	prefix, _, ok = strings.Cut(r.URI, "{")
	return prefix, ok
}

// match reports whether a URI is of this resource, and the value of its variable.
func (r Resource) match(uri string) (value string, ok bool) {
	prefix, ok := r.family()
	if !ok {
		return "", uri == r.URI
	}
	escaped, ok := strings.CutPrefix(uri, prefix)
	if !ok {
		return "", false
	}
	value, err := url.PathUnescape(escaped)
	return value, err == nil && value != ""
}
