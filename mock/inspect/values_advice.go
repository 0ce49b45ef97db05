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
		return "is the variable set? Its being empty was written as the text " + spec.Quote(s)
	case "Array":
		return "send one value: «PHP|the client» made the string \"Array\" of an array"
	case "[object Object]", "Object":
		return "send one value: an object was made a text"
	}
	for _, around := range [...][2]string{{"{", "}"}, {"<", ">"}, {"${", "}"}, {"[", "]"}} {
		inner, opened := strings.CutPrefix(s, around[0])
		inner, closed := strings.CutSuffix(inner, around[1])
		if opened && closed && isName(strings.NewReplacer(" ", "", "-", "").Replace(inner)) && !allDigits(inner) {
			return "put the value in the place of " + spec.Quote(s)
		}
	}
	if name, ok := strings.CutPrefix(s, "$"); ok && isName(name) {
		return "put the value in: «PHP leaves a variable in 'single quotes' as it is|this is the name of a variable, not its value»"
	}
	if name, ok := strings.CutPrefix(s, ":"); ok && isName(name) {
		return "put the value in the place of " + spec.Quote(s)
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
