package pactcli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// The tests with the real verifier are in contracts/verify, which installs it.

func TestReadReport(t *testing.T) {
	exit := errors.New("exit status 1")
	const status = `{"type": "mismatches", "mismatches": [{"type": "StatusMismatch", "mismatch": "expected 200 but was 401", "expected": 200, "actual": 401}]}`
	tests := []struct {
		name, report string
		ended        error
		ran, passed  []int
		difference   string // of interaction 1
		want         string // a part of the error; "" for none
	}{
		{name: "good", report: `{"result": true, "interactionResults": [{"description": "0", "result": "OK"}, {"description": "1", "result": "OK"}]}`, ran: []int{0, 1}, passed: []int{0, 1}},
		{name: "a difference", ended: exit, report: `{"result": false, "interactionResults": [{"description": "0", "result": "OK"}, {"description": "1", "result": "Error"}],
			"errors": [{"interaction": "Verifying a pact between a - b and ticaga Given x - 0 - 1", "mismatch": ` + status + `}]}`, ran: []int{0, 1}, passed: []int{0}, difference: "expected 200 but was 401"},
		{name: "a message", ended: exit, report: `{"result": false, "interactionResults": [{"description": "1", "result": "Error"}],
			"errors": [{"interaction": "x - 1", "mismatch": {"type": "error", "message": "timed out"}}]}`, ran: []int{1}, difference: "timed out"},
		{name: "pending", report: `{"result": true, "interactionResults": [{"description": "1", "result": "Error"}],
			"pendingErrors": [{"interaction": "x - 1", "mismatch": ` + status + `}]}`, ran: []int{1}, difference: "expected 200 but was 401"},
		{name: "twice", report: `{"result": true, "interactionResults": [{"description": "1", "result": "OK"}, {"description": "1", "result": "OK"}]}`, passed: []int{1}, want: `an unexpected result for "1"`},
		{name: "nobody's", report: `{"result": true, "interactionResults": [{"description": "a link", "result": "OK"}]}`, want: `an unexpected result for "a link"`},
		{name: "a pact that cannot be loaded", ended: exit, report: `{"result": false, "interactionResults": [],
			"errors": [{"interaction": "Failed to load pact", "mismatch": {"message": "no such file"}}]}`, want: "Failed to load pact: no such file"},
		{name: "a failure of nothing", ended: exit, report: `{"result": true, "interactionResults": [{"description": "1", "result": "OK"}]}`, ran: []int{1}, passed: []int{1}, want: "though no interaction did: exit status 1"},
		{name: "a bad result of nothing", report: `{"result": false, "interactionResults": []}`, want: "though no interaction did"},
		{name: "nothing", report: `{}`, want: "it has no result"},
		{name: "cut", report: `{"result": true, "inter`, want: "unexpected EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "report.json")
			if err := os.WriteFile(file, []byte(test.report), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := readReport(file)
			if err == nil {
				err = r.failure(test.ended)
			}
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q, or none", err, test.want)
			}
			if r == nil {
				return
			}
			for number := range 3 {
				if got, want := r.ran[number], slices.Contains(test.ran, number); got != want {
					t.Errorf("interaction %d: ran: got %v, want %v", number, got, want)
				}
				if got, want := r.passed[number], slices.Contains(test.passed, number); got != want {
					t.Errorf("interaction %d: passed: got %v, want %v", number, got, want)
				}
			}
			var got string
			for _, d := range r.differences[1] {
				got += d.Message
			}
			if got != test.difference {
				t.Errorf("got the difference %q, want %q", got, test.difference)
			}
		})
	}
}

// TestEnvironment: nothing of ours filters, redirects or reports a verification.
func TestEnvironment(t *testing.T) {
	got := environment([]string{
		"PATH=/bin", "HOME=/root", "PACT_DESCRIPTION=x", "pact_provider_state=x", "PACT_BROKER_TOKEN=x", "TICAGA_MOCK_BROKER_TOKEN=x",
		"HTTP_PROXY=x", "https_proxy=x", "no_proxy=x", "OTEL_TRACES_EXPORTER=x", "LOG_LEVEL=x", "RUST_LOG=x", "PACT_DO_NOT_TRACK=false", "SystemRoot=C:",
	})
	if diff := cmp.Diff([]string{"PATH=/bin", "HOME=/root", "SystemRoot=C:", "PACT_DO_NOT_TRACK=true"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestTail: the output of the verifier is bounded.
func TestTail(t *testing.T) {
	var out tail
	for range 1000 {
		if n, err := out.Write([]byte(strings.Repeat("x", 1000) + "\n")); n != 1001 || err != nil {
			t.Fatalf("got %d, %v, want 1001 and no error", n, err)
		}
	}
	_, _ = out.Write(append([]byte(strings.Repeat("y", 10000)), "\xffend\n"...))
	if got := out.text(); len(got) > maxTail || !strings.HasSuffix(got, "y?end") {
		t.Errorf("got %d bytes that end in %q, want at most %d that end in %q", len(got), got[max(0, len(got)-10):], maxTail, "y?end")
	}
}

// TestVerifierThatDoesNotStart: there is no report, and nothing has run.
func TestVerifierThatDoesNotStart(t *testing.T) {
	pact, err := contracts.Read("own.json", []byte(`{"consumer": {"name": "c"}, "provider": {"name": "ticaga"}, "interactions": [
		{"request": {"method": "GET", "path": "/"}, "response": {"status": 200}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	v, err := New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v.Program = filepath.Join(t.TempDir(), "pact")
	v.Run = (*exec.Cmd).Run
	seen, err := v.Verify(t.Context(), []Job{{Pact: pact, Indexes: []int{0}}})
	if err == nil || !strings.Contains(err.Error(), "no report from Pact") || seen != nil {
		t.Errorf("got %v, %v, want an error that there is no report", seen, err)
	}
}

// TestStatesNeedAnInteraction: a state that comes before any interaction was announced is refused.
func TestStatesNeedAnInteraction(t *testing.T) {
	v, err := New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if values, err := v.stage.change(stateChange{State: "customer 8 exists", Action: "setup"}); err == nil {
		t.Errorf("got %v, want an error", values)
	}
}
