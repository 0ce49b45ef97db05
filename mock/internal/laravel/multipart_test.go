package laravel_test

import (
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
)

// oddMultipart is what is said of every multipart body that can be read.
const oddMultipart = "TM-HEADER-MULTIPART Content-Type: the body is multipart, which curl sends for an array in CURLOPT_POSTFIELDS; a nested array arrives as the string \"Array\""

// parts joins parts, each "header: value; ...|content", with the boundary B.
func parts(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		disposition, content, _ := strings.Cut(part, "|")
		b.WriteString("--B\r\nContent-Disposition: " + disposition + "\r\n\r\n" + content + "\r\n")
	}
	return b.String() + "--B--\r\n"
}

func TestMultipart(t *testing.T) {
	for _, row := range []struct {
		name   string
		body   string
		fields object
		found  []string
	}{
		{
			name:   "what curl sends for an array",
			body:   parts(`form-data; name="ticaga_id"|8`, `form-data; name="billing_system"|Blesta`),
			fields: object{"ticaga_id": "8", "billing_system": "Blesta"},
		},
		{
			name:   "names nest as in forms, and nothing is decoded",
			body:   parts(`form-data; name="a[b][]"|1`, `form-data; name="a[b][]"|x+y%20`, `form-data; name="c.d"|`),
			fields: object{"a": object{"b": list{"1", "x+y%20"}}, "c_d": ""},
		},
		{
			name:   "any disposition, any spelling, text around the parts",
			body:   "hello\r\n" + parts(`attachment; name=a|1`, "form-data; name=\"b\"\r\nContent-Transfer-Encoding: base64|MQ==", `form-data; name="straße"|2`) + "bye",
			fields: object{"a": "1", "b": "MQ==", "straße": "2"},
		},
		{
			name:   "a part without a Content-Disposition, and one without a name",
			body:   "--B\r\nX: name=a\r\n\r\n0\r\n" + parts(`form-data; name=""|2`),
			fields: object{},
		},
		{
			name:   "no parts",
			body:   "--B--",
			fields: object{},
		},
		{
			name:   "a file, and an input for a file left empty",
			body:   parts(`form-data; name="a"; filename="p.png"|PNG`, `form-data; name="b[c]"; filename=""|`, `form-data; name="d"|1`),
			fields: object{"d": "1"},
			found: []string{
				`TM-BODY-FILE /a: "a" is a file, which is not a field`,
				`TM-BODY-FILE /b/c: "b[c]" is a file, which is not a field`,
			},
		},
		{
			name:   "not UTF-8",
			body:   parts("form-data; name=a|\xff"),
			fields: object{"a": "\ufffd"},
			found:  []string{`TM-BODY-UTF8 /a: the field "a" is not UTF-8`},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := laravel.Decode(`multipart/form-data; boundary="B"`, []byte(row.body))
			sound(t, r)
			equal(t, row.name, r.Fields, row.fields)
			equal(t, row.name, found(r), append(row.found, oddMultipart))
			if r.Unreadable {
				t.Errorf("got Unreadable true, want false")
			}
		})
	}
}

func TestUnreadableMultipart(t *testing.T) {
	const multipart = "multipart/form-data; boundary=B"
	whole := parts("form-data; name=a|1", "form-data; name=b|2")
	const (
		noBoundary = "TM-BODY-MULTIPART Content-Type: the Content-Type has no boundary"
		broken     = "cannot be read: its header is malformed, or it is not between the boundaries that the Content-Type names"
	)
	for _, row := range []struct{ contentType, body, found string }{
		{"multipart/form-data", whole, noBoundary},
		{"multipart/form-data; boundary=", whole, noBoundary},
		{`multipart/form-data; boundary="B`, whole, noBoundary},
		{"multipart/form-data; bound=B", whole, noBoundary},
		{"multipart/form-data; boundary=C", whole, "TM-BODY-MULTIPART: part 1 of the body " + broken},
		{multipart, "hello", "TM-BODY-MULTIPART: part 1 of the body " + broken},
		{multipart, upTo(whole, "1") + "1", "TM-BODY-MULTIPART: part 1 of the body " + broken},
		{multipart, upTo(whole, "name=b"), "TM-BODY-MULTIPART: part 2 of the body " + broken},
		{multipart, parts("form-data; name=a|1", "form-data|2", "form-data; name=c|3"), "TM-BODY-MULTIPART: part 2 of the body " + broken},
		{multipart, strings.TrimSuffix(whole, "--B--\r\n"), "TM-BODY-MULTIPART: part 2 of the body " + broken},
	} {
		t.Run(row.contentType+" "+row.body, func(t *testing.T) {
			r := laravel.Decode(row.contentType, []byte(row.body))
			sound(t, r)
			equal(t, row.contentType+" with "+row.body, found(r), []string{row.found})
			if !r.Unreadable {
				t.Errorf("%s with %q: got Unreadable false, want true", row.contentType, row.body)
			}
		})
	}
}

// PHP's own answers; testdata/record.php says how to ask for more.
func TestMultipartAsPHP(t *testing.T) {
	for _, row := range recorded[struct {
		Type, Body string
		Fields     object
	}](t, "testdata/php-multipart.json") {
		r := laravel.Decode(row.Type, []byte(row.Body))
		sound(t, r)
		equal(t, row.Type+" with "+row.Body, r.Fields, row.Fields)
	}
}

func TestManyParts(t *testing.T) {
	thousand := strings.Repeat(strings.TrimSuffix(parts(`form-data; name="a[]"|1`), "--B--\r\n"), 1000)
	r := laravel.Decode("multipart/form-data; boundary=B", []byte(thousand+"--B--"))
	if a, _ := r.Fields["a"].(list); len(a) != 1000 || len(r.Violations) != 1 {
		t.Errorf("1000 parts: got %d, violations %v; want 1000, one violation", len(a), found(r))
	}
	r = laravel.Decode("multipart/form-data; boundary=B", []byte(thousand+parts("form-data; name=f; filename=f|1")))
	sound(t, r)
	equal(t, "1001 parts", found(r), []string{"TM-BODY-TOO-MANY-FIELDS: the body has more than 1000 fields; PHP drops the rest"})
}

func FuzzMultipart(f *testing.F) {
	f.Add("; boundary=B", []byte(parts(`form-data; name="a[b]"|1`, `form-data; name=f; filename=x|y`)))
	f.Add("", []byte("--B--"))
	f.Add(`; boundary="B"`, []byte("--B\nContent-Disposition: form-data; name=\"\xff\"\n\n1\n--B--\n"))
	f.Add("; boundary=B", []byte("--B\r\nContent-Disposition: form-data; name=a\r\n\r\n1"))
	f.Fuzz(func(t *testing.T, parameters string, raw []byte) {
		sound(t, laravel.Decode("multipart/form-data"+parameters, raw))
	})
}

// upTo returns what stands before a part of a text.
func upTo(text, part string) string {
	before, _, _ := strings.Cut(text, part)
	return before
}
