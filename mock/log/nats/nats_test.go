package nats

import (
	"crypto/rand"
	"os"
	"os/exec"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/logtest"
)

func TestMain(m *testing.M) {
	cluster.Main()
	os.Exit(m.Run())
}

// start returns a log in a stream that as many nodes of c keep as there are.
func start(t testing.TB, c *cluster.Cluster, stream string, limits limits) *Log {
	t.Helper()
	l, err := open(t.Context(), Config{Servers: c.Servers(), Replicas: len(c.Nodes), Stream: stream}, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if !cluster.Wait(func() bool { return l.Ready() == nil }) {
		t.Fatalf("got %v, want the log to get ready", l.Ready())
	}
	return l
}

func TestLog(t *testing.T) {
	for _, c := range []struct {
		name    string
		nodes   int
		options cluster.Options
	}{
		{"three nodes", 3, cluster.Options{}},
		{"one node", 1, cluster.Options{}},
		{"Debian", 1, cluster.Options{Program: debian(t)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := cluster.Start(t, c.nodes, c.options)
			logtest.Test(t, func(t *testing.T) logtest.Place {
				stream := "test-" + rand.Text()
				return logtest.Place{Shared: true, Open: func(t *testing.T) log.Log { return start(t, nodes, stream, defaults()) }}
			})
		})
	}
}

// debian returns Debian's nats-server.
func debian(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"nats-server", "/usr/sbin/nats-server"} { // where Debian has it, but few users
		if program, err := exec.LookPath(name); err == nil {
			return program
		}
	}
	t.Fatal("this test needs nats-server; install it (apt install nats-server)")
	return ""
}
