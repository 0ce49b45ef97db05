package verify

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMistakesInAnExpectation(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{``, `/: `},
		{`[]`, `/: `},
		{`{"count":1,}`, `/: the body is not JSON: a comma precedes the closing bracket`},
		{`{"count":1,"count":2}`, `/count: duplicate name "count"`},
		{`{"cout":1}`, `/cout: unknown key; did you mean "count"?`},
		{`{"x":1}`, `/x: unknown key; must be one of operation, method, path, body, query, headers, credentials, violations, count, at_least, at_most, in_order, nothing_else, within`},
		{`{"a/b\n":1}`, `/a~1b\n: unknown key`},
		{`{"operation":"assignBilingId"}`, `/operation: "assignBilingId": unknown operation; did you mean "assignBillingId"?`},
		{`{"operation":"x"}`, `/operation: "x": unknown operation; ticaga-mock routes lists all`},
		{`{"operation":8}`, `/operation: must be a string, got 8`},
		{`{"operation":null}`, `/operation: must be a string, got null`},
		{`{"operation":"getCustomer","path":"/"}`, `/operation: must not be combined with method and path; leave it or them out`},
		{`{"method":"post"}`, `/method: "post": unknown method; did you mean "POST"?`},
		{`{"path":"api"}`, `/path: must be a path that begins with a slash, got "api"`},
		{`{"path":"/a?b=c"}`, `/path: must be the path alone; move what follows the question mark to query`},
		{`{"path":"/a/{id}"}`, `/path: must be the path as it is sent, with a value instead of "{id}"; for any value, use the operation`},
		{`{"body":[]}`, `/body: must be an object, got an array of 0`},
		{`{"body":null}`, `/body: must be an object, got null`},
		{`{"body":{"a":[{"password":"x"}]}}`, `/body/a/0/password: is a secret, and secrets are not kept`},
		{`{"query":{"page":true}}`, `/query/page: must be a string, null for nothing, or an object or array of these; got true`},
		{`{"query":{"f":{"g":[true]}}}`, `/query/f/g/0: must be a string, null for nothing, or an object or array of these; got true`},
		{`{"query":{"":"x"}}`, `/query/: PHP drops a parameter of this name; leave it out`},
		{`{"query":{"f[pass]":"x"}}`, `/query/f[pass]: is a secret`},
		{`{"query":{"f":{"pass":"x"}}}`, `/query/f/pass: is a secret`},
		{`{"query":{"api_token":"x"}}`, `/query/api_token: is a secret`},
		{`{"headers":{"authorization":"x"}}`, `/headers/authorization: is a secret, and secrets are not kept; leave it out (the key credentials says how the API token is sent)`},
		{`{"headers":{"cookie":"x"}}`, `/headers/cookie: is a secret`},
		{`{"headers":{"X-API-Token":null}}`, `/headers/X-API-Token: is a secret`},
		{`{"headers":{"Accept":"x","accept":"y"}}`, `/headers/accept: duplicate: the case of a name makes no difference`},
		{`{"credentials":"Basic"}`, `/credentials: "Basic": unknown credentials; did you mean "basic"?`},
		{`{"credentials":"digest"}`, `/credentials: "digest": unknown credentials; must be one of basic, bearer, header, none`},
		{`{"count":"1"}`, `/count: must be an integer from 0 to 1000000, got "1"`},
		{`{"count":-1}`, `/count: must be an integer from 0 to 1000000, got -1`},
		{`{"count":1.5}`, `/count: must be an integer from 0 to 1000000, got 1.5`},
		{`{"at_most":1000001}`, `/at_most: must be an integer from 0 to 1000000, got 1000001`},
		{`{"count":1,"at_least":1}`, `/count: must not be combined with at_least and at_most; leave it or them out`},
		{`{"at_least":3,"at_most":2}`, `/at_least: is 3, more than at_most, which is 2`},
		{`{"nothing_else":"yes"}`, `/nothing_else: must be true or false, got "yes"`},
		{`{"within":3}`, `/within: must be a duration such as "3s" or "500ms", at most "60s", got 3`},
		{`{"within":"61s"}`, `/within: must be a duration such as "3s" or "500ms", at most "60s", got "61s"`},
		{`{"within":"-1s"}`, `/within: `},
		{`{"in_order":[]}`, `/in_order: must be an array of 1 to 100 objects, got an array of 0`},
		{`{"in_order":{}}`, `/in_order: must be an array of 1 to 100 objects, got an object`},
		{`{"in_order":[1]}`, `/in_order/0: must be an object, got 1`},
		{`{"in_order":[{"count":1}]}`, `/in_order/0/count: unknown key`},
		{`{"in_order":[{},{"body":{"pwd":1}}]}`, `/in_order/1/body/pwd: is a secret`},
		{`{"in_order":[{}],"count":1}`, `/count: must not be combined with in_order`},
		{`{"in_order":[{}],"operation":"getCustomer"}`, `/operation: must not be combined with in_order; choose the requests in its steps, each of which comes once`},
		{`{"count":true,"method":"x","body":1}`, "/method: \"x\": unknown method; must be one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\n/body: must be an object, got 1\n/count: must be an integer"},
		{`{"body":{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}}`, `/body/a/0`},
		{`{"body":{"a":[` + strings.Repeat("1,", 2000) + `1]}}`, `/body/a: too many: at most 1000 fields, parameters and headers in total`},
		{`{"body":{"a":"` + strings.Repeat("x", MaxBytes) + `"}}`, `/: too large: at most 262144 bytes`},
	} {
		t.Run(row.text[:min(len(row.text), 60)], func(t *testing.T) {
			e, err := Parse(contract, []byte(row.text))
			if err == nil || !strings.HasPrefix(err.Error(), row.want) {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
			if e != nil {
				t.Errorf("an expectation in spite of it; got %v; want nil", e)
			}
		})
	}
}

func TestManyMistakes(t *testing.T) {
	_, err := Parse(contract, []byte(`{"body":{`+strings.Repeat(`"password":[],`, 1000)+`"a":1}}`))
	if err == nil || strings.Count(err.Error(), "\n") > 50 {
		t.Errorf(`got %v; want an error, number of "\n" in error at most 50`, err)
	}
}

func TestWithin(t *testing.T) {
	for text, want := range map[string]time.Duration{`{}`: 0, `{"within":"0s"}`: 0, `{"within":"1.5s"}`: 1500 * time.Millisecond, `{"within":"1m"}`: MaxWithin} {
		if got := parse(t, text).Within; got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestParseRule(t *testing.T) {
	for _, row := range []struct {
		operation, match string
		matches          bool
		err              string
	}{
		{"", ``, true, ""},
		{"", `{}`, true, ""},
		{"assignBillingId", ``, true, ""},
		{"getCustomer", ``, false, ""},
		{"assignBillingId", `{"body":{"billing_id":"42"}}`, true, ""},
		{"assignBillingId", `{"body":{"billing_id":43}}`, false, ""},
		{"", `{"operation":"assignBillingId"}`, true, ""},
		{"getCustomers", ``, false, `/operation: "getCustomers": unknown operation; did you mean "getCustomer"?`},
		{"getCustomer", `{"path":"/x"}`, false, `/operation: must not be combined with a match that has an operation, method or path; leave one out`},
		{"", `{"count":1}`, false, `/match/count: unknown key; must be one of operation, method, path, body, query, headers, credentials`},
		{"", `{"body":{"a":{"token":1}}}`, false, `/match/body/a/token: is a secret, and secrets are not kept; leave it out (the key credentials says how the API token is sent)`},
		{"", `null`, false, `/match: the body is null, not an object, so it has no named fields; expected a JSON object`},
	} {
		t.Run(row.operation+row.match, func(t *testing.T) {
			m, err := ParseRule(contract, row.operation, []byte(row.match))
			text := ""
			if err != nil {
				text = err.Error()
			}
			if d := cmp.Diff(row.err, text); d != "" {
				t.Fatalf("ParseRule(%s): errors differ (-want +got):\n%s", row.match, d)
			}
			if err == nil && m.Match(assign(t, `{"billing_id":42}`)) != row.matches {
				t.Errorf("Match() = %t, want %t", !row.matches, row.matches)
			}
		})
	}
}

// FuzzParse: whatever is posted, it is either refused in lines of plain text, each at a place, or
// it can be checked, and the result is plain text again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"operation":"assignBillingId","body":{"billing_id":42},"credentials":"bearer","count":1,"within":"3s"}`,
		`{"method":"POST","path":"/api//customers/%61ssign/","query":{"page":"2","x":null},"headers":{"accept":"a"}}`,
		`{"in_order":[{"operation":"getCustomer"},{"body":{"f":{"g":[1,"a",null,true,{"h":-0.5e3}]}}}],"nothing_else":true}`,
		`{"at_least":1,"at_most":2}`, `{"count":-1}`, `{"cout":1,"cout":2}`, `{"headers":{"Authorization":"x"}}`, `{"body":{"a":{"password":""}}}`,
		`[]`, `{`, "{\"a\\n\u2028\":\"\x1b\"}", `{"path":"/\u001b[2J"}`, `{"body":{"f":{},"g":[]}}`, `{"within":"9999999h"}`, `{"path":"/%zz/%2f"}`,
		`{"query":{"f[g][]":"1","f":{"g":["2"]},"x.y":null}}`,
	} {
		f.Add([]byte(seed))
	}
	came := requests(assign(f, `{"billing_id":42,"f":{"g":[1,"a",null,true,{"h":-500}]},"\n\u001b":{"\u001b":1e999}}`), get,
		Request{Method: "POST", Path: "/%zz/\x1b[2J", Query: map[string]any{"\n": "\n", "f": map[string]any{"g": []any{"1"}}}})
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Parse(contract, data)
		text := ""
		if err != nil {
			text = err.Error()
			for line := range strings.SplitSeq(text, "\n") {
				if !strings.HasPrefix(line, "/") {
					t.Errorf(`a line without a place: got %q, want beginning with "/"`, line)
				}
			}
		} else {
			result := e.Check(came, 0)
			if text = result.String(); result.Holds && result.Impossible {
				t.Errorf("got a result that holds and is impossible, want one of them: %s", text)
			}
			if strings.Contains(result.Explanation, "\n") {
				t.Errorf(`more than a line: got %q, want without "\n"`, result.Explanation)
			}
		}
		for _, r := range text {
			if r != '\n' && !strconv.IsPrint(r) {
				t.Fatalf("got %q in %q, want printable text", r, text)
			}
		}
	})
}
