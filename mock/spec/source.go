package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/oasdiff/yaml3"
)

// Source returns the contract's file as it was loaded, which must not be changed.
func (c *Contract) Source() []byte { return c.file.text() }

// JSON returns the contract's file as JSON, with the keys in the order of the file.
func (c *Contract) JSON() ([]byte, error) {
	text := c.file.text()
	if json.Valid(text) {
		return text, nil
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if len(document.Content) != 1 {
		return nil, fmt.Errorf("expected one YAML document, got %d", len(document.Content))
	}
	err := appendJSON(&out, document.Content[0])
	return out.Bytes(), err
}

// appendJSON writes a node as JSON.
func appendJSON(out *bytes.Buffer, n *yaml.Node) error {
	switch n = target(n); n.Kind {
	case yaml.MappingNode:
		return appendObject(out, n)
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := appendJSON(out, item); err != nil {
				return err
			}
		}
		out.WriteByte(']')
		return nil
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return err
	}
	if _, isTime := value.(time.Time); isTime { // JSON has no times
		value = n.Value
	}
	return appendValue(out, value)
}

func appendObject(out *bytes.Buffer, n *yaml.Node) (err error) {
	written := map[string]bool{}
	out.WriteByte('{')
	yieldKeys(n, func(name, value *yaml.Node) bool {
		if written[name.Value] { // a merged key that the mapping has itself
			return true
		}
		if len(written) > 0 {
			out.WriteByte(',')
		}
		written[name.Value] = true
		if err = appendValue(out, name.Value); err != nil {
			return false
		}
		out.WriteByte(':')
		err = appendJSON(out, value)
		return err == nil
	})
	out.WriteByte('}')
	return err
}

func appendValue(out *bytes.Buffer, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}
