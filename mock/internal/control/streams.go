package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"sort"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// streams counts the clients that read events, of all worlds.
type streams struct {
	max, maxInWorld int
	pace            pace

	mu    sync.Mutex
	all   int
	feeds map[*world.World]*feed // of the worlds whose events somebody reads
}

// join counts a client, and returns the feed of its world.
func (s *streams) join(w *world.World) (*feed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shared := s.feeds[w]
	switch {
	case s.all >= s.max:
		return nil, problemf(http.StatusServiceUnavailable, "limit reached: %d clients read events; raise --streams", s.all)
	case shared == nil:
		shared = &feed{world: w}
		if s.feeds == nil {
			s.feeds = map[*world.World]*feed{}
		}
		s.feeds[w] = shared
	case shared.clients >= s.maxInWorld:
		return nil, problemf(http.StatusServiceUnavailable, "limit reached: %d clients read the events of world %q; raise --world-streams", shared.clients, w.Name)
	}
	s.all++
	shared.clients++
	return shared, nil
}

func (s *streams) leave(w *world.World) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.feeds[w].clients--; s.feeds[w].clients == 0 {
		delete(s.feeds, w)
	}
}

// feed is what the clients of a world share: its last events in batches, each encoded once.
type feed struct {
	world   *world.World
	clients int // guarded by streams.mu

	mu      sync.Mutex
	reset   int64 // the journal's LastReset when the batches were made
	batches []*batch
	bytes   int
}

// batch is what a client is sent at once: the events after one ID up to another. It never changes.
type batch struct {
	after, last int64
	text        []byte
}

const (
	maxShared = 1 << 20   // bytes of events that a world keeps for its clients
	maxBatch  = 128 << 10 // bytes after which a batch ends
	maxEvents = 300       // events in a batch
)

// next returns what to send to a client that has the events up to last. A client that has all batches gets
// a new one. A client that is not at the beginning of a batch gets one of its own, up to the end of the
// batch that it is in; from there on it is sent the same batches as all clients.
func (f *feed) next(last int64) (*batch, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if reset := f.world.Journal.LastReset(); reset != f.reset {
		f.reset, f.batches, f.bytes = reset, nil, 0
	}
	i := sort.Search(len(f.batches), func(i int) bool { return f.batches[i].last > last })
	if i == len(f.batches) {
		made, err := newBatch(f.world, last, math.MaxInt64)
		if err == nil && made.last > last {
			f.share(made)
		}
		return made, err
	}
	if following := f.batches[i]; following.after != last {
		return newBatch(f.world, last, following.last)
	}
	return f.batches[i], nil
}

// share keeps a batch for other clients, and drops the oldest ones beyond the limit.
func (f *feed) share(b *batch) {
	f.batches, f.bytes = append(f.batches, b), f.bytes+len(b.text)
	for f.bytes > maxShared {
		f.bytes -= len(f.batches[0].text)
		f.batches = slices.Delete(f.batches, 0, 1)
	}
}

// newBatch encodes the exchanges after one ID up to another that the journal still has, and how many it
// has dropped before them.
func newBatch(w *world.World, after, until int64) (*batch, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	last := after
	gap := func(next int64) {
		if missed := next - last - 1; missed > 0 {
			_, _ = text.WriteString("event: gap\ndata: ")
			_ = encoder.Encode(traffic.Gap{Missed: missed}) // with the end of the line
			text.WriteByte('\n')
		}
	}
	for _, x := range w.Journal.After(after, maxEvents) {
		if x.ID > until {
			gap(until + 1)
			last = until
			break
		}
		gap(x.ID)
		_, _ = fmt.Fprintf(&text, "id: %s\nevent: exchange\ndata: ", eventID(x.ID, w))
		if err := encoder.Encode(x); err != nil { // with the end of the line
			return nil, err
		}
		text.WriteByte('\n')
		if last = x.ID; last == until || text.Len() > maxBatch {
			break
		}
	}
	return &batch{after, last, text.Bytes()}, nil
}

// pace limits the work for all streams together, so that it slows down few of the requests that they
// report. A stream that waits for its turn then sends more events at once. The zero pace is ready.
type pace struct {
	mu   sync.Mutex
	next time.Time // when the next turn begins
}

// The limits of all streams together: about 500 turns a second, and after a pause as many at once as a
// crowded world has clients.
const (
	bytesPerSecond = 64 << 20
	bytesPerTurn   = 128 << 10 // what a turn costs beside its bytes: system calls, and waking somebody up
	paceBurst      = 250 * time.Millisecond
)

// turn returns when the caller may send, or when ctx ends.
func (p *pace) turn(ctx context.Context) {
	p.mu.Lock()
	now := time.Now()
	if earliest := now.Add(-paceBurst); p.next.Before(earliest) {
		p.next = earliest
	}
	wait := p.next.Sub(now)
	p.next = p.next.Add(cost(bytesPerTurn))
	p.mu.Unlock()
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// spend delays the following turns by the cost of some bytes.
func (p *pace) spend(bytes int) {
	p.mu.Lock()
	p.next = p.next.Add(cost(bytes))
	p.mu.Unlock()
}

func cost(bytes int) time.Duration {
	return time.Duration(bytes) * time.Second / bytesPerSecond
}
