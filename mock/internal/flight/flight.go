// Package flight bounds how much memory requests and answers take while they are on their way.
//
// A [Budget] belongs to a server. Each request has a [Share] of it, which grows as its body comes
// in and its answer is encoded. When the budget is spent, a share waits its turn to grow, and gives
// up after a while.
package flight

import (
	"container/list"
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// Free is how many bytes of a body or an answer do not count: about what a connection takes anyway.
const Free = 16 << 10

// ErrSpent says that the budget is spent, and was for as long as a share waits.
var ErrSpent = errors.New("too much is in flight")

// Budget is the memory that all shares have together. It is safe for concurrent use.
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

// New makes a budget of limit bytes; a share that finds it spent waits so long,
// all in all.
func New(limit int64, wait time.Duration) *Budget { return &Budget{limit: limit, wait: wait} }

// Limit is how many bytes there are in all.
func (b *Budget) Limit() int64 { return b.limit }

// take gets n bytes now, or a waiter whose turn comes.
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

// grant serves whoever waits, in order.
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

// leave takes a waiter out of the queue; false when it was granted meanwhile.
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

// Share is what one request has of a budget. It is not safe for concurrent use.
type Share struct {
	budget *Budget
	held   int64
	waited time.Duration // so far
}

// Share begins one, which holds nothing. Release ends it.
func (b *Budget) Share() *Share { return &Share{budget: b} }

// TryHold makes the share hold at least n bytes, if there are any left.
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

// Hold makes the share hold at least n bytes, and waits for them. The error is ErrSpent, or ctx's.
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

// Held is how many bytes the share holds.
func (s *Share) Held() int64 { return s.held }

// Release gives everything back.
func (s *Share) Release() {
	if s.held > 0 {
		s.budget.give(s.held)
		s.held = 0
	}
}

// ReadAll reads a body of at most limit bytes, which is length long or, where that is negative, of
// unknown length. The share holds what it takes beyond Free, step by step as it comes in.
// tooLong: there was more than the limit.
func (s *Share) ReadAll(ctx context.Context, from io.Reader, length, limit int64) (body []byte, tooLong bool, err error) {
	most := limit + 1 // one more than there may be
	if length >= 0 {
		most = min(most, length+1) // and one to see the end
	}
	body = make([]byte, 0, min(most, Free))
	for {
		if len(body) == cap(body) {
			if int64(len(body)) >= most {
				return body, int64(len(body)) > limit, nil
			}
			size := min(2*int64(cap(body)), most)
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
