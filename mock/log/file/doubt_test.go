package file

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// followed opens a log, and returns a channel of all that Follow shows.
func followed(t *testing.T) (*Log, <-chan log.Record) {
	t.Helper()
	l, err := Open(filepath.Join(t.TempDir(), "worlds.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen, ended := make(chan log.Record, 16), make(chan error, 1)
	go func() { ended <- l.Follow(context.Background(), func(r log.Record) { seen <- r }) }()
	t.Cleanup(func() {
		_ = l.Close()
		if err := <-ended; !errors.Is(err, log.ErrClosed) {
			t.Errorf("Follow: got %v, want %v", err, log.ErrClosed)
		}
	})
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return l, seen
}

// taken waits until the log is about to write all that waits.
func (l *Log) taken() {
	for {
		l.mu.Lock()
		waiting := len(l.queue)
		l.mu.Unlock()
		if waiting == 0 {
			return
		}
		runtime.Gosched()
	}
}

// TestGivenUp gives up an append that is being written, and one that still waits. Only the first one may be in the file, and
// then Follow shows it.
func TestGivenUp(t *testing.T) {
	l, seen := followed(t)
	l.file.Lock() // nothing is written
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan error, 2)
	start := func(history string) {
		go func() {
			_, err := l.Append(ctx, history, 0, []byte("x"))
			results <- err
		}()
	}
	queued := func(n int) {
		for {
			l.mu.Lock()
			waiting := len(l.queue)
			l.mu.Unlock()
			if waiting == n {
				return
			}
			runtime.Gosched()
		}
	}
	first := &request{history: "written", data: []byte("x"), done: make(chan struct{})}
	if err := l.enqueue(ctx, first); err != nil {
		t.Fatal(err)
	}
	l.taken()
	go func() {
		<-ctx.Done()
		results <- l.abandon(ctx, first)
	}()
	start("waiting")
	queued(1)
	cancel()
	unsure := 0
	for range 2 {
		var unavailable *log.UnavailableError
		err := <-results
		if !errors.As(err, &unavailable) || !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want an *log.UnavailableError because of the context", err)
		}
		if unavailable.Unsure {
			unsure++
		}
	}
	if unsure != 1 {
		t.Errorf("got %d unsure errors, want 1", unsure)
	}
	l.file.Unlock()
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || (<-seen).History != "written" {
		t.Errorf("got other records than the one that was written")
	}
	if _, err := l.Append(t.Context(), "waiting", 0, []byte("y")); err != nil {
		t.Errorf("the one that waited: got %v, want that it was not written", err)
	}
}

// TestDoubtfulCommit lets fsync fail after a record has been written, and before.
func TestDoubtfulCommit(t *testing.T) {
	for name, written := range map[string]bool{"written": true, "not written": false} {
		t.Run(name, func(t *testing.T) {
			l, seen := followed(t)
			r := &request{history: "a", data: []byte("x")}
			l.file.Lock()
			if written {
				unsure, err := l.transaction(func(tx *bbolt.Tx) (err error) {
					_, err = r.add(histories(tx), nil)
					return err
				})
				if unsure || err != nil {
					t.Fatal(unsure, err)
				}
			} else {
				r.at = 1
			}
			failure := l.failed(errors.New("fsync failed"), true, []*request{r})
			l.file.Unlock()

			var unavailable *log.UnavailableError
			if !errors.As(failure, &unavailable) || !unavailable.Unsure {
				t.Errorf("got %v, want an unsure *log.UnavailableError", failure)
			}
			if err := l.Ready(); !errors.As(err, &unavailable) || unavailable.Retry != time.Second {
				t.Errorf("ready: got %v, want an *log.UnavailableError with a time", err)
			}
			if err := l.Sync(t.Context()); !errors.As(err, &unavailable) {
				t.Errorf("sync: got %v, want an *log.UnavailableError", err)
			}
			_, err := l.Append(t.Context(), "a", 0, []byte("x"))
			if conflict := errors.As(err, new(*log.ConflictError)); conflict != written {
				t.Errorf("the same again: got %v, want a conflict: %t", err, written)
			}
			if err := errors.Join(l.Ready(), l.Sync(t.Context())); err != nil {
				t.Errorf("afterwards: got %v, want no error", err)
			}
			if want := map[bool]int{true: 1}[written]; len(seen) != want {
				t.Errorf("got %d records seen, want %d", len(seen), want)
			}
		})
	}
}

// TestUnusableDatabase goes on after bbolt has given a database up.
func TestUnusableDatabase(t *testing.T) {
	l, _ := followed(t)
	l.file.Lock()
	_ = l.db.Close()
	l.file.Unlock()
	if _, err := l.Append(t.Context(), "a", 0, []byte("x")); err != nil {
		t.Errorf("got %v, want that the file was opened again", err)
	}
}

// TestClosed uses a log that was closed.
func TestClosed(t *testing.T) {
	l, _ := followed(t)
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	_, appended := l.Append(t.Context(), "a", 0, []byte("x"))
	for what, err := range map[string]error{"append": appended, "cut": l.Cut(t.Context(), "a", 1), "sync": l.Sync(t.Context()), "ready": l.Ready()} {
		if !errors.As(err, new(*log.UnavailableError)) || !errors.Is(err, log.ErrClosed) {
			t.Errorf("%s: got %v, want an *log.UnavailableError: %v", what, err, log.ErrClosed)
		}
	}
}

// TestBadRecords appends what no log accepts.
func TestBadRecords(t *testing.T) {
	l, _ := followed(t)
	for name, test := range map[string]struct {
		history string
		data    []byte
		want    string
	}{
		"no name":   {"", []byte("x"), `the log is not available: history "": must be 1 to 80 characters out of a-z, 0-9, - and _`},
		"bad name":  {"A b", []byte("x"), `the log is not available: history "A b": must be 1 to 80 characters out of a-z, 0-9, - and _`},
		"no data":   {"a", nil, `the log is not available: history "a": the record is empty`},
		"too large": {"a", make([]byte, log.MaxRecord+1), `the log has no room: history "a": the record has 268435457 bytes; max 268435456`},
	} {
		if _, err := l.Append(t.Context(), test.history, 0, test.data); err == nil || err.Error() != test.want {
			t.Errorf("%s: got  %v\nwant %s", name, err, test.want)
		}
	}
}
