package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// Follow calls see with each record in the file, and then with those of which nobody knows whether they were appended, as the
// interface says. Appends wait until all old records have been seen.
func (l *Log) Follow(ctx context.Context, see func(log.Record)) error {
	if err := l.seeOld(ctx, see); err != nil {
		return err
	}
	for {
		l.mu.Lock()
		records, changed := l.missed, l.changed
		l.missed, l.seeing = nil, len(l.missed) > 0
		l.mu.Unlock()
		for _, r := range records {
			see(r)
		}
		if len(records) > 0 {
			l.mu.Lock()
			l.seeing = false
			l.change()
			l.mu.Unlock()
			continue
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		case <-l.ending:
			return &log.UnavailableError{Because: log.ErrClosed}
		}
	}
}

// seeOld calls see with what is in the file.
func (l *Log) seeOld(ctx context.Context, see func(log.Record)) error {
	l.file.Lock()
	defer l.file.Unlock()
	for next := (place{}); !next.end; {
		select {
		case <-l.ending:
			return &log.UnavailableError{Because: log.ErrClosed}
		default:
		}
		var records []log.Record
		var err error
		if records, next, err = readSome(l.db, next); err != nil {
			return fmt.Errorf("file %q: %w; run: ticaga-mock data check", l.path, err)
		}
		for _, r := range records {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			see(r)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.caughtUp = true
	l.change()
	return nil
}

// miss hands a record to Follow. The caller holds mu.
func (l *Log) miss(r log.Record) {
	if l.caughtUp { // else Follow will find it in the file
		l.missed = append(l.missed, r)
		l.change()
	}
}

// Sync returns when Follow has seen what was there, and has seen what is in doubt, as the interface says. Nobody else appends.
func (l *Log) Sync(ctx context.Context) error {
	for ctx.Err() == nil {
		l.mu.Lock()
		changed := l.changed
		switch {
		case l.closed || l.broken != nil:
			err := l.unavailable()
			l.mu.Unlock()
			return err
		case l.unsettled:
			l.mu.Unlock()
			return &log.UnavailableError{Because: errors.New("fsync failed; what was written is in doubt"), Retry: retryEvery}
		case l.caughtUp && l.abandoned == 0 && len(l.missed) == 0 && !l.seeing:
			l.mu.Unlock()
			return nil
		}
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// What readSome returns at once, so that a transaction does not hold up those that write.
const (
	someRecords = 1024
	someBytes   = 1 << 20
)

// place is up to where records have been read.
type place struct {
	history []byte
	at      log.Position
	end     bool
}

// readSome returns the next records of a file: history by history, by name, in their order. The functions that get them run
// outside of guard, so that a panic of theirs is not taken for damage.
func readSome(db *bbolt.DB, from place) (records []log.Record, next place, err error) {
	next = from
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			all := histories(tx)
			if all == nil {
				next.end = true
				return nil
			}
			size := 0
			names := all.Cursor()
			for name, value := names.Seek(from.history); name != nil; name, value = names.Next() {
				if value != nil || !validName(string(name)) {
					return &damagedError{fmt.Sprintf("history %.80q: no such history can exist", name)}
				}
				if !bytes.Equal(name, next.history) {
					next = place{history: bytes.Clone(name)}
				}
				history := string(name)
				values := all.Bucket(name).Cursor()
				for k, value := values.Seek(key(next.at + 1)); k != nil; k, value = values.Next() {
					if len(records) == someRecords || size > someBytes {
						return nil
					}
					at, err := position(k)
					if err != nil {
						return &recordError{history, next.at, fmt.Sprintf("the one after it has the %v", err)}
					}
					r, err := copyRecord(history, at, value)
					if err != nil {
						return err
					}
					if next.at != 0 && r.After != next.at {
						return &recordError{history, at, fmt.Sprintf("it follows position %d, which is not in the file", r.After)}
					}
					records, next.at, size = append(records, r), at, size+len(value)
				}
			}
			next.end = true
			return nil
		})
	})
	return records, next, err
}

// copyRecord returns the record with a value, in memory of its own.
func copyRecord(history string, at log.Position, value []byte) (log.Record, error) {
	r, err := decodeRecord(history, at, value)
	if err != nil {
		return log.Record{}, &recordError{history, at, err.Error()}
	}
	r.Data = bytes.Clone(r.Data)
	return r, nil
}
