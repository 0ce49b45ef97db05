package shared_test

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

var histories = flag.Int("histories", 10, "how many histories of concurrent clients to check")

// A history is what some clients hear that use some worlds, each through whichever server. Some histories at a time share
// the servers, the cluster and its failures.
const (
	atATime     = 20
	clients     = 5
	steps       = 24 // of a client
	worldsEach  = 3
	checkWithin = time.Minute // it takes milliseconds, unless many outcomes are unknown
)

// TestHistories looks for an order of all that clients have asked of a world, in which one server alone would have given the
// same answers: no answered request is lost or half done, none is done twice, and each sees all that was answered before it was
// sent, whichever server answered.
func TestHistories(t *testing.T) {
	t.Parallel()
	c := cluster.Start(t, 3, cluster.Options{})
	servers := replicas(t, c, 3, nats.Config{Timeout: time.Second})
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	sum := tally{}
	for first := 0; first < *histories; first += atATime {
		var round []*history
		for n := range min(atATime, *histories-first) {
			round = append(round, newHistory(fmt.Sprintf("h%d", first+n), servers, random.Uint64()))
		}
		failures := disturb(t, c, servers, random, round)
		for _, h := range round {
			h.lookAround()
			sum.add(h)
			if !h.check(t, failures) {
				sum.undecided++
			}
		}
		if done := first + len(round); done%100 == 0 {
			t.Logf("%d histories so far", done)
		}
	}
	t.Logf("%d histories, %d of them undecided, %d operations, %d of them with an unknown outcome", *histories, sum.undecided, sum.operations, sum.unknown)
	if 2*sum.undecided > *histories {
		t.Errorf("got %d undecided histories of %d, want at most half", sum.undecided, *histories)
	}
}

type tally struct{ operations, unknown, undecided int }

func (s *tally) add(h *history) {
	s.operations += len(h.done)
	for _, o := range h.done {
		if o.Output.(result).unknown {
			s.unknown++
		}
	}
}

// history is what clients have asked, and what they have heard.
type history struct {
	name    string
	servers []*replica
	seed    uint64
	began   time.Time

	mu   sync.Mutex
	done []porcupine.Operation
	next int // client
}

func newHistory(name string, servers []*replica, seed uint64) *history {
	return &history{name: name, servers: servers, seed: seed, began: time.Now()}
}

// run lets all clients ask, and returns when they have heard.
func (h *history) run(asked func()) {
	var wg sync.WaitGroup
	for client := range clients {
		random := rand.New(rand.NewPCG(h.seed, uint64(client)))
		wg.Go(func() {
			for range steps {
				h.ask(h.servers[random.IntN(len(h.servers))], h.choose(random))
				asked()
			}
		})
	}
	wg.Wait()
}

// choose makes up an operation.
func (h *history) choose(random *rand.Rand) operation {
	kinds := []kind{
		register, assign, assign, customer, customer, create, create, closing, reply, reply, ticket, ticket, replies,
		reset, snapshot, restore, journal, journal,
	}
	o := operation{world: fmt.Sprint(h.name, "-", random.IntN(worldsEach)), kind: kinds[random.IntN(len(kinds))]}
	switch o.kind {
	case register:
		o.text = fmt.Sprintf("n%d@example.com", random.IntN(4))
	case assign:
		o.text = fmt.Sprint(1000 + random.IntN(1000)) // which nobody has in the beginning
	case closing, reply, ticket, replies:
		o.id = firstTicket + random.IntN(4)
	case snapshot, restore:
		o.text = []string{"a", "b"}[random.IntN(2)]
	case reset:
		if random.IntN(2) == 0 {
			o.kind = forget
		}
	}
	return o
}

// ask asks a server. After an unknown outcome it waits until a server is ready, so that not all of a history is unknown.
func (h *history) ask(server *replica, o operation) {
	call := time.Since(h.began)
	heard := ask(server.URL, o)
	back := int64(time.Since(h.began))
	if heard.unknown {
		back = math.MaxInt64 // it may still happen
	}
	h.mu.Lock()
	if !heard.unknown || o.kind != journal { // which changes nothing
		h.done = append(h.done, porcupine.Operation{ClientId: h.next, Input: o, Call: int64(call), Output: heard, Return: back})
		h.next++
	}
	h.mu.Unlock()
	if heard.unknown {
		cluster.Wait(server.isReady)
	}
}

// lookAround asks each server for what is left of each world.
func (h *history) lookAround() {
	for n := range worldsEach {
		for _, server := range h.servers {
			for _, o := range []operation{{kind: customer}, {kind: journal}, {kind: ticket, id: firstTicket}, {kind: replies, id: firstTicket}} {
				o.world = fmt.Sprint(h.name, "-", n)
				h.ask(server, o)
			}
		}
	}
}

// check fails the test when no order explains what the clients have heard. It reports whether that could be decided.
func (h *history) check(t *testing.T, failures []string) (decided bool) {
	t.Helper()
	verdict, info := porcupine.CheckOperationsVerbose(shared, h.done, checkWithin)
	switch verdict {
	case porcupine.Ok:
		return true
	case porcupine.Unknown: // so many outcomes are unknown that the search for an order takes too long
		return false
	}
	path := filepath.Join(t.ArtifactDir(), h.name+".html")
	if err := porcupine.VisualizePath(shared, info, path); err != nil {
		t.Error(err)
	}
	t.Errorf("history %s: got %s, want %s; failures: %q; keep it with -artifacts: %s", h.name, verdict, porcupine.Ok, failures, path)
	for _, part := range shared.Partition(h.done) {
		if porcupine.CheckOperationsTimeout(shared, part, checkWithin) != porcupine.Ok {
			for _, o := range part {
				t.Logf("%12d %20d %s", o.Call, o.Return, shared.DescribeOperation(o.Input, o.Output))
			}
		}
	}
	return true
}
