package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// install installs what the JavaScript example needs, as its lock file says, unless it is there.
func install(t testing.TB) {
	t.Helper()
	needs(t, "npm", "install Node.js 20 or newer")
	lock, err := os.ReadFile(filepath.Join("js", "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	stamp := filepath.Join("js", "node_modules", ".installed")
	if installed, err := os.ReadFile(stamp); err == nil && string(installed) == string(lock) {
		return
	}
	if out, code := output(t, command(t, "js", "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")); code != 0 {
		t.Fatalf("npm ci in contracts/examples/js: exit code %d\n%s", code, out)
	}
	if err := os.WriteFile(stamp, lock, 0o644); err != nil {
		t.Fatal(err)
	}
}

// vitest is the command that runs the JavaScript example's tests in a folder.
func vitest(t testing.TB, folder string, args ...string) *exec.Cmd {
	t.Helper()
	install(t)
	modules, err := filepath.Abs(filepath.Join("js", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	c := command(t, folder, "node", append([]string{filepath.Join(modules, "vitest", "vitest.mjs"), "run"}, args...)...)
	c.Env = append(c.Env, "PACT_DIR="+t.TempDir())
	return c
}

var jsTests = regexp.MustCompile(`Tests +(\d+) passed \(\d+\)`)

// TestJS: the suite passes, with its worlds side by side, and the committed pact is what it writes today.
func TestJS(t *testing.T) {
	suite := vitest(t, "js")
	committed, folder := filepath.Join("js", "pacts", "example-js-ticaga.json"), t.TempDir()
	if *update {
		folder, _ = filepath.Abs(filepath.Dir(committed))
	}
	suite.Env = append(suite.Env, "PACT_DIR="+folder)
	out, code := output(t, suite)
	passed := jsTests.FindStringSubmatch(out)
	if code != 0 || passed == nil {
		t.Fatalf("got exit code %d, want 0 and that all tests passed:\n%s", code, out)
	}
	t.Logf("examples: %s tests of the JavaScript plugin passed", passed[1])
	written := filepath.Join(folder, "example-js-ticaga.json")
	if diff := cmp.Diff(lines(t, committed), lines(t, written)); diff != "" {
		t.Errorf("%s is not what the suite writes (-committed +written); run: make pacts\n%s", committed, diff)
	}
}

// TestJSBroken: a client with a bug fails, and the message of the failed test says how to fix it.
func TestJSBroken(t *testing.T) {
	folder := broken(t, "js", edit{filepath.Join("src", "ticaga-client.js"), "billing_id: clientId", "biling_id: clientId"})
	out, code := output(t, vitest(t, folder, "tests/ticaga-client.test.js"))
	if want := `fix: rename "biling_id" to "billing_id"`; code == 0 || !strings.Contains(out, want) {
		t.Errorf("got exit code %d, want another and %q in:\n%s", code, want, out)
	}
}

// TestJSWithoutMock: if there is no mock, the tests say so in one sentence.
func TestJSWithoutMock(t *testing.T) {
	suite := vitest(t, "js")
	suite.Env = append(suite.Env, "TICAGA_MOCK_BINARY=/no/such/ticaga-mock")
	out, code := output(t, suite)
	want := `"/no/such/ticaga-mock" did not start: spawn /no/such/ticaga-mock ENOENT; set TICAGA_MOCK_BINARY to the path of ticaga-mock`
	if got := strings.Count(out, want); code == 0 || got != 1 {
		t.Errorf("got exit code %d and %d times %q, want another code than 0 and one:\n%s", code, got, want, out)
	}
}
