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
		{"half an object", `{"name":`, "unexpected EOF"},
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
