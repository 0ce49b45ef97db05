package mock

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/body"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file is what people are told beside what Ticaga would answer: every mistake at once, also
// those behind the one that the answer is about.

// report adds violations. One request of garbage must not fill the log, so 100 are enough.
func (x *exchange) report(v ...spec.Violation) {
	const most = 100
	x.violations = append(x.violations, v[:min(len(v), most-len(x.violations))]...)
}

// add is report for what a handler finds, but not where something is known to be wrong, or inside of it.
func (x *exchange) add(found []spec.Violation) {
	for _, v := range found {
		if !slices.ContainsFunc(x.violations, func(w spec.Violation) bool {
			return w.Severity == spec.Error && w.In == v.In && (w.At == v.At || w.At != "" && strings.HasPrefix(v.At, w.At+"/"))
		}) {
			x.report(v)
		}
	}
}

// explainAlso explains what else is wrong with a request that does not reach its operation. Nobody
// needs credentials to ask for options.
func (x *exchange) explainAlso(bodyWasRead bool) {
	if x.request.Method == http.MethodOptions {
		return
	}
	_, _ = x.authenticate()
	if x.meant == nil {
		return
	}
	invalid := x.check(bodyWasRead)
	if !strings.Contains(x.meant.Path, "{") { // or there are values that nobody knows
		x.foresee(api.Request{Settings: x.settings}, invalid != nil)
	}
}

// foresee has the handler decide on a copy, for what it would refuse too.
func (x *exchange) foresee(asked api.Request, invalid bool) {
	if x.meant.TakesBody && x.sent == nil {
		return
	}
	asked.Fields = x.sent
	_, err := x.server.handlers[x.meant.ID](x.world.Store.Trial(time.Now), asked)
	found := api.Violations(err, asked.Fields)
	if invalid {
		found = slices.DeleteFunc(found, api.InDoubt)
	}
	x.add(found)
}

// headersTwice tells of headers that are there more than once where one counts. Values of
// Authorization are secrets.
func (x *exchange) headersTwice() {
	for _, name := range [...]string{"Authorization", "Content-Type"} {
		values := x.request.Header[name]
		if len(values) < 2 {
			continue
		}
		v := spec.Violation{
			Code: "TM-HEADER-TWICE", Severity: spec.Warning, In: spec.InHeader, At: name,
			Message:  "the header is there more than once; the first one counts here, and another server may take the last",
			Expected: "the header once", Got: fmt.Sprintf("%d headers", len(values)),
			Fix: "send it once: is it in the list of headers twice«, or set by an option of curl's too, such as CURLOPT_USERPWD»?",
		}
		if name == "Content-Type" {
			v.Got += ", " + spec.Quote(strings.Join(values, ", "))
			v.Fix = "send it once: is it in the list of headers twice?"
		}
		x.report(v)
	}
}

// unexpectedBody tells of a body that nobody reads.
func (x *exchange) unexpectedBody() {
	if len(bytes.TrimSpace(x.raw)) == 0 {
		return
	}
	v := spec.Violation{
		Code: "TM-BODY-UNEXPECTED", Severity: spec.Warning, In: spec.InBody,
		Message:  "the operation takes no body, so nobody reads this one",
		Expected: "no body", Got: sizeText(int64(len(x.raw)), 0),
		Fix: "send the values in the path, «and leave CURLOPT_POSTFIELDS out|without a body»",
	}
	if o := x.server.contract.BodyMeant(x.path); o != nil {
		v.Fix = fmt.Sprintf("did you mean %s %s (%s)?", o.Method, o.Path, o.ID)
	}
	x.report(v)
}

// explainBody reports what is wrong with the fields: those that were meant, where the body is not
// what its Content-Type says, or encoded twice. Otherwise Ticaga misses every field of an
// unreadable body, and only the cause of it is worth reporting.
func (x *exchange) explainBody(contentType string, unreadable bool, found []spec.Violation) {
	// A value that stands in the path is missing in the body for no other reason.
	if inPath := x.operation == nil && strings.HasPrefix(x.path, x.meant.Path+"/"); !unreadable && !inPath {
		body.Explain(found, contentType, x.raw)
	}
	meantType, meant, ok := body.Meant(contentType, x.raw)
	if !ok {
		if !unreadable {
			x.report(found...)
		}
		return
	}
	isWarning := func(v spec.Violation) bool { return v.Severity == spec.Warning }
	if !unreadable {
		x.report(slices.DeleteFunc(slices.Clone(found), isWarning)...)
	}
	decoded := x.server.limits.Decode(meantType, "", meant)
	fields, blank := api.Normalize(decoded.Fields, x.meant.Knows)
	found = x.checkFields(decoded, fields, blank)
	body.Explain(found, meantType, meant)
	found = slices.DeleteFunc(found, func(v spec.Violation) bool { // what is told already
		return slices.ContainsFunc(x.violations, func(w spec.Violation) bool { return w.Code == v.Code && w.At == v.At })
	})
	if why := x.unreadable(); decoded.Unreadable && why != nil {
		body.Unify(why, decoded.Violations[0])
		return
	}
	x.report(slices.DeleteFunc(decoded.Violations, isWarning)...)
	if !decoded.Unreadable {
		x.sent = fields
		x.report(found...)
	}
}

// unreadable returns what was reported of a body that is not what its Content-Type says, or nil.
func (x *exchange) unreadable() *spec.Violation {
	at := slices.IndexFunc(x.violations, func(v spec.Violation) bool {
		return v.Code == "TM-BODY-MISMATCH" || v.Code == "TM-HEADER-CONTENT-TYPE"
	})
	if at < 0 {
		return nil
	}
	return &x.violations[at]
}

// unjudged reports whether a violation is about a value that could not be read as it was sent.
func unjudged(v spec.Violation, decoding []spec.Violation) bool {
	return slices.ContainsFunc(decoding, func(d spec.Violation) bool {
		return d.At == v.At && d.In == v.In && (d.Code == "TM-BODY-NUMBER" || d.Code == "TM-BODY-UTF8")
	})
}
