package journal

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

const redacted = "[redacted]"

// RedactHeader is a copy of h without credentials; the scheme of an Authorization stays.
func RedactHeader(h http.Header) http.Header {
	kept := maps.Clone(h)
	for name, values := range kept {
		switch {
		case name == "Authorization" || name == "Proxy-Authorization":
			scheme, _, ok := strings.Cut(values[0], " ")
			if !ok || len(scheme) > 12 {
				scheme = ""
			}
			kept[name] = []string{strings.TrimSpace(scheme + " " + redacted)}
		case name == "Cookie" || secretName(name):
			kept[name] = []string{redacted}
		}
	}
	return kept
}

// RedactBody is the body of a request without secrets. A body that names one is written
// anew as JSON from its decoded fields. One that could not be decoded and may hold a
// secret is left out whole.
func RedactBody(raw []byte, fields map[string]any) []byte {
	if len(fields) == 0 {
		if secretName(string(raw)) {
			return []byte("[not shown: it could not be decoded, and may hold a secret]")
		}
		return raw
	}
	if !anySecret(fields) {
		return raw
	}
	clean, err := json.Marshal(redactValue(fields))
	if err != nil {
		return []byte(redacted)
	}
	return clean
}

// RedactQuery is a query without secrets.
func RedactQuery(raw string) string {
	if !secretName(raw) {
		return raw
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return redacted
	}
	for name := range query {
		if secretName(name) {
			query[name] = []string{redacted}
		}
	}
	return query.Encode()
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
		for _, inner := range v {
			if anySecret(inner) {
				return true
			}
		}
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

// secretName reports whether a name, or a text that holds names, speaks of a secret.
func secretName(text string) bool {
	for i := range len(text) {
		for _, word := range [...]string{"password", "token", "secret", "api_key", "apikey"} {
			if len(text)-i >= len(word) && strings.EqualFold(text[i:i+len(word)], word) {
				return true
			}
		}
	}
	return false
}
