package mock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file refuses a contract that the mock cannot answer by, before it says that it is ready.

// checkContract checks that the program has a behaviour for each operation, and that the contract has
// the statuses that the mock answers with.
func (s *Server) checkContract(contract *spec.Contract) error {
	standard := spec.BuiltIn()
	for _, o := range contract.Operations {
		own := standard.Operation(o.ID)
		if own == nil || s.handlers[o.ID] == nil {
			hint := "use the operationIds of the built-in openapi.yaml"
			if intended := standard.IntendedID(o, contract); intended != "" {
				hint = fmt.Sprintf("did you mean %q?", intended)
			}
			return fmt.Errorf("%s: operation %q has no handler; %s", o.Place(), o.ID, hint)
		}
		if err := o.CheckReads(own); err != nil {
			return fmt.Errorf("%s: %w", o.Place(), err)
		}
	}
	return contract.CheckServable()
}

// tryAnswers asks every operation what the built-in contract shows, on a copy of the data, with the
// settings that are chosen: the answers have to fit the contract too.
func (s *Server) tryAnswers(contract *spec.Contract, begin *store.Store, chosen *settings.Settings) error {
	standard := spec.BuiltIn()
	share := s.flight.Share()
	defer share.Release()
	caller, _ := begin.View().FirstStaff()
	for _, o := range contract.Operations {
		if chosen.RateLimit > 0 && !o.Answers(http.StatusTooManyRequests) {
			return fmt.Errorf("%s: no response 429, which answers requests beyond the setting rate_limit", o.Place())
		}
		for _, example := range standard.Operation(o.ID).Examples() {
			asked := api.Request{Caller: caller.ID, Params: example.Params, Fields: exampleFields(example), Settings: chosen}
			value, err := s.handlers[o.ID](begin.Trial(s.options.Now), asked)
			if remarked, ok := value.(api.Remarked); ok {
				value = remarked.Answer
			}
			_, created := value.(api.Created)
			a, value := answerOf(value, err, chosen)
			if other := http.StatusOK + http.StatusCreated - a.status; created && !o.Answers(a.status) && o.Answers(other) {
				return fmt.Errorf("%s: no response %d, which the setting created chooses for what is created; add it, or choose %d (--created %[3]d)", o.Place(), a.status, other)
			}
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
