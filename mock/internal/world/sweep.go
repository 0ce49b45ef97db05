package world

import (
	"context"
	"maps"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// sweepLogged forgets worlds that nobody used for the time to live, if there is one, and keeps those that are used without
// requests. Then it forgets that worlds were forgotten.
func (w *Worlds) sweepLogged() {
	defer w.cutEnded()
	ttl := w.settings.TTL
	if ttl == 0 {
		return
	}
	now := w.settings.Idle()
	for _, world := range w.List() {
		idle := now - world.lastUsed(now)
		ctx, cancel := context.WithTimeout(w.logging, appendWithin)
		switch {
		case world.Name == Default:
		case world.held.Load() > 0:
			_ = world.Do(ctx, world.Changes.Note) // which tells the other servers
		case idle > ttl:
			_ = world.Do(ctx, func() {
				if now := w.settings.Idle(); now-world.lastUsed(now) > ttl {
					world.line.ending = true
				}
			})
		}
		cancel()
	}
}

// cutBeforeEnd forgets what a world was that this server has ended, so that there is room for others at once. Servers that
// have not read all of it need only the record that ended it. What is left after a failure goes with that record.
func (w *Worlds) cutBeforeEnd(name string, end log.Position) {
	ctx, cancel := context.WithTimeout(w.logging, appendWithin)
	defer cancel()
	_ = w.histories.log.Cut(ctx, name, end)
}

// endedFor is how long the record that ended a world is kept, so that every server has seen it.
const endedFor = time.Hour

// cutEnded forgets that worlds were forgotten.
func (w *Worlds) cutEnded() {
	h := w.histories
	h.mu.Lock()
	ended := maps.Clone(h.ended)
	h.mu.Unlock()
	for name, e := range ended {
		if time.Since(e.seen) < endedFor {
			continue
		}
		ctx, cancel := context.WithTimeout(w.logging, appendWithin)
		err := h.log.Cut(ctx, name, e.at+1)
		cancel()
		h.mu.Lock()
		if err == nil && h.ended[name] == e {
			delete(h.ended, name)
		}
		h.mu.Unlock()
	}
}

// sweepAlways sweeps until the server ends.
func (w *Worlds) sweepAlways() {
	every := endedFor / 4
	if ttl := w.settings.TTL; ttl > 0 {
		every = max(ttl/4, time.Second)
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-w.life.Done():
			return
		case <-ticker.C:
			w.sweepLogged()
		}
	}
}

// drop takes a world that was forgotten out of the list. What its inbox has is of the next one with its name.
func (w *Worlds) drop(world *World) {
	w.mu.Lock()
	if w.byName[world.Name] == world {
		w.forget(world)
	}
	var next *World
	for r, ok := world.line.pop(); ok; r, ok = world.line.pop() {
		next = w.route(r)
	}
	w.mu.Unlock()
	if next != nil {
		next.line.look(next)
	}
}
