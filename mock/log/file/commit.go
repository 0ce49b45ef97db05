package file

import (
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// What one transaction takes on, so that it does not hold up those who come next.
const (
	maxRequests = 1024
	maxBytes    = 16 << 20 // a larger record has one to itself
	maxCut      = 1024     // records that a request forgets
)

// keptBuffer is how large a buffer is kept for the next transaction, in bytes.
const keptBuffer = 1 << 20

// commitAll writes what waits until the log is closed.
func (l *Log) commitAll() {
	var buffer []byte
	for {
		var retry <-chan time.Time
		if l.troubled() {
			retry = time.After(retryEvery)
		}
		select {
		case <-l.ending:
			l.take() // which refuses them
			return
		case <-retry:
			l.recover()
		case <-l.wake:
			for batch := l.take(); len(batch) > 0; batch = l.take() {
				if buffer = l.commit(batch, buffer[:0]); cap(buffer) > keptBuffer {
					buffer = nil
				}
			}
		}
	}
}

// take returns the requests that wait, or as many as one transaction can write.
func (l *Log) take() []*request {
	l.mu.Lock()
	defer l.mu.Unlock()
	var batch []*request
	bytes, n := 0, 0
	for _, r := range l.queue {
		if len(batch) == maxRequests || len(batch) > 0 && bytes+len(r.data) > maxBytes {
			break
		}
		n++
		if r.abandoned || l.closed {
			l.answer(r, &log.UnavailableError{Because: log.ErrClosed})
			continue
		}
		r.taken = true
		bytes += len(r.data)
		batch = append(batch, r)
	}
	if n == len(l.queue) {
		clear(l.queue)
		l.queue = l.queue[:0]
	} else {
		l.queue = slices.Clone(l.queue[n:])
	}
	return batch
}

// commit writes a batch and answers it. When that fails for certain, each request is tried by itself: one may be too
// large for a disk that has room for the others.
func (l *Log) commit(batch []*request, buffer []byte) []byte {
	l.file.Lock()
	defer l.file.Unlock()
	defer l.finish(batch)
	buffer, again := l.write(batch, buffer)
	if again && len(batch) > 1 {
		for i := range batch {
			buffer, _ = l.write(batch[i:i+1], buffer[:0])
		}
	}
	return buffer
}

// write writes a batch in one transaction, and sets what becomes of each request. It reports whether a part of the batch
// may succeed where the whole has failed. The caller holds file.
func (l *Log) write(batch []*request, buffer []byte) (_ []byte, again bool) {
	if err := l.settle(); err != nil {
		for _, r := range batch {
			r.err = err
		}
		return buffer, false
	}
	unsure, err := l.transaction(func(tx *bbolt.Tx) error {
		all, changes := histories(tx), false
		for _, r := range batch {
			r.at, r.more, r.err = 0, false, nil
			if r.cut {
				if err := r.forget(all); err != nil {
					return err
				}
			} else {
				var err error
				if buffer, err = r.add(all, buffer); err != nil {
					return err
				}
			}
			changes = changes || r.err == nil
		}
		if !changes {
			return errNothing
		}
		return nil
	})
	if err == nil || errors.Is(err, errNothing) {
		return buffer, false
	}
	failure := l.failed(err, unsure, batch)
	for _, r := range batch {
		if r.err == nil || unsure { // rather than in conflict
			r.at, r.err = 0, failure
		}
	}
	return buffer, !unsure
}

// finish answers a batch.
func (l *Log) finish(batch []*request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range batch {
		l.answer(r, r.err)
	}
}

// answer ends a request. The caller holds mu.
func (l *Log) answer(r *request, err error) {
	r.err = err
	if r.abandoned && r.taken {
		l.abandoned--
		if r.err == nil && !r.cut {
			l.miss(log.Record{History: r.history, At: r.at, After: r.after, Data: r.data})
		}
		l.change()
	}
	close(r.done)
}
