package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// streams are the clients that listen to events, of all worlds.
type streams struct {
	most, mostInWorld int
	pace              pace

	mu    sync.Mutex
	all   int
	feeds map[*world.World]*feed // of the worlds in which somebody listens
}

// join counts one more client, and returns what those of a world share.
func (s *streams) join(w *world.World) (*feed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shared := s.feeds[w]
	switch {
	case s.all >= s.most:
		return nil, problemf(http.StatusServiceUnavailable, "limit reached: %d clients listen; --streams allows more", s.all)
	case shared == nil:
		shared = &feed{world: w}
		if s.feeds == nil {
			s.feeds = map[*world.World]*feed{}
		}
		s.feeds[w] = shared
	case shared.clients >= s.mostInWorld:
		return nil, problemf(http.StatusServiceUnavailable, "limit reached: %d clients listen to the world %q; --world-streams allows more", shared.clients, w.Name)
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

// feed is what the clients that listen to a world share: the last events, each encoded once.
type feed struct {
	world   *world.World
	clients int // guarded by streams.mu

	mu     sync.Mutex
	first  int64    // ID of the first of events
	events [][]byte // one after the other
	bytes  int
}

// mostShared is how many bytes of events a world keeps for those who listen.
const mostShared = 1 << 20

// event returns an exchange as an event. The caller must not change it.
func (f *feed) event(x *traffic.Exchange) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := f.first + int64(len(f.events))
	if x.ID >= f.first && x.ID < next {
		return f.events[x.ID-f.first], nil
	}
	data, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	event := fmt.Appendf(nil, "id: %s\nevent: exchange\ndata: %s\n\n", eventID(x.ID, f.world), data)
	if x.ID < f.first { // somebody comes late
		return event, nil
	}
	if x.ID > next || len(f.events) == 0 {
		f.first, f.events, f.bytes = x.ID, nil, 0
	}
	f.events, f.bytes = append(f.events, event), f.bytes+len(event)
	for f.bytes > mostShared {
		f.bytes -= len(f.events[0])
		f.events[0] = nil // so that what is behind it does not keep it alive
		f.events, f.first = f.events[1:], f.first+1
	}
	return event, nil
}

// pace bounds the work for all streams together, so that it takes little from the requests that
// they tell of. Whoever has to wait for its turn finds more to tell then, in one go. The zero pace is
// ready.
type pace struct {
	mu   sync.Mutex
	next time.Time // when the next turn begins
}

// What all streams together may take: some 500 turns a second, and at once, after a pause, as many as
// there are clients in a crowded world.
const (
	bytesPerSecond = 64 << 20
	bytesPerTurn   = 128 << 10 // what a turn costs beside its bytes: system calls, and waking somebody up
	paceBurst      = 250 * time.Millisecond
)

// turn waits for its turn, or for ctx to end.
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

// spend puts off the turns that come by what so many bytes cost.
func (p *pace) spend(bytes int) {
	p.mu.Lock()
	p.next = p.next.Add(cost(bytes))
	p.mu.Unlock()
}

func cost(bytes int) time.Duration {
	return time.Duration(bytes) * time.Second / bytesPerSecond
}
