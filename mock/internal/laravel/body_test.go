package laravel_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

type (
	object = map[string]any
	list   = []any
)

// found shortens violations to a line each: code, place and message.
func found(r laravel.Result) []string {
	var lines []string
	for _, v := range r.Violations {
		lines = append(lines, strings.Join(strings.Fields(string(v.Code)+" "+v.At), " ")+": "+toPHP(v.Message))
	}
	return lines
}

// toPHP returns a text as clients in PHP read it.
func toPHP(text string) string { return inspect.Speak(text, true) }

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// sound checks what holds of every result, whatever the body.
func sound(t *testing.T, r laravel.Result) {
	t.Helper()
	if r.Fields == nil {
		t.Errorf("Fields is nil; got %v; want not nil", r.Fields)
	}
	if !cleanText(r.Fields) {
		t.Errorf("got fields %#v, want clean text only", r.Fields)
	}
	if _, err := json.Marshal(r.Fields); err != nil {
		t.Errorf("Fields cannot be encoded: %v", err)
	}
	errors := 0
	for _, v := range r.Violations {
		if v.Severity == spec.Error {
			errors++
		}
		if v.Code == "" || v.In == "" || v.Message == "" || v.Expected == "" || v.Fix == "" {
			t.Errorf("a violation is incomplete: got %+v; want code not empty, in not empty, message not empty, expected not empty, fix not empty", v)
		}
		for _, text := range []string{v.Message, v.Expected, v.Got, v.Fix} {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("got violation %+v, want printable text", v)
			}
		}
		if !utf8.ValidString(v.At) || len(v.At) > 1000 {
			t.Errorf("got a violation at %q, want valid UTF-8 of at most 1000 bytes", v.At)
		}
	}
	if r.Unreadable && (len(r.Fields) > 0 || errors == 0) {
		t.Errorf("unreadable: got %d fields and %d errors, want no fields and an error", len(r.Fields), errors)
	}
	if len(r.Violations) > 100 {
		t.Errorf("%d violations, want at most 100", len(r.Violations))
	}
}

func cleanText(v any) bool {
	switch v := v.(type) {
	case nil, bool:
		return true
	case string:
		return utf8.ValidString(v)
	case json.Number:
		return json.Valid([]byte(v))
	case []any:
		for _, item := range v {
			if !cleanText(item) {
				return false
			}
		}
		return true
	case map[string]any:
		for key, value := range v {
			if !utf8.ValidString(key) || !cleanText(value) {
				return false
			}
		}
		return true
	}
	return false
}

func TestContentType(t *testing.T) {
	for _, contentType := range []string{
		"application/json",
		"Application/JSON; charset=utf-8",
		"application/json;charset",
		"application/json; charset=utf-8; charset=utf-8",
		"application/json, application/json",
		"application/vnd.api+json",
		"text/json",
	} {
		r := laravel.Decode(contentType, []byte(`{"a":"b"}`))
		sound(t, r)
		equal(t, contentType, r, laravel.Result{Fields: object{"a": "b"}, Whole: true})
	}
	for _, contentType := range []string{
		"application/x-www-form-urlencoded",
		"APPLICATION/X-WWW-Form-Urlencoded;charset=UTF-8",
		" application/x-www-form-urlencoded ;;;",
	} {
		r := laravel.Decode(contentType, []byte("a=b"))
		sound(t, r)
		equal(t, contentType, r, laravel.Result{Fields: object{"a": "b"}, Form: true, Whole: true})
	}
}

func TestContentTypeWithoutFields(t *testing.T) {
	const part = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--"
	for _, row := range []struct{ contentType, body, message, fix string }{
		{"", `{"a":1}`, "the Content-Type header is missing, so no fields are read; the body looks like JSON", "send Content-Type: application/json"},
		{"", `a=1`, "the Content-Type header is missing, so no fields are read; the body looks like form-encoded", "send Content-Type: application/x-www-form-urlencoded"},
		{"", part, "the Content-Type header is missing, so no fields are read; the body looks like multipart", "send Content-Type: multipart/form-data"},
		{"", "hello", "the Content-Type header is missing, so no fields are read", "send Content-Type: application/json, and encode the body with json_encode($fields)"},
		{"text/plain", `{"a":1}`, "unsupported Content-Type; the body looks like JSON", "send Content-Type: application/json"},
		{"json", `{"a":1}`, "unsupported Content-Type; the body looks like JSON", "send Content-Type: application/json"},
		{"application/jsonp", "<a b='c'>", "unsupported Content-Type", "send Content-Type: application/json, and encode the body with json_encode($fields)"},
		{"\xff\n/", "a b=c", "unsupported Content-Type", "send Content-Type: application/json, and encode the body with json_encode($fields)"},
	} {
		t.Run(row.contentType+" "+row.body, func(t *testing.T) {
			r := laravel.Decode(row.contentType, []byte(row.body))
			sound(t, r)
			if !r.Unreadable || len(r.Violations) != 1 {
				t.Errorf("%q with %q: got %+v; want unreadable true, len(violations) 1", row.contentType, row.body, r)
				return
			}
			v := r.Violations[0]
			equal(t, row.contentType+" with "+row.body, []string{string(v.Code), v.In, v.At, toPHP(v.Message), toPHP(v.Fix)},
				[]string{"TM-HEADER-CONTENT-TYPE", spec.InHeader, "Content-Type", row.message, row.fix})
		})
	}
}

func TestMismatch(t *testing.T) {
	const (
		multipartType = "multipart/form-data; boundary=B"
		part          = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B--"

		encodeJSON    = "encode the body with json_encode($fields)"
		encodeForm    = "encode the body with http_build_query($fields)"
		sayJSON       = "send Content-Type: application/json (the array of headers must be passed to curl as CURLOPT_HTTPHEADER)"
		sayForm       = "drop the Content-Type header, so that curl sends application/x-www-form-urlencoded"
		sayMultipart  = "drop the Content-Type header, so that curl sends multipart/form-data with its boundary"
		leaveTheArray = "pass the array itself to curl as CURLOPT_POSTFIELDS"
	)
	for _, row := range []struct{ contentType, body, message, fix string }{
		{jsonType, "a=b&c=d", "the body is form-encoded but the Content-Type says JSON", encodeJSON + ", or " + sayForm},
		{jsonType, "a%5Bb%5D=%7B", "the body is form-encoded but the Content-Type says JSON", encodeJSON + ", or " + sayForm},
		{jsonType, part, "the body is multipart but the Content-Type says JSON", encodeJSON + ", or " + sayMultipart},
		{formType, `{"a":1}`, "the body is JSON but the Content-Type says form", sayJSON + ", or " + encodeForm},
		{formType, ` [{"a":1,}] `, "the body is JSON but the Content-Type says form", sayJSON + ", or " + encodeForm},
		{formType, part, "the body is multipart but the Content-Type says form", encodeForm + ", or " + sayMultipart},
		{multipartType, `{"a":1}`, "the body is JSON but the Content-Type says multipart", sayJSON + ", or " + leaveTheArray},
		{"multipart/form-data", "a=b", "the body is form-encoded but the Content-Type says multipart", sayForm + ", or " + leaveTheArray},
	} {
		t.Run(row.contentType+" "+row.body, func(t *testing.T) {
			r := laravel.Decode(row.contentType, []byte(row.body))
			sound(t, r)
			if !r.Unreadable {
				t.Errorf("%s with %q: got Unreadable false, want true", row.contentType, row.body)
			}
			equal(t, row.contentType+" with "+row.body, found(r), []string{"TM-BODY-MISMATCH: " + row.message})
			equal(t, row.contentType+" with "+row.body, toPHP(r.Violations[0].Fix), row.fix)
		})
	}
}

func TestEmpty(t *testing.T) {
	for _, contentType := range []string{jsonType, formType, "multipart/form-data; boundary=B", "", "text/plain"} {
		for _, raw := range []string{"", " ", "\r\n\t "} {
			r := laravel.Decode(contentType, []byte(raw))
			sound(t, r)
			equal(t, contentType, found(r), []string{"TM-BODY-EMPTY: the body is empty"})
			if !r.Unreadable {
				t.Errorf("%s, empty body: got Unreadable false, want true", contentType)
			}
		}
	}
}

// TestViolationsContainNoValues: violations are written to logs and to the console, where a password must not be.
func TestViolationsContainNoValues(t *testing.T) {
	const secret = "hunter2"
	for contentType, bodies := range map[string][]string{
		jsonType: {
			`{"password":"hunter2"`, `{"password":"hunter2",}`, `{"password":"hunter2}`, `{"password":hunter2}`,
			`{"password":'hunter2'}`, `{"password":"hunter2"}hunter2`, `{"password":"hunter2\ud800"}`, `{"password":"hunter2\x"}`,
			"{\"password\":\"hunter2\xff\"}", `{"password":"hunter2","password":"hunter2"}`, `"hunter2"`, `["hunter2"]`, `password=hunter2`,
			`{"password":"hunter2" "hunter2"}`,
		},
		formType: {
			"password=hunter2&password=hunter2", "password=hunter2%ff", "password=hunter2&password[a]=hunter2",
			"password" + strings.Repeat("[a]", 65) + "=hunter2", `{"password":"hunter2"}`,
		},
		"multipart/form-data; boundary=B": {
			"--B\r\nContent-Disposition: form-data; name=password\r\n\r\nhunter2",
			"--B\r\nContent-Disposition: form-data; name=password\r\n\r\nhunter2\xff\r\n--B--",
			"--B\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\nhunter2\r\n--B--",
			"hunter2",
		},
		"text/plain": {"hunter2", `{"password":"hunter2"}`},
	} {
		for _, raw := range bodies {
			r := laravel.Decode(contentType, []byte(raw))
			sound(t, r)
			if len(r.Violations) == 0 {
				t.Errorf("%s with %q: got no violation, want one", contentType, raw)
			}
			for _, v := range r.Violations {
				if text, _ := json.Marshal(v); strings.Contains(string(text), secret) {
					t.Errorf("%s: %q gives it away: %s, want without %q", contentType, raw, text, secret)
				}
			}
		}
	}
}

func TestGarbageMakesFewViolations(t *testing.T) {
	deep := strings.Repeat(`{"`+strings.Repeat("k", 10_000)+`":`, 50)
	for _, raw := range []string{
		`{"a":1` + strings.Repeat(`,"a":1`, 10_000) + `}`,
		deep + `{"a":1` + strings.Repeat(`,"a":1`, 1000) + `}` + strings.Repeat("}", 50),
		`{"a":[` + strings.Repeat(`1e999,`, 10_000) + `1e999]}`,
	} {
		r := laravel.Decode(jsonType, []byte(raw))
		sound(t, r)
		if n := len(r.Violations); n != 50 {
			t.Errorf("%d violations, want 50", n)
		}
	}
	// Warnings do not keep an error out.
	parts := strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n\r\n", 100) +
		"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--x--\r\n"
	r := laravel.Decode("multipart/form-data; boundary=x", []byte(parts))
	if last := r.Violations[len(r.Violations)-1]; last.Code != "TM-BODY-UTF8" {
		t.Errorf(`the last violation is %+v, want "TM-BODY-UTF8"`, last)
	}
}

// recorded reads rows that testdata/record.php wrote.
func recorded[Row any](t *testing.T, file string) []Row {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var recording struct{ Rows []Row }
	if err := json.Unmarshal(raw, &recording); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if len(recording.Rows) == 0 {
		t.Fatalf("%s: got no rows, want some", file)
	}
	return recording.Rows
}
