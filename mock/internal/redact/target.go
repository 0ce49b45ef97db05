package redact

import (
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// withoutUserinfo returns a string without the users and passwords of the URLs in it.
func withoutUserinfo(text string) string {
	var b strings.Builder
	for from := 0; ; {
		at := strings.Index(text[from:], "://")
		if at < 0 && b.Len() == 0 {
			return text
		} else if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		from += at + len("://")
		rest := text[from:]
		if end := strings.IndexAny(rest, " \t\r\n\"<>`"); end >= 0 {
			rest = rest[:end]
		}
		authority := rest
		if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
			authority = rest[:end]
		}
		// A password may hold what should end it. Then no port follows the colon.
		if _, port, colon := strings.Cut(authority, ":"); colon && strings.Trim(port, "0123456789") != "" {
			authority = rest
		}
		if end := strings.LastIndexByte(authority, '@'); end > 0 && authority[:end] != redacted {
			b.WriteString(text[:from])
			b.WriteString(redacted)
			text, from = text[from+end:], 0
		}
	}
}

// MayHold reports whether a path may contain more than names: anything encoded, or a document.
func MayHold(path string) bool { return strings.ContainsAny(path, "%\\&=:{[<\"\x00") }

// Path returns a path, percent-encoded or not, without secrets in its segments.
func (r Redactor) Path(path string) string {
	if MayHold(path) {
		segments := strings.Split(path, "/")
		for i, s := range segments {
			segments[i] = r.valueText(s)
		}
		path = strings.Join(segments, "/")
	}
	return r.Text(path)
}

// Method returns the method of a request without secrets: a client can send any word.
func (r Redactor) Method(method string) string {
	if !spec.PlainName(method) {
		return hidden(method)
	}
	return r.Text(method)
}

// Query returns a query without secrets. fields are what it was decoded into. If several pairs
// together are the name and the value of a secret, no value is shown.
func (r Redactor) Query(raw string, fields map[string]any) string {
	if raw == "" {
		return ""
	}
	pairs, hide := strings.Split(raw, "&"), r.hasPairs(fields)
	for i, pair := range pairs {
		if pairs[i] = r.pair(pair); hide {
			if name, value, _ := strings.Cut(pairs[i], "="); value != "" {
				pairs[i] = name + "=" + redacted
			}
		}
	}
	return r.Text(strings.Join(pairs, "&"))
}

// pair returns name=value, of a form or a query, without secrets.
func (r Redactor) pair(pair string) string {
	name, value, assigned := strings.Cut(pair, "=")
	plainName, plainValue := decodeForm(name), decodeForm(value)
	switch {
	case pair == "":
	case !r.shows(plainName, plainValue):
		name = hidden(plainName)
		if !assigned {
			return name
		}
		fallthrough
	case r.anyKeySecret(plainName), r.valueText(plainValue) != plainValue:
		if plainValue == "" {
			return name + "="
		}
		return name + "=" + redacted
	}
	return pair
}
