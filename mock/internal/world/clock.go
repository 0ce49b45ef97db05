package world

import (
	"sync"
	"time"
)

// The years that a clock can be put to: the difference to any real time fits a time.Duration.
const FirstYear, LastYear = 1900, 2200

// Clock is a world's time: it runs with the server's, or apart from it, or stands still. It is
// safe for concurrent use.
type Clock struct {
	base   func() time.Time
	stands bool // base always returns the same time

	mu     sync.RWMutex
	apart  bool // it goes on although base stands
	offset time.Duration
	still  time.Time // zero while it runs
}

// Now is the world's time.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.still.IsZero() {
		return c.still
	}
	return c.ticks().Add(c.offset)
}

// ticks is the time that the clock's is offset from. The caller holds the lock.
func (c *Clock) ticks() time.Time {
	if c.apart {
		return time.Now()
	}
	return c.base()
}

// Set makes it be now; it goes on from there, or stands still.
func (c *Clock) Set(now time.Time, still bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apart = c.stands && !still
	c.offset, c.still = now.Sub(c.ticks()), time.Time{}
	if still {
		c.still = now
	}
}

// Move makes it be now; it goes on from there where the server's time does.
func (c *Clock) Move(now time.Time) { c.Set(now, c.stands) }

// Still reports whether it stands still.
func (c *Clock) Still() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return !c.still.IsZero() || c.stands && !c.apart
}

// copy makes it tell the same time as another.
func (c *Clock) copy(from *Clock) {
	from.mu.RLock()
	apart, offset, still := from.apart, from.offset, from.still
	from.mu.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apart, c.offset, c.still = apart, offset, still
}

// Reset makes it run with the server's again.
func (c *Clock) Reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apart, c.offset, c.still = false, 0, time.Time{}
}
