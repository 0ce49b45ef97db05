package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

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
