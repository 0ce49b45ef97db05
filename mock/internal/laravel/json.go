package laravel

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// space is all that JSON takes for white space.
const space = " \t\r\n"

// decodeJSON leaves it to encoding/json to say what is JSON. What encoding/json
// would hide - a name that occurs twice, half a surrogate pair - is then found in
// bytes that are known to be well-formed, so nothing after the checks can fail.
func (l Limits) decodeJSON(raw []byte) Result {
	if !json.Valid(raw) {
		return unreadable(malformed(raw, l.jsonLevels()))
	}
	if at := invalidUTF8(raw); at >= 0 {
		return unreadable(notUTF8(raw, at))
	}
	if why, refused := refusal(raw, l.jsonLevels()); refused {
		return unreadable(why)
	}
	w := walk{raw: raw, room: l.jsonFields()}
	if first := w.next(); first != '{' {
		return unreadable(notObject(raw[w.at:]))
	}
	w.result.Fields = w.object()
	if w.room < 0 {
		w.result.add(l.tooMany(l.jsonFields()))
	}
	w.result.Whole = len(w.result.Violations) == 0
	return w.result
}

// refusal finds what json_decode refuses in JSON that is well-formed.
func refusal(raw []byte, levels int) (why spec.Violation, refused bool) {
	depth, inText := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\': // well-formed, so we are in a text
			n := escape(raw[i:])
			if n == 0 {
				return loneSurrogate(raw, i), true
			}
			i += n - 1
		case c == '"':
			inText = !inText
		case inText:
		case c == '{' || c == '[':
			if depth++; depth > levels {
				return tooDeep(raw, i, levels), true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return spec.Violation{}, false
}

// escape is the length of the well-formed escape that b starts with, counting two
// halves of a surrogate pair as one, and 0 for a half without the other.
func escape(b []byte) int {
	if b[1] != 'u' {
		return len(`\n`)
	}
	r := hex4(b[2:])
	switch {
	case !utf16.IsSurrogate(r):
		return len(`\u0000`)
	case b[6] == '\\' && b[7] == 'u' && utf16.DecodeRune(r, hex4(b[8:])) != utf8.RuneError:
		return len(`\u0000\u0000`)
	}
	return 0
}

func hex4(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n)
}

// walk reads well-formed JSON from left to right.
type walk struct {
	raw    []byte
	at     int      // the next byte
	path   []string // the keys and indexes that lead to it
	room   int      // for how many more fields there is
	result Result
	full   bool // no further error is reported, so that none need be made
}

// next skips what only separates, which in well-formed JSON tells us nothing.
func (w *walk) next() byte {
	for {
		switch c := w.raw[w.at]; c {
		case ' ', '\t', '\r', '\n', ',', ':':
			w.at++
		default:
			return c
		}
	}
}

func (w *walk) value() any {
	switch w.next() {
	case '{':
		return w.object()
	case '[':
		return w.list()
	case '"':
		return w.text()
	case 't':
		w.at += len("true")
		return true
	case 'f':
		w.at += len("false")
		return false
	case 'n':
		w.at += len("null")
		return nil
	}
	return w.number()
}

func (w *walk) object() map[string]any {
	fields := map[string]any{}
	w.at++
	for w.next() != '}' {
		key := w.text()
		w.path = append(w.path, key)
		w.room--
		value, before := w.value(), len(fields)
		if w.room >= 0 {
			fields[key] = value
		}
		if twice := w.room >= 0 && len(fields) == before; twice && !w.full {
			w.add(spec.Violation{
				Code:     spec.BodyDuplicate,
				Severity: spec.Error, // one of the two would be lost
				Rule:     "distinct",
				In:       spec.InBody,
				At:       spec.Pointer(w.path...),
				Message:  fmt.Sprintf("duplicate name %s in an object; PHP keeps the last", spec.QuoteName(key)),
				Expected: "every name once", Got: "the name again",
				Fix: "send the name once",
			})
		}
		w.path = w.path[:len(w.path)-1]
	}
	w.at++
	return fields
}

// add reports an error, of which there may be one for each value.
func (w *walk) add(v spec.Violation) {
	w.result.add(v)
	w.full = !w.result.room(spec.Error)
}

func (w *walk) list() []any {
	list := []any{}
	w.at++
	for w.next() != ']' {
		w.path = append(w.path, strconv.Itoa(len(list)))
		list = append(list, w.value())
		w.path = w.path[:len(w.path)-1]
	}
	w.at++
	return list
}

func (w *walk) text() string {
	start, escaped := w.at, false
	for w.at++; w.raw[w.at] != '"'; w.at++ {
		if w.raw[w.at] == '\\' {
			escaped = true
			w.at++
		}
	}
	w.at++
	literal := w.raw[start:w.at]
	if !escaped {
		return string(literal[1 : len(literal)-1])
	}
	var s string
	_ = json.Unmarshal(literal, &s) // well-formed
	return s
}

func (w *walk) number() any {
	begin := w.at
	for strings.IndexByte(space+",]}", w.raw[w.at]) < 0 { // we are in an object, so there is one
		w.at++
	}
	literal := string(w.raw[begin:w.at])
	if len(literal) < 300 && strings.IndexByte(literal, 'e')+strings.IndexByte(literal, 'E') == -2 { // few are large enough to be asked
		return json.Number(literal)
	}
	if _, err := strconv.ParseFloat(literal, 64); err == nil {
		return json.Number(literal)
	}
	if w.full {
		return literal
	}
	w.add(spec.Violation{
		Code:     spec.BodyNumber,
		Severity: spec.Error,
		In:       spec.InBody,
		At:       spec.Pointer(w.path...),
		Message:  "the number is too large: PHP would read it as INF",
		Expected: "a number below 1.8e308", Got: fmt.Sprintf("a number of %d characters", len(literal)),
		Fix:  "send a smaller number, or the digits as a string",
		Rule: "numeric",
	})
	return literal
}
