package world

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// clocks are the two of Settings, set by hand.
type clocks struct {
	now  time.Time
	idle time.Duration
}

func newWorlds(t *testing.T, most int, ttl time.Duration) (*Worlds, *clocks) {
	t.Helper()
	c := &clocks{now: time.Unix(0, 0)}
	now := func() time.Time { return c.now }
	begin, err := store.New(store.Data{}, now, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return New(Settings{
		Start: Start{Store: begin}, Now: now, Idle: func() time.Duration { return c.idle },
		Journal: journal.Limits{Exchanges: 10, Bytes: 10_000}, MaxWorlds: most, TTL: ttl,
	}), c
}

func keep(t *testing.T, worlds *Worlds, name string) *World {
	t.Helper()
	w, err := worlds.Keep(name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func get(t *testing.T, worlds *Worlds, name string) *World {
	t.Helper()
	w, err := worlds.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestIdleWorldsAreForgotten by the clock that does not stand still, and make room.
func TestIdleWorldsAreForgotten(t *testing.T) {
	worlds, c := newWorlds(t, 3, time.Hour)
	one, used := keep(t, worlds, "one"), keep(t, worlds, "used")
	if _, err := worlds.Get("three"); !errors.As(err, new(*LimitError)) {
		t.Errorf("Get(three): got %v, want a LimitError: the limit includes the default world", err)
	}
	c.now = c.now.Add(24 * time.Hour) // time in the help desk is another matter
	c.idle += 50 * time.Minute
	if get(t, worlds, "used") != used {
		t.Error("Get(used): got another world, want the one in use")
	}
	c.idle += 50 * time.Minute
	if _, ok := worlds.Find("one"); ok {
		t.Error("Find(one): got the idle world, want none")
	}
	if get(t, worlds, "three") == nil || get(t, worlds, "used") != used || len(worlds.List()) != 3 {
		t.Errorf("got %d worlds, want 3: the default one, used and three", len(worlds.List()))
	}
	if one.lasts.Err() == nil || used.lasts.Err() != nil {
		t.Errorf("got %v in the idle world, %v in the used one; want an error in the first only", one.lasts.Err(), used.lasts.Err())
	}
	c.idle += 24 * time.Hour
	if _, ok := worlds.Find(Default); !ok {
		t.Error("Find(default): got none, want it: the default world does not expire")
	}
}

// TestWaitingEndsWithTheWorld, and with whoever waits.
func TestWaitingEndsWithTheWorld(t *testing.T) {
	worlds, _ := newWorlds(t, 2, 0)
	w := get(t, worlds, "one")
	ctx, cancel := w.Context(t.Context())
	defer cancel()
	parent, giveUp := context.WithCancel(t.Context())
	other, cancelOther := w.Context(parent)
	defer cancelOther()
	giveUp()
	<-other.Done()
	if ctx.Err() != nil {
		t.Errorf("after another gave up: got %v, want no error", ctx.Err())
	}
	if !worlds.Delete("one") {
		t.Fatal("Delete(one) = false, want true")
	}
	if w.Journal.Wait(ctx, 0) {
		t.Error("Wait() in a deleted world = true, want false")
	}
}

// TestAwaitedWorldIsInUse: a world in which a request waits is neither expired nor replaced.
func TestAwaitedWorldIsInUse(t *testing.T) {
	worlds, c := newWorlds(t, 3, time.Hour)
	held := get(t, worlds, "held")
	_, endFirst := held.Context(t.Context())
	ctx, endLast := held.Context(t.Context())
	endFirst()
	endFirst() // counts once
	c.idle += 2 * time.Hour
	get(t, worlds, "later")
	c.idle++
	if used := held.Used().Sub(held.common.Began); used != c.idle {
		t.Errorf("last used at %v, want %v", used, c.idle)
	}
	if get(t, worlds, "latest"); ctx.Err() != nil {
		t.Errorf("the world in use: got %v, want it not replaced", ctx.Err())
	}
	if _, there := worlds.Find("later"); there {
		t.Error("Find(later): got the unused world, want none")
	}
	endLast()
	c.idle += time.Hour
	if got, there := worlds.Find("held"); !there || got != held {
		t.Errorf("Find(held) an hour after its last use = %p, %t; want %p, true", got, there, held)
	}
	c.idle += time.Hour + 1
	if _, there := worlds.Find("held"); there {
		t.Error("Find(held) more than an hour after its last use: got it, want none")
	}
}

// TestTheLeastRecentlyUsedWorldIsReplaced, unless somebody created it by name.
func TestTheLeastRecentlyUsedWorldIsReplaced(t *testing.T) {
	worlds, c := newWorlds(t, 4, 0)
	later := func() { c.idle += time.Second }
	for _, name := range []string{"kept", "one", "two"} {
		get(t, worlds, name)
		later()
	}
	keep(t, worlds, "kept")
	later()
	one, _ := worlds.Find("one") // being asked for is being used
	two, _ := worlds.Find("two")
	later()
	worlds.Find("one")
	names := func() (all string) {
		for _, w := range worlds.List() {
			all += w.Name + " "
		}
		return all
	}
	later()
	get(t, worlds, "three")
	if got := names(); got != "default kept one three " || two.lasts.Err() == nil || one.lasts.Err() != nil {
		t.Errorf(`have %s; want "default kept one three ", an error`, got)
	}
	later()
	keep(t, worlds, "four")
	if got := names(); got != "default four kept three " {
		t.Errorf(`have %s, want "default four kept three "`, got)
	}
	keep(t, worlds, "three")
	if _, err := worlds.Get("five"); !errors.As(err, new(*LimitError)) {
		t.Errorf("Get(five): got %v, want a LimitError: every world was created by name", err)
	}
	if _, err := worlds.Create("five", nil); !errors.As(err, new(*LimitError)) {
		t.Errorf("got %v, want an error of type LimitError", err)
	}
	worlds.Delete("four")
	if _, err := worlds.Create("three", nil); !errors.As(err, new(*ExistsError)) {
		t.Errorf("got %v, want an error of type ExistsError", err)
	}
	get(t, worlds, "five")
}

// TestAwait: whoever waits for a world gets it when it is created. Waiting does not create it.
func TestAwait(t *testing.T) {
	worlds, _ := newWorlds(t, 5, 0)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan *World)
	for range 2 {
		go func() { got <- worlds.Await(ctx, "late") }()
	}
	get(t, worlds, "other")
	made := get(t, worlds, "late")
	for range 2 {
		if w := <-got; w != made {
			t.Errorf("got %v, want %v", w, made)
		}
	}
	cancel()
	if w := worlds.Await(ctx, "never"); w != nil || len(worlds.List()) != 3 {
		t.Errorf("got %v; got len(list) %d; want w nil, len(list) 3", w, len(worlds.List()))
	}
}
