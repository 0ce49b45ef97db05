package world

import (
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
	ends time.Time
	hits int
}

// Hit counts a request of a caller. It returns how many more requests the limit allows until the minute
// ends, or -1 when the limit was reached before; that request is not counted.
func (t *Throttle) Hit(caller int64, now time.Time, limit int) (left int, ends time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.byCaller[caller]
	if !now.Before(m.ends) || m.ends.Sub(now) > time.Minute { // the minute is over, or the clock was set back
		m = minute{ends: now.Add(time.Minute)}
	}
	if m.hits >= limit {
		return -1, m.ends
	}
	m.hits++
	if t.byCaller == nil {
		t.byCaller = map[int64]minute{}
	}
	t.byCaller[caller] = m
	return limit - m.hits, m.ends
}

// Reset forgets all counts.
func (t *Throttle) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byCaller = nil
}
