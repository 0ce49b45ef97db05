package journal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Redactor takes secrets out of what is about to be recorded: what a name says is one, and
// the tokens that it knows, wherever they turn up.
type Redactor struct {
	Tokens []string // those shorter than eight characters are left alone, lest all text be redacted
}

const redacted = "[redacted]"

// Text is text without the known tokens.
func (r Redactor) Text(text string) string {
	for _, token := range r.Tokens {
		if len(token) >= 8 && strings.Contains(text, token) {
			text = strings.ReplaceAll(text, token, redacted)
		}
	}
	return text
}

// Header is a copy of h without credentials; the scheme of an Authorization stays.
func (r Redactor) Header(h http.Header) http.Header {
	kept := make(http.Header, len(h))
	for name, values := range h {
		switch {
		case name == "Authorization" || name == "Proxy-Authorization":
			values = []string{redactScheme(values[0])}
		case name == "Cookie" || secretName(name) || slices.ContainsFunc(values, mentionsSecret):
			values = []string{redacted}
		case slices.ContainsFunc(values, func(v string) bool { return r.Text(v) != v }):
			values = slices.Clone(values)
			for i := range values {
				values[i] = r.Text(values[i])
			}
		}
		kept[name] = values
	}
	return kept
}

// redactScheme keeps the first word only if it is a scheme: it may be the token.
func redactScheme(value string) string {
	scheme, _, _ := strings.Cut(value, " ")
	for _, known := range [...]string{"Basic", "Bearer", "Digest", "Token", "ApiKey", "Negotiate"} {
		if strings.EqualFold(scheme, known) {
			return known + " " + redacted
		}
	}
	return redacted
}

// Body is the body of a request without secrets. A body that names one is written anew as
// JSON from its decoded fields. One that was not decoded to where the secret stands is left
// out whole.
func (r Redactor) Body(raw []byte, fields map[string]any) string {
	switch {
	case anySecret(fields):
		clean, err := json.Marshal(redactValue(fields))
		if err != nil {
			return redacted
		}
		return r.Text(string(clean))
	case mentionsSecret(string(raw)):
		return "[not shown: it was not decoded whole, and may hold a secret]"
	}
	return r.Text(string(raw))
}

// Fields are the decoded fields without secrets. The map that was given stays as it is.
func (r Redactor) Fields(fields map[string]any) map[string]any {
	if !anySecret(fields) {
		return fields
	}
	return redactValue(fields).(map[string]any)
}

// Query is a query without secrets.
func (r Redactor) Query(raw string) string {
	if raw == "" {
		return ""
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		if mentionsSecret(raw) {
			return redacted
		}
		return r.Text(raw)
	}
	for name := range query {
		if secretName(name) {
			query[name] = []string{redacted}
			raw = "" // to be written anew
		}
	}
	if raw == "" {
		raw = query.Encode()
	}
	return r.Text(raw)
}

func anySecret(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if secretName(name) || anySecret(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, anySecret)
	}
	return false
}

func redactValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		clean := make(map[string]any, len(v))
		for name, inner := range v {
			if secretName(name) {
				clean[name] = redacted
			} else {
				clean[name] = redactValue(inner)
			}
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, inner := range v {
			clean[i] = redactValue(inner)
		}
		return clean
	}
	return value
}

// secretName reports whether a field, parameter or header of this name holds a secret.
func secretName(name string) bool {
	switch len(name) {
	case len("key"), len("pass"):
		if strings.EqualFold(name, "key") || strings.EqualFold(name, "pass") {
			return true
		}
	}
	return mentionsSecret(name)
}

// mentionsSecret reports whether a text speaks of one. Hyphens and underscores do not count.
func mentionsSecret(text string) bool {
	for i := range len(text) {
		switch text[i] | 0x20 { // the first letters of the words
		case 'p', 't', 's', 'a', 'c':
			for _, word := range [...]string{"password", "passwd", "pwd", "token", "secret", "apikey", "authkey", "authorization", "credential"} {
				if beginsWith(text[i:], word) {
					return true
				}
			}
		}
	}
	return false
}

func beginsWith(text, word string) bool {
	n := 0
	for i := 0; i < len(text) && n < len(word); i++ {
		switch c := text[i] | 0x20; {
		case c == word[n]:
			n++
		case n > 0 && (text[i] == '-' || text[i] == '_'):
		default:
			return false
		}
	}
	return n == len(word)
}
