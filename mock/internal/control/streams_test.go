package control

import (
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// newFeed returns the feed of a world, and what records exchanges in it with bodies of so many bytes.
func newFeed(limits journal.Limits) (f *feed, record func(n, size int)) {
	w := &world.World{Journal: journal.New(limits)}
	w.Live("life")
	return &feed{world: w}, func(n, size int) {
		for range n {
			w.Journal.Record(traffic.Exchange{Response: traffic.Message{Body: strings.Repeat("x", size)}})
		}
	}
}

// summary lists the IDs of events in a batch, and the gaps.
func summary(b *batch) string {
	var all []string
	for line := range strings.Lines(string(b.text)) {
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			all = append(all, strings.TrimSuffix(id, ".life\n"))
		}
		if missed, ok := strings.CutPrefix(line, `data: {"missed":`); ok {
			all = append(all, "-"+strings.TrimSuffix(missed, "}\n"))
		}
	}
	return strings.Join(all, " ")
}

// TestFeed: clients at the same event are sent the same batch, and a client anywhere else is sent what
// leads to the end of one. The steps share a feed.
func TestFeed(t *testing.T) {
	f, record := newFeed(journal.Limits{Exchanges: 6, Bytes: 1 << 20})
	var shared *batch
	for _, step := range []struct {
		name   string
		before func()
		last   int64
		want   string
		same   bool // as the batch before
	}{
		{name: "the first client", before: func() { record(3, 1) }, last: 1, want: "2 3"},
		{name: "a second client at the same event", last: 1, want: "2 3", same: true},
		{name: "events since then belong to the next batch", before: func() { record(1, 1) }, last: 1, want: "2 3", same: true},
		{name: "a client in the middle of the batch", last: 2, want: "3"},
		{name: "a client before the first batch", last: 0, want: "1 2 3"},
		{name: "a client at the end", last: 3, want: "4"},
		{name: "a client that came later", before: func() { record(3, 1) }, last: 6, want: "7"},
		{name: "a client between batches", last: 4, want: "5 6 7"},
		{name: "a client of which some events are gone", last: 0, want: "-1 2 3"},
		{name: "the batch is sent though its events are gone", before: func() { record(9, 1) }, last: 1, want: "2 3"},
		{name: "a client in the middle of such a batch", last: 2, want: "-1"},
		{name: "a client at the end after many events", last: 7, want: "-3 11 12 13 14 15 16"},
		{name: "another one there", last: 7, want: "-3 11 12 13 14 15 16", same: true},
		{name: "nobody is sent what was before a reset", before: func() { f.world.Journal.Reset(); record(1, 1) }, last: 7, want: "-9 17"},
		{name: "nothing is left", before: f.world.Journal.Reset, last: 7, want: ""},
		{name: "nor shared", before: func() { record(1, 1) }, last: 7, want: "-10 18"},
	} {
		t.Run(step.name, func(t *testing.T) {
			if step.before != nil {
				step.before()
			}
			got, err := f.next(step.last)
			if err != nil || summary(got) != step.want || step.same && got != shared {
				t.Errorf("got %q, want %q, shared %v, %v", summary(got), step.want, got == shared, err)
			}
			shared = got
		})
	}
}

// TestFeedIsBounded: a batch has so many events or bytes, and a feed so many bytes.
func TestFeedIsBounded(t *testing.T) {
	f, record := newFeed(journal.Limits{Exchanges: 1000, Bytes: 64 << 20})
	last := int64(0)
	follow := func() (batches int) {
		for last < f.world.Journal.LastID() {
			b, err := f.next(last)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(strings.Fields(summary(b))); n > maxEvents || len(b.text) > maxBatch && int64(n) != b.last-last {
				t.Fatalf("after event %d: got a batch of %d events and %d bytes, want at most %d and %d", last, n, len(b.text), maxEvents, maxBatch)
			}
			if f.bytes > maxShared {
				t.Fatalf("%d bytes are shared after %d, want at most %d", f.bytes, last, maxShared)
			}
			last = b.last
			batches++
		}
		return batches
	}
	record(maxEvents+1, 1)
	if n := follow(); n < 2 {
		t.Errorf("%d batches, want at least 2", n)
	}
	record(40, maxBatch/2)
	if n := follow(); n != 20 {
		t.Errorf("%d batches of two events each, want 20", n)
	}
	if n := len(f.batches); n < 2 || n > maxShared/maxBatch {
		t.Errorf("%d batches are kept; want n at least 2, n at most %d", n, maxShared/maxBatch)
	}
	record(1, 2*maxShared)
	record(1, 1)
	if n := follow(); n != 2 || len(f.batches) != 1 {
		t.Errorf("%d batches, %d kept; want n 2, len(batches) 1", n, len(f.batches))
	}
}

// TestPace: what is spent puts off the next turn, and a pause makes up for no more than a burst.
func TestPace(t *testing.T) {
	var p pace
	p.turn(t.Context())
	begin := p.next
	if off := time.Until(begin); off > 0 || off < -2*paceBurst {
		t.Errorf("the second turn is in %v; want off at most %v, off at least %v", off, 0, -2*paceBurst)
	}
	p.spend(bytesPerSecond)
	if later := p.next.Sub(begin); later != time.Second {
		t.Errorf("a second's bytes put it off by %v, want %v", later, time.Second)
	}
	p.turn(t.Context()) // waits
	if time.Now().Before(begin.Add(time.Second)) {
		t.Errorf("got the turn after %v, want at least a second", time.Since(begin))
	}
	p.next = time.Time{}
	p.turn(t.Context())
	if p.next.Before(time.Now().Add(-paceBurst)) {
		t.Errorf("next turn after a long pause: got %v ago, want at most %v", time.Since(p.next), paceBurst)
	}
}
