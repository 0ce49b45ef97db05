package laravel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file says what is wrong with JSON.

// malformed returns the violation for a body that is not JSON, and says why it is not.
func malformed(raw []byte, levels int) spec.Violation {
	if looks := sniff(raw); looks != nil && looks != asJSON {
		return mismatch(asJSON, looks)
	}
	if at := invalidUTF8(raw); at >= 0 {
		return notUTF8(raw, at)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	err := dec.Decode(new(json.RawMessage))
	var syntax *json.SyntaxError
	switch {
	case err == nil: // there is a value, and something after it
		rest := bytes.TrimLeft(raw[dec.InputOffset():], space)
		if rest[0] == '<' {
			return notJSON(raw, len(raw)-len(rest), "HTML follows it", warningsPrinted)
		}
		return notJSON(raw, len(raw)-len(rest), "it continues after its end", "send one JSON value and nothing after it")
	case !errors.As(err, &syntax):
		v := notJSON(raw, len(raw)-1, "it ends early", "send the whole body: its last bracket or quote is missing")
		v.Got = "the end of the body"
		return v
	}
	at := int(syntax.Offset) - 1
	if strings.HasSuffix(syntax.Error(), "exceeded max depth") { // encoding/json's limit, far beyond PHP's
		return tooDeep(raw, at, levels)
	}
	cause, fix := handwrittenError(raw, at, syntax.Error())
	return notJSON(raw, at, cause, fix)
}

const (
	notJSONMessage  = "the body is not JSON: "
	letEncode       = "let «json_encode($fields)|a JSON encoder» write the body"
	warningsPrinted = "«fix the cause of PHP's warnings, which are printed into the body, and turn display_errors off|send the JSON alone»"
)

// notJSON returns the violation for a body that is not JSON from offset at on.
func notJSON(raw []byte, at int, cause, fix string) spec.Violation {
	r, _ := utf8.DecodeRune(raw[at:])
	return spec.Violation{
		Code:     spec.BodyJSON,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  notJSONMessage + cause + " at " + place(raw, at),
		Expected: "a JSON object",
		Got:      character(r),
		Fix:      fix,
	}
}

// character returns a character that JSON is made of as it is, and of any other only the kind: it
// may be part of a secret.
func character(r rune) string {
	switch {
	case unicode.IsLetter(r):
		return "a letter"
	case unicode.IsDigit(r):
		return "a digit"
	}
	return spec.Quote(string(r))
}

// handwrittenError recognizes errors that people make in JSON that they write by hand, and returns the cause and the
// fix. at is the offset of the byte that encoding/json failed at, and reason is its message; raw[:at]
// is a valid beginning.
func handwrittenError(raw []byte, at int, reason string) (cause, fix string) {
	r, _ := utf8.DecodeRune(raw[at:])
	before := raw[:at]
	last := byte(0) // the last byte before at that is not white space
	if trimmed := bytes.TrimRight(before, space); len(trimmed) > 0 {
		last = trimmed[len(trimmed)-1]
	}
	switch {
	case last == 0 && r == '<':
		return "HTML precedes it", warningsPrinted
	case last == ':' && strings.ContainsRune(",}]", r):
		return "a value is missing", "check that the variable is not empty, or " + letEncode
	case at == 0 && r == '\ufeff':
		return "it begins with a byte order mark", "save the file without a BOM, or remove it«: substr($json, 3)»"
	case bytes.HasSuffix(before, []byte(`\`)):
		return "a backslash does not begin an escape", `write \\ for a backslash, as «json_encode($fields)|a JSON encoder» does`
	case r < ' ':
		return "it has a control character", `write \n for a line break in a string, as «json_encode($fields)|a JSON encoder» does`
	case (r == '}' || r == ']') && last == ',':
		return "a comma precedes the closing bracket", "remove the comma"
	case r == ',':
		return "a comma replaces a name or a value", "remove the comma, or check that the variable before it is not empty"
	case strings.ContainsRune("'`´‘’“”„", r):
		return `it has a quotation mark other than "`, `put names and strings in "double quotes", as «json_encode($fields)|a JSON encoder» does`
	case r == '/' || r == '#':
		return "it has a comment", "remove it: JSON has no comments"
	case '0' <= r && r <= '9' && bytes.HasSuffix(before, []byte("0")):
		return "a number begins with 0", "remove the zeros, or send the digits as a string"
	}
	switch word(raw, at) {
	case "NaN", "nan", "NAN", "Infinity", "INF", "inf":
		return "a number is NaN or infinite", "send a finite number, or null"
	case "undefined", "None", "nil", "NULL", "Null":
		return "it has another language's null", "send null"
	case "True", "TRUE", "False", "FALSE":
		return "a boolean has an uppercase letter", "send true or false"
	case "":
		return separator(reason)
	}
	return "a name or a string has no quotes", `put names and strings in "double quotes", as «json_encode($fields)|a JSON encoder» does`
}

// separator returns what is missing between two parts of JSON. reason is encoding/json's message,
// which says where it is.
func separator(reason string) (cause, fix string) {
	switch {
	case strings.HasSuffix(reason, "after object key:value pair"), strings.HasSuffix(reason, "after array element"):
		return "a comma is missing", "put a comma before it, or " + letEncode
	case strings.HasSuffix(reason, "after object key"):
		return "a colon is missing after a name", "put a colon before it, or " + letEncode
	}
	return "unexpected character", letEncode
}

// word returns the run of letters around the byte at offset at.
func word(raw []byte, at int) string {
	letter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	start, end := at, at
	for start > 0 && letter(raw[start-1]) {
		start--
	}
	for end < len(raw) && letter(raw[end]) {
		end++
	}
	if end == at {
		return "" // a letter may come before it, but is not the cause
	}
	return string(raw[start:end])
}

// loneSurrogate returns the violation for a UTF-16 escape at offset at that has no other half.
func loneSurrogate(raw []byte, at int) spec.Violation {
	return spec.Violation{
		Code:     spec.BodyUTF8,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  "the body has half a character: a UTF-16 surrogate escape without its other half at " + place(raw, at),
		Expected: `both halves, as in \ud83d\ude00`,
		Got:      spec.Quote(string(raw[at : at+len(`\u0000`)])),
		Fix:      "cut strings between characters« (iconv_substr or mb_substr, not substr)», before they are encoded",
	}
}

// tooDeep returns the violation for an object or array at offset at that is nested too deeply.
func tooDeep(raw []byte, at, levels int) spec.Violation {
	return spec.Violation{
		Code:     spec.BodyDepth,
		Severity: spec.Error,
		In:       spec.InBody,
		Message:  "the body is nested too deeply at " + place(raw, at),
		Expected: fmt.Sprintf("at most %d levels of objects and arrays", levels),
		Fix:      "send the fields without nesting, and check for a value that contains itself",
	}
}

// notObject returns the violation for JSON that is not an object. value begins without white space.
func notObject(value []byte) spec.Violation {
	v := spec.Violation{
		Code:     spec.BodyNotObject,
		Severity: spec.Error,
		In:       spec.InBody,
		Expected: "a JSON object",
		Fix:      "send an object whose names are the fields",
	}
	switch value[0] {
	case '[':
		v.Got = "an array"
		if bytes.HasPrefix(bytes.TrimLeft(value[1:], space), []byte("]")) {
			v.Got = "an empty array"
			v.Fix = "send {}«: json_encode([]) is an array, json_encode((object) []) an object»"
		}
	case '"':
		v.Got = "a string"
		if bytes.HasPrefix(value, twiceEncoded) {
			v.Got = "a string that contains JSON"
			v.Fix = "«call json_encode once|encode it once»: the body is encoded twice"
		}
	case 'n':
		v.Got = "null"
	case 't', 'f':
		v.Got = "a boolean"
	default:
		v.Got = "a number"
	}
	v.Message = "the body is " + v.Got + ", not an object, so it has no named fields"
	return v
}

// tooLarge returns the violation for the number at a JSON pointer.
func tooLarge(at, literal string) spec.Violation {
	return spec.Violation{
		Code:     spec.BodyNumber,
		Severity: spec.Error,
		In:       spec.InBody,
		At:       at,
		Message:  "the number is too large: PHP would read it as INF",
		Expected: "a number below 1.8e308", Got: fmt.Sprintf("a number of %d characters", len(literal)),
		Fix:  "send a smaller number, or the digits as a string",
		Rule: "numeric",
	}
}

// duplicateName returns the violation for a name that the object already has, at a JSON pointer. It is
// an error, because one of the two values would be lost.
func duplicateName(at, name string) spec.Violation {
	return spec.Violation{
		Code:     spec.BodyDuplicate,
		Severity: spec.Error,
		Rule:     "distinct",
		In:       spec.InBody,
		At:       at,
		Message:  fmt.Sprintf("duplicate name %s in an object; PHP keeps the last", spec.QuoteName(name)),
		Expected: "every name once", Got: "the name again",
		Fix: "send the name once",
	}
}
