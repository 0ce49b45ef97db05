package world

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// ErrForgotten says that a world was forgotten before a request could change it. Another one may have its name.
var ErrForgotten = errors.New("the world was forgotten")

// Unavailable reports whether an error says that the log cannot be used now, so that a request was not answered and may
// be sent again.
func Unavailable(err error) bool {
	return errors.As(err, new(*log.UnavailableError)) || errors.As(err, new(*log.FullError)) || errors.Is(err, ErrForgotten)
}

// outOfTime makes an *log.UnavailableError of the error of a context that has ended: nobody knows what became of the record.
// An error of the log that has such a cause stays as it is.
func outOfTime(err error) error {
	if Unavailable(err) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &log.UnavailableError{Because: err, Unsure: true}
	}
	return err
}

// appendWithin is how long a request may wait for the log.
const appendWithin = 5 * time.Second

// line is where the requests of a world stand when its history is kept in a log. One at a time has the turn; it
// lets all that wait decide, one after the other, appends what they have changed as one record, and shows it
// only then. When another server's record came first, it undoes what was decided, reads on, and lets them decide
// again.
type line struct {
	log  log.Log
	turn chan struct{} // holds a token while somebody has the turn

	mu      sync.Mutex
	waiting []*job
	inbox   []log.Record  // that others have appended, not read yet
	arrived chan struct{} // gets a token when the inbox gets a record

	// For whoever has the turn.
	at       log.Position
	begun    bool // at is that of a record of this world, not of an earlier one with its name
	over     bool // the world was forgotten
	ending   bool // and is to be, by what is decided now
	copied   bool // it was made as a copy of another world, so that its first record holds all of it
	founding bool // it is to begin even if nothing has changed
	behind   bool // a record was missed; a whole one follows
	broken   error
	parts    parts
	before   saved        // the parts as they were after the last record
	start    string       // digest of the data that it began with
	origin   *store.Store // which is this
	sought   string       // the id of a record of which nobody knows whether it was appended
	found    bool         // it was

	bytes, size int // of the records since the last whole one, and of that one
}

// job is what somebody in the line wants to do.
type job struct {
	run   func()
	alone bool // no other job may be part of its record
	state atomic.Int32
	panic any
	done  chan error
}

// What can have happened to a job.
const (
	waits int32 = iota
	taken
	givenUp
)

// Logged reports whether the history of the world is kept in a log, so that Do may fail.
func (w *World) Logged() bool { return w.line != nil || w.inLineOf != nil }

// Do lets run read and change the world, so that all of it is in the log when Do returns, or on an error nothing. run may
// be called more than once, and by another goroutine; no other run of the world is called at the same time. The
// error is ErrForgotten, a *log.UnavailableError or a *log.FullError. Without a log, Do only calls
// run.
func (w *World) Do(ctx context.Context, run func()) error {
	return w.do(ctx, &job{run: run, done: make(chan error, 1)})
}

// Alone is Do for a run that shares its record with no other.
func (w *World) Alone(ctx context.Context, run func()) error {
	return w.do(ctx, &job{run: run, alone: true, done: make(chan error, 1)})
}

// Hold keeps the world from changing until release is called, so that a reader sees only what is in the log. The error
// is as that of Do. Without a log, the world goes on changing.
func (w *World) Hold(ctx context.Context) (release func(), err error) {
	l := w.line
	if l == nil {
		return func() {}, nil
	}
	if err := w.worlds.usable(); err != nil {
		return nil, err
	}
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, outOfTime(ctx.Err())
	}
	l.catchUp(w)
	release = sync.OnceFunc(func() { l.leave(w) })
	if err := l.unusable(); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// Begun reports whether the log has the world; one that a request is about to create is not there for others. It is called by a
// run of Do, or while the world is held. Without a log, each world has begun.
func (w *World) Begun() bool { return w.line == nil || w.line.begun || w.Name == Default }

func (w *World) do(ctx context.Context, j *job) error {
	if w.inLineOf != nil {
		return w.inLineOf.do(ctx, j)
	}
	if w.line == nil {
		j.run()
		return nil
	}
	if err := w.worlds.usable(); err != nil {
		return err
	}
	return w.wait(ctx, j)
}

// wait is do for a log that may not be ready.
func (w *World) wait(ctx context.Context, j *job) error {
	l := w.line
	l.mu.Lock()
	l.waiting = append(l.waiting, j)
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 2*appendWithin)
	defer cancel()
	var err error
	select {
	case err = <-j.done:
	case l.turn <- struct{}{}:
		for j.state.Load() == waits {
			l.serve(w)
		}
		l.leave(w)
		err = <-j.done
	case <-ctx.Done():
		if j.state.CompareAndSwap(waits, givenUp) {
			return &log.UnavailableError{Because: ctx.Err()}
		}
		err = <-j.done
	}
	if j.panic != nil {
		panic(j.panic)
	}
	return outOfTime(err)
}

// leave ends the turn, after reading what has come meanwhile.
func (l *line) leave(w *World) {
	for {
		l.catchUp(w)
		<-l.turn
		l.mu.Lock()
		more := len(l.inbox) > 0
		l.mu.Unlock()
		if !more {
			return
		}
		select {
		case l.turn <- struct{}{}:
		default: // whoever has it reads on
			return
		}
	}
}

// take returns the jobs whose turn it is.
func (l *line) take() (batch []*job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.waiting) > 0 {
		next := l.waiting[0]
		if len(batch) > 0 && next.alone {
			return batch
		}
		l.waiting = l.waiting[1:]
		if next.state.CompareAndSwap(waits, taken) {
			batch = append(batch, next)
			if next.alone {
				return batch
			}
		}
	}
	return batch
}

// serve lets the next jobs decide.
func (l *line) serve(w *World) {
	batch := l.take()
	ctx, cancel := context.WithTimeout(w.worlds.logging, appendWithin)
	defer cancel()
	err := l.decide(ctx, w, batch)
	if err != nil && !l.begun && !l.behind && w.Name != Default { // it is not there, so nobody may find it
		l.over = true
	}
	if l.over {
		w.worlds.drop(w)
		if err == nil && l.begun {
			w.worlds.cutBeforeEnd(w.Name, l.at)
		}
	}
	for _, j := range batch {
		j.done <- err
	}
	if err == nil && !l.over {
		l.shorten(ctx, w)
	}
}

// decide lets jobs decide until what they have changed is in the log.
func (l *line) decide(ctx context.Context, w *World, batch []*job) error {
	for {
		l.catchUp(w)
		if err := l.unusable(); err != nil && l.broken == nil {
			return err
		}
		data, err := l.try(w, batch)
		if err != nil || data == nil {
			return err
		}
		at, err := l.append(ctx, w, data)
		if err == nil {
			l.accept(w, at, len(data))
			return nil
		}
		l.undo(w)
		if !errors.As(err, new(*log.ConflictError)) {
			return err
		}
		l.catchUp(w)
		if l.found { // so it is there, and what the jobs have seen is true
			l.sought, l.found = "", false
			return nil
		}
	}
}

// unusable returns why nothing can be decided.
func (l *line) unusable() error {
	switch {
	case l.over:
		return ErrForgotten
	case l.broken != nil:
		return &log.UnavailableError{Because: l.broken}
	case l.behind:
		return &log.UnavailableError{Because: errors.New("the history of the world is being read"), Retry: time.Second}
	}
	return nil
}

// tentative is how a world was before something was decided that is not in the log.
type tentative struct {
	mark  store.Mark
	parts saved // as they are since; nil when nobody has looked
}

// try lets jobs decide, and returns the record of what they have changed; nil for nothing. A broken world can only be
// ended.
func (l *line) try(w *World, batch []*job) ([]byte, error) {
	w.undo = &tentative{mark: w.Store.Mark()}
	w.Journal.Hold()
	w.Changes.hold()
	l.ending, l.founding = false, false
	for _, j := range batch {
		func() {
			defer func() { j.panic = recover() }()
			j.run()
		}()
	}
	r, err := l.collect(w)
	if broken := l.unusable(); l.broken != nil && !l.ending {
		err = broken
	}
	if err == nil && r.empty() {
		l.show(w)
		return nil, nil
	}
	var data []byte
	if err == nil {
		data, err = r.encode()
	}
	if err == nil && len(data) > log.MaxRecord {
		err = &log.FullError{Because: fmt.Errorf("the change takes %d bytes, at most %d", len(data), log.MaxRecord)}
	}
	if err != nil {
		l.undo(w)
		return nil, err
	}
	l.sought, l.found = r.ID, false
	return data, nil
}

// collect makes a record of what was decided.
func (l *line) collect(w *World) (*record, error) {
	r := &record{ID: w.worlds.nextRecord(), Data: w.Store.Notes(), Journal: w.Journal.Held(), Noted: w.Changes.waits()}
	if l.ending {
		l.over = true // until undo
		if !l.begun {
			return &record{}, nil
		}
		return &record{ID: r.ID, Over: true}, nil
	}
	now, err := l.parts.save(l.before)
	if err != nil {
		return nil, err
	}
	w.undo.parts = now
	r.Parts = l.parts.texts(l.before, now)
	if l.begun || r.empty() && !l.copied && !l.founding {
		return r, nil
	}
	r.Parts = l.parts.texts(nil, now)
	if l.copied {
		return r, l.makeWhole(w, r)
	}
	r.Begin = l.beginning(w)
	return r, nil
}

// append adds a record, again and again while nobody knows whether the log has it. A *log.ConflictError means that the
// record which came first is in the inbox: it may be this one. Before that is known, nothing else may be decided, because
// this one could still get into the log, and its jobs would be done twice.
func (l *line) append(ctx context.Context, w *World, data []byte) (log.Position, error) {
	add := l.log.Append
	if l.over {
		add = l.log.End
	}
	for {
		at, err := add(ctx, w.Name, l.at, data)
		var unavailable *log.UnavailableError
		switch {
		case errors.As(err, new(*log.ConflictError)):
			if failed := l.await(ctx); failed != nil {
				return 0, failed
			}
			if l.news() {
				return 0, err
			}
			if !l.begun { // the record that ended an earlier world may have been cut
				l.at = w.worlds.histories.otherEnd(w.Name, l.at)
			}
		case !errors.As(err, &unavailable) || !unavailable.Unsure:
			return at, err
		default:
			select {
			case <-ctx.Done():
				return 0, err
			case <-time.After(max(unavailable.Retry, 10*time.Millisecond)):
			}
		}
	}
}

// accept shows what was decided: it is in the log.
func (l *line) accept(w *World, at log.Position, size int) {
	if l.over {
		w.worlds.histories.end(w.Name, at)
	}
	l.at, l.sought, l.begun, l.copied = at, "", true, false
	l.bytes += size
	l.show(w)
}

// show lets others see what was decided.
func (l *line) show(w *World) {
	if w.undo.parts != nil {
		l.before = w.undo.parts
	}
	w.undo = nil
	w.Journal.Release()
	if w.Changes.drop() {
		w.Changes.Note()
	}
}

// undo makes the world what it was before something was decided.
func (l *line) undo(w *World) {
	w.Store.Return(w.undo.mark)
	now := w.undo.parts
	w.undo = nil
	w.Journal.Drop()
	w.Changes.drop()
	l.over = false
	if err := l.parts.restore(l.before, now); err != nil { // which were saved from what they are restored to
		l.broken = err
	}
}

// await waits until the inbox has a record that the world does not have, or for a short while.
func (l *line) await(ctx context.Context) error {
	short := time.NewTimer(20 * time.Millisecond)
	defer short.Stop()
	for !l.news() {
		select {
		case <-l.arrived:
		case <-short.C:
			return l.log.Sync(ctx)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// news reports whether the inbox has a record that the world does not have. Those that this server has appended come back
// later.
func (l *line) news() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.ContainsFunc(l.inbox, func(r log.Record) bool { return r.At > l.at })
}

// push adds a record that was read from the log.
func (l *line) push(r log.Record) {
	l.mu.Lock()
	l.inbox = append(l.inbox, r)
	l.mu.Unlock()
	select {
	case l.arrived <- struct{}{}:
	default:
	}
}

// pop takes the next record out of the inbox.
func (l *line) pop() (r log.Record, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.inbox) == 0 {
		l.inbox = nil
		return r, false
	}
	r, l.inbox = l.inbox[0], l.inbox[1:]
	return r, true
}

// look reads the inbox if nobody has the turn.
func (l *line) look(w *World) {
	select {
	case l.turn <- struct{}{}:
		l.leave(w)
	default:
	}
}
