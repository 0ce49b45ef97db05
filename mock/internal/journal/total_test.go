package journal

import (
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func record(j *Journal, n int) {
	for range n {
		j.Record(traffic.Exchange{Response: traffic.Message{Body: strings.Repeat("x", 8000)}})
	}
}

// TestLeastRecentlyUsedJournalDropsFirst: the journal that drops exchanges reports it. A journal that was reset or closed
// counts for nothing.
func TestLeastRecentlyUsedJournalDropsFirst(t *testing.T) {
	total := NewTotal(205_000) // twenty exchanges
	limits := Limits{Exchanges: 100, Bytes: 1 << 20, Total: total}
	one, two, three := New(limits), New(limits), New(limits)
	kept := func(want ...int) {
		t.Helper()
		for i, j := range []*Journal{one, two, three} {
			if n := len(j.Since(0)); n != want[i] {
				t.Errorf("journal %d keeps %d, want %d", i+1, n, want[i])
			}
		}
		if sum := one.bytes + two.bytes + three.bytes; total.taken != sum {
			t.Errorf("%d bytes are counted, %d taken, want %d", total.taken, sum, sum)
		}
	}
	record(one, 8)
	record(two, 8)
	kept(8, 8, 0)
	record(one, 1)
	record(three, 6)
	kept(9, 5, 6)
	record(three, 10)
	kept(3, 1, 16)
	if one.Dropped() != 6 || two.Dropped() != 7 || three.Dropped() != 0 {
		t.Errorf("%d, %d and %d are dropped; want dropped 6, dropped 7, dropped 0", one.Dropped(), two.Dropped(), three.Dropped())
	}
	two.Reset()
	kept(3, 0, 16)
	record(two, 2)
	kept(2, 2, 16)
	three.Close()
	record(three, 3) // by a request in flight
	record(one, 10)
	if n := len(one.Since(0)); n != 12 || one.Dropped() != 7 {
		t.Errorf("%d are kept beside a closed journal, %d dropped; want n 12, dropped 7", n, one.Dropped())
	}
	record(one, 100)
	if n := len(one.Since(0)); n != 19 || len(two.Since(0)) != 1 {
		t.Errorf("got %d of 100 kept, and %d of another world; want 19, 1", n, len(two.Since(0)))
	}
}
