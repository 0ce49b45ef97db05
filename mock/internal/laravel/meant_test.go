package laravel_test

import (
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
)

func TestIntended(t *testing.T) {
	const multi, multiType = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--", `multipart/form-data; boundary="B"`
	for _, row := range []struct{ contentType, body, wantType, want string }{ // "" where the body is what it should be
		{"application/json", "a=1", "application/x-www-form-urlencoded", "a=1"},
		{"", "a=1", "application/x-www-form-urlencoded", "a=1"},
		{"application/x-www-form-urlencoded", ` {"a":1}`, "application/json", `{"a":1}`},
		{"application/json", `"{\"a\":1}"`, "application/json", `{"a":1}`},
		{"text/plain", `"{\"a\":1}"`, "application/json", `{"a":1}`},
		{"application/x-www-form-urlencoded", "a%3D1%26b%3D%2541", "application/x-www-form-urlencoded", "a=1&b=%41"},
		{"application/json", multi, multiType, multi},
		{"multipart/form-data", multi, multiType, multi},
		{"application/x-www-form-urlencoded", `{"a":1,"b`, "application/json", `{"a":1,"b`},
		{"application/x-www-form-urlencoded", `{a: 1, b`, "application/json", `{a: 1, b`},
		{"application/x-www-form-urlencoded", `{"a":[1],"b":"/?c=d`, "application/json", `{"a":[1],"b":"/?c=d`},
		{"application/x-www-form-urlencoded", `[{"a":`, "application/json", `[{"a":`},
		{"application/x-www-form-urlencoded", "[", "application/json", "["},
		{"application/x-www-form-urlencoded", `{"a":1} b`, "application/json", `{"a":1} b`},
		{"application/x-www-form-urlencoded", `["a"]=1`, "", ""},
		{"application/x-www-form-urlencoded", "{a}=1", "", ""},
		{"application/x-www-form-urlencoded", "[a=1", "", ""},
		{"application/x-www-form-urlencoded", `[0]={"a":1,"b`, "", ""},
		{"application/x-www-form-urlencoded", "=1", "", ""},
		{"application/vnd.api+json", `{"a":1}`, "", ""},
		{"application/x-www-form-urlencoded; charset=utf-8", "a=1", "", ""},
		{"multipart/form-data; boundary=B", multi, "", ""},
		{"application/json", "nonsense", "", ""},
		{"application/json", `"{\"a\":`, "", ""},
		{"application/json", "--", "", ""},
		{"", "", "", ""},
	} {
		gotType, got, ok := laravel.Intended(row.contentType, []byte(row.body))
		if ok != (row.wantType != "") || ok && (gotType != row.wantType || string(got) != row.want) {
			t.Errorf("%s: %s: got %v, %q, %q, want %q, %q", row.contentType, row.body, ok, gotType, got, row.wantType, row.want)
		}
	}
}

func FuzzMeant(f *testing.F) {
	f.Add("application/json", []byte(`"{\"a\":1}"`))
	f.Add("", []byte("--B\nContent-Disposition:"))
	f.Fuzz(func(_ *testing.T, contentType string, raw []byte) {
		if intendedType, intended, ok := laravel.Intended(contentType, raw); ok {
			laravel.Decode(intendedType, intended)
		}
	})
}
