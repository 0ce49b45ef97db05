package control

import (
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// TestAnEventIsEncodedOnce for all who listen, but for one that few still want.
func TestAnEventIsEncodedOnce(t *testing.T) {
	f := &feed{world: &world.World{Life: "life"}}
	event := func(id int64, body string) []byte {
		t.Helper()
		data, err := f.event(&traffic.Exchange{ID: id, Response: traffic.Message{Body: body}})
		if err != nil || !strings.HasPrefix(string(data), "id: ") || !strings.Contains(string(data), body) {
			t.Fatalf("%v %s", err, data)
		}
		return data
	}
	first := event(7, "a")
	for _, id := range []int64{8, 9} {
		event(id, "b")
	}
	if again := event(7, "a"); &again[0] != &first[0] {
		t.Error("it was encoded again")
	}
	event(6, "somebody comes late")
	event(20, "after a gap")
	if f.first != 20 || len(f.events) != 1 {
		t.Errorf("%d events from %d on", len(f.events), f.first)
	}
	large := strings.Repeat("x", mostShared/4)
	for id := int64(21); id < 40; id++ {
		event(id, large)
	}
	if f.bytes > mostShared || len(f.events) != 3 || f.first != 37 {
		t.Errorf("%d bytes in %d events from %d on", f.bytes, len(f.events), f.first)
	}
	event(40, strings.Repeat("x", 2*mostShared)) // larger than all that is kept
	event(41, "c")
	if f.bytes > mostShared || f.first != 41 {
		t.Errorf("%d bytes from %d on", f.bytes, f.first)
	}
}

// TestPace: what is spent puts off the next turn, and a pause makes up for no more than a burst.
func TestPace(t *testing.T) {
	var p pace
	p.turn(t.Context())
	begin := p.next
	if off := time.Until(begin); off > 0 || off < -2*paceBurst {
		t.Errorf("the second turn is in %v", off)
	}
	p.spend(bytesPerSecond)
	if later := p.next.Sub(begin); later != time.Second {
		t.Errorf("a second's bytes put it off by %v", later)
	}
	p.turn(t.Context()) // waits
	if time.Now().Before(begin.Add(time.Second)) {
		t.Error("the turn came too early")
	}
	p.next = time.Time{}
	p.turn(t.Context())
	if p.next.Before(time.Now().Add(-paceBurst)) {
		t.Error("a long pause makes up for everything")
	}
}
