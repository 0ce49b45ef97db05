package nats

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Sync implements [log.Log].
func (l *Log) Sync(ctx context.Context) error {
	at, err := l.barriers.join(ctx, l)
	if err != nil {
		return err
	}
	return l.seen.wait(ctx, l, at)
}

// barriers publishes messages that everything acknowledged before is before. Those who come while one is on its way
// share the next.
type barriers struct {
	mu      sync.Mutex
	running bool
	next    *barrier // which has not begun
	stopped bool
	last    uint64 // run's: the last message, if nothing replaces it
}

type barrier struct {
	done chan struct{}
	at   uint64
	err  error
}

// join returns the sequence of a barrier that began after the call.
func (b *barriers) join(ctx context.Context, l *Log) (uint64, error) {
	b.mu.Lock()
	if b.stopped {
		b.mu.Unlock()
		return 0, &log.UnavailableError{Because: log.ErrClosed}
	}
	if b.next == nil {
		b.next = &barrier{done: make(chan struct{})}
	}
	mine := b.next
	if !b.running {
		b.running = true
		l.work.Go(func() { b.run(l) })
	}
	b.mu.Unlock()
	select {
	case <-mine.done:
		return mine.at, mine.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// run publishes barriers until nobody waits for one.
func (b *barriers) run(l *Log) {
	for {
		b.mu.Lock()
		now := b.next
		b.next = nil
		b.running = now != nil
		b.mu.Unlock()
		if now == nil {
			return
		}
		now.at, now.err = l.barrier()
		close(now.done)
		if now.at != 0 && l.skips() {
			_ = l.erase(l.ctx, b.last) // a server that is killed leaves one
			b.last = now.at
		}
	}
}

// stop lets no new barrier begin.
func (b *barriers) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
}

func (l *Log) barrier() (uint64, error) {
	m := &nats.Msg{Subject: l.subject("sync")}
	if !l.skips() { // then each barrier replaces the one before it, so that the stream holds one
		m.Header = nats.Header{jetstream.MsgRollup: {jetstream.MsgRollupSubject}}
	}
	at, err := l.publish(l.ctx, m)
	var full *log.FullError
	if errors.As(err, &full) && l.purge(l.ctx, m.Subject, 0) == nil { // the last one leaves room for this one
		at, err = l.squeeze(l.ctx, m)
	}
	if errors.As(err, &full) {
		err = &log.UnavailableError{Because: full, Retry: 10 * time.Second}
	}
	return at, err
}

// progress is how far Follow is in the stream.
type progress struct {
	mu      sync.Mutex
	at      uint64
	changed chan struct{} // closed at the next change, if somebody waits
}

func (p *progress) now() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at
}

func (p *progress) reach(at uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.at = at
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}

func (p *progress) wait(ctx context.Context, l *Log, at uint64) error {
	for {
		p.mu.Lock()
		if p.at >= at {
			p.mu.Unlock()
			return nil
		}
		if p.changed == nil {
			p.changed = make(chan struct{})
		}
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-l.ctx.Done():
			return &log.UnavailableError{Because: log.ErrClosed}
		case <-l.state.dead:
			return &log.UnavailableError{Because: l.problem()}
		}
	}
}
