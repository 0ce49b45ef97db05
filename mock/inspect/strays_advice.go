package inspect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// This file guesses which field a client intended. Every guess is a row of a table: how to recognise
// it, and what to change.

// vocabulary groups the names that plugins, and the APIs they are used to, have for the same thing.
// A name may be in several groups.
var vocabulary = [][]string{
	{"ticaga_id", "customer_id", "user_id", "client_id", "ticaga_user_id", "response_user_id", "customer", "client", "user", "id"},
	{"ticket_id", "ticket_number", "ticket", "ticket_code", "id"},
	{"billing_id", "external_id", "blesta_id", "whmcs_id", "client_id", "userid"},
	{"billing_system", "system", "source", "organize"},
	{"message", "content", "response_content", "details", "description", "body", "text"},
	{"subject", "summary", "title"},
	{"email", "mail", "client_email", "customer_email", "username", "user"},
	{"name", "full_name", "client_name", "customer_name"},
	{"password", "pass", "pwd"},
	{"priority", "urgency"},
	{"rating", "score", "stars"},
	{"department_slug", "department", "slug"},
}

// siblings reports whether two names may stand for the same thing.
func siblings(a, b string) bool {
	return slices.ContainsFunc(vocabulary, func(group []string) bool {
		return slices.Contains(group, a) && slices.Contains(group, b)
	})
}

// stray is a field that was sent and has no effect. It may be one that is missing elsewhere.
type stray struct {
	name  string
	value any
}

// andFill returns what to do besides renaming the field.
func (s stray) andFill() string {
	if s.value == nil {
		return ", and set its value"
	}
	return ""
}

// strayKind is an error of clients that turns good fields into strays.
type strayKind struct {
	is       func(f fields, s stray) bool
	mentions func(s stray, name string) bool // whether the stray contains the field of this name; nil: never
	fix      string                          // NAME stands for the stray's name
}

func (k strayKind) change(s stray) string {
	return strings.ReplaceAll(k.fix, "NAME", spec.QuoteName(s.name))
}

// nameParts are the two fields into which some APIs split a name.
var nameParts = []string{"first_name", "last_name", "firstname", "lastname", "firstName", "lastName"}

var strayKinds = []strayKind{
	{
		is:       func(_ fields, s stray) bool { return strings.HasPrefix(s.name, "amp;") },
		mentions: func(s stray, name string) bool { return s.name == "amp;"+name },
		fix:      `join the fields with & and not with &amp;«: http_build_query($fields, '', '&')»`,
	},
	{
		is: func(f fields, s stray) bool {
			return slices.ContainsFunc(slices.Collect(maps.Keys(wrapped(s.value))), func(name string) bool { return f.Fields[name] != nil })
		},
		mentions: func(s stray, name string) bool { return wrapped(s.value)[name] != nil },
		fix:      "move the fields out of NAME to the top level of the body",
	},
	{
		is:       func(f fields, s stray) bool { return f.Fields["name"] != nil && slices.Contains(nameParts, s.name) },
		mentions: func(s stray, name string) bool { return name == "name" && slices.Contains(nameParts, s.name) },
		fix:      `send one field "name": «$firstName . ' ' . $lastName|the first name, a space and the last name»`,
	},
	{
		is:       func(f fields, s stray) bool { return f.Fields["first_name"] != nil && s.name == "name" },
		mentions: func(s stray, name string) bool { return slices.Contains(nameParts, name) && s.name == "name" },
		fix:      `send two fields instead of NAME: "first_name" and "last_name"`,
	},
	{
		is:  func(_ fields, s stray) bool { return slices.Contains(credentialNames, strings.ToLower(s.name)) },
		fix: "send the credentials in the Authorization header, and leave NAME out",
	},
}

var credentialNames = []string{"api_token", "api_key", "apikey", "access_token", "auth_token", "token", "key", "auth"}

// wrapped returns the object in a stray's value, also if it is JSON in a string. It returns nil if
// the value is not an object.
func wrapped(value any) map[string]any {
	if text, ok := value.(string); ok {
		value = decoded(text)
	}
	object, _ := value.(map[string]any)
	return object
}

// strays returns the fields of a body that have no effect, sorted by name, including those that
// were sent empty. It returns at most 100, because an invalid body can have many.
func (f fields) strays(values map[string]any, blank []string) []stray {
	var names []string
	for _, name := range blank {
		if f.Fields[name] == nil {
			names = append(names, name)
		}
	}
	names = append(names, spec.FirstNames(values, spec.MaxFindings, func(name string) bool {
		known := f.Fields[name]
		return known == nil || known.Ignored != ""
	})...)
	slices.Sort(names)
	var all []stray
	for _, name := range names[:min(len(names), spec.MaxFindings)] {
		all = append(all, stray{name, values[name]}) // which is nil where it was sent empty
	}
	return all
}

// pair looks among the strays for each required field that is missing, or one that can replace it,
// and changes both violations. For a wrong value, it looks for the field whose value it was
// exchanged with.
func (f fields) pair(found []spec.Violation, strays []stray, sent map[string]any) {
	var missing []string
	for i := range found {
		v := &found[i]
		name := strings.TrimPrefix(v.At, "/")
		switch {
		case f.Fields[name] == nil: // it is inside a field
		case v.Code == spec.BodyRequired:
			if fix := holder(f.StandIns(name), strays); fix != "" {
				v.Fix = fix
			} else {
				missing = append(missing, f.StandIns(name)...)
			}
		case v.Code == spec.BodyFormat, v.Code == spec.BodyType:
			v.Fix = cmp.Or(f.exchanged(name, sent), v.Fix)
		}
	}
	all := namesakes(missing, strays)
	for i := range found {
		if v := &found[i]; v.Code == spec.BodyRequired {
			f.pairOne(v, all, found)
		}
	}
}

// pairOne names, in the violation for a missing field, the stray that matches it or a field that
// can replace it.
func (f fields) pairOne(v *spec.Violation, all map[string]stray, found []spec.Violation) {
	names := f.StandIns(strings.TrimPrefix(v.At, "/"))
	for i, name := range names {
		if s, ok := all[name]; ok && (i == 0 || !isZero(s.value)) { // 0 is not an id, so it cannot replace another field
			v.Fix = f.rename(s, name)
			tell(found, s.name, name)
			return
		}
	}
}

// exchanged returns the field that has this one's value while this one has its value.
func (f fields) exchanged(name string, sent map[string]any) string {
	fits := func(field, other string) bool {
		known := f.Fields[field]
		return known.Rule != "" && !known.Secret && known.Fits(sent[other])
	}
	for _, other := range slices.Sorted(maps.Keys(f.Fields)) {
		// Nearly anything is a valid string, so a value in such a field proves nothing. Nor does an
		// id in a rating.
		if known := f.Fields[other]; known.Rule == "string" && sent[other] != nil && fits(name, other) && fits(other, name) {
			return fmt.Sprintf("swap the values of %q and %q", name, other)
		}
	}
	return ""
}

// rename returns the advice to rename a stray to this name, and what else is wrong with it.
func (f fields) rename(s stray, name string) string {
	fix := fmt.Sprintf("rename %s to %q%s", spec.QuoteName(s.name), name, s.andFill())
	known := f.Fields[name]
	if known.Rule != "" && !known.Secret && !known.Fits(s.value) {
		if odd := valueFix(known.Rule, s.value, nil); odd != "" {
			return odd + "; and " + fix
		}
	}
	return fix + ": " + known.Description
}

// holder returns how to change a stray that contains one of the missing fields, so that the field
// is sent on its own. It returns "" if no stray does.
func holder(missing []string, strays []stray) string {
	for _, s := range strays {
		for _, kind := range strayKinds {
			if kind.mentions != nil && slices.ContainsFunc(missing, func(name string) bool { return kind.mentions(s, name) }) {
				return kind.change(s)
			}
		}
	}
	return ""
}

// namesakes returns, by the name of each missing field, the stray that it was sent as. No stray is
// used twice. Similar spellings are matched first; then as many fields as possible get a stray
// whose name means the same.
func namesakes(missing []string, strays []stray) map[string]stray {
	taken := map[string]string{} // the missing field, by the stray's name
	for _, name := range missing {
		var free []string
		for _, s := range strays {
			if taken[s.name] == "" {
				free = append(free, s.name)
			}
		}
		if near := words.Nearest(name, free); near != "" && words.Nearest(near, missing) == name { // otherwise it belongs to another field
			taken[near] = name
		}
	}
	near := maps.Clone(taken)
	var find func(name string, asked map[string]bool) bool
	find = func(name string, asked map[string]bool) bool {
		for _, s := range strays {
			if near[s.name] != "" || asked[s.name] || !siblings(name, s.name) {
				continue
			}
			asked[s.name] = true
			if taken[s.name] == "" || find(taken[s.name], asked) { // or the field that has it finds another
				taken[s.name] = name
				return true
			}
		}
		return false
	}
	done := slices.Collect(maps.Values(near))
	for _, name := range missing {
		if !slices.Contains(done, name) {
			find(name, map[string]bool{})
		}
	}
	all := map[string]stray{}
	for _, s := range strays {
		if name := taken[s.name]; name != "" {
			all[name] = s
		}
	}
	return all
}

// tell makes the warning about a stray consistent with the error about what it should be.
func tell(found []spec.Violation, stray, name string) {
	for i := range found {
		if found[i].Code == spec.BodyUnknownField && found[i].At == spec.Pointer(stray) {
			found[i].Fix = fmt.Sprintf("did you mean %q?", name)
		}
	}
}

// unknownFix returns what to do about a field that is not in the contract.
func (f fields) unknownFix(s stray, sent map[string]any) string {
	for _, kind := range strayKinds {
		if kind.is(f, s) {
			return kind.change(s)
		}
	}
	var free []string // the fields that may have been intended
	for name, known := range f.Fields {
		if _, taken := sent[name]; !taken && known.Ignored == "" {
			free = append(free, name)
		}
	}
	slices.Sort(free)
	for _, name := range free {
		if siblings(s.name, name) {
			return fmt.Sprintf("did you mean %q?", name)
		}
	}
	if near := words.Nearest(s.name, free); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return leaveOut
}
