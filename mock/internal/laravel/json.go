package laravel

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// space are the characters that are white space in JSON.
const space = " \t\r\n"

// decodeJSON reads a body as json_decode($body, true) does, token by token. On the way it finds
// duplicate names, too many levels of nesting and half a surrogate pair, each at its byte.
func (l Limits) decodeJSON(raw []byte) Result {
	r := readers.Get().(*reader)
	defer r.release()
	r.source = *bytes.NewBuffer(raw)
	r.tokens.Reset(&r.source, jsontext.AllowDuplicateNames(true))
	w := walk{tokens: r.tokens, levels: l.jsonLevels(), room: l.jsonFields()}
	value, err := w.value()
	if err == nil {
		err = w.end()
	}
	if err != nil {
		return unreadable(l.whyNot(raw, err))
	}
	fields, isObject := value.(map[string]any)
	if !isObject {
		return unreadable(notObject(bytes.TrimLeft(raw, space)))
	}
	w.result.Fields = fields
	if w.room < 0 {
		w.result.add(l.tooMany(l.jsonFields()))
	}
	w.result.Whole = len(w.result.Violations) == 0
	return w.result
}

// reader is a tokenizer with the bytes that it reads.
type reader struct {
	source bytes.Buffer
	tokens *jsontext.Decoder
}

// readers keeps tokenizers for the next bodies: making one costs as much as reading a small body.
var readers = sync.Pool{New: func() any { return &reader{tokens: jsontext.NewDecoder(bytes.NewReader(nil))} }}

// release makes the reader available for the next body, without keeping this one in memory.
func (r *reader) release() {
	r.source = bytes.Buffer{}
	r.tokens.Reset(&r.source)
	readers.Put(r)
}

// whyNot returns the violation for a body that could not be read. Invalid JSON is reported first.
func (l Limits) whyNot(raw []byte, err error) spec.Violation {
	if !json.Valid(raw) {
		return malformed(raw, l.jsonLevels())
	}
	if at := invalidUTF8(raw); at >= 0 {
		return notUTF8(raw, at)
	}
	var deep *deepError
	if errors.As(err, &deep) {
		return tooDeep(raw, deep.at, l.jsonLevels())
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) && int(syntax.ByteOffset) < len(raw) { // the only cause left: encoding/json accepts the body
		return loneSurrogate(raw, int(syntax.ByteOffset))
	}
	return malformed(raw, l.jsonLevels())
}

// deepError reports an object or array that is nested too deeply.
type deepError struct{ at int } // the offset of its first byte

func (*deepError) Error() string { return "too many levels" }

// walk builds values from tokens.
type walk struct {
	tokens *jsontext.Decoder
	levels int // the max number of nested objects and arrays
	room   int // how many more fields are allowed
	result Result
	full   bool // no more errors are kept, so they need not be created
}

// end returns an error unless only white space is left.
func (w *walk) end() error {
	_, err := w.tokens.ReadToken()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		err = errors.New("something follows the value")
	}
	return err
}

func (w *walk) value() (any, error) {
	token, err := w.tokens.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '{', '[':
		if w.tokens.StackDepth() > w.levels {
			return nil, &deepError{int(w.tokens.InputOffset()) - 1}
		}
		if token.Kind() == '{' {
			return w.object()
		}
		return w.array()
	case '"':
		return token.String(), nil
	case 't', 'f':
		return token.Bool(), nil
	case 'n':
		return nil, nil
	}
	return w.number(token.String()), nil
}

// object reads the fields of an object after its opening brace. Fields beyond the limit are dropped.
func (w *walk) object() (any, error) {
	fields := map[string]any{}
	for w.tokens.PeekKind() != '}' {
		token, err := w.tokens.ReadToken()
		if err != nil {
			return nil, err
		}
		name := token.String()
		w.room--
		value, err := w.value()
		if err != nil {
			return nil, err
		}
		if w.room < 0 {
			continue
		}
		before := len(fields)
		if fields[name] = value; len(fields) == before && !w.full {
			w.add(duplicateName(w.pointer(), name)) // after its value was read
		}
	}
	_, err := w.tokens.ReadToken()
	return fields, err
}

func (w *walk) array() (any, error) {
	list := []any{}
	for w.tokens.PeekKind() != ']' {
		value, err := w.value()
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := w.tokens.ReadToken()
	return list, err
}

// number returns a number as it is written, or a string if the number is too large.
func (w *walk) number(literal string) any {
	if len(literal) < 300 && strings.IndexByte(literal, 'e')+strings.IndexByte(literal, 'E') == -2 { // few are large enough to be parsed
		return json.Number(literal)
	}
	if _, err := strconv.ParseFloat(literal, 64); err == nil {
		return json.Number(literal)
	}
	if w.full {
		return literal
	}
	w.add(tooLarge(w.pointer(), literal))
	return literal
}

// add reports an error, of which there may be one for each value.
func (w *walk) add(v spec.Violation) {
	w.result.add(v)
	w.full = !w.result.room(spec.Error)
}

// pointer returns the JSON pointer of the value that was read last.
func (w *walk) pointer() string {
	return spec.Pointer(slices.Collect(w.tokens.StackPointer().Tokens())...)
}
