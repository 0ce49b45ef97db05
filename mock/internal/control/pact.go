package control

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/contracts/record"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// recordPact returns a pact of the exchanges that the journal of a world has.
func (a *api) recordPact(found *world.World, w http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	for name, values := range query {
		if name != "consumer" && name != "version" && name != "exchange" || len(values) > 1 {
			return nil, problemf(http.StatusBadRequest, "parameter %.40q: must be consumer, version or exchange, once", name)
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
	var only int64
	if query.Has("exchange") {
		only, _ = strconv.ParseInt(query.Get("exchange"), 10, 64)
		at := slices.IndexFunc(exchanges, func(x traffic.Exchange) bool { return x.ID == only })
		if at < 0 {
			return nil, problemf(http.StatusNotFound, "the journal has no exchange %.20q", query.Get("exchange"))
		}
		exchanges = exchanges[:at+1]
	}
	pact, leftOut, err := a.Record(exchanges, record.Options{Consumer: query.Get("consumer"), Version: version, Only: only})
	switch {
	case errors.Is(err, record.ErrNothing) && only != 0 && len(leftOut) > 0:
		return nil, problemf(http.StatusConflict, "it cannot be recorded: %s", leftOut[0].Reason)
	case errors.Is(err, record.ErrNothing):
		return nil, problemf(http.StatusConflict, "the journal has no exchange that can be recorded, of %d", len(exchanges))
	case err != nil:
		return nil, problemf(http.StatusBadRequest, "%v", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, err = w.Write(pact)
	return nil, err
}
