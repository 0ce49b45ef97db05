package journal

import (
	"container/list"
	"sync"
)

// Total bounds the memory that journals take together. Beyond it the one that was not recorded to
// for longest gives its exchanges up first, the oldest before the others. It is safe for concurrent
// use.
type Total struct {
	limit int

	mu    sync.Mutex
	taken int
	order list.List // of *Journal, the one recorded to last in front
}

// NewTotal makes a bound of limit bytes.
func NewTotal(limit int) *Total { return &Total{limit: limit} }

// settle counts what a journal takes since it has changed, and makes room. A journal's own mutex is
// locked after the total's, never before.
func (t *Total) settle(j *Journal) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if j.closed {
		return
	}
	t.count(j)
	if j.place == nil {
		j.place = t.order.PushFront(j)
	}
	t.order.MoveToFront(j.place)
	for place := t.order.Back(); place != nil && t.taken > t.limit; place = place.Prev() {
		victim := place.Value.(*Journal)
		victim.shed(t.taken - t.limit)
		t.count(victim)
	}
}

// count brings what is known of a journal up to date.
func (t *Total) count(j *Journal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t.taken += j.bytes - j.counted
	j.counted = j.bytes
}

// Close takes a journal that nobody needs any more out of the total.
func (j *Journal) Close() {
	t := j.limits.Total
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken -= j.counted
	j.counted, j.closed = 0, true
	if j.place != nil {
		t.order.Remove(j.place)
	}
}

// shed drops the oldest exchanges, n bytes of them or all but the newest.
func (j *Journal) shed(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for before := j.bytes; j.count > 1 && before-j.bytes < n; {
		j.drop()
	}
}

// Dropped is how many exchanges had to go for others since the journal was reset.
func (j *Journal) Dropped() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped
}
