package world

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/logtest"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// contract is loaded once for all servers.
var contract = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(ticagamock.OpenAPI) })

// server returns the worlds of one more server on a log, which begin with customers of these names.
func server(t testing.TB, m *logtest.Memory, customers ...string) *Worlds {
	t.Helper()
	known, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var data store.Data
	for i, name := range customers {
		data.Customers = append(data.Customers, store.Customer{ID: int64(i + 1), Name: name, Email: name + "@ticaga.test", BillingID: "0"})
	}
	begin, err := store.New(data, time.Now, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	l := m.Open()
	w := New(Settings{
		Start: Start{Store: begin, Scenarios: &scenario.Loader{Contract: known}, Initial: settings.Default()},
		Now:   time.Now, Began: time.Now(), Idle: func() time.Duration { return 0 },
		Journal: journal.Limits{Exchanges: 1000, Bytes: 10 << 20}, MaxWorlds: 5, Waiters: 10, Log: l, Expected: func(traffic.Exchange) {},
	})
	t.Cleanup(func() {
		w.Close()
		_ = l.Close()
	})
	if err := w.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// add adds a customer and an exchange to a world, as a request does.
func add(ctx context.Context, w *World, name string) error {
	return w.Do(ctx, func() {
		turn := w.Store.Begin()
		defer turn.Rollback()
		err := turn.Update(func(tx *store.Tx) error {
			_, err := tx.AddCustomer(store.Customer{Name: name, Email: name + "@ticaga.test", BillingID: "0"})
			return err
		})
		if err == nil {
			turn.Commit()
		}
		w.Journal.Record(traffic.Exchange{Operation: name, Violations: []spec.Violation{}})
	})
}

// mustAdd is add that succeeds in the world that has a name now.
func mustAdd(t *testing.T, on *Worlds, world, name string) {
	t.Helper()
	for {
		err := add(t.Context(), get(t, on, world), name)
		if errors.Is(err, ErrForgotten) {
			continue
		}
		if err != nil {
			t.Fatalf("add %q: %v", name, err)
		}
		return
	}
}

// seen is what a server shows of a world.
type seen struct {
	Customers, Journal []string
	Last               int64
	Snapshots          []string
}

func see(t *testing.T, on *Worlds, world string) (s seen) {
	t.Helper()
	if err := on.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	w, ok := on.Find(world)
	if !ok {
		return seen{}
	}
	release, err := w.Hold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for c := range w.Store.View().Customers() {
		s.Customers = append(s.Customers, fmt.Sprint(c.ID, " ", c.Name))
	}
	for _, x := range w.Journal.Since(0) {
		s.Journal = append(s.Journal, fmt.Sprint(x.ID, " ", x.Operation))
	}
	s.Last, s.Snapshots = w.Journal.LastID(), w.Store.Snapshots()
	return s
}

// agree checks that servers show the same of a world, and returns it.
func agree(t *testing.T, world string, servers ...*Worlds) seen {
	t.Helper()
	first := see(t, servers[0], world)
	for _, other := range servers[1:] {
		if diff := cmp.Diff(first, see(t, other, world)); diff != "" {
			t.Errorf("world %q of two servers (-first +other):\n%s", world, diff)
		}
	}
	return first
}

func TestServersAgree(t *testing.T) {
	m := &logtest.Memory{}
	servers := []*Worlds{server(t, m, "joe"), server(t, m, "joe"), server(t, m, "joe")}
	const each = 50
	var all sync.WaitGroup
	for i, on := range servers {
		for client := range 2 {
			all.Go(func() {
				for n := range each {
					mustAdd(t, on, "blue", fmt.Sprintf("c%d-%d-%d", i, client, n))
				}
			})
		}
	}
	all.Wait()
	got := agree(t, "blue", append(servers, server(t, m, "joe"))...)
	want := 3 * 2 * each
	if len(got.Journal) != want || len(got.Customers) != want+1 || got.Last != int64(want) {
		t.Errorf("got %d exchanges, the last %d, and %d customers; want %d, and one customer more", len(got.Journal), got.Last, len(got.Customers), want)
	}
	for i, entry := range got.Journal { // in the order in which the requests were decided
		id, name, _ := strings.Cut(entry, " ")
		if id != fmt.Sprint(i+1) || got.Customers[i+1] != fmt.Sprint(i+2, " ", name) {
			t.Errorf("got exchange %q for customer %q", entry, got.Customers[i+1])
			break
		}
	}
}

// TestNothingIsHalfDone when the log fails, whatever is known of the record.
func TestNothingIsHalfDone(t *testing.T) {
	for name, test := range map[string]struct {
		fail, after error // of the first append
		want        bool  // the request succeeds
	}{
		"gone":                  {fail: &log.UnavailableError{Because: errors.New("gone")}},
		"full":                  {fail: &log.FullError{Because: errors.New("full")}},
		"no answer in time":     {fail: fmt.Errorf("append: %w", context.DeadlineExceeded)},
		"unsure, not there":     {fail: &log.UnavailableError{Because: errors.New("late"), Unsure: true}, want: true},
		"unsure, but there":     {after: &log.UnavailableError{Because: errors.New("late"), Unsure: true}, want: true},
		"conflict without news": {fail: &log.ConflictError{}, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			m := &logtest.Memory{}
			one, two := server(t, m, "joe"), server(t, m, "joe")
			mustAdd(t, one, Default, "before")
			w := get(t, one, Default)
			if err := w.Do(t.Context(), func() { w.Throttle.Hit(1, time.Now(), 10) }); err != nil {
				t.Fatal(err)
			}
			var failed atomic.Bool
			once := func(err error) func(string) error {
				return func(string) error {
					if err != nil && failed.CompareAndSwap(false, true) {
						return err
					}
					return nil
				}
			}
			m.SetHooks(once(test.fail), once(test.after))
			before, _ := w.line.parts.save(nil)
			err := add(t.Context(), w, "new")
			if (err == nil) != test.want {
				t.Errorf("got %v, want success: %t", err, test.want)
			}
			if err != nil && !Unavailable(err) {
				t.Errorf("got %v, want an error that is Unavailable", err)
			}
			after, _ := w.line.parts.save(nil)
			if changed := w.line.parts.texts(before, after); changed != nil {
				t.Errorf("got the other parts changed to %s, want them as before", changed)
			}
			got := agree(t, Default, one, two, server(t, m, "joe"))
			want := []string{"1 before"}
			if test.want {
				want = append(want, "2 new")
			}
			if diff := cmp.Diff(want, got.Journal); diff != "" {
				t.Errorf("journal (-want +got):\n%s", diff)
			}
			mustAdd(t, two, Default, "later")
			agree(t, Default, one, two)
		})
	}
}

// TestForgottenEverywhere: a world that one server deletes is gone on the others, and what they do next is in a
// new one.
func TestForgottenEverywhere(t *testing.T) {
	m := &logtest.Memory{}
	one, two := server(t, m, "joe"), server(t, m, "joe")
	mustAdd(t, one, "blue", "first")
	agree(t, "blue", one, two)
	old := get(t, two, "blue")
	w := get(t, one, "blue")
	if err := w.Do(t.Context(), func() { one.Delete("blue") }); err != nil {
		t.Fatal(err)
	}
	if err := add(t.Context(), old, "late"); !errors.Is(err, ErrForgotten) {
		t.Errorf("a change of the old world: got %v, want ErrForgotten", err)
	}
	for i, on := range []*Worlds{one, two} {
		if err := on.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, ok := on.Find("blue"); ok {
			t.Errorf("server %d: the world is still there", i)
		}
	}
	mustAdd(t, two, "blue", "second")
	got := agree(t, "blue", one, two, server(t, m, "joe"))
	if diff := cmp.Diff([]string{"1 second"}, got.Journal); diff != "" {
		t.Errorf("journal of the new world (-want +got):\n%s", diff)
	}
}

// TestCreatedWhileForgotten: a world is created though another server creates and forgets one with its name at the same
// time.
func TestCreatedWhileForgotten(t *testing.T) {
	m := &logtest.Memory{}
	one, two := server(t, m, "joe"), server(t, m, "joe")
	var hooked atomic.Bool
	m.SetHooks(func(history string) error {
		if history != "blue" || hooked.Swap(true) {
			return nil
		}
		mustAdd(t, one, "blue", "first")
		w := get(t, one, "blue")
		return w.Do(t.Context(), func() { one.Delete("blue") })
	}, nil)
	found, err := two.Keep("blue")
	if err != nil {
		t.Fatal(err)
	}
	if err := add(t.Context(), found, "second"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1 second"}, agree(t, "blue", one, two).Journal); diff != "" {
		t.Errorf("journal of the world (-want +got):\n%s", diff)
	}
}

// TestOutOfTime: an error says once that the log is not available, and keeps what it knows.
func TestOutOfTime(t *testing.T) {
	known := &log.UnavailableError{Because: context.DeadlineExceeded, Retry: time.Second}
	var made *log.UnavailableError
	if got := outOfTime(known); !errors.As(got, &made) || made != known {
		t.Errorf("an error of the log: got %#v, want it as it was", got)
	}
	if got := outOfTime(context.Canceled); !errors.As(got, &made) || !made.Unsure {
		t.Errorf("the error of a context: got %#v, want an unsure *log.UnavailableError", got)
	}
	if got := outOfTime(nil); got != nil {
		t.Errorf("no error: got %v", got)
	}
}

// TestEndsAreCut: where nothing is left of a world that was forgotten, another one can begin, also on a server that
// still knows its end.
func TestEndsAreCut(t *testing.T) {
	m := &logtest.Memory{}
	one, two := server(t, m, "joe"), server(t, m, "joe")
	mustAdd(t, one, "blue", "first")
	w := get(t, one, "blue")
	if err := w.Do(t.Context(), func() { one.Delete("blue") }); err != nil {
		t.Fatal(err)
	}
	if err := two.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := one.histories
	h.mu.Lock()
	end := h.ended["blue"]
	h.ended["blue"] = ending{end.at, time.Now().Add(-2 * endedFor)}
	h.mu.Unlock()
	mustAdd(t, one, "green", "stays")
	one.sweepLogged() // without a time to live
	if _, there := one.Find("green"); !there {
		t.Error("got no world after the sweep, want it kept: there is no time to live")
	}
	if at := h.endOf("blue"); at != 0 {
		t.Errorf("got the end %d, want none", at)
	}
	mustAdd(t, two, "blue", "second")
	got := agree(t, "blue", one, two, server(t, m, "joe"))
	if diff := cmp.Diff([]string{"1 second"}, got.Journal); diff != "" {
		t.Errorf("journal of the new world (-want +got):\n%s", diff)
	}
}

// TestEndMakesRoom: what a world was goes with it, whoever knows that its end is in the log. A server that has not read all
// of it forgets it, too.
func TestEndMakesRoom(t *testing.T) {
	for name, after := range map[string]error{
		"known to be there": nil,
		"unsure, but there": &log.UnavailableError{Because: errors.New("late"), Unsure: true},
	} {
		t.Run(name, func(t *testing.T) {
			m := &logtest.Memory{}
			one, two := server(t, m, "joe"), server(t, m, "joe")
			before := m.Size()
			for n := range 50 {
				mustAdd(t, one, "blue", fmt.Sprint("c", n))
			}
			late := server(t, m, "joe")
			var told atomic.Bool
			m.SetHooks(nil, func(string) error {
				if after != nil && told.CompareAndSwap(false, true) {
					return after
				}
				return nil
			})
			w := get(t, one, "blue")
			if err := w.Do(t.Context(), func() { one.Delete("blue") }); err != nil {
				t.Fatal(err)
			}
			if left := m.Size() - before; left > maxOver {
				t.Errorf("got %d bytes after the world was deleted, want at most the %d of the record that ended it", left, maxOver)
			}
			servers := []*Worlds{one, two, late, server(t, m, "joe")}
			for i, on := range servers {
				if err := on.Sync(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, there := on.Find("blue"); there {
					t.Errorf("server %d has the world, want it forgotten", i)
				}
			}
			mustAdd(t, late, "blue", "second")
			if got := agree(t, "blue", servers...); cmp.Diff([]string{"1 second"}, got.Journal) != "" {
				t.Errorf("got the journal %q of the next world with its name, want one exchange", got.Journal)
			}
		})
	}
}

// TestHistoriesAreShort: a log does not grow without end, a server that starts later makes the same of it, and whoever
// waits on another server does not notice.
func TestHistoriesAreShort(t *testing.T) {
	m := &logtest.Memory{}
	one, two := server(t, m, "joe"), server(t, m, "joe")
	mustAdd(t, one, Default, "first")
	w := get(t, one, Default)
	if err := w.Do(t.Context(), func() { _ = w.Snapshot("early") }); err != nil {
		t.Fatal(err)
	}
	expected, err := verify.Parse(verify.NewContract(must(contract()), Default), []byte(`{"operation": "closeTicket", "count": 1, "within": "30s"}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := two.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	waits := make(chan traffic.Result)
	go func() {
		result, _ := two.Verify(context.Background(), Default, expected)
		waits <- result
	}()
	long := strings.Repeat("x", 40_000)
	for n := range 100 {
		err := w.Do(t.Context(), func() {
			w.Journal.Record(traffic.Exchange{Operation: fmt.Sprint(n), Violations: []spec.Violation{}, Request: traffic.Message{Body: long}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	mustAdd(t, one, Default, "closeTicket")
	if result := <-waits; !result.Holds {
		t.Errorf("whoever waits on another server got %v, want that it holds", result)
	}
	if reset := get(t, two, Default).Journal.LastReset(); reset != 0 {
		t.Errorf("the journal of another server was reset after exchange %d, want never", reset)
	}
	if size := m.Size(); size > 4<<20 {
		t.Errorf("the log has %d bytes of 4 MB that were appended, want at most 4 MiB", size)
	}
	if got := agree(t, Default, one, two, server(t, m, "joe")); got.Last != 102 || len(got.Snapshots) != 1 {
		t.Errorf("got %d exchanges and the snapshots %q, want 102 and one", got.Last, got.Snapshots)
	}
	later := server(t, m, "joe")
	restored := get(t, later, Default)
	if err := restored.Alone(t.Context(), func() { restored.Restore("early") }); err != nil {
		t.Fatal(err)
	}
	if got := agree(t, Default, one, two, later); cmp.Diff([]string{"1 joe", "2 first"}, got.Customers) != "" {
		t.Errorf("got the customers %q after the restore, want those of the snapshot", got.Customers)
	}
}

// TestWorldsKeepTheirBeginning: a server that begins with other data reads the worlds of the log nevertheless, and they
// go back to what they began with.
func TestWorldsKeepTheirBeginning(t *testing.T) {
	m := &logtest.Memory{}
	one := server(t, m, "joe")
	mustAdd(t, one, "blue", "new")
	two := server(t, m, "jane", "jack")
	agree(t, "blue", one, two)
	w := get(t, two, "blue")
	if err := w.Alone(t.Context(), w.Reset); err != nil {
		t.Fatal(err)
	}
	if got := agree(t, "blue", one, two); cmp.Diff([]string{"1 joe"}, got.Customers) != "" {
		t.Errorf("got the customers %q after a reset, want those that the world began with", got.Customers)
	}
	mustAdd(t, two, "green", "other")
	if got := agree(t, "green", one, two); cmp.Diff([]string{"1 jane", "2 jack", "3 other"}, got.Customers) != "" {
		t.Errorf("got the customers %q, want those of the server that created the world", got.Customers)
	}
}

// TestCopiesAreWhole: a copy of a world is one on all servers, with what it goes back to.
func TestCopiesAreWhole(t *testing.T) {
	m := &logtest.Memory{}
	one, two := server(t, m, "joe"), server(t, m, "joe")
	mustAdd(t, one, "blue", "new")
	if err := two.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Create("copy", get(t, two, "blue")); err != nil {
		t.Fatal(err)
	}
	if got := agree(t, "copy", one, two, server(t, m, "joe")); cmp.Diff([]string{"1 joe", "2 new"}, got.Customers) != "" {
		t.Errorf("got the customers %q, want those of the original", got.Customers)
	}
	if _, err := one.Create("copy", nil); !errors.As(err, new(*ExistsError)) {
		t.Errorf("got %v, want an *ExistsError", err)
	}
}

// TestLimitOfAllServers: the limit on worlds counts those of all servers.
func TestLimitOfAllServers(t *testing.T) {
	m := &logtest.Memory{}
	one, two := server(t, m, "joe"), server(t, m, "joe")
	for i := range 4 {
		mustAdd(t, []*Worlds{one, two}[i%2], fmt.Sprint("w", i), "new")
	}
	if err := two.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, two, "w4", "new")
	for _, on := range []*Worlds{one, two} {
		if err := on.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(on.List()); n != 5 {
			t.Errorf("got %d worlds, want 5", n)
		}
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// TestOutdated: a world keeps the data that it began with, and a server with other data knows which ones do.
func TestOutdated(t *testing.T) {
	m := &logtest.Memory{}
	one := server(t, m, "joe")
	mustAdd(t, one, "blue", "first")
	two := server(t, m, "joe", "ann")
	mustAdd(t, two, "green", "first")
	get(t, one, "green")
	inMemory, _ := newWorlds(t, 3, time.Hour)
	for name, c := range map[string]struct {
		server *Worlds
		want   []string
	}{"one": {one, []string{"green"}}, "two": {two, []string{"blue", "default"}}, "three, as one": {server(t, m, "joe"), []string{"green"}}, "in memory": {inMemory, nil}} {
		if diff := cmp.Diff(c.want, c.server.Outdated(t.Context())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
