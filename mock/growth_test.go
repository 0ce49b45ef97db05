package mock_test

import (
	"fmt"
	"io"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// BenchmarkGrowth is what a request costs in help desks of a hundred, of 10,000 and of 100,000
// tickets. Every owner has about nine of them in each, so that a list is equally long in all.
func BenchmarkGrowth(b *testing.B) {
	sizes := []int{100, 10_000, 100_000}
	desks := make([][]growing, len(sizes))
	for i, tickets := range sizes {
		desks[i] = grow(b, tickets)
	}
	for step := range desks[0] {
		for i, tickets := range sizes {
			g := desks[i][step]
			b.Run(fmt.Sprintf("%s/tickets=%d", g.name, tickets), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if status := g.send(); status != http.StatusOK {
						b.Fatalf("status %d, want 200", status)
					}
				}
			})
		}
	}
}

// TestCostsGrowAsTheyShould counts allocations where the benchmark takes the time. A look-up
// makes as many of them however much there is, a change as many more as a tree is deeper. What
// collects or copies all that it passes would be seen here; what only compares it would not, and
// is the benchmark's to find.
func TestCostsGrowAsTheyShould(t *testing.T) {
	small, large := grow(t, 100), grow(t, 10_000)
	// The fewest of many requests: under the race detector a pool forgets some of what it is given.
	allocations := func(g growing) float64 {
		fewest := math.Inf(1)
		for range 200 {
			fewest = min(fewest, testing.AllocsPerRun(1, func() {
				if status := g.send(); status != http.StatusOK {
					t.Fatalf("%s: got status %d, want 200", g.name, status)
				}
			}))
		}
		return fewest
	}
	for step, g := range small {
		few, many := allocations(g), allocations(large[step])
		if most := g.factor * few; many > most {
			t.Errorf("%s: got %.0f allocations among 100 tickets, %.0f among 10,000; want at most %.0f", g.name, few, many, most)
		}
	}
}

// growing is a request to a help desk of some size.
type growing struct {
	name   string
	factor float64 // what a hundredfold of tickets may multiply its allocations by
	send   func() (status int)
}

// grow makes a help desk of so many tickets, and the requests to it.
func grow(t testing.TB, tickets int) []growing {
	server := newServer(t, func(o *mock.Options) { o.Fixtures = grownFixtures(t, tickets) })
	owner, open := lookAround(t, server, tickets/10)
	create := repeated(server, "POST", "/api/tickets/create",
		fmt.Sprintf("customer_id=%d&department_slug=sales&subject=Hello&message=There&priority=low", owner))
	return []growing{
		{"customer", 1.1, repeated(server, "GET", fmt.Sprintf("/api/customers/get/%d", owner), "")},
		{"customer_by_email", 1.1, repeated(server, "GET", fmt.Sprintf("/api/tickets/userbyemail/customer%d@generated.example", owner), "")},
		{"tickets_of_owner", 1.1, repeated(server, "GET", fmt.Sprintf("/api/tickets/get/all/%d", owner), "")},
		{"create", 1.5, inTurn(server, []func() int{create}, len(open))},
		{"close", 1.5, inTurn(server, open, len(open))},
	}
}

// grownFixtures are the departments and the staff of the scenario "busy", and of everything else
// as much as is asked for.
func grownFixtures(t testing.TB, tickets int) fs.FS {
	busy, err := fixtures.Open("busy")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"generate.json": {Data: fmt.Appendf(nil, `{"customers":%d,"tickets":%d,"responses_per_ticket":1}`, tickets/10, tickets)}}
	for _, name := range []string{"departments.json", "staff.json"} {
		raw, err := fs.ReadFile(busy, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: raw}
	}
	return files
}

// lookAround finds, among the last customers, whom a scan would come to last, the one who owns
// nine tickets or next to it, and some tickets that can be closed.
func lookAround(t testing.TB, server *mock.Server, customers int) (owner int, closes []func() int) {
	best := -1
	for id := max(1, customers-50); id <= customers; id++ {
		_, body := serve(server, call{method: "GET", path: fmt.Sprintf("/api/tickets/user/%d", id), header: http.Header{"Authorization": {bearer}}})
		tickets := listOf(decodeAny(body))
		if off := max(len(tickets)-9, 9-len(tickets)); best < 0 || off < best {
			owner, best = id, off
		}
		for _, ticket := range tickets {
			if ticket["status"] != "closed" && len(closes) < 64 {
				closes = append(closes, repeated(server, "POST", "/api/tickets/close", fmt.Sprintf("customer_id=%d&ticket_id=%v", id, ticket["id"])))
			}
		}
	}
	if len(closes) == 0 {
		t.Fatal("got no ticket to close, want one at least")
	}
	return owner, closes
}

// repeated is a request that can be sent over and over, and costs next to nothing itself.
func repeated(server *mock.Server, method, path, fields string) func() int {
	body, w := strings.NewReader(""), &discard{header: http.Header{}}
	request := &http.Request{
		Method: method, URL: &url.URL{Path: path}, Body: io.NopCloser(body), ContentLength: int64(len(fields)),
		Header: http.Header{"Authorization": {bearer}, "Content-Type": {asForm}},
	}
	return func() int {
		body.Reset(fields)
		clear(w.header)
		server.ServeHTTP(w, request)
		return w.status
	}
}

// inTurn sends requests one after the other, and every so often takes back what they changed,
// which costs the same however much there is: the help desk stays as large as it was.
func inTurn(server *mock.Server, requests []func() int, often int) func() int {
	sent := 0
	return func() int {
		if sent == often {
			server.Reset()
			sent = 0
		}
		sent++
		return requests[(sent-1)%len(requests)]()
	}
}

// BenchmarkWorlds is what it takes to make, fork, snapshot, restore and reset a world, and to
// change one thing in it: time does not depend on the tickets.
func BenchmarkWorlds(b *testing.B) {
	for _, scenario := range []string{"default", "busy"} {
		for _, step := range []string{"make", "fork", "snapshot", "restore", "reset", "change"} {
			b.Run(scenario+"/"+step, func(b *testing.B) {
				server := newServer(b, func(o *mock.Options) { o.Scenario, o.Worlds = scenario, 1<<30 })
				const most = 1000 // worlds; then all are forgotten
				b.ReportAllocs()
				for n := 0; b.Loop(); n++ {
					if n%most == 0 {
						b.StopTimer()
						for i := range most {
							_ = controlStatus(server, "DELETE", fmt.Sprintf("/_mock/worlds/w%d", i), "")
							_ = controlStatus(server, "DELETE", fmt.Sprintf("/_mock/worlds/f%d", i), "")
							if step != "make" {
								_, _ = worldSteps["make"](server, i), worldSteps["snapshot"](server, i)
							}
						}
						b.StartTimer()
					}
					if status := worldSteps[step](server, n%most); status != 200 {
						b.Fatalf("status %d, want 200", status)
					}
				}
			})
		}
	}
}

// BenchmarkWorldMemory is how many bytes a thousand worlds hold on to, each: as they are made,
// with a snapshot, and with one change and its exchange in the journal.
func BenchmarkWorldMemory(b *testing.B) {
	for _, scenario := range []string{"default", "busy"} {
		for _, steps := range [][]string{{"make"}, {"make", "snapshot"}, {"make", "change"}} {
			b.Run(scenario+"/"+strings.Join(steps, "+"), func(b *testing.B) {
				const worlds = 1000
				var held int64
				rounds := int64(0)
				for b.Loop() {
					server := newServer(b, func(o *mock.Options) { o.Scenario, o.Worlds = scenario, worlds+1 })
					before := heap()
					for n := range worlds {
						for _, step := range steps {
							if status := worldSteps[step](server, n); status != 200 {
								b.Fatalf("%s: status %d, want 200", step, status)
							}
						}
					}
					held += heap() - before
					rounds++
					runtime.KeepAlive(server)
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(float64(held/rounds)/worlds, "held-B/world")
			})
		}
	}
}
