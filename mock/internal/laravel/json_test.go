package laravel_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func TestJSON(t *testing.T) {
	for _, row := range []struct {
		body   string
		fields object
		found  []string
	}{
		{body: `{}`, fields: object{}},
		{body: ` { "a" : [ ] } `, fields: object{"a": list{}}},
		{
			body: `{"ticaga_id":"8","billing_id":42,"billing_system":"Blesta"}`,
			fields: object{
				"ticaga_id":      "8",
				"billing_id":     json.Number("42"),
				"billing_system": "Blesta",
			},
		},
		{
			body: `{"a":[1,-0.5e3,"",null,true,false,{"b":[[]]}]}`,
			fields: object{"a": list{
				json.Number("1"), json.Number("-0.5e3"), "", nil, true, false, object{"b": list{list{}}},
			}},
		},
		{
			body:   `{"\u0041\n\"":"\u00e9\ud83d\ude00\\ud800","":"","\u0000":1}`,
			fields: object{"A\n\"": `é😀\ud800`, "": "", "\x00": json.Number("1")},
		},

		// The last of two wins.
		{
			body:   `{"a":1,"\u0061":2}`,
			fields: object{"a": json.Number("2")},
			found:  []string{`TM-BODY-DUPLICATE /a: duplicate name "a" in an object; PHP keeps the last`},
		},
		{
			body:   `{"a":[{},{"b~/":1,"b~/":2}],"b~/":3}`,
			fields: object{"a": list{object{}, object{"b~/": json.Number("2")}}, "b~/": json.Number("3")},
			found:  []string{`TM-BODY-DUPLICATE /a/1/b~0~1: duplicate name [3 bytes that begin with "b"] in an object; PHP keeps the last`},
		},

		// PHP has no integer and no float for these.
		{
			body:   `{"a":[0,1e999],"b":-1e999,"c":99999999999999999999,"d":1e-999}`,
			fields: object{"a": list{json.Number("0"), "1e999"}, "b": "-1e999", "c": json.Number("99999999999999999999"), "d": json.Number("1e-999")},
			found: []string{
				"TM-BODY-NUMBER /a/1: the number is too large: PHP would read it as INF",
				"TM-BODY-NUMBER /b: the number is too large: PHP would read it as INF",
			},
		},
	} {
		t.Run(row.body[:min(len(row.body), 60)], func(t *testing.T) {
			r := laravel.Decode(jsonType, []byte(row.body))
			sound(t, r)
			equal(t, row.body, r.Fields, row.fields)
			equal(t, row.body, found(r), row.found)
			if r.Unreadable {
				t.Errorf("%s: got Unreadable true, want false", row.body)
			}
		})
	}
}

func TestUnreadableJSON(t *testing.T) {
	const (
		useEncode  = "let json_encode($fields) write the body"
		useQuotes  = `put names and strings in "double quotes", as json_encode($fields) does`
		useObject  = "send an object whose names are the fields"
		useConvert = "convert strings before encoding them: iconv('Windows-1252', 'UTF-8', $text)"
		useValue   = "check that the variable is not empty, or " + useEncode
		useLog     = "fix the cause of PHP's warnings, which are printed into the body, and turn display_errors off"
		useMbstr   = "cut strings between characters (iconv_substr or mb_substr, not substr), before they are encoded"
		useFinite  = "send a finite number, or null"
	)
	for _, row := range []struct{ body, found, got, fix string }{
		// What people do who write it by hand.
		{`{"a":1,}`, "JSON: the body is not JSON: a comma precedes the closing bracket at byte 8", `"}"`, "remove the comma"},
		{"{\n  \"é\": [\n    1,\n  ]\n}", "JSON: the body is not JSON: a comma precedes the closing bracket at byte 22 (line 4, column 3)", `"]"`, "remove the comma"},
		{`{'a':1}`, `JSON: the body is not JSON: it has a quotation mark other than " at byte 2`, `"'"`, useQuotes},
		{`{“a”:1}`, `JSON: the body is not JSON: it has a quotation mark other than " at byte 2`, `"\u201c"`, useQuotes},
		{`{a:1}`, "JSON: the body is not JSON: a name or a string has no quotes at byte 2", "a letter", useQuotes},
		{`{"a":b}`, "JSON: the body is not JSON: a name or a string has no quotes at byte 6", "a letter", useQuotes},
		{`{"a":1 "b":2}`, `JSON: the body is not JSON: a comma is missing at byte 8`, `"\""`, "put a comma before it, or " + useEncode},
		{`{"a" 1}`, `JSON: the body is not JSON: a colon is missing after a name at byte 6`, "a digit", "put a colon before it, or " + useEncode},
		{`{"a":}`, `JSON: the body is not JSON: a value is missing at byte 6`, `"}"`, useValue},
		{`{"a":,"b":1}`, `JSON: the body is not JSON: a value is missing at byte 6`, `","`, useValue},
		{`{"a":[1,,2]}`, `JSON: the body is not JSON: a comma replaces a name or a value at byte 9`, `","`, "remove the comma, or check that the variable before it is not empty"},
		{`[1 2]`, `JSON: the body is not JSON: a comma is missing at byte 4`, "a digit", "put a comma before it, or " + useEncode},
		{`{"a":=}`, `JSON: the body is not JSON: unexpected character at byte 6`, `"="`, useEncode},
		{`{"a":007}`, "JSON: the body is not JSON: a number begins with 0 at byte 7", "a digit", "remove the zeros, or send the digits as a string"},
		{`{"a":NaN}`, "JSON: the body is not JSON: a number is NaN or infinite at byte 6", "a letter", useFinite},
		{`{"a":nan}`, "JSON: the body is not JSON: a number is NaN or infinite at byte 7", "a letter", useFinite},
		{`{"a":-Infinity}`, "JSON: the body is not JSON: a number is NaN or infinite at byte 7", "a letter", useFinite},
		{`{"a":undefined}`, "JSON: the body is not JSON: it has another language's null at byte 6", "a letter", "send null"},
		{`{"a":None}`, "JSON: the body is not JSON: it has another language's null at byte 6", "a letter", "send null"},
		{`{"a":True}`, "JSON: the body is not JSON: a boolean has an uppercase letter at byte 6", "a letter", "send true or false"},
		{`{"a":tru}`, "JSON: the body is not JSON: unexpected character at byte 9", `"}"`, useEncode},
		{`{"a":1 /* one */}`, "JSON: the body is not JSON: it has a comment at byte 8", `"/"`, "remove it: JSON has no comments"},
		{`{"a":"C:\Users"}`, "JSON: the body is not JSON: a backslash does not begin an escape at byte 10", "a letter", `write \\ for a backslash, as json_encode($fields) does`},
		{"{\"a\":\"b\nc\"}", "JSON: the body is not JSON: it has a control character at byte 8", `"\n"`, `write \n for a line break in a string, as json_encode($fields) does`},
		{"hello", "JSON: the body is not JSON: a name or a string has no quotes at byte 1", "a letter", useQuotes},
		{"<html>", "JSON: the body is not JSON: HTML precedes it at byte 1", `"<"`, useLog},
		{"<br />\n<b>Warning</b>: x\n{\"a\":1}", "JSON: the body is not JSON: HTML precedes it at byte 1", `"<"`, useLog},
		{"{\"a\":1}<br />", "JSON: the body is not JSON: HTML follows it at byte 8", `"<"`, useLog},

		// What happens on the way.
		{"\ufeff{}", "JSON: the body is not JSON: it begins with a byte order mark at byte 1", `"\ufeff"`, "save the file without a BOM, or remove it: substr($json, 3)"},
		{`{"a":"b`, "JSON: the body is not JSON: it ends early at byte 7", "the end of the body", "send the whole body: its last bracket or quote is missing"},
		{`{"a":[1]`, "JSON: the body is not JSON: it ends early at byte 8", "the end of the body", "send the whole body: its last bracket or quote is missing"},
		{`{"a":1} {"b":2}`, "JSON: the body is not JSON: it continues after its end at byte 9", `"{"`, "send one JSON value and nothing after it"},
		{"{}\x00", "JSON: the body is not JSON: it continues after its end at byte 3", `"\x00"`, "send one JSON value and nothing after it"},

		// Text in another encoding, or cut in the middle of a character.
		{"{\"a\":\"\xe9\"}", "UTF8: the body is not UTF-8 at byte 7", "byte 0xe9", useConvert},
		{"{\"a\":\"\xed\xa0\x80\"}", "UTF8: the body is not UTF-8 at byte 7", "byte 0xed", useConvert},
		{"{\"a\":\"é\xc3\"", "UTF8: the body is not UTF-8 at byte 9", "byte 0xc3", useConvert},
		{"\x1f\x8b\x08", "UTF8: the body is not UTF-8: it is compressed with gzip, and neither PHP nor Laravel decompresses it", "byte 0x1f", "send the body uncompressed, without gzencode() and the like, and leave Content-Encoding out"},
		{"\xff\xfe{\x00}\x00", "UTF8: the body is not UTF-8 at byte 1", "byte 0xff", "send UTF-8: the body begins like UTF-16"},
		{`{"a":"\ud800"}`, "UTF8: the body has half a character: a UTF-16 surrogate escape without its other half at byte 7", `"\\ud800"`, useMbstr},
		{`{"a\n\\\udc00":1}`, "UTF8: the body has half a character: a UTF-16 surrogate escape without its other half at byte 8", `"\\udc00"`, useMbstr},
		{`{"a":"\ud83d\u0041"}`, "UTF8: the body has half a character: a UTF-16 surrogate escape without its other half at byte 7", `"\\ud83d"`, useMbstr},

		// JSON without names.
		{`[{"a":1}]`, "NOT-OBJECT: the body is an array, not an object, so it has no named fields", "an array", useObject},
		{` [ ]`, "NOT-OBJECT: the body is an empty array, not an object, so it has no named fields", "an empty array", "send {}: json_encode([]) is an array, json_encode((object) []) an object"},
		{`"a"`, "NOT-OBJECT: the body is a string, not an object, so it has no named fields", "a string", useObject},
		{`"{\"a\":1}"`, "NOT-OBJECT: the body is a string that contains JSON, not an object, so it has no named fields", "a string that contains JSON", "call json_encode once: the body is encoded twice"},
		{`null`, "NOT-OBJECT: the body is null, not an object, so it has no named fields", "null", useObject},
		{`true`, "NOT-OBJECT: the body is a boolean, not an object, so it has no named fields", "a boolean", useObject},
		{`-1`, "NOT-OBJECT: the body is a number, not an object, so it has no named fields", "a number", useObject},
	} {
		t.Run(row.body[:min(len(row.body), 60)], func(t *testing.T) {
			r := laravel.Decode(jsonType, []byte(row.body))
			sound(t, r)
			if !r.Unreadable || len(r.Violations) != 1 {
				t.Errorf("%s: got %+v; want unreadable true, len(violations) 1", row.body, r)
				return
			}
			v := r.Violations[0]
			equal(t, row.body, []string{string(v.Code) + ": " + toPHP(v.Message), v.Got, toPHP(v.Fix)}, []string{"TM-BODY-" + row.found, row.got, row.fix})
		})
	}
}

func TestDeepJSON(t *testing.T) {
	nested := func(n int) string {
		return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}"
	}
	if r := laravel.Decode(jsonType, []byte(nested(511))); r.Unreadable || len(r.Violations) > 0 {
		t.Errorf("511 levels: got %v; want unreadable false, no violations", found(r))
	}
	for _, raw := range []string{nested(512), nested(20_000)} { // the second is too deep for encoding/json
		r := laravel.Decode(jsonType, []byte(raw))
		sound(t, r)
		if !r.Unreadable || r.Violations[0].Code != "TM-BODY-DEPTH" {
			t.Errorf(`%d levels: %v; want unreadable true, code "TM-BODY-DEPTH"`, len(raw)/2, found(r))
		}
	}
}

// PHP's own verdicts; testdata/record.php says how to ask for more.
func TestJSONAsPHP(t *testing.T) {
	codes := map[string]string{
		"No error":     "",
		"Syntax error": "TM-BODY-JSON",
		"State mismatch (invalid or malformed JSON)":               "TM-BODY-JSON",
		"Control character error, possibly incorrectly encoded":    "TM-BODY-JSON",
		"Malformed UTF-8 characters, possibly incorrectly encoded": "TM-BODY-UTF8",
		"Single unpaired UTF-16 surrogate in unicode escape":       "TM-BODY-UTF8",
		"Maximum stack depth exceeded":                             "TM-BODY-DEPTH",
	}
	for _, row := range recorded[struct{ Body, Error string }](t, "testdata/php-json.json") {
		want, known := codes[row.Error]
		if !known {
			t.Fatalf("%q: got PHP's error %q, want one of the known ones", row.Body, row.Error)
		}
		r := laravel.Decode(jsonType, []byte(row.Body))
		sound(t, r)
		got := ""
		if r.Unreadable {
			got = string(r.Violations[0].Code)
		}
		if got != want {
			t.Errorf("%q: got %q, PHP says %s, want %q", row.Body, got, row.Error, want)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"ticaga_id":"8","billing_id":42,"billing_system":"Blesta"}`,
		`{"a":[{"b":null,"b":true}],"c":{"\u0061\ud83d\ude00":-1.5e+9}}`,
		`{"a":"\ud800"}`, `{"a":1e999}`, `{"a":1,}`, `{'a':NaN}`, `[1]`, "a=b", "\ufeff{}", "{\"a\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := laravel.Decode(jsonType, raw)
		sound(t, r)
		if r.Unreadable {
			switch code := r.Violations[0].Code; code {
			case "TM-BODY-JSON", "TM-BODY-MISMATCH", "TM-BODY-EMPTY":
				if json.Valid(raw) {
					t.Errorf("%q is JSON: got %s, want no violation", raw, code)
				}
			}
			return
		}
		for _, v := range r.Violations {
			if v.Severity == spec.Error {
				return // a number that became text
			}
		}
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.UseNumber()
		var want object
		if err := dec.Decode(&want); err != nil {
			t.Fatal(err)
		}
		equal(t, "fields", r.Fields, want)
	})
}

func BenchmarkJSON(b *testing.B) {
	raw := []byte(`{"ticaga_id":"8","billing_id":42,"billing_system":"Blesta"}`)
	b.ReportAllocs()
	for b.Loop() {
		laravel.Decode(jsonType, raw)
	}
}

// TestCompressed: a body that was compressed is named so, whatever its Content-Type; one whose
// Content-Encoding alone says so is read, as PHP reads it.
func TestCompressed(t *testing.T) {
	for _, row := range []struct{ encoding, body, named string }{
		{"", "\x1f\x8b\x08\x00\xff", "gzip"},
		{"gzip", "\x1f\x8b\x08\x00\xff", "gzip"},
		{"", "\x28\xb5\x2f\xfd\x04\x00", "zstd"},
		{"", "\x78\x9c\xab\x56", "deflate"},
		{"deflate", "\xab\x56\x4a\x04", "deflate"},
		{"br", "\x0b\x02\x80a=1\x03", "br"},
		{"X-Gzip", "\x00\x8b", "gzip"},
		{"compress", "\x1f\x9d\x90", "compress"},
		{"gzip, br", "\xab\x56\x4a\x04", "br"},
		{"identity", "a=\xe9", ""},
		{"", "a=\xe9", ""},
		{"gzip", "a=1", ""},
		{"br", `{"a":"é"}`, ""},
		{"", "x^=1", ""},
		{"<script>", "\x00\xff", ""},
	} {
		for _, contentType := range []string{jsonType, formType, "text/plain", ""} {
			r := laravel.Limits{}.Decode(contentType, row.encoding, []byte(row.body))
			named := ""
			if len(r.Violations) > 0 {
				_, named, _ = strings.Cut(r.Violations[0].Message, "compressed with ")
				named, _, _ = strings.Cut(named, ",")
			}
			if named != row.named {
				t.Errorf("%s, %q, %q: named %q, want %q", contentType, row.encoding, row.body, named, row.named)
			}
		}
	}
}
