package laravel_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func TestForm(t *testing.T) {
	for _, row := range []struct {
		body   string
		fields object
		found  []string
	}{
		{
			body:   "ticaga_id=8&billing_id=42&billing_system=Blesta",
			fields: object{"ticaga_id": "8", "billing_id": "42", "billing_system": "Blesta"},
		},
		{
			body:   "subject=Hello+%26+bye&content=a%3Db%0Ac&cc=x%40example.com%2Cy%40example.com",
			fields: object{"subject": "Hello & bye", "content": "a=b\nc", "cc": "x@example.com,y@example.com"},
		},
		{body: "a&b=&=c&&", fields: object{"a": "", "b": ""}},
		{body: "100%=%zz%4", fields: object{"100%": "%zz%4"}},

		// Nesting. What PHP would encode as a list is one.
		{body: "a[]=x&a[]=y", fields: object{"a": list{"x", "y"}}},
		{body: "a[0]=x&a[1]=y", fields: object{"a": list{"x", "y"}}},
		{body: "a[1]=x&a[0]=y", fields: object{"a": object{"0": "y", "1": "x"}}},
		{body: "a[b][]=x&a%5Bb%5D%5B%5D=y&a[c]=z", fields: object{"a": object{"b": list{"x", "y"}, "c": "z"}}},
		{body: "0=x&1=y", fields: object{"0": "x", "1": "y"}},

		// Names that PHP changes.
		{body: " a.b c[d.e]=x&f[g=y", fields: object{"a_b_c": object{"d.e": "x"}, "f_g": "y"}},

		// Fields that get in each other's way.
		{
			body:   "a=1&a=2",
			fields: object{"a": "2"},
			found:  []string{`TM-BODY-DUPLICATE /a: duplicate field "a"; PHP keeps the last`},
		},
		{
			body:   "a=1&a[b/c][d]=2",
			fields: object{"a": object{"b/c": object{"d": "2"}}},
			found:  []string{`TM-BODY-DUPLICATE /a: duplicate field [9 bytes that begin with "a"]; PHP keeps the last`},
		},
		{
			body:   "a[b/c]=1&a[b/c][]=2",
			fields: object{"a": object{"b/c": list{"2"}}},
			found:  []string{`TM-BODY-DUPLICATE /a/b~1c: duplicate field [8 bytes that begin with "a"]; PHP keeps the last`},
		},
		{
			body:   "a[]=1&a=2",
			fields: object{"a": "2"},
			found:  []string{`TM-BODY-DUPLICATE /a: duplicate field "a"; PHP keeps the last`},
		},

		// Text in another encoding is kept as far as it goes.
		{
			body:   "a[]=caf%e9&%ff[]=x",
			fields: object{"a": list{"caf\ufffd"}, "\ufffd": list{"x"}},
			found: []string{
				`TM-BODY-UTF8 /a/0: the field "a[]" is not UTF-8`,
				"TM-BODY-UTF8 /\ufffd/0: the field \"\\xff[]\" is not UTF-8",
			},
		},

		// PHP drops a field that is nested too deep, and its siblings.
		{
			body:   "a[x]=1&a" + strings.Repeat("[b]", 65) + "=2&c=3",
			fields: object{"c": "3"},
			found:  []string{`TM-BODY-DEPTH /a: the field [196 bytes that begin with "a"] is nested too deeply; PHP drops it`},
		},
	} {
		t.Run(row.body[:min(len(row.body), 60)], func(t *testing.T) {
			r := laravel.Decode(formType, []byte(row.body))
			sound(t, r)
			equal(t, row.body, r.Fields, row.fields)
			equal(t, row.body, found(r), row.found)
			if r.Unreadable {
				t.Errorf("%s: got Unreadable true, want false", row.body)
			}
		})
	}
}

func TestFormViolation(t *testing.T) {
	r := laravel.Decode(formType, []byte("a=%ff"))
	equal(t, "violations", r.Violations, []spec.Violation{{
		Code:     "TM-BODY-UTF8",
		Severity: spec.Error,
		In:       spec.InBody,
		At:       "/a",
		Message:  `the field "a" is not UTF-8`,
		Expected: "UTF-8", Got: "bytes that are not UTF-8",
		Fix:  "convert it before encoding«: iconv('Windows-1252', 'UTF-8', $text)|; it is most likely Windows-1252»",
		Rule: "string",
	}})
}

func TestManyFormFields(t *testing.T) {
	var b strings.Builder
	for n := range 1000 {
		fmt.Fprintf(&b, "a[]=%d&", n)
	}
	r := laravel.Decode(formType, []byte(b.String()))
	if a, _ := r.Fields["a"].(list); len(a) != 1000 || len(r.Violations) > 0 {
		t.Errorf("1000 fields: got %d, violations %v; want 1000, none", len(a), found(r))
	}
	r = laravel.Decode(formType, []byte(b.String()+"b=1&c=2"))
	sound(t, r)
	equal(t, "1002 fields", found(r), []string{"TM-BODY-TOO-MANY-FIELDS: the body has more than 1000 fields; PHP drops the rest"})
	if len(r.Fields) != 1 || r.Unreadable {
		t.Errorf("1002 fields: got %d names; want len(fields) 1, unreadable false", len(r.Fields))
	}
}

// PHP's own answers; testdata/record.php says how to ask for more.
func TestFormsAsPHP(t *testing.T) {
	for _, row := range recorded[struct {
		Body   string
		Fields object
	}](t, "testdata/php-forms.json") {
		r := laravel.Decode(formType, []byte(row.Body))
		sound(t, r)
		equal(t, row.Body, r.Fields, row.Fields)
	}
}

func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		"ticaga_id=8&billing_id=42", "a[b][]=1&a[]=2&a[0]=3&a=4", " a.b[c=%ff&%=%zz", "a[9223372036854775807]=1&a[]=2", `{"a":1}`, "a%00b[c]%00=1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := laravel.Decode(formType, raw)
		sound(t, r)
		if len(r.Violations) > 0 || len(r.Fields) == 0 {
			return
		}
		again := url.Values{}
		for name, value := range r.Fields {
			text, flat := value.(string)
			if !flat {
				return
			}
			again.Set(name, text)
		}
		equal(t, "the fields sent once more", laravel.Decode(formType, []byte(again.Encode())).Fields, r.Fields)
	})
}

func BenchmarkForm(b *testing.B) {
	raw := []byte("ticaga_id=8&billing_id=42&billing_system=Blesta")
	b.ReportAllocs()
	for b.Loop() {
		laravel.Decode(formType, raw)
	}
}

// A body is whole if its fields are all that is in it.
func TestWhole(t *testing.T) {
	for _, row := range []struct {
		contentType, body string
		whole             bool
	}{
		{formType, "a=1&b[c][]=&a.b=2&d[0]=3", true},
		{formType, "a", false}, {formType, "a=1&b", false}, {formType, "=1&a=1", false}, {formType, "[a]=1", false}, {formType, "a%00b=1", false},
		{formType, "a[b]c=1", false}, {formType, "a=1&a=2", false}, {formType, "a=%ff", false}, {formType, "&&a=1", true},
		{jsonType, `{"a":1}`, true}, {jsonType, `{"a":1,"a":2}`, false}, {jsonType, `{"a":1e999}`, false}, {jsonType, `{"a":1}x`, false},
		{"multipart/form-data; boundary=B", parts("form-data; name=a|1"), false},
	} {
		if got := laravel.Decode(row.contentType, []byte(row.body)).Whole; got != row.whole {
			t.Errorf("%s: whole %v, want %v", row.body, got, row.whole)
		}
	}
}

// A query is read as a form is, and nothing of it is lost.
func TestQuery(t *testing.T) {
	for _, row := range recorded[struct {
		Body   string
		Fields object
	}](t, "testdata/php-forms.json") {
		got := laravel.Limits{}.Query(row.Body)
		delete(got, "")
		if len(got)+len(row.Fields) > 0 {
			equal(t, row.Body, got, row.Fields)
		}
	}
	for raw, want := range map[string]object{
		"": nil, "&&": {}, "=1": {"": "1"}, "+=&a=1": {"": "", "a": "1"}, "%00=%ff": {"": "\ufffd"}, `{"a":1}`: {`{"a":1}`: ""},
	} {
		equal(t, raw, laravel.Limits{}.Query(raw), want)
	}
	if got := (laravel.Limits{Fields: 2}).Query("a=1&b=2&c=3"); len(got) != 2 {
		t.Errorf("got %v, want 2", got)
	}
}

func TestKeys(t *testing.T) {
	for name, want := range map[string][]string{
		"a": {"a"}, "a.b c": {"a_b_c"}, "a[b][]": {"a", "b", ""}, "a[b": {"a_b"}, "": nil, "[a]": nil, "a" + strings.Repeat("[b]", 65): nil,
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, name, laravel.Keys(name), want)
		})
	}
}
