package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// guard calls a function that reads or writes a database, and turns its panic into an error. Bbolt trusts the pages of a file:
// a damaged one leads to a panic, or to memory that is not there, which would end the program.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if reason := recover(); reason != nil {
			err = &damagedError{fmt.Sprintf("%.200v", reason)}
		}
	}()
	return f()
}

// ErrDamaged is in the chain of errors about a file whose content cannot be trusted.
var ErrDamaged = errors.New("the file is damaged")

// damagedError says that the structure of a file is broken.
type damagedError struct{ how string }

func (e *damagedError) Error() string { return ErrDamaged.Error() + ": " + e.how }

func (e *damagedError) Is(target error) bool { return target == ErrDamaged }

// recordError says that a record is damaged.
type recordError struct {
	history string
	at      log.Position
	how     string
}

func (e *recordError) Error() string {
	return fmt.Sprintf("history %q, record at %d: %s", e.history, e.at, e.how)
}

func (e *recordError) Is(target error) bool { return target == ErrDamaged }

// cause returns an error without the name of the file, which the caller says.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
