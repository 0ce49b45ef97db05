package jsontext

import "testing"

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
		{"two values", `{} {}`, "something follows the JSON value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var target struct{ embedded }
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
