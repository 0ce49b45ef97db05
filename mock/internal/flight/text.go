package flight

import (
	"bytes"
	"context"
	"encoding/json"
)

// Text is JSON while it is being encoded. Its share holds what exceeds Free bytes. If it has to wait
// for that, what was encoded is dropped, so that waiting uses no memory.
type Text struct {
	bytes.Buffer
	indent   string
	encoder  json.Encoder
	encoding bool // there is an encoder
	share    *Share
	base     int64 // what the share holds for other things
}

// NewText returns an empty Text. Its values are indented by indent, which may be empty, and end
// without a line feed.
func NewText(share *Share, indent string) *Text {
	return &Text{share: share, base: share.held, indent: indent}
}

// Add encodes a value. It returns an error of encoding/json, ErrSpent, or ctx's error. A nil ctx
// means that it must not wait.
func (t *Text) Add(ctx context.Context, value any) error {
	begin := t.Len()
	if err := t.encode(value); err != nil {
		return err
	}
	n := t.base + int64(t.Len())
	if t.Len() <= Free || t.share.TryHold(n) {
		return nil
	}
	if ctx == nil {
		return ErrSpent
	}
	before := bytes.Clone(t.Bytes()[:begin])
	t.Buffer = bytes.Buffer{}
	if err := t.share.Hold(ctx, n); err != nil {
		return err
	}
	_, _ = t.Write(before)
	return t.encode(value)
}

func (t *Text) encode(value any) error {
	if !t.encoding {
		t.encoder, t.encoding = *json.NewEncoder(&t.Buffer), true
		t.encoder.SetEscapeHTML(false)
		t.encoder.SetIndent("", t.indent)
	}
	begin := t.Len()
	if err := t.encoder.Encode(value); err != nil {
		return err
	}
	if t.Len()-begin > Free {
		t.encoder, t.encoding = json.Encoder{}, false // it keeps what it has indented
	}
	t.Truncate(t.Len() - 1)
	return nil
}
