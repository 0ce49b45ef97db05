package spec

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

// TestEvidenceIsKnown: what a schema says of its evidence is one of the three words, for all of it
// or for a keyword that it has.
func TestEvidenceIsKnown(t *testing.T) {
	loader := openapi3.NewLoader()
	loader.IncludeOrigin = true
	doc, err := loader.LoadFromData(ticagamock.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"documented", "observed", "inferred"}
	var check func(name string, ref *openapi3.SchemaRef)
	check = func(name string, ref *openapi3.SchemaRef) {
		s := ref.Value
		switch evidence := s.Extensions["x-ticaga-evidence"].(type) {
		case nil:
		case string:
			if !slices.Contains(words, evidence) {
				t.Errorf("%s: got evidence %q, want one of %q", name, evidence, words)
			}
		case map[string]any:
			for keyword, word := range evidence {
				if _, ok := s.Origin.Fields.Lookup(keyword); !ok || !slices.Contains(words, word.(string)) {
					t.Errorf("%s: evidence %q of %q; want ok true, words with %q", name, word, keyword, word.(string))
				}
			}
		default:
			t.Errorf("%s: got evidence %v, want a string or an object", name, evidence)
		}
		for _, part := range slices.Concat(s.AnyOf, s.AllOf) {
			check(name, part)
		}
		for property, part := range s.Properties {
			check(name+"/"+property, part)
		}
	}
	for name, s := range doc.Components.Schemas {
		check(name, s)
		if strings.HasSuffix(strings.TrimSuffix(name, "2024"), "Request") && s.Value.Extensions["x-ticaga-evidence"] == nil {
			t.Errorf("%s: got no x-ticaga-evidence, want how it is known that its fields are required", name)
		}
	}
}

// TestLocateInJSON: a file without lines is no reason to fail.
func TestLocateInJSON(t *testing.T) {
	c, err := Load([]byte(`{"openapi":"3.0.3","info":{"title":"x","version":"1"},"security":[{"x":[]}],"paths":{"/a":{"post":{
		"operationId":"a","x-ticaga-evidence":"inferred","responses":{"200":{"description":"x"}},
		"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["b"],"properties":{"b":{"type":"string"}}}}}}}}},
		"components":{"securitySchemes":{"x":{"type":"http","scheme":"basic"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	found := append([]Violation{{Code: "TM-BODY-REQUIRED", In: InBody, At: "/b"}}, Violation{In: InHeader, At: "Authorization"}, Violation{In: InPath})
	c.Locate(c.Operation("a"), "none", found)
	for _, v := range found {
		if v.Line != 0 || v.Evidence != "inferred" {
			t.Errorf(`got %+v; want line 0, evidence "inferred"`, v)
		}
	}
	c.Locate(nil, "none", found)
}

// TestLocateInAnyYAML: a line is found however the YAML is written: in flow style, with quoted keys, aliases,
// merged keys, references to references and into a schema.
func TestLocateInAnyYAML(t *testing.T) {
	text := `openapi: 3.0.3
info: {title: x, version: '1'}
paths:
  /a/{id}:
    parameters: [{$ref: '#/components/parameters/id'}]
    "post":
      operationId: a
      requestBody: {$ref: '#/components/requestBodies/again'}
      responses: {'200': {description: x}}
  /b~c:
    put:
      operationId: b
      requestBody:
        content: {application/json: {schema: {$ref: '#/paths/~1a~1{id}/post/requestBody/content/application~1json/schema'}}}
      responses: {'200': {description: x}}
components:
  parameters:
    id: {name: id, in: path, required: true, schema: {type: string,
      pattern: '^[0-9]+$'}}
  requestBodies:
    again: {$ref: '#/components/requestBodies/body'}
    body:
      content:
        'application/json': {schema: {$ref: '#/components/schemas/S'}}
  schemas:
    S:
      allOf:
        - type: object
          required:
            - first
            - name
          properties:
            name: &short
              type: string
              maxLength: 3
            merged:
              <<: *short
              minLength: 2
            alias: *short
            inner: {$ref: '#/components/schemas/S/allOf/0/properties/name'}
            list:
              type: array
              items:
                type: object
                additionalProperties:
                  type: string
                  maxLength: 4
`
	c, err := Load([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	lines := append([]string{""}, strings.Split(text, "\n")...)
	long := func(at string) Violation {
		return Violation{Code: "TM-BODY-LENGTH", In: InBody, At: at, Rule: "max.string:3"}
	}
	short := func(at string) Violation { return Violation{Code: "TM-BODY-LENGTH", In: InBody, At: at} }
	for _, row := range []struct {
		found Violation
		want  string
	}{
		{Violation{Code: "TM-PATH-PARAM", In: InPath, At: "id"}, "id: {name: id"},
		{Violation{Code: "TM-PATH-UNKNOWN", In: InPath}, "/a/{id}:"},
		{Violation{Code: "TM-BODY-CUT", In: InBody}, "body:"},
		{Violation{Code: "TM-BODY-REQUIRED", In: InBody, At: "/name"}, "- name"},
		{long("/name"), "maxLength: 3"},
		{long("/merged"), "maxLength: 3"},
		{short("/merged"), "minLength: 2"},
		{short("/name"), "name: &short"},
		{short("/alias"), "alias: *short"},
		{long("/alias"), "maxLength: 3"},
		{long("/inner"), "maxLength: 3"},
		{long("/list/7/any"), "maxLength: 4"},
		{short("/list/7/any"), "list:"},
		{short("/unknown"), "S:"},
	} {
		t.Run(string(row.found.Code)+" "+row.found.At, func(t *testing.T) {
			for _, id := range []string{"a", "b"} {
				if id == "b" && (row.found.In == InPath || row.found.At == "") {
					continue
				}
				found := []Violation{row.found}
				c.Locate(c.Operation(id), "none", found)
				if got := strings.TrimSpace(lines[found[0].Line]); !strings.HasPrefix(got, row.want) {
					t.Errorf("%s %+v: got line %d, %q, want %q", id, row.found, found[0].Line, got, row.want)
				}
			}
		})
	}
}

// TestLocateAtOnce: the first mistakes may come together.
func TestLocateAtOnce(t *testing.T) {
	c := load(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			found := []Violation{{Code: "TM-PATH-DOUBLE-SLASH", In: InPath}}
			c.Locate(c.Operation("getCustomer"), "none", found)
			if found[0].Line == 0 {
				t.Error("got line 0, want one of the file")
			}
		})
	}
	group.Wait()
}
