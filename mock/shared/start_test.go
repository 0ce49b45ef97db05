package shared_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
)

// TestStartWithoutStore: the program listens while NATS is away and says what it waits for, and that it is ready only when
// it is: scripts wait for that line.
func TestStartWithoutStore(t *testing.T) {
	t.Parallel()
	c := cluster.Start(t, 1, cluster.Options{})
	c.Nodes[0].Kill()
	p := newProcess(t, build(t), "--store", "nats://"+c.Servers()[0])
	says := func(text string) bool {
		said, err := os.ReadFile(p.stderr)
		return err == nil && strings.Contains(string(said), text)
	}
	if !cluster.Wait(func() bool { return says("ticaga-mock listens at " + p.URL + " and waits for stream TICAGA_MOCK on ") }) {
		t.Fatal("the program does not say what it waits for")
	}
	if got := send("GET", p.URL+"/_mock/health", ""); got.status != http.StatusOK {
		t.Errorf("health: got %d %s, want 200", got.status, got.body)
	}
	if got := send("GET", p.URL+"/_mock/ready", ""); got.status != http.StatusServiceUnavailable || says("is ready at") {
		t.Errorf("ready: got %d %s, said: %t; want 503, and not said", got.status, got.body, says("is ready at"))
	}
	c.Nodes[0].Restart()
	if !cluster.Wait(func() bool { return says("ticaga-mock is ready at " + p.URL + "\n") }) {
		t.Fatal("the program does not say that it is ready")
	}
	if got := send("GET", p.URL+"/_mock/ready", ""); got.status != http.StatusOK {
		t.Errorf("ready: got %d %s, want 200", got.status, got.body)
	}
}
