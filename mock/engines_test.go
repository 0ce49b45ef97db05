package mock_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

// TestMain serves as a node of a cluster in the processes that tests start.
func TestMain(m *testing.M) {
	cluster.Main()
	os.Exit(m.Run())
}

// engines are the ways to keep worlds. Each test opens logs of its own, which end with it.
var engines = []struct {
	name string
	open func(t testing.TB) log.Log // nil for none
}{
	{"memory", func(testing.TB) log.Log { return nil }},
	{"file", func(t testing.TB) log.Log {
		return ending(t)(file.Open(filepath.Join(t.TempDir(), "worlds.db"), file.Options{Sync: file.Interval}))
	}},
	{"JetStream", func(t testing.TB) log.Log {
		nodes := cluster.Start(t, 1, cluster.Options{})
		return ending(t)(nats.Open(t.Context(), nats.Config{Servers: nodes.Servers()}))
	}},
}

// ending returns a function that closes a log when the test ends. A test sees no log that failed to open.
func ending(t testing.TB) func(log.Log, error) log.Log {
	return func(l log.Log, err error) log.Log {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return l
	}
}

// deskMaker makes a desk whose worlds one of the engines keeps.
type deskMaker func(t testing.TB, change ...func(*mock.Options)) *desk

// onEveryEngine is a test of what must not depend on how worlds are kept.
func onEveryEngine(t *testing.T, test func(*testing.T, deskMaker)) {
	t.Helper()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			test(t, func(t testing.TB, change ...func(*mock.Options)) *desk {
				t.Helper()
				return newDesk(t, append(change, func(o *mock.Options) { o.Log = engine.open(t) })...)
			})
		})
	}
}
