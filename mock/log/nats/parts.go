package nats

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

const (
	smallest = 4 << 10 // the least that a message is expected to hold
	overhead = 1 << 10 // for the headers of a message
	uploads  = 4       // parts of a record that are on their way at the same time
)

// whole returns how many bytes of a record fit into a message.
func (l *Log) whole() int {
	most := l.limits.message
	if k := l.link.Load(); k != nil {
		if n := k.nc.MaxPayload(); n > 0 && n < int64(most) {
			most = int(n)
		}
	}
	return max(most, smallest) - overhead
}

// store stores what m has in parts, and makes it a message that names them. When it fails nobody ever sees them. It
// takes at most limits.parts, so that others know when parts will not be named any more.
func (l *Log) store(ctx context.Context, history string, m *nats.Msg, h *head, size int) error {
	ctx, cancel := context.WithTimeout(ctx, l.limits.parts)
	defer cancel()
	h.id = rand.Text()
	h.parts = (len(m.Data) + size - 1) / size
	subject := l.subject("part."+history+".") + h.id + "."
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	var senders sync.WaitGroup
	next := make(chan int)
	for range uploads {
		senders.Go(func() {
			for n := range next {
				part := m.Data[n*size : min((n+1)*size, len(m.Data))]
				if _, err := l.publish(ctx, &nats.Msg{Subject: subject + strconv.Itoa(n), Data: part}); err != nil {
					fail(err)
				}
			}
		})
	}
	for n := 0; n < h.parts && ctx.Err() == nil; n++ {
		select {
		case next <- n:
		case <-ctx.Done():
		}
	}
	close(next)
	senders.Wait()
	if ctx.Err() == nil {
		m.Data = nil
		return nil
	}
	l.discard(history, h.id)
	switch err := context.Cause(ctx).(type) {
	case *log.FullError:
		return err
	case *log.UnavailableError:
		return &log.UnavailableError{Because: err.Because, Retry: err.Retry} // the record itself was never sent
	default:
		return &log.UnavailableError{Because: fmt.Errorf("storing a record of %d parts: %w", h.parts, err)}
	}
}

// discard deletes the parts of a record that was not appended. What it misses the collection of orphans finds.
func (l *Log) discard(history, id string) {
	ctx, cancel := context.WithTimeout(l.ctx, time.Second)
	defer cancel()
	_ = l.purge(ctx, l.subject("part."+history+".")+id+".>", 0)
}

// parts are those that Follow has seen without the record that names them, and the names of those with.
type parts struct {
	mu      sync.Mutex
	waiting map[string]*bundle // by id
	named   []naming           // the last ones
}

// bundle is what there is of a record.
type bundle struct {
	history string
	since   time.Time
	data    map[int][]byte
}

// naming is a record that consists of parts.
type naming struct {
	history, id string
	at          log.Position
}

// remembered is how many records with parts are known to Cut. The parts of older ones are found by the next Follow.
const remembered = 10000

func (p *parts) add(history, id, n string, data []byte) {
	number, err := strconv.Atoi(n)
	if err != nil || number < 0 || !named(history, 80, inHistory) || !named(id, 40, inID) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.waiting[id]
	if b == nil {
		b = &bundle{history: history, since: time.Now(), data: map[int][]byte{}}
		if p.waiting == nil {
			p.waiting = map[string]*bundle{}
		}
		p.waiting[id] = b
	}
	b.data[number] = data
}

func inID(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
}

// join returns the data of the record at a position, or nil if some of its parts are not there.
func (p *parts) join(history, id string, count int, at log.Position) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.named) >= remembered {
		p.named = append(p.named[:0], p.named[remembered/2:]...)
	}
	p.named = append(p.named, naming{history, id, at})
	b := p.waiting[id]
	if b == nil || b.history != history || len(b.data) < count {
		return nil
	}
	delete(p.waiting, id)
	total := 0
	for _, part := range b.data {
		total += len(part)
	}
	data := make([]byte, 0, total)
	for n := range count {
		data = append(data, b.data[n]...)
	}
	return data
}

// cut returns the ids of the records of a history before a position, and forgets them.
func (p *parts) cut(history string, before log.Position) (ids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.named = slices.DeleteFunc(p.named, func(n naming) bool {
		is := n.history == history && n.at < before
		if is {
			ids = append(ids, n.id)
		}
		return is
	})
	return ids
}

// old returns the ids of those that have waited for longer than limit.
func (p *parts) old(limit time.Duration) (ids []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, b := range p.waiting {
		if time.Since(b.since) > limit {
			ids = append(ids, id)
		}
	}
	return ids
}

// forget returns whose part it is, or "" when it does not wait any more.
func (p *parts) forget(id string) (history string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if b := p.waiting[id]; b != nil {
		history = b.history
		delete(p.waiting, id)
	}
	return history
}

// collect deletes what nobody needs, until ctx ends: parts that no record will ever name, because the server that
// stored them has crashed or the record that named them was cut, and messages that are not records.
func (l *Log) collect(ctx context.Context) {
	ticker := time.NewTicker(l.limits.orphans / 4)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-l.follow.waste:
			_ = l.erase(ctx, at)
			continue
		case <-ticker.C:
		}
		ids := l.follow.parts.old(l.limits.orphans)
		// limits.parts after the first part nobody names it any more; what was named before the barrier was seen.
		if len(ids) == 0 || l.Sync(ctx) != nil {
			continue
		}
		for _, id := range ids {
			if history := l.follow.parts.forget(id); history != "" {
				_ = l.purge(ctx, l.subject("part."+history+".")+id+".>", 0)
			}
		}
	}
}
