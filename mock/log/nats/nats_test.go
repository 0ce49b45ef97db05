package nats

import (
	"crypto/rand"
	"fmt"
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
	for _, nodes := range []int{1, 3, 5} {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) { check(t, cluster.Start(t, nodes, cluster.Options{})) })
	}
}

// TestDebian: the server of a distribution is years older than the one in TestLog.
func TestDebian(t *testing.T) { check(t, cluster.Start(t, 1, cluster.Options{Program: debian(t)})) }

// check checks logs in streams of their own.
func check(t *testing.T, c *cluster.Cluster) {
	logtest.Test(t, func(t *testing.T) logtest.Place {
		stream := "test-" + rand.Text()
		return logtest.Place{Shared: true, Open: func(t *testing.T) log.Log { return start(t, c, stream, defaults()) }}
	})
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
