// Package file keeps the histories of worlds in one file, so that they survive a restart and a kill.
//
// The file is a bbolt database: a tree of pages that are never overwritten while they are in use, so it is whole
// at any moment. It has a bucket for each history; a record's key is its position, big-endian, and its value a
// header and the data (see record.go). Positions count over the whole file, so they grow within a history even after
// it was emptied.
//
// Appends wait in a queue. One goroutine takes all that wait, writes them in one transaction, and answers them: see
// commit.go. So many worlds share the price of one fsync. One process can use a file at a time.
package file

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Sync says what an append that returned survives.
type Sync string

const (
	// Always is for records that survive SIGKILL and a loss of power: fsync comes before the answer.
	Always Sync = "always"

	// Interval is for records that survive SIGKILL. Fsync follows within a second; a loss of power, or a crash of
	// the operating system, can damage the whole file, because the disk may write pages in any order.
	Interval Sync = "interval"
)

// Options are how a file is used.
type Options struct {
	Sync Sync // "" is Always
}

// syncEvery is how long a record waits for fsync with Interval.
const syncEvery = time.Second

// retryEvery is after how long a log that could not write tries again by itself.
const retryEvery = time.Second

// Log is a log in a file. It is safe for concurrent use.
type Log struct {
	path   string
	sync   Sync
	wake   chan struct{} // holds one when something waits in queue
	ending chan struct{} // closed by Close
	ended  sync.WaitGroup
	dirty  atomic.Bool // written since the last fsync; with Interval

	file    sync.Mutex   // held while the database is read or written
	opening sync.RWMutex // held while db changes; for fsync, which waits for nobody else
	db      *bbolt.DB

	// mu guards what follows. Nobody waits for a disk while holding it.
	mu        sync.Mutex
	queue     []*request
	closed    bool
	trouble   error         // why the last write failed; nil once one has succeeded
	broken    error         // why nothing can be written until the file is opened again
	unsettled bool          // the last commit failed and may have succeeded nevertheless
	doubtful  []entry       // what it would have written
	abandoned int           // requests that are being written though nobody waits for them
	caughtUp  bool          // Follow has seen all records that were there
	missed    []log.Record  // those that Follow has to see since
	seeing    bool          // Follow is at some of them
	changed   chan struct{} // closed when one of the fields above has changed that Sync waits for
}

// entry names a record.
type entry struct {
	history string
	at      log.Position
}

// Open opens the log in a file, and creates the file if necessary. It waits up to a second for another process that is
// about to end. A file that is anything but a log of this version stays as it is, and the error says what it is.
func Open(path string, options Options) (*Log, error) {
	switch options.Sync {
	case "":
		options.Sync = Always
	case Always, Interval:
	default:
		return nil, fmt.Errorf("sync %q: must be %q or %q", options.Sync, Always, Interval)
	}
	db, err := openToWrite(path, options.Sync)
	if err != nil {
		return nil, err
	}
	l := &Log{
		path: path, sync: options.Sync, db: db,
		wake: make(chan struct{}, 1), ending: make(chan struct{}), changed: make(chan struct{}),
	}
	l.ended.Go(l.commitAll)
	if l.sync == Interval {
		l.ended.Go(l.syncRegularly)
	}
	return l, nil
}

// Ready returns nil when Append is likely to succeed, or why not, as the interface says.
func (l *Log) Ready() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.unavailable()
}

// unavailable returns why nothing can be written now, or nil. The caller holds mu.
func (l *Log) unavailable() error {
	switch {
	case l.closed:
		return &log.UnavailableError{Because: log.ErrClosed}
	case l.broken != nil:
		return &log.UnavailableError{Because: l.broken}
	case l.trouble != nil && !l.unsettled && isFull(l.trouble):
		return &log.FullError{Because: l.trouble}
	case l.trouble != nil:
		return &log.UnavailableError{Because: l.trouble, Retry: retryEvery}
	}
	return nil
}

// Close ends Follow and Append, and lets other processes use the file.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		l.ended.Wait()
		return nil
	}
	l.closed = true
	close(l.ending)
	l.change()
	l.mu.Unlock()
	l.ended.Wait()

	l.file.Lock()
	defer l.file.Unlock()
	var err error
	if l.dirty.Swap(false) {
		err = guard(l.db.Sync)
	}
	if closed := guard(l.db.Close); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("close %q: %w", l.path, cause(err))
	}
	return nil
}

// change wakes those who wait for a change. The caller holds mu.
func (l *Log) change() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// syncRegularly makes what was written survive a loss of power too, every second.
func (l *Log) syncRegularly() {
	ticks := time.NewTicker(syncEvery)
	defer ticks.Stop()
	for {
		select {
		case <-l.ending:
			return
		case <-ticks.C:
		}
		if !l.dirty.Swap(false) {
			continue
		}
		l.opening.RLock()
		err := guard(l.db.Sync)
		l.opening.RUnlock()
		if err != nil {
			l.fail(fmt.Errorf("fsync of %q failed: %w; restart, and check the file", l.path, cause(err)))
			return
		}
	}
}

// fail stops writing for good: a system whose fsync has failed may have forgotten pages that were never written.
func (l *Log) fail(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = why
	l.change()
}

var _ log.Log = (*Log)(nil)
