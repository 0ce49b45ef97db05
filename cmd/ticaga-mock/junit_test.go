package main

import (
	"encoding/xml"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEncodeIsMarshalIndent: the document is the one that encoding/xml makes, whatever the texts hold.
func TestEncodeIsMarshalIndent(t *testing.T) {
	all := "a \"b\" 'c' & <d> \t\n\r \x00\x1b\x7f\u0085 é € \U0001F600 \uFFFD\uFFFE\uFFFF \xff\xed\xa0\x80 ]]> -->"
	suites := map[string]testsuite{
		"empty": {},
		"texts": {Name: all, Seconds: all, Timestamp: all, Cases: []testcase{
			{Name: all, Class: all, Seconds: all},
			{Name: all, Output: all},
			{Skipped: &skipped{all}},
			{Failure: &failure{all, all, all}},
			{Failure: &failure{}, Skipped: &skipped{}, Output: all},
		}},
	}
	for name, suite := range suites {
		got := string(suite.encode())
		for _, c := range suite.Cases {
			suite.Tests++
			if c.Failure != nil {
				suite.Failures++
			}
			if c.Skipped != nil {
				suite.Skipped++
			}
		}
		want, err := xml.MarshalIndent(suite, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(xml.Header+string(want)+"\n", got); diff != "" {
			t.Errorf("%s (-MarshalIndent +got):\n%s", name, diff)
		}
	}
}
