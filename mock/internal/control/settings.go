package control

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

func getSettings(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return w.Settings.Get(), nil
}

// putSettings changes the settings that are sent; others stay as they are.
func putSettings(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	switch err := w.Settings.Change(raw); {
	case errors.Is(err, settings.ErrNotJSON):
		return nil, fmt.Errorf("the body %w", err)
	case err != nil:
		return nil, orStatus(http.StatusUnprocessableEntity, err)
	}
	return getSettings(w, rw, r)
}

// deleteSettings returns to the settings that the world began with.
func deleteSettings(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	w.Settings.Reset()
	return getSettings(w, rw, r)
}
