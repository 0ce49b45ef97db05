package nats

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// TestPartsAreBounded: parts that no record has named take a limited amount of memory, the oldest go first, and a record
// whose parts have gone is read from the stream. A connection that breaks meanwhile loses none.
func TestPartsAreBounded(t *testing.T) {
	c := cluster.Start(t, 1, cluster.Options{})
	limits := quick()
	limits.message, limits.waiting = 16<<10, 100<<10
	limits.orphans = defaults().orphans
	small := start(t, c, "", limits)
	s := followed(t, small)
	data := make([]byte, 300<<10) // more than may wait
	_, _ = rand.Read(data)
	for n := range 3 {
		if _, err := small.Append(t.Context(), fmt.Sprint("w", n), 0, data); err != nil {
			t.Fatal(err)
		}
		if err := small.link.Load().nc.ForceReconnect(); err != nil {
			t.Fatal(err)
		}
		if !cluster.Wait(func() bool { return small.Sync(t.Context()) == nil }) {
			t.Fatal("got no sync, want one")
		}
	}
	_, js := admin(t, c)
	for n := range 50 { // what a server that has crashed leaves
		if _, err := js.Publish(t.Context(), fmt.Sprintf("%s.part.w.X%d.0", DefaultStream, n), data[:10<<10]); err != nil {
			t.Fatal(err)
		}
	}
	if err := small.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := &small.follow.parts
	p.mu.Lock()
	held := 0
	for id, b := range p.waiting {
		for _, part := range b.data {
			held += len(part)
		}
		if b.data != nil && id == "X0" {
			t.Error("got the oldest part in memory, want it dropped")
		}
	}
	if held != p.bytes || held > limits.waiting || len(p.waiting) != 50 || p.waiting["X49"].data == nil {
		t.Errorf("got %d bytes (counted as %d) of %d records, want at most %d of 50, and the last one", held, p.bytes, len(p.waiting), limits.waiting)
	}
	p.mu.Unlock()
	if len(s.records) != 3 {
		t.Fatalf("got %d records, want 3", len(s.records))
	}
	for _, r := range s.records {
		if !bytes.Equal(r.Data, data) {
			t.Errorf("record of %s: got other data than was appended", r.History)
		}
	}
	// One that was cut before its parts were read again is not there.
	got, err := small.again(t.Context(), "w", "GONE", 2, log.Position(1<<40))
	if got != nil || err != nil {
		t.Errorf("parts of a record that was cut: got %d bytes and error %v, want none", len(got), err)
	}
}
