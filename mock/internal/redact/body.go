package redact

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/memory"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Body returns what is shown of a body that was decoded into fields. format says how, as far as the same bytes in the same
// format always have the same fields; "" if they may have others. whole means that fields contain everything in it. If they do and none is a secret, it is the body itself; otherwise it is written
// from the fields, as JSON, without secrets. If there are more fields than an exchange may keep, only
// those that are shown are checked. harmless means that none of the fields is a secret.
func (r Redactor) Body(format string, raw []byte, fields map[string]any, whole bool) (text string, harmless bool) {
	if whole {
		if text, ok := r.recall(format, raw); ok {
			return text, true
		}
	}
	if !memory.FieldsFit(fields) && len(raw) > traffic.MaxBody {
		short := shortener{r, traffic.MaxBody}
		fields, whole = short.object(fields), false
	}
	if whole && r.clean(fields, true) {
		if text = r.Beginning(raw); text == string(raw) {
			r.remember(format, text)
		}
		return text, true
	}
	written, err := json.Marshal(r.value(fields, true))
	if err != nil {
		return Undecoded(raw), false
	}
	return string(written), false
}

// Undecoded returns what is shown instead of a body that was not decoded: a secret may be anywhere in
// it. The body must not be empty.
func Undecoded(raw []byte) string {
	return fmt.Sprintf("[not shown: %d bytes that begin with 0x%02x and could not be decoded as their Content-Type says]", len(raw), raw[0])
}

// Beginning returns the part of a body that is kept, and one byte more if there is more, without known
// secrets.
func (r Redactor) Beginning(raw []byte) string {
	const limit = traffic.MaxBody + 1
	if len(raw) <= limit {
		return r.Text(string(raw))
	}
	text := string(raw[:limit])
	return r.sent.cutShort(r.known.cutShort(r.Text(text)))
}

// Answer returns the part of an answer that is kept, without secrets.
func (r Redactor) Answer(raw []byte) string {
	if text, ok := r.recall(formatAnswer, raw); ok {
		return text
	}
	text := r.withoutNamed(r.Beginning(raw), true)
	if text == string(raw) {
		r.remember(formatAnswer, text)
	}
	return text
}

// valueText returns a decoded string without secrets. It may be a document with fields of its own,
// which nobody has decoded, or mention a secret in people's own words.
func (r Redactor) valueText(text string) string {
	if looksLikeDocument(text) && speaksOfSecret(text) {
		return redacted
	}
	if encoded(text) {
		if decoded := decode(text); r.withoutNamed(decoded, false) != decoded {
			return redacted
		}
	}
	return r.Text(r.withoutNamed(text, false))
}

// looksLikeDocument reports whether a string looks like JSON, XML, the output of PHP's serialize, or a
// form. What people write has white space, or begins with an HTML tag or a word in brackets.
func looksLikeDocument(text string) bool {
	if text = strings.TrimSpace(decode(text)); text == "" {
		return false
	}
	switch text[0] {
	case '{':
		return true
	case '<':
		return !beginsWithHTML(text)
	case '[':
		inner := strings.TrimSpace(text[1:])
		return inner != "" && strings.IndexByte(`"'[{`, inner[0]) >= 0
	case '"':
		return strings.HasPrefix(text, `"{`) || strings.HasPrefix(text, `"[`)
	case 'a', 'O':
		if len(text) > 2 && text[1] == ':' && '0' <= text[2] && text[2] <= '9' {
			return true
		}
	}
	return strings.IndexByte(text, '=') > 0 && !strings.ContainsAny(text, " \n")
}

// htmlTags are the tags that formatted text begins with.
var htmlTags = [...]string{"a", "b", "blockquote", "body", "br", "div", "em", "h1", "h2", "h3", "html", "i", "li", "ol", "p", "pre", "span", "strong", "table", "u", "ul"}

func beginsWithHTML(text string) bool {
	end := strings.IndexAny(text, " />\t\r\n")
	return end > 0 && slices.Contains(htmlTags[:], strings.ToLower(text[1:end]))
}
