package nats

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// stuff appends ten records to history w, and others to histories of their own until not even one of a byte fits. It returns
// where the last one of w is.
func stuff(t *testing.T, l *Log) (last log.Position) {
	t.Helper()
	noise := make([]byte, 16<<10)
	_, _ = rand.Read(noise)
	for range 10 {
		at, err := l.Append(t.Context(), "w", last, noise[:10<<10])
		if err != nil {
			t.Fatal(err)
		}
		last = at
	}
	for n, size := 0, len(noise); size > 0; n++ {
		_, err := l.Append(t.Context(), fmt.Sprint("w", n), 0, noise[:size])
		switch {
		case errors.As(err, new(*log.FullError)):
			size /= 2
		case err != nil:
			t.Fatal(err)
		}
	}
	return last
}

// TestFullToTheLastByte: histories can be ended, which makes room, and everybody finds that out by itself.
func TestFullToTheLastByte(t *testing.T) {
	for _, test := range []struct {
		name   string
		nodes  int
		config func(*jetstream.StreamConfig)
	}{
		{"bytes, one node", 1, func(s *jetstream.StreamConfig) { s.MaxBytes = 256 << 10 }},
		{"bytes, three nodes", 3, func(s *jetstream.StreamConfig) { s.MaxBytes = 256 << 10 }},
		{"messages", 1, func(s *jetstream.StreamConfig) { s.MaxMsgs = 30 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := cluster.Start(t, test.nodes, cluster.Options{})
			_, js := admin(t, c)
			layout := (&Log{config: Config{Stream: "S", Replicas: test.nodes}}).layout()
			test.config(&layout)
			if !cluster.Wait(func() bool { _, err := js.CreateStream(t.Context(), layout); return err == nil }) {
				t.Fatal("got no stream, want one")
			}
			one, two := start(t, c, "S", quick()), start(t, c, "S", quick())
			followed(t, one)
			followed(t, two)
			last := stuff(t, one)
			if err := one.Ready(); !errors.As(err, new(*log.FullError)) {
				t.Errorf("ready: got %v, want a *FullError", err)
			}
			if err := one.Sync(t.Context()); err != nil {
				t.Errorf("sync: got error %v, want none", err)
			}
			if _, err := two.Append(t.Context(), "other", 0, make([]byte, 5000)); !errors.As(err, new(*log.FullError)) {
				t.Fatalf("append: got error %v, want a *FullError", err)
			}
			if err := one.Ready(); !errors.As(err, new(*log.FullError)) {
				t.Errorf("ready after a while: got %v, want a *FullError", err)
			}
			late, err := open(t.Context(), Config{Servers: c.Servers(), Stream: "S"}, quick())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = late.Close() }()
			if !cluster.Wait(func() bool { return errors.As(late.Ready(), new(*log.FullError)) }) {
				t.Fatalf("ready after a start: got %v, want a *FullError", late.Ready())
			}
			end, err := two.End(t.Context(), "w", last, []byte("end"))
			if err != nil {
				t.Fatalf("end: got error %v, want none", err)
			}
			if err := two.Cut(t.Context(), "w", end); err != nil {
				t.Fatal(err)
			}
			for _, l := range []*Log{one, two, late} {
				becomes(t, l, "")
			}
			if _, err := one.Append(t.Context(), "other", 0, make([]byte, 5000)); err != nil {
				t.Errorf("append after the end: got error %v, want none", err)
			}
		})
	}
}
