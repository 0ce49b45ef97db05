package world

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// catchUp reads what others have appended.
func (l *line) catchUp(w *World) {
	for {
		r, ok := l.pop()
		switch {
		case !ok:
			return
		case r.At <= l.at:
			continue
		}
		if err := l.apply(w, r); err != nil {
			l.at, l.begun = r.At, true // so that the world can be ended
			l.broken = cmp.Or(l.broken, fmt.Errorf("record %d of world %q: %w; delete the world, or use the version and the files that it was made with", r.At, w.Name, err))
		}
	}
}

// apply makes the world what a record says.
func (l *line) apply(w *World, at log.Record) error {
	r, err := decodeRecord(at.Data)
	if err != nil {
		return err
	}
	l.found = l.found || r.ID == l.sought
	switch {
	case r.Over:
		l.at = at.At
		w.worlds.histories.end(w.Name, at.At)
		if l.begun {
			l.over = true
			w.worlds.drop(w)
		}
		return nil
	case r.Whole != nil && l.begun && at.After == l.at && l.broken == nil: // this server has all of it already
		l.at, l.bytes, l.size = at.At, 0, len(at.Data)
		return nil
	case r.Begin != nil:
		if err := l.become(w, r); err != nil {
			return err
		}
		l.bytes, l.size, l.broken = 0, len(at.Data), nil
	case l.broken != nil:
		return l.broken
	case !l.begun || at.After != l.at:
		l.behind = true
		return nil
	}
	if err := w.apply(r); err != nil {
		return err
	}
	l.at, l.begun, l.behind = at.At, true, false
	l.bytes += len(at.Data)
	w.used.Store(int64(w.common.Idle()))
	return nil
}

// become makes the world what the first record of a history says, or one that holds all of it.
func (l *line) become(w *World, r *record) error {
	origin, err := w.worlds.histories.startOf(r.Begin.Start)
	if err != nil {
		return err
	}
	var all whole
	var entries []journal.Entry
	if r.Whole != nil {
		if err := json.Unmarshal(r.Whole, &all); err != nil {
			return err
		}
		entries, r.Journal = r.Journal, nil
	}
	if err := w.Store.Become(all.Store, origin); err != nil {
		return err
	}
	w.Journal.Become(entries, all.Counts)
	w.Live(r.Begin.Life)
	l.start, l.origin = r.Begin.Start, origin
	return nil
}

// apply makes the changes of a record that is not the beginning.
func (w *World) apply(r *record) error {
	for _, change := range r.Data {
		if err := w.Store.Apply(change); err != nil {
			return err
		}
	}
	if err := w.line.parts.apply(r.Parts, w.line.before); err != nil {
		return err
	}
	for _, e := range r.Journal {
		w.Journal.Apply(e)
	}
	if r.Noted {
		w.Changes.Note()
	}
	return nil
}

// A world's history is made short when its records are this large, in bytes, and twice as large as one that holds all
// of the world: so that the work is in proportion to what is written.
const shortenAt = 256 << 10

// shorten replaces the records by one that holds all that they add up to. Without success, the next record tries
// again.
func (l *line) shorten(ctx context.Context, w *World) {
	if l.bytes < shortenAt || l.bytes < 2*l.size || !l.begun || l.over {
		return
	}
	r := &record{ID: w.worlds.nextRecord(), Parts: l.parts.texts(nil, l.before)}
	if err := l.makeWhole(w, r); err != nil {
		return
	}
	data, err := r.encode()
	if err != nil || len(data) > log.MaxRecord {
		return
	}
	at, err := l.log.Append(ctx, w.Name, l.at, data)
	if err != nil {
		return
	}
	l.at, l.bytes, l.size = at, 0, len(data)
	_ = l.log.Cut(ctx, w.Name, at) // what is left is cut the next time
}

// beginning is what the first record of the world's history says.
func (l *line) beginning(w *World) *beginning { return &beginning{w.Life(), l.start} }

// makeWhole lets a record hold everything that the world is, beside its parts.
func (l *line) makeWhole(w *World, r *record) (err error) {
	r.Begin = l.beginning(w)
	r.Whole, err = json.Marshal(whole{w.Store.Whole(l.origin), w.Journal.Counts()})
	r.Data, r.Journal = nil, w.Journal.Entries()
	return err
}
