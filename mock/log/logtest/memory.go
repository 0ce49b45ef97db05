// Package logtest has what tests of logs share.
package logtest

import (
	"context"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Memory is a log in memory that several servers of a test share: Open returns the log of one of them. Its hooks
// make it fail as a real one may. It is safe for concurrent use; the zero value is ready.
type Memory struct {
	mu      sync.Mutex
	records []log.Record // in order; those that were cut have no data
	ends    map[string]log.Position
	added   chan struct{}

	fail, after func(history string) error // nil for nothing
}

// SetHooks lets fail be called before an Append, and after when it has succeeded. Their errors are that of Append.
func (m *Memory) SetHooks(fail, after func(history string) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail, m.after = fail, after
}

// Size returns how many bytes the records have that were not cut.
func (m *Memory) Size() (size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.records {
		size += len(r.Data)
	}
	return size
}

// Open returns a log that holds what the others of m hold.
func (m *Memory) Open() log.Log {
	o := &opened{m: m}
	o.ctx, o.close = context.WithCancel(context.Background())
	o.cond = sync.NewCond(&o.mu)
	return o
}

type opened struct {
	m     *Memory
	ctx   context.Context
	close context.CancelFunc

	mu   sync.Mutex
	cond *sync.Cond
	seen int // records that Follow has shown
}

func (m *Memory) changed() chan struct{} {
	if m.added == nil {
		m.added = make(chan struct{})
	}
	return m.added
}

func (o *opened) Follow(ctx context.Context, see func(log.Record)) error {
	for at := 0; ; {
		o.m.mu.Lock()
		list, added := o.m.records[at:len(o.m.records):len(o.m.records)], o.m.changed()
		shown := make([]log.Record, len(list))
		copy(shown, list)
		o.m.mu.Unlock()
		for _, r := range shown {
			if r.Data != nil {
				see(r)
			}
		}
		at += len(shown)
		o.mu.Lock()
		o.seen = at
		o.cond.Broadcast()
		o.mu.Unlock()
		if len(shown) > 0 {
			continue
		}
		select {
		case <-added:
		case <-ctx.Done():
			return ctx.Err()
		case <-o.ctx.Done():
			return log.ErrClosed
		}
	}
}

func (o *opened) Sync(ctx context.Context) error {
	o.m.mu.Lock()
	end := len(o.m.records)
	o.m.mu.Unlock()
	stop := context.AfterFunc(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.cond.Broadcast()
	})
	defer stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.seen < end && ctx.Err() == nil && o.ctx.Err() == nil {
		o.cond.Wait()
	}
	if o.ctx.Err() != nil {
		return &log.UnavailableError{Because: log.ErrClosed}
	}
	return ctx.Err()
}

func (o *opened) Append(_ context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	if o.ctx.Err() != nil {
		return 0, &log.UnavailableError{Because: log.ErrClosed}
	}
	o.m.mu.Lock()
	fail, succeeded := o.m.fail, o.m.after
	o.m.mu.Unlock()
	if fail != nil {
		if err := fail(history); err != nil {
			return 0, err
		}
	}
	at, err := o.m.append(history, after, data)
	if err == nil && succeeded != nil {
		err = succeeded(history)
	}
	return at, err
}

func (o *opened) End(ctx context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	return o.Append(ctx, history, after, data)
}

func (m *Memory) append(history string, after log.Position, data []byte) (log.Position, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ends[history] != after {
		return 0, &log.ConflictError{History: history}
	}
	at := log.Position(len(m.records) + 1)
	m.records = append(m.records, log.Record{History: history, At: at, After: after, Data: data})
	if m.ends == nil {
		m.ends = map[string]log.Position{}
	}
	m.ends[history] = at
	if m.added != nil {
		close(m.added)
		m.added = nil
	}
	return at, nil
}

func (o *opened) Cut(_ context.Context, history string, before log.Position) error {
	o.m.mu.Lock()
	defer o.m.mu.Unlock()
	for i := range o.m.records {
		if r := &o.m.records[i]; r.History == history && r.At < before {
			r.Data = nil
		}
	}
	if o.m.ends[history] < before {
		delete(o.m.ends, history)
	}
	return nil
}

func (o *opened) Ready() error {
	if o.ctx.Err() != nil {
		return &log.UnavailableError{Because: log.ErrClosed}
	}
	return nil
}

func (o *opened) Close() error { o.close(); return nil }
