package spec

import (
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Locate sets, for each violation, the line of the contract's file that is behind it, and the
// evidence and sources for it. o is the operation that the request was for, or nil; scheme is how
// the request carries credentials: "basic", "bearer" or another word. A contract that is JSON has no
// lines.
func (c *Contract) Locate(o *Operation, scheme string, found []Violation) {
	if len(found) == 0 {
		return
	}
	for i := range found {
		v := &found[i]
		if isOurs(v.Code) {
			continue
		}
		if o != nil {
			v.Line, v.Evidence, v.Source = o.Line, o.Evidence, o.Sources
		}
		c.file.locate(o, scheme, v)
		if !isStated(v.Code) {
			v.Evidence, v.Source = "inferred", nil
		}
	}
}

// Known returns the line of a field of an operation's body, or of one of its parameters, and how it is known. in is
// one of the constants of Violation.In.
func (c *Contract) Known(o *Operation, in, name string) (line int, evidence string, sources []string) {
	var v Violation
	v.Code, v.In, v.At = BodyIgnoredField, in, name // whose rule is the field itself
	if in == InBody {
		v.At = Pointer(name)
	} else if in == InHeader {
		v.Code = HeaderParam
	}
	v.Line, v.Evidence, v.Source = o.Line, o.Evidence, o.Sources
	c.file.locate(o, "", &v)
	return v.Line, v.Evidence, v.Source
}

// isOurs reports whether a code is about this program, or about HTTP, so that no rule of Ticaga is
// behind it.
func isOurs(code Code) bool {
	return code == HeaderPrefer || code == HeaderHost || code == InFlight || strings.Contains(string(code), "-WORLD-") || strings.Contains(string(code), "-HTTP-")
}

// isStated reports whether the contract states the rule that a code is about. Any other rule comes
// from PHP, from Laravel or from the data of the help desk: nothing shows that Ticaga has it.
func isStated(code Code) bool {
	switch code {
	case Deprecated, HeaderParam, Method, PathParam, PathUnknown, QueryParam:
		return true
	}
	return strings.Contains(string(code), "-AUTH-") || keywords[code] != nil && !strings.Contains(string(code), "-DATA-")
}

func (f *file) locate(o *Operation, scheme string, v *Violation) {
	var item, op part
	if o != nil {
		item = f.at("paths", o.Path)
		op = item.get(strings.ToLower(o.Method))
	}
	v.at(item)
	body := op.get("requestBody")
	switch {
	case v.In == InPath && v.At != "", v.In == InQuery, v.Code == HeaderParam:
		for _, p := range slices.Concat(item.all("parameters"), op.all("parameters")) {
			in := p.get("in").text()
			if in == openapi3.ParameterInCookie {
				in = InHeader
			}
			if in == v.In && p.get("name").text() == v.At {
				v.find(p.get("schema"), "enum", "pattern", "format", "maxLength")
				v.known(p, "")
				v.at(p)
			}
		}
	case v.Code == Deprecated:
		v.atKey(op, "deprecated")
	case v.In == InHeader && v.At != "Content-Type":
		security := op.get("security")
		if !security.exists() {
			security = f.at("security")
		}
		s := f.schemeOf(security, v.At, scheme)
		v.at(s)
		v.known(s, "")
	case (v.In == InBody || v.In == InHeader) && body.exists():
		v.at(body)
		if media := jsonOf(body.get("content")); media.exists() && v.In == InBody && v.At != "" {
			o.body.locate(media.get("schema"), v)
		}
	}
}

// jsonOf returns the media type of a body that is used for JSON.
func jsonOf(content part) part {
	for _, name := range []string{"application/json", "application/*", "*/*"} {
		if media := content.get(name); media.exists() {
			return media
		}
	}
	return part{}
}

// schemeOf returns the security scheme of the header that was used, or else the first one required.
func (f *file) schemeOf(security part, header, used string) part {
	var first part
	for _, requirement := range security.items() {
		for name := range requirement.keys() {
			s := f.at("components", "securitySchemes", name.Value)
			switch inHeader := s.get("type").text() == "http" && header == "Authorization"; {
			case inHeader && strings.EqualFold(s.get("scheme").text(), used), strings.EqualFold(s.get("name").text(), header):
				return s
			case inHeader && !first.exists():
				first = s
			}
		}
	}
	return first
}

// keywords are the keywords of a schema that a code is about, the most likely first.
var keywords = map[Code][]string{
	BodyAlias:        {"x-ticaga-alias"},
	BodyEnum:         {"enum"},
	BodyFormat:       {"pattern", "format", "not", "oneOf", "anyOf"},
	BodyIgnoredField: {"x-ticaga-ignored"},
	BodyInteger:      {"pattern"},
	BodyLength:       {"minLength", "minItems", "minProperties"},
	BodyRange:        {"minimum", "format"},
	BodyRequired:     {"required"},
	BodySpelling:     {"x-ticaga-spelling"},
	BodyType:         {"anyOf", "oneOf", "type"},
	DataCustomField:  {"x-ticaga-data"},
	DataExtension:    {"x-ticaga-data"},
	DataRefused:      {"x-ticaga-data"},
	DataTaken:        {"x-ticaga-data"},
}

// limits are the keywords of a schema that set a limit, by the broken rule where that is known.
var limits = map[string][]string{
	"max.string": {"maxLength"}, "max.numeric": {"maximum"}, "lt.numeric": {"maximum"}, "multiple_of": {"multipleOf"},
	"max.array": {"maxItems", "maxProperties"}, "distinct": {"uniqueItems"}, "prohibited": {"readOnly"},
}

// locate finds the rule about one field in the schema of the body: its entry among the required
// fields, the broken rule wherever it is written, or the field.
func (f *Body) locate(s part, v *Violation) {
	v.at(s)
	name, rest, nested := strings.Cut(strings.TrimPrefix(v.At, "/"), "/")
	if v.Code == BodyRequired && !nested {
		f.locateRequired(s, name, v)
		return
	}
	property := s.property(name)
	if !property.exists() {
		if v.Severity == Error {
			v.find(s, "additionalProperties")
		}
		return
	}
	rule, _, _ := strings.Cut(v.Rule, ":")
	words := slices.Concat(limits[rule], keywords[v.Code])
	if nested {
		inner := innermost(property, strings.Split(rest, "/"))
		v.at(inner)
		if v.find(inner, words...) {
			return
		}
	}
	v.at(property)
	v.find(property, words...)
}

// locateRequired finds the place that makes a field required.
func (f *Body) locateRequired(s part, name string, v *Violation) {
	word := f.requiredBy(name)
	for _, inner := range s.all("allOf") {
		if inner.get("required").has(name) {
			s = inner
		}
	}
	v.atKey(s, word)
	v.known(s, word)
	for _, entry := range s.get(word).items() {
		if entry.text() == name {
			v.at(entry)
		}
	}
}

// innermost follows keys and indexes through a schema as far as the schema describes them.
func innermost(s part, path []string) part {
	for _, key := range path {
		next := s.property(key)
		if !next.exists() && strings.Trim(key, "0123456789") == "" {
			next = s.itemSchema()
		}
		if !next.exists() {
			break
		}
		s = next
	}
	return s
}

// property is propertyOf for the parts of the file.
func (p part) property(name string) part {
	if found := p.get("properties").get(name); found.exists() {
		return found
	}
	for _, inner := range p.all("allOf", "anyOf", "oneOf") {
		if found := inner.property(name); found.exists() {
			return found
		}
	}
	if rest := p.get("additionalProperties"); rest.text() == "" { // neither true nor false
		return rest
	}
	return part{}
}

// itemSchema is itemsOf for the parts of the file.
func (p part) itemSchema() part {
	if found := p.get("items"); found.exists() {
		return found
	}
	for _, inner := range p.all("allOf", "anyOf", "oneOf") {
		if found := inner.itemSchema(); found.exists() {
			return found
		}
	}
	return part{}
}

// find moves a violation to the line of one of the keywords in a schema or its parts, the innermost
// place first.
func (v *Violation) find(s part, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return v.findOne(s, word) })
}

func (v *Violation) findOne(s part, word string) bool {
	before := *v
	v.known(s, word)
	for _, inner := range s.all("anyOf", "allOf", "oneOf") {
		if v.findOne(inner, word) {
			return true
		}
	}
	if v.atKey(s, word) {
		return true
	}
	*v = before
	return false
}

// requiredBy returns the keyword that makes a field required.
func (f *Body) requiredBy(name string) string {
	for _, n := range f.Needs {
		if n.Name == name {
			return n.keyword
		}
	}
	return "required"
}

// Requires reports whether a field has to be sent, whatever else is.
func (f *Body) Requires(name string) bool {
	return slices.Contains(f.Order, name) && f.requiredBy(name) == "required"
}

// at moves a violation to the line where a part of the file begins, if the part exists.
func (v *Violation) at(p part) {
	if p.exists() {
		v.Line = p.line
	}
}

// atKey moves a violation to a key of a part of the file, and reports whether the key exists.
func (v *Violation) atKey(p part, key string) bool {
	line, ok := p.lineOf(key)
	if ok {
		v.Line = line
	}
	return ok
}

// known uses the evidence of a part of the contract that has its own: a word for the whole part, or
// one for each keyword.
func (v *Violation) known(p part, keyword string) {
	evidence := p.get("x-ticaga-evidence")
	if evidence.text() == "" {
		evidence = evidence.get(keyword)
	}
	if evidence.text() == "" {
		return
	}
	v.Evidence, v.Source = evidence.text(), nil
	for _, source := range p.get("x-ticaga-source").items() {
		v.Source = append(v.Source, source.text())
	}
}
