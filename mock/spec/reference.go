package spec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Reference returns a page of Markdown about an OpenAPI file: its operations by tag, each with a
// curl command, parameters, body and answers, and then its schemas.
func Reference(data []byte) (string, error) {
	doc, err := parse(openapi3.NewLoader(), data)
	if err != nil {
		return "", err
	}
	r := reference{doc: doc, common: commonAnswers(doc)}
	r.printf("# %s\n\n%s\n", doc.Info.Title, strings.TrimSpace(doc.Info.Description))
	if len(r.common) > 0 {
		r.printf("\nWhat every operation may answer:\n\n")
		r.answers(r.common)
	}
	lines := operationLines(data)
	for _, tag := range doc.Tags {
		r.printf("\n## %s\n\n%s\n", tag.Name, tag.Description)
		for _, e := range entries(doc, tag.Name, lines) {
			r.operation(e)
		}
	}
	r.printf("\n## Schemas\n")
	for _, name := range slices.Sorted(maps.Keys(doc.Components.Schemas)) {
		r.schema(name, doc.Components.Schemas[name].Value)
	}
	return r.text.String(), nil
}

// entry is one operation with its method and path.
type entry struct {
	method, path string
	item         *openapi3.PathItem
	op           *openapi3.Operation
}

// entries returns the operations of a tag in the order of the file.
func entries(doc *openapi3.T, tag string, lines map[string]int) []*entry {
	var list []*entry
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			if slices.Contains(op.Tags, tag) {
				list = append(list, &entry{method, path, item, op})
			}
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return cmp.Compare(lines[a.op.OperationID], lines[b.op.OperationID]) })
	return list
}

// commonAnswers returns the answers that every operation has.
func commonAnswers(doc *openapi3.T) map[string]*openapi3.ResponseRef {
	var common map[string]*openapi3.ResponseRef
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			answers := op.Responses.Map()
			if common == nil {
				common = maps.Clone(answers)
			}
			maps.DeleteFunc(common, func(status string, a *openapi3.ResponseRef) bool {
				return a.Ref == "" || answers[status] == nil || answers[status].Ref != a.Ref
			})
		}
	}
	return common
}

type reference struct {
	doc    *openapi3.T
	common map[string]*openapi3.ResponseRef
	text   strings.Builder
}

func (r *reference) printf(format string, args ...any) { fmt.Fprintf(&r.text, format, args...) }

func (r *reference) operation(e *entry) {
	r.printf("\n### %s %s\n\n%s", e.method, e.path, e.op.Summary)
	if !strings.HasSuffix(e.op.Summary, "?") {
		r.printf(".")
	}
	if e.op.Description != "" {
		r.printf(" %s", strings.TrimSpace(e.op.Description))
	}
	parameters := slices.Concat(e.item.Parameters, e.op.Parameters)
	r.printf("\n\n```sh\n%s\n```\n", r.curl(e, parameters))
	if len(parameters) > 0 {
		r.printf("\n| parameter | in | meaning |\n| --- | --- | --- |\n")
		for _, ref := range parameters {
			r.printf("| `%s` | %s | %s |\n", ref.Value.Name, ref.Value.In, cell(ref.Value.Description))
		}
	}
	if e.op.RequestBody != nil {
		r.printf("\nIt accepts: %s\n", content(e.op.RequestBody.Value.Content))
	}
	own := e.op.Responses.Map()
	maps.DeleteFunc(own, func(status string, _ *openapi3.ResponseRef) bool { return r.common[status] != nil })
	r.printf("\n")
	r.answers(own)
}

func (r *reference) answers(list map[string]*openapi3.ResponseRef) {
	r.printf("| answer | body | meaning |\n| --- | --- | --- |\n")
	for _, status := range slices.Sorted(maps.Keys(list)) {
		answer := list[status].Value
		r.printf("| %s | %s | %s |\n", status, content(answer.Content), cell(*answer.Description))
	}
}

// curl returns the operation as a shell command, with the first example of everything.
func (r *reference) curl(e *entry, parameters openapi3.Parameters) string {
	path, line := e.path, "curl"
	for _, ref := range parameters {
		if p := ref.Value; p.In == "path" {
			for _, name := range slices.Sorted(maps.Keys(p.Examples))[:min(1, len(p.Examples))] {
				path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(fmt.Sprint(p.Examples[name].Value.Value)))
			}
		}
	}
	body := ""
	if e.op.RequestBody != nil {
		if media := e.op.RequestBody.Value.Content.Get("application/json"); media != nil {
			for _, name := range slices.Sorted(maps.Keys(media.Examples))[:min(1, len(media.Examples))] {
				value, _ := json.Marshal(media.Examples[name].Value.Value) // it came from YAML
				body = string(value)
			}
		}
	}
	switch {
	case body != "" && e.method != "POST":
		line += " -X " + e.method + " -d '" + body + "'"
	case body != "":
		line += " -d '" + body + "'"
	case e.method != "GET":
		line += " -X " + e.method
	}
	server := ""
	if len(r.doc.Servers) > 0 {
		server = r.doc.Servers[0].URL
	}
	return line + " " + server + path
}

func (r *reference) schema(name string, s *openapi3.Schema) {
	r.printf("\n### schema %s\n", name)
	if s.Description != "" {
		r.printf("\n%s\n", strings.TrimSpace(s.Description))
	}
	switch {
	case len(s.AllOf) > 0:
		for _, part := range s.AllOf {
			if part.Ref != "" {
				r.printf("\nAll of %s, and:\n", typeOf(part))
				continue
			}
			r.fields(part.Value)
		}
	case len(s.Properties) > 0:
		r.fields(s)
	case s.Items != nil:
		r.printf("\nAn array of %s.\n", typeOf(s.Items))
	case s.Description == "" || len(s.Enum) > 0:
		r.printf("\n%s.\n", describe(s))
	}
}

// fields returns the fields of an object, the required ones first.
func (r *reference) fields(s *openapi3.Schema) {
	rank := func(name string) int {
		if i := slices.Index(s.Required, name); i >= 0 {
			return i
		}
		return len(s.Required)
	}
	names := slices.SortedFunc(maps.Keys(s.Properties), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	r.printf("\n| field | type | meaning |\n| --- | --- | --- |\n")
	for _, name := range names {
		mark := ""
		if !slices.Contains(s.Required, name) {
			mark = ", optional"
		}
		r.printf("| `%s` | %s%s | %s |\n", name, typeOf(s.Properties[name]), mark, cell(s.Properties[name].Value.Description))
	}
}

// content names the type of a body: a schema, or the media type if no schema has a name.
func content(c openapi3.Content) string {
	media := slices.Sorted(maps.Keys(c))
	for _, m := range media {
		if schema := c[m].Schema; schema != nil && schema.Ref != "" {
			return typeOf(schema)
		}
	}
	return strings.Join(media, ", ")
}

// typeOf returns a short description of a value's type, with a link to a schema that has a name.
func typeOf(ref *openapi3.SchemaRef) string {
	if name := ref.Ref[strings.LastIndexByte(ref.Ref, '/')+1:]; name != "" {
		return fmt.Sprintf("[%s](#schema-%s)", name, strings.ToLower(name))
	}
	s := ref.Value
	switch {
	case s.Items != nil && (s.Items.Ref != "" || s.Items.Value.Type != nil):
		items := typeOf(s.Items)
		return "an array of " + cmp.Or(plurals[items], items)
	case s.AdditionalProperties.Schema != nil:
		return "an object of " + typeOf(s.AdditionalProperties.Schema)
	}
	return strings.ReplaceAll(describe(s), "|", `\|`)
}

var plurals = map[string]string{"a string": "strings", "an integer": "integers", "an object": "objects"}

// cell escapes a string for a table cell.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}
