package shared_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

// failure is something that goes wrong; end repairs it.
type failure struct {
	name       string
	begin, end func()
}

// failures are what can go wrong with the cluster and a server.
func failures(c *cluster.Cluster, r *replica, random *rand.Rand) []failure {
	node := func() *cluster.Node { return c.Nodes[random.IntN(len(c.Nodes))] }
	killed := node()
	nothing := func() {}
	return []failure{
		{"answers are cut", r.front.Drop, r.front.Drop},
		{"answers are cut", r.front.Drop, r.front.Drop},
		{"clients hear nothing", r.front.Pause, r.front.Resume},
		{"a server is killed", r.kill, r.restart},
		{"a server is killed", r.kill, r.restart},
		{"a server is parted from the cluster", r.part, r.rejoin},
		{"a server is parted from the cluster, and what it sent is lost", r.part, func() { r.loseLinks(); r.rejoin() }},
		{"a server loses its connections", r.loseLinks, r.loseLinks},
		{"the leader steps down", func() { c.StepDown(nats.DefaultStream) }, nothing},
		{"a node is killed", killed.Kill, killed.Restart},
		{"the leader is killed", func() { killed = c.Nodes[c.Leader(nats.DefaultStream)]; killed.Kill() }, func() { killed.Restart() }},
		{"the leader is alone", func() { c.Isolate(c.Leader(nats.DefaultStream)) }, c.Heal},
	}
}

// disturb lets histories run while one thing after the other goes wrong, and repairs everything in the end. It returns
// what went wrong.
func disturb(t *testing.T, c *cluster.Cluster, servers []*replica, random *rand.Rand, round []*history) (happened []string) {
	t.Helper()
	asked, over := make(chan struct{}), make(chan struct{})
	var running sync.WaitGroup
	for _, h := range round {
		running.Go(func() {
			h.run(func() {
				select {
				case asked <- struct{}{}:
				default:
				}
			})
		})
	}
	go func() {
		running.Wait()
		close(over)
	}()
	for going := true; going; {
		for range 1 + random.IntN(200) { // until so many operations are over
			select {
			case <-asked:
			case <-over:
				going = false
			}
		}
		if !going {
			break
		}
		list := failures(c, servers[random.IntN(len(servers))], random)
		f := list[random.IntN(len(list))]
		happened = append(happened, f.name)
		f.begin()
		select {
		case <-time.After(time.Duration(random.IntN(400)) * time.Millisecond):
		case <-over:
		}
		f.end()
	}
	<-over
	for _, r := range servers {
		r.ready()
	}
	return happened
}
