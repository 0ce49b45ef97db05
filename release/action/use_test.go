package action_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ask is a command whose request is right, or wrong without credentials.
const (
	ask      = `curl -sS --noproxy '*' -u "$TICAGA_EMAIL:$TICAGA_TOKEN" -H 'Accept: application/json' "$TICAGA_URL/api/customers/get/8"`
	askWrong = `curl -sS --noproxy '*' -H 'Accept: application/json' "$TICAGA_URL/api/customers/get/8"`
)

// demand fails the test if what a use has printed, or its exit code, is not as expected.
func demand(t *testing.T, got result, code int, said ...string) {
	t.Helper()
	for _, want := range said {
		if !strings.Contains(got.output, want) {
			t.Errorf("got no %q, want it in the output:\n%s", want, got.output)
		}
	}
	if got.code != code {
		t.Fatalf("got exit code %d, want %d:\n%s", got.code, code, got.output)
	}
}

// TestRun runs commands against a mock: their exit code, and the verdict on their requests, are those of the step.
func TestRun(t *testing.T) {
	r := newRunner(t)
	with := func(inputs map[string]string) result {
		t.Helper()
		inputs["version"], inputs["releases"] = "0.1.0", r.releases
		return r.use(inputs)
	}

	got := with(map[string]string{"run": "echo first\n" + ask + "\necho last"})
	demand(t, got, 0, "ticaga-mock ", "first\n", "jane.roe@example.com", "last\n")
	if want := "### ticaga-mock: no violations in 1 request"; !strings.Contains(got.summary, want) {
		t.Errorf("got the summary %q, want %q in it", got.summary, want)
	}
	if journal := r.read(got.outputs["journal"]); !strings.Contains(journal, `"operation": "getCustomer"`) {
		t.Errorf("got the journal %s, want the request in it", journal)
	}
	if junit := r.read(got.outputs["junit"]); !strings.Contains(junit, "<testsuite ") {
		t.Errorf("got the report %s, want one of JUnit", junit)
	}

	got = with(map[string]string{"run": askWrong})
	demand(t, got, 1, "::error title=TM-AUTH-MISSING::GET /api/customers/get/8: ")
	if want := "| error | TM-AUTH-MISSING | GET /api/customers/get/8 |"; !strings.Contains(got.summary, want) {
		t.Errorf("got the summary %q, want %q in it", got.summary, want)
	}

	demand(t, with(map[string]string{"run": askWrong, "fail-on": "none"}), 0, "::warning title=TM-AUTH-MISSING::")
	demand(t, with(map[string]string{"run": "false\necho not reached"}), 1)
	demand(t, with(map[string]string{"run": "exit 7"}), 7)
	demand(t, with(map[string]string{"run": `echo "$TICAGA_TOKEN"`, "args": `--lenient --token "a long token" --email 'me@example.com'`}), 0, "a long token\n")
	demand(t, with(map[string]string{"run": "true", "args": `--token "open`}), 1, `::error title=ticaga-mock::args: a quote is missing in --token "open`)
	demand(t, with(map[string]string{"run": "true", "scenario": "empty", "fixtures": "mine"}), 2, `--fixtures "mine" and --scenario "empty": use one of them`)
}

// TestStart starts a mock beside the steps of a job, and ends it.
func TestStart(t *testing.T) {
	r := newRunner(t)
	install := map[string]string{"version": "v0.1.0", "releases": r.releases, "scenario": "default"}
	demand(t, r.use(map[string]string{"report": "true"}), 1, "::error title=ticaga-mock::No mock runs: an earlier step must start one")

	for _, c := range []struct {
		name, token, verdict string
		code                 int
	}{
		{"wrong", "nobody", "| error | TM-AUTH-TOKEN |", 1},
		{"right", "demo-token", "### ticaga-mock: no violations in 1 request", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.t = t
			got := r.use(install)
			demand(t, got, 0)
			if got.outputs["email"] != "admin@ticaga.test" || got.outputs["token"] != "demo-token" {
				t.Errorf("got the outputs %q, want e-mail address and token of the first administrator", got.outputs)
			}
			demand(t, r.use(install), 1, "A mock runs already")
			request, err := http.NewRequest(http.MethodGet, got.outputs["url"]+"/api/customers/get/8", nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Accept", "application/json")
			request.Header.Set("Authorization", "Bearer "+c.token)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if !strings.Contains(strings.Join(r.env, "\n"), "TICAGA_URL="+got.outputs["url"]) {
				t.Errorf("got %q in the environment of later steps, want TICAGA_URL", r.env)
			}
			got = r.use(map[string]string{"report": "true"})
			demand(t, got, c.code)
			if !strings.Contains(got.summary, c.verdict) {
				t.Errorf("got the summary %q, want %q in it", got.summary, c.verdict)
			}
			if journal := r.read(got.outputs["journal"]); !strings.Contains(journal, `"operation": "getCustomer"`) {
				t.Errorf("got the journal %s, want the request in it", journal)
			}
		})
	}

	r.t = t
	install["args"] = "--nonsense"
	demand(t, r.use(install), 1, "unknown flag", "::error title=ticaga-mock::The mock did not start; see above.")
}

// TestInstall refuses what is not the release that was asked for.
func TestInstall(t *testing.T) {
	r := newRunner(t)
	response, err := http.Get(r.releases + "/v0.1.0/checksums.txt")
	if err != nil {
		t.Fatal(err)
	}
	sums, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	spoilt := t.TempDir()
	if err := os.MkdirAll(filepath.Join(spoilt, "v0.1.0"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, archive, _ := strings.Cut(strings.TrimSpace(strings.Split(string(sums), "\n")[1]), "  ")
	for name, data := range map[string][]byte{"checksums.txt": sums, archive: []byte("something else")} {
		if err := os.WriteFile(filepath.Join(spoilt, "v0.1.0", name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	right := fmt.Sprintf("%x", sha256.Sum256(sums))
	for _, c := range []struct {
		name   string
		inputs map[string]string
		code   int
		want   string
	}{
		{"pinned", map[string]string{"version": "0.1.0", "checksums": right}, 0, "ticaga-mock "},
		{"other checksums", map[string]string{"version": "0.1.0", "checksums": strings.Repeat("0", 64)}, 1, "checksums.txt of 0.1.0 has the SHA-256 " + right + ", expected 0000"},
		{"other archive", map[string]string{"version": "0.1.0", "releases": "file://" + filepath.ToSlash(spoilt)}, 1, archive + " has the SHA-256 "},
		{"no such release", map[string]string{"version": "0.2.0"}, 1, "cannot fetch " + r.releases + "/v0.2.0/checksums.txt"},
		{"no version", map[string]string{"version": "../../x"}, 1, `version "../../x": must be one such as 0.1.0`},
		{"another shell word", map[string]string{"version": "0.1.0; id"}, 1, `version "0.1.0; id": must be one such as 0.1.0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &runner{t: t, temp: t.TempDir(), releases: r.releases, path: r.path}
			if c.inputs["releases"] == "" {
				c.inputs["releases"] = r.releases
			}
			c.inputs["run"] = "true"
			demand(t, r.use(c.inputs), c.code, c.want)
			left, err := filepath.Glob(filepath.Join(r.temp, "ticaga-mock", "bin", "install.*"))
			if err != nil || len(left) > 0 {
				t.Errorf("got %q left behind, want nothing; error %v", left, err)
			}
		})
	}
}

// TestVersionOfTheCommit checks that the newest release in CHANGELOG.md is what is installed without the input version.
func TestVersionOfTheCommit(t *testing.T) {
	r := newRunner(t)
	changelog := r.read("../../CHANGELOG.md")
	want := "This commit of the action belongs to no release; set its input version."
	for line := range strings.Lines(changelog) {
		if version, ok := strings.CutPrefix(line, "## ["); ok && version[0] >= '0' && version[0] <= '9' {
			version, _, _ = strings.Cut(version, "]")
			want = "cannot fetch " + r.releases + "/nowhere/v" + version + "/checksums.txt"
			break
		}
	}
	demand(t, r.use(map[string]string{"run": "true", "releases": r.releases + "/nowhere"}), 1, want)
}
