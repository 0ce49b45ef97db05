package journal

import (
	"context"
	"math"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Watcher waits for something in a journal. Its methods are called one at a time, while the journal
// is locked: they must be quick, and must not call it.
type Watcher interface {
	See(*traffic.Exchange) // the next one; the pointer is for the time of the call
	Settled() bool         // there is nothing more to wait for
	Forget()               // whatever it saw is gone: the journal was reset
}

// watch is a Watcher that waits.
type watch struct {
	Watcher
	dropped int           // exchanges that had to go before it could see them
	settled chan struct{} // closed when it is
}

// Watch shows a Watcher what the journal holds, the oldest first, and then each exchange as it is
// recorded, once, until it is settled or ctx ends. It returns what the journal holds then, and how many
// exchanges had to go for others before the Watcher could see them.
func (j *Journal) Watch(ctx context.Context, who Watcher) (kept []traffic.Exchange, dropped int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.count {
		who.See(j.exchange(i))
	}
	w := &watch{who, j.dropped, make(chan struct{})}
	if !who.Settled() && ctx.Err() == nil {
		if j.watches == nil {
			j.watches = map[*watch]bool{}
		}
		j.watches[w] = true
		j.mu.Unlock()
		select {
		case <-w.settled:
		case <-ctx.Done():
		}
		j.mu.Lock()
		delete(j.watches, w)
	}
	return j.after(0, math.MaxInt), w.dropped
}

// show shows the watchers an exchange. The journal is locked.
func (j *Journal) show(x *traffic.Exchange) {
	for w := range j.watches {
		w.See(x)
		if w.Settled() {
			close(w.settled)
			delete(j.watches, w)
		}
	}
}

// forget tells the watchers of a reset. The journal is locked.
func (j *Journal) forget() {
	for w := range j.watches {
		w.Forget()
		w.dropped = 0
	}
}
