package world

import (
	"sync"
	"time"
)

// Throttle counts requests as Laravel's RateLimiter does: a minute begins with the first one. It is
// safe for concurrent use.
type Throttle struct {
	mu       sync.Mutex
	byCaller map[int64]minute // as many as there is staff
}

type minute struct {
	ends time.Time
	hits int
}

// Hit counts a request of a caller, and returns how many the limit leaves it until the minute ends;
// less than none when it is over the limit, and then it was not counted.
func (t *Throttle) Hit(caller int64, now time.Time, limit int) (left int, ends time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.byCaller[caller]
	if !now.Before(m.ends) || m.ends.Sub(now) > time.Minute { // it is over, or the clock was put back
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

// Reset forgets what was counted.
func (t *Throttle) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byCaller = nil
}
