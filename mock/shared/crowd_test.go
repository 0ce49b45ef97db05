package shared_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
)

var (
	worlds = flag.Int("worlds", 100, "how many worlds a crowd of clients uses")
	crowd  = flag.Duration("crowd", 0, "how long a crowd of clients goes on; 0 for one turn of kills")
)

// TestCrowd lets a crowd of clients use many worlds through three processes on a cluster of three nodes, while each of them is
// killed in turn. A journal has each answered request of its world once, those of a client in their order, and
// nothing of another world.
func TestCrowd(t *testing.T) {
	t.Parallel()
	c := cluster.Start(t, 3, cluster.Options{})
	program := build(t)
	var servers []*process
	for range 3 {
		servers = append(servers, newProcess(t, program,
			"--store", "nats://"+strings.Join(c.Servers(), ",")+"/CROWD?replicas=3&timeout=1s", "--worlds", fmt.Sprint(*worlds+1), "--worlds-total", fmt.Sprint(4<<30),
			"--journal", "100000", "--journal-bytes", fmt.Sprint(64<<20), "--journal-total", fmt.Sprint(4<<30)))
	}
	for _, s := range servers {
		s.ready()
	}
	all := &users{worlds: make([]sent, *worlds)}
	for n := range 8 {
		all.start(t, n, servers)
	}
	begin, slowest := time.Now(), time.Duration(0)
	for turn := 0; turn < 3 || time.Since(begin) < *crowd; turn++ {
		s, node := servers[turn%3], c.Nodes[turn/3%3]
		all.more(t, 100)
		s.kill()
		all.more(t, 100)
		restarted := time.Now()
		s.start()
		s.ready()
		slowest = max(slowest, time.Since(restarted))
		all.more(t, 100)
		if turn%3 == 2 {
			node.Kill()
			all.more(t, 100)
			node.Restart()
		}
	}
	took := time.Since(begin)
	all.stop.Store(true)
	all.work.Wait()
	for n := range all.worlds {
		all.check(t, servers[n%3], n)
	}
	t.Logf("%d requests to %d worlds in %v, and %d with an unknown outcome; the slowest restart took %v",
		all.answered.Load(), *worlds, took.Round(time.Second), all.unknown.Load(), slowest.Round(time.Millisecond))
}

// users are clients that use all worlds.
type users struct {
	worlds            []sent
	work              sync.WaitGroup
	stop              atomic.Bool
	answered, unknown atomic.Int64
}

// sent is what clients have sent to a world: marks with whether they were answered.
type sent struct {
	mu    sync.Mutex
	marks map[string]bool
}

func worldName(n int) string { return fmt.Sprintf("w%d", n) }

// start starts a client: it sends one request after the other to any world, through any server, until stop.
func (u *users) start(t *testing.T, client int, servers []*process) {
	random := rand.New(rand.NewPCG(rand.Uint64(), uint64(client)))
	u.work.Go(func() {
		for n := 0; !u.stop.Load(); n++ {
			world := random.IntN(len(u.worlds))
			mark := fmt.Sprint(client, "-", n)
			got := u.send(servers[random.IntN(len(servers))].URL+"/w/"+worldName(world)+"/api/", world, mark, random)
			known := got.status != 0 && got.status != http.StatusServiceUnavailable
			u.worlds[world].add(mark, known)
			if !known { // as it is at once from a server that was killed
				u.unknown.Add(1)
				continue
			}
			u.answered.Add(1)
			if got.status != http.StatusOK || !strings.Contains(got.body, `"user":`) {
				t.Errorf("world %d: got %d %s, want 200 and a user", world, got.status, got.body)
			}
			var seen struct {
				User struct {
					BillingID string `json:"billing_id"`
				}
			}
			if json.Unmarshal([]byte(got.body), &seen) == nil { // of what shows one
				if id, _ := strconv.Atoi(seen.User.BillingID); id != 0 && id%len(u.worlds) != world {
					t.Errorf("world %d: got billing id %d, which is of world %d", world, id, id%len(u.worlds))
				}
			}
		}
	})
}

// send links customer 8 to a billing id that tells the world, or gets that customer.
func (u *users) send(url string, world int, mark string, random *rand.Rand) answer {
	if random.IntN(2) == 0 {
		return send("GET", url+"customers/get/8", "", mark)
	}
	id := world + len(u.worlds)*(1+random.IntN(100))
	return send("POST", url+"customers/assign", fmt.Sprintf(`{"ticaga_id":8,"billing_id":"%d","billing_system":"blesta"}`, id), mark)
}

func (s *sent) add(mark string, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.marks == nil {
		s.marks = map[string]bool{}
	}
	s.marks[mark] = answered
}

// more waits until so many more requests were answered.
func (u *users) more(t *testing.T, count int64) {
	t.Helper()
	count += u.answered.Load()
	if !cluster.Wait(func() bool { return u.answered.Load() >= count }) {
		t.Fatalf("got %d answered requests, want %d", u.answered.Load(), count)
	}
}

// check compares the journal of a world with what was sent to it.
func (u *users) check(t *testing.T, server *process, world int) {
	t.Helper()
	marks := u.worlds[world].marks
	if len(marks) == 0 {
		return
	}
	var got answer
	if !cluster.Wait(func() bool { // which the cluster may need after a node was killed
		got = send("GET", server.URL+"/_mock/worlds/"+worldName(world)+"/journal", "")
		return got.status == http.StatusOK
	}) {
		t.Fatalf("world %d: got %d %s, want its journal", world, got.status, got.body)
	}
	var list struct {
		Exchanges []struct {
			World   string
			Request struct{ Header http.Header }
		}
		Dropped int
	}
	if err := json.Unmarshal([]byte(got.body), &list); err != nil || list.Dropped > 0 {
		t.Fatalf("world %d: got %d, %d dropped, %v; want 200, none dropped", world, got.status, list.Dropped, err)
	}
	seen, newest := map[string]bool{}, map[string]int{}
	for _, x := range list.Exchanges { // the newest first
		mark := x.Request.Header.Get("User-Agent")
		client, number, _ := strings.Cut(mark, "-")
		n, _ := strconv.Atoi(number)
		if later, ok := newest[client]; ok && n >= later {
			t.Errorf("world %d: got request %d of client %s before %d, want it after", world, n, client, later)
		}
		newest[client] = n
		if _, was := marks[mark]; !was || x.World != worldName(world) {
			t.Errorf("world %d: got request %s of world %q, want none that was not sent to it", world, mark, x.World)
		}
		seen[mark] = true
	}
	for mark, answered := range marks {
		if answered && !seen[mark] {
			t.Errorf("world %d: got no request %s in the journal, want it: it was answered", world, mark)
		}
	}
}
