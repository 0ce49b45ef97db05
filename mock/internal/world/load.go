package world

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
)

// Scenario returns the name of the built-in scenario that Reset returns to, or "" for other data.
func (w *World) Scenario() string { return *w.scenario.Load() }

// Load replaces the world's state, and what Reset returns to, by the scenario in a folder. The journal
// stays, and so do the settings when the folder has none. On an error nothing has changed; it is a
// *store.FullError when the data is larger than a world may be.
func (w *World) Load(folder fs.FS) error {
	loaded, err := w.read(folder)
	if err == nil && loaded.HasSettings {
		err = w.check(&loaded.Settings)
	}
	if err == nil {
		err = w.Store.Load(loaded.Data)
	}
	if err != nil {
		return err
	}
	w.scenario.Store(new(string))
	if loaded.HasSettings {
		w.Settings.Load(loaded.Settings)
	}
	w.Changes.Note()
	return nil
}

func (w *World) read(folder fs.FS) (scenario.Scenario, error) {
	return w.start.Load().Scenarios.Load(folder, w.common.MaxSize)
}

// check returns an error for settings of a scenario that the world cannot have.
func (w *World) check(chosen *settings.Settings) error {
	if err := w.start.Load().check(chosen); err != nil {
		return fmt.Errorf("settings.json: %w", err)
	}
	return nil
}

// ScenarioError says that there is no built-in scenario with a name.
type ScenarioError struct{ error }

// CheckScenario checks the name of a built-in scenario. The error is a *ScenarioError.
func CheckScenario(name string) error {
	if _, err := fixtures.Open(name); err != nil {
		return &ScenarioError{err}
	}
	return nil
}

// ResetTo is Reset to a built-in scenario and its settings, to which Reset returns from then on. The error is a
// *ScenarioError, or that of Load; then nothing has changed.
func (w *World) ResetTo(name string) error {
	folder, err := fixtures.Open(name)
	if err != nil {
		return &ScenarioError{err}
	}
	loaded, err := w.read(folder)
	if err == nil {
		err = w.check(&loaded.Settings)
	}
	if err == nil {
		err = w.Store.Load(loaded.Data)
	}
	if err != nil {
		return err
	}
	w.scenario.Store(&name)
	w.Settings.Load(loaded.Settings)
	w.Reset()
	return nil
}

// Replace replaces some arrays of the world's state, by noun, and what Reset returns to. Other arrays stay
// as they are, and so does the password of a customer that comes without one. Errors are as those of Load.
func (w *World) Replace(arrays map[string]json.RawMessage) error {
	present := w.Store.View()
	data, err := w.start.Load().Scenarios.Replace(present.Data(), arrays, w.common.MaxSize)
	if err != nil {
		return err
	}
	for i := range data.Customers {
		c := &data.Customers[i]
		if known, ok := present.Customer(c.ID); ok && c.Password == "" {
			c.Password = known.Password
		}
	}
	for _, t := range data.Tickets {
		unhide(present, t.ID, t.CustomFields)
	}
	if err := w.Store.Load(data); err != nil {
		return err
	}
	w.scenario.Store(new(string))
	w.Changes.Note()
	return nil
}

// Export writes the world's data and settings as a zip of fixture files. See scenario.Export.
func (w *World) Export(to io.Writer) error {
	return scenario.Export(to, w.Store.View(), w.Settings.Get())
}
