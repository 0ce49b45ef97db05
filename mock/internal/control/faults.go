package control

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// mostRules bounds a world's rules.
const mostRules = 1000

// rule is a fault rule on the wire.
type rule struct {
	Operation   string          `json:"operation,omitempty"`
	Match       json.RawMessage `json:"match,omitempty"`
	Status      int             `json:"status,omitempty"`
	Fault       string          `json:"fault,omitempty"`
	DelayMS     int64           `json:"delay_ms,omitempty"`
	DelayMaxMS  int64           `json:"delay_max_ms,omitempty"` // a random time between the two
	Probability *float64        `json:"probability,omitempty"`
	Times       int             `json:"times,omitempty"`
	Hits        int             `json:"hits"` // how often it was hit; told, not taken
}

// faultsAnswer is a world's rules, as they were put, and what else asks for faults.
type faultsAnswer struct {
	Rules    []rule           `json:"rules"`
	Reserved []fault.Reserved `json:"reserved"`
	Prefer   string           `json:"prefer"`
}

const prefer = "Prefer: code=429, or fault=reset, or delay=200 or delay=100-500 (milliseconds)"

func getFaults(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return showFaults(w), nil
}

func showFaults(w *world.World) faultsAnswer {
	a := faultsAnswer{Rules: []rule{}, Reserved: fault.Data(), Prefer: prefer}
	hits := w.Faults.Hits()
	if put, ok := w.Faults.Source().([]rule); ok {
		for i, one := range put {
			one.Hits = hits[i]
			a.Rules = append(a.Rules, one)
		}
	}
	return a
}

func (d *door) putFaults(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	if err := SetFaults(d.Contract, w, raw); err != nil {
		return nil, err
	}
	return showFaults(w), nil
}

func deleteFaults(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	w.Faults.Set(nil, nil)
	return showFaults(w), nil
}

// SetFaults replaces a world's rules by a JSON list of them.
func SetFaults(contract *spec.Contract, w *world.World, list []byte) error {
	var put []rule
	if err := decode(bytes.NewReader(list), &put); err != nil {
		return err
	}
	if len(put) > mostRules {
		return problemf(http.StatusUnprocessableEntity, "%d rules; at most %d", len(put), mostRules)
	}
	known := Expectations(contract, w.Name)
	rules := make([]fault.Rule, len(put))
	for i, one := range put {
		var err error
		if rules[i], err = one.read(known); err != nil {
			return problemf(http.StatusUnprocessableEntity, "/%d: %v", i, err)
		}
		if !canHit(contract, rules[i].Match) {
			return problemf(http.StatusUnprocessableEntity, "/%d/match: no operation has this method and path, so it would never be met; ticaga-mock routes lists them", i)
		}
	}
	w.Faults.Set(rules, put)
	return nil
}

// canHit reports whether any operation could be asked for so: faults are put into the answers of
// operations.
func canHit(contract *spec.Contract, m verify.Matcher) bool {
	return slices.ContainsFunc(contract.Operations, func(o *spec.Operation) bool {
		path := m.Path()
		if path != "" {
			found, _ := contract.Find(o.Method, path)
			if found != o {
				return false
			}
		}
		return m.Method() == "" || m.Method() == o.Method || m.Method() == http.MethodHead && o.Method == http.MethodGet
	})
}

func (one rule) read(known verify.Contract) (fault.Rule, error) {
	made := fault.Rule{Probability: 1, Times: one.Times}
	var err error
	made.Fault, err = fault.New(one.Fault, one.Status, milliseconds(one.DelayMS), milliseconds(one.DelayMaxMS))
	if err != nil {
		return made, err
	}
	if one.Probability != nil {
		if made.Probability = *one.Probability; made.Probability <= 0 || made.Probability > 1 {
			return made, fmt.Errorf("probability %v: want more than 0, and at most 1", made.Probability)
		}
	}
	if one.Times < 0 {
		return made, fmt.Errorf("times %d: want 0 for always, or more", one.Times)
	}
	made.Match, err = verify.ParseRule(known, one.Operation, one.Match)
	return made, err
}

// milliseconds is a time.Duration, which more than it can hold does not make a short one.
func milliseconds(n int64) time.Duration {
	most := (fault.MostDelay + time.Second).Milliseconds()
	return time.Duration(min(max(n, -1), most)) * time.Millisecond
}
