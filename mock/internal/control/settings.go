package control

import (
	"errors"
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

func getSettings(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return w.Settings.Get(), nil
}

// putSettings changes the settings that are sent; the others stay.
func putSettings(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	switch err := w.Settings.Change(raw); {
	case errors.Is(err, settings.ErrNotJSON):
		return nil, problemf(http.StatusBadRequest, "the body %v", err)
	case err != nil:
		return nil, problemf(http.StatusUnprocessableEntity, "%v", err)
	}
	return getSettings(w, rw, r)
}

// deleteSettings goes back to those that the world began with.
func deleteSettings(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	w.Settings.Reset()
	return getSettings(w, rw, r)
}
