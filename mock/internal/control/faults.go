package control

import (
	"errors"
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

const prefer = "Prefer: code=429, or fault=reset, or delay=200 or delay=100-500 (milliseconds)"

func getFaults(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return traffic.Faults{Rules: w.Faults.List(), Reserved: fault.Reserved(), Prefer: prefer}, nil
}

func (a *api) putFaults(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	rules, err := fault.Parse(a.Contract, w.Name, raw)
	if err != nil {
		if !errors.As(err, new(*fault.RuleError)) {
			err = aboutBody(err)
		}
		return nil, err
	}
	w.Faults.Set(rules)
	return getFaults(w, rw, r)
}

func deleteFaults(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	w.Faults.Set(nil)
	return getFaults(w, rw, r)
}
