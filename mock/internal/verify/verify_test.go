package verify

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// contract is the real one.
var contract = func() Contract {
	c, err := spec.Load(ticagamock.OpenAPI)
	if err != nil {
		panic(err)
	}
	known := Contract{Accepts: c.Accepts, Nearest: words.Nearest}
	for _, op := range c.Operations {
		known.Operations = append(known.Operations, op.ID)
	}
	return known
}()

func parse(t rapid.TB, text string) *Expectation {
	t.Helper()
	e, err := Parse(contract, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func fields(t rapid.TB, text string) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var m map[string]any
	if err := decoder.Decode(&m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

// number them from 1.
func requests(list ...Request) []Request {
	for i := range list {
		list[i].ID = int64(i + 1)
	}
	return list
}

// assign is what a plugin sends to link a customer, with other fields if there are any.
func assign(t rapid.TB, body string) Request {
	return Request{
		Operation: "assignBillingId", Method: "POST", Path: "/api/customers/assign", Credentials: "bearer", Status: 200,
		Header: http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json"}, "Via": {"a", "b"}},
		Query:  fields(t, `{"page":"2","a":["1","2"],"f":{"g":{"h":"3"},"l":["4",{"m":"5"}]},"x_y":""}`),
		Fields: fields(t, body),
	}
}

var get = Request{Operation: "getCustomer", Method: "GET", Path: "/api/customers/get/8", Credentials: "basic", Status: 200}

func TestMatchBody(t *testing.T) {
	for _, row := range []struct {
		name, want, body string
		diff             string // "" when it matches
	}{
		{"nothing is asked", `{}`, `{"billing_id":42}`, ""},
		{"a part of the fields", `{"billing_id":42}`, `{"billing_id":42,"ticaga_id":8}`, ""},
		{"another value", `{"billing_id":42}`, `{"billing_id":17}`, `body /billing_id: expected 42, got 17`},
		{"not sent", `{"billing_id":42}`, `{}`, `body /billing_id: expected 42, got nothing`},
		{"every difference, by name", `{"b":"1","a":"2","c":"3"}`, `{"b":"1"}`, `body /a: expected "2", got nothing; body /c: expected "3", got nothing`},

		{"an id as a number and as text", `{"billing_id":42}`, `{"billing_id":"42"}`, ""},
		{"and the other way round", `{"billing_id":"42"}`, `{"billing_id":42}`, ""},
		{"another number", `{"billing_id":42}`, `{"billing_id":"43"}`, `body /billing_id: expected 42, got "43"`},
		{"other digits are another account", `{"billing_id":"042"}`, `{"billing_id":42}`, `body /billing_id: expected "042", got 42`},
		{"true is no id", `{"billing_id":1}`, `{"billing_id":true}`, `body /billing_id: expected 1, got true`},
		{"elsewhere digits are text", `{"billing_system":"8"}`, `{"billing_system":8}`, `body /billing_system: expected "8", got 8`},
		{"in what the contract does not know too", `{"x":"8"}`, `{"x":8}`, `body /x: expected "8", got 8`},
		{"a number is written in many ways", `{"x":1000,"y":8.0,"z":0}`, `{"x":1e3,"y":8,"z":-0}`, ""},
		{"a large number is exact", `{"x":9007199254740993}`, `{"x":9007199254740992}`, `body /x: expected 9007199254740993, got 9007199254740992`},
		{"text is exact", `{"name":"Jane"}`, `{"name":"jane"}`, `body /name: expected "Jane", got "jane"`},
		{"a boolean is not a text", `{"x":true}`, `{"x":"true"}`, `body /x: expected true, got "true"`},
		{"an object is no text", `{"x":""}`, `{"x":{}}`, `body /x: expected "", got {}`},

		{"null is not sent", `{"company":null}`, `{}`, ""},
		{"or null", `{"company":null}`, `{"company":null}`, ""},
		{"or empty, as Laravel has it", `{"company":null}`, `{"company":""}`, ""},
		{"empty is not sent", `{"company":""}`, `{}`, ""},
		{"but not something", `{"company":null}`, `{"company":"Roe"}`, `body /company: expected nothing, got "Roe"`},
		{"0 is something", `{"company":null}`, `{"company":0}`, `body /company: expected nothing, got 0`},

		{"a part of an object", `{"f":{"domain":"a"}}`, `{"f":{"domain":"a","os":"b"}}`, ""},
		{"deep inside", `{"f":{"g":[{"a/b":"1"}]}}`, `{"f":{"g":[{"a/b":"2"}]}}`, `body /f/g/0/a~1b: expected "1", got "2"`},
		{"an object is missing", `{"f":{"domain":"a"}}`, `{}`, `body /f: expected {"domain":"a"}, got nothing`},
		{"PHP writes no keys as a list", `{"f":{}}`, `{"f":[]}`, ""},
		{"where keys are missing then", `{"f":{"a":"1"}}`, `{"f":[]}`, `body /f/a: expected "1", got nothing`},
		{"an array", `{"l":["a",{}]}`, `{"l":["a",{"b":1}]}`, ""},
		{"a longer list", `{"l":["a"]}`, `{"l":["a","b"]}`, `body /l: expected ["a"], got ["a","b"]`},
		{"another order", `{"l":["a","b"]}`, `{"l":["b","a"]}`, `body /l/0: expected "a", got "b"; body /l/1: expected "b", got "a"`},
		{"within a list, text is no number", `{"billing_id":["8"]}`, `{"billing_id":[8]}`, `body /billing_id/0: expected "8", got 8`},
		{"nothing forges a line", `{"a\nb":"\u001b"}`, `{"a\nb":{"\n\u001b":"\""}}`, `body /a\nb: expected "\x1b", got {"\n\u001b":"\""}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := parse(t, `{"body":`+row.want+`}`)
			r := assign(t, row.body)
			diff(t, row.diff, &e.steps[0], r)
		})
	}
}

func diff(t *testing.T, want string, m *Matcher, r Request) {
	t.Helper()
	var got []string
	for _, d := range m.differences(&r) {
		got = append(got, d.String())
	}
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
	if m.Match(r) != (want == "") {
		t.Errorf("match: got %v, want %v", m.Match(r), want == "")
	}
}

// TestFormsOfAValue: what the contract takes in several forms is equal in all of them.
func TestFormsOfAValue(t *testing.T) {
	for _, row := range []struct {
		operation, field string
		equal            []string
	}{
		{"createResponse", "is_note", []string{`"1"`, `1`, `true`}},
		{"rateTicket", "rating", []string{`"1"`, `1`}},
		{"createTicket", "customer_id", []string{`"1"`, `1`}},
		{"createTicket", "subject", nil},
		{"createTicket", "cc", nil},
		{"createTicket", "custom_fields", nil},
		{"checkConnection", "rating", nil},
		{"", "rating", nil},
	} {
		t.Run(row.operation+" "+row.field, func(t *testing.T) {
			for _, want := range []string{`"1"`, `1`, `true`} {
				e := parse(t, `{"body":{"`+row.field+`":`+want+`}}`)
				for _, got := range []string{`"1"`, `1`, `true`, `"0"`, `0`, `false`} {
					r := Request{Operation: row.operation, Fields: fields(t, `{"`+row.field+`":`+got+`}`)}
					equal := want == got || slices.Contains(row.equal, want) && slices.Contains(row.equal, got)
					if holds := e.Check([]Request{r}, 0).Holds; holds != equal {
						t.Errorf("%s %s: expectation %s, sent %s: got holds %t, want %t", row.operation, row.field, want, got, holds, equal)
					}
				}
			}
		})
	}
}

func TestMatchRequest(t *testing.T) {
	for _, row := range []struct{ want, diff string }{
		{`{}`, ""},
		{`{"operation":"assignBillingId"}`, ""},
		{`{"operation":"getCustomer"}`, `operation: expected "getCustomer", got "assignBillingId"`},
		{`{"method":"POST","path":"/api/customers/assign"}`, ""},
		{`{"path":"//api/customers%2Fassign/"}`, `path: expected "//api/customers%2Fassign/", got "/api/customers/assign"`},
		{`{"path":"/api//%63ustomers/assign/"}`, ""},
		{`{"path":"/api/customers"}`, `path: expected "/api/customers", got "/api/customers/assign"`},
		{`{"method":"GET"}`, `method: expected "GET", got "POST"`},
		{`{"credentials":"bearer"}`, ""},
		{`{"credentials":"none"}`, `credentials: expected "none", got "bearer"`},
		{`{"query":{"page":"2","a[]":"2","x":null}}`, ""},
		{`{"query":{"a[]":"1","a[1]":"2","a":["1",2],"a[2]":null,"b[]":null,"f[g][h]":"3","f":{"g":{"h":3},"x":null},"f[l][][m]":"5","x.y":"","x_y":""}}`, ""},
		{`{"query":{"a[0]":"2"}}`, `query a[0]: expected "2", got "1"`},
		{`{"query":{"a[]":null}}`, `query a[]: expected nothing, got ["1","2"]`},
		{`{"query":{"a":"2"}}`, `query a: expected "2", got ["1","2"]`},
		{`{"query":{"a":["1"]}}`, `query a: expected ["1"], got ["1","2"]`},
		{`{"query":{"f":{"g":"3"}}}`, `query f: expected {"g":"3"}, got {"g":{"h":"3"},"l":["4",{"m":"5"}]}`},
		{`{"query":{"f[g]":{"h":"3","i":"4"}}}`, `query f[g]: expected {"h":"3","i":"4"}, got {"h":"3"}`},
		{`{"query":{"page[x]":"2"}}`, `query page[x]: expected "2", got nothing`},
		{`{"query":{"page":2}}`, ""}, // there are only texts in a query
		{`{"query":{"page":"02"}}`, `query page: expected "02", got "2"`},
		{`{"query":{"page":null}}`, `query page: expected nothing, got "2"`},
		{`{"query":{"a[]":"3"}}`, `query a[]: expected "3", got ["1","2"]`},
		{`{"query":{"x":""}}`, `query x: expected "", got nothing`},
		{`{"headers":{"aCCEPT":"application/json","X-None":null,"via":"b"}}`, ""},
		{`{"headers":{"accept":"*/*"}}`, `header Accept: expected "*/*", got "application/json"`},
		{
			`{"operation":"getCustomer","body":{"a":"1"},"query":{"q":"1"},"headers":{"h":"1"},"credentials":"none"}`,
			`operation: expected "getCustomer", got "assignBillingId"; body /a: expected "1", got nothing; query q: expected "1", got nothing; ` +
				`header H: expected "1", got nothing; credentials: expected "none", got "bearer"`,
		},
	} {
		t.Run(row.want, func(t *testing.T) {
			diff(t, row.diff, &parse(t, row.want).steps[0], assign(t, `{"billing_id":42}`))
		})
	}
	unknown := Request{Method: "POST", Path: "/api/customer/assign"}
	diff(t, `operation: expected "getCustomer", got "POST /api/customer/assign"`, &parse(t, `{"operation":"getCustomer"}`).steps[0], unknown)
	if !(Matcher{}).Match(unknown) {
		t.Error("Match() of the zero matcher = false, want true for any request")
	}
}

func TestExpectedCount(t *testing.T) {
	a, g := assign(t, `{"billing_id":42}`), get
	for _, row := range []struct {
		want        string
		came        []Request
		verdict     string // "holds", "not yet" or "never"
		explanation string
	}{
		{`{"operation":"assignBillingId"}`, nil, "not yet", "assignBillingId was called 0 times, expected at least 1; no other request came"},
		{`{"operation":"assignBillingId"}`, []Request{g, g}, "not yet", "assignBillingId was called 0 times, expected at least 1; 2 other requests came"},
		{`{"operation":"assignBillingId"}`, []Request{g, a, a}, "holds", "assignBillingId was called 2 times, expected at least 1; 1 other request came"},
		{`{"operation":"assignBillingId","at_least":2}`, []Request{a}, "not yet", "assignBillingId was called 1 time, expected at least 2; no other request came"},
		{`{"operation":"assignBillingId","at_most":1}`, nil, "holds", "assignBillingId was called 0 times, expected at most 1; no other request came"},
		{`{"operation":"assignBillingId","at_most":1}`, []Request{a, a}, "never", "assignBillingId was called 2 times, expected at most 1; no other request came"},
		{`{"operation":"assignBillingId","at_least":1,"at_most":2}`, []Request{a, a}, "holds", "assignBillingId was called 2 times, expected 1 to 2; no other request came"},
		{`{"operation":"assignBillingId","count":2}`, []Request{a}, "not yet", "assignBillingId was called 1 time, expected exactly 2; no other request came"},
		{`{"operation":"assignBillingId","count":0}`, []Request{a}, "never", "assignBillingId was called 1 time, expected none; no other request came"},
		{`{"operation":"assignBillingId","nothing_else":true}`, []Request{a, a}, "holds", "assignBillingId was called 2 times, expected at least 1; no other request came"},
		{`{"operation":"assignBillingId","nothing_else":true}`, []Request{a, g}, "never", "assignBillingId was called 1 time, expected at least 1; 1 other request came, expected none"},
		{`{"count":0}`, []Request{a}, "never", "a request came 1 time, expected none; no other request came"},
		{`{"credentials":"none","count":0}`, []Request{a}, "holds", "a request with the expected credentials came 0 times, expected none; 1 other request came"},
		{`{"method":"POST","path":"/x","body":{"a":"1"},"headers":{"b":"2"}}`, nil, "not yet", `POST "/x" with the expected body and headers was called 0 times, expected at least 1; no other request came`},
		{`{"path":"/x\n"}`, nil, "not yet", `"/x\n" was called 0 times, expected at least 1; no other request came`},
		{`{"method":"PUT"}`, nil, "not yet", `a request by PUT came 0 times, expected at least 1; no other request came`},

		{`{"in_order":[{"operation":"getCustomer"},{"operation":"assignBillingId"}]}`, []Request{g, g, a}, "holds", "all 2 steps came in order"},
		{`{"in_order":[{"operation":"getCustomer"},{"operation":"assignBillingId"}]}`, nil, "not yet", "step 1 of 2, getCustomer, did not come"},
		{`{"in_order":[{"operation":"getCustomer"},{"operation":"assignBillingId"}]}`, []Request{a, g}, "not yet", "step 2 of 2, assignBillingId, did not come after #2; it came before that, as #1"},
		{`{"in_order":[{"operation":"getCustomer"},{"operation":"getCustomer"}]}`, []Request{g, a}, "not yet", "step 2 of 2, getCustomer, did not come after #1"},
		{`{"in_order":[{"operation":"getCustomer"}],"nothing_else":true}`, []Request{g, g}, "holds", "all 1 steps came in order; no other request came"},
		{`{"in_order":[{"operation":"getCustomer"}],"nothing_else":true}`, []Request{g, a}, "never", "all 1 steps came in order; 1 other request came, expected none"},
	} {
		t.Run(row.want, func(t *testing.T) {
			got := parse(t, row.want).Check(requests(slices.Clone(row.came)...), 0)
			verdict := "not yet"
			switch {
			case got.Holds && got.Impossible:
				verdict = "both"
			case got.Holds:
				verdict = "holds"
			case got.Impossible:
				verdict = "never"
			}
			if verdict != row.verdict || got.Explanation != row.explanation {
				t.Errorf("%s: got %s\nwant %s: %s", verdict, got.Explanation, row.verdict, row.explanation)
			}
			if got.Holds && got.Misses != nil {
				t.Errorf("holds: got misses %v, want none", got.Misses)
			}
		})
	}
}

// TestNearMisses is what somebody reads whose plugin does something else than they think.
func TestNearMisses(t *testing.T) {
	typo := Request{Method: "POST", Path: "/api/customer/assign", Credentials: "bearer", Status: 404, Fields: fields(t, `{}`)}
	came := requests(get, assign(t, `{"billing_id":"17"}`), typo, assign(t, `{"billing_id":42}`), assign(t, `{"ticaga_id":8}`), get)
	for _, row := range []struct{ name, want, result string }{
		{"the same operation comes first", `{"operation":"assignBillingId","body":{"billing_id":42},"credentials":"basic"}`, `
assignBillingId with the expected body and credentials was called 0 times, expected at least 1; 6 other requests came
  #4 assignBillingId
    credentials: expected "basic", got "bearer"
  #5 assignBillingId
    body /billing_id: expected 42, got nothing
    credentials: expected "basic", got "bearer"
  #2 assignBillingId
    body /billing_id: expected 42, got "17"
    credentials: expected "basic", got "bearer"`},
		{"then what may be a slip", `{"operation":"createTicket"}`, `
createTicket was called 0 times, expected at least 1; 6 other requests came
  #3 "POST /api/customer/assign"
    operation: expected "createTicket", got "POST /api/customer/assign"
  #6 getCustomer
    operation: expected "createTicket", got "getCustomer"
  #5 assignBillingId
    operation: expected "createTicket", got "assignBillingId"`},
		{"those that match are no misses", `{"operation":"getCustomer","at_least":3,"credentials":"basic"}`, `
getCustomer with the expected credentials was called 2 times, expected at least 3; 4 other requests came
  #3 "POST /api/customer/assign"
    operation: expected "getCustomer", got "POST /api/customer/assign"
    credentials: expected "basic", got "bearer"
  #5 assignBillingId
    operation: expected "getCustomer", got "assignBillingId"
    credentials: expected "basic", got "bearer"
  #4 assignBillingId
    operation: expected "getCustomer", got "assignBillingId"
    credentials: expected "basic", got "bearer"`},
		{"only later ones in order", `{"in_order":[{"operation":"assignBillingId","body":{"billing_id":42}},{"operation":"assignBillingId","body":{"billing_id":17}}]}`, `
step 2 of 2, assignBillingId with the expected body, did not come after #4; it came before that, as #2
  #5 assignBillingId
    body /billing_id: expected 17, got nothing
  #6 getCustomer
    operation: expected "assignBillingId", got "getCustomer"
    body /billing_id: expected 17, got nothing`},
		{"of what else came, the nearest step", `{"in_order":[{"operation":"assignBillingId","body":{"billing_id":"42"}},{"operation":"getCustomer"}],"nothing_else":true}`, `
all 2 steps came in order; 3 other requests came, expected none
  #5 assignBillingId
    body /billing_id: expected "42", got nothing
  #2 assignBillingId
    body /billing_id: expected "42", got "17"
  #3 "POST /api/customer/assign"
    operation: expected "getCustomer", got "POST /api/customer/assign"`},
		{"too many has none", `{"operation":"getCustomer","count":1}`, `
getCustomer was called 2 times, expected exactly 1; 4 other requests came`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if d := cmp.Diff(strings.TrimPrefix(row.result, "\n"), parse(t, row.want).Check(came, 0).String()); d != "" {
				t.Errorf(`got %s, want ""`, d)
			}
		})
	}
}

func TestResultAsJSON(t *testing.T) {
	r := parse(t, `{"operation":"assignBillingId","body":{"billing_id":42,"a":null}}`).Check(requests(assign(t, `{"a":"<\n>"}`)), 0)
	got, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "holds": false,
  "explanation": "assignBillingId with the expected body was called 0 times, expected at least 1; 1 other request came",
  "matched": [],
  "misses": [
    {
      "id": 1,
      "operation": "assignBillingId",
      "method": "POST",
      "path": "/api/customers/assign",
      "status": 200,
      "differences": [
        {
          "at": "body /a",
          "want": null,
          "got": "\u003c\n\u003e"
        },
        {
          "at": "body /billing_id",
          "want": 42
        }
      ]
    }
  ]
}`
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf(`got %s, want ""`, d)
	}
}

// value generates what a decoded body holds.
func value(depth int) *rapid.Generator[any] {
	kinds := []*rapid.Generator[any]{
		rapid.StringN(0, 6, -1).AsAny(),
		rapid.Map(rapid.Int64(), func(n int64) json.Number { return json.Number(fmt.Sprint(n)) }).AsAny(),
		rapid.Map(rapid.Float64(), func(f float64) json.Number { return json.Number(fmt.Sprint(f)) }).AsAny(),
		rapid.Bool().AsAny(), rapid.Just[any](nil),
	}
	if depth > 0 {
		kinds = append(kinds, rapid.SliceOfN(value(depth-1), 0, 3).AsAny(), object(depth-1).AsAny())
	}
	return rapid.OneOf(kinds...)
}

func object(depth int) *rapid.Generator[map[string]any] {
	name := rapid.StringN(0, 5, -1).Filter(func(s string) bool { return !redact.IsSecret(s) })
	return rapid.MapOfN(name, value(depth), 0, 4)
}

// part takes keys away, at every depth.
func part(t *rapid.T, value any) any {
	switch v := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for _, name := range sortedKeys(v) {
			if rapid.Bool().Draw(t, "keep") {
				kept[name] = part(t, v[name])
			}
		}
		return kept
	case []any:
		kept := []any{}
		for _, inner := range v {
			kept = append(kept, part(t, inner))
		}
		return kept
	}
	return value
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestARequestMatchesAnyPartOfItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := assign(t, `{}`)
		r.Fields = object(2).Draw(t, "fields")
		sent := url.Values(rapid.MapOfN(rapid.SampledFrom([]string{"page", "f[a]", "f[b][]", "l[][c]", "l[][d]"}), rapid.SliceOfN(rapid.String(), 1, 2), 0, 4).Draw(t, "query"))
		r.Query = laravel.Limits{}.Query(sent.Encode())
		expectation := map[string]any{"body": part(t, r.Fields)}
		headers := map[string]string{}
		for _, name := range sortedKeys(r.Header) {
			headers[strings.ToLower(name)] = rapid.SampledFrom(r.Header[name]).Draw(t, name)
		}
		for name, part := range map[string]any{"query": part(t, r.Query), "headers": headers, "credentials": r.Credentials, "operation": r.Operation} {
			expectation[name] = part
		}
		for _, name := range sortedKeys(expectation) {
			if rapid.Bool().Draw(t, "leave out "+name) {
				delete(expectation, name)
			}
		}
		text, err := json.Marshal(expectation)
		if err != nil {
			t.Fatal(err)
		}
		if got := parse(t, string(text)).Check([]Request{r}, 0); !got.Holds {
			t.Fatalf("Check(%s) does not hold, want that it does:\n%s", text, got)
		}
	})
}

func TestCounting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.IntRange(0, 4).Draw(t, "at least")
		most := rapid.IntRange(least, 6).Draw(t, "at most")
		alone := rapid.Bool().Draw(t, "nothing else")
		e := parse(t, fmt.Sprintf(`{"operation":"getCustomer","at_least":%d,"at_most":%d,"nothing_else":%v}`, least, most, alone))
		var came []Request
		n, others, impossible := 0, 0, false
		for range rapid.IntRange(0, 10).Draw(t, "requests") {
			r := Request{Operation: rapid.SampledFrom([]string{"getCustomer", "getCustomer", "createTicket"}).Draw(t, "operation")}
			if r.Operation == "getCustomer" {
				n++
			} else {
				others++
			}
			came = requests(append(came, r)...)
			got := e.Check(came, 0)
			if want := n >= least && n <= most && (!alone || others == 0); got.Holds != want {
				t.Fatalf("%d and %d others: got holds %t, want %t: %v", n, others, got.Holds, want, got)
			}
			if len(got.Matched) != n {
				t.Fatalf("matched %v, want %d", got.Matched, n)
			}
			if impossible && (got.Holds || !got.Impossible) {
				t.Fatalf("after an impossible result: got %v, want it to stay impossible", got)
			}
			impossible = got.Impossible
		}
	})
}

func TestOrder(t *testing.T) {
	operation := rapid.SampledFrom([]string{"assignBillingId", "createTicket", "getCustomer"})
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.SliceOfN(operation, 1, 4).Draw(t, "steps")
		var came []Request
		rest := steps
		for _, o := range rapid.SliceOfN(operation, 0, 10).Draw(t, "came") {
			came = append(came, Request{Operation: o})
			if len(rest) > 0 && rest[0] == o {
				rest = rest[1:]
			}
		}
		text := `{"in_order":[{"operation":"` + strings.Join(steps, `"},{"operation":"`) + `"}]}`
		if got := parse(t, text).Check(requests(came...), 0); got.Holds != (len(rest) == 0) {
			t.Fatalf("%s: got holds %t, want %t: %v", text, got.Holds, len(rest) == 0, got)
		}
	})
}

func TestMatchingAllocatesNextToNothing(t *testing.T) {
	m := parse(t, `{"operation":"assignBillingId","headers":{"accept":"application/json"},"query":{"page":"2"},
		"body":{"billing_id":42,"f":{"g":["a",{"b":null}]}}}`).steps[0]
	r := assign(t, `{"billing_id":42,"f":{"g":["a",{}]}}`)
	if !m.Match(r) {
		t.Fatal("Match() = false, want true")
	}
	if n := testing.AllocsPerRun(100, func() { m.Match(r) }); n > 1 {
		t.Errorf("%v allocations, want at most %v", n, 1)
	}
}

func BenchmarkCheck(b *testing.B) {
	e := parse(b, `{"operation":"assignBillingId","body":{"billing_id":42,"billing_system":"blesta"}}`)
	var came []Request
	for range 1000 {
		came = append(came, assign(b, `{"billing_id":17,"billing_system":"blesta"}`), get)
	}
	came = requests(came...)
	b.ReportAllocs()
	for b.Loop() {
		e.Check(came, 0)
	}
}

// TestDroppedRequests: what came is certain, and what did not come is not.
func TestDroppedRequests(t *testing.T) {
	came := requests(Request{Operation: "closeTicket"}, Request{Operation: "getCustomer"})
	for _, row := range []struct {
		want       string
		holds      bool
		impossible bool
		explains   bool
	}{
		{`{"operation":"closeTicket"}`, true, false, false},
		{`{"operation":"closeTicket","at_least":1}`, true, false, false},
		{`{"operation":"closeTicket","count":1}`, false, true, true},
		{`{"operation":"closeTicket","at_most":2}`, false, true, true},
		{`{"operation":"closeTicket","count":0}`, false, true, false}, // it came, so this is certain
		{`{"operation":"rateTicket","count":0}`, false, true, true},
		{`{"operation":"rateTicket"}`, false, false, true},
		{`{"operation":"closeTicket","at_least":2}`, false, false, true},
		{`{"in_order":[{"operation":"closeTicket"},{"operation":"getCustomer"}]}`, true, false, false},
		{`{"in_order":[{"operation":"closeTicket"},{"operation":"getCustomer"}],"nothing_else":true}`, false, true, true},
		{`{"in_order":[{"operation":"rateTicket"}]}`, false, false, true},
	} {
		t.Run(row.want, func(t *testing.T) {
			got := parse(t, row.want).Check(came, 3)
			if explains := strings.Contains(got.Explanation, "3 requests were dropped"); got.Holds != row.holds || got.Impossible != row.impossible || explains != row.explains {
				t.Errorf("got %+v; want holds %t, impossible %t, dropped requests explained %t", got, row.holds, row.impossible, row.explains)
			}
		})
	}
}

// slowCheck is Check as a whole, in the plainest way: what Progress does a request at a time.
func slowCheck(e *Expectation, requests []Request, dropped int) traffic.Result {
	result := traffic.Result{Matched: []int64{}}
	others, after := 0, 0
	for i := range requests {
		r := &requests[i]
		switch step := e.step(len(result.Matched)); {
		case step != nil && step.matches(r):
			result.Matched = append(result.Matched, r.ID)
			after = i + 1
		case !e.ordered || !slices.ContainsFunc(e.steps, func(m Matcher) bool { return m.matches(r) }):
			others++
		}
	}
	n := len(result.Matched)
	tooFew, tooMany, tooMuch := n < e.atLeast, n > e.atMost, e.nothingElse && others > 0
	result.Holds = !tooFew && !tooMany && !tooMuch
	result.Impossible = tooMany || tooMuch
	switch {
	case tooFew && e.ordered:
		result.Misses = misses(requests[after:], e.steps[n:n+1])
	case tooFew || tooMuch:
		result.Misses = misses(requests, e.steps)
	}
	if e.ordered {
		result.Explanation = e.explainOrder(requests[:after], result.Matched)
	} else {
		result.Explanation = e.explainCount(n)
	}
	if !e.ordered || e.nothingElse {
		result.Explanation += "; " + otherRequests(others)
	}
	if tooMuch {
		result.Explanation += ", expected none"
	}
	if dropped > 0 {
		e.doubt(&result, dropped)
	}
	return result
}

// TestProgressIsCheckARequestAtATime: after each request it says what Check says of all so far, and it
// is settled as soon as that holds or can no longer. What is recorded after its last look does not count.
func TestProgressIsCheckARequestAtATime(t *testing.T) {
	operation := rapid.SampledFrom([]string{"assignBillingId", "createTicket", "getCustomer"})
	rapid.Check(t, func(t *rapid.T) {
		text := map[string]any{}
		if rapid.Bool().Draw(t, "in order") {
			var steps []any
			for _, o := range rapid.SliceOfN(operation, 1, 4).Draw(t, "steps") {
				steps = append(steps, map[string]any{"operation": o, "body": map[string]any{"n": rapid.SampledFrom([]any{1, nil}).Draw(t, "n")}})
			}
			text["in_order"] = steps
		} else {
			text["operation"] = operation.Draw(t, "operation")
			least := rapid.IntRange(0, 4).Draw(t, "at least")
			text["at_least"], text["at_most"] = least, rapid.IntRange(least, 6).Draw(t, "at most")
		}
		text["nothing_else"] = rapid.Bool().Draw(t, "nothing else")
		data, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		e := parse(t, string(data))
		dropped := rapid.IntRange(0, 2).Draw(t, "dropped")
		var came []Request
		for i := range rapid.IntRange(0, 12).Draw(t, "requests") {
			came = append(came, Request{
				ID: int64(i + 1 + dropped), Operation: operation.Draw(t, "came"), Method: "POST",
				Fields: map[string]any{"n": rapid.SampledFrom([]any{json.Number("1"), nil}).Draw(t, "value")},
			})
		}
		p := e.Begin()
		for n := range len(came) + 1 {
			if n > 0 {
				p.See(&came[n-1])
			}
			want := slowCheck(e, came[:n], dropped)
			if diff := cmp.Diff(want, p.Result(came, dropped)); diff != "" {
				t.Fatalf("%s after %d requests: results differ (-want +got):\n%s", data, n, diff)
			}
			if diff := cmp.Diff(want, e.Check(came[:n], dropped)); diff != "" {
				t.Fatalf("Check(%s) after %d requests: results differ (-want +got):\n%s", data, n, diff)
			}
			if settled := want.Holds || want.Impossible; p.Settled() != settled {
				t.Fatalf("%s after %d requests: settled %v, want %v", data, n, p.Settled(), settled)
			}
		}
	})
}

// TestManyMatchesAreBounded: a result names the last of them, and counts all.
func TestManyMatchesAreBounded(t *testing.T) {
	e := parse(t, `{"operation":"getCustomer","at_least":1000000}`)
	p := e.Begin()
	const came = 3*maxMatched + 7
	for i := range came {
		p.See(&Request{ID: int64(i + 1), Operation: "getCustomer"})
	}
	got := p.Result(nil, 0)
	if n := len(got.Matched); n != maxMatched || got.Matched[0] != came-maxMatched+1 || got.Matched[n-1] != came || !strings.Contains(got.Explanation, fmt.Sprint(came)) {
		t.Errorf("%d ids from %d to %d: %s; want n %d, matched[0] %d, matched[n - 1] %d, explanation containing %q", n, got.Matched[0], got.Matched[n-1], got.Explanation, maxMatched, came-maxMatched+1, came, fmt.Sprint(came))
	}
	if len(p.matched) > 2*maxMatched {
		t.Errorf("it holds on to %d ids, want at most %d", len(p.matched), 2*maxMatched)
	}
}
