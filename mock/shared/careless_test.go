package shared_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/logtest"
)

// careless is a log that appends although another record came first.
type careless struct {
	log.Log
	mu   sync.Mutex
	last map[string]log.Position
}

func (c *careless) Follow(ctx context.Context, see func(log.Record)) error {
	return c.Log.Follow(ctx, func(r log.Record) {
		c.mu.Lock()
		c.last[r.History] = r.At
		c.mu.Unlock()
		see(r)
	})
}

func (c *careless) Append(ctx context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	for {
		at, err := c.Log.Append(ctx, history, after, data)
		if !errors.As(err, new(*log.ConflictError)) {
			return at, err
		}
		if err := c.Sync(ctx); err != nil {
			return 0, err
		}
		c.mu.Lock()
		after = c.last[history]
		c.mu.Unlock()
	}
}

// TestHistoriesCanFail checks the check: it must find out when servers use a log that is wrong, and only then.
func TestHistoriesCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		open      func(m *logtest.Memory) log.Log
		histories int
		want      bool // an order explains each of them; otherwise at least one has none
	}{
		{"a good log", func(m *logtest.Memory) log.Log { return m.Open() }, 2, true},
		{"a log that appends after any record", func(m *logtest.Memory) log.Log {
			return &careless{Log: m.Open(), last: map[string]log.Position{}}
		}, 10, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			shares := &logtest.Memory{}
			var servers []*replica
			for range 3 {
				r := newReplica(t, mock.Options{}, func() (log.Log, error) { return c.open(shares), nil })
				r.ready()
				servers = append(servers, r)
			}
			for n := range c.histories {
				h := newHistory(fmt.Sprintf("h%d", n), servers, uint64(n))
				h.run(func() {})
				h.lookAround()
				if c.want {
					h.check(t, nil)
				} else if porcupine.CheckOperationsTimeout(shared, h.done, checkWithin) == porcupine.Illegal {
					return // as it should be
				}
			}
			if !c.want {
				t.Errorf("got an order for each of %d histories, want none for some", c.histories)
			}
		})
	}
}
