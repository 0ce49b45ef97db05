// Package journal keeps what was asked and what was answered.
//
// A [Journal] is a ring of the last exchanges, bounded in their number and in bytes. Whoever
// records an exchange takes the secrets out first (package redact), so nothing that reads the
// journal can leak them. It is safe for concurrent use.
package journal

import (
	"container/list"
	"context"
	"math"
	"slices"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/memory"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Limits bound a journal. The newest exchange is kept whatever its size.
type Limits struct {
	Exchanges int // at least 1
	Bytes     int // about how much memory they may take

	Total *Total // of all journals; nil for none
}

// Journal is a ring of the last exchanges.
type Journal struct {
	limits Limits

	mu      sync.Mutex
	ring    []entry       // grows to limits.Exchanges, then goes round
	oldest  int           // index of the oldest in ring
	count   int           // how many are kept
	bytes   int           // of those kept
	dropped int           // how many had to go for others since the last reset
	last    int64         // ID of the newest
	cleared int64         // what last was at the last reset
	changed chan struct{} // closed at the next exchange; nil while nobody waits
	watches map[*watch]bool
	held    *held // what waits for Release; nil for nothing

	// Guarded by limits.Total.
	place   *list.Element
	counted int // bytes that it knows of
	closed  bool
}

// entry is an exchange with its size.
type entry struct {
	traffic.Exchange
	later Later // makes it; nil once it is made
	bytes int
}

// New makes an empty journal. It takes no memory before the first exchange.
func New(limits Limits) *Journal { return &Journal{limits: limits} }

// Record stores an exchange, drops the oldest ones that are too many, and returns its ID.
func (j *Journal) Record(x traffic.Exchange) (id int64) {
	id, shown := j.record(&x)
	if shown {
		j.limits.Total.settle(j)
	}
	return id
}

// record is Record without the limit on all journals. It reports whether others can see the exchange.
func (j *Journal) record(x *traffic.Exchange) (id int64, shown bool) {
	bytes := memory.Exchange(x)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.held != nil {
		return j.held.exchange(*x, j.last, bytes), false
	}
	j.add(&entry{Exchange: *x, bytes: bytes})
	return j.last, true
}

// add stores an entry as the newest. The journal is locked.
func (j *Journal) add(e *entry) {
	j.last++
	e.ID = j.last
	j.bytes += e.bytes
	for j.count > 0 && (j.count >= j.limits.Exchanges || j.bytes > j.limits.Bytes) {
		j.drop()
	}
	if j.count == len(j.ring) {
		j.grow()
	}
	j.count++
	*j.at(j.count - 1) = *e
	if len(j.watches) > 0 {
		j.show(j.exchange(j.count - 1))
	}
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
}

// drop makes way for others by the oldest.
func (j *Journal) drop() {
	j.bytes -= j.at(0).bytes
	*j.at(0) = entry{} // so that the ring does not keep it alive
	j.oldest = (j.oldest + 1) % len(j.ring)
	j.count--
	j.dropped++
}

// at is the i-th of those kept, the oldest first.
func (j *Journal) at(i int) *entry { return &j.ring[(j.oldest+i)%len(j.ring)] }

// exchange is the i-th exchange of those kept, the oldest first.
func (j *Journal) exchange(i int) *traffic.Exchange {
	e := j.at(i)
	if e.later != nil {
		id := e.ID
		e.Exchange, e.later = e.later.Exchange(), nil
		e.ID = id
	}
	return &e.Exchange
}

// grow makes room for more, up to the limit.
func (j *Journal) grow() {
	larger := make([]entry, min(max(2*len(j.ring), 16), max(j.limits.Exchanges, 1)))
	for i := range j.count {
		larger[i] = *j.at(i)
	}
	j.ring, j.oldest = larger, 0
}

// Since lists what the journal holds of the exchanges after the one with an ID, the oldest
// first; all for 0.
func (j *Journal) Since(id int64) []traffic.Exchange { return j.After(id, math.MaxInt) }

// After lists at most so many of what Since does, the oldest of them.
func (j *Journal) After(id int64, limit int) []traffic.Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.after(id, limit)
}

func (j *Journal) after(id int64, limit int) []traffic.Exchange {
	begin := j.count - j.newer(id)
	list := make([]traffic.Exchange, 0, min(j.count-begin, limit))
	for i := begin; len(list) < cap(list); i++ {
		list = append(list, *j.exchange(i))
	}
	return list
}

// newer is how many exchanges the journal holds of those after the one with an ID.
func (j *Journal) newer(id int64) int { return int(min(max(j.last-id, 0), int64(j.count))) }

// Wait waits until the journal holds an exchange after the one with an ID. It returns false when ctx
// ended first.
func (j *Journal) Wait(ctx context.Context, id int64) bool {
	for {
		next := j.Next(id)
		if next == nil {
			return true
		}
		select {
		case <-next:
		case <-ctx.Done():
			return false
		}
	}
}

// Next returns a channel that is closed at the next exchange, or nil when the journal already holds one after the
// one with an ID.
func (j *Journal) Next(id int64) <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.newer(id) > 0 {
		return nil
	}
	if j.changed == nil {
		j.changed = make(chan struct{})
	}
	return j.changed
}

// Find is the exchange with an ID, if the journal still holds it.
func (j *Journal) Find(id int64) (traffic.Exchange, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if i := int64(j.count) - 1 - (j.last - id); id > 0 && id <= j.last && i >= 0 {
		return *j.exchange(int(i)), true
	}
	return traffic.Exchange{}, false
}

// Expect marks violations of an exchange as allowed. It returns the exchange with those that were
// not yet, and false when there are none.
func (j *Journal) Expect(id int64, codes []string) (traffic.Exchange, bool) {
	held := j.hold(Entry{Expected: id, Codes: codes})
	j.mu.Lock()
	defer j.mu.Unlock()
	i := int64(j.count) - 1 - (j.last - id)
	if id <= 0 || id > j.last || i < 0 {
		return traffic.Exchange{}, false
	}
	kept := j.exchange(int(i))
	all, marked := slices.Clone(kept.Violations), []spec.Violation{} // others read the old list
	for i, v := range all {
		if !v.Allowed && slices.Contains(codes, string(v.Code)) {
			all[i].Allowed = true
			marked = append(marked, v)
		}
	}
	if !held {
		kept.Violations = all
	}
	x := *kept
	x.Violations = marked
	return x, len(marked) > 0
}

// LastID is the ID of the newest exchange; 0 when there was none.
func (j *Journal) LastID() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last + j.held.exchanges()
}

// LastReset is what LastID was when the journal was reset last; 0 before.
func (j *Journal) LastReset() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.cleared
}

// Reset forgets every exchange. IDs go on, so that whoever waits for the next one is not
// confused.
func (j *Journal) Reset() {
	if j.hold(Entry{Reset: true}) {
		return
	}
	j.reset()
	j.limits.Total.settle(j)
}

func (j *Journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.oldest, j.count, j.bytes, j.dropped, j.cleared = nil, 0, 0, 0, 0, j.last
	j.forget()
}
