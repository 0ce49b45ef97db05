package jsontext

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Decode reads one JSON value into target, and rejects unknown fields and anything that follows the
// value. The error is for people: what is wrong, without the "json: " of encoding/json.
func Decode(raw []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return Explain(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("unexpected data after the JSON value")
	}
	return nil
}

// Explain returns an error of encoding/json in the words of Decode.
func Explain(err error) error {
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	var badTime *time.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("empty; send JSON")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errTruncated
	case errors.As(err, &syntax):
		return explainSyntax(syntax)
	case errors.As(err, &mistyped):
		field := mistyped.Field[strings.LastIndexByte(mistyped.Field, '.')+1:] // without the names of embedded Go types
		return fmt.Errorf("%s has the wrong type: %s", cmp.Or(field, "the JSON value"), mistyped.Value)
	case errors.As(err, &badTime):
		return fmt.Errorf("%.40q is not a time such as 2026-01-02T15:04:05Z", badTime.Value)
	case strings.HasPrefix(err.Error(), "Time.UnmarshalJSON: "):
		return errors.New("a time must be a string such as \"2026-01-02T15:04:05Z\"")
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// Invalid returns why raw is not JSON, in the words of Decode; nil if it is. The offset of a
// json.Decoder's own error is wrong once it has returned tokens.
func Invalid(raw []byte) error {
	if len(bytes.TrimSpace(raw)) == 0 {
		return Explain(io.EOF)
	}
	if err := json.Unmarshal(raw, new(json.RawMessage)); err != nil {
		return Explain(err)
	}
	return nil
}

var errTruncated = errors.New("invalid JSON: it ends early; a closing quote, bracket or brace may be missing")

// explainSyntax says where JSON is invalid, and which character is wrong there.
func explainSyntax(err *json.SyntaxError) error {
	if err.Error() == "unexpected end of JSON input" {
		return errTruncated
	}
	character, found := strings.CutPrefix(err.Error(), "invalid character ")
	character, _, ends := strings.Cut(character, "' ")
	if !found || !ends {
		return fmt.Errorf("invalid JSON at byte %d", err.Offset)
	}
	return fmt.Errorf("invalid JSON at byte %d: unexpected %s'", err.Offset, character)
}
