package control

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// show describes a world.
func show(w *world.World) traffic.World {
	return traffic.World{
		Name: w.Name, Used: w.Used().UTC(), Exchanges: w.Journal.LastID(), Scenario: w.Scenario(), Snapshots: append([]string{}, w.Store.Snapshots()...),
	}
}

func (a *api) listWorlds(http.ResponseWriter, *http.Request) (any, error) {
	list := []traffic.World{}
	for _, w := range a.Worlds.List() {
		list = append(list, show(w))
	}
	return traffic.Worlds{Worlds: list}, nil
}

// createWorld makes a world from a scenario, or as a copy of another one.
func (a *api) createWorld(_ http.ResponseWriter, r *http.Request) (any, error) {
	var asked traffic.NewWorld
	if err := decode(r.Body, &asked); err != nil {
		return nil, err
	}
	var from *world.World
	if asked.From != "" {
		found, ok := a.Worlds.Find(asked.From)
		if !ok {
			return nil, problemf(http.StatusNotFound, "from: there is no world %.70q", asked.From)
		}
		from = found
	}
	if asked.Scenario != "" {
		if asked.From != "" {
			return nil, problemf(http.StatusUnprocessableEntity, "from and scenario: send one of them")
		}
		if err := world.CheckScenario(asked.Scenario); err != nil {
			return nil, err
		}
	}
	made, err := a.Worlds.Create(asked.Name, from)
	if err != nil {
		return nil, err
	}
	return change(made, r, func(*http.Request) (any, error) {
		if asked.Scenario != "" {
			if err := made.ResetTo(asked.Scenario); err != nil {
				a.Worlds.Delete(asked.Name) // a rejected request creates nothing
				return nil, err
			}
		}
		return show(made), nil
	})
}

// listScenarios lists what a world can begin with.
func listScenarios(http.ResponseWriter, *http.Request) (any, error) {
	list := []traffic.Scenario{}
	for _, name := range fixtures.Names() {
		list = append(list, traffic.Scenario{Name: name, About: fixtures.About(name)})
	}
	return traffic.Scenarios{Scenarios: list}, nil
}

func getWorld(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return show(w), nil
}

func (a *api) deleteWorld(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	if !a.Worlds.Delete(w.Name) {
		return nil, problemf(http.StatusConflict, "the world %q cannot be deleted; reset it", w.Name)
	}
	return traffic.Deleted{Deleted: w.Name}, nil
}

// resetWorld returns to the scenario that the world began with, or to the one that the body names.
func resetWorld(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	var asked traffic.Reset
	if len(bytes.TrimSpace(raw)) > 0 {
		if err := jsontext.Decode(raw, &asked); err != nil {
			return nil, aboutBody(err)
		}
	}
	if asked.Scenario == "" {
		w.Reset()
	} else if err := w.ResetTo(asked.Scenario); err != nil {
		return nil, err
	}
	return show(w), nil
}

// reload reads the files again that the server was started with.
func (a *api) reload(http.ResponseWriter, *http.Request) (any, error) {
	done, err := a.Reload()
	switch {
	case errors.Is(err, traffic.ErrNothingToReload), errors.Is(err, traffic.ErrNotReloadable):
		return nil, orStatus(http.StatusConflict, err)
	case err != nil:
		return nil, orStatus(http.StatusUnprocessableEntity, err)
	}
	return done, nil
}

func listSnapshots(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return traffic.Snapshots{Snapshots: show(w).Snapshots}, nil
}

func getSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	return snapshot(w, name, slices.Contains(w.Store.Snapshots(), name))
}

func createSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	if err := w.Snapshot(name); err != nil {
		return nil, orStatus(http.StatusConflict, err)
	}
	return snapshot(w, name, true)
}

func deleteSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	return snapshot(w, name, w.Store.DeleteSnapshot(name))
}

func restoreSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	return snapshot(w, name, w.Restore(name))
}

// snapshot answers with the name of a snapshot that exists.
func snapshot(w *world.World, name string, exists bool) (any, error) {
	if !exists {
		return nil, problemf(http.StatusNotFound, "the world %q has no snapshot %.70q", w.Name, name)
	}
	return traffic.Snapshot{Snapshot: name}, nil
}

func getClock(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return traffic.Clock{Now: w.Clock.Now().UTC(), Still: w.Clock.Still()}, nil
}

func putClock(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	var change traffic.ClockChange
	if err := decode(r.Body, &change); err != nil {
		return nil, err
	}
	if err := w.Clock.Change(change); err != nil {
		return nil, err
	}
	return getClock(w, rw, r)
}
