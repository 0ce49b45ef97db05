//go:build cgo

package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// verification is one of a pact against a mock, which starts afresh for each interaction.
type verification struct {
	mu       sync.Mutex // the verifier sends one request after the other, but nobody promises that
	ticaga   *mock.Server
	current  int // the number of the interaction at work
	evidence map[int]*contracts.Evidence
}

// verify lets Pact's verifier send the selected requests of a pact to a mock, and returns what became of them.
func verify(t *testing.T, pact contracts.Pact, selected contracts.Selection) []contracts.Outcome {
	t.Helper()
	v := newVerification(t)
	numbers := map[int]int{}
	for index, i := range pact.Interactions {
		if selected.Has(i) {
			numbers[index] = index + 1
			v.evidence[index+1] = &contracts.Evidence{Credentials: credentialsOfMock()}
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	data, err := pact.Numbered(numbers)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pact.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(v.serve))
	defer server.Close()
	states := httptest.NewServer(http.HandlerFunc(v.serveState))
	defer states.Close()

	printed, err := runVerifier(file, server.URL, states.URL)
	r := readReport(printed)
	if err != nil && len(r.failed) == 0 {
		t.Fatalf("Pact's verifier fails: %v\n%s", err, printed)
	}
	var outcomes []contracts.Outcome
	for index := range pact.Interactions {
		if n, ok := numbers[index]; ok {
			seen := v.evidence[n]
			seen.Ran, seen.Passed, seen.Differences = r.ran[n], r.ran[n] && !r.failed[n], r.differences[n]
			outcomes = append(outcomes, pact.Judge(index, *seen, isError))
		}
	}
	return outcomes
}

func isError(v spec.Violation) bool { return v.Severity == spec.Error }

func newVerification(t *testing.T) *verification {
	t.Helper()
	ticaga, err := mock.New(mock.Options{Email: *email, Token: *token})
	if err != nil {
		t.Fatal(err)
	}
	return &verification{ticaga: ticaga, evidence: map[int]*contracts.Evidence{}}
}

// credentialsOfMock says which credentials the mock accepts, without those that somebody has passed.
func credentialsOfMock() string {
	if *email != "" || *token != "" {
		return "those of EMAIL= and TOKEN="
	}
	return fmt.Sprintf("the e-mail address %s and the API token %s, or set your own with EMAIL= and TOKEN=", mock.DefaultEmail, mock.DefaultToken)
}

// serve answers a request of the verifier's.
func (v *verification) serve(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if *answer != "" {
		giveAnswer(w)
		return
	}
	defer v.note() // after a fault that cuts the answer off, too
	v.ticaga.ServeHTTP(w, r)
}

// note keeps what the mock knows of the request that it has just answered.
func (v *verification) note() {
	if seen, journal := v.evidence[v.current], v.ticaga.Journal(); seen != nil && len(journal) > 0 {
		seen.Exchanges = append(seen.Exchanges, journal[0])
	}
}

// serveState sets a provider state as the verifier asks for it.
func (v *verification) serveState(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var change struct {
		Action, State string
		Params        map[string]any
	}
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	values, err := v.change(change.Action, contracts.Given{State: change.State, Params: change.Params})
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(values)
}

// change sets a state, and returns its values, which the request of the interaction may need.
func (v *verification) change(action string, given contracts.Given) (map[string]any, error) {
	if action != "setup" || given.State == "" {
		return nil, nil
	}
	if n, marked := contracts.MarkedNumber(given.State); marked {
		v.current = n
		v.ticaga.Reset()
		return nil, nil
	}
	values, err := v.ticaga.State(given.State, given.Params)
	if seen := v.evidence[v.current]; err != nil && seen != nil {
		seen.States = append(seen.States, contracts.StateError{State: given.State, Err: err})
	}
	return values, err
}

// giveAnswer writes *answer.
func giveAnswer(w http.ResponseWriter) {
	status, body, _ := strings.Cut(*answer, " ")
	code, err := strconv.Atoi(status)
	if err != nil {
		code = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, body)
}
