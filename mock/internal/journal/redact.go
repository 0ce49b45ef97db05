package journal

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Redactor takes secrets out of what is about to be recorded: what a name says is one, and
// those that it knows, wherever they turn up and however they are encoded. The zero Redactor
// knows none. It never changes, and is safe for concurrent use.
type Redactor struct{ known []string }

// Credential is an API token that a Redactor knows, and its owner's e-mail address.
type Credential struct{ Email, Token string }

// shortest is the length of a token below which it is left alone, lest all text be redacted.
const shortest = 8

const redacted = "[redacted]"

// NewRedactor makes one that knows the credentials in every form in which they travel.
func NewRedactor(credentials ...Credential) Redactor {
	var r Redactor
	for _, c := range credentials {
		if len(c.Token) < shortest {
			continue
		}
		quoted := strconv.QuoteToASCII(c.Token) // as messages and JSON show it
		pair := base64.RawStdEncoding.EncodeToString([]byte(c.Email + ":" + c.Token))
		for _, form := range []string{
			c.Token, quoted[1 : len(quoted)-1], pair,
			strings.NewReplacer("+", "-", "/", "_").Replace(pair), base64.RawStdEncoding.EncodeToString([]byte(c.Token)),
		} {
			if !slices.Contains(r.known, form) {
				r.known = append(r.known, form)
			}
		}
	}
	return r
}

// With is r that knows more secrets, those of one request.
func (r Redactor) With(secrets ...string) Redactor {
	known := slices.Clone(r.known)
	for _, s := range secrets {
		if len(s) >= shortest {
			known = append(known, s)
		}
	}
	return Redactor{known}
}

// Text is text without what is known. One that holds it only when it is decoded is left out
// whole.
func (r Redactor) Text(text string) string {
	for _, secret := range r.known {
		if strings.Contains(text, secret) {
			text = strings.ReplaceAll(text, secret, redacted)
		}
	}
	if encoded(text) && r.holds(decode(text)) {
		return redacted
	}
	return text
}

// holds reports whether a text, which is not decoded any further, holds what is known.
func (r Redactor) holds(text string) bool {
	return slices.ContainsFunc(r.known, func(secret string) bool { return strings.Contains(text, secret) })
}

// encoded reports whether characters may be written as %2D, \u002d or \/.
func encoded(text string) bool {
	return strings.IndexByte(text, '%') >= 0 || strings.Contains(text, `\u`) || strings.Contains(text, `\/`)
}

// decode undoes these, wherever they stand. What is broken stays as it is.
func decode(text string) string {
	if !encoded(text) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		digits := 0
		switch {
		case strings.HasPrefix(text[i:], `\/`):
			continue // the slash is next
		case text[i] == '%':
			digits = 2
		case strings.HasPrefix(text[i:], `\u`):
			digits = 4
		}
		begin := i + max(1, digits/2) // behind % or \u
		if digits > 0 && begin+digits <= len(text) {
			if n, err := strconv.ParseUint(text[begin:begin+digits], 16, 32); err == nil {
				if digits == 2 {
					b.WriteByte(byte(n))
				} else {
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

// Path is a path, percent-encoded, without what is known in its segments.
func (r Redactor) Path(path string) string {
	if !encoded(path) {
		return r.Text(path)
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = r.Text(s)
	}
	return strings.Join(segments, "/")
}

// Header is a copy of h without credentials; the scheme of an Authorization stays.
func (r Redactor) Header(h http.Header) http.Header {
	kept := make(http.Header, len(h)+1) // and the Host
	for name, values := range h {
		switch {
		case plainHeaders[name]:
			values = r.texts(values)
		case name == "Authorization" || name == "Proxy-Authorization":
			values = redactEach(values, redactScheme)
		case IsSecret(name) || slices.ContainsFunc(values, func(v string) bool { return beginsWithScheme(v) || speaksOfSecret(v) }):
			values = redactEach(values, func(string) string { return redacted })
		default:
			values = r.texts(values)
		}
		kept[name] = values
	}
	return kept
}

// plainHeaders, which nearly every request has, hold a secret only if it is known.
var plainHeaders = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Connection": true, "Content-Length": true, "Content-Type": true, "User-Agent": true,
}

// texts are values without what is known: the same ones where there is nothing of it.
func (r Redactor) texts(values []string) []string {
	if slices.ContainsFunc(values, func(v string) bool { return r.Text(v) != v }) {
		return redactEach(values, r.Text)
	}
	return values
}

func redactEach(values []string, redact func(string) string) []string {
	clean := make([]string, len(values))
	for i, v := range values {
		clean[i] = redact(v)
	}
	return clean
}

var schemes = [...]string{"Basic", "Bearer", "Digest", "Token", "ApiKey", "Negotiate"}

// redactScheme keeps the first word only if it is a scheme: it may be the token.
func redactScheme(value string) string {
	scheme, _, _ := strings.Cut(value, " ")
	for _, known := range schemes {
		if strings.EqualFold(scheme, known) {
			return known + " " + redacted
		}
	}
	return redacted
}

// beginsWithScheme recognises credentials in a header that has the wrong name.
func beginsWithScheme(value string) bool {
	word, rest, ok := strings.Cut(value, " ")
	return ok && rest != "" && slices.ContainsFunc(schemes[:], func(s string) bool { return strings.EqualFold(word, s) })
}

// Body is the body of a request without secrets, and its decoded fields without them; the map
// that was given stays as it is. A body with a secret in its fields is written anew from them, as
// JSON. One that was not decoded whole, so that a secret may be anywhere, is left out if it
// speaks of one.
func (r Redactor) Body(raw []byte, fields map[string]any, whole bool) (text string, clean map[string]any) {
	if r.anySecret(fields) {
		clean = r.value(fields).(map[string]any)
		written, err := json.Marshal(clean)
		if err != nil {
			return redacted, clean
		}
		return string(written), clean
	}
	text = string(raw)
	if !whole && speaksOfSecret(text) {
		return "[not shown: it was not decoded whole, and may hold a secret]", fields
	}
	return r.Text(text), fields
}

// Query is a query without secrets.
func (r Redactor) Query(raw string) string {
	if raw == "" {
		return ""
	}
	pairs := strings.Split(raw, "&")
	for i, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		plain := value
		if decoded, err := url.QueryUnescape(value); err == nil {
			plain = decoded
		}
		if IsSecret(decode(name)) || looksLikeDocument(plain) && speaksOfSecret(plain) {
			pair = name + "=" + redacted
		}
		pairs[i] = r.Text(pair)
	}
	return strings.Join(pairs, "&")
}

// Fields are decoded fields without secrets: the same map where there are none.
func (r Redactor) Fields(fields map[string]any) map[string]any {
	if !r.anySecret(fields) {
		return fields
	}
	return r.value(fields).(map[string]any)
}

func (r Redactor) anySecret(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if IsSecret(name) || r.holds(name) || r.anySecret(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, r.anySecret)
	case string:
		return r.valueText(v) != v
	}
	return false
}

// value is a decoded value without secrets.
func (r Redactor) value(value any) any {
	switch v := value.(type) {
	case map[string]any:
		clean := make(map[string]any, len(v))
		for name, inner := range v {
			if IsSecret(name) {
				clean[r.valueText(name)] = redacted
			} else {
				clean[r.valueText(name)] = r.value(inner)
			}
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, inner := range v {
			clean[i] = r.value(inner)
		}
		return clean
	case string:
		return r.valueText(v)
	}
	return value
}

// valueText is a decoded text without secrets. It may be a document with fields of its own, which
// nobody has decoded.
func (r Redactor) valueText(text string) string {
	if looksLikeDocument(text) && speaksOfSecret(text) {
		return redacted
	}
	return r.Text(text)
}

// looksLikeDocument recognises JSON, and a form: people's own texts have white space.
func looksLikeDocument(text string) bool {
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") ||
		strings.IndexByte(text, '=') > 0 && !strings.ContainsAny(text, " \n")
}
