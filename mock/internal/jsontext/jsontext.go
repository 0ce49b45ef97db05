// Package jsontext reads JSON strictly, and says in plain words what is wrong with it.
//
// encoding/json accepts bytes that are not UTF-8, and replaces them with U+FFFD: a file saved as
// Windows-1252 would be read without an error, and its names come out damaged. [Clean] rejects it.
package jsontext

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	bom        = []byte("\ufeff")
	utf16Marks = [][]byte{{0xfe, 0xff}, {0xff, 0xfe}, {0, 0}}
)

// Clean returns the text of a file or a body without a byte order mark. The error of one that is not
// UTF-8, or whose escapes stand for half a character, names the line.
func Clean(raw []byte) ([]byte, error) {
	raw = bytes.TrimPrefix(raw, bom)
	for _, mark := range utf16Marks {
		if bytes.HasPrefix(raw, mark) {
			return nil, errors.New("it is UTF-16 or UTF-32; save it as UTF-8")
		}
	}
	if len(raw) > 1 && (raw[0] == 0 || raw[1] == 0) {
		return nil, errors.New("it is UTF-16 or UTF-32; save it as UTF-8")
	}
	if !utf8.Valid(raw) {
		at := invalid(raw)
		return nil, fmt.Errorf("line %d: the byte 0x%02x is not UTF-8; save it as UTF-8", Line(raw, at), raw[at])
	}
	if at := halfCharacter(raw); at >= 0 {
		return nil, fmt.Errorf("line %d: %s is half of a character; write both halves, or the character itself", Line(raw, at), raw[at:at+6])
	}
	return raw, nil
}

// Line returns the number of the line, from 1, that an offset is in.
func Line(raw []byte, offset int) int {
	return 1 + bytes.Count(raw[:min(max(offset, 0), len(raw))], []byte("\n"))
}

// Values returns the number of values in valid JSON, not counting the names in objects.
func Values(raw []byte) int {
	n, inString := 1, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && (c == ',' || c == '{' || c == '['):
			n++
		}
	}
	return n
}

// invalid returns the offset of the first byte that is not UTF-8.
func invalid(raw []byte) int {
	for at := 0; at < len(raw); {
		r, size := utf8.DecodeRune(raw[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return 0
}

// halfCharacter returns the offset of an escaped surrogate without its other half, or -1.
func halfCharacter(raw []byte) int {
	for at := 0; ; {
		next := bytes.IndexByte(raw[at:], '\\')
		if next < 0 {
			return -1
		}
		at += next
		first, ok := escaped(raw[at:])
		if !ok { // another escape, such as \\ or \"
			at = min(at+2, len(raw))
			continue
		}
		if !utf16.IsSurrogate(first) {
			at += 6
			continue
		}
		second, _ := escaped(raw[at+6:])
		if utf16.DecodeRune(first, second) == utf8.RuneError {
			return at
		}
		at += 12
	}
}

// escaped reads an escape such as \u00e9 at the beginning of raw.
func escaped(raw []byte) (rune, bool) {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(n), err == nil
}
