package spec

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// contractOf is a contract with one operation, whose body has a field of the schema Root.
func contractOf(schemas string) string {
	return `openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    post:
      operationId: a
      requestBody: { content: { application/json: { schema: { type: object, properties: { extra: { $ref: '#/components/schemas/Root' } } } } } }
      responses: { '200': { description: D } }
components:
  schemas:
` + schemas
}

const leafName = `leaf: { type: string, format: counted }`

// TestVisits: a schema by which a nested value would be visited too often is refused with its line, and
// one that is accepted is visited by kin-openapi no more often than promised, however deep the value is.
func TestVisits(t *testing.T) {
	doubled := strings.Builder{}
	for i := range 40 {
		_, _ = fmt.Fprintf(&doubled, "    S%d: { allOf: [{ $ref: '#/components/schemas/S%d' }, { $ref: '#/components/schemas/S%[2]d' }] }\n", i, i+1)
	}
	const once = "    Root: { oneOf: [{ type: string }, { type: object, properties: { next: { $ref: '#/components/schemas/Root' } } }] }\n"
	if _, err := Load([]byte(strings.Replace(contractOf(once), "properties: { extra:", "properties: { id: { type: string, readOnly: true }, extra:", 1))); err == nil || !strings.Contains(err.Error(), "too often") {
		t.Errorf(`readOnly, for which kin-openapi visits what fits in a oneOf again: got %v; want an error containing "too often"`, err)
	}
	fixtures := strings.Replace(contractOf("    Root: { type: object }\n    Loop: { anyOf: [{ type: string }, { items: { $ref: '#/components/schemas/Loop' } }] }\n"), "components:\n", "x-ticaga-fixtures: { loops: Loop }\ncomponents:\n", 1)
	if _, err := Load([]byte(fixtures)); err == nil || !strings.Contains(err.Error(), "x-ticaga-fixtures: loops: a value would be checked by this schema too often") {
		t.Errorf("Load(fixtures) = %v, want an error about loops", err)
	}
	const self = `{ $ref: '#/components/schemas/Root' }`
	for _, c := range []struct {
		name, schemas string
		line          string // what the line of the error holds; "" where the contract is fine
	}{
		{"no alternatives", "    Root: { type: object, properties: { " + leafName + ", next: " + self + " } }\n", ""},
		{"one of oneOf", once, ""},
		{"two names", "    Root: { oneOf: [{ type: string }, { type: object, properties: { " + leafName + ", next: " + self + ", other: " + self + " } }] }\n", ""},
		{"items and a name", "    Root: { oneOf: [{ type: array, items: " + self + " }, { type: object, properties: { " + leafName + ", next: " + self + " } }] }\n", ""},
		{"two alternatives of oneOf", "    Root: { oneOf: [{ type: object, required: [a], properties: { next: " + self + " } }, { type: object, required: [b], properties: { next: " + self + " } }] }\n", "    Root:"},
		{"one of anyOf, which is visited twice", "    Root: { anyOf: [{ type: string }, { type: object, properties: { next: " + self + " } }] }\n", "    Root:"},
		{"items of two", "    Root: { oneOf: [{ type: array, minItems: 2, items: " + self + " }, { type: array, maxItems: 1, items: " + self + " }] }\n", "    Root:"},
		{"a name and any other", "    Root: { allOf: [{ properties: { next: " + self + " } }, { additionalProperties: " + self + " }] }\n", "    Root:"},
		{"not", "    Root: { properties: { next: " + self + " }, not: { properties: { next: " + self + " } } }\n", "    Root:"},
		{"through others", "    Root: { properties: { " + leafName + ", next: { oneOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] } } }\n" +
			"    A: { type: object, properties: { up: { allOf: [" + self + "] } } }\n    B: { type: object, properties: { up: " + self + " } }\n", "    Root:"},
		{"others that a discriminator chooses", "    Root: { type: object, discriminator: { propertyName: kind, mapping: { A: A, B: '#/components/schemas/B' } }, oneOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] }\n" +
			"    A: { type: object, properties: { kind: { type: string }, " + leafName + ", next: { allOf: [" + self + "] } } }\n    B: { type: object, properties: { kind: { type: string }, next: { allOf: [" + self + "] } } }\n", ""},
		{"many that do not lead back", "    Root: { anyOf: [{ properties: { next: { anyOf: [{ properties: { next: { type: string } } }, { type: string }] } } }, { type: string }] }\n", ""},
		{"a discriminator without a mapping, which chooses nothing", "    Root: { type: object, discriminator: { propertyName: kind }, oneOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] }\n" +
			"    A: { properties: { kind: { type: string }, next: " + self + " } }\n    B: { properties: { kind: { type: string }, next: " + self + " } }\n", "    Root:"},
		{"a discriminator, which chooses nothing for an array", "    Root: { discriminator: { propertyName: kind, mapping: { A: A, B: B } }, oneOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] }\n" +
			"    A: { items: " + self + " }\n    B: { items: " + self + " }\n", "    Root:"},
		{"the same parts over and over", "    Root: { $ref: '#/components/schemas/S0' }\n" + doubled.String() + "    S40: { type: string }\n", "    S"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := contractOf(c.schemas)
			_, err := Load([]byte(text))
			if c.line != "" {
				line := 0
				if err != nil {
					_, _ = fmt.Sscanf(err.Error(), "line %d:", &line)
				}
				if lines := strings.Split(text, "\n"); line == 0 || !strings.HasPrefix(lines[line-1], c.line) || !strings.Contains(err.Error(), "too often") {
					t.Fatalf(`got %v; want line other than 0, lines[line - 1] beginning with %q, an error containing "too often"`, err, c.line)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			doc, err := openapi3.NewLoader().LoadFromData([]byte(text))
			if err != nil || doc.Validate(context.Background()) != nil {
				t.Fatal(err)
			}
			value := any(map[string]any{"kind": "A", "leaf": "x"})
			for range 200 {
				value = map[string]any{"kind": "A", "next": value}
			}
			count := 0
			counted := openapi3.NewCallbackValidator(func(string) error { count++; return nil })
			_ = doc.Components.Schemas["Root"].Value.VisitJSON(value, openapi3.WithStringFormatValidators(map[string]openapi3.StringFormatValidator{"counted": counted}))
			if strings.Contains(c.schemas, "counted") && count == 0 || count > maxVisits {
				t.Errorf("got %d visits of the leaf, want 1 to %d", count, maxVisits)
			}
		})
	}
}

// TestDeepValuesThatDoNotFit: what is wrong far inside of alternatives is reported for the whole, which is found
// without checking the value anew at each level.
func TestDeepValuesThatDoNotFit(t *testing.T) {
	c, err := Load([]byte(contractOf("    Root: { oneOf: [{ type: string }, { type: object, properties: { next: { $ref: '#/components/schemas/Root' } } }] }\n")))
	if err != nil {
		t.Fatal(err)
	}
	for levels, want := range map[int]string{5: "/extra" + strings.Repeat("/next", 5), 400: "/extra"} {
		value := any(true)
		for range levels {
			value = map[string]any{"next": value}
		}
		if got := c.Operations[0].Body().Reasons(map[string]any{"extra": value}, false); len(got) != 1 || Pointer(got[0].At...) != want {
			t.Errorf("%d levels: got %+v, want one at %q", levels, got, want)
		}
	}
}
