package jsontext

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, test := range []struct{ raw, want string }{
		{`{}`, ``},
		{` { "a" : 1 , "b":{"c":[2]} , "a":"x\"}" } `, `a=1 b={"c":[2]} a="x\"}"`},
		{`{"\u0061":null}`, `a=null`},
		{`[]`, ``},
		{`[1, [2] ,{"a":3},"]"]`, `1 [2] {"a":3} "]"`},
		{``, `error`},
		{`null`, `error`},
		{`7`, `error`},
		{`{"a":1`, `a=1 error`},
		{`{"a":}`, `error`},
		{`{"a":1]`, `a=1 error`},
		{`[1`, `1 error`},
		{`[1 2]`, `1 error`},
	} {
		t.Run(test.raw, func(t *testing.T) {
			var got []string
			var err error
			if strings.HasPrefix(test.raw, "[") {
				err = Elements([]byte(test.raw), func(value []byte) error {
					got = append(got, string(value))
					return nil
				})
			} else {
				err = Members([]byte(test.raw), func(name string, value []byte) error {
					got = append(got, fmt.Sprintf("%s=%s", name, value))
					return nil
				})
			}
			if err != nil {
				got = append(got, "error")
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %s (%v), want %s", strings.Join(got, " "), err, test.want)
			}
		})
	}
	enough := errors.New("enough")
	if err := Members([]byte(`{"a":1,"b":2}`), func(string, []byte) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("got the error %v, want that of the function", err)
	}
}
