package term

import (
	"strings"
	"unicode"
)

// Printable returns text that came from a client in a form that is safe to print: on one line, without
// control characters, and at most 500 bytes of it.
func Printable(text string) string {
	const limit = 500
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "..."
	}
	return Safe(text)
}

// Safe is Printable without the limit.
func Safe(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
