package mock_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// This file is the kinds of fields, and what is wrong with a value.

// input is a field of a body, or a parameter of a path.
type input struct {
	name     string
	kind     kind
	required bool
	needed   func(fields row) (sentence string) // what Laravel says where others make it required; nil where none does
}

func must(name string, k kind) input { return input{name, k, true, nil} }
func may(name string, k kind) input  { return input{name, k, false, nil} }

// or is a field that has to be sent unless the other one is.
func or(name string, k kind, other string) input {
	return input{name, k, false, func(fields row) string {
		if _, sent := fields[other]; sent {
			return ""
		}
		return "The %s field is required when " + strings.ReplaceAll(other, "_", " ") + " is not present."
	}}
}

// forGuests is a field that has to be sent unless the owner is.
func forGuests(name string, k kind, owner string) input {
	return input{name, k, false, func(fields row) string {
		if value, sent := fields[owner]; sent && (textOf(value) == "" || strings.Trim(textOf(value), "0") != "") {
			return ""
		}
		return "The %s field is required."
	}}
}

// kind is what an input holds.
type kind struct {
	good  func(d drawing) any    // what clients send
	odd   []any                  // what they should not; some of it does no harm
	fault func(value any) string // what Laravel says of a value, %s being the field; "" of a good one
}

var (
	aCustomer   = kind{drawing.customerID, oddIDs, idFault}
	anOwner     = kind{drawing.ownerID, oddIDs, idFault}
	aTicket     = kind{drawing.ticketID, oddIDs, idFault}
	aDepartment = kind{drawing.departmentID, oddIDs, idFault}
	anAccount   = kind{among(0, "0", 17, "17", 31, 42, "42", json.Number("42.0"), "0042", "00"), oddIDs, idFault}
	aNumber     = kind{among(0, 1, "0", "7", json.Number("7.0")), oddIDs, idFault}
	aSlug       = kind{drawing.slug, slices.Concat(oddTexts, []any{strings.Repeat("x", 256)}), upTo(255)}
	anEmail     = kind{drawing.email, slices.Concat(oddTexts, []any{"nobody", "a b@c.example", strings.Repeat("x", 250) + "@x.example"}), emailFault}
	aLine       = kind{among(texts...), slices.Concat(oddTexts, []any{strings.Repeat("ü", 256)}), upTo(255)}
	halfALine   = kind{among("Joe", "Doe", "  Köln ", strings.Repeat("é", 127)), slices.Concat(oddTexts, []any{strings.Repeat("ü", 128)}), upTo(127)}
	aText       = kind{among(texts...), oddTexts, textFault}
	aPassword   = kind{among("secret", " secret", "correct horse", "   "), oddTexts, textFault}
	aSystem     = oneOf("blesta", "Blesta", "whmcs", "WHMCS", "clientexec", "Clientexec")
	aPriority   = oneOf("none", "low", "medium", "high", "emergency", "critical", "normal")
	aStatus     = oneOf("open", "awaiting_reply", "in_progress", "on_hold", "closed")
	aFlag       = kind{among(0, "0", false, 1, "1", true), []any{2, "2", "yes", -1}, flagFault}
	aRating     = kind{among(0, 1, 4, 5, "0", "5", json.Number("3.0")), []any{6, "6", -1, "-1", "4.5", json.Number("2.5"), true, []any{4}}, ratingFault}
	someValues  = kind{drawing.customFields, []any{"text", 7, true}, valuesFault}
)

func oneOf(names ...any) kind {
	return kind{among(names...), oddTexts, func(value any) string {
		if slices.Contains(names, value) {
			return ""
		}
		return "The selected %s is invalid."
	}}
}

var texts = []any{"Joe Doe", "Köln & Söhne <b>", "a=b;c\nd+e%20", "  padded  ", "0", "null", strings.Repeat("é", 255), strings.Repeat("😀", 200)}

var oddTexts = []any{7, json.Number("-1.5"), true, []any{"x"}, row{"x": "y"}, []any{}, "BLESTA"}

var oddIDs = []any{
	-1, json.Number("4.2"), json.Number("1e30"), "INV-42", "4 2", "-1", "+1", "0x1", "1e2", strings.Repeat("1", 21), true, []any{1}, row{"id": 1},
	// These are whole numbers, if odd ones.
	json.Number("1e2"), json.Number("-0"), json.Number("1e19"), json.Number("18446744073709551615"), "18446744073709551615", strings.Repeat("9", 20),
}

var wholeForm = regexp.MustCompile(`^-?[1-9][0-9]*$`)

var idForm, emailForm, ratingForm = regexp.MustCompile(`^[0-9]{1,20}$`), regexp.MustCompile(`^[^@\s.]+(\.[^@\s.]+)*@[^@\s.]+(\.[^@\s.]+)*$`), regexp.MustCompile(`^[0-5]$`)

func idFault(value any) string {
	switch v := value.(type) {
	case string:
		if idForm.MatchString(v) {
			return ""
		}
		if wholeForm.MatchString(v) {
			return idFault(json.Number(v))
		}
	case json.Number:
		n, most := rational(v), new(big.Rat).SetInt64(1<<53-1)
		switch {
		case !n.IsInt():
		case n.Sign() < 0:
			return "The %s field must be at least 0."
		case n.Cmp(most) > 0:
			return "The %s field must not be greater than 9007199254740991."
		default:
			return ""
		}
	}
	return "The %s field must be an integer."
}

func emailFault(value any) string {
	if v, ok := value.(string); !ok || !emailForm.MatchString(v) {
		return "The %s field must be a valid email address."
	}
	return upTo(255)(value)
}

// upTo counts characters, as Laravel does: an emoji is one, whatever UTF-16 makes of it.
func upTo(most int) func(any) string {
	return func(value any) string {
		if v, ok := value.(string); ok && utf8.RuneCountInString(v) > most {
			return fmt.Sprintf("The %%s field must not be greater than %d characters.", most)
		}
		return textFault(value)
	}
}

func textFault(value any) string {
	if _, ok := value.(string); !ok {
		return "The %s field must be a string."
	}
	return ""
}

func flagFault(value any) string {
	if _, isBool := value.(bool); isBool || slices.Contains([]string{"0", "1"}, textOf(value)) {
		return ""
	}
	return "The selected %s is invalid."
}

func ratingFault(value any) string {
	if ratingForm.MatchString(textOf(value)) {
		return ""
	}
	return "The %s field must be between 0 and 5."
}

func valuesFault(value any) string {
	switch value.(type) {
	case row, []any:
		return ""
	}
	return "The %s field must be an array."
}

func rational(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		panic(n)
	}
	return r
}

// textOf is a text, or a whole number in digits; "" of anything else.
func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		if n := rational(v); n.IsInt() {
			return n.Num().String()
		}
		return v.String()
	}
	return ""
}

// fault is a sentence about a field.
type fault struct{ field, sentence string }

func (f input) says(sentence string) fault {
	return fault{f.name, fmt.Sprintf(sentence, strings.ReplaceAll(f.name, "_", " "))}
}

// faults are all that is wrong with the fields of a body.
func (o operation) faults(fields row, spelling string) (all []fault) {
	for _, f := range o.fields {
		value, sent := fields[f.name]
		switch {
		case sent:
		case f.required:
			all = append(all, f.says("The %s field is required."))
		case f.needed != nil && f.needed(fields) != "":
			all = append(all, f.says(f.needed(fields)))
		}
		switch sentence := f.kind.fault(value); {
		case sent && sentence != "":
			all = append(all, f.says(sentence))
		case sent && f.name == "billing_system" && (value == strings.ToLower(value.(string))) != (spelling == "lower") && spelling != "both":
			all = append(all, f.says("The selected %s is invalid."))
		}
	}
	return all
}

// answer is what the server has to say.
type answer struct {
	status int
	body   any
}

func ok(body any) answer { return answer{200, body} }

var (
	unauthenticated = answer{401, row{"error": "User not authenticated"}}
	forbidden       = answer{403, row{"message": "This action is unauthorized."}}
	noTicket        = answer{404, row{"error": "Ticket not found"}}
	tooLarge        = answer{413, row{"message": "The POST data is too large."}}
)

// noRoute is the answer to a path that no operation has.
func noRoute(path string) answer {
	path, _ = url.PathUnescape(strings.Trim(path, "/")) // an operation's path is never encoded wrongly
	path = strings.ToValidUTF8(path, "\ufffd")
	return answer{404, row{"message": "The route " + path + " could not be found."}}
}

func invalid(faults []fault) answer {
	message, errors := faults[0].sentence, map[string][]string{}
	for _, f := range faults {
		errors[f.field] = append(errors[f.field], f.sentence)
	}
	switch more := len(faults) - 1; {
	case more == 1:
		message += " (and 1 more error)"
	case more > 1:
		message += fmt.Sprintf(" (and %d more errors)", more)
	}
	return answer{422, row{"message": message, "errors": errors}}
}
