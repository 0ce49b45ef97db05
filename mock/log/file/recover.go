package file

import (
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// errNothing ends a transaction that has nothing to write.
var errNothing = errors.New("nothing to write")

// transaction runs a function in a transaction that writes, and commits it. Whatever happens, the next one can begin. On an
// error it reports whether the transaction may be in the file nevertheless. The caller holds file.
func (l *Log) transaction(f func(*bbolt.Tx) error) (unsure bool, err error) {
	tx, err := l.db.Begin(true)
	if unusable(err) {
		if err := l.reopen(); err != nil {
			return false, err
		}
		tx, err = l.db.Begin(true)
	}
	if err != nil {
		return false, err
	}
	number := tx.ID()
	err = guard(func() error {
		if err := f(tx); err != nil {
			return err
		}
		return tx.Commit()
	})
	if err == nil {
		l.dirty.Store(l.sync == Interval)
		l.succeeded()
		return false, nil
	}
	_ = guard(tx.Rollback) // has been done by Commit, unless there was a panic
	return !errors.Is(err, errNothing) && l.reached(number), err
}

// reached reports whether the file may be the result of a transaction: fsync can fail when everything has been written.
func (l *Log) reached(transaction int) bool {
	last := 0
	view := func() error {
		return l.db.View(func(tx *bbolt.Tx) error {
			last = tx.ID()
			return nil
		})
	}
	err := guard(view)
	if unusable(err) && l.reopen() == nil {
		err = guard(view)
	}
	return err != nil || last >= transaction
}

// unusable reports whether bbolt has given a database up: it could not map a file that has grown. That is so when memory
// runs out, and on Windows when the disk does.
func unusable(err error) bool {
	return errors.Is(err, bbolterrors.ErrInvalidMapping) || errors.Is(err, bbolterrors.ErrDatabaseNotOpen)
}

// reopen opens the file again. The caller holds file.
func (l *Log) reopen() error {
	l.opening.Lock()
	defer l.opening.Unlock()
	_ = guard(l.db.Close)
	db, err := openToWrite(l.path, l.sync)
	if err == nil {
		l.db = db
	}
	return err
}

// failed notes that a transaction has failed, and returns what whoever waits for the batch gets to know.
func (l *Log) failed(err error, unsure bool, batch []*request) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err = fmt.Errorf("file %q: %w", l.path, cause(err))
	if errors.As(err, new(*damagedError)) {
		l.broken = fmt.Errorf("%w; run: ticaga-mock data check", err)
		l.change()
		return &log.UnavailableError{Because: l.broken, Unsure: unsure}
	}
	l.trouble = err
	if unsure {
		l.unsettled = true
		for _, r := range batch {
			if !r.cut && r.err == nil {
				l.doubtful = append(l.doubtful, entry{r.history, r.at})
			}
		}
		l.change()
	}
	if isFull(err) && !unsure {
		return &log.FullError{Because: err}
	}
	return &log.UnavailableError{Because: err, Unsure: unsure, Retry: retryEvery}
}

// isFull reports whether there is no room. Bbolt keeps only the words of some errors.
func isFull(err error) bool {
	for _, full := range fullErrors() {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

// succeeded notes that a transaction has been written.
func (l *Log) succeeded() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.trouble != nil {
		l.trouble = nil
		l.change()
	}
}

// troubled reports whether trying again by itself makes sense.
func (l *Log) troubled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return (l.trouble != nil || l.unsettled) && l.broken == nil
}

// settle finds out what became of a commit that may have succeeded: once the next one has, what it built on is in the file for
// good. Follow sees the records, because nobody knows that they were appended. The caller holds file.
func (l *Log) settle() error {
	l.mu.Lock()
	broken, unsettled, doubtful := l.broken, l.unsettled, l.doubtful
	l.mu.Unlock()
	switch {
	case broken != nil:
		return &log.UnavailableError{Because: broken, Unsure: unsettled}
	case !unsettled:
		return nil
	}
	unsure, err := l.transaction(func(*bbolt.Tx) error { return nil })
	var found []log.Record
	for _, e := range doubtful {
		if err == nil {
			var r log.Record
			if r, err = l.record(e); r.At != 0 {
				found = append(found, r)
			}
		}
	}
	if err != nil {
		_ = l.failed(err, unsure, nil)
		// Unsure, because this may be the second try with a record of the commit in doubt.
		return &log.UnavailableError{Because: cause(err), Unsure: true, Retry: retryEvery}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unsettled, l.doubtful = false, nil
	for _, r := range found {
		l.miss(r)
	}
	l.change()
	return nil
}

// record returns a record, or the zero value if it is not in the file.
func (l *Log) record(e entry) (r log.Record, err error) {
	err = guard(func() error {
		return l.db.View(func(tx *bbolt.Tx) error {
			history := histories(tx).Bucket([]byte(e.history))
			if history == nil {
				return nil
			}
			if value := history.Get(key(e.at)); value != nil {
				r, err = copyRecord(e.history, e.at, value)
			}
			return err
		})
	})
	return r, err
}

// spareRoom is the size of what recover writes, in bytes.
const spareRoom = 1 << 20

// recover tries whether records can be written again. It writes something large and forgets it, which leaves room for
// the next ones.
func (l *Log) recover() {
	l.file.Lock()
	defer l.file.Unlock()
	if l.settle() != nil {
		return
	}
	spare := []byte("spare room")
	unsure, err := l.transaction(func(tx *bbolt.Tx) error { return tx.Bucket(logBucket()).Put(spare, make([]byte, spareRoom)) })
	if err == nil {
		unsure, err = l.transaction(func(tx *bbolt.Tx) error { return tx.Bucket(logBucket()).Delete(spare) })
	}
	if err != nil {
		_ = l.failed(err, unsure, nil)
	}
}
