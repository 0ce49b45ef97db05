package inspect

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// failedLookUp is the fix for an id that is false.
const failedLookUp = "send an id: false is the result of a failed lookup; check it before the request"
const leaveOut = "leave it out"

// valueKinds are the ways in which a string can break its rule, with what to change. The first one
// that matches is reported.
var valueKinds = []struct {
	rule string // Laravel's name for it; "" for any
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
			return "send an id, not an e-mail address"
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
			return "send the ticket's id, not its code"
		}
		return ""
	}},
	{"integer", func(s string) string {
		if digits := withoutSeparators(s); digits != "" {
			return fmt.Sprintf("send %q, without thousands separators«, as number_format() adds them»", digits)
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
		return "send an integer: an id has no decimals"
	}},
	{"integer", func(s string) string {
		if n, err := strconv.ParseInt(s, 0, 64); err == nil && strings.HasPrefix(strings.ToLower(s), "0x") {
			return fmt.Sprintf("send %q, which is decimal, not hexadecimal", fmt.Sprint(n))
		}
		return ""
	}},
	{"integer", func(s string) string {
		digits := strings.TrimFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		before, after, _ := strings.Cut(s, digits)
		if allDigits(digits) && digits != s && setApart(before, after) {
			return fmt.Sprintf("send %q: an id has digits only", digits)
		}
		return ""
	}},
	{"min.numeric", func(s string) string {
		if strings.HasPrefix(s, "-") {
			return "send an id, which is never negative; check that this is not the result of a failed call"
		}
		return ""
	}},
	{"max.numeric", func(s string) string {
		if allDigits(s) && len(s) <= 20 {
			return fmt.Sprintf("send it as a string, %q: JSON numbers beyond the limit are not exact", s)
		}
		return "send a valid id: this number is too large for one"
	}},
	{"email", func(s string) string {
		if _, rest, ok := strings.Cut(s, "<"); ok && strings.HasSuffix(rest, ">") {
			return "send the address alone, without the name and the angle brackets"
		}
		return ""
	}},
	{"email", func(s string) string {
		if plain, err := url.PathUnescape(s); err == nil && strings.Contains(plain, "@") && plain != s {
			return "encode it once: the decoded value is still encoded«, as after calling rawurlencode() twice»"
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
			return "encode a + as %2B«, with http_build_query() or rawurlencode()»: in a form, an unencoded + is a space"
		}
		return ""
	}},
}

// synonyms are other systems' words for the contract's values.
var synonyms = map[string]string{
	"urgent": "emergency", "critical": "emergency", "normal": "medium", "default": "medium", "minor": "low",
	"yes": "1", "on": "1", "true": "1", "no": "0", "off": "0", "false": "0",
	"answered": "awaiting_reply", "pending": "awaiting_reply", "resolved": "closed", "new": "open",
}

// valueFix returns what to change in a value that breaks a rule; "" if there is no guess. options
// are the strings of an enum.
func valueFix(rule string, value any, options []string) string {
	name, _, _ := strings.Cut(rule, ":")
	switch v := value.(type) {
	case bool:
		switch {
		case name == "integer" && !v:
			return failedLookUp
		case name == "integer":
			return "send the id itself, not true"
		}
		return sendString(options)
	case []any:
		if name == "string" {
			return "send a string: «implode(',', $list)|the values of the array, joined with commas»"
		}
		return "send the value itself, not an array"
	case map[string]any:
		if v["id"] != nil {
			return `send its "id", not the whole object`
		}
		return "send the value itself, not an object"
	case json.Number:
		return cmp.Or(valueFix(rule, v.String(), options), sendString(options))
	case string:
		inner := decoded(v)
		switch {
		case inner != nil && (name == "object" || name == "array"):
			return "send the object itself, not the string that «json_encode()|a JSON encoder» returns"
		case len(v) > 64: // not a typo, and too long to repeat
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
		if near := words.Nearest(v, options); near != "" && !negates(v, near) {
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

// sendString returns what to do about a number or a boolean where one of several strings is
// expected.
func sendString(options []string) string {
	named := slices.DeleteFunc(slices.Clone(options), func(word string) bool { return word == "none" }) // it explains nothing
	if len(named) == 0 {
		return ""
	}
	return fmt.Sprintf("send the string, such as %q", named[0])
}

// unfilled returns the fix for a string that shows that a variable was missing or not inserted.
func unfilled(s string) string {
	switch s {
	case "null", "NULL", "undefined", "NaN", "None", "nil":
		return "check that the variable is set: an empty one was sent as the string " + spec.Quote(s)
	case "Array":
		return "send one value: «PHP|the client» turned an array into the string \"Array\""
	case "[object Object]", "Object":
		return "send one value: the client turned an object into a string"
	}
	for _, around := range [...][2]string{{"{", "}"}, {"<", ">"}, {"${", "}"}, {"[", "]"}} {
		inner, opened := strings.CutPrefix(s, around[0])
		inner, closed := strings.CutSuffix(inner, around[1])
		if opened && closed && isName(strings.NewReplacer(" ", "", "-", "").Replace(inner)) && !allDigits(inner) {
			return "send the value instead of " + spec.Quote(s)
		}
	}
	if name, ok := strings.CutPrefix(s, "$"); ok && isName(name) {
		return "send the value of the variable«: PHP does not replace variables in 'single quotes'|, not its name»"
	}
	if name, ok := strings.CutPrefix(s, ":"); ok && isName(name) {
		return "send the value instead of " + spec.Quote(s)
	}
	return ""
}

// decoded returns the object or array that a string contains as JSON; nil if there is none.
func decoded(text string) any {
	var value any
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		_ = json.Unmarshal([]byte(text), &value) // most strings are not JSON
	}
	return value
}

// isTicketCode reports whether a string looks like ABCD/12345, as a ticket's code does.
func isTicketCode(s string) bool {
	letters, digits, ok := strings.Cut(s, "/")
	return ok && len(letters) == 4 && len(digits) == 5 && allDigits(digits) &&
		strings.Trim(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// setApart reports whether digits are separated from the text around them: true for INV-42, but not
// for joe42, where the digits are part of a name.
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

// withoutSeparators returns 1234567 for 1,234,567 and its equivalents in other countries; "" if the
// string is not such a number.
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
