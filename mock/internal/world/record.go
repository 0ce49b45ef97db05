package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// record is an entry of a world's history: what some exchanges, or a command of the control API, have changed. It
// holds values, never what has to be decided, so that every server makes the same of it.
type record struct {
	ID      string                     `json:"id"`                // no two have the same one
	Over    bool                       `json:"over,omitempty"`    // the world was forgotten; the next record begins another one
	Begin   *beginning                 `json:"begin,omitempty"`   // of the first record of a world, and of whole ones
	Whole   *whole                     `json:"whole,omitempty"`   // everything: earlier records do not count any more
	Data    []store.Change             `json:"data,omitempty"`    // in order
	Journal []entry                    `json:"journal,omitempty"` // in order
	Parts   map[string]json.RawMessage `json:"parts,omitempty"`   // those that have changed, see World.parts
	Noted   bool                       `json:"noted,omitempty"`   // clients that read events are told of a change
}

// beginning is what a world begins with.
type beginning struct {
	Life  string `json:"life"`
	Start string `json:"start"` // digest of its data, see starts
}

// whole is what a world has come to.
type whole struct {
	Store   store.Whole    `json:"store"`
	Journal []entry        `json:"journal"`
	Counts  journal.Counts `json:"counts"`
}

// empty reports whether nothing has changed.
func (r *record) empty() bool {
	return !r.Over && r.Begin == nil && r.Whole == nil && r.Data == nil && r.Journal == nil && len(r.Parts) == 0 && !r.Noted
}

// entry is a journal.Entry in JSON.
type entry struct {
	Exchange *exchange `json:"exchange,omitempty"`
	Reset    bool      `json:"reset,omitempty"`
	Expected int64     `json:"expected,omitempty"`
	Codes    []string  `json:"codes,omitempty"`
}

// exchange is a traffic.Exchange in JSON, with what the control API does not show.
type exchange struct {
	kept
	Target      string `json:"target,omitempty"`
	Fields      fields `json:"fields,omitempty"`
	QueryFields fields `json:"query_fields,omitempty"`
}

// fields are decoded as those of requests are: numbers are a json.Number.
type fields map[string]any

func (f *fields) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode((*map[string]any)(f))
}

type kept traffic.Exchange

func exchangeOf(x *traffic.Exchange) *exchange {
	return &exchange{kept(*x), x.Target, x.Fields, x.QueryFields}
}

func (x *exchange) traffic() traffic.Exchange {
	all := traffic.Exchange(x.kept)
	all.Target, all.Fields, all.QueryFields = x.Target, x.Fields, x.QueryFields
	return all
}

func exchangesOf(entries []entry) (list []traffic.Exchange) {
	for _, e := range entries {
		if e.Exchange != nil {
			list = append(list, e.Exchange.traffic())
		}
	}
	return list
}

func entriesOf(list []journal.Entry) (entries []entry) {
	for _, e := range list {
		made := entry{Reset: e.Reset, Expected: e.Expected, Codes: e.Codes}
		if e.Exchange != nil {
			made.Exchange = exchangeOf(e.Exchange)
		}
		entries = append(entries, made)
	}
	return entries
}

func (e entry) journal() journal.Entry {
	made := journal.Entry{Reset: e.Reset, Expected: e.Expected, Codes: e.Codes}
	if e.Exchange != nil {
		x := e.Exchange.traffic()
		made.Exchange = &x
	}
	return made
}

func (r *record) encode() ([]byte, error) { return json.Marshal(r) }

func decodeRecord(data []byte) (*record, error) {
	r := &record{}
	if err := json.Unmarshal(data, r); err != nil {
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

// savedInteraction is an interaction as it can be kept elsewhere.
type savedInteraction struct {
	Began  bool  `json:"began,omitempty"`
	Newest int64 `json:"newest,omitempty"`
}

// part is something of a world that is small enough to be kept as a whole whenever it has changed.
type part struct {
	name    string
	save    func() any
	restore func(data []byte) error
}

// parts are all of a world but its data and its journal.
func (w *World) parts() []part {
	return []part{
		partOf("faults", w.Faults.Save, func(saved fault.Saved) error {
			return w.Faults.Restore(saved, w.start.Load().Scenarios.Contract, w.Name)
		}),
		partOf("clock", w.Clock.save, always(w.Clock.restore)),
		partOf("settings", w.Settings.Save, always(func(saved settings.Saved) { w.Settings.Restore(saved) })),
		partOf("throttle", w.Throttle.save, always(w.Throttle.restore)),
		partOf("redirects", w.Redirects.save, always(w.Redirects.restore)),
		partOf("told_accept", w.ToldAccept.Load, always(w.ToldAccept.Store)),
		partOf("scenario", w.Scenario, always(func(name string) { w.scenario.Store(&name) })),
		partOf("interaction", w.interaction.save, always(w.interaction.restore)),
		partOf("kept", w.kept.Load, always(w.kept.Store)),
	}
}

func partOf[T any](name string, save func() T, restore func(T) error) part {
	return part{name, func() any { return save() }, func(data []byte) error {
		var value T
		if err := json.Unmarshal(data, &value); err != nil {
			return err
		}
		return restore(value)
	}}
}

// always is for what can always be restored.
func always[T any](restore func(T)) func(T) error {
	return func(value T) error { restore(value); return nil }
}

// saveParts returns all parts in JSON.
func (w *World) saveParts() (map[string]json.RawMessage, error) {
	saved := map[string]json.RawMessage{}
	for _, p := range w.parts() {
		data, err := json.Marshal(p.save())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		saved[p.name] = data
	}
	return saved, nil
}

// restoreParts restores those parts that are in a map, and leaves the others as they are.
func (w *World) restoreParts(saved map[string]json.RawMessage) error {
	for _, p := range w.parts() {
		if data, ok := saved[p.name]; ok {
			if err := p.restore(data); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	return nil
}

// changedParts returns the parts that differ from those before.
func changedParts(before, now map[string]json.RawMessage) map[string]json.RawMessage {
	changed := maps.Clone(now)
	maps.DeleteFunc(changed, func(name string, data json.RawMessage) bool { return bytes.Equal(data, before[name]) })
	return changed
}
