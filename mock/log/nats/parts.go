package nats

import (
	"context"
	"crypto/rand"
	"errors"
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
	err := context.Cause(ctx)
	if full := (*log.FullError)(nil); errors.As(err, &full) {
		return full
	}
	if unavailable := (*log.UnavailableError)(nil); errors.As(err, &unavailable) {
		return &log.UnavailableError{Because: unavailable.Because, Retry: unavailable.Retry} // the record itself was never sent
	}
	return &log.UnavailableError{Because: fmt.Errorf("storing a record of %d parts: %w", h.parts, err)}
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
	bytes   int                // that they hold
	named   []naming           // the last ones
}

// bundle is what there is of a record.
type bundle struct {
	history string
	since   time.Time
	data    map[int][]byte // nil once it was dropped; the stream still has it
	bytes   int
}

// naming is a record that consists of parts.
type naming struct {
	history, id string
	at          log.Position
}

// remembered is how many records with parts are known to Cut. The parts of older ones are found by the next Follow.
const remembered = 10000

// add takes in a part. When those that wait take more than limit bytes, the data of the oldest records is dropped.
func (p *parts) add(history, id, n string, data []byte, limit int) {
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
	if b.data == nil {
		return
	}
	grown := len(data) - len(b.data[number])
	b.data[number] = data
	b.bytes += grown
	p.bytes += grown
	for p.bytes > limit {
		p.drop(p.oldest())
	}
}

// oldest returns the record that has waited longest of those that hold data. There must be one. The caller holds mu.
func (p *parts) oldest() (oldest *bundle) {
	for _, b := range p.waiting {
		if b.data != nil && (oldest == nil || b.since.Before(oldest.since)) {
			oldest = b
		}
	}
	return oldest
}

// drop forgets the data of a record, but not that it waits. The caller holds mu.
func (p *parts) drop(b *bundle) {
	p.bytes -= b.bytes
	b.data, b.bytes = nil, 0
}

func inID(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
}

// join returns the data of the record at a position, or nil if some of its parts are not there. It reports whether they
// were dropped, so that the stream may have them.
func (p *parts) join(history, id string, count int, at log.Position) (data []byte, dropped bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.named) >= remembered {
		p.named = append(p.named[:0], p.named[remembered/2:]...)
	}
	p.named = append(p.named, naming{history, id, at})
	b := p.waiting[id]
	switch {
	case b == nil || b.history != history:
		return nil, false
	case b.data == nil: // it waits until they have been read again
		return nil, true
	case len(b.data) < count:
		return nil, false
	}
	delete(p.waiting, id)
	data = make([]byte, 0, b.bytes)
	for n := range count {
		data = append(data, b.data[n]...)
	}
	p.drop(b)
	return data, false
}

// again reads the parts of a record at a position out of the stream: those that were dropped. It returns nil when the record
// is not there any more.
func (l *Log) again(ctx context.Context, history, id string, count int, at log.Position) ([]byte, error) {
	var data []byte
	for n := range count {
		part, err := l.ask(ctx, "MSG.GET", struct {
			Last string `json:"last_by_subj"`
		}{l.subject("part."+history+".") + id + "." + strconv.Itoa(n)})
		if err != nil {
			return nil, err
		}
		if part.Seq == 0 { // records are cut before their parts
			named, err := l.ask(ctx, "MSG.GET", struct {
				Seq uint64 `json:"seq"`
			}{uint64(at)})
			if err == nil && named.Seq != 0 {
				err = fmt.Errorf("part %d of record %d is not there", n, at)
			}
			return nil, err
		}
		data = append(data, part.Data...)
	}
	return data, nil
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
		p.drop(b)
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
