package shared_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

// TestUnavailable is what each failure looks like to clients: 503 that says why and when to try again, from a server that is
// alive, but not ready. Nothing is half done, and the server recovers by itself.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name   string
		nodes  int
		config nats.Config
		begin  func(*cluster.Cluster, *replica)
		end    func(*cluster.Cluster, *replica)
	}{
		{
			"the log does not answer", 1, nats.Config{},
			func(_ *cluster.Cluster, r *replica) { r.part() },
			func(_ *cluster.Cluster, r *replica) { r.rejoin() },
		},
		{
			"the log is gone and comes back", 1, nats.Config{},
			func(c *cluster.Cluster, _ *replica) { c.Nodes[0].Kill() },
			func(c *cluster.Cluster, _ *replica) { c.Nodes[0].Restart() },
		},
		{
			"most nodes are gone", 3, nats.Config{},
			func(c *cluster.Cluster, _ *replica) { c.Nodes[0].Kill(); c.Nodes[1].Kill() },
			func(c *cluster.Cluster, _ *replica) { c.Nodes[0].Restart(); c.Nodes[1].Launch() },
		},
		{
			"each node is alone", 3, nats.Config{},
			func(c *cluster.Cluster, _ *replica) { c.Isolate(0); c.Isolate(1) },
			func(c *cluster.Cluster, _ *replica) { c.Heal() },
		},
		{
			"the log is full", 1, nats.Config{MaxBytes: 256 << 10},
			func(c *cluster.Cluster, r *replica) { fill(t, r) },
			func(c *cluster.Cluster, _ *replica) { c.Resize(nats.DefaultStream, 64<<20) },
		},
		{
			"the log is full, and a world is deleted", 3, nats.Config{MaxBytes: 1 << 20},
			func(_ *cluster.Cluster, r *replica) { fill(t, r) },
			func(_ *cluster.Cluster, r *replica) {
				if got := send("DELETE", r.URL+"/_mock/worlds/blue", ""); got.status != http.StatusOK {
					t.Errorf("delete a world: got %d %s, want 200", got.status, got.body)
				}
			},
		},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			c := cluster.Start(t, f.nodes, cluster.Options{})
			f.config.Timeout = 500 * time.Millisecond
			r := replicas(t, c, 1, f.config)[0]
			answered, unknown := 0, 0
			request := func() answer {
				a := send("GET", r.URL+"/w/red/api/customers/get/8", "")
				if a.status == http.StatusOK {
					answered++
				} else {
					unknown++
				}
				return a
			}
			request()
			f.begin(c, r)
			var got, change answer
			tries := 0
			failed := func() bool { // in a stream that is nearly full, small requests succeed for a while
				tries++
				got = request()
				change = send("PUT", r.URL+"/_mock/worlds/red/settings", fmt.Sprintf(`{"created":%d}`, 200+tries%2))
				return got.status != http.StatusOK && change.status != http.StatusOK && !r.isReady()
			}
			if !cluster.Wait(failed) {
				t.Errorf("got %d from the API, %d from the control API and ready %t, want 503, 503 and false", got.status, change.status, r.isReady())
			}
			refused(t, "the API", got)
			refused(t, "the control API", change)
			if got := send("GET", r.URL+"/_mock/health", ""); got.status != http.StatusOK {
				t.Errorf("health: got %d %s, want 200", got.status, got.body)
			}
			f.end(c, r)
			r.ready()
			if !cluster.Wait(func() bool { return request().status == http.StatusOK }) {
				t.Fatal("got no 200, want the server to recover")
			}
			kept := ask(r.URL, operation{world: "red", kind: journal})
			var count int
			_, _ = fmt.Sscan(kept.value, &count)
			if count < answered || count > answered+unknown {
				t.Errorf("got %v exchanges, want the %d that were answered, and perhaps some of %d others", kept, answered, unknown)
			}
		})
	}
}

// fill sends requests until the log has no room.
func fill(t *testing.T, r *replica) {
	t.Helper()
	subject := strings.Repeat("x", 200)
	if !cluster.Wait(func() bool {
		for range 20 {
			a := send("POST", r.URL+"/w/blue/api/tickets/create", fmt.Sprintf(`{"customer_id":8,"subject":%q,"message":%q,"priority":"low",`+
				`"department_slug":"sales","public_email":"jane.roe@example.com","public_name":"Jane Roe"}`, subject, strings.Repeat("y", 4000)))
			if a.status == http.StatusServiceUnavailable {
				return true
			}
		}
		return false
	}) {
		t.Fatal("got no 503, want the log to be full")
	}
}

// refused checks an answer of a server whose log cannot be used.
func refused(t *testing.T, what string, got answer) {
	t.Helper()
	var said struct{ Message, Detail string }
	err := json.Unmarshal([]byte(got.body), &said)
	if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || err != nil || !strings.Contains(said.Message+said.Detail, "the log ") {
		t.Errorf("%s: got %d, Retry-After %q, %s; want 503, Retry-After, and a reason", what, got.status, got.header.Get("Retry-After"), got.body)
	}
}

// TestRestart kills the program again and again while it keeps its worlds in a file. The next one has whatever was answered.
func TestRestart(t *testing.T) {
	t.Parallel()
	p := newProcess(t, build(t), "--data", t.TempDir()+"/worlds.db")
	p.ready()
	answered := 0
	for round := range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan int)
		go func() {
			done := 0
			for ctx.Err() == nil && ask(p.URL, operation{world: "blue", kind: register, text: fmt.Sprintf("n%d-%d@example.com", round, done)}).status == http.StatusOK {
				if done++; done == 20+10*round {
					go p.kill() // while the next ones are on their way
				}
			}
			ended <- done
		}()
		answered += <-ended
		cancel()
		p.kill()
		p.start()
		p.ready()
		kept := ask(p.URL, operation{world: "blue", kind: journal})
		if kept.value != fmt.Sprint(answered) && kept.value != fmt.Sprint(answered+1) {
			t.Fatalf("round %d: got %v exchanges, want %d, or the one that was not answered too", round, kept, answered)
		}
		_, _ = fmt.Sscan(kept.value, &answered)
	}
}
