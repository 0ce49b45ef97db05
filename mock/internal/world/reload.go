package world

import (
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
)

// check rejects settings that no world can have.
func (s *Start) check(chosen *settings.Settings) error {
	if s.Check == nil {
		return nil
	}
	return s.Check(chosen)
}

// check is that of the present start.
func (w *Worlds) check(chosen *settings.Settings) error { return w.start.Load().check(chosen) }

// Note is a sentence about what a reload has kept or dropped in a world.
type Note struct{ World, Text string }

// Reload replaces what worlds begin with. A world that began so and has loaded no other data follows: it keeps
// what was changed at run time, as far as it fits the new data and passes valid, which may be nil. See
// store.Rebase. Its journal, faults, clock and snapshots stay. Only one Reload may run at a time.
func (w *Worlds) Reload(next *Start, valid func(noun string, row any) error) (followed int, notes []Note) {
	next.Store.Join(w.total)
	before := w.start.Load()
	list := w.replaceStart(next)
	for _, world := range list {
		told, follows := world.Store.Rebase(before.Store, next.Store, valid)
		if !follows {
			notes = append(notes, Note{world.Name, "left as it is: it does not begin with these files"})
			continue
		}
		followed++
		if err := world.Settings.Follow(next.Initial); err != nil {
			told = append(told, fmt.Sprintf("dropped the settings that were changed at run time: %v", err))
		}
		for _, text := range told {
			notes = append(notes, Note{world.Name, text})
		}
		world.Changes.Note()
	}
	w.outside.Store.Rebase(before.Store, next.Store, nil)
	_ = w.outside.Settings.Follow(next.Initial) // which nobody changes
	return followed, notes
}

// replaceStart lets worlds begin in another way, and returns those that began before, by name.
func (w *Worlds) replaceStart(next *Start) []*World {
	w.copying.Lock() // a copy has the start of its original, and belongs in the list
	defer w.copying.Unlock()
	w.mu.Lock()
	w.start.Store(next)
	w.mu.Unlock()
	return w.List()
}
