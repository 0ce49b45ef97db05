package control

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
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
	rules, err := fault.Parse(a.Contract(), w.Name, raw)
	if err != nil {
		if !errors.As(err, new(*fault.RuleError)) {
			err = aboutBody(err)
		}
		return nil, err
	}
	w.Faults.Set(rules)
	return getFaults(w, rw, r)
}

// addFault puts a rule before the others, whose hits stay.
func (a *api) addFault(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	if err := jsontext.Decode(raw, new(json.RawMessage)); err != nil {
		return nil, aboutBody(err)
	}
	rules, err := fault.Parse(a.Contract(), w.Name, slices.Concat([]byte("["), raw, []byte("]")))
	var wrong *fault.RuleError
	switch {
	case errors.As(err, &wrong):
		return nil, &fault.RuleError{Reason: strings.TrimPrefix(strings.TrimPrefix(wrong.Reason, "/0: "), "/0/")}
	case err != nil:
		return nil, aboutBody(err)
	}
	w.Faults.Prepend(rules)
	all, err := getFaults(w, rw, r)
	return created{all}, err
}

func deleteFaults(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	w.Faults.Set(nil)
	return getFaults(w, rw, r)
}
