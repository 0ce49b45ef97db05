package main

import (
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestSummaryShowsTextAsItIs: what a client sends is no Markdown in the summary, and no cell ends early.
func TestSummaryShowsTextAsItIs(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"cell", "a|b", `a\|b`},
		{"HTML", "<img src=x>", `\<img src\=x\>`},
		{"entity", "&lt;", `\&lt;`},
		{"link", "[x](http://a.test)", `\[x\]\(http\://a\.test\)`},
		{"image", "![x]", `\!\[x\]`},
		{"bare link", "www.a.test", `www\.a\.test`},
		{"mention", "@team #1", `\@team \#1`},
		{"emphasis", "*a* _b_ ~c~", `\*a\* \_b\_ \~c\~`},
		{"code", "`a`", "\\`a\\`"},
		{"formula", "$a$", `\$a\$`},
		{"escape", `\|`, `\\\|`},
		{"lines", "a\r\nb", "a\uFFFD\uFFFDb"},
		{"terminal", "\x1b[31m", "\uFFFD\\[31m"},
		{"long", strings.Repeat("x", 1000), strings.Repeat("x", 500) + `\.\.\.`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := markdown(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestSummaryIsBounded checks that the summary of many violations stays below the limit of GitHub, a mebibyte, and
// says how many it leaves out.
func TestSummaryIsBounded(t *testing.T) {
	r, _, _ := testReport(t)
	for i := range int64(2000) {
		x := exchange(i + 1)
		x.Path, x.Violations[0].Fix = strings.Repeat("|", 1000), strings.Repeat("<", 1000)
		r.add(x)
	}
	got := r.summary()
	if len(got) > 1<<20 {
		t.Errorf("got %d bytes, want at most %d", len(got), 1<<20)
	}
	if want := "\n1900 more violations; `--json` lists all of them.\n"; !strings.Contains(got, want) {
		t.Errorf("got no %q, want it in the summary", want)
	}
}

// TestSummaryLeavesOutWhatWasExpected checks that violations that turn out to be expected are not counted.
func TestSummaryLeavesOutWhatWasExpected(t *testing.T) {
	r, _, _ := testReport(t)
	x := exchange(1)
	r.add(x)
	r.expect(mock.Exchange{ID: x.ID, Method: x.Method, Path: x.Path, Violations: x.Violations})
	if got, want := r.summary(), "### ticaga-mock: no violations in 1 request\n\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
