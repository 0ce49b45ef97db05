package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
)

// parts are all of a world but its data and its journal.
type parts []part

// part is something of a world that is small enough to be kept as a whole whenever it has changed.
type part struct {
	name    string
	save    func() any // a value that does not change any more
	restore func(text []byte) error
}

// saved are parts as they were at one moment, in the same order.
type saved []savedPart

type savedPart struct {
	value any // nil for one that another server has saved
	text  json.RawMessage
}

func (w *World) parts() parts {
	return parts{
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
	return part{name, func() any { return save() }, func(text []byte) error {
		var value T
		err := json.Unmarshal(text, &value)
		if err == nil {
			err = restore(value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}}
}

// always is for what can always be restored.
func always[T any](restore func(T)) func(T) error {
	return func(value T) error { restore(value); return nil }
}

// save returns what the parts are now. Those that are as before, which is nearly all, are not encoded again.
func (p parts) save(before saved) (saved, error) {
	now := make(saved, len(p))
	for i, part := range p {
		value := part.save()
		if before != nil && reflect.DeepEqual(value, before[i].value) {
			now[i] = before[i]
			continue
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
		now[i] = savedPart{value, text}
	}
	return now, nil
}

// restore makes the parts what they were before, if they are not. now is nil when nobody knows what they are.
func (p parts) restore(before, now saved) error {
	for i, part := range p {
		if now != nil && bytes.Equal(now[i].text, before[i].text) {
			continue
		}
		if err := part.restore(before[i].text); err != nil {
			return err
		}
	}
	return nil
}

// apply makes the parts that a record has what it says, and notes it in what was saved.
func (p parts) apply(texts map[string]json.RawMessage, to saved) error {
	for i, part := range p {
		text, ok := texts[part.name]
		if !ok {
			continue
		}
		if err := part.restore(text); err != nil {
			return err
		}
		to[i] = savedPart{text: text}
	}
	return nil
}

// texts returns those parts that differ from what they were before, for a record. All do when before is nil.
func (p parts) texts(before, now saved) map[string]json.RawMessage {
	var changed map[string]json.RawMessage
	for i, part := range p {
		if before != nil && bytes.Equal(before[i].text, now[i].text) {
			continue
		}
		if changed == nil {
			changed = map[string]json.RawMessage{}
		}
		changed[part.name] = now[i].text
	}
	return changed
}
