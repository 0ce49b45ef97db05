package journal

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// watcher remembers what it saw, and is settled after so many.
type watcher struct {
	enough int
	seen   []int64
	forgot int
	began  chan struct{} // closed when it is asked for the first time whether it is settled
	once   sync.Once
}

func newWatcher(enough int) *watcher { return &watcher{enough: enough, began: make(chan struct{})} }

func (w *watcher) See(x *traffic.Exchange) { w.seen = append(w.seen, x.ID) }
func (w *watcher) Forget()                 { w.seen, w.forgot = nil, w.forgot+1 }
func (w *watcher) Settled() bool {
	w.once.Do(func() { close(w.began) })
	return len(w.seen) >= w.enough
}

// TestWatchersSeeEachExchangeOnce, in order, those that are kept first, however many record at once and however
// few are kept.
func TestWatchersSeeEachExchangeOnce(t *testing.T) {
	const enough, recorders = 500, 4
	j := New(Limits{Exchanges: 3, Bytes: 1 << 20})
	for range 5 {
		j.Record(traffic.Exchange{})
	}
	var want []int64
	for id := int64(3); len(want) < enough; id++ { // 1 and 2 are gone
		want = append(want, id)
	}
	var wg sync.WaitGroup
	watchers := make([]*watcher, 20)
	for i := range watchers {
		w := newWatcher(enough)
		watchers[i] = w
		wg.Go(func() {
			kept, dropped := j.Watch(t.Context(), w)
			if dropped != 2 || len(kept) != 3 {
				t.Errorf("%d kept, %d dropped; want 3, 2", len(kept), dropped)
			}
		})
		<-w.began
	}
	for range recorders {
		wg.Go(func() {
			for range enough {
				j.Record(traffic.Exchange{})
			}
		})
	}
	wg.Wait()
	for _, w := range watchers {
		if !slices.Equal(w.seen, want) {
			t.Fatalf("saw %d: got %v, want %v", len(w.seen), w.seen, want)
		}
	}
	if len(j.watches) != 0 {
		t.Errorf("%d watchers are left, want no watches", len(j.watches))
	}
}

// TestWatchEndsWithItsContext, and begins settled where there is nothing to wait for.
func TestWatchEndsWithItsContext(t *testing.T) {
	j := New(Limits{Exchanges: 3, Bytes: 1 << 20})
	j.Record(traffic.Exchange{})
	if kept, dropped := j.Watch(t.Context(), newWatcher(1)); len(kept) != 1 || dropped != 0 {
		t.Errorf("got %d kept, %d dropped; want 1, 0", len(kept), dropped)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := newWatcher(9)
	go func() { <-w.began; cancel() }()
	if kept, _ := j.Watch(ctx, w); len(kept) != 1 || len(j.watches) != 0 {
		t.Errorf("got %d kept, %d watchers; want 1, 0", len(kept), len(j.watches))
	}
	if j.Watch(ctx, w); len(w.seen) != 2 { // it is over, but what is kept is shown
		t.Errorf("saw %v, want 2", w.seen)
	}
}

// TestWatchersForgetAResetJournal, and what was dropped before it.
func TestWatchersForgetAResetJournal(t *testing.T) {
	j := New(Limits{Exchanges: 1, Bytes: 1 << 20})
	j.Record(traffic.Exchange{})
	j.Record(traffic.Exchange{})
	w := newWatcher(2)
	ended := make(chan int)
	go func() {
		_, dropped := j.Watch(t.Context(), w)
		ended <- dropped
	}()
	<-w.began
	j.Reset()
	j.Record(traffic.Exchange{})
	j.Record(traffic.Exchange{})
	if dropped := <-ended; dropped != 0 || w.forgot != 1 || !slices.Equal(w.seen, []int64{3, 4}) {
		t.Errorf("%d dropped, forgot %d times, saw %v; want dropped 0, forgot 1, seen %v", dropped, w.forgot, w.seen, []int64{3, 4})
	}
}
