package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	bbolterrors "go.etcd.io/bbolt/errors"
)

// format is the version of the layout of buckets.
const format = 1

// lockWithin is how long to wait for another process that is about to end.
const lockWithin = time.Second

// The buckets of a file: one for the log, in it a key for the format, and a bucket for the buckets of the histories.
// The sequence of that one is the last position.
func logBucket() []byte       { return []byte("ticaga-mock log") }
func formatKey() []byte       { return []byte("format") }
func historiesBucket() []byte { return []byte("histories") }

// openToWrite opens the database in a file, and creates one where there is none. It first looks at what is there: bbolt
// would change a file of another program.
func openToWrite(path string, sync Sync) (*bbolt.DB, error) {
	there, err := examine(path)
	if err != nil {
		return nil, err
	}
	if there {
		db, _, err := openToRead(path)
		if err != nil {
			return nil, err
		}
		_ = db.Close()
	}
	db, err := openDatabase(path, &bbolt.Options{NoSync: sync == Interval, FreelistType: bbolt.FreelistMapType, NoStatistics: true})
	if err != nil {
		return nil, err
	}
	if err := guard(func() error { return create(db) }); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("file %q: %w", path, cause(err))
	}
	if !there {
		syncFolder(filepath.Dir(path))
	}
	return db, nil
}

// openToRead opens the log in a file, which exists, for reading only. Its structure can be trusted.
func openToRead(path string) (*bbolt.DB, *structure, error) {
	there, err := examine(path)
	switch {
	case err != nil:
		return nil, nil, err
	case !there:
		return nil, nil, fmt.Errorf("file %q: not found, or empty", path)
	}
	db, err := openDatabase(path, &bbolt.Options{ReadOnly: true, NoStatistics: true})
	if err != nil {
		return nil, nil, err
	}
	pages, err := structureOf(path, db)
	if err == nil {
		err = guard(func() error { return db.View(checkFormat) })
	}
	if err != nil {
		_ = db.Close()
		return nil, nil, fmt.Errorf("file %q: %w", path, cause(err))
	}
	return db, pages, nil
}

// structureOf checks the pages of a database that nobody writes.
func structureOf(path string, db *bbolt.DB) (*structure, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return checkStructure(file, info.Size(), db.Info().PageSize)
}

// examine reports whether there is a file with something in it. It is an error if a log cannot be there.
func examine(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		folder := filepath.Dir(path)
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			return false, fmt.Errorf("file %q: there is no folder %q; create it", path, folder)
		}
		return false, nil
	case err != nil:
		return false, fmt.Errorf("file %q: %w", path, cause(err))
	case info.IsDir():
		return false, fmt.Errorf("file %q: is a folder; name a file in it", path)
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("file %q: is not a regular file", path)
	case info.Size() == 0:
		return false, nil
	}
	return true, nil
}

// openDatabase opens the database in a file.
func openDatabase(path string, options *bbolt.Options) (db *bbolt.DB, err error) {
	options.Timeout = lockWithin
	var file *os.File
	options.OpenFile = func(name string, flag int, mode fs.FileMode) (_ *os.File, err error) {
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}
	err = guard(func() error {
		db, err = bbolt.Open(path, 0o600, options) // records hold tokens and passwords
		return err
	})
	if err == nil && replaced(path, file) {
		_ = db.Close()
		err = errors.New("was replaced at this moment; try again")
	}
	switch {
	case err == nil:
		return db, nil
	case errors.Is(err, bbolterrors.ErrTimeout):
		return nil, fmt.Errorf("file %q: %w", path, ErrInUse)
	case errors.Is(err, bbolterrors.ErrInvalid), errors.Is(err, bbolterrors.ErrVersionMismatch), isTooSmall(err):
		return nil, fmt.Errorf("file %q: %w", path, errNoLog)
	case errors.Is(err, bbolterrors.ErrChecksum):
		return nil, fmt.Errorf("file %q: %w", path, &damagedError{"neither of its two first pages is whole"})
	case errors.Is(err, errors.ErrUnsupported):
		return nil, fmt.Errorf("file %q: cannot be locked: %w; use a file on a local disk", path, cause(err))
	}
	return nil, fmt.Errorf("file %q: %w", path, cause(err))
}

// replaced reports whether a path has come to name another file than the one that was opened: Compact puts a new one
// in its place.
func replaced(path string, file *os.File) bool {
	opened, err1 := file.Stat()
	named, err2 := os.Stat(path)
	return err1 != nil || err2 != nil || !os.SameFile(opened, named)
}

// ErrInUse is in the chain of errors about a file that another process has.
var ErrInUse = errors.New("in use by another process; stop that one, or use another file")

// isTooSmall reports whether a file is smaller than bbolt's smallest one.
func isTooSmall(err error) bool { return strings.HasPrefix(err.Error(), "file size too small") }

// errNoLog says that a file is something else.
var errNoLog = errors.New("is not a file of ticaga-mock; it stays as it is: use another name")

// checkFormat returns an error unless a database is a log that this version can read. An empty database is one.
func checkFormat(tx *bbolt.Tx) error {
	top := tx.Bucket(logBucket())
	if top == nil {
		if first, _ := tx.Cursor().First(); first == nil {
			return nil // created, and then the program was killed
		}
		return errNoLog
	}
	found, err := strconv.Atoi(string(top.Get(formatKey())))
	switch {
	case err != nil || found < 1:
		return errNoLog
	case found > format:
		return fmt.Errorf("written by a newer version of ticaga-mock, in format %d; this version can read format %d: update ticaga-mock", found, format)
	}
	return nil
}

// create makes the buckets of a log, unless they are there.
func create(db *bbolt.DB) error {
	complete := false
	err := db.View(func(tx *bbolt.Tx) error {
		complete = histories(tx) != nil
		return nil
	})
	if complete || err != nil {
		return err
	}
	return db.Update(func(tx *bbolt.Tx) error {
		top, err := tx.CreateBucketIfNotExists(logBucket())
		if err != nil {
			return err
		}
		if _, err := top.CreateBucketIfNotExists(historiesBucket()); err != nil {
			return err
		}
		return top.Put(formatKey(), strconv.AppendInt(nil, format, 10))
	})
}

// histories returns the bucket of buckets, or nil in a file that has none yet.
func histories(tx *bbolt.Tx) *bbolt.Bucket {
	top := tx.Bucket(logBucket())
	if top == nil {
		return nil
	}
	return top.Bucket(historiesBucket())
}

// syncFolder makes the name of a new file survive a loss of power, where folders can be synced.
func syncFolder(path string) {
	folder, err := os.Open(path)
	if err != nil {
		return
	}
	_ = folder.Sync()
	_ = folder.Close()
}
