package shared_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/logtest"
)

// late is a log from which records come as late as they may: when somebody waits for them, or some of them after a conflict.
type late struct {
	log.Log
	atOnce int // after a conflict
	mu     sync.Mutex
	see    func(log.Record)
	held   []log.Record
}

func (l *late) Follow(ctx context.Context, see func(log.Record)) error {
	l.mu.Lock()
	l.see = see
	l.mu.Unlock()
	return l.Log.Follow(ctx, func(r log.Record) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.held = append(l.held, r)
	})
}

// show shows up to so many records.
func (l *late) show(count int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ; count > 0 && len(l.held) > 0; count-- {
		l.see(l.held[0])
		l.held = l.held[1:]
	}
}

func (l *late) Sync(ctx context.Context) error {
	err := l.Log.Sync(ctx)
	l.show(math.MaxInt)
	return err
}

func (l *late) Append(ctx context.Context, history string, after log.Position, data []byte) (log.Position, error) {
	at, err := l.Log.Append(ctx, history, after, data)
	if err != nil {
		l.show(l.atOnce)
	}
	return at, err
}

// TestAcknowledgementLost: the log has the record, but the server does not hear of it. Each request happens once
// nevertheless, and gets its answer.
func TestAcknowledgementLost(t *testing.T) {
	t.Parallel()
	appended := 0
	shares := &logtest.Memory{}
	shares.SetHooks(nil, func(string) error {
		if appended++; appended%2 == 0 { // after one that comes back from the log meanwhile
			return &log.UnavailableError{Because: errors.New("the connection broke"), Unsure: true}
		}
		return nil
	})
	r := newReplica(t, mock.Options{}, func() (log.Log, error) { return &late{Log: shares.Open(), atOnce: 1}, nil })
	r.ready()
	const requests = 200
	for n := range requests {
		want := result{status: http.StatusOK, value: fmt.Sprint(firstCustomer + n)}
		if got := ask(r.URL, operation{world: "blue", kind: register, text: fmt.Sprintf("n%d@example.com", n)}); got != want {
			t.Fatalf("request %d: got %v, want %v", n, got, want)
		}
	}
	want := result{status: http.StatusOK, value: fmt.Sprint(requests)}
	if got := ask(r.URL, operation{world: "blue", kind: journal}); got != want {
		t.Errorf("journal: got %v, want %v", got, want)
	}
	for _, want := range []int{http.StatusOK, http.StatusNotFound} {
		if got := ask(r.URL, operation{world: "blue", kind: forget}); got.status != want {
			t.Errorf("forget: got %v, want %d", got, want)
		}
	}
}

// TestForgottenMeanwhile: a server learns at once that a world was forgotten and that the next one with its name has begun.
func TestForgottenMeanwhile(t *testing.T) {
	t.Parallel()
	shares := &logtest.Memory{}
	a := newReplica(t, mock.Options{}, func() (log.Log, error) { return shares.Open(), nil })
	b := newReplica(t, mock.Options{}, func() (log.Log, error) { return &late{Log: shares.Open(), atOnce: math.MaxInt}, nil })
	a.ready()
	b.ready()
	for _, step := range []struct {
		server *replica
		kind   kind
		value  string
	}{
		{a, create, "15"}, {b, journal, "1"}, // so that b knows the world
		{a, forget, ""}, {a, create, "15"}, {a, create, "16"}, // which b does not see yet
		{b, create, "17"}, {b, journal, "3"}, {a, journal, "3"},
	} {
		want := result{status: http.StatusOK, value: step.value}
		if got := ask(step.server.URL, operation{world: "blue", kind: step.kind}); got != want {
			t.Fatalf("%s: got %v, want %v", step.kind, got, want)
		}
	}
}

// TestNotCreated: a request that the log has no record of has not created a world either.
func TestNotCreated(t *testing.T) {
	t.Parallel()
	var full atomic.Bool
	shares := &logtest.Memory{}
	shares.SetHooks(func(string) error {
		if full.Load() {
			return &log.FullError{Because: errors.New("the disk is full")}
		}
		return nil
	}, nil)
	r := newReplica(t, mock.Options{}, func() (log.Log, error) { return shares.Open(), nil })
	r.ready()
	full.Store(true)
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/w/red/api/customers/get/8", ""},
		{"POST", "/_mock/worlds", `{"name":"green"}`},
		{"PUT", "/_mock/worlds/blue/settings", `{"created":201}`},
		{"POST", "/_mock/worlds/blue/pact/provider-states", `{"state":"customer 8 exists","action":"setup"}`},
	} {
		refused(t, c.method+" "+c.path, send(c.method, r.URL+c.path, c.body))
	}
	if got := send("GET", r.URL+"/_mock/worlds", ""); strings.Count(got.body, `"name":`) != 1 {
		t.Errorf("got %s, want only the default world", got.body)
	}
	full.Store(false)
	for _, world := range []string{"red", "green", "blue"} {
		if got := ask(r.URL, operation{world: world, kind: customer}); got.status != http.StatusOK {
			t.Errorf("world %s: got %v, want 200", world, got)
		}
	}
}
