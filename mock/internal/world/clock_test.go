package world

import (
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// TestClockOfAServerThatStandsStill: a world's time goes on where it is asked to, and a copy's with it.
func TestClockOfAServerThatStandsStill(t *testing.T) {
	began := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	c := &Clock{base: func() time.Time { return began }, stands: true}
	later := began.Add(time.Hour)
	yes, no := true, false
	change := func(c *Clock, now time.Time, still *bool) {
		t.Helper()
		if err := c.Change(traffic.ClockChange{Now: &now, Still: still}); err != nil {
			t.Fatal(err)
		}
	}
	stands := func(name string, c *Clock, at time.Time) {
		t.Helper()
		if first, second := c.Now(), c.Now(); !c.Still() || !first.Equal(at) || !second.Equal(at) {
			t.Errorf("%s: still %t at %v and %v, want %v", name, c.Still(), first, second, at)
		}
	}
	goes := func(name string, c *Clock, from time.Time) {
		t.Helper()
		first := c.Now()
		for deadline := time.Now().Add(time.Minute); !c.Now().After(first); {
			if time.Now().After(deadline) {
				t.Fatalf("%s: got a clock that stands still, want one that runs", name)
			}
		}
		if c.Still() || first.Before(from) {
			t.Errorf("%s: still %t at %v, want it to run from %v", name, c.Still(), first, from)
		}
	}
	stands("at first", c, began)
	change(c, later, nil)
	stands("moved", c, later)
	change(c, later, &no)
	goes("let go", c, later)
	other := &Clock{base: c.base, stands: true}
	other.copy(c)
	goes("copied", other, later)
	change(c, began, &yes)
	stands("stopped", c, began)
	other.Reset()
	stands("reset", other, began)
}
