package world

import (
	"encoding/json"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// record is an entry of a world's history: what some exchanges, or a command of the control API, have changed. It
// holds values, never what has to be decided, so that every server makes the same of it.
type record struct {
	ID      string                     `json:"id"`              // no two have the same one
	Over    bool                       `json:"over,omitempty"`  // the world was forgotten; the next record begins another one
	Begin   *beginning                 `json:"begin,omitempty"` // of the first record of a world, and of whole ones
	Whole   json.RawMessage            `json:"whole,omitempty"` // everything, see whole: earlier records do not count any more
	Data    []store.Change             `json:"data,omitempty"`  // in order
	Parts   map[string]json.RawMessage `json:"parts,omitempty"` // those that have changed, see World.parts
	Noted   bool                       `json:"noted,omitempty"` // clients that read events are told of a change
	Journal []journal.Entry            `json:"-"`               // in order; of a whole record, all that the journal holds
}

// beginning is what a world begins with.
type beginning struct {
	Life  string `json:"life"`
	Start string `json:"start"` // digest of its data, see starts
}

// whole is what a world has come to, beside its parts and the exchanges of its journal.
type whole struct {
	Store  store.Whole    `json:"store"`
	Counts journal.Counts `json:"counts"`
}

// empty reports whether nothing has changed.
func (r *record) empty() bool {
	return !r.Over && r.Begin == nil && r.Whole == nil && r.Data == nil && r.Journal == nil && len(r.Parts) == 0 && !r.Noted
}

// encode returns the record in JSON. The journal is a member of it too, written here because encoding/json would read
// and copy again what is JSON already.
func (r *record) encode() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil || r.Journal == nil {
		return text, err
	}
	text = append(text[:len(text)-1], `,"journal":[`...)
	for i, e := range r.Journal {
		if i > 0 {
			text = append(text, ',')
		}
		if text, err = appendEntry(text, e); err != nil {
			return nil, err
		}
	}
	return append(text, "]}"...), nil
}

// decodeRecord reads a record, without what may never be looked at: exchanges, and what a whole one holds.
func decodeRecord(data []byte) (*record, error) {
	r := &record{}
	err := jsontext.Members(data, func(name string, value []byte) error {
		switch name {
		case "id":
			return json.Unmarshal(value, &r.ID)
		case "over":
			return json.Unmarshal(value, &r.Over)
		case "begin":
			return json.Unmarshal(value, &r.Begin)
		case "whole":
			r.Whole = value
			return nil
		case "data":
			return json.Unmarshal(value, &r.Data)
		case "parts":
			return json.Unmarshal(value, &r.Parts)
		case "noted":
			return json.Unmarshal(value, &r.Noted)
		case "journal":
			return jsontext.Elements(value, func(text []byte) error {
				e, err := decodeEntry(text)
				r.Journal = append(r.Journal, e)
				return err
			})
		}
		return fmt.Errorf("unknown member %.40q", name)
	})
	if err != nil {
		return nil, fmt.Errorf("a record that this version of ticaga-mock cannot read: %w", err)
	}
	return r, nil
}

// maxOver is how large a record can be that says that its world was forgotten, in bytes: it has nothing but an ID.
const maxOver = 100

// endsWorld reports whether a record says that its world was forgotten.
func endsWorld(data []byte) bool {
	if len(data) > maxOver { // so that large ones are not decoded for this
		return false
	}
	r, err := decodeRecord(data)
	return err == nil && r.Over
}
