package examples_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// verifier is a command that verifies a pact in a world of the mock at a URL.
type verifier func(t testing.TB, url, world, pact string) *exec.Cmd

// verifiers are the verifiers of Pact that are not written in Go, each as a plugin author starts it: told of a
// running mock, of a world in it and of the URL for provider states.
var verifiers = []struct {
	name string
	run  verifier
}{
	{"pact-js", func(t testing.TB, url, world, pact string) *exec.Cmd {
		c := command(t, "js", "node", "verify.js", pact)
		c.Env = append(c.Env, "TICAGA_MOCK_URL="+url, "WORLD="+world)
		return c
	}},
	{"pact", func(t testing.TB, url, world, pact string) *exec.Cmd {
		address := strings.TrimPrefix(url, "http://")
		host, port, _ := strings.Cut(address, ":")
		return command(t, "js", filepath.Join("node_modules", ".bin", "pact"), "verifier", "--file", pact, "--provider-name", "ticaga",
			"--hostname", host, "--port", port, "--base-path", "/w/"+world,
			"--state-change-url", url+"/_mock/pact/provider-states?world="+world, "--state-change-teardown")
	}},
}

// desk is a mock that counts its requests and knows how long it has worked on them.
type desk struct {
	*httptest.Server
	requests, nanoseconds atomic.Int64
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	ticaga, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		ticaga.ServeHTTP(w, r)
		d.nanoseconds.Add(time.Since(began).Nanoseconds())
		d.requests.Add(1)
	}))
	t.Cleanup(d.Close)
	return d
}

// TestPacts: the pacts of the examples are inside the contract, and everything that verifies pacts verifies them.
func TestPacts(t *testing.T) {
	install(t)
	files, err := filepath.Glob(filepath.Join("*", "pacts", "*.json"))
	if err != nil || len(files) != 2 {
		t.Fatalf("got the pacts %q and the error %v, want those of PHP and of JavaScript", files, err)
	}
	for _, file := range files {
		pact, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		if out, code := output(t, command(t, "js", ticagaMock, "pact", "check", pact)); code != 0 || !strings.Contains(out, "no findings") {
			t.Errorf("pact check: got exit code %d, want 0 and no findings:\n%s", code, out)
		}
		if out, code := output(t, command(t, "js", ticagaMock, "pact", "verify", pact)); code != 0 {
			t.Errorf("pact verify: got exit code %d, want 0:\n%s", code, out)
		}
		for _, v := range verifiers {
			if out, code := output(t, v.run(t, newDesk(t).URL, "blue", pact)); code != 0 {
				t.Errorf("%s of %s: got exit code %d, want 0:\n%s", v.name, file, code, out)
			}
		}
	}
}

// TestMisspeltPact: a pact with a misspelt field fails with the mock's fix.
func TestMisspeltPact(t *testing.T) {
	install(t)
	folder := broken(t, "php", edit{filepath.Join("pacts", "example-php-ticaga.json"), `"billing_id": 42`, `"biling_id": 42`})
	for _, verb := range []string{"check", "verify"} {
		t.Run(verb, func(t *testing.T) {
			out, code := output(t, command(t, "js", ticagaMock, "pact", verb, filepath.Join(folder, "pacts")))
			if want := `rename "biling_id" to "billing_id"`; code != 1 || !strings.Contains(out, want) {
				t.Errorf("got exit code %d, want 1 and %q in:\n%s", code, want, out)
			}
		})
	}
}

// TestVerifiers: each verifier verifies pacts of any size, and two of them side by side, each in a world of a mock
// that runs. 1,000 interactions take a verifier half a minute, so only CI has them.
func TestVerifiers(t *testing.T) {
	install(t)
	for _, v := range verifiers {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			verify(t, v.run, 2, "blue", "green")
			verify(t, v.run, 200, "blue", "green")
			if os.Getenv("CI") != "" {
				verify(t, v.run, 1000, "blue")
			}
		})
	}
}

// verify lets a verifier verify a pact with n interactions in several worlds at the same time. It returns how long
// that took, and how much of it was the mock's work.
func verify(t testing.TB, v verifier, n int, worlds ...string) (took, ours time.Duration) {
	t.Helper()
	ticaga, pact := newDesk(t), manyInteractions(t, n)
	began := time.Now()
	var group sync.WaitGroup
	for _, world := range worlds {
		command := v(t, ticaga.URL, world, pact)
		group.Go(func() {
			if out, err := command.CombinedOutput(); err != nil {
				t.Errorf("%d interactions: %v\n%.2000s", n, err, out)
			}
		})
	}
	group.Wait()
	took = time.Since(began)
	// Each interaction is a request, and one before and after it for the provider state.
	if got, want := ticaga.requests.Load(), int64(3*n*len(worlds)); got != want {
		t.Errorf("%d interactions: got %d requests, want %d", n, got, want)
	}
	return took, time.Duration(ticaga.nanoseconds.Load())
}

// BenchmarkVerifiers measures the mock's part of the time that a verification takes. It should be at most 10 %.
func BenchmarkVerifiers(b *testing.B) {
	install(b)
	for _, v := range verifiers {
		for _, n := range []int{2, 200, 1000} {
			b.Run(fmt.Sprintf("%s/%d", v.name, n), func(b *testing.B) {
				var took, ours time.Duration
				for b.Loop() {
					t, o := verify(b, v.run, n, "blue")
					took, ours = took+t, ours+o
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(took.Seconds()*1000/float64(b.N*n), "ms/interaction")
				b.ReportMetric(100*ours.Seconds()/took.Seconds(), "ours-%")
			})
		}
	}
}

// TestForms: pact replays a form, and pact-js's Verifier does not: it sends JSON that ends too early, and the mock
// says so. docs/contracts.md says what to do.
func TestForms(t *testing.T) {
	install(t)
	file := filepath.Join(t.TempDir(), "forms.json")
	writePact(t, file, interaction("links a client with a form", "application/x-www-form-urlencoded", `"ticaga_id=8&billing_id=42&billing_system=blesta"`))
	for _, v := range verifiers {
		t.Run(v.name, func(t *testing.T) {
			ticaga := newDesk(t)
			out, code := output(t, v.run(t, ticaga.URL, "blue", file))
			journal, _ := output(t, command(t, ".", ticagaMock, "journal", "--url", ticaga.URL, "--world", "blue", "--violations"))
			replays := v.name == "pact"
			if (code == 0) != replays || strings.Contains(journal, "TM-BODY-MISMATCH") == replays {
				t.Errorf("got exit code %d, want 0: %v; the mock's violations:\n%s\n%s", code, replays, journal, out)
			}
		})
	}
}

// TestVerifiersFail: each verifier fails if the response is another, and if the provider state is not known.
func TestVerifiersFail(t *testing.T) {
	install(t)
	good := interaction("links a client", "application/json", `{"ticaga_id": 8, "billing_id": 42, "billing_system": "blesta"}`)
	for _, c := range []struct{ name, old, new, want string }{
		{"misspelt field", `"billing_id"`, `"biling_id"`, "422"},
		{"unknown state", "is not linked", "sings", "customer 8 sings"},
	} {
		file := filepath.Join(t.TempDir(), "bad.json")
		writePact(t, file, strings.Replace(good, c.old, c.new, 1))
		for _, v := range verifiers {
			t.Run(v.name+"/"+c.name, func(t *testing.T) {
				ticaga := newDesk(t)
				if out, code := output(t, v.run(t, ticaga.URL, "blue", file)); code == 0 || !strings.Contains(out, c.want) {
					t.Errorf("got exit code %d, want another and %q in:\n%s", code, c.want, out)
				}
			})
		}
	}
}

// manyInteractions writes a pact with n interactions, each of which changes what the next would see.
func manyInteractions(t testing.TB, n int) string {
	t.Helper()
	interactions := make([]string, n)
	for i := range interactions {
		fields := fmt.Sprintf(`{"ticaga_id": 8, "billing_id": %d, "billing_system": "blesta"}`, i+5000)
		interactions[i] = interaction(fmt.Sprintf("links client %d", i+5000), "application/json", fields)
	}
	file := filepath.Join(t.TempDir(), "many.json")
	writePact(t, file, interactions...)
	return file
}

// interaction is one that links customer 8, with a body in JSON.
func interaction(description, contentType, body string) string {
	return fmt.Sprintf(`{
		"type": "Synchronous/HTTP",
		"description": %[1]q,
		"providerStates": [{"name": "customer 8 is not linked"}],
		"request": {
			"method": "POST", "path": "/api/customers/assign",
			"headers": {"Authorization": ["Bearer demo-token"], "Accept": ["application/json"], "Content-Type": [%[2]q]},
			"body": {"content": %[3]s, "contentType": %[2]q, "encoded": false}
		},
		"response": {"status": 200, "body": {"content": {"user": true}, "contentType": "application/json", "encoded": false}}
	}`, description, contentType, body)
}

func writePact(t testing.TB, file string, interactions ...string) {
	t.Helper()
	pact := `{"consumer": {"name": "generated"}, "provider": {"name": "ticaga"}, "metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [` + strings.Join(interactions, ",") + `]}`
	if err := os.WriteFile(file, []byte(pact), 0o644); err != nil {
		t.Fatal(err)
	}
}
