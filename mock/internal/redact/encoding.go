package redact

import (
	"html"
	"strconv"
	"strings"
)

// encoded reports whether characters may be written as %2D, \u002d, \x2d, \/ or &#45;, or with
// zeros between them, as in UTF-16 and UTF-32.
func encoded(text string) bool {
	if strings.IndexByte(text, '%') >= 0 || strings.IndexByte(text, 0) >= 0 || strings.Contains(text, "&#") {
		return true
	}
	begin := strings.IndexByte(text, '\\') // most texts have none
	return begin >= 0 && (strings.Contains(text[begin:], `\u`) || strings.Contains(text[begin:], `\/`) || strings.Contains(text[begin:], `\x`))
}

// decode decodes all of these. What is broken stays as it is.
func decode(text string) string {
	if !encoded(text) {
		return text
	}
	if strings.Contains(text, "&#") {
		text = html.UnescapeString(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		begin, digits := i, 0
		switch rest := text[i:]; {
		case rest[0] == 0, strings.HasPrefix(rest, `\/`):
			continue // the slash is next
		case rest[0] == '%':
			begin, digits = i+1, 2
		case strings.HasPrefix(rest, `\x`):
			begin, digits = i+2, 2
		case strings.HasPrefix(rest, `\u`):
			begin, digits = i+2, 4
		}
		if digits > 0 && begin+digits <= len(text) {
			if n, err := strconv.ParseUint(text[begin:begin+digits], 16, 32); err == nil {
				switch {
				case n == 0:
				case digits == 2:
					b.WriteByte(byte(n))
				default:
					b.WriteRune(rune(n))
				}
				i = begin + digits - 1
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func decodeForm(text string) string { return decode(strings.ReplaceAll(text, "+", " ")) }
