package nats

import (
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
)

// acks are those who wait for the acknowledgement of a message. All share one subscription.
type acks struct {
	mu      sync.Mutex
	last    uint64
	waiting map[uint64]chan *nats.Msg
	free    []chan *nats.Msg
}

// add returns a token for the reply subject, and a channel that gets the acknowledgement, or nil when the connection
// is lost.
func (a *acks) add() (token uint64, arrived chan *nats.Msg) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last++
	if n := len(a.free); n > 0 {
		arrived, a.free = a.free[n-1], a.free[:n-1]
	} else {
		arrived = make(chan *nats.Msg, 1)
	}
	if a.waiting == nil {
		a.waiting = map[uint64]chan *nats.Msg{}
	}
	a.waiting[a.last] = arrived
	return a.last, arrived
}

// done must follow add when nobody waits any more.
func (a *acks) done(token uint64, arrived chan *nats.Msg) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.waiting, token)
	select {
	case <-arrived:
	default:
	}
	if len(a.free) < 1000 {
		a.free = append(a.free, arrived)
	}
}

func (a *acks) arrive(token string, m *nats.Msg) {
	n, err := strconv.ParseUint(token, 36, 64)
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if arrived := a.waiting[n]; arrived != nil {
		delete(a.waiting, n)
		arrived <- m
	}
}

// failAll tells everybody that the connection is lost.
func (a *acks) failAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for token, arrived := range a.waiting {
		delete(a.waiting, token)
		arrived <- nil
	}
}
