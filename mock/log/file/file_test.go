package file_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
	"github.com/ticaga-mock/ticaga-mock/mock/log/logtest"
)

// open opens a log until the test ends.
func open(t testing.TB, path string, options file.Options) *file.Log {
	t.Helper()
	l, err := file.Open(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// stored returns all records that Follow shows at first.
func stored(t testing.TB, l *file.Log) []log.Record {
	t.Helper()
	var records []log.Record
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Follow(ctx, func(r log.Record) { records = append(records, r) }) }()
	if err := l.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want %v", err, context.Canceled)
	}
	return records
}

func mustAppend(t testing.TB, l *file.Log, history string, after log.Position, data string) log.Position {
	t.Helper()
	at, err := l.Append(t.Context(), history, after, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestLog checks what every log promises.
func TestLog(t *testing.T) {
	for _, mode := range []file.Sync{file.Always, file.Interval} {
		t.Run(string(mode), func(t *testing.T) {
			logtest.Test(t, func(t *testing.T) logtest.Place {
				path := filepath.Join(t.TempDir(), "worlds.db")
				return logtest.Place{Open: func(t *testing.T) log.Log { return open(t, path, file.Options{Sync: mode}) }}
			})
		})
	}
}

func TestRecordsSurviveReopening(t *testing.T) {
	for _, mode := range []file.Sync{file.Always, file.Interval} {
		t.Run(string(mode), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "worlds.db")
			l := open(t, path, file.Options{Sync: mode})
			a := mustAppend(t, l, "a", 0, "one")
			b := mustAppend(t, l, "b", 0, "two")
			c := mustAppend(t, l, "a", a, "three")
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			want := []log.Record{
				{History: "a", At: a, Data: []byte("one")},
				{History: "a", At: c, After: a, Data: []byte("three")},
				{History: "b", At: b, Data: []byte("two")},
			}
			if diff := cmp.Diff(want, stored(t, open(t, path, file.Options{}))); diff != "" {
				t.Errorf("records differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAppendRefusesWhatCameInBetween(t *testing.T) {
	l := open(t, filepath.Join(t.TempDir(), "worlds.db"), file.Options{})
	first := mustAppend(t, l, "a", 0, "one")
	for _, after := range []log.Position{0, first + 1, first - 1} {
		_, err := l.Append(t.Context(), "a", after, []byte("two"))
		var conflict *log.ConflictError
		if !errors.As(err, &conflict) || conflict.History != "a" {
			t.Errorf("after %d: got %v, want a conflict of history a", after, err)
		}
	}
	mustAppend(t, l, "a", first, "two")
}

func TestPositionsGrowAfterCut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "worlds.db")
	l := open(t, path, file.Options{})
	var last log.Position
	for range 3 {
		last = mustAppend(t, l, "a", last, "x")
	}
	if err := l.Cut(t.Context(), "a", last); err != nil {
		t.Fatal(err)
	}
	if err := l.Cut(t.Context(), "a", last+1); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, path, file.Options{})
	if got := mustAppend(t, l, "a", 0, "y"); got <= last {
		t.Errorf("got position %d after the history was emptied, want more than %d", got, last)
	}
}

func TestConcurrentAppends(t *testing.T) {
	for _, mode := range []file.Sync{file.Always, file.Interval} {
		t.Run(string(mode), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "worlds.db")
			l := open(t, path, file.Options{Sync: mode})
			const histories, records = 16, 20
			var all sync.WaitGroup
			for h := range histories {
				all.Go(func() {
					var after log.Position
					for i := range records {
						at, err := l.Append(t.Context(), fmt.Sprintf("h%d", h), after, fmt.Append(nil, i))
						if err != nil {
							t.Error(err)
							return
						}
						after = at
					}
				})
			}
			all.Wait()
			got := map[string]int{}
			for _, r := range stored(t, l) {
				if want := fmt.Sprint(got[r.History]); string(r.Data) != want {
					t.Fatalf("history %s: got %q, want %q", r.History, r.Data, want)
				}
				got[r.History]++
			}
			for h := range histories {
				if n := got[fmt.Sprintf("h%d", h)]; n != records {
					t.Errorf("history %d: got %d records, want %d", h, n, records)
				}
			}
		})
	}
}
