package jsontext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for raw, want := range map[string]string{ // the text, or the error behind "!"
		"":                         "",
		"[]":                       "[]",
		"\ufeff[\"é\"]":            "[\"é\"]",
		"[\n\"J\xf6rg\"]":          "!line 2: the byte 0xf6 is not UTF-8",
		"[\"\xc3\"]":               "!line 1: the byte 0xc3 is not UTF-8",
		"\xff\xfe[\x00]\x00":       "!it is UTF-16",
		"\xfe\xff\x00[\x00]":       "!it is UTF-16",
		"[\x00]\x00":               "!it is UTF-16",
		"\x00[\x00]":               "!it is UTF-16",
		"\x00\x00\xfe\xff":         "!it is UTF-16",
		"\ufffd":                   "\ufffd", // somebody wrote it
		`["\ud83d\ude00 \\ud800"]`: `["\ud83d\ude00 \\ud800"]`,
		"[\n\n\"\\ud83d\"]":        `!line 3: \ud83d is half of a character`,
		`["\ude00\ud83d"]`:         `!line 1: \ude00 is half of a character`,
		`["\\\ud83d\n"]`:           `!line 1: \ud83d is half of a character`,
		`["\uD83D\u0041"]`:         `!line 1: \uD83D is half of a character`,
		`\`:                        `\`,
		`\u12`:                     `\u12`,
	} {
		got, err := Clean([]byte(raw))
		message, wrong := strings.CutPrefix(want, "!")
		if wrong && (err == nil || !strings.HasPrefix(err.Error(), message)) || !wrong && (err != nil || string(got) != want) {
			t.Errorf("%q: %q, %v", raw, got, err)
		}
	}
}

// FuzzClean: what is clean is UTF-8, and cleaning it again changes nothing.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"[]", "\ufeff[]", "\"\\ud83d\"", "\xff\xfe", "\\"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, err := Clean(raw); err == nil && !utf8.Valid(got) {
			t.Errorf("Clean(%q) = %q, want valid UTF-8", raw, got)
		}
	})
}

func TestValues(t *testing.T) {
	for raw, want := range map[string]int{
		`1`: 1, `[]`: 2, `[1,2]`: 3, `{"a":1}`: 2, `{"a":[1,{"b":2}],"c":3}`: 6, `"a,[{"`: 1, `["\",","\\"]`: 3,
	} {
		if got := Values([]byte(raw)); got != want {
			t.Errorf("Values(%s) = %d, want %d", raw, got, want)
		}
	}
}
