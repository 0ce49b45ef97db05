//go:build cgo

package verify

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestRecorded: what the published clients send is recorded, and what was recorded verifies against a fresh mock, with
// the verifier of pact-go and with Pact's command line, in both versions of the specification.
func TestRecorded(t *testing.T) {
	pacts, err := contracts.All()
	if err != nil {
		t.Fatal(err)
	}
	ticagaMock, pact := programs(t)
	for _, version := range []int{3, 4} {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			folder := t.TempDir()
			for _, p := range pacts {
				if err := os.WriteFile(filepath.Join(folder, p.File), recorded(t, p, version), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if out, err := runOutside(t, "TestProvider", "-pacts="+folder); err != nil {
				t.Errorf("pact-go: %v\n%s", err, out)
			}
			command := exec.Command(ticagaMock, "pact", "verify", "--pact", pact, folder)
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("pact: %v\n%s", err, out)
			}
		})
	}
}

// recorded sends the requests of a pact to a mock, each in its provider states, and returns the pact of them.
func recorded(t *testing.T, pact contracts.Pact, version int) []byte {
	t.Helper()
	var exchanges []mock.Exchange
	desk, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range pact.Interactions {
		desk.Reset()
		for _, given := range i.Given {
			if _, err := desk.State(given.State, given.Params); err != nil {
				t.Fatal(err)
			}
		}
		r, err := http.NewRequest(i.Request.Method, "http://localhost"+i.Request.Path, bytes.NewReader(i.Request.Body))
		if err != nil {
			t.Fatal(err)
		}
		r.URL.RawQuery = i.Request.Query.Encode()
		r.Header = i.Request.Header.Clone()
		response, err := desk.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		exchanges = append(exchanges, desk.Journal()[0]) // which has it before the answer is out
	}
	data, leftOut, err := desk.Record(exchanges, pact.Consumer, version)
	if err != nil || len(leftOut) > 0 {
		t.Fatalf("%s: left out %q, error %v; want neither", pact.File, leftOut, err)
	}
	return data
}
