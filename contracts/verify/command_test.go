//go:build cgo

package verify

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/contracts/broker/brokertest"
)

// The tests of ticaga-mock pact verify are here and not with the command, because they need the program pact,
// which install.sh puts into lib/.

// programs returns the files of ticaga-mock, built for the test, and of Pact's command line.
func programs(t testing.TB) (ticagaMock, pact string) {
	t.Helper()
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	pact, err := filepath.Abs(filepath.Join("lib", "pact"+suffix))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(pact); err != nil {
		t.Fatalf("%s is missing; run ./contracts/verify/install.sh", pact)
	}
	ticagaMock = filepath.Join(t.TempDir(), "ticaga-mock"+suffix)
	build := exec.Command("go", "build", "-o", ticagaMock, "github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return ticagaMock, pact
}

// TestCommand runs what a person types: every story in testdata/script, with the real verifier.
func TestCommand(t *testing.T) {
	ticagaMock, pact := programs(t)
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(ticagaMock)+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("PACT", pact)
			env.Setenv("TICAGA_MOCK_PACT", pact)
			env.Values[brokerKey{}] = &brokertest.Broker{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "broker": startBroker, "sent": brokerRequests},
	})
}

// exits runs a command that has to end with an exit code:
//
//	exits CODE COMMAND [ARGUMENT...]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := strconv.Itoa(exitCode(err)); got != args[0] {
		ts.Fatalf("exit code: got %s, want %s: %v", got, args[0], err)
	}
}

// TestCommandAgrees: Pact's verifier says of the interactions of testdata/agree what their descriptions say, as
// the static check does.
func TestCommandAgrees(t *testing.T) {
	ticagaMock, pact := programs(t)
	file := filepath.Join(t.TempDir(), "report.json")
	out, err := exec.Command(ticagaMock, "pact", "verify", "--pact", pact, "--json", file, "../testdata/agree").CombinedOutput()
	if code := exitCode(err); code != 1 {
		t.Fatalf("exit code: got %d, want 1: %v\n%s", code, err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Pacts []struct {
			File     string
			Outcomes []contracts.Outcome
		}
		Problems []string
	}
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Pacts) < 3 || len(report.Problems) > 0 {
		t.Errorf("got %d pacts and the problems %q, want 3 or more without problems", len(report.Pacts), report.Problems)
	}
	for _, p := range report.Pacts {
		for _, o := range p.Outcomes {
			verdict, _, _ := strings.Cut(o.Interaction, ": ")
			if want := map[string]contracts.Result{"fits": contracts.Passed, "breaks": contracts.Failed}[verdict]; o.Result != want {
				t.Errorf("%s: %s: got %s, want %s: %v", p.File, o.Interaction, o.Result, want, o.Findings)
			}
		}
	}
}

// exitCode returns the exit code of a command that has ended with err; -1 for another error.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}
