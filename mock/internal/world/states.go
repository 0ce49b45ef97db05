package world

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Provide puts the world into provider states, one after the other on top of what it holds, and returns
// the values of all of them. What Reset returns to stays as it is. The error is one of contracts.Find, or
// says why a state cannot be set, and then nothing has changed.
func (w *World) Provide(given ...contracts.Given) (map[string]any, error) {
	setups := make([]contracts.Setup, 0, len(given))
	for _, g := range given {
		if g.Nothing() {
			continue
		}
		setup, err := contracts.Find(g)
		if err != nil {
			return nil, err
		}
		setups = append(setups, setup)
	}
	all := map[string]any{}
	err := w.arrange(func(d *desk) error {
		for _, setup := range setups {
			values, err := setup.Set(d)
			if err != nil {
				return &StateError{err}
			}
			for name, value := range values {
				all[name] = plain(value)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// plain returns a number as an int64 instead of how it is written, for callers in Go.
func plain(value any) any {
	if number, ok := value.(json.Number); ok {
		if n, err := number.Int64(); err == nil {
			return n
		}
	}
	return value
}

// StateError says why a world cannot be put into a provider state that exists.
type StateError struct{ error }

func (e *StateError) Unwrap() error { return e.error }

// interaction is what a world remembers of the interaction of a pact whose provider states are being set.
// A verifier sets the states of one interaction one by one, sends its request, and may or may not tear
// the states down, so that the world has to notice by itself that another interaction begins.
type interaction struct {
	mu     sync.Mutex
	began  bool
	newest int64 // the last exchange when its last state was set
}

// SetUp is Provide for a verifier. The first states of an interaction start from the world as a reset
// leaves it, except that the journal stays: it explains what a verification has found. States add up
// until a request comes, a state cannot be set, or TearDown is called; a call without states begins an
// interaction that has none.
func (w *World) SetUp(given ...contracts.Given) (map[string]any, error) {
	i := &w.interaction
	i.mu.Lock()
	defer i.mu.Unlock()
	newest := w.Journal.LastID()
	if !i.began || newest != i.newest || nothing(given) {
		w.restore()
	}
	values, err := w.Provide(given...)
	i.began, i.newest = err == nil && !nothing(given), newest
	return values, err
}

// TearDown ends an interaction, and returns to the data and settings that the world began with, without
// faults. The journal stays.
func (w *World) TearDown() {
	i := &w.interaction
	i.mu.Lock()
	defer i.mu.Unlock()
	i.began = false
	w.restore()
}

// nothing reports whether states set up nothing.
func nothing(given []contracts.Given) bool {
	return !slices.ContainsFunc(given, func(g contracts.Given) bool { return !g.Nothing() })
}

// arrange changes the world's data, settings and faults as one: all of it, or on an error nothing.
func (w *World) arrange(change func(*desk) error) error {
	turn := w.Store.Begin()
	defer turn.Rollback()
	d := &desk{world: w}
	err := turn.Update(func(tx *store.Tx) error {
		d.tx = tx
		return change(d)
	})
	if err != nil {
		return err
	}
	if err := d.changeSettings(); err != nil {
		return err
	}
	turn.Commit()
	d.changeFaults()
	w.Changes.Note()
	return nil
}

// changeSettings applies the changes of settings that were asked for.
func (d *desk) changeSettings() error {
	for _, settings := range d.settings {
		if err := d.world.Settings.Change(settings); err != nil {
			return fmt.Errorf("settings: %w", err)
		}
	}
	return nil
}

// changeFaults applies the changes of fault rules that were asked for.
func (d *desk) changeFaults() {
	if d.recovers {
		d.world.Faults.Set(nil)
	}
	for _, rules := range d.faults {
		d.world.Faults.Prepend(rules)
	}
}

// savedInteraction is an interaction as it can be kept elsewhere.
type savedInteraction struct {
	Began  bool  `json:"began,omitempty"`
	Newest int64 `json:"newest,omitempty"`
}

func (i *interaction) save() savedInteraction {
	i.mu.Lock()
	defer i.mu.Unlock()
	return savedInteraction{i.began, i.newest}
}

func (i *interaction) restore(saved savedInteraction) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.began, i.newest = saved.Began, saved.Newest
}
