package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// TestSureIsRight: what is certain without kin-openapi has to be true with it, whatever the value, for all that can be sent
// and for schemas with each keyword.
func TestSureIsRight(t *testing.T) {
	schemas := map[string]*openapi3.Schema{}
	for _, o := range BuiltIn().Operations {
		if o.body != nil {
			schemas[o.ID] = o.body.schema
			for name, f := range o.body.Fields {
				schemas[o.ID+" "+name] = f.schema
			}
		}
		for _, p := range slices.Concat(o.Params, o.Sent) {
			schemas[o.ID+" "+p.Name] = p.schema
		}
	}
	maps.DeleteFunc(schemas, func(_ string, s *openapi3.Schema) bool { return s == nil })
	for _, text := range []string{
		`{}`, `{"nullable":true}`, `{"type":"string","nullable":true}`, `{"type":"string","minLength":2,"maxLength":3}`, `{"type":"string","format":"email"}`,
		`{"type":"string","format":"unheard-of"}`, `{"type":"string","pattern":"^[a-b]+$"}`, `{"pattern":"(?=a)"}`, `{"enum":["a","8"]}`, `{"enum":[8,null,true]}`,
		`{"type":"integer","minimum":8,"maximum":9}`, `{"type":"number"}`, `{"type":"integer","exclusiveMinimum":true,"minimum":8}`, `{"type":"integer","multipleOf":3}`,
		`{"type":"integer","format":"int32"}`, `{"type":"boolean"}`, `{"not":{"type":"string"}}`, `{"oneOf":[{"type":"string"},{"enum":["a"]}]}`,
		`{"anyOf":[{"type":"integer"},{"type":"string","pattern":"^[0-9]+$"}]}`, `{"anyOf":[{"type":"integer"}],"minLength":7}`, `{"allOf":[{"type":"string"},{"maxLength":1}]}`,
		`{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":2}`, `{"type":"array","uniqueItems":true,"items":{}}`, `{"type":"array"}`,
		`{"type":"object","required":["a"],"properties":{"a":{"type":"string"}},"additionalProperties":false}`, `{"additionalProperties":{"type":"integer"}}`,
		`{"type":"object","minProperties":1}`, `{"type":"object","maxProperties":1}`, `{"type":"object","properties":{"a":{"type":"string","readOnly":true}},"required":["a"]}`,
	} {
		s := &openapi3.Schema{}
		if err := json.Unmarshal([]byte(text), s); err != nil {
			t.Fatal(err)
		}
		schemas[text] = s
	}
	names := slices.Sorted(maps.Keys(schemas))
	certain := 0
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "schema")
		s := schemas[name]
		value := valueLike(t, s, 3)
		if new(quick).sure(s, value) {
			certain++
			if !fits(s, value) {
				t.Errorf("%s: got certainty that %#v fits, but it does not", name, value)
			}
		}
	})
	if certain < 10 {
		t.Errorf("got certainty about %d values, want it about many more", certain)
	}
}

// valueLike draws a value that often fits a schema.
func valueLike(t *rapid.T, s *openapi3.Schema, depth int) any {
	texts := []string{"", "a", "ab", "abcd", "8", "42", "-1", "a@b.test", "2026-01-02", "blesta", "é", "\xff", "12345678901234567890123"}
	for _, option := range s.Enum {
		texts = append(texts, fmt.Sprint(option))
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf) {
		if rapid.Bool().Draw(t, "like a part") {
			return valueLike(t, part.Value, depth)
		}
	}
	kinds := []string{"string", "integer", "boolean", "null"}
	if depth > 0 {
		kinds = append(kinds, "array", "object")
	}
	kind := rapid.SampledFrom(kinds).Draw(t, "kind")
	if s.Type != nil && len(s.Type.Slice()) > 0 && rapid.IntRange(0, 9).Draw(t, "as the schema says") > 0 {
		kind = s.Type.Slice()[0]
	}
	switch kind {
	case "string":
		return rapid.SampledFrom(texts).Draw(t, "text")
	case "integer", "number":
		return json.Number(rapid.SampledFrom([]string{"0", "8", "9", "-1", "8.5", "8.0", "1e3", "007", "9007199254740993", "99999999999999999999"}).Draw(t, "number"))
	case "boolean":
		return rapid.Bool().Draw(t, "flag")
	case "array":
		inside := &openapi3.Schema{}
		if s.Items != nil {
			inside = s.Items.Value
		}
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, valueLike(t, inside, depth-1))
		}
		return list
	case "object":
		object := map[string]any{}
		for _, name := range append(slices.Sorted(maps.Keys(s.Properties)), "a", "other") {
			if !slices.Contains(s.Required, name) && rapid.Bool().Draw(t, "without "+name) {
				continue
			}
			property := &openapi3.Schema{}
			if s.Properties[name] != nil {
				property = s.Properties[name].Value
			}
			object[name] = valueLike(t, property, depth-1)
		}
		return object
	}
	return nil
}

// TestQuickAtWork: the requests that plugins send most need no kin-openapi.
func TestQuickAtWork(t *testing.T) {
	fields := map[string]any{"ticaga_id": "8", "billing_id": json.Number("42"), "billing_system": "blesta"}
	body := BuiltIn().Operation("assignBillingId").Body()
	if !body.quick.sure(body.schema, fields) {
		t.Errorf("got no certainty that %v fits, want it", fields)
	}
	if allocs := testing.AllocsPerRun(100, func() { body.Reasons(fields, false) }); allocs > 0 {
		t.Errorf("got %.0f allocations to check %v, want 0", allocs, fields)
	}
}
