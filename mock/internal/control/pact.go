package control

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/contracts/record"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
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

// pactList lists pacts.
type pactList struct {
	Pacts []checkedPact `json:"pacts"`
}

// checkedPact is a pact and what a check of it finds.
type checkedPact struct {
	File         string              `json:"file"`
	Consumer     string              `json:"consumer"`
	Provider     string              `json:"provider"`
	Interactions int                 `json:"interactions"`
	Findings     []contracts.Finding `json:"findings"` // at most maxFindings
	LeftOut      int                 `json:"left_out"` // how many more findings there are
}

// maxFindings is the max number of findings in an answer.
const maxFindings = 200

func checked(checker *contracts.Checker, pact contracts.Pact) checkedPact {
	found := checker.Check(pact)
	shown := append([]contracts.Finding{}, found[:min(len(found), maxFindings)]...)
	return checkedPact{pact.File, pact.Consumer, pact.Provider, len(pact.Interactions), shown, len(found) - len(shown)}
}

// checks checks pacts against the contract of a mock. Those that the program comes with are checked once.
type checks struct {
	contract *spec.Contract
	checker  *contracts.Checker
	known    func() ([]checkedPact, error)
}

func newChecks(contract *spec.Contract) *checks {
	checker := contracts.CheckerFor(contract)
	return &checks{contract, checker, sync.OnceValues(func() ([]checkedPact, error) {
		pacts, err := contracts.All()
		list := []checkedPact{}
		for _, pact := range pacts {
			list = append(list, checked(checker, pact))
		}
		return list, err
	})}
}

// present returns the checks against the present contract, which may be another one since a reload.
func (a *api) present() *checks {
	made, contract := a.checks.Load(), a.Contract()
	if made == nil || made.contract != contract {
		made = newChecks(contract)
		a.checks.Store(made)
	}
	return made
}

// listPacts returns the pacts of the published clients.
func (a *api) listPacts(http.ResponseWriter, *http.Request) (any, error) {
	list, err := a.present().known()
	return pactList{list}, err
}

// checkPact checks the pact in the body as ticaga-mock pact check does.
func (a *api) checkPact(_ http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	pact, err := contracts.Read("the body", raw)
	if err != nil {
		return nil, problemf(http.StatusUnprocessableEntity, "%.1000s", err)
	}
	return checked(a.present().checker, pact), nil
}
