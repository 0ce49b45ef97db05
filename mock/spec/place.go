package spec

import (
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// places knows where in the contract's file each rule stands. Finding out takes longer than
// loading the contract, so it waits for the first mistake: a client that makes none never
// pays for it.
type places struct {
	data []byte
	once sync.Once
	doc  *openapi3.T // with the line of everything; nil when it could not be read again
}

func (p *places) open() *openapi3.T {
	p.once.Do(func() {
		loader := openapi3.NewLoader()
		loader.IncludeOrigin = true
		p.doc, _ = loader.LoadFromData(p.data) // it could be read before
		p.data = nil
	})
	return p.doc
}

// Locate says of each violation which line of the contract's file is behind it, and how that
// is known. o is the operation that the request was for; without one the violations are left
// as they are. In a contract that is JSON there are no lines.
func (c *Contract) Locate(o *Operation, found []Violation) {
	if o == nil || len(found) == 0 {
		return
	}
	doc := c.places.open()
	for i := range found {
		found[i].Line, found[i].Evidence, found[i].Source = o.Line, o.Evidence, o.Sources
		if doc != nil {
			locate(doc, o, &found[i])
		}
	}
}

func locate(doc *openapi3.T, o *Operation, v *Violation) {
	item := doc.Paths.Value(o.Path)
	op := item.GetOperation(o.Method)
	v.at(item.Origin)
	switch {
	case v.In == InPath && v.At != "", v.In == InQuery:
		for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
			if p := ref.Value; p.In == v.In && p.Name == v.At {
				v.at(p.Origin)
				v.known(p.Extensions)
			}
		}
	case v.Code == "TM-DEPRECATED":
		v.at(op.Origin, "deprecated")
	case v.In == InHeader && v.At != "Content-Type":
		if scheme := schemeOf(doc, op, v.At); scheme != nil {
			v.at(scheme.Origin)
			v.known(scheme.Extensions)
		}
	case (v.In == InBody || v.In == InHeader) && op.RequestBody != nil:
		v.at(op.RequestBody.Value.Origin)
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil && v.In == InBody && v.At != "" {
			o.body.locate(media.Schema.Value, v)
		}
	}
}

// schemeOf finds the first security scheme that the operation asks for in a header.
func schemeOf(doc *openapi3.T, op *openapi3.Operation, header string) *openapi3.SecurityScheme {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	for _, requirement := range requirements {
		for name := range requirement {
			ref := doc.Components.SecuritySchemes[name]
			if ref == nil || ref.Value == nil {
				continue
			}
			if s := ref.Value; s.Type == "http" && header == "Authorization" || strings.EqualFold(s.Name, header) {
				return s
			}
		}
	}
	return nil
}

// keywords are the words of a schema that a code is about, the likeliest first.
var keywords = map[string][]string{
	"TM-BODY-ENUM":          {"enum"},
	"TM-BODY-FORMAT":        {"pattern", "format"},
	"TM-BODY-IGNORED-FIELD": {"x-ticaga-ignored"},
	"TM-BODY-LENGTH":        {"maxLength", "minLength", "minItems", "minProperties"},
	"TM-BODY-RANGE":         {"minimum", "maximum"},
	"TM-BODY-SPELLING":      {"x-ticaga-spelling"},
	"TM-BODY-TYPE":          {"type", "anyOf"},
	"TM-DATA-REFUSED":       {"x-ticaga-data"},
	"TM-DATA-TAKEN":         {"x-ticaga-data"},
}

// locate finds the rule about one field in the schema of the body: its entry in the list of those
// that are required, the broken rule wherever it is written, or the field.
func (f *fields) locate(s *openapi3.Schema, v *Violation) {
	v.at(s.Origin)
	name, _, _ := strings.Cut(strings.TrimPrefix(v.At, "/"), "/")
	property := s.Properties[name]
	if property == nil {
		return
	}
	if v.Code == "TM-BODY-REQUIRED" && s.Origin != nil {
		v.at(s.Origin, f.requiredBy(name))
		for _, entry := range s.Origin.Sequences["required"] {
			if entry.Name == name {
				v.Line = entry.Line
			}
		}
		v.known(s.Extensions)
		return
	}
	v.at(property.Value.Origin)
	for _, part := range parts(property.Value) {
		v.at(part.Origin, keywords[v.Code]...)
		v.known(part.Extensions)
	}
	v.known(property.Value.Extensions)
}

// requiredBy is the keyword that makes a field required.
func (f *fields) requiredBy(name string) string {
	for _, n := range f.needs {
		if n.name == name {
			return n.keyword
		}
	}
	return "required"
}

// parts is a schema behind those that it is made of.
func parts(s *openapi3.Schema) []*openapi3.Schema {
	var all []*openapi3.Schema
	for _, ref := range slices.Concat(s.AnyOf, s.AllOf) {
		all = append(all, parts(ref.Value)...)
	}
	return append(all, s)
}

// at moves a violation to a place in the file, if there is one: to the first of its keywords
// that stands there, or without keywords to its beginning.
func (v *Violation) at(origin *openapi3.Origin, keywords ...string) {
	if origin == nil || origin.Key == nil {
		return
	}
	if len(keywords) == 0 {
		v.Line = origin.Key.Line
	}
	for _, word := range keywords {
		if place, ok := origin.Fields.Lookup(word); ok {
			v.Line = place.Line
			return
		}
	}
}

// known takes the evidence of a part of the contract that has its own.
func (v *Violation) known(extensions map[string]any) {
	var evidence string
	var source []string
	if extension(extensions, "x-ticaga-evidence", &evidence) != nil || evidence == "" {
		return
	}
	_ = extension(extensions, "x-ticaga-source", &source)
	v.Evidence, v.Source = evidence, source
}
