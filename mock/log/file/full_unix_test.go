//go:build !windows

package file_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// fillUp appends records of 64 KiB until there is no room for another, and says how many there are and which error came.
// Then it makes room, and waits for the log to notice by itself. Then it appends one more.
func fillUp(path string, mode file.Sync) {
	signal.Ignore(syscall.SIGXFSZ) // the error is enough
	limitFiles(4 << 20)
	l, err := file.Open(path, file.Options{Sync: mode})
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	var after log.Position
	n, data := 0, bytes.Repeat([]byte("x"), 64<<10)
	for {
		var at log.Position
		if at, err = l.Append(context.Background(), "a", after, data); err != nil {
			break
		}
		n, after = n+1, at
	}
	var full *log.FullError
	fmt.Println("full", n, errors.As(err, &full), errors.As(l.Ready(), &full), err)
	limitFiles(1 << 30)
	for changed := l.Changed(); l.Ready() != nil; changed = l.Changed() {
		<-changed
	}
	if _, err := l.Append(context.Background(), "a", after, data); err != nil {
		fmt.Println("failed", err)
		return
	}
	if err := l.Close(); err != nil {
		fmt.Println("failed", err)
		return
	}
	fmt.Println("appended", n+1)
}

// limitFiles says how large files can be, in bytes.
func limitFiles(size uint64) {
	var limit syscall.Rlimit
	_ = syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit)
	limit.Cur = min(limit.Max, size)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println("failed", err)
	}
}

// TestFullDisk fills a file up to what the system allows, and then allows more.
func TestFullDisk(t *testing.T) {
	for _, mode := range []file.Sync{file.Always, file.Interval} {
		t.Run(string(mode), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "worlds.db")
			out, err := child(t, "fill", path, mode).Output()
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			if len(lines) != 2 {
				t.Fatalf("got %q, want two lines", lines)
			}
			var full, appended int
			var fullError, notReady bool
			if _, err := fmt.Sscanf(lines[0], "full %d %t %t", &full, &fullError, &notReady); err != nil || !fullError || !notReady {
				t.Errorf("got %q, want a *log.FullError, and that the log is not ready", lines[0])
			}
			if _, err := fmt.Sscanf(lines[1], "appended %d", &appended); err != nil || full < 10 || appended != full+1 {
				t.Errorf("got %q after %q, want one record more, and at least 10", lines[1], lines[0])
			}
			report, err := file.Check(path)
			if err != nil || len(report.Problems) > 0 || report.Records != appended {
				t.Errorf("got %+v, %v, want %d records and no problems", report, err, appended)
			}
		})
	}
}
