package inspect

import (
	"bytes"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/laravel"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// checkBody validates the body as Laravel would see it, and returns what Laravel finds. If the body
// is not what the client intended, it also explains the intended fields.
func (j *judge) checkBody() []spec.Violation {
	h, raw := j.request.Header, j.request.Body
	if len(raw) == 0 && !j.Intended.NeedsBody {
		j.Fields, j.IntendedFields = map[string]any{}, map[string]any{}
		return nil
	}
	contentType := First(h, "Content-Type")
	decoded := j.DecodeBody(h, raw)
	fields, blank := laravel.Normalize(decoded.Fields, j.Intended.Knows)
	found := j.checkFields(decoded, fields, blank)
	if len(decoded.Violations) > 0 {
		found = slices.DeleteFunc(found, func(v spec.Violation) bool { return unjudged(v, decoded.Violations) })
	}
	if j.Reached {
		j.Fields = fields
	}
	j.Body = decoded
	j.Body.Whole = decoded.Whole && len(blank) == 0
	j.report(decoded.Violations...)
	if decoded.Unreadable || len(found) > 0 {
		j.explainBody(contentType, decoded.Unreadable, found)
	}
	if !decoded.Unreadable && j.IntendedFields == nil {
		j.IntendedFields = fields
	}
	return append(decoded.Violations, found...)
}

// checkFields validates fields, and checks the spelling that was chosen for billing systems.
func (j *judge) checkFields(decoded laravel.Result, fields map[string]any, blank []string) []spec.Violation {
	found := checkBody(j.Intended, fields, decoded.Form, blank)
	if only := j.request.BillingSystems; only != "" && only != "both" {
		found = oneSpelling(j.Intended, found, fields, only == "lower")
	}
	return found
}

// unexpectedBody reports a body that the operation does not read.
func (j *judge) unexpectedBody() {
	raw := j.request.Body
	if len(bytes.TrimSpace(raw)) == 0 {
		return
	}
	j.report(unexpectedBody(len(raw), bodyIntended(j.contract, j.Path)))
}

// explainBody reports what is wrong with the fields: with the intended ones if the body does not
// match its Content-Type or is encoded twice. Otherwise Ticaga misses every field of an unreadable
// body, and only the cause is worth reporting.
func (j *judge) explainBody(contentType string, unreadable bool, found []spec.Violation) {
	raw := j.request.Body
	// If a value is in the path, that is the only reason why it is missing in the body.
	if inPath := j.Operation == nil && strings.HasPrefix(j.Path, j.Intended.Path+"/"); !unreadable && !inPath {
		laravel.Explain(found, contentType, raw)
	}
	intendedType, intended, ok := laravel.Intended(contentType, raw)
	if !ok {
		if !unreadable {
			j.report(found...)
		}
		return
	}
	isWarning := func(v spec.Violation) bool { return v.Severity == spec.Warning }
	if !unreadable {
		j.report(slices.DeleteFunc(slices.Clone(found), isWarning)...)
	}
	decoded := j.limits.Decode(intendedType, "", intended)
	fields, blank := laravel.Normalize(decoded.Fields, j.Intended.Knows)
	found = j.checkFields(decoded, fields, blank)
	laravel.Explain(found, intendedType, intended)
	found = slices.DeleteFunc(found, func(v spec.Violation) bool { // already reported
		return slices.ContainsFunc(j.Violations, func(w spec.Violation) bool { return w.Code == v.Code && w.At == v.At })
	})
	if why := j.unreadable(); decoded.Unreadable && why != nil {
		laravel.Unify(why, decoded.Violations[0])
		return
	}
	j.report(slices.DeleteFunc(decoded.Violations, isWarning)...)
	if !decoded.Unreadable {
		j.IntendedFields = fields
		j.report(found...)
	}
}

// unreadable returns the violation that was reported for a body that does not match its
// Content-Type, or nil.
func (j *judge) unreadable() *spec.Violation {
	at := slices.IndexFunc(j.Violations, func(v spec.Violation) bool {
		return v.Code == spec.BodyMismatch || v.Code == spec.HeaderContentType
	})
	if at < 0 {
		return nil
	}
	return &j.Violations[at]
}

// unjudged reports whether a violation is about a value that could not be read as it was sent.
func unjudged(v spec.Violation, decoding []spec.Violation) bool {
	return slices.ContainsFunc(decoding, func(d spec.Violation) bool {
		return d.At == v.At && d.In == v.In && (d.Code == spec.BodyNumber || d.Code == spec.BodyUTF8)
	})
}
