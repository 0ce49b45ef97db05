package flight

import (
	"bytes"
	"context"
	"encoding/json"
)

// Text is JSON that is being encoded. Beyond Free bytes its share holds what it takes; while that
// has to wait, what was encoded is dropped, so that whoever waits takes no memory.
type Text struct {
	bytes.Buffer
	indent   string
	encoder  json.Encoder
	encoding bool // there is an encoder
	share    *Share
	base     int64 // what the share holds for other things
}

// NewText begins a text. Its values are indented by indent, which may be empty, and end without a
// line feed.
func NewText(share *Share, indent string) *Text {
	return &Text{share: share, base: share.held, indent: indent}
}

// Add encodes a value. The error is json's, ErrSpent, or that of ctx, which is nil where nobody may
// wait.
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
