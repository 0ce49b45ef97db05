package jsontext

import (
	"testing"
	"time"
)

func TestDecode(t *testing.T) {
	type embedded struct {
		Name string `json:"name"`
	}
	for _, c := range []struct{ name, text, want string }{
		{"a value", `{"name":"blue"}`, ""},
		{"nothing", ``, "empty; send JSON"},
		{"half an object", `{"name":`, "invalid JSON: it ends early; a closing quote, bracket or brace may be missing"},
		{"no JSON", `x`, "invalid JSON at byte 1: unexpected 'x'"},
		{"no quotes", `{name: 1}`, "invalid JSON at byte 2: unexpected 'n'"},
		{"a quote", `{"name":"a"'}`, `invalid JSON at byte 12: unexpected '\''`},
		{"another word", `nope`, "invalid JSON at byte 2: unexpected 'o'"},
		{"a comma too many", `{"name":"a",}`, "invalid JSON at byte 13: unexpected '}'"},
		{"an unknown field", `{"nmae":"blue"}`, `unknown field "nmae"`},
		{"a number for a string", `{"name":8}`, "name has the wrong type: number"},
		{"an array for an object", `[]`, "the JSON value has the wrong type: array"},
		{"no time", `{"now":"yesterday"}`, `"yesterday" is not a time such as 2026-01-02T15:04:05Z`},
		{"a number for a time", `{"now":1}`, `a time must be a string such as "2026-01-02T15:04:05Z"`},
		{"two values", `{} {}`, "unexpected data after the JSON value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var target struct {
				embedded
				Now time.Time `json:"now"`
			}
			got := ""
			if err := Decode([]byte(c.text), &target); err != nil {
				got = err.Error()
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
