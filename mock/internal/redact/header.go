package redact

import (
	"net/http"
	"slices"
	"strings"
)

// Header returns a copy of h without secrets. The scheme of Authorization is kept.
func (r Redactor) Header(h http.Header) http.Header {
	if h == nil {
		return nil
	}
	kept := make(http.Header, len(h))
	for name, values := range h {
		switch {
		case plainHeaders[name]:
			kept[name] = r.texts(values)
			continue
		case name == "Authorization" || name == "Proxy-Authorization":
			kept[name] = withoutCredentials(values)
			continue
		case IsSecret(name) || slices.ContainsFunc(values, func(v string) bool { return beginsWithScheme(v) || speaksOfSecret(v) }):
			values = redactEach(values, func(string) string { return redacted })
		default:
			values = r.texts(values)
		}
		if shown := r.Text(name); shown != name {
			name, values = shown, slices.Concat(kept[shown], values)
		}
		kept[name] = values
	}
	return kept
}

// plainHeaders are headers that nearly every request has. Only known secrets are looked for in them.
var plainHeaders = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Connection": true, "Content-Length": true, "Content-Type": true, "User-Agent": true,
}

// texts returns values without known secrets: the same slice if there are no such secrets.
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

// shownSchemes are the values that replace credentials of the schemes, shared by all exchanges.
var shownSchemes = func() (shown [len(schemes)][]string) {
	for i, scheme := range schemes {
		shown[i] = []string{scheme + " " + redacted}
	}
	return shown
}()

// withoutCredentials keeps the first word of each value only if it is a scheme: it may be the token.
func withoutCredentials(values []string) []string {
	if len(values) == 1 {
		return redactScheme(values[0])
	}
	clean := make([]string, 0, len(values))
	for _, v := range values {
		clean = append(clean, redactScheme(v)...)
	}
	return clean
}

func redactScheme(value string) []string {
	scheme, _, _ := strings.Cut(value, " ")
	for i, known := range schemes {
		if strings.EqualFold(scheme, known) {
			return shownSchemes[i]
		}
	}
	return []string{redacted}
}

// beginsWithScheme reports whether a value looks like credentials, in a header that has the wrong name.
func beginsWithScheme(value string) bool {
	word, rest, ok := strings.Cut(value, " ")
	return ok && rest != "" && slices.ContainsFunc(schemes[:], func(s string) bool { return strings.EqualFold(word, s) })
}
