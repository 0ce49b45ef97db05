package inspect_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// withExtra returns the contract with a further field "extra" of a schema in the body of assignBillingId.
func withExtra(t *testing.T, schema string) *spec.Contract {
	t.Helper()
	file := string(ticagamock.OpenAPI)
	before, after, found := strings.Cut(file, "    AssignRequest:\n")
	head, properties, found2 := strings.Cut(after, "      properties:\n")
	if !found || !found2 {
		t.Fatal("openapi.yaml has no properties of AssignRequest, want some")
	}
	contract, err := spec.Load([]byte(before + "    AssignRequest:\n" + head + "      properties:\n        extra: " + schema + "\n" + properties))
	if err != nil {
		t.Fatal(err)
	}
	return contract
}

// TestKeywords: each keyword of a schema is checked, in JSON and in forms. The violation of a value that
// breaks it and Laravel's sentence about it are true.
func TestKeywords(t *testing.T) {
	for _, row := range []struct {
		schema              string
		good, goodForm      string // "" if there is none
		bad, badForm        string // the same value in JSON and in a form; "-" if a form cannot carry it
		code, at            string
		sentence            string // "The extra field ..."
		expected, mentioned string // in the violation: Expected, and a part of Message
	}{
		{"{ type: string, minLength: 5 }", `"abcde"`, "extra=abcde", `"abc"`, "extra=abc",
			"TM-BODY-LENGTH", "/extra", "must be at least 5 characters.", "at least 5 characters", "is too short"},
		{"{ type: string, maxLength: 2 }", `"ab"`, "extra=ab", `"abc"`, "extra=abc",
			"TM-BODY-LENGTH", "/extra", "must not be greater than 2 characters.", "at most 2 characters", "is too long"},
		{"{ type: string, pattern: '^a+$' }", `"aa"`, "extra=aa", `"b"`, "extra=b",
			"TM-BODY-FORMAT", "/extra", "format is invalid.", "a string matching ^a+$", "has the wrong format"},
		{"{ type: integer }", `7`, "extra=7", `"7"`, "extra=seven",
			"TM-BODY-TYPE", "/extra", "must be an integer.", "an integer", "has the wrong type"},
		{"{ type: integer }", `-7`, "extra=-7", `7.5`, "extra=7.5",
			"TM-BODY-TYPE", "/extra", "must be an integer.", "an integer", "has the wrong type"},
		{"{ type: integer, enum: [1, 2000000] }", `2000000`, "extra=2000000", `3`, "extra=3",
			"TM-BODY-ENUM", "/extra", "is invalid.", "1 or 2000000", "is not one of the known values"},
		{"{ type: integer, format: int32 }", `2147483647`, "extra=-2147483648", `2147483648`, "extra=2147483648",
			"TM-BODY-RANGE", "/extra", "must not be greater than 2147483647.", "an integer from -2147483648 to 2147483647", "is out of range"},
		{"{ type: integer, format: int32 }", `-2147483648`, "extra=2147483647", `-2147483649`, "extra=-2147483649",
			"TM-BODY-RANGE", "/extra", "must be at least -2147483648.", "an integer from -2147483648 to 2147483647", "is out of range"},
		{"{ type: integer, format: int64 }", `9007199254740991`, "extra=-5", `1e30`, "extra=1000000000000000000000000000000",
			"TM-BODY-RANGE", "/extra", "must not be greater than 9223372036854775807.", "an integer from -9223372036854775808 to 9223372036854775807", "is out of range"},
		{"{ type: number }", `0.5`, "extra=0.5", `"half"`, "extra=half",
			"TM-BODY-TYPE", "/extra", "must be a number.", "a number", "has the wrong type"},
		{"{ type: number, minimum: 0.5 }", `0.5`, "extra=0.5", `0.25`, "extra=0.25",
			"TM-BODY-RANGE", "/extra", "must be at least 0.5.", "a number of at least 0.5", "is too small"},
		{"{ type: number, minimum: 0.5, exclusiveMinimum: true }", `0.75`, "extra=1e3", `0.5`, "extra=0.5",
			"TM-BODY-RANGE", "/extra", "must be greater than 0.5.", "a number greater than 0.5", "is too small"},
		{"{ type: number, minimum: 0.5, exclusiveMinimum: true }", `0.75`, "extra=0.75", `0.25`, "extra=0.25",
			"TM-BODY-RANGE", "/extra", "must be greater than 0.5.", "a number greater than 0.5", "is too small"},
		{"{ type: number, maximum: 9.5 }", `9.5`, "extra=9.5", `10`, "extra=10",
			"TM-BODY-RANGE", "/extra", "must not be greater than 9.5.", "a number of at most 9.5", "is too large"},
		{"{ type: integer, maximum: 10, exclusiveMaximum: true }", `9`, "extra=9", `10`, "extra=10",
			"TM-BODY-RANGE", "/extra", "must be less than 10.", "an integer less than 10", "is too large"},
		{"{ type: number, multipleOf: 0.25 }", `0.75`, "extra=0.75", `0.3`, "extra=0.3",
			"TM-BODY-RANGE", "/extra", "must be a multiple of 0.25.", "a number that is a multiple of 0.25", "is not a multiple of 0.25"},
		{"{ type: boolean }", `true`, "extra=true", `"yes"`, "extra=yes",
			"TM-BODY-TYPE", "/extra", "must be true or false.", "true or false", "has the wrong type"},
		{"{ type: boolean }", `false`, "extra=0", `1`, "extra=2",
			"TM-BODY-TYPE", "/extra", "must be true or false.", "true or false", "has the wrong type"},
		{"{ type: boolean, enum: [true] }", `true`, "extra=1", `false`, "extra=false",
			"TM-BODY-ENUM", "/extra", "is invalid.", "true", "is not one of the known values"},
		{"{ type: array, items: { type: integer } }", `[1, 2]`, "extra[]=1&extra[]=2", `[1, "x"]`, "extra[]=1&extra[]=x",
			"TM-BODY-TYPE", "/extra/1", "must be an integer.", "an integer", "has the wrong type"},
		{"{ type: array, items: { type: string } }", `["a"]`, "extra[0]=a", `"a"`, "extra=a",
			"TM-BODY-TYPE", "/extra", "must be an array.", "an array", "has the wrong type"},
		{"{ type: array, minItems: 2, items: {} }", `[1, 2]`, "extra[]=1&extra[]=2", `[1]`, "extra[]=1",
			"TM-BODY-LENGTH", "/extra", "must have at least 2 items.", "at least 2 items", "has too few items"},
		{"{ type: array, maxItems: 1, items: {} }", `[1]`, "extra[]=1", `[1, 2]`, "extra[]=1&extra[]=2",
			"TM-BODY-LENGTH", "/extra", "must not have more than 1 items.", "at most 1 items", "has too many items"},
		{"{ type: array, uniqueItems: true, items: { type: number } }", `[1, 2]`, "extra[]=1&extra[]=2", `[1, 1]`, "extra[]=1&extra[]=1",
			"TM-BODY-DUPLICATE", "/extra", "has a duplicate value.", "unique items", "has duplicate items"},
		{"{ type: object, minProperties: 2 }", `{"a":1,"b":2}`, "extra[a]=1&extra[b]=2", `{"a":1}`, "extra[a]=1",
			"TM-BODY-LENGTH", "/extra", "must have at least 2 items.", "at least 2 fields", "has too few fields"},
		{"{ type: object, maxProperties: 1 }", `{"a":1}`, "extra[a]=1", `{"a":1,"b":2}`, "extra[a]=1&extra[b]=2",
			"TM-BODY-LENGTH", "/extra", "must not have more than 1 items.", "at most 1 fields", "has too many fields"},
		{"{ type: object, additionalProperties: false, properties: { a: { type: boolean } } }", `{"a":true}`, "extra[a]=1", `{"a":true,"b":2}`, "extra[a]=1&extra[b]=2",
			"TM-BODY-UNKNOWN-FIELD", "/extra/b", "is prohibited.", "no such field", "forbids other fields"},
		{"{ type: object, additionalProperties: { type: integer } }", `{"a":1}`, "extra[a]=1", `{"a":"x"}`, "extra[a]=x",
			"TM-BODY-TYPE", "/extra/a", "must be an integer.", "an integer", "has the wrong type"},
		{"{ type: object, required: [a], properties: { a: { type: string } } }", `{"a":"x"}`, "extra[a]=x", `{"b":"x"}`, "extra[b]=x",
			"TM-BODY-REQUIRED", "/extra/a", "is required.", "a string", "is missing"},
		{"{ oneOf: [{ type: integer }, { type: boolean }] }", `true`, "extra=5", `"x"`, "extra=x",
			"TM-BODY-TYPE", "/extra", "format is invalid.", "an integer, or true or false", "has the wrong type"},
		{"{ oneOf: [{ type: integer }, { type: string, enum: [a, b] }] }", `"a"`, "extra=5", `"c"`, "extra=c",
			"TM-BODY-ENUM", "/extra", "is invalid.", `an integer, or "a" or "b"`, "is not one of the known values"},
		{"{ anyOf: [{ type: integer, minimum: 10 }, { type: string, format: uuid }] }", `11`, "extra=11", `5`, "extra=5",
			"TM-BODY-RANGE", "/extra", "must be at least 10.", "an integer of at least 10, or a UUID", "is too small"},
		{"{ oneOf: [{ type: integer, enum: [1, 2] }, { type: string, enum: ['1', '2'] }] }", `"1"`, "extra=2", `3`, "extra=3",
			"TM-BODY-ENUM", "/extra", "is invalid.", "1 or 2, as a number or a string", "is not one of the known values"},
		{"{ oneOf: [{ type: integer, multipleOf: 2 }, { type: integer, multipleOf: 3 }] }", `9`, "extra=4", `6`, "extra=6",
			"TM-BODY-FORMAT", "/extra", "format is invalid.", "an integer that is a multiple of 2, or an integer that is a multiple of 3", "matches more than one of the alternatives"},
		{"{ anyOf: [{ type: number, maximum: 5 }, { type: array, items: { type: integer } }] }", `[7]`, "extra[]=7", `7`, "extra=7",
			"TM-BODY-RANGE", "/extra", "must not be greater than 5.", "a number of at most 5", "is too large"},
		{"{ allOf: [{ type: integer }, { minimum: 3 }, { maximum: 5 }] }", `4`, "extra=4", `6`, "extra=6",
			"TM-BODY-RANGE", "/extra", "must not be greater than 5.", "a number of at most 5", "is too large"},
		{"{ not: { enum: [red, blue] } }", `"green"`, "extra=green", `"red"`, "extra=red",
			"TM-BODY-ENUM", "/extra", "is invalid.", `anything but "red" or "blue"`, "is a value that the contract forbids"},
		{"{ type: string, not: { pattern: '^x' } }", `"a"`, "extra=a", `"xa"`, "extra=xa",
			"TM-BODY-FORMAT", "/extra", "format is invalid.", "anything but a string matching ^x", "is a value that the contract forbids"},
		{"{ type: string, readOnly: true }", ``, "", `"x"`, "extra=x",
			"TM-BODY-UNKNOWN-FIELD", "/extra", "is prohibited.", "no such field", "is read-only"},
		{"{ type: object, properties: { a: { type: string, nullable: true } } }", `{"a":null}`, "", `{"a":5}`, "-",
			"TM-BODY-TYPE", "/extra/a", "must be a string.", "a string, or null", "has the wrong type"},
		{"{ type: array, items: { type: string } }", `["a"]`, "extra[]=a", `[null]`, "-",
			"TM-BODY-TYPE", "/extra/0", "must be a string.", "a string", "has the wrong type"},
		{"{ type: string, format: email }", `"a@b"`, "extra=a%40b.example", `"a..b@c.example"`, "extra=a.example",
			"TM-BODY-FORMAT", "/extra", "must be a valid email address.", "an e-mail address", "has the wrong format"},
		{"{ type: string, format: date }", `"2026-02-28"`, "extra=2026-01-31", `"2026-02-30"`, "extra=31.1.2026",
			"TM-BODY-FORMAT", "/extra", "must be a valid date.", "a date such as 2026-01-02", "has the wrong format"},
		{"{ type: string, format: date-time }", `"2026-02-28T10:00:00+02:00"`, "extra=2026-01-31T01:02:03.5Z", `"2026-02-28 10:00:00"`, "extra=2026-02-28",
			"TM-BODY-FORMAT", "/extra", "must be a valid date.", "a time such as 2026-01-02T15:04:05Z", "has the wrong format"},
		{"{ type: string, format: time }", `"10:00:00Z"`, "extra=10:00:00%2B02:00", `"10"`, "extra=25:00:00Z",
			"TM-BODY-FORMAT", "/extra", "format is invalid.", "a time of day such as 15:04:05Z", "has the wrong format"},
		{"{ type: string, format: uuid }", `"6fa459ea-ee8a-3ca4-894e-db77e160355e"`, "extra=6FA459EA-EE8A-3CA4-894E-DB77E160355E", `"6fa459ea"`, "extra=x",
			"TM-BODY-FORMAT", "/extra", "must be a valid UUID.", "a UUID", "has the wrong format"},
		{"{ type: string, format: ipv4 }", `"203.0.113.9"`, "extra=203.0.113.9", `"203.0.113.900"`, "extra=::1",
			"TM-BODY-FORMAT", "/extra", "must be a valid IPv4 address.", "an IPv4 address", "has the wrong format"},
		{"{ type: string, format: ipv6 }", `"2001:db8::1"`, "extra=::1", `"203.0.113.9"`, "extra=g::1",
			"TM-BODY-FORMAT", "/extra", "must be a valid IPv6 address.", "an IPv6 address", "has the wrong format"},
		{"{ type: string, format: hostname }", `"a-b.example"`, "extra=localhost", `"-a.example"`, "extra=a_b",
			"TM-BODY-FORMAT", "/extra", "format is invalid.", "a host name", "has the wrong format"},
		{"{ type: string, format: uri }", `"https://example.com/a?b=c"`, "extra=mailto:a%40b.example", `"/a"`, "extra=example.com",
			"TM-BODY-FORMAT", "/extra", "must be a valid URL.", "a URL such as https://example.com/", "has the wrong format"},
		{"{ type: string, format: byte }", `"YWJj"`, "extra=YWJj", `"a"`, "extra=%3F",
			"TM-BODY-FORMAT", "/extra", "format is invalid.", "base64", "has the wrong format"},
	} {
		t.Run(row.schema, func(t *testing.T) {
			t.Parallel()
			contract := withExtra(t, row.schema)
			inspector := inspect.New(contract, inspect.Options{Auth: inspect.AllSchemes})
			const fields = `"ticaga_id":8,"billing_id":42,"billing_system":"blesta"`
			const form = "ticaga_id=8&billing_id=42&billing_system=blesta&"
			inJSON := func(value string) inspect.Request { return post(asJSON, fmt.Sprintf(`{%s,"extra":%s}`, fields, value)) }
			var good, bad []inspect.Request
			if row.good != "" {
				good = append(good, inJSON(row.good))
			}
			if row.goodForm != "" {
				good = append(good, post(asForm, form+row.goodForm))
			}
			bad = append(bad, inJSON(row.bad))
			if row.badForm != "-" {
				bad = append(bad, post(asForm, form+row.badForm))
			}
			for _, r := range good {
				if got := inspector.Inspect(r); len(got.Violations) > 0 || got.Invalid != nil {
					t.Errorf("%s: got violations %+v, want none", r.Body, got.Violations)
				}
			}
			for _, r := range bad {
				got := inspector.Inspect(r)
				if len(got.Violations) != 1 || len(got.Invalid) != 1 {
					t.Fatalf("%s: got violations %+v, %d of them in Invalid; want one, in both", r.Body, got.Violations, len(got.Invalid))
				}
				contract.Locate(got.Operation, got.Scheme, got.Violations)
				v := got.Violations[0]
				if string(v.Code) != row.code || v.At != row.at || v.Expected != row.expected || !strings.Contains(v.Message, row.mentioned) {
					t.Errorf("%s: got %s at %q, expected %q, message %q; want %s at %q, expected %q, message with %q",
						r.Body, v.Code, v.At, v.Expected, v.Message, row.code, row.at, row.expected, row.mentioned)
				}
				if v.Fix == "" || v.Line == 0 {
					t.Errorf("%s: got fix %q, line %d; want both", r.Body, v.Fix, v.Line)
				}
				name := strings.ReplaceAll(strings.TrimPrefix(row.at, "/"), "/", ".")
				want := "The " + name + " field " + row.sentence
				if row.sentence == "is invalid." {
					want = "The selected " + name + " " + row.sentence
				}
				if sentence := laravelSays(t, got); sentence != want {
					t.Errorf("%s: got sentence %q, want %q", r.Body, sentence, want)
				}
			}
		})
	}
}

// laravelSays returns the message of Laravel's answer to an invalid request.
func laravelSays(t *testing.T, seen inspect.Inspection) string {
	t.Helper()
	body, err := json.Marshal(api.Invalid(seen.Invalid).Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Message string }
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	return answer.Message
}
