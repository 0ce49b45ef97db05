package file

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"go.etcd.io/bbolt"
)

// compactBytes is how much Compact writes in one transaction.
const compactBytes = 16 << 20

// Compact writes a file that is not in use again, without its free pages, and returns its sizes before and after, in bytes. Whatever
// happens, the file is either the old one or the new one. A damaged file stays as it is.
func Compact(path string) (before, after int64, err error) {
	report, err := Check(path)
	switch {
	case err != nil:
		return 0, 0, err
	case len(report.Problems) > 0:
		return 0, 0, fmt.Errorf("file %q: %w; it stays as it is", path, &damagedError{report.Problems[0]})
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return 0, 0, err
	}
	// The lock keeps writers out until the new file is in its place.
	old, err := openDatabase(path, &bbolt.Options{FreelistType: bbolt.FreelistMapType, NoStatistics: true})
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = old.Close() }()
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	temporary := filepath.Join(filepath.Dir(path), ".ticaga-mock-"+rand.Text()+".tmp")
	defer func() { _ = os.Remove(temporary) }()
	if err := copyTo(temporary, old, info); err != nil {
		return 0, 0, fmt.Errorf("compact %q: %w; it stays as it is", path, cause(err))
	}
	written, err := os.Stat(temporary)
	if err != nil {
		return 0, 0, err
	}
	if runtime.GOOS == "windows" { // where an open file cannot be replaced, whoever has opened it
		_ = old.Close()
	}
	if err := os.Rename(temporary, path); err != nil {
		return 0, 0, fmt.Errorf("compact %q: %w; it stays as it is", path, cause(err))
	}
	syncFolder(filepath.Dir(path))
	return report.FileBytes, written.Size(), nil
}

// copyTo writes a new file with all that a database holds, and the owner and permissions of its file.
func copyTo(path string, old *bbolt.DB, info fs.FileInfo) (err error) {
	// Synced once, at the end: nobody looks at an unfinished one.
	copied, err := openDatabase(path, &bbolt.Options{NoSync: true, NoGrowSync: true, FreelistType: bbolt.FreelistMapType, NoStatistics: true})
	if err != nil {
		return err
	}
	err = guard(func() error {
		return errors.Join(bbolt.Compact(copied, old, compactBytes), copied.Sync())
	})
	if err := errors.Join(err, copied.Close()); err != nil {
		return err
	}
	keepOwner(path, info)
	return os.Chmod(path, info.Mode().Perm())
}
