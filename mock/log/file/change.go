package file

import (
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// add puts a record into a transaction. The error is one of the transaction, not of the request.
func (r *request) add(all *bbolt.Bucket, buffer []byte) ([]byte, error) {
	history, last := all.Bucket([]byte(r.history)), log.Position(0)
	if history != nil {
		found, _ := history.Cursor().Last()
		var err error
		if last, err = position(found); found != nil && err != nil {
			return buffer, &damagedError{fmt.Sprintf("history %q: %v", r.history, err)}
		}
	}
	if last != r.after {
		r.err = &log.ConflictError{History: r.history}
		return buffer, nil
	}
	if history == nil {
		var err error
		if history, err = all.CreateBucket([]byte(r.history)); err != nil {
			return buffer, err
		}
	}
	next, err := all.NextSequence()
	if err != nil {
		return buffer, err
	}
	r.at = log.Position(next)
	if r.at <= last {
		return buffer, &damagedError{fmt.Sprintf("history %q ends at position %d, the file at %d", r.history, last, r.at-1)}
	}
	start := len(buffer)
	buffer = appendRecord(buffer, log.Record{History: r.history, At: r.at, After: r.after, Data: r.data})
	history.FillPercent = 1 // records only come at the end
	return buffer, history.Put(key(r.at), buffer[start:len(buffer):len(buffer)])
}

// forget removes records in a transaction, and the history when none is left.
func (r *request) forget(all *bbolt.Bucket) error {
	history := all.Bucket([]byte(r.history))
	if history == nil {
		return nil
	}
	cursor := history.Cursor()
	if last, _ := cursor.Last(); string(last) < string(key(r.after)) {
		return all.DeleteBucket([]byte(r.history))
	}
	var old [][]byte // deleting moves a cursor
	for k, _ := cursor.First(); k != nil && string(k) < string(key(r.after)); k, _ = cursor.Next() {
		if len(old) == maxCut {
			r.more = true
			break
		}
		old = append(old, k)
	}
	for _, k := range old {
		if err := history.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
