package term

import (
	"strings"
	"testing"
)

func plain(text string) string { return text }

func TestWrap(t *testing.T) {
	const text = "one two three four five six"
	for name, c := range map[string]struct {
		style  Style
		column int
		want   string
	}{
		"not a terminal":     {Style{}, 4, text},
		"it fits":            {Style{Width: 80}, 4, text},
		"a narrow terminal":  {Style{Width: 24}, 4, "one two three four\n    five six"},
		"no room for a word": {Style{Width: 20}, 14, text},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.style.Wrap(c.column, text, plain); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	rows := Table{{"ID", "PATH", "NOTE"}, {"1", "/api/customers/get/8", ""}, {"10", "/é", "x"}}
	rows.Fit(Style{Width: 22}, 1)
	var got strings.Builder
	if err := rows.Write(&got, Style{colored: true}, nil); err != nil {
		t.Fatal(err)
	}
	want := "\x1b[1mID\x1b[0m  \x1b[1mPATH\x1b[0m          \x1b[1mNOTE\x1b[0m\n" +
		"1   ...ers/get/8\n" +
		"10  /é            x\n"
	if got.String() != want {
		t.Errorf("got:\n%q\nwant:\n%q", got.String(), want)
	}
}

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"a b": "a b", "é": "é", "a\nb\x1b[31m": "a\ufffdb\ufffd[31m", "\xff": "\ufffd",
		strings.Repeat("x", 501): strings.Repeat("x", 500) + "...",
	} {
		if got := Printable(text); got != want {
			t.Errorf("Printable(%q) = %q, want %q", text, got, want)
		}
	}
}
