//go:build cgo

package verify

import (
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// BenchmarkPactVerify compares ticaga-mock pact verify, which starts a mock and sets provider states, with the
// verifier alone against a mock that runs already and is told of no states: the time that passes, which says
// little on a busy machine, and CPU time. What is more, in per cent of the verifier alone, should be at most 10.
func BenchmarkPactVerify(b *testing.B) {
	ticagaMock, pact := programs(b)
	ticaga, err := mock.New(mock.Options{})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(ticaga)
	defer server.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(server.URL, "http://"), ":")
	folder := b.TempDir()

	for _, n := range []int{2, 200, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			file := manyInteractions(b, n)
			var ours, alone, oursCPU, aloneCPU time.Duration
			for b.Loop() {
				took, cpu := timed(b, pact, "verifier", "--file", file, "--hostname", "127.0.0.1", "--port", port,
					"--loglevel", "none", "--json", filepath.Join(folder, "report.json"))
				alone, aloneCPU = alone+took, aloneCPU+cpu
				took, cpu = timed(b, ticagaMock, "pact", "verify", "--pact", pact, file)
				ours, oursCPU = ours+took, oursCPU+cpu
			}
			b.ReportMetric(0, "ns/op") // of both together
			b.ReportMetric(float64(alone.Milliseconds())/float64(b.N), "alone-ms")
			b.ReportMetric(100*(ours-alone).Seconds()/alone.Seconds(), "more-%")
			b.ReportMetric(float64(aloneCPU.Milliseconds())/float64(b.N), "alone-cpu-ms")
			b.ReportMetric(100*(oursCPU-aloneCPU).Seconds()/aloneCPU.Seconds(), "more-cpu-%")
		})
	}
}

// timed runs a program, and returns how long it took and the CPU time of it and the processes that it has
// started.
func timed(b *testing.B, program string, args ...string) (took, cpu time.Duration) {
	command := exec.Command(program, args...)
	command.Env = append(os.Environ(), "PACT_DO_NOT_TRACK=true")
	began := time.Now()
	if out, err := command.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return time.Since(began), command.ProcessState.UserTime() + command.ProcessState.SystemTime()
}

// TestSideBySide: two verifications at once do not disturb each other.
func TestSideBySide(t *testing.T) {
	ticagaMock, pact := programs(t)
	file := manyInteractions(t, 20)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			out, err := exec.Command(ticagaMock, "pact", "verify", "--pact", pact, file).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "20 interactions: 20 passed") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	group.Wait()
}

// manyInteractions writes a pact with n interactions, each of which changes what the next would see.
func manyInteractions(t testing.TB, n int) string {
	t.Helper()
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"type": "Synchronous/HTTP", "description": "link %d", "providerStates": [{"name": "customer 8 exists"}],
			"request": {"method": "POST", "path": "/api/customers/assign", "headers": {"Authorization": ["Bearer demo-token"], "Accept": ["application/json"], "Content-Type": ["application/json"]},
				"body": {"content": {"ticaga_id": 8, "billing_id": %d, "billing_system": "blesta"}, "contentType": "application/json", "encoded": false}},
			"response": {"status": 200, "body": {"content": {"user": true}, "contentType": "application/json", "encoded": false}}}`, i, i+5000))
	}
	file := filepath.Join(t.TempDir(), "many.json")
	data := `{"consumer": {"name": "plugin"}, "provider": {"name": "ticaga"}, "metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [` + strings.Join(list, ",") + `]}`
	if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
