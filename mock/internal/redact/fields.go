package redact

import (
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Fields returns decoded fields without secrets: the same map if there are none in it.
func (r Redactor) Fields(fields map[string]any) map[string]any {
	if fields == nil || r.clean(fields, false) {
		return fields
	}
	return r.value(fields, false).(map[string]any)
}

// namesSecret reports whether a name is that of a secret, or so long that it may contain one.
func (r Redactor) namesSecret(name string) bool {
	secret, known := r.names[name]
	return secret || !known && (len(name) > longestName || IsSecret(name) || slices.ContainsFunc(r.slugs, func(slug string) bool { return endsInName(name, slug) }))
}

// anyKeySecret reports whether a form's name, such as a[b][0], is that of a secret or contains one.
func (r Redactor) anyKeySecret(name string) bool {
	if r.namesSecret(name) {
		return true
	}
	if strings.IndexByte(name, '[') < 0 {
		return false
	}
	return slices.ContainsFunc(strings.FieldsFunc(name, func(c rune) bool { return c == '[' || c == ']' }), r.namesSecret)
}

// lastKey returns the innermost key of a form's name: b of a[b] and of a[b][].
func lastKey(name string) string {
	name = strings.TrimSuffix(name, "[]")
	return strings.TrimSuffix(name[strings.LastIndexByte(name, '[')+1:], "]")
}

// longestName is the max length of a name that is looked at, in bytes: a longer one is a document.
const longestName = 1000

// shows reports whether a name can be shown: the contract knows it, or it looks like one and names
// something.
func (r Redactor) shows(name string, value any) bool {
	if _, known := r.names[name]; known {
		return true
	}
	return value != nil && value != "" && value != "=" && len(name) <= longestName && spec.PlainName(name)
}

// clean reports whether a value contains no secret. If it is to be shown, it must not contain a name
// that may be a secret either.
func (r Redactor) clean(value any, shown bool) bool {
	switch v := value.(type) {
	case map[string]any:
		if r.pairsSecret(v) {
			return false
		}
		for name, inner := range v {
			if r.namesSecret(name) || shown && !r.shows(name, inner) || !r.clean(inner, shown) {
				return false
			}
			if _, known := r.names[name]; !known && r.valueText(name) != name {
				return false
			}
		}
	case []any:
		for i, inner := range v {
			if r.follows(v, i) || !r.clean(inner, shown) {
				return false
			}
		}
	case string:
		return r.valueText(v) == v
	}
	return true
}

// value returns a decoded value without secrets, and if it is to be shown, without names that may be
// secrets.
func (r Redactor) value(value any, shown bool) any {
	switch v := value.(type) {
	case map[string]any:
		clean, pair := make(map[string]any, len(v)), r.pairsSecret(v)
		for name, inner := range v {
			if r.namesSecret(name) || pair && isPairKey(name, pairValues[:]) {
				inner = redacted
			}
			if shown && !r.shows(name, inner) {
				name = hidden(name)
				if inner != nil && inner != "" {
					inner = redacted // the name may be a part of it
				}
			}
			clean[r.valueText(name)] = r.value(inner, shown)
		}
		return clean
	case []any:
		clean := make([]any, len(v))
		for i, inner := range v {
			if r.follows(v, i) {
				inner = redacted
			}
			clean[i] = r.value(inner, shown)
		}
		return clean
	case string:
		return r.valueText(v)
	}
	return value
}
