package world

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
)

// Load replaces the world's state, and what Reset returns to, by the scenario in a folder. The journal
// stays, and so do the settings when the folder has none. On an error nothing has changed; it is a
// *store.FullError when the data is larger than a world may be.
func (w *World) Load(folder fs.FS) error {
	common := w.common
	loaded, err := common.Scenarios.Load(folder, common.MaxSize)
	if err != nil {
		return err
	}
	if loaded.HasSettings && common.Check != nil {
		if err := common.Check(&loaded.Settings); err != nil {
			return fmt.Errorf("settings.json: %w", err)
		}
	}
	if err := w.Store.Load(loaded.Data); err != nil || !loaded.HasSettings {
		return err
	}
	w.Settings.Load(loaded.Settings)
	return nil
}

// Replace replaces some arrays of the world's state, by noun, and what Reset returns to. Other arrays stay
// as they are, and so does the password of a customer that comes without one. Errors are as those of Load.
func (w *World) Replace(arrays map[string]json.RawMessage) error {
	present := w.Store.View()
	data, err := w.common.Scenarios.Replace(present.Data(), arrays, w.common.MaxSize)
	if err != nil {
		return err
	}
	for i := range data.Customers {
		c := &data.Customers[i]
		if known, ok := present.Customer(c.ID); ok && c.Password == "" {
			c.Password = known.Password
		}
	}
	return w.Store.Load(data)
}

// Export writes the world's data and settings as a zip of fixture files. See scenario.Export.
func (w *World) Export(to io.Writer) error {
	return scenario.Export(to, w.Store.View(), w.Settings.Get())
}
