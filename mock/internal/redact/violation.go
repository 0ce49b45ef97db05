package redact

import (
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Violation removes secrets from the texts of v, in place. Some quote only the beginning of what was
// sent.
func (r Redactor) Violation(v *spec.Violation) {
	for _, text := range [...]*string{&v.Message, &v.Expected, &v.Got, &v.Fix} {
		*text = r.quoting(*text)
	}
	if r.aboutSecret(*v) {
		v.Got = redacted
	}
	switch v.In {
	case spec.InBody:
		v.At = r.pointer(v.At)
	case spec.InQuery:
		v.At = r.key(v.At)
	default:
		v.At = r.Text(v.At)
	}
}

// aboutSecret reports whether a violation quotes the value of a field whose name is that of a secret,
// or a document that mentions a secret.
func (r Redactor) aboutSecret(v spec.Violation) bool {
	if v.Got == "" || !strings.ContainsRune(`"-0123456789`, rune(v.Got[0])) {
		return false // it says what kind of value it is
	}
	switch v.In {
	case spec.InBody:
		if slices.ContainsFunc(strings.Split(v.At, "/"), r.namesSecret) {
			return true
		}
	case spec.InQuery:
		if r.anyKeySecret(v.At) {
			return true
		}
	default:
		return false
	}
	quoted, _ := strings.CutSuffix(v.Got, "...")
	text, err := strconv.Unquote(quoted)
	return err == nil && r.valueText(text) != text
}

// quoting returns a string without secrets. It may quote strings that spec.Quote has cut off.
func (r Redactor) quoting(text string) string {
	text = r.Text(text)
	const cut = `"...`
	for from := 0; ; {
		at := strings.Index(text[from:], cut)
		if at < 0 {
			return text
		}
		before := r.sent.cutShort(r.known.cutShort(text[:from+at]))
		text = before + text[from+at:]
		from = len(before) + len(cut)
	}
}

// pointer returns a JSON pointer without names that may be secrets.
func (r Redactor) pointer(pointer string) string {
	if pointer == "" {
		return ""
	}
	keys := strings.Split(pointer, "/")
	for i, key := range keys {
		keys[i] = r.key(key)
	}
	return strings.Join(keys, "/")
}

// key returns a name or an index, or what replaces it if it may be a secret.
func (r Redactor) key(key string) string {
	if _, known := r.names[key]; known || key == "" || spec.PlainName(key) {
		return r.Text(key)
	}
	return hidden(key)
}
