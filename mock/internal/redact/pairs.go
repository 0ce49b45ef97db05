package redact

import "slices"

// pairNames and pairValues are the last words of the keys in an object that is a pair of a name and a
// value: slug, fieldName, values.
var (
	pairNames  = [...]string{"name", "slug", "key", "field", "id", "label", "type", "k"}
	pairValues = [...]string{"value", "val", "v"}
)

// isPairKey reports whether the last word of a key is one of words, or its plural.
func isPairKey(key string, words []string) bool {
	last, _ := lastWord(key)
	return slices.ContainsFunc(words, func(word string) bool { return isWord(last, word) })
}

// pairsSecret reports whether an object is a pair of a name and a value, and the value a secret:
// {"name": "password", "value": "..."}. Clients send forms as arrays of such pairs. The name and the
// value may both be arrays.
func (r Redactor) pairsSecret(object map[string]any) bool {
	valued := false
	for key, value := range object {
		valued = valued || value != nil && isPairKey(key, pairValues[:])
	}
	if !valued {
		return false
	}
	for key, value := range object {
		if isPairKey(key, pairNames[:]) && r.isSecretName(value) {
			return true
		}
	}
	return false
}

// isSecretName reports whether a value is the name of a secret, or an array with such a name in it.
func (r Redactor) isSecretName(value any) bool {
	switch v := value.(type) {
	case string:
		return len(v) <= longestName && r.namesSecret(v)
	case []any:
		return slices.ContainsFunc(v, r.isSecretName)
	}
	return false
}

// follows reports whether an element of an array is a secret whose name is the element before it:
// ["password", "..."]. An array may contain several names and values in turn.
func (r Redactor) follows(array []any, i int) bool {
	if i%2 == 0 {
		return false
	}
	name, ok := array[i-1].(string)
	return ok && r.isSecretName(name)
}

// hasPairs reports whether a value contains a secret and its name as two values.
func (r Redactor) hasPairs(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		if r.pairsSecret(v) {
			return true
		}
		for _, inner := range v {
			if r.hasPairs(inner) {
				return true
			}
		}
	case []any:
		for i, inner := range v {
			if r.follows(v, i) || r.hasPairs(inner) {
				return true
			}
		}
	}
	return false
}
