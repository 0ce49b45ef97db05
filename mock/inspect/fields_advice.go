package inspect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with the fields of a body.

// ignored returns the warning about a field that the contract lists, but that has no effect. fix is
// the contract's advice.
func ignored(name string, value any, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.BodyIgnoredField, Severity: spec.Warning, In: spec.InBody, At: spec.Pointer(name),
		Message:  fmt.Sprintf("%q is accepted, but has no effect", name),
		Expected: "no such field", Got: kindText(value), Fix: fix,
	}
}

// aliased returns the warning about a field that was sent under its other name. beside means that
// the field was also sent under its own name, whose value counts.
func aliased(a spec.Alias, name string, value any, beside bool) spec.Violation {
	v := spec.Violation{
		Code: spec.BodyAlias, Severity: spec.Warning, In: spec.InBody, At: spec.Pointer(name),
		Message:  fmt.Sprintf("%q works here for %q: %s", name, a.Of, a.Because),
		Expected: fmt.Sprintf("the field %q", a.Of), Got: kindText(value),
		Fix: fmt.Sprintf("rename %q to %q", name, a.Of),
	}
	if beside {
		v.Message, v.Fix = fmt.Sprintf("%q has no effect beside %q", name, a.Of), fmt.Sprintf("leave %q out", name)
	}
	return v
}

// misspelled returns the warning about a spelling of a name that works, while another one is better.
func misspelled(name, sent string, odd spec.Spelling) spec.Violation {
	return spec.Violation{
		Code: spec.BodySpelling, Severity: spec.Warning, In: spec.InBody, At: spec.Pointer(name),
		Message:  fmt.Sprintf("%q works here: %s", sent, odd.Because),
		Expected: spec.Quote(odd.Send), Got: spec.Quote(sent), Fix: "prefer " + spec.Quote(odd.Send),
	}
}

// wrongCase returns the violation for the spelling of a name that the server's settings do not
// accept, while they accept another one.
func wrongCase(name, sent, accepted string) spec.Violation {
	return spec.Violation{
		Code: spec.BodyEnum, Severity: spec.Error, In: spec.InBody, At: spec.Pointer(name), Rule: "in",
		Message:  fmt.Sprintf("%q is not accepted: the setting billing_systems allows only one case", sent),
		Expected: spec.Quote(accepted), Got: spec.Quote(sent), Fix: "send " + spec.Quote(accepted),
	}
}

// oddInteger returns the warning about digits that the contract accepts but Laravel's rule
// "integer" does not.
func oddInteger(name, digits string) spec.Violation {
	v := spec.Violation{
		Code: spec.BodyInteger, Severity: spec.Warning, In: spec.InBody, At: spec.Pointer(name),
		Message:  fmt.Sprintf("%q works here, but Laravel's rule for integers refuses it", name),
		Expected: "digits without leading zeros, at most 9223372036854775807", Got: spec.Quote(digits),
		Fix: "send a valid id: this one is too large for PHP",
	}
	if plain := cmp.Or(strings.TrimLeft(digits, "0"), "0"); isPHPInteger(plain) {
		v.Fix = fmt.Sprintf("send %q, without leading zeros", plain)
	}
	return v
}

// missing returns the violation for a missing field, with the fields that can replace it.
func (f fields) missing(n *spec.Need) spec.Violation {
	v := spec.Violation{
		Code: spec.BodyRequired, Severity: spec.Error, In: spec.InBody, At: spec.Pointer(n.Name), Rule: n.Rule,
		Message:  fmt.Sprintf("%q is missing, and so is %q", n.Name, strings.Join(n.Instead, ", ")),
		Expected: f.Fields[n.Name].Expected, Got: "nothing",
		Fix: fmt.Sprintf("send %s: %s", n.Name, f.Fields[n.Name].Description),
	}
	if n.OrZero {
		v.Message = fmt.Sprintf("%q is missing, and %q is missing or 0", n.Name, n.Instead[0])
	}
	for _, name := range n.Instead {
		v.Fix += fmt.Sprintf("; or %s: %s", name, f.Fields[name].Description)
	}
	return v
}

// hidden is shown instead of a value that may be a secret.
const hidden = "[not shown]"

// violation returns the violation for a reason, with what the contract knows about its field, and
// the value as it was sent.
func (f fields) violation(r spec.Reason, sent map[string]any) spec.Violation {
	subject := "the body"
	if len(r.At) > 0 {
		subject = spec.QuoteName(strings.Join(r.At, "."))
	}
	v := spec.Violation{
		Code: r.Code, Severity: spec.Error, In: spec.InBody, At: spec.Pointer(r.At...), Rule: r.Rule,
		Message: r.Message(subject), Expected: r.Expected, Got: r.Got,
	}
	switch {
	case r.Keyword == "properties":
		return f.forbidden(v, r, sent)
	case len(r.At) == 0 || f.Fields[r.At[0]] == nil:
		if v.Got != "" && v.Code != spec.BodyRequired {
			v.Got = kindText(r.Value) // it may be a secret
		}
		v.Fix = "send what is expected; see the operation in openapi.yaml"
		return v
	}
	field := f.Fields[r.At[0]]
	if value, ok := valueAt(sent, r.At); ok && v.Code != spec.BodyRequired {
		r.Value = value // kin-openapi turns a number into a float64
	}
	v.Got = shownValue(v, field, r)
	if len(r.At) == 1 && !hasOwnLimit(v, r.Keyword) {
		v.Expected = field.Expected
	}
	v.Fix = fieldFix(v, field, r)
	return v
}

// shownValue returns the value of a field, or part of a field, as the violation for a reason shows it.
func shownValue(v spec.Violation, field *spec.Field, r spec.Reason) string {
	switch {
	case v.Code == spec.BodyRequired:
		return v.Got
	case field.Secret || r.Secret:
		return hidden
	case v.Got == "":
		return ""
	case len(r.At) > 1:
		return kindText(r.Value) // a name inside a field may be that of a secret
	}
	return spec.Show(r.Value)
}

// fieldFix returns what to change in a field, or in part of a field, for the violation for a reason.
func fieldFix(v spec.Violation, field *spec.Field, r spec.Reason) string {
	name := strings.Join(r.At, ".")
	guess := ""
	if !field.Secret && !r.Secret && !(isCollection(r.Value) && r.SameKind) { // a guess may quote the value
		guess = valueFix(v.Rule, r.Value, r.Options)
	}
	switch {
	case v.Code == spec.BodyRequired:
		return strings.TrimSuffix(fmt.Sprintf("send %s: %s", name, field.Description), ": ")
	case r.Keyword == "readOnly":
		return leaveOut
	case guess != "":
		return guess
	case r.Keyword == "enum" && v.Code == spec.BodyEnum:
		return "send one of the known values: openapi.yaml lists them as enum, and --spec loads your own copy"
	case v.Code == spec.BodyLength && hasOwnLimit(v, r.Keyword) && v.Expected != "":
		return "send " + v.Expected
	}
	return strings.TrimSuffix(fmt.Sprintf("send %s as expected: %s", name, field.Description), ": ")
}

// hasOwnLimit reports whether a violation expects something more specific than the field's own
// description: the one limit that was broken. keyword is that of the schema.
func hasOwnLimit(v spec.Violation, keyword string) bool {
	name, _, _ := strings.Cut(v.Rule, ":")
	return v.Code == spec.BodyLength && name != "required" || v.Code == spec.BodyUnknownField ||
		strings.HasPrefix(name, "max.") || name == "lt.numeric" || name == "distinct" || keyword == "not" || keyword == "format" && v.Code == spec.BodyRange
}

// forbidden returns the violation for a field that is not listed in a contract with
// additionalProperties: false.
func (f fields) forbidden(v spec.Violation, r spec.Reason, sent map[string]any) spec.Violation {
	name := r.At[len(r.At)-1]
	v.Message = fmt.Sprintf("%s is not part of the contract, which forbids other fields", spec.QuoteName(name))
	v.Expected, v.Fix = "no such field", leaveOut
	if value, ok := valueAt(sent, r.At); ok {
		v.Got = kindText(value)
		if len(r.At) == 1 {
			v.Expected, v.Fix = f.list(), f.unknownFix(stray{name, value}, sent)
		}
	}
	return v
}

// unknown returns the warning about a field that is not in the contract.
func (f fields) unknown(s stray, sent map[string]any) spec.Violation {
	name, at, fix := spec.QuoteName(s.name), spec.Pointer(s.name), f.unknownFix(s, sent)
	if s.value == nil && fix == leaveOut { // in a form, a value without a name looks like this
		name, at = spec.HiddenName(s.name), ""
	}
	v := spec.Violation{
		Code: spec.BodyUnknownField, Severity: spec.Warning, In: spec.InBody, At: at,
		Message:  fmt.Sprintf("%s is not part of the contract, and is ignored", name),
		Expected: f.list(), Got: kindText(s.value),
		Fix: fix,
	}
	return v
}

// list returns the names of the contract's fields, unless there are too many to read.
func (f fields) list() string {
	const limit = 8
	if len(f.Fields) > limit {
		return fmt.Sprintf("one of the operation's %d fields", len(f.Fields))
	}
	return "a field of the operation: " + strings.Join(slices.Sorted(maps.Keys(f.Fields)), ", ")
}

// kindText describes a value without showing it.
func kindText(value any) string {
	switch value.(type) {
	case nil:
		return "null or an empty string"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case []any, map[string]any:
		return spec.Show(value)
	}
	return "a number"
}

func isCollection(value any) bool {
	switch value.(type) {
	case []any, map[string]any:
		return true
	}
	return false
}
