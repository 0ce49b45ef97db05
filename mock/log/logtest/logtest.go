// Package logtest checks that a log keeps what [log.Log] promises.
package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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

func inOrder(t *testing.T, p Place) {
	r := open(t, p)
	a := r.append("world-1", 0, "a")
	b := r.append("world-1", a, "b")
	c := r.append("world-1", b, "c")
	if a == 0 || b <= a || c <= b {
		t.Errorf("got positions %d, %d, %d, want growing ones above 0", a, b, c)
	}
	fresh(t, p, r).wants("world-1", record(a, 0, "a"), record(b, a, "b"), record(c, b, "c"))
}

func afterTheLast(t *testing.T, p Place) {
	r := open(t, p)
	a := r.append("w", 0, "a")
	other := r.append("other", 0, "x")
	b := r.append("w", a, "b")
	for _, after := range []log.Position{0, a, other, b + 1, 1 << 40} {
		_, err := r.Append(context.Background(), "w", after, []byte("c"))
		var conflict *log.ConflictError
		if !errors.As(err, &conflict) || conflict.History != "w" {
			t.Errorf("append after %d: got error %v, want a conflict in history w", after, err)
		}
	}
	if _, err := r.Append(context.Background(), "empty", b, []byte("c")); !errors.As(err, new(*log.ConflictError)) {
		t.Errorf("append to an empty history: got error %v, want a conflict", err)
	}
	c := r.append("w", b, "c")
	fresh(t, p, r).wants("w", record(a, 0, "a"), record(b, a, "b"), record(c, b, "c"))
}

func notAllowed(t *testing.T, p Place) {
	r := open(t, p)
	for _, name := range []string{"", "A", "a.b", "a b", "ä", "*", ">", "a/b", "a\x00", "../a", strings.Repeat("a", 81)} {
		if _, err := r.Append(context.Background(), name, 0, []byte("x")); err == nil {
			t.Errorf("append to history %q: got no error, want one", name)
		}
		if err := r.Cut(context.Background(), name, 10); err == nil {
			t.Errorf("cut history %q: got no error, want one", name)
		}
	}
	for _, size := range []int{0, log.MaxRecord + 1} {
		if _, err := r.Append(context.Background(), "a", 0, make([]byte, size)); err == nil {
			t.Errorf("append %d bytes: got no error, want one", size)
		}
	}
	long := strings.Repeat("a-_9", 20)
	at := r.append(long, 0, "x")
	r = fresh(t, p, r)
	r.wants(long, record(at, 0, "x"))
	if len(r.records) != 1 {
		t.Errorf("got %d histories, want 1", len(r.records))
	}
}

func apart(t *testing.T, p Place) {
	const histories, records = 50, 10
	r := open(t, p)
	var work sync.WaitGroup
	for h := range histories {
		work.Go(func() {
			name, after := fmt.Sprintf("w%d", h), log.Position(0)
			for n := range records {
				at, err := r.Append(context.Background(), name, after, fmt.Appendf(nil, "%s %d", name, n))
				if err != nil {
					t.Errorf("append to %s: got error %v, want none", name, err)
					return
				}
				after = at
			}
		})
	}
	work.Wait()
	r = fresh(t, p, r)
	for h := range histories {
		name := fmt.Sprintf("w%d", h)
		got, after := r.of(name), log.Position(0)
		if len(got) != records {
			t.Errorf("history %s: got %d records, want %d", name, len(got), records)
		}
		for n, record := range got {
			if want := fmt.Sprintf("%s %d", name, n); record.After != after || string(record.Data) != want {
				t.Errorf("history %s: got %q after %d, want %q after %d", name, record.Data, record.After, want, after)
			}
			after = record.At
		}
	}
}

// compete lets several append to one history. Each reads on when another was faster.
func compete(t *testing.T, p Place) {
	const writers, records = 4, 25
	readers := []*reader{open(t, p)}
	if p.Shared {
		readers = append(readers, open(t, p))
	}
	var work sync.WaitGroup
	for w := range writers {
		r := readers[w%len(readers)]
		work.Go(func() {
			after := log.Position(0)
			for n := 0; n < records; {
				at, err := r.Append(context.Background(), "w", after, fmt.Appendf(nil, "%d %d", w, n))
				var conflict *log.ConflictError
				switch {
				case err == nil:
					after = r.appended(at)
					n++
				case errors.As(err, &conflict):
					r.sync()
					after = max(r.appended(0), r.last("w"))
				default:
					t.Errorf("append: got error %v, want none or a conflict", err)
					return
				}
			}
		})
	}
	work.Wait()
	var first []log.Record
	for i := range 2 {
		r := fresh(t, p, readers[0])
		readers[0] = r
		got := r.of("w")
		if i == 0 {
			first = got
		}
		if len(got) != writers*records || show(got) != show(first) {
			t.Errorf("got %s, want %d records, the same each time: %s", show(got), writers*records, show(first))
		}
		next, after := make([]int, writers), log.Position(0)
		for _, record := range got {
			var w, n int
			if _, err := fmt.Sscanf(string(record.Data), "%d %d", &w, &n); err != nil || n != next[w] || record.After != after {
				t.Fatalf("got %q after %d, want record %d of its writer after %d", record.Data, record.After, next[w], after)
			}
			next[w]++
			after = record.At
		}
	}
}

func large(t *testing.T, p Place) {
	r := open(t, p)
	random := make([]byte, 20<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(random)
	after := log.Position(0)
	var want []log.Record
	for _, data := range [][]byte{
		[]byte("small"), bytes.Repeat([]byte("a record that gets smaller "), 3<<20/27), random[:1<<20], random[:1<<20-1], random[:3<<20], random,
		[]byte("small again"),
	} {
		at, err := r.Append(context.Background(), "w", after, data)
		if err != nil {
			t.Fatalf("append %d bytes: got error %v, want none", len(data), err)
		}
		if _, err := r.Append(context.Background(), "w", after, data); !errors.As(err, new(*log.ConflictError)) {
			t.Errorf("append %d bytes again: got error %v, want a conflict", len(data), err)
		}
		want = append(want, log.Record{At: at, After: after, Data: data})
		after = at
	}
	r = fresh(t, p, r)
	r.wants("w", want...)
	if err := r.Cut(context.Background(), "w", want[5].At); err != nil {
		t.Fatal(err)
	}
	fresh(t, p, r).wants("w", want[5:]...)
}

func cuts(t *testing.T, p Place) {
	r := open(t, p)
	other := r.append("other", 0, "x")
	a := r.append("w", 0, "a")
	b := r.append("w", a, "b")
	c := r.append("w", b, "c")
	for _, before := range []log.Position{0, 1, a, c, c, b} {
		if err := r.Cut(context.Background(), "w", before); err != nil {
			t.Fatalf("cut before %d: got error %v, want none", before, err)
		}
	}
	if err := r.Cut(context.Background(), "no-such-history", c); err != nil {
		t.Errorf("cut a history that does not exist: got error %v, want none", err)
	}
	r = fresh(t, p, r)
	r.wants("w", record(c, b, "c"))
	r.wants("other", record(other, 0, "x"))
	d := r.append("w", c, "d")
	if err := r.Cut(context.Background(), "w", d+1); err != nil {
		t.Fatal(err)
	}
	r = fresh(t, p, r)
	r.wants("w")
	if _, err := r.Append(context.Background(), "w", d, []byte("e")); !errors.As(err, new(*log.ConflictError)) {
		t.Errorf("append after a record that was cut: got error %v, want a conflict", err)
	}
	e := r.append("w", 0, "e")
	if e <= d {
		t.Errorf("got position %d, want one after %d", e, d)
	}
	fresh(t, p, r).wants("w", record(e, 0, "e"))
}

func cutsWhileFollowed(t *testing.T, p Place) {
	r := open(t, p)
	last := r
	if p.Shared {
		last = open(t, p)
	}
	after := log.Position(0)
	for n := range 50 {
		at := r.append("w", after, fmt.Sprint(n))
		if n%5 == 4 {
			if err := r.Cut(context.Background(), "w", at); err != nil {
				t.Fatal(err)
			}
		}
		after = at
	}
	last.sync()
	if p.Shared && last.last("w") != after {
		t.Errorf("got the last record at %d, want %d", last.last("w"), after)
	}
	before := log.Position(0)
	for _, record := range last.of("w") {
		if record.At <= before {
			t.Errorf("got a record at %d after one at %d, want growing positions", record.At, before)
		}
		before = record.At
	}
	r = fresh(t, p, r)
	if got := r.of("w"); len(got) != 1 || got[0].At != after {
		t.Errorf("got %s, want one at %d", show(got), after)
	}
}

func again(t *testing.T, p Place) {
	var want []log.Record
	after := log.Position(0)
	for n := range 5 {
		r := open(t, p)
		r.wants("w", want...)
		for m := range 3 {
			at := r.append("w", after, fmt.Sprintf("%d %d", n, m))
			want = append(want, record(at, after, fmt.Sprintf("%d %d", n, m)))
			after = at
		}
		r.close()
	}
}

func stops(t *testing.T, p Place) {
	r := open(t, p)
	a := r.append("w", 0, "a")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Append(ended, "w", a, []byte("b")); !errors.As(err, new(*log.UnavailableError)) || !errors.Is(err, context.Canceled) {
		t.Errorf("append: got error %v, want an *UnavailableError because of the context", err)
	}
	if err := r.Sync(ended); err == nil {
		t.Error("sync: got no error, want that of the context")
	}
	if err := r.Cut(ended, "w", a); err != nil && !errors.As(err, new(*log.UnavailableError)) {
		t.Errorf("cut: got error %v, want none or an *UnavailableError", err)
	}
	r.cancel()
	if err := <-r.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("follow: got error %v, want that of the context", err)
	}
	r.append("w", a, "b") // works without Follow
}

func closes(t *testing.T, p Place) {
	r := open(t, p)
	a := r.append("w", 0, "a")
	if err := r.Ready(); err != nil {
		t.Errorf("ready: got error %v, want none", err)
	}
	r.close()
	if err := r.Close(); err != nil {
		t.Errorf("close again: got error %v, want none", err)
	}
	_, err := r.Append(context.Background(), "w", a, []byte("b"))
	for call, err := range map[string]error{
		"append": err, "sync": r.Sync(context.Background()), "cut": r.Cut(context.Background(), "w", a), "ready": r.Ready(),
	} {
		var unavailable *log.UnavailableError
		if !errors.As(err, &unavailable) || !errors.Is(err, log.ErrClosed) || unavailable.Unsure {
			t.Errorf("%s: got error %v, want that the log is closed, and no doubt", call, err)
		}
	}
	r = open(t, p)
	r.wants("w", record(a, 0, "a"))
}
