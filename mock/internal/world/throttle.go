package world

import (
	"maps"
	"sync"
	"time"
)

// Throttle counts requests as Laravel's RateLimiter does: a minute begins with the first request in it. It is
// safe for concurrent use.
type Throttle struct {
	mu       sync.Mutex
	byCaller map[int64]minute // at most one for each member of the staff
}

type minute struct {
	Ends time.Time `json:"ends"`
	Hits int       `json:"hits"`
}

// Hit counts a request of a caller. It returns how many more requests the limit allows until the minute
// ends, or -1 when the limit was reached before; that request is not counted.
func (t *Throttle) Hit(caller int64, now time.Time, limit int) (left int, ends time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.byCaller[caller]
	if !now.Before(m.Ends) || m.Ends.Sub(now) > time.Minute { // the minute is over, or the clock was set back
		m = minute{Ends: now.Add(time.Minute)}
	}
	if m.Hits >= limit {
		return -1, m.Ends
	}
	m.Hits++
	if t.byCaller == nil {
		t.byCaller = map[int64]minute{}
	}
	t.byCaller[caller] = m
	return limit - m.Hits, m.Ends
}

// Reset forgets all counts.
func (t *Throttle) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byCaller = nil
}

// save returns the minutes of all callers.
func (t *Throttle) save() map[int64]minute {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.byCaller)
}

func (t *Throttle) restore(saved map[int64]minute) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byCaller = saved
}
