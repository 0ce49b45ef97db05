package mock_test

import (
	"strings"
	"testing"
)

// TestQueriesAsPHP: what PHP would find in a query is there for verify and for the rules of faults,
// however it is written, and is reported, since the contract has no query.
func TestQueriesAsPHP(t *testing.T) {
	for _, row := range []struct {
		query, want, not string // what verify finds and does not
		names            string // of the parameters that are reported, unless they may be a secret
	}{
		{"rabatt=100%", `{"rabatt":"100%"}`, `{"rabatt":null}`, "rabatt"},
		{"a=1;b=2", `{"a":"1;b=2","b":null}`, `{"b":"2"}`, "a"},
		{"a;b", `{"a;b":""}`, `{"a;b":null}`, ""},
		{"a=%zz&b=%", `{"a":"%zz","b":"%"}`, `{"a":null}`, "a b"},
		{"%=1&x%4=y%", `{"%":"1","x%4":"y%"}`, `{"%":null}`, "[1 bytes] [3 bytes]"},
		{"filter[status]=open&filter[tag][]=a&filter[tag][]=b", `{"filter":{"status":"open","tag":["a","b"]},"filter[tag][]":"b"}`, `{"filter":{"tag":["a"]}}`, "filter"},
		{"a=1&a=2", `{"a":"2"}`, `{"a":"1"}`, "a"},
		{"a.b=1&c+d=2", `{"a_b":"1","a.b":"1","c d":"2"}`, `{"a_b":null}`, "a_b c_d"},
		{"a=x+y%20z", `{"a":"x y z"}`, `{"a":"x+y%20z"}`, "a"},
		{"=1&a=", `{"a":""}`, `{"a":null}`, " "},
	} {
		t.Run(row.query, func(t *testing.T) {
			d := newDesk(t)
			control(t, d.Server, "PUT", "/_mock/faults", `[{"match":{"query":`+row.want+`},"status":429,"times":1}]`)
			if got := d.ask(t, get("/api/customers/get/8?"+row.query), "plain"); got.status != 429 {
				t.Errorf("with a rule for it: got status %d, want 429", got.status)
			}
			got := d.ask(t, get("/api/customers/get/8?"+row.query))
			var names []string
			for _, v := range got.entry.Violations {
				if v.Code == "TM-QUERY-UNKNOWN" {
					names = append(names, v.At)
				}
			}
			if got.status != 200 || strings.Join(names, " ") != row.names {
				t.Errorf("got %d, reported %q; want status 200, names %q", got.status, names, row.names)
			}
			for query, holds := range map[string]bool{row.want: true, row.not: false} {
				if status := controlStatus(d.Server, "POST", "/_mock/verify", `{"query":`+query+`}`); (status == 200) != holds {
					t.Errorf("%s: got %d, want 200: %t", query, status, holds)
				}
			}
		})
	}
}

// TestQueriesAreBounded: PHP reads 1000 parameters.
func TestQueriesAreBounded(t *testing.T) {
	d := newDesk(t)
	got := d.ask(t, get("/api/customers/get/8?"+strings.Repeat("x[]=1&", 1000)+"y=2"))
	if got.status != 200 || len(codes(got.entry)) != 1 {
		t.Errorf("got %d %q; want status 200, len(codes) 1", got.status, codes(got.entry))
	}
	for query, holds := range map[string]bool{`{"x[999]":"1","x[1000]":null,"y":null}`: true, `{"y":"2"}`: false} {
		if status := controlStatus(d.Server, "POST", "/_mock/verify", `{"query":`+query+`}`); (status == 200) != holds {
			t.Errorf("%s: got %d, want 200: %t", query, status, holds)
		}
	}
}
