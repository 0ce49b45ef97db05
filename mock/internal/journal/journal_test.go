package journal

import (
	"context"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func paths(list []traffic.Exchange) string {
	var all []string
	for _, x := range list {
		all = append(all, x.Path)
	}
	return strings.Join(all, " ")
}

func TestRingKeepsTheLastExchanges(t *testing.T) {
	j := New(Limits{Exchanges: 3, Bytes: 1 << 20})
	for _, path := range []string{"/a", "/b", "/c", "/d", "/e"} {
		j.Record(traffic.Exchange{Path: path})
	}
	for id, want := range map[int64]string{0: "/c /d /e", 2: "/c /d /e", 3: "/d /e", 5: "", 9: ""} {
		if got := paths(j.Since(id)); got != want {
			t.Errorf("since %d: got %q, want %q", id, got, want)
		}
	}
	for id, want := range map[int64]string{0: "/c /d", 2: "/c /d", 3: "/d /e", 4: "/e", 5: ""} {
		if got := paths(j.After(id, 2)); got != want {
			t.Errorf("two after %d: got %q, want %q", id, got, want)
		}
	}
	for id, want := range map[int64]string{0: "", 2: "", 3: "/c", 5: "/e", 6: "", -1: ""} {
		if x, ok := j.Find(id); x.Path != want || ok != (want != "") {
			t.Errorf("find %d: got %q, want %q", id, x.Path, want)
		}
	}
	j.Reset()
	if len(j.Since(0)) != 0 || j.Record(traffic.Exchange{}) != 6 || len(j.Since(0)) != 1 {
		t.Errorf("a reset journal is empty, and its IDs go on; got id %d; got len(j.Since(0)) %d; want no j.Since(0), id 6, len(j.Since(0)) 1", j.Record(traffic.Exchange{}), len(j.Since(0)))
	}
}

func TestRingIsBoundedInBytes(t *testing.T) {
	j := New(Limits{Exchanges: 1000, Bytes: 100_000})
	for range 100 {
		j.Record(traffic.Exchange{Response: traffic.Message{Body: strings.Repeat("x", 10_000)}})
	}
	if n := len(j.Since(0)); n != 8 {
		t.Errorf("%d exchanges of 10 kB are kept in 100 kB; want 8", n)
	}
	j.Record(traffic.Exchange{Response: traffic.Message{Body: strings.Repeat("x", 200_000)}})
	if n := len(j.Since(0)); n != 1 {
		t.Errorf("%d exchanges are kept, want the newest alone", n)
	}
}

func TestWaiting(t *testing.T) {
	j := New(Limits{Exchanges: 10, Bytes: 1 << 20})
	j.Record(traffic.Exchange{Path: "/a"})
	if !j.Wait(t.Context(), 0) {
		t.Error("Wait(0) = false, want true: there is an exchange")
	}
	got := make(chan bool)
	for range 3 {
		go func() { got <- j.Wait(t.Context(), 1) }()
	}
	j.Record(traffic.Exchange{Path: "/b"})
	for range 3 {
		if !<-got {
			t.Error("Wait(1) = false, want true once the exchange is there")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if j.Wait(ctx, 2) {
		t.Error("Wait(2) with a canceled context = true, want false")
	}
}

func TestLongBodyIsTruncated(t *testing.T) {
	m := traffic.NewMessage(nil, strings.Repeat("x", traffic.MaxBody+1))
	if len(m.Body) != traffic.MaxBody || !m.Truncated {
		t.Errorf("got %d bytes, truncated %t; want 16384, true", len(m.Body), m.Truncated)
	}
}
