// Package logtest checks that a log keeps what [log.Log] promises.
package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Place is where logs keep histories.
type Place struct {
	Open   func(t *testing.T) log.Log // opens a log there; after another was closed, or at the same time if Shared
	Shared bool
}

// patience is after which a test fails instead of waiting on.
const patience = 2 * time.Minute

// Test checks logs of one kind. place returns a new, empty place each time.
func Test(t *testing.T, place func(t *testing.T) Place) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, p Place)
	}{
		{"appends in order", inOrder},
		{"appends after the last record only", afterTheLast},
		{"rejects what is not allowed", notAllowed},
		{"keeps histories apart", apart},
		{"agrees with all who compete", compete},
		{"keeps large records", large},
		{"cuts", cuts},
		{"cuts while somebody follows", cutsWhileFollowed},
		{"opens again", again},
		{"stops with its context", stops},
		{"closes", closes},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, place(t)) })
	}
}

// reader is a log that a test follows.
type reader struct {
	log.Log
	t       *testing.T
	mu      sync.Mutex
	records map[string][]log.Record // by history
	own     log.Position            // of the last record that compete has appended here; the log need not show it
	cancel  context.CancelFunc
	ended   chan error
}

func open(t *testing.T, p Place) *reader {
	t.Helper()
	r := &reader{Log: p.Open(t), t: t, records: map[string][]log.Record{}, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.ended <- r.Follow(ctx, r.see) }()
	t.Cleanup(func() { _ = r.Close() })
	r.sync()
	return r
}

func (r *reader) see(record log.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.records[record.History] = append(r.records[record.History], record)
}

// of returns the records of a history that were seen.
func (r *reader) of(history string) []log.Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.records[history])
}

// last returns where the last record of a history is that was seen.
func (r *reader) last(history string) log.Position {
	if all := r.of(history); len(all) > 0 {
		return all[len(all)-1].At
	}
	return 0
}

// sync retries while the log is not available.
func (r *reader) sync() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		err := r.Sync(ctx)
		if err == nil {
			return
		}
		if !errors.As(err, new(*log.UnavailableError)) || ctx.Err() != nil || errors.Is(err, log.ErrClosed) {
			r.t.Errorf("sync: got error %v, want it to succeed", err)
			return
		}
	}
}

func (r *reader) append(history string, after log.Position, data string) log.Position {
	r.t.Helper()
	at, err := r.Append(context.Background(), history, after, []byte(data))
	if err != nil {
		r.t.Fatalf("append to %q after %d: got error %v, want none", history, after, err)
	}
	return at
}

// close closes the log, and waits until Follow has returned.
func (r *reader) close() {
	r.t.Helper()
	if err := r.Close(); err != nil {
		r.t.Errorf("close: got error %v, want none", err)
	}
	if err := <-r.ended; err == nil {
		r.t.Error("follow: got no error, want one after Close")
	}
}

// wants compares what was seen of a history after a Sync. The log may leave out what was appended to itself.
func (r *reader) wants(history string, want ...log.Record) {
	r.t.Helper()
	r.sync()
	got := r.of(history)
	if len(got) != len(want) {
		r.t.Errorf("history %q: got %s, want %s", history, show(got), show(want))
		return
	}
	for i := range want {
		want[i].History = history
		if got[i].At != want[i].At || got[i].After != want[i].After || !bytes.Equal(got[i].Data, want[i].Data) {
			r.t.Errorf("history %q: got %s, want %s", history, show(got), show(want))
			return
		}
	}
}

func show(records []log.Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d records", len(records))
	for _, r := range records[:min(len(records), 20)] {
		fmt.Fprintf(&b, ", %d after %d: %.20q", r.At, r.After, r.Data)
	}
	return b.String()
}

// appended notes where a record was appended, and returns where the last one was.
func (r *reader) appended(at log.Position) log.Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.own = max(r.own, at)
	return r.own
}

func record(at, after log.Position, data string) log.Record {
	return log.Record{At: at, After: after, Data: []byte(data)}
}

// fresh returns a log that has seen all records, including those that others have appended to theirs.
func fresh(t *testing.T, p Place, old *reader) *reader {
	t.Helper()
	if !p.Shared {
		old.close()
	}
	return open(t, p)
}
