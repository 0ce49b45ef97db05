package spec

import (
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// places knows where in the contract's file each rule stands. Finding out takes longer than
// loading the contract, so it is done beside the first requests of a server, or for the first
// violation where that is earlier: neither a start nor a command without a server waits for it.
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

// Prepare does what Locate would do at its first violation. It takes some 100 ms; whoever calls
// Locate meanwhile waits for the rest.
func (c *Contract) Prepare() { c.places.open() }

// Locate says of each violation which line of the contract's file is behind it, and how that
// is known. o is the operation that the request was for, or nil; scheme is how the request
// carries credentials: "basic", "bearer" or another word. In a contract that is JSON there are no
// lines.
func (c *Contract) Locate(o *Operation, scheme string, found []Violation) {
	if len(found) == 0 {
		return
	}
	doc := c.places.open()
	for i := range found {
		v := &found[i]
		if isOurs(v.Code) {
			continue
		}
		if o != nil {
			v.Line, v.Evidence, v.Source = o.Line, o.Evidence, o.Sources
		}
		if doc != nil {
			locate(doc, o, scheme, v)
		}
		if !isStated(v.Code) {
			v.Evidence, v.Source = "inferred", nil
		}
	}
}

// isOurs reports whether a code is about this program, or about HTTP: nothing of Ticaga's is behind
// it.
func isOurs(code string) bool {
	return code == "TM-HEADER-PREFER" || code == "TM-HEADER-HOST" || code == "TM-IN-FLIGHT" || strings.Contains(code, "-WORLD-") || strings.Contains(code, "-HTTP-")
}

// isStated reports whether the contract states the rule that a code is about. Any other is PHP's
// or Laravel's, or about what the help desk holds: nothing shows that Ticaga has it.
func isStated(code string) bool {
	switch code {
	case "TM-DEPRECATED", "TM-HEADER-PARAM", "TM-METHOD", "TM-PATH-PARAM", "TM-PATH-UNKNOWN", "TM-QUERY-PARAM":
		return true
	}
	return strings.Contains(code, "-AUTH-") || keywords[code] != nil && !strings.Contains(code, "-DATA-")
}

func locate(doc *openapi3.T, o *Operation, scheme string, v *Violation) {
	item, op := &openapi3.PathItem{}, &openapi3.Operation{}
	if o != nil {
		item = doc.Paths.Value(o.Path)
		op = item.GetOperation(o.Method)
	}
	v.at(item.Origin)
	switch {
	case v.In == InPath && v.At != "", v.In == InQuery, v.Code == "TM-HEADER-PARAM":
		for _, ref := range slices.Concat(item.Parameters, op.Parameters) {
			p := ref.Value
			in := p.In
			if in == openapi3.ParameterInCookie {
				in = InHeader
			}
			if in == v.In && p.Name == v.At {
				v.find(p.Schema.Value, "enum", "pattern", "format", "maxLength")
				v.known(p.Extensions, "")
				v.at(p.Origin)
			}
		}
	case v.Code == "TM-DEPRECATED":
		v.at(op.Origin, "deprecated")
	case v.In == InHeader && v.At != "Content-Type":
		security := doc.Security
		if op.Security != nil {
			security = *op.Security
		}
		if s := schemeOf(doc, security, v.At, scheme); s != nil {
			v.at(s.Origin)
			v.known(s.Extensions, "")
		}
	case (v.In == InBody || v.In == InHeader) && op.RequestBody != nil:
		v.at(op.RequestBody.Value.Origin)
		if media := op.RequestBody.Value.Content.Get("application/json"); media != nil && v.In == InBody && v.At != "" {
			o.body.locate(media.Schema.Value, v)
		}
	}
}

// schemeOf finds the security scheme in a header that was used, or else the first that is asked
// for.
func schemeOf(doc *openapi3.T, security openapi3.SecurityRequirements, header, used string) *openapi3.SecurityScheme {
	var first *openapi3.SecurityScheme
	for _, requirement := range security {
		for name := range requirement {
			ref := doc.Components.SecuritySchemes[name]
			if ref == nil || ref.Value == nil {
				continue
			}
			s := ref.Value
			switch inHeader := s.Type == "http" && header == "Authorization"; {
			case inHeader && strings.EqualFold(s.Scheme, used), strings.EqualFold(s.Name, header):
				return s
			case inHeader && first == nil:
				first = s
			}
		}
	}
	return first
}

// keywords are the words of a schema that a code is about, the likeliest first.
var keywords = map[string][]string{
	"TM-BODY-ALIAS":         {"x-ticaga-alias"},
	"TM-BODY-ENUM":          {"enum"},
	"TM-BODY-FORMAT":        {"pattern", "format", "not", "oneOf", "anyOf"},
	"TM-BODY-IGNORED-FIELD": {"x-ticaga-ignored"},
	"TM-BODY-INTEGER":       {"pattern"},
	"TM-BODY-LENGTH":        {"minLength", "minItems", "minProperties"},
	"TM-BODY-RANGE":         {"minimum", "format"},
	"TM-BODY-REQUIRED":      {"required"},
	"TM-BODY-SPELLING":      {"x-ticaga-spelling"},
	"TM-BODY-TYPE":          {"anyOf", "oneOf", "type"},
	"TM-DATA-CUSTOM-FIELD":  {"x-ticaga-data"},
	"TM-DATA-EXTENSION":     {"x-ticaga-data"},
	"TM-DATA-REFUSED":       {"x-ticaga-data"},
	"TM-DATA-TAKEN":         {"x-ticaga-data"},
}

// limits are the words of a schema that set a limit, by the rule that is broken where it has one.
var limits = map[string][]string{
	"max.string": {"maxLength"}, "max.numeric": {"maximum"}, "lt.numeric": {"maximum"}, "multiple_of": {"multipleOf"},
	"max.array": {"maxItems", "maxProperties"}, "distinct": {"uniqueItems"}, "prohibited": {"readOnly"},
}

// locate finds the rule about one field in the schema of the body: its entry in the list of those
// that are required, the broken rule wherever it is written, or the field.
func (f *fields) locate(s *openapi3.Schema, v *Violation) {
	v.at(s.Origin)
	name, rest, nested := strings.Cut(strings.TrimPrefix(v.At, "/"), "/")
	if v.Code == "TM-BODY-REQUIRED" && !nested {
		f.locateRequired(s, name, v)
		return
	}
	property := propertyOf(s, name)
	if property == nil {
		if v.Severity == Error {
			v.find(s, "additionalProperties")
		}
		return
	}
	rule, _, _ := strings.Cut(v.Rule, ":")
	words := slices.Concat(limits[rule], keywords[v.Code])
	if nested {
		inner := innermost(property, strings.Split(rest, "/"))
		v.at(inner.Origin)
		if v.find(inner, words...) {
			return
		}
	}
	v.at(property.Origin)
	v.find(property, words...)
}

// locateRequired finds where a field is said to be required.
func (f *fields) locateRequired(s *openapi3.Schema, name string, v *Violation) {
	word := f.requiredBy(name)
	for _, part := range s.AllOf {
		if slices.Contains(part.Value.Required, name) {
			s = part.Value
		}
	}
	if s.Origin == nil {
		return
	}
	v.at(s.Origin, word)
	v.known(s.Extensions, word)
	for _, entry := range s.Origin.Sequences[word] {
		if entry.Name == name {
			v.Line = entry.Line
		}
	}
}

// innermost follows keys and indexes through a schema as far as it has a word for them.
func innermost(s *openapi3.Schema, path []string) *openapi3.Schema {
	for _, key := range path {
		next := propertyOf(s, key)
		if next == nil && allDigits(key) {
			next = itemsOf(s)
		}
		if next == nil {
			break
		}
		s = next
	}
	return s
}

// find moves a violation to where one of the words stands in a schema or in what it is made of,
// the innermost place first.
func (v *Violation) find(s *openapi3.Schema, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return v.findOne(s, word) })
}

func (v *Violation) findOne(s *openapi3.Schema, word string) bool {
	before := *v
	v.known(s.Extensions, word)
	for _, part := range slices.Concat(s.AnyOf, s.AllOf, s.OneOf) {
		if v.findOne(part.Value, word) {
			return true
		}
	}
	if s.Origin != nil {
		if place, ok := s.Origin.Fields.Lookup(word); ok {
			v.Line = place.Line
			return true
		}
	}
	*v = before
	return false
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

// at moves a violation to a place in the file, if there is one: to a keyword that stands there, or
// without one to its beginning.
func (v *Violation) at(origin *openapi3.Origin, keyword ...string) {
	if origin == nil || origin.Key == nil {
		return
	}
	if len(keyword) == 0 {
		v.Line = origin.Key.Line
	} else if place, ok := origin.Fields.Lookup(keyword[0]); ok {
		v.Line = place.Line
	}
}

// known takes the evidence of a part of the contract that has its own: a word for all of it, or
// one for each keyword.
func (v *Violation) known(extensions map[string]any, keyword string) {
	evidence, _ := extensions["x-ticaga-evidence"].(string)
	if each, ok := extensions["x-ticaga-evidence"].(map[string]any); ok {
		evidence, _ = each[keyword].(string)
	}
	if evidence == "" {
		return
	}
	v.Evidence, v.Source = evidence, nil
	_ = extension(extensions, "x-ticaga-source", &v.Source)
}
