// Package flight limits how much memory requests and answers use while they are in flight.
//
// A [Budget] belongs to a server. Each request has a [Share] of it, which grows as its body is read
// and its answer is encoded. When the budget is spent, a share waits its turn to grow, and gives up
// after a while.
package flight

import (
	"container/list"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// Free is the number of bytes of a body or an answer that do not count: about what a connection uses
// anyway.
const Free = 16 << 10

// ErrSpent means that the budget is spent and stayed so for as long as a share waits.
var ErrSpent = errors.New("too much is in flight")

// Budget is the memory that all shares use together. It is safe for concurrent use.
type Budget struct {
	limit int64
	wait  time.Duration

	mu      sync.Mutex
	spent   int64
	waiting list.List // of waiter, the first to come in front
}

type waiter struct {
	n       int64
	granted chan struct{} // closed when it is
}

// New returns a budget of limit bytes. A share waits for that long in total when the budget is
// spent.
func New(limit int64, wait time.Duration) *Budget { return &Budget{limit: limit, wait: wait} }

// Limit returns the size of the budget in bytes.
func (b *Budget) Limit() int64 { return b.limit }

// take reserves n bytes at once, or returns a waiter that gets them later.
func (b *Budget) take(n int64, queue bool) (ok bool, place *list.Element) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.waiting.Len() == 0 && b.spent+n <= b.limit:
		b.spent += n
		return true, nil
	case !queue || n > b.limit:
		return false, nil
	}
	return false, b.waiting.PushBack(&waiter{n, make(chan struct{})})
}

func (b *Budget) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent -= n
	b.grant()
}

// grant serves the waiters in order.
func (b *Budget) grant() {
	for front := b.waiting.Front(); front != nil; front = b.waiting.Front() {
		w := front.Value.(*waiter)
		if b.spent+w.n > b.limit {
			return
		}
		b.spent += w.n
		b.waiting.Remove(front)
		close(w.granted)
	}
}

// leave removes a waiter from the queue. It returns false if the waiter was granted in the meantime.
func (b *Budget) leave(place *list.Element) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := place.Value.(*waiter)
	select {
	case <-w.granted:
		return false
	default:
		b.waiting.Remove(place)
		b.grant() // those behind it may be smaller
		return true
	}
}

// Share is the part of a budget that one request uses. It is not safe for concurrent use.
type Share struct {
	budget *Budget
	held   int64
	waited time.Duration // so far
}

// Share returns a new share, which holds nothing. Call Release when done.
func (b *Budget) Share() *Share { return &Share{budget: b} }

// TryHold makes the share hold at least n bytes, and reports whether the budget had enough left.
func (s *Share) TryHold(n int64) bool {
	if n <= s.held {
		return true
	}
	ok, _ := s.budget.take(n-s.held, false)
	if ok {
		s.held = n
	}
	return ok
}

// Hold makes the share hold at least n bytes, and waits for them if necessary. It returns ErrSpent
// or ctx's error.
func (s *Share) Hold(ctx context.Context, n int64) error {
	if n <= s.held {
		return nil
	}
	ok, place := s.budget.take(n-s.held, true)
	if place == nil && !ok {
		return ErrSpent
	}
	if !ok {
		if err := s.await(ctx, place); err != nil {
			return err
		}
	}
	s.held = n
	return nil
}

func (s *Share) await(ctx context.Context, place *list.Element) error {
	began := time.Now()
	defer func() { s.waited += time.Since(began) }()
	timer := time.NewTimer(s.budget.wait - s.waited)
	defer timer.Stop()
	err := ErrSpent
	select {
	case <-place.Value.(*waiter).granted:
		return nil
	case <-timer.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if s.budget.leave(place) {
		return err
	}
	return nil
}

// Held returns how many bytes the share holds.
func (s *Share) Held() int64 { return s.held }

// Release returns all bytes to the budget.
func (s *Share) Release() {
	if s.held > 0 {
		s.budget.give(s.held)
		s.held = 0
	}
}

// ReadAll reads a body of at most limit bytes. length is its length, or negative if that is unknown.
// The share grows with the body, by what exceeds Free. tooLong reports whether the body exceeds
// limit.
func (s *Share) ReadAll(ctx context.Context, from io.Reader, length, limit int64) (body []byte, tooLong bool, err error) {
	enough := limit + 1 // one more than allowed
	if length >= 0 {
		enough = min(enough, length+1) // and one to see the end
	}
	body = make([]byte, 0, min(enough, Free))
	for {
		if len(body) == cap(body) {
			if int64(len(body)) >= enough {
				return body, int64(len(body)) > limit, nil
			}
			size := min(2*int64(cap(body)), enough)
			if err := s.Hold(ctx, size); err != nil {
				return nil, false, err
			}
			larger := make([]byte, len(body), size)
			copy(larger, body)
			body = larger
		}
		n, err := from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == io.EOF {
			return body, int64(len(body)) > limit, nil
		}
		if err != nil {
			return body, false, err
		}
	}
}

// Reader reads a body, of which every byte beyond Free counts weight times.
func (s *Share) Reader(ctx context.Context, from io.ReadCloser, weight int64) io.ReadCloser {
	return &reader{ReadCloser: from, ctx: ctx, share: s, weight: weight}
}

type reader struct {
	io.ReadCloser
	ctx          context.Context
	share        *Share
	read, weight int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if r.read += int64(n); r.read > Free {
		if err := r.share.Hold(r.ctx, r.weight*r.read); err != nil {
			return 0, err
		}
	}
	return n, err
}
