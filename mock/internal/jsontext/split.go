package jsontext

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Members calls see with each member of a JSON object, in order: its name, and its value as it is written, which is
// part of raw. Nothing is decoded, so this costs a fraction of what encoding/json does. The error is the first one of see,
// or says why raw is no object.
func Members(raw []byte, see func(name string, value []byte) error) error {
	return split(raw, '{', func(decoder *jsontext.Decoder) error {
		token, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		value, err := decoder.ReadValue()
		if err != nil {
			return err
		}
		return see(name, value)
	})
}

// Elements calls see with each element of a JSON array, as Members does.
func Elements(raw []byte, see func(value []byte) error) error {
	return split(raw, '[', func(decoder *jsontext.Decoder) error {
		value, err := decoder.ReadValue()
		if err != nil {
			return err
		}
		return see(value)
	})
}

// split calls next until it has read all that is between the brackets.
func split(raw []byte, opening jsontext.Kind, next func(*jsontext.Decoder) error) error {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowDuplicateNames(true))
	if token, err := decoder.ReadToken(); err != nil || token.Kind() != opening {
		return fmt.Errorf("got %s, want %s", token.Kind(), opening)
	}
	for {
		switch decoder.PeekKind() {
		case '}', ']':
			_, err := decoder.ReadToken()
			return err
		}
		if err := next(decoder); err != nil {
			return err
		}
	}
}
