package spec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file guesses what a client meant. Every guess is a row of a table: what it looks
// like, and what to change.

// vocabulary groups the names under which plugins, and the APIs they are used to, send the
// same thing. A name may be in several groups.
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
	is       func(f *fields, s stray) bool
	mentions func(s stray, name string) bool // whether the stray holds the field of this name; nil: never
	fix      string                          // NAME is the stray's name
}

func (k strayKind) change(s stray) string {
	return strings.ReplaceAll(k.fix, "NAME", QuoteName(s.name))
}

// nameParts are the two fields that some APIs have for a name.
var nameParts = []string{"first_name", "last_name", "firstname", "lastname", "firstName", "lastName"}

var strayKinds = []strayKind{
	{
		is:       func(_ *fields, s stray) bool { return strings.HasPrefix(s.name, "amp;") },
		mentions: func(s stray, name string) bool { return s.name == "amp;"+name },
		fix:      `join the fields with & and not with &amp;«: http_build_query($fields, '', '&')»`,
	},
	{
		is: func(f *fields, s stray) bool {
			return slices.ContainsFunc(slices.Collect(maps.Keys(wrapped(s.value))), func(name string) bool { return f.known[name] != nil })
		},
		mentions: func(s stray, name string) bool { return wrapped(s.value)[name] != nil },
		fix:      "take the fields out of NAME: they stand at the top of the body",
	},
	{
		is:       func(f *fields, s stray) bool { return f.known["name"] != nil && slices.Contains(nameParts, s.name) },
		mentions: func(s stray, name string) bool { return name == "name" && slices.Contains(nameParts, s.name) },
		fix:      `send one field "name": «$firstName . ' ' . $lastName|the first name, a space and the last name»`,
	},
	{
		is:       func(f *fields, s stray) bool { return f.known["first_name"] != nil && s.name == "name" },
		mentions: func(s stray, name string) bool { return slices.Contains(nameParts, name) && s.name == "name" },
		fix:      `send two fields in the place of NAME: "first_name" and "last_name"`,
	},
	{
		is:  func(_ *fields, s stray) bool { return slices.Contains(credentialNames, strings.ToLower(s.name)) },
		fix: "send the credentials in the Authorization header, and leave NAME out",
	},
}

var credentialNames = []string{"api_token", "api_key", "apikey", "access_token", "auth_token", "token", "key", "auth"}

// wrapped is the object that a stray holds, also as JSON in a text; nil when it is none.
func wrapped(value any) map[string]any {
	if text, ok := value.(string); ok {
		value = decoded(text)
	}
	object, _ := value.(map[string]any)
	return object
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
	for _, name := range FirstNames(values, MaxFindings, func(name string) bool {
		known := f.known[name]
		return known == nil || known.ignored != ""
	}) {
		all = append(all, stray{name, values[name]})
	}
	slices.SortFunc(all, func(a, b stray) int { return strings.Compare(a.name, b.name) })
	return all[:min(len(all), MaxFindings)]
}

// pair looks among the strays for each required field that is missing, or one that may stand in
// for it, and tells both; and for a wrong value among the fields that it was exchanged with.
func (f *fields) pair(found []Violation, strays []stray, sent map[string]any) {
	var missing []string
	for i := range found {
		v := &found[i]
		name := strings.TrimPrefix(v.At, "/")
		switch {
		case f.known[name] == nil: // it is within a field
		case v.Code == "TM-BODY-REQUIRED":
			if fix := holder(f.standIns(name), strays); fix != "" {
				v.Fix = fix
			} else {
				missing = append(missing, f.standIns(name)...)
			}
		case v.Code == "TM-BODY-FORMAT", v.Code == "TM-BODY-TYPE":
			v.Fix = cmp.Or(f.exchanged(name, sent), v.Fix)
		}
	}
	all := namesakes(missing, strays)
	for i := range found {
		if v := &found[i]; v.Code == "TM-BODY-REQUIRED" {
			f.pairOne(v, all, found)
		}
	}
}

// pairOne tells of a missing field the stray that is its namesake, or a stand-in's.
func (f *fields) pairOne(v *Violation, all map[string]stray, found []Violation) {
	names := f.standIns(strings.TrimPrefix(v.At, "/"))
	for i, name := range names {
		if s, ok := all[name]; ok && (i == 0 || !isZero(s.value)) { // a 0 names nobody, so it would not do in the place of another field
			v.Fix = f.rename(s, name)
			tell(found, s.name, name)
			return
		}
	}
}

// exchanged finds the field that holds this one's value while this one holds its.
func (f *fields) exchanged(name string, sent map[string]any) string {
	fits := func(field, other string) bool {
		known := f.known[field]
		return known.schema != nil && !known.secret && fits(known.schema, sent[other])
	}
	for _, other := range slices.Sorted(maps.Keys(f.known)) {
		// A text takes nearly anything, so what stands in it is proof of nothing; an id in the
		// place of a rating is none either.
		if known := f.known[other]; known.schema != nil && rule(known.schema) == "string" && sent[other] != nil && fits(name, other) && fits(other, name) {
			return fmt.Sprintf("exchange the values of %q and %q: each stands in the other's place", name, other)
		}
	}
	return ""
}

// rename says that a stray is the field of this name, and what else is wrong with it.
func (f *fields) rename(s stray, name string) string {
	fix := fmt.Sprintf("rename %s to %q%s", QuoteName(s.name), name, s.andFill())
	known := f.known[name]
	if known.schema != nil && !known.secret && !fits(known.schema, s.value) {
		if odd := valueFix(rule(known.schema), s.value, nil); odd != "" {
			return odd + "; and " + fix
		}
	}
	return fix + ": " + known.description
}

// holder says what to change so that one of the fields comes out of the stray that holds it; ""
// when none does.
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

// namesakes finds for each missing field the stray that it was sent as, by the missing one's
// name. No stray is given twice. What is nearly the same goes first; then as many as possible get
// one that says the same.
func namesakes(missing []string, strays []stray) map[string]stray {
	taken := map[string]string{} // the missing field, by the stray's name
	for _, name := range missing {
		var free []string
		for _, s := range strays {
			if taken[s.name] == "" {
				free = append(free, s.name)
			}
		}
		if near := NearestWord(name, free); near != "" && NearestWord(near, missing) == name { // or it is another's
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
			if taken[s.name] == "" || find(taken[s.name], asked) { // or its owner finds another
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
		if kind.is(f, s) {
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
	return leaveOut
}

// failedLookUp is about an id that is false.
const failedLookUp = "send an id: false is what a look-up returns that found nothing; check its result before the request"
const leaveOut = "leave it out"

// valueKinds are the ways in which a text is not what its rule wants, with what to change.
// The first that fits is told.
var valueKinds = []struct {
	rule string // as Laravel calls it; "" for any
	fix  func(text string) string
}{
	{"", unfilled},
	{"", func(s string) string {
		if _, rest, ok := strings.Cut(s, ";"); ok {
			if name, _, more := strings.Cut(rest, "="); more && isName(name) {
				return "join the fields with & and not with a semicolon«: http_build_query($fields, '', '&')»"
			}
		}
		return ""
	}},
	{"integer", func(s string) string {
		if strings.Contains(s, "@") {
			return "send an id: an e-mail address stands in its place"
		}
		return ""
	}},
	{"integer", func(s string) string {
		if strings.EqualFold(s, "false") {
			return failedLookUp
		}
		return ""
	}},
	{"integer", func(s string) string {
		if isTicketCode(strings.ToUpper(s)) {
			return "send the ticket's id: its code stands in its place"
		}
		return ""
	}},
	{"integer", func(s string) string {
		if digits := withoutSeparators(s); digits != "" {
			return fmt.Sprintf("send %q: the separators of thousands«, of number_format() say,» are for people", digits)
		}
		return ""
	}},
	{"integer", func(s string) string {
		whole, decimals, ok := strings.Cut(s, ".")
		switch {
		case !ok || !allDigits(whole) || strings.Trim(decimals, "0123456789") != "":
			return ""
		case strings.Trim(decimals, "0") == "":
			return fmt.Sprintf("send %q: an id has no decimals", whole)
		}
		return "send a whole number: an id has no decimals"
	}},
	{"integer", func(s string) string {
		if n, err := strconv.ParseInt(s, 0, 64); err == nil && strings.HasPrefix(strings.ToLower(s), "0x") {
			return fmt.Sprintf("send %q: the digits of ten, and no hexadecimal ones", fmt.Sprint(n))
		}
		return ""
	}},
	{"integer", func(s string) string {
		digits := strings.TrimFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		before, after, _ := strings.Cut(s, digits)
		if allDigits(digits) && digits != s && setApart(before, after) {
			return fmt.Sprintf("send %q: an id is digits and nothing else", digits)
		}
		return ""
	}},
	{"min.numeric", func(s string) string {
		if strings.HasPrefix(s, "-") {
			return "send an id, which is never negative; is it what a function returned that failed?"
		}
		return ""
	}},
	{"max.numeric", func(s string) string {
		if allDigits(s) && len(s) <= 20 {
			return fmt.Sprintf("send it as text, %q: a number of JSON is not exact beyond the limit", s)
		}
		return "send an id: this is none, and too large for one"
	}},
	{"email", func(s string) string {
		if _, rest, ok := strings.Cut(s, "<"); ok && strings.HasSuffix(rest, ">") {
			return "send the address alone, without the name and the angle brackets"
		}
		return ""
	}},
	{"email", func(s string) string {
		if plain, err := url.PathUnescape(s); err == nil && strings.Contains(plain, "@") && plain != s {
			return "encode it once: what arrives is still encoded«, as by rawurlencode() of rawurlencode()»"
		}
		return ""
	}},
	{"email", func(s string) string {
		if strings.Count(s, "@") > 1 && strings.ContainsAny(s, ",; ") {
			return "send one address"
		}
		return ""
	}},
	{"email", func(s string) string {
		if name, _, _ := strings.Cut(s, "@"); strings.Count(s, "@") == 1 && strings.Contains(name, " ") {
			return "is the space a + that was not encoded? In a form it is %2B«: let http_build_query() or rawurlencode() write it»"
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
	case bool:
		switch {
		case name == "integer" && !v:
			return failedLookUp
		case name == "integer":
			return "send the id itself: true says only that there is one"
		}
		return sendString(options)
	case []any:
		if name == "string" {
			return "send a string: «implode(',', $list) makes one of an array|join the array with commas»"
		}
		return "send the value itself, not a list"
	case map[string]any:
		if v["id"] != nil {
			return `send the "id" that is in it, not the whole object`
		}
		return "send the value itself, not an object"
	case json.Number:
		return cmp.Or(valueFix(rule, v.String(), options), sendString(options))
	case string:
		inner := decoded(v)
		switch {
		case inner != nil && (name == "object" || name == "array"):
			return "send the object itself, not the string that «json_encode()|a JSON encoder» makes of it"
		case len(v) > 64: // not a slip, and too long to be repeated
			return ""
		case inner != nil:
			return valueFix(rule, inner, options)
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
		if near := NearestWord(v, options); near != "" && !negates(v, near) {
			return fmt.Sprintf("did you mean %q?", near)
		}
	}
	return ""
}

// negates reports whether a word says the opposite of another: not_closed, unclosed.
func negates(word, other string) bool {
	for _, prefix := range []string{"not", "non", "no", "un", "in"} {
		rest, ok := strings.CutPrefix(strings.ToLower(word), prefix)
		if ok && strings.EqualFold(strings.TrimLeft(rest, "-_ "), other) {
			return true
		}
	}
	return false
}

// sendString is what to do about a number or a boolean where one of some strings is expected.
func sendString(options []string) string {
	named := slices.DeleteFunc(slices.Clone(options), func(word string) bool { return word == "none" }) // it explains nothing
	if len(named) == 0 {
		return ""
	}
	return fmt.Sprintf("send the string, such as %q", named[0])
}

// unfilled recognises a variable that was not there, or not put in.
func unfilled(s string) string {
	switch s {
	case "null", "NULL", "undefined", "NaN", "None", "nil":
		return "is the variable set? Its being empty was written as the text " + Quote(s)
	case "Array":
		return "send one value: «PHP|the client» made the string \"Array\" of an array"
	case "[object Object]", "Object":
		return "send one value: an object was made a text"
	}
	for _, around := range [...][2]string{{"{", "}"}, {"<", ">"}, {"${", "}"}, {"[", "]"}} {
		inner, opened := strings.CutPrefix(s, around[0])
		inner, closed := strings.CutSuffix(inner, around[1])
		if opened && closed && isName(strings.NewReplacer(" ", "", "-", "").Replace(inner)) && !allDigits(inner) {
			return "put the value in the place of " + Quote(s)
		}
	}
	if name, ok := strings.CutPrefix(s, "$"); ok && isName(name) {
		return "put the value in: «PHP leaves a variable in 'single quotes' as it is|this is the name of a variable, not its value»"
	}
	if name, ok := strings.CutPrefix(s, ":"); ok && isName(name) {
		return "put the value in the place of " + Quote(s)
	}
	return ""
}

// decoded is the object or the list that a text holds as JSON; nil when it holds none.
func decoded(text string) any {
	var value any
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		_ = json.Unmarshal([]byte(text), &value) // most texts are none
	}
	return value
}

// isTicketCode reports whether a text looks like ABCD/12345, as a ticket's code does.
func isTicketCode(s string) bool {
	letters, digits, ok := strings.Cut(s, "/")
	return ok && len(letters) == 4 && len(digits) == 5 && allDigits(digits) &&
		strings.Trim(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// setApart reports whether what stands around digits is parted from them: INV-42, and not
// joe42, where the digits belong to a name.
func setApart(before, after string) bool {
	isSign := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' }
	first, _ := utf8.DecodeRuneInString(after)
	last, _ := utf8.DecodeLastRuneInString(before)
	return (before == "" || isSign(last)) && (after == "" || isSign(first)) && !strings.HasPrefix(before, "-")
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
