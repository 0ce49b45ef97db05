package spec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// This file guesses what a client meant. Every guess is a row of a table: what it looks
// like, and what to change.

// vocabulary groups the names under which plugins, and the APIs they are used to, send the
// same thing. A name may be in several groups.
var vocabulary = [][]string{
	{"ticaga_id", "customer_id", "user_id", "client_id", "ticaga_user_id", "response_user_id", "customer", "id"},
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

// stray is a field that was sent and does nothing. It may be one that is missing elsewhere.
type stray struct {
	name  string
	value any
}

// andFill is what is to be done beside renaming it.
func (s stray) andFill() string {
	if s.value == nil {
		return ", and fill it"
	}
	return ""
}

// strayKind is a mistake that turns good fields into strays.
type strayKind struct {
	is       func(s stray) bool
	mentions func(s stray, name string) bool // whether the stray holds the field of this name; nil: never
	fix      string                          // NAME is the stray's name
}

func (k strayKind) change(s stray) string { return strings.ReplaceAll(k.fix, "NAME", Quote(s.name)) }

var strayKinds = []strayKind{
	{
		is:       func(s stray) bool { return strings.HasPrefix(s.name, "amp;") },
		mentions: func(s stray, name string) bool { return s.name == "amp;"+name },
		fix:      `join the fields with & and not with &amp;: http_build_query($fields, '', '&')`,
	},
	{
		is:       func(s stray) bool { return wrapped(s.value) != nil },
		mentions: func(s stray, name string) bool { return wrapped(s.value)[name] != nil },
		fix:      "take the fields out of NAME: they stand at the top of the body",
	},
	{
		is:  func(s stray) bool { return slices.Contains(credentialNames, strings.ToLower(s.name)) },
		fix: "send the credentials in the Authorization header, and leave NAME out",
	},
}

var credentialNames = []string{"api_token", "api_key", "apikey", "access_token", "auth_token", "token", "key", "auth"}

// wrapped is the object that a stray holds, also as JSON in a text; nil when it is none.
func wrapped(value any) map[string]any {
	switch v := value.(type) {
	case map[string]any:
		return v
	case string:
		var object map[string]any
		if strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &object) == nil {
			return object
		}
	}
	return nil
}

// strays lists the fields of a body that do nothing, by name, those that were sent with nothing
// too: at most 100, for a body of garbage can hold many.
func (f *fields) strays(values map[string]any, blank []string) []stray {
	var all []stray
	for _, name := range blank {
		if f.known[name] == nil {
			all = append(all, stray{name, nil})
		}
	}
	for name, value := range values {
		if known := f.known[name]; known == nil || known.ignored != "" {
			all = append(all, stray{name, value})
		}
	}
	slices.SortFunc(all, func(a, b stray) int { return strings.Compare(a.name, b.name) })
	return all[:min(len(all), 100)]
}

// pair looks among the strays for each required field that is missing, and tells both.
func (f *fields) pair(found []Violation, strays []stray) {
	for i := range found {
		if v := &found[i]; v.Code == "TM-BODY-REQUIRED" && strings.Count(v.At, "/") == 1 {
			names := f.standIns(v.At[1:])
			for _, missing := range names {
				if fix := holder(missing, strays); fix != "" {
					v.Fix = fix
					break
				}
				at := namesake(missing, strays)
				if at < 0 || cmp.Or(NearestWord(strays[at].name, names), missing) != missing || missing != names[0] && isZero(strays[at].value) {
					continue // a 0 names nobody, so it would not do in the place of another field
				}
				v.Fix = fmt.Sprintf("rename %s to %q%s: %s", Quote(strays[at].name), missing, strays[at].andFill(), f.known[missing].description)
				tell(found, strays[at].name, missing)
				strays = slices.Delete(strays, at, at+1)
				break
			}
		}
	}
}

// holder says what to change so that a field comes out of the stray that holds it; "" when
// none does.
func holder(missing string, strays []stray) string {
	for _, s := range strays {
		for _, kind := range strayKinds {
			if kind.mentions != nil && kind.mentions(s, missing) {
				return kind.change(s)
			}
		}
	}
	return ""
}

// namesake finds the stray that a missing field was sent as; -1 when there is none.
func namesake(missing string, strays []stray) int {
	names := make([]string, len(strays))
	for i, s := range strays {
		names[i] = s.name
	}
	if near := NearestWord(missing, names); near != "" {
		return slices.Index(names, near)
	}
	return slices.IndexFunc(names, func(name string) bool { return siblings(missing, name) })
}

// tell makes the warning about a stray agree with the error about what it should be.
func tell(found []Violation, stray, name string) {
	for i := range found {
		if found[i].Code == "TM-BODY-UNKNOWN-FIELD" && found[i].At == Pointer(stray) {
			found[i].Fix = fmt.Sprintf("did you mean %q?", name)
		}
	}
}

// unknownFix says what to do about a field that the contract does not know.
func (f *fields) unknownFix(s stray, sent map[string]any) string {
	for _, kind := range strayKinds {
		if kind.is(s) {
			return kind.change(s)
		}
	}
	var free []string // the fields that it could have been meant to be
	for name, known := range f.known {
		if _, taken := sent[name]; !taken && known.ignored == "" {
			free = append(free, name)
		}
	}
	slices.Sort(free)
	for _, name := range free {
		if siblings(s.name, name) {
			return fmt.Sprintf("did you mean %q?", name)
		}
	}
	if near := NearestWord(s.name, free); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "leave it out"
}

// valueKinds are the ways in which a text is not what its rule wants, with what to change.
// The first that fits is told.
var valueKinds = []struct {
	rule string // as Laravel calls it; "" for any
	fix  func(text string) string
}{
	{"", unfilled},
	{"integer", func(s string) string {
		if strings.Contains(s, "@") {
			return "send an id: an e-mail address stands in its place"
		}
		return ""
	}},
	{"integer", func(s string) string {
		if strings.HasPrefix(strings.ToUpper(s), "TIC-") {
			return "send the ticket's id: its code stands in its place"
		}
		return ""
	}},
	{"integer", func(s string) string {
		if digits := withoutSeparators(s); digits != "" {
			return fmt.Sprintf("send %q: the separators of thousands, of number_format() say, are for people", digits)
		}
		return ""
	}},
	{"integer", func(s string) string {
		if whole, zeros, ok := strings.Cut(s, "."); ok && allDigits(whole) && strings.Trim(zeros, "0") == "" {
			return fmt.Sprintf("send %q: an id has no decimals", whole)
		}
		return ""
	}},
	{"integer", func(s string) string {
		digits := strings.TrimFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if allDigits(digits) && digits != s && !strings.HasPrefix(s, "-") {
			return fmt.Sprintf("send %q: an id is digits and nothing else", digits)
		}
		return ""
	}},
	{"email", func(s string) string {
		if _, rest, ok := strings.Cut(s, "<"); ok && strings.HasSuffix(rest, ">") {
			return "send the address alone, without the name and the angle brackets"
		}
		return ""
	}},
	{"email", func(s string) string {
		if plain, err := url.PathUnescape(s); err == nil && strings.Contains(plain, "@") && plain != s {
			return "encode it once: what arrives is still encoded, as by rawurlencode() of rawurlencode()"
		}
		return ""
	}},
	{"email", func(s string) string {
		if strings.Count(s, "@") > 1 && strings.ContainsAny(s, ",; ") {
			return "send one address"
		}
		return ""
	}},
}

// synonyms are values that other systems have for the contract's own.
var synonyms = map[string]string{
	"urgent": "emergency", "critical": "emergency", "normal": "medium", "default": "medium", "minor": "low",
	"yes": "1", "on": "1", "true": "1", "no": "0", "off": "0", "false": "0",
	"answered": "awaiting_reply", "pending": "awaiting_reply", "resolved": "closed", "new": "open",
}

// valueFix says what to change in a value that breaks a rule; "" when there is no guess. options
// are the texts of an enum.
func valueFix(rule string, value any, options []string) string {
	name, _, _ := strings.Cut(rule, ":")
	switch v := value.(type) {
	case []any:
		if name == "string" {
			return "send text: implode(',', $list) makes one of a list"
		}
		return "send the value itself, not a list"
	case map[string]any:
		if v["id"] != nil {
			return `send the "id" that is in it, not the whole object`
		}
		return "send the value itself, not an object"
	case string:
		if len(v) > 64 { // not a slip, and too long to be repeated
			return ""
		}
		for _, kind := range valueKinds {
			if kind.rule != "" && kind.rule != name {
				continue
			}
			if fix := kind.fix(v); fix != "" {
				return fix
			}
		}
		if same := synonyms[strings.ToLower(v)]; slices.Contains(options, same) {
			return fmt.Sprintf("did you mean %q?", same)
		}
		if near := NearestWord(v, options); near != "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	return ""
}

// unfilled recognises a variable that was not there, or not put in.
func unfilled(s string) string {
	switch s {
	case "null", "NULL", "undefined", "NaN", "None", "nil":
		return "is the variable set? Its being empty was written as the text " + Quote(s)
	case "Array":
		return "send one value: PHP made the text \"Array\" of an array"
	case "[object Object]", "Object":
		return "send one value: an object was made a text"
	}
	for _, around := range [...][2]string{{"{", "}"}, {"<", ">"}, {"${", "}"}, {"[", "]"}} {
		if strings.HasPrefix(s, around[0]) && strings.HasSuffix(s, around[1]) {
			return "put the value in the place of " + Quote(s)
		}
	}
	if name, ok := strings.CutPrefix(s, "$"); ok && isName(name) {
		return "put the value in: PHP leaves a variable in 'single quotes' as it is"
	}
	if name, ok := strings.CutPrefix(s, ":"); ok && isName(name) {
		return "put the value in the place of " + Quote(s)
	}
	return ""
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

func allDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// withoutSeparators is 1234567 of 1,234,567 and its like in other countries; "" when the
// text is not of that kind.
func withoutSeparators(s string) string {
	groups := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",.'’ _\u00a0\u202f\u2009", r) })
	if len(groups) < 2 || len(groups[0]) > 3 {
		return ""
	}
	for i, g := range groups {
		if !allDigits(g) || i > 0 && len(g) != 3 {
			return ""
		}
	}
	return strings.Join(groups, "")
}
