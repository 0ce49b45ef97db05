package world

import (
	"context"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// clocks are the two of Settings, set by hand.
type clocks struct{ now, idle time.Time }

func newWorlds(t *testing.T, most int, ttl time.Duration) (*Worlds, *clocks) {
	t.Helper()
	c := &clocks{now: time.Unix(0, 0), idle: time.Unix(0, 0)}
	now := func() time.Time { return c.now }
	begin, err := store.New(store.Data{}, now, 0)
	if err != nil {
		t.Fatal(err)
	}
	return New(Settings{
		Store: begin, Now: now, Idle: func() time.Time { return c.idle },
		Journal: journal.Limits{Exchanges: 10, Bytes: 10_000}, Most: most, TTL: ttl,
	}), c
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
	one, used := get(t, worlds, "one"), get(t, worlds, "used")
	if _, err := worlds.Get("three"); err == nil {
		t.Error("the limit includes the default world")
	}
	c.now = c.now.Add(24 * time.Hour) // time in the help desk is another matter
	c.idle = c.idle.Add(50 * time.Minute)
	if get(t, worlds, "used") != used {
		t.Error("a world in use was forgotten")
	}
	c.idle = c.idle.Add(50 * time.Minute)
	if _, ok := worlds.Find("one"); ok {
		t.Error("an idle world is still there")
	}
	if get(t, worlds, "three") == nil || get(t, worlds, "used") != used || len(worlds.List()) != 3 {
		t.Error("the idle world still takes room")
	}
	if one.life.Err() == nil || used.life.Err() != nil {
		t.Error("whoever waits in the idle world waits on")
	}
	c.idle = c.idle.Add(24 * time.Hour)
	if _, ok := worlds.Find(Default); !ok {
		t.Error("the default world does not expire")
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
		t.Error("one who gave up has ended another")
	}
	if !worlds.Delete("one") {
		t.Fatal("it cannot be deleted")
	}
	if list := w.Journal.Wait(ctx, 0); list != nil {
		t.Error(list)
	}
}
