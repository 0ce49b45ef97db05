package file

import (
	"context"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// request is something that waits to be written.
type request struct {
	cut     bool // or an append
	history string
	after   log.Position // or before which to cut
	data    []byte
	done    chan struct{} // closed when what follows is set

	at   log.Position
	more bool // there is more to cut
	err  error

	taken, abandoned bool // guarded by the log's mu
}

// Append adds a record to the end of a history, as the interface says. Once it has been taken to be written it is written, whatever
// becomes of ctx; then the error is unsure.
func (l *Log) Append(ctx context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	switch {
	case !validName(history):
		return 0, badName(history)
	case len(data) == 0:
		return 0, &log.UnavailableError{Because: fmt.Errorf("history %q: the record is empty", history)}
	case len(data) > log.MaxRecord:
		return 0, &log.FullError{Because: fmt.Errorf("history %q: the record has %d bytes; max %d", history, len(data), log.MaxRecord)}
	}
	r := &request{history: history, after: after, data: data, done: make(chan struct{})}
	if err := l.do(ctx, r); err != nil {
		return 0, err
	}
	return r.at, r.err
}

// End is Append: the file keeps no room of its own, because others write to the disk, too.
func (l *Log) End(ctx context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	return l.Append(ctx, history, after, data)
}

// Cut forgets the records of a history before a position, as the interface says. Their room in the file is used again; the file
// does not shrink.
func (l *Log) Cut(ctx context.Context, history string, before log.Position) error {
	if !validName(history) {
		return badName(history)
	}
	for more := true; more; {
		r := &request{cut: true, history: history, after: before, done: make(chan struct{})}
		if err := l.do(ctx, r); err != nil {
			return err
		}
		if r.err != nil {
			return r.err
		}
		more = r.more
	}
	return nil
}

func badName(history string) error {
	return &log.UnavailableError{Because: fmt.Errorf("history %.80q: must be 1 to 80 characters out of a-z, 0-9, - and _", history)}
}

// do waits until a request is done. The error says that it gave up.
func (l *Log) do(ctx context.Context, r *request) error {
	if err := l.enqueue(ctx, r); err != nil {
		return err
	}
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return l.abandon(ctx, r)
	}
}

func (l *Log) enqueue(ctx context.Context, r *request) error {
	if ctx.Err() != nil {
		return &log.UnavailableError{Because: context.Cause(ctx)}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.broken != nil {
		return l.unavailable()
	}
	l.queue = append(l.queue, r)
	select {
	case l.wake <- struct{}{}:
	default:
	}
	return nil
}

// abandon takes a request back if it still waits. If it is being written, Follow will see the record.
func (l *Log) abandon(ctx context.Context, r *request) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-r.done:
		return nil
	default:
	}
	r.abandoned = true
	if r.taken {
		l.abandoned++
	}
	return &log.UnavailableError{Because: context.Cause(ctx), Unsure: r.taken && !r.cut}
}
