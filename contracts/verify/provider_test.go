//go:build cgo

package verify

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pact-foundation/pact-go/v2/models"
	"github.com/pact-foundation/pact-go/v2/provider"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func TestProvider(t *testing.T) {
	found, err := contracts.Open(*pacts)
	if err != nil {
		t.Fatal(err)
	}
	folder := *pacts
	if info, err := os.Stat(folder); err == nil && !info.IsDir() {
		folder = filepath.Dir(folder)
	}
	interactions := 0
	for _, pact := range found {
		t.Run(pact.File, func(t *testing.T) {
			verify(t, filepath.Join(folder, pact.File), pact)
			interactions += len(pact.Interactions)
		})
	}
	if !t.Failed() {
		// Not t.Log, which go test keeps to itself unless it is asked.
		fmt.Printf("pact: verified %s in %s\n", count(interactions, "interaction"), count(len(found), "pact"))
	}
}

// verify lets Pact send every request of a pact to a mock, and fails t unless each one
// was sent and answered as the pact expects.
func verify(t *testing.T, file string, pact contracts.Pact) {
	ticaga, err := mock.New(mock.Options{Email: *email, Token: *token})
	if err != nil {
		t.Fatal(err)
	}

	var seen atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		if *answer != "" {
			giveAnswer(w)
			return
		}
		ticaga.ServeHTTP(w, r)
	}))
	defer server.Close()

	err = provider.NewVerifier().VerifyProvider(t, provider.VerifyRequest{
		Provider:             pact.Provider,
		ProviderBaseURL:      server.URL,
		PactFiles:            []string{file},
		StateHandlers:        stateHandlers(t, ticaga, pact),
		DisableColoredOutput: true,
	})
	if err != nil {
		return // and t has failed
	}

	// The verifier is content with nothing to do, and with pending interactions that fail.
	if int(seen.Load()) != len(pact.Interactions) {
		t.Errorf("%q: the mock saw %s for %s; unset PACT_DESCRIPTION and the other variables that filter; want %d", pact.File, count(int(seen.Load()), "request"), count(len(pact.Interactions), "interaction"), len(pact.Interactions))
	}
	for _, i := range pact.Interactions {
		if i.Pending {
			t.Errorf("%q: %q: got pending, want not: Pact lets it fail; remove \"pending\" from the pact", pact.File, i.Description)
		}
	}
}

// stateHandlers has a handler for every state that the pact names, known or not: about
// a state without one the verifier only warns.
func stateHandlers(t *testing.T, ticaga *mock.Server, pact contracts.Pact) models.StateHandlers {
	var mu sync.Mutex // the calls come one by one, but through C, where Go cannot see it
	handle := func(setup bool, state models.ProviderState) (models.ProviderStateResponse, error) {
		mu.Lock()
		defer mu.Unlock()
		var err error
		switch params, _ := state.Parameters["params"].(map[string]any); {
		case !setup:
			ticaga.Reset()
		case state.Name != "":
			_, err = ticaga.State(state.Name, params)
		}
		if err != nil {
			t.Errorf("%q: %v", pact.File, err)
		}
		return nil, err
	}
	// An interaction without a state has the empty one, which clears up after it.
	handlers := models.StateHandlers{"": handle}
	for _, i := range pact.Interactions {
		for _, given := range i.Given {
			handlers[given.State] = handle
		}
	}
	return handlers
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
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
