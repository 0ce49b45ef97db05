package mock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file refuses a contract that the mock cannot answer by, before it says that it is ready.

// checkContract checks that the program has a behaviour for each operation, and that the contract has
// the statuses that the mock answers with.
func (s *Server) checkContract() error {
	standard, err := builtIn()
	if err != nil {
		return err
	}
	for _, o := range s.contract.Operations {
		own := standard.Operation(o.ID)
		if own == nil || s.handlers[o.ID] == nil {
			return fmt.Errorf("%s: operation %q has no behaviour in this program; use the operationIds of the built-in openapi.yaml", o.Place(), o.ID)
		}
		for name := range own.Examples()[0].Params {
			if !strings.Contains(o.Path, "{"+name+"}") {
				return fmt.Errorf("%s: %s reads the path parameter {%s}; the built-in path is %s", o.Place(), o.ID, name, own.Path)
			}
		}
	}
	return s.contract.CheckServable()
}

// tryAnswers asks every operation what the built-in contract shows, on a copy of the data: the
// answers have to fit the contract too.
func (s *Server) tryAnswers(begin *store.Store, chosen *settings.Settings) error {
	standard, err := builtIn()
	if err != nil {
		return err
	}
	share := s.flight.Share()
	defer share.Release()
	caller, _ := begin.View().FirstStaff()
	for _, o := range s.contract.Operations {
		for _, example := range standard.Operation(o.ID).Examples() {
			asked := api.Request{Caller: caller, Params: example.Params, Fields: exampleFields(example), Settings: chosen}
			value, err := s.handlers[o.ID](begin.Trial(s.options.Now), asked)
			a, value := answerOf(value, err, chosen)
			a.body, _, err = encode(context.Background(), share, value, math.MaxInt)
			if err := errors.Join(err, o.CheckAnswer(a.status, a.body)); err != nil && !a.own {
				return fmt.Errorf("%s: the mock's answer does not fit, status %d: %s", o.Place(), a.status, strings.ReplaceAll(err.Error(), "\n", "; "))
			}
		}
	}
	return nil
}

// exampleFields are the fields of an example, as a JSON body would have them.
func exampleFields(example spec.Example) api.Fields {
	fields := api.Fields{}
	data, err := json.Marshal(example.Body)
	if err != nil {
		return fields
	}
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	_ = decoder.Decode(&fields) // it was encoded just now
	return fields
}
