// Package redact removes secrets from requests, responses and violations before they are recorded.
//
// A [Redactor] knows the secrets of the help desk, such as API tokens, and finds them wherever they
// occur and however they are encoded. It also removes what is secret by its name: the values of
// fields, parameters and headers for which [IsSecret] reports true, and what follows such a name in
// prose ("your password: hunter2").
//
//	find.go         what is known, wherever it occurs
//	encoding.go     the ways in which characters are encoded
//	secretname.go   which names are those of secrets
//	prose.go        names of secrets in people's own words
//	target.go       methods, paths and queries
//	header.go       headers
//	body.go         bodies, decoded or not
//	fields.go       decoded fields
//	pairs.go        fields that are sent as pairs of a name and a value
//	short.go        the part of large fields that is shown
//	violation.go    violations, which quote all of these
//	memo.go         texts that have none, which come again and again
package redact

import (
	"fmt"
	"maps"
)

// Redactor removes secrets: those that their names say are secret, and those that it knows, wherever
// they occur and however they are encoded. A name may contain a secret as well as a value. The zero
// Redactor knows no secrets. A Redactor never changes, and is safe for concurrent use.
type Redactor struct {
	known, sent *finder
	names       Names
	slugs       []string // those of names that are secret although IsSecret does not report it
	memo        *Memo    // nil for none
	number      int64    // its own among those with the Memo
}

// Names are the names that the contract knows. They are shown, whatever their values are. The value
// in the map says whether the name is that of a secret.
type Names map[string]bool

// NewNames returns the Names in a list, of which IsSecret decides which ones are secret.
func NewNames(list []string) Names {
	names := Names{}
	for _, name := range list {
		names[name] = IsSecret(name)
	}
	return names
}

// WithSecrets returns n with names of secrets that the contract does not know.
func (n Names) WithSecrets(list []string) Names {
	if len(list) == 0 {
		return n
	}
	names := maps.Clone(n)
	for _, name := range list {
		names[name] = true
	}
	return names
}

const redacted = "[redacted]"

// Hidden is what is shown instead of a secret value.
const Hidden = redacted

// New returns a Redactor that knows secrets, such as API tokens, in every encoding that clients use.
func New(secrets ...string) Redactor { return Redactor{known: newFinder(leastShort, secrets)} }

// With returns a copy of r that also knows the secrets of one request. It finds short ones too, although
// they may be any word of a message.
func (r Redactor) With(secrets ...string) Redactor {
	r.sent = newFinder(shortest, secrets)
	return r
}

// Naming returns a copy of r that knows the names of the contract, and has no Memo yet.
func (r Redactor) Naming(names Names) Redactor {
	r.names, r.slugs, r.memo = names, nil, nil
	for name, secret := range names {
		if secret && !IsSecret(name) {
			r.slugs = append(r.slugs, name)
		}
	}
	return r
}

// Text returns a string without known secrets, and without the passwords of URLs. If such a secret only
// appears when the string is decoded, the whole string is replaced.
func (r Redactor) Text(text string) string {
	text = withoutUserinfo(r.sent.cut(r.known.cut(text)))
	before := text
	for n := 0; n < maxEncodings && encoded(before); n++ {
		decoded := decode(before)
		if decoded == before {
			break
		}
		if r.holds(decoded) || withoutUserinfo(decoded) != decoded {
			return redacted
		}
		before = decoded
	}
	return text
}

// maxEncodings is how many times a secret may be encoded and is still found.
const maxEncodings = 4

// holds reports whether a string contains a known secret, without decoding the string.
func (r Redactor) holds(text string) bool {
	_, _, ok := r.known.next(text, 0)
	if !ok {
		_, _, ok = r.sent.next(text, 0)
	}
	return ok
}

// hidden returns what is shown instead of a name that may be a secret.
func hidden(text string) string { return fmt.Sprintf("[%d bytes]", len(text)) }
