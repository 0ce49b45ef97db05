package control

import (
	"errors"
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/contracts/record"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// recordPact returns a pact of the exchanges that the journal of a world has.
func (a *api) recordPact(found *world.World, w http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	for name, values := range query {
		if name != "consumer" && name != "version" || len(values) > 1 {
			return nil, problemf(http.StatusBadRequest, "parameter %.40q: must be consumer or version, once", name)
		}
	}
	version, known := map[string]int{"": 4, "3": 3, "4": 4}[query.Get("version")]
	switch {
	case !known:
		return nil, problemf(http.StatusBadRequest, "version=%.20q: must be 3 or 4", query.Get("version"))
	case query.Get("consumer") == "":
		return nil, problemf(http.StatusBadRequest, "consumer is missing; name the plugin, such as ?consumer=my-plugin")
	}
	exchanges := found.Journal.Since(0)
	pact, _, err := a.Record(exchanges, query.Get("consumer"), version)
	switch {
	case errors.Is(err, record.ErrNothing):
		return nil, problemf(http.StatusConflict, "the journal has no exchange that can be recorded, of %d", len(exchanges))
	case err != nil:
		return nil, problemf(http.StatusBadRequest, "%v", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(pact)
	return nil, err
}
