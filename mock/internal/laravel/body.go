// Package laravel turns the bytes of a request's body into the fields that a Laravel
// application would find in it.
//
// Decode is the way in. What it makes of a body depends on the Content-Type, as
// it does in PHP:
//
//	application/json, */json, *+json    json_decode($body, true)          json.go
//	application/x-www-form-urlencoded   $_POST, nested as in a[b][]=c     form.go
//	multipart/form-data                 $_POST; a file is not a field     multipart.go
//	anything else, or nothing           no fields
//
// Laravel is silent about a body it cannot read: the fields are just missing, and
// the client is told that one of them is required. So Decode imitates the silence
// in Result.Fields and tells the person what really happened in
// Result.Violations, down to the byte. Violations name keys and positions, and
// the one character at fault, never the value of a field: it may be a password.
//
// Where PHP is odd, Decode is odd in the same way; testdata holds PHP's own
// answers, which the tests compare with. These differences are on purpose:
//
//   - JSON sent as a form is unreadable, where PHP makes one absurd field of it.
//   - JSON that is not an object is unreadable, where PHP numbers its fields.
//   - 1e999 is left as text, where PHP takes it for INF.
//   - Bytes that are not UTF-8 become U+FFFD in a form, where PHP keeps them.
//   - A broken multipart body is unreadable, where PHP takes what it can get.
//
// Each of them is reported as an error.
package laravel

import (
	"bytes"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Result is what became of a body.
type Result struct {
	// Fields holds string, json.Number, bool, nil, []any and map[string]any, and
	// nothing but valid UTF-8. It is never nil.
	Fields map[string]any

	// Unreadable: Laravel would see no fields at all. Fields is empty and one of
	// the Violations is an error that says why.
	Unreadable bool

	// Form: every value is a string, whatever it stands for.
	Form bool

	// Whole: Fields are all that is in the body. Nothing was dropped, as PHP drops a value without a
	// name.
	Whole bool

	Violations []spec.Violation
}

// Decode is Limits.Decode with PHP's own limits.
func Decode(contentType string, raw []byte) Result { return Limits{}.Decode(contentType, "", raw) }

// Decode reads the body of a request that should have one, so that an empty body
// is a violation too. It takes any bytes: bounding their number is the caller's
// part. The Content-Encoding, which PHP ignores, only helps to explain. The result shares no memory
// with raw.
func (l Limits) Decode(contentType, contentEncoding string, raw []byte) Result {
	if len(bytes.TrimSpace(raw)) == 0 {
		return unreadable(empty)
	}
	if coding := coding(contentEncoding, raw); coding != "" {
		return unreadable(compressed(coding, raw))
	}
	switch formatOf(contentType) {
	case asJSON:
		return l.decodeJSON(raw)
	case asForm:
		return l.decodeForm(raw)
	case asMultipart:
		return l.decodeMultipart(contentType, raw)
	}
	return unreadable(noMediaType(contentType, raw))
}

// mediaType ends where PHP ends it, so that parameters, even broken ones, do no harm.
func mediaType(contentType string) string {
	contentType = strings.TrimSpace(contentType)
	if end := strings.IndexAny(contentType, ";, \t"); end >= 0 {
		contentType = contentType[:end]
	}
	return strings.ToLower(contentType)
}

func unreadable(why spec.Violation) Result {
	return Result{Fields: map[string]any{}, Unreadable: true, Violations: []spec.Violation{why}}
}

// add reports a violation. One body of garbage must not fill the journal, so 50 of
// a severity are enough.
func (r *Result) add(v spec.Violation) {
	if r.room(v.Severity) {
		r.Violations = append(r.Violations, v)
	}
}

// room reports whether another violation of a severity would be reported.
func (r *Result) room(severity spec.Severity) bool {
	same := 0
	for _, earlier := range r.Violations {
		if earlier.Severity == severity {
			same++
		}
	}
	return same < 50
}
