package file_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// BenchmarkAppend measures records of 2 KiB: one after another, and 64 histories at once.
func BenchmarkAppend(b *testing.B) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 128)
	for _, mode := range []file.Sync{file.Always, file.Interval} {
		for _, at := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", mode, at), func(b *testing.B) {
				l := open(b, filepath.Join(b.TempDir(), "worlds.db"), file.Options{Sync: mode})
				b.SetParallelism(max(1, at/2)) // of the 2 cores that a runner has at least
				b.SetBytes(int64(len(data)))
				b.ReportAllocs()
				if at == 1 {
					var after log.Position
					for b.Loop() {
						after = appendTo(b, l, "alone", after, data)
					}
					return
				}
				var worker atomic.Int64
				b.RunParallel(func(next *testing.PB) {
					name, after := fmt.Sprintf("w%d", worker.Add(1)), log.Position(0)
					for next.Next() {
						after = appendTo(b, l, name, after, data)
					}
				})
			})
		}
	}
}

func appendTo(b *testing.B, l *file.Log, history string, after log.Position, data []byte) log.Position {
	at, err := l.Append(context.Background(), history, after, data)
	if err != nil {
		b.Error(err)
	}
	return at
}

// BenchmarkStart measures how long it takes to open a file and read 10,000 records of 2 KiB in 1,000 histories.
func BenchmarkStart(b *testing.B) {
	path := filepath.Join(b.TempDir(), "worlds.db")
	fill(b, path, 1000, 10)
	for b.Loop() {
		l, err := file.Open(path, file.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if n := len(stored(b, l)); n != 10_000 {
			b.Fatalf("got %d records, want 10000", n)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// fill writes records of 2 KiB to a new file.
func fill(t testing.TB, path string, histories, records int) {
	t.Helper()
	l := open(t, path, file.Options{Sync: file.Interval})
	data := string(bytes.Repeat([]byte("0123456789abcdef"), 128))
	last := make([]log.Position, histories)
	for range records {
		for h := range last {
			last[h] = mustAppend(t, l, fmt.Sprintf("history-%d", h), last[h], data)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}
