package world

import (
	"fmt"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// A clock can be set to the years from FirstYear to LastYear. The difference to the real time fits a
// time.Duration.
const (
	FirstYear = 1900
	LastYear  = 2200
)

// YearError says that a clock cannot be set to a year.
type YearError struct{ Year int }

func (e *YearError) Error() string {
	return fmt.Sprintf("/now: the year is %d, must be %d to %d", e.Year, FirstYear, LastYear)
}

// Clock is the time in a world. It follows the server's clock, or goes on from a time of its own, or
// stands still. It is safe for concurrent use.
type Clock struct {
	base   func() time.Time
	stands bool // base always returns the same time

	mu     sync.RWMutex
	apart  bool // it goes on although base stands still
	offset time.Duration
	still  time.Time // zero while it runs
}

// Now returns the time in the world.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.still.IsZero() {
		return c.still
	}
	return c.ticks().Add(c.offset)
}

// ticks returns the time that offset is added to. The caller holds the lock.
func (c *Clock) ticks() time.Time {
	if c.apart {
		return time.Now()
	}
	return c.base()
}

// Change sets the time, stops the clock or lets it go on, as a traffic.ClockChange says. The error is a
// *YearError, and then nothing has changed.
func (c *Clock) Change(change traffic.ClockChange) error {
	now := c.Now()
	if change.Now != nil {
		now = change.Now.UTC()
		if now.Year() < FirstYear || now.Year() > LastYear {
			return &YearError{now.Year()}
		}
	}
	switch {
	case change.Still != nil:
		c.set(now, *change.Still)
	case change.Now != nil:
		c.set(now, c.stands) // it goes on where the server's clock does
	default:
		c.Reset()
	}
	return nil
}

// set sets the time. The clock goes on from there, or stands still.
func (c *Clock) set(now time.Time, still bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apart = c.stands && !still
	c.offset, c.still = now.Sub(c.ticks()), time.Time{}
	if still {
		c.still = now
	}
}

// Still reports whether the clock stands still.
func (c *Clock) Still() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return !c.still.IsZero() || c.stands && !c.apart
}

// copy makes the clock show the same time as another.
func (c *Clock) copy(from *Clock) { c.restore(from.save()) }

// Reset makes the clock follow the server's again.
func (c *Clock) Reset() { c.restore(savedClock{}) }

// savedClock is what a clock differs in from the server's.
type savedClock struct {
	Apart  bool          `json:"apart,omitempty"`
	Offset time.Duration `json:"offset,omitempty"` // in nanoseconds
	Still  time.Time     `json:"still,omitzero"`
}

func (c *Clock) save() savedClock {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return savedClock{c.apart, c.offset, c.still}
}

func (c *Clock) restore(saved savedClock) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.apart, c.offset, c.still = saved.Apart, saved.Offset, saved.Still
}
