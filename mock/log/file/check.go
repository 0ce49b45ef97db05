package file

import (
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// maxProblems is how many problems a report names.
const maxProblems = 100

// Report is what a file holds, and what is wrong with it.
type Report struct {
	Histories, Records int
	DataBytes          int64    // of the data of all records
	FreeBytes          int64    // of the file that hold nothing
	FileBytes          int64    // of the file
	Problems           []string // in no order; at most 100
	More               int      // problems that are not named
}

func (r *Report) add(problem string) {
	if len(r.Problems) == maxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, problem)
}

// Check reads a whole file, and reports what it holds and what is damaged. The error says why it is not the file of a
// log, or that it is in use.
func Check(path string) (Report, error) {
	var report Report
	db, pages, err := openToRead(path)
	if damaged := (*damagedError)(nil); errors.As(err, &damaged) {
		report.add(damaged.how)
		if info, err := os.Stat(path); err == nil {
			report.FileBytes = info.Size()
		}
		return report, nil
	}
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = db.Close() }()
	info, err := os.Stat(path)
	if err != nil {
		return Report{}, fmt.Errorf("file %q: %w", path, cause(err))
	}
	report.FileBytes = info.Size()
	report.FreeBytes = report.FileBytes - int64(pages.pages-uint64(pages.free))*pages.pageSize
	if pages.halfMeta {
		report.add("one of its two first pages is damaged: the last records may be missing if a loss of power was not the cause")
	}
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			for err := range tx.Check() {
				report.add(err.Error())
			}
			report.count(tx)
			return nil
		})
	})
	if err != nil {
		report.add(err.Error())
	}
	return report, nil
}

// count reads all records.
func (r *Report) count(tx *bbolt.Tx) {
	all := histories(tx)
	if all == nil {
		return // killed before anything was written
	}
	last := log.Position(all.Sequence())
	names := all.Cursor()
	for name, value := names.First(); name != nil; name, value = names.Next() {
		history := string(name)
		if value != nil || !validName(history) {
			r.add(fmt.Sprintf("history %.80q: no such history can exist", history))
			continue
		}
		r.Histories++
		r.countHistory(history, all.Bucket(name), last)
	}
}

// countHistory reads the records of a history. None can be after the last position of the file.
func (r *Report) countHistory(history string, records *bbolt.Bucket, last log.Position) {
	before := log.Position(0)
	values := records.Cursor()
	for k, value := values.First(); k != nil; k, value = values.Next() {
		r.Records++
		at, err := position(k)
		if err != nil {
			r.add(fmt.Sprintf("history %q: after the record at %d: %v", history, before, err))
			continue
		}
		record, err := decodeRecord(history, at, value)
		switch {
		case err != nil:
			r.add((&recordError{history, at, err.Error()}).Error())
		case before != 0 && record.After != before:
			r.add((&recordError{history, at, fmt.Sprintf("it follows position %d, which is not in the file", record.After)}).Error())
		case at > last:
			r.add((&recordError{history, at, fmt.Sprintf("the file ends at position %d", last)}).Error())
		}
		before = at
		r.DataBytes += int64(len(record.Data))
	}
}

// Read calls see with each record of a file that is not in use: history by history, by name, in their order. The error
// is that of see, or says what is damaged or why the file cannot be read.
func Read(path string, see func(log.Record) error) error {
	db, _, err := openToRead(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for next := (place{}); !next.end; {
		var records []log.Record
		if records, next, err = readSome(db, next); err != nil {
			return fmt.Errorf("file %q: %w", path, err)
		}
		for _, r := range records {
			if err := see(r); err != nil {
				return err
			}
		}
	}
	return nil
}
