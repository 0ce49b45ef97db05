package nats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// world is a history that several writers append to, whatever happens to the cluster.
type world struct {
	t       *testing.T
	stop    context.Context
	writers sync.WaitGroup
	mu      sync.Mutex
	acked   map[string]log.Position // by data
	unsure  int
	views   []view
}

// view is what a server has seen.
type view struct {
	log  *Log
	seen *seen
}

// seen is what a Log has seen of a history.
type seen struct {
	mu      sync.Mutex
	records []log.Record
}

func (s *seen) see(r log.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.records = append(s.records, r)
}

func (s *seen) last() log.Position {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.records) == 0 {
		return 0
	}
	return s.records[len(s.records)-1].At
}

// followed returns what l sees from now on.
func followed(t *testing.T, l *Log) *seen {
	t.Helper()
	s := &seen{}
	go func() { _ = l.Follow(context.Background(), s.see) }() // until l is closed
	return s
}

// write appends with l until w.stop ends.
func (w *world) write(name string, l *Log) {
	s := followed(w.t, l)
	w.views = append(w.views, view{l, s})
	w.writers.Go(func() {
		after := log.Position(0)
		for n := 0; w.stop.Err() == nil; {
			data := fmt.Sprintf("%s %d", name, n)
			at, err := l.Append(w.stop, "w", after, []byte(data))
			var unavailable *log.UnavailableError
			switch {
			case err == nil:
				w.mu.Lock()
				w.acked[data] = at
				w.mu.Unlock()
				after = at
				n++
			case errors.As(err, new(*log.ConflictError)):
				if l.Sync(w.stop) == nil {
					after = max(after, s.last())
				}
			case errors.As(err, &unavailable):
				if unavailable.Unsure {
					w.mu.Lock()
					w.unsure++
					w.mu.Unlock()
					n++
				}
				_ = l.Sync(w.stop)
				after = max(after, s.last())
			default:
				w.t.Errorf("append: got error %v, want a conflict or an *UnavailableError", err)
				return
			}
		}
	})
}

// more waits until so many more records were acknowledged.
func (w *world) more(count int) {
	w.t.Helper()
	count += w.count()
	if !cluster.Wait(func() bool { return w.count() >= count }) {
		w.t.Fatalf("got %d acknowledged records, want %d or more", w.count(), count)
	}
}

func (w *world) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acked)
}

// TestNothingIsLost lets two servers append while their cluster fails in all ways that leave a quorum, or regain one.
func TestNothingIsLost(t *testing.T) {
	c := cluster.Start(t, 3, cluster.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	w := &world{t: t, stop: ctx, acked: map[string]log.Position{}}
	a, b := start(t, c, "", defaults()), start(t, c, "", defaults())
	w.write("a", a)
	w.write("b", b)
	for _, failure := range []struct {
		name string
		fail func(leader int)
	}{
		{"nothing", func(int) {}},
		{"the leader steps down", func(int) { c.StepDown(DefaultStream) }},
		{"connections of clients break", func(int) {
			for _, n := range c.Nodes {
				n.Client.Drop()
			}
		}},
		{"a follower crashes", func(leader int) { n := c.Nodes[(leader+1)%3]; n.Kill(); w.more(20); n.Restart() }},
		{"the leader crashes", func(leader int) { n := c.Nodes[leader]; n.Kill(); w.more(20); n.Restart() }},
		{"the leader is alone", func(leader int) { c.Isolate(leader); w.more(5); c.Heal() }},
		{"all crash", func(int) {
			for _, n := range c.Nodes {
				n.Kill()
			}
			for _, n := range c.Nodes {
				n.Launch()
			}
		}},
	} {
		begin := time.Now()
		failure.fail(c.Leader(DefaultStream))
		w.more(20)
		t.Logf("%s: %v, %d records", failure.name, time.Since(begin).Round(time.Millisecond), w.count())
	}
	cancel()
	w.writers.Wait()
	w.check(start(t, c, "", defaults()))
	t.Logf("%d acknowledged, %d unsure", w.count(), w.unsure)
}

// check compares what the writers and a new server have seen with what was acknowledged.
func (w *world) check(fresh *Log) {
	w.t.Helper()
	views := slices.Concat(w.views, []view{{fresh, followed(w.t, fresh)}})
	for _, v := range views {
		if err := v.log.Sync(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		found, after := map[string]log.Position{}, log.Position(0)
		for _, r := range v.seen.records {
			if r.After != after {
				w.t.Errorf("got record %d after %d, want it after %d", r.At, r.After, after)
			}
			if other, ok := found[string(r.Data)]; ok {
				w.t.Errorf("got %q at %d and %d, want it once", r.Data, other, r.At)
			}
			found[string(r.Data)], after = r.At, r.At
		}
		for data, at := range w.acked {
			if found[data] != at {
				w.t.Errorf("acknowledged record %q at %d: got position %d, want it there", data, at, found[data])
			}
		}
		if extra := len(found) - len(w.acked); extra > w.unsure {
			w.t.Errorf("got %d records that were not acknowledged, want at most %d, the unsure ones", extra, w.unsure)
		}
	}
}

// TestServerIsCutOff: a log whose server is cut off from the others does not claim to know what happens there, and
// moves to one of them.
func TestServerIsCutOff(t *testing.T) {
	c := cluster.Start(t, 3, cluster.Options{})
	l, err := open(t.Context(), Config{Servers: c.Servers(), Replicas: 3, Timeout: time.Second}, quick())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	becomes(t, l, "")
	s := followed(t, l)
	alone := slices.IndexFunc(c.Nodes, func(n *cluster.Node) bool {
		return strings.HasSuffix(l.link.Load().nc.ConnectedUrl(), n.Client.Address)
	})
	others := slices.Delete(c.Servers(), alone, alone+1)
	other, err := open(t.Context(), Config{Servers: others}, defaults())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	becomes(t, other, "")
	c.Isolate(alone)
	at := log.Position(0)
	if !cluster.Wait(func() bool { at, err = other.Append(t.Context(), "w", 0, []byte("a")); return err == nil }) {
		t.Fatalf("append elsewhere: got error %v, want none", err)
	}
	if !cluster.Wait(func() bool { err = l.Sync(t.Context()); return err == nil }) {
		t.Fatalf("sync: got error %v, want none after a while", err)
	}
	if s.last() != at {
		t.Errorf("got the last record at %d after Sync, want %d", s.last(), at)
	}
	becomes(t, l, "")
	if _, err := l.Append(t.Context(), "w", at, []byte("b")); err != nil {
		t.Errorf("append: got error %v, want none", err)
	}
}
