// Package laravel turns the bytes of a request's body into the fields that a Laravel application would
// find in it.
//
// Start with Decode. What it returns for a body depends on the Content-Type, as in PHP:
//
//	application/json, */json, *+json    json_decode($body, true)          json.go
//	application/x-www-form-urlencoded   $_POST, nested as in a[b][]=c     form.go
//	multipart/form-data                 $_POST; a file is not a field     multipart.go
//	anything else, or nothing           no fields
//
// Laravel does not report a body that it cannot read: the fields are just missing, and the client is
// told that one of them is required. Decode imitates this in Result.Fields, and reports what really
// happened in Result.Violations, down to the byte. Violations name keys, positions, and the one
// character that is wrong, but never the value of a field: it may be a password. What they say is
// written in the files *_advice.go.
//
// Where PHP is odd, Decode is odd in the same way; testdata has PHP's own results, which the tests
// compare with. These differences are intentional:
//
//   - JSON sent as a form is unreadable; PHP makes one absurd field of it.
//   - JSON that is not an object is unreadable; PHP numbers its fields.
//   - 1e999 becomes a string with these characters; PHP reads it as INF.
//   - Bytes that are not UTF-8 become U+FFFD in a form; PHP keeps them.
//   - A broken multipart body is unreadable; PHP reads as much as it can.
//
// Each of them is reported as an error.
package laravel

import (
	"bytes"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Result is the result of decoding a body.
type Result struct {
	// Fields contains values of type string, json.Number, bool, nil, []any and map[string]any. All
	// strings are valid UTF-8. It is never nil.
	Fields map[string]any

	// Unreadable means that Laravel would see no fields at all. Fields is then empty, and one of
	// the Violations is an error that says why.
	Unreadable bool

	// Form means that every value is a string, whatever it stands for.
	Form bool

	// Whole means that Fields contains everything in the body. Nothing was dropped, as PHP drops a
	// value without a name.
	Whole bool

	Violations []spec.Violation
}

// Decode calls Limits.Decode with PHP's own limits.
func Decode(contentType string, raw []byte) Result { return Limits{}.Decode(contentType, "", raw) }

// Decode decodes the body of a request that should have one, so an empty body is a violation too.
// It accepts any bytes; the caller must limit their number. PHP ignores the Content-Encoding; here
// it is only used for explanations. The result shares no memory with raw.
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

// mediaType cuts the media type where PHP cuts it, so that parameters do no harm, even broken ones.
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

// add adds a violation. One invalid body must not fill the journal, so at most 50 of each severity
// are kept.
func (r *Result) add(v spec.Violation) {
	if r.room(v.Severity) {
		r.Violations = append(r.Violations, v)
	}
}

// room reports whether another violation of this severity would be kept.
func (r *Result) room(severity spec.Severity) bool {
	same := 0
	for _, earlier := range r.Violations {
		if earlier.Severity == severity {
			same++
		}
	}
	return same < 50
}
