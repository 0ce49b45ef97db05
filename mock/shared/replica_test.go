// Package shared_test is about servers that share their worlds: histories of what concurrent clients see while servers
// and nodes of the cluster fail, many worlds over real processes, what each failure looks like to a client, and that
// everything works through any server. `make soak-shared` has the long forms.
package shared_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

// TestMain serves as a node of a cluster in the processes that tests start.
func TestMain(m *testing.M) {
	cluster.Main()
	os.Exit(m.Run())
}

// replica is one of several servers that share their worlds. What clients send goes through front, and what the log sends
// through links.
type replica struct {
	URL     string
	front   *cluster.Proxy
	links   []*cluster.Proxy // to each node of the cluster
	options mock.Options

	t       testing.TB
	open    func() (log.Log, error)
	address string // behind front

	mu     sync.Mutex
	server *mock.Server // nil while it is killed
	log    log.Log
	served sync.WaitGroup
}

// newReplica starts a server with a log of its own.
func newReplica(t testing.TB, options mock.Options, open func() (log.Log, error)) *replica {
	t.Helper()
	l, err := mock.ListenLoopback(0)
	if err != nil {
		t.Fatal(err)
	}
	r := &replica{t: t, open: open, options: options, address: l.Addr().String()}
	r.front = cluster.NewProxy(t, r.address)
	r.URL = "http://" + r.front.Address
	r.serve(l)
	t.Cleanup(r.kill)
	return r
}

// replicas starts servers that share a stream of a cluster, and waits until they are ready. Each reaches each node through a
// proxy of its own. Their clocks differ by an hour.
func replicas(t testing.TB, c *cluster.Cluster, count int, config nats.Config, change ...func(*mock.Options)) []*replica {
	t.Helper()
	var all []*replica
	for n := range count {
		var links []*cluster.Proxy
		config.Servers = nil
		for _, node := range c.Nodes {
			link := cluster.NewProxy(t, node.Client.Address)
			links = append(links, link)
			config.Servers = append(config.Servers, link.Address)
		}
		options := mock.Options{Now: func() time.Time { return time.Now().Add(time.Duration(n) * time.Hour) }}
		for _, c := range change {
			c(&options)
		}
		config := config
		config.Replicas = len(c.Nodes)
		r := newReplica(t, options, func() (log.Log, error) { return nats.Open(context.Background(), config) })
		r.links = links
		all = append(all, r)
	}
	for _, r := range all {
		r.ready()
	}
	return all
}

func (r *replica) serve(l net.Listener) {
	r.t.Helper()
	opened, err := r.open()
	if err != nil {
		r.t.Fatal(err)
	}
	options := r.options
	options.Log = opened
	server, err := mock.New(options)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.server, r.log = server, opened
	r.served.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.t.Errorf("serving ended: got %v, want %v", err, http.ErrServerClosed)
		}
	})
}

// kill ends the server as far as a crash in the same process is possible: first nobody hears of it any more, and then it
// loses its log.
func (r *replica) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.server == nil {
		return
	}
	r.front.Drop()
	_ = r.log.Close()
	_ = r.server.Close()
	r.served.Wait()
	r.server = nil
}

// restart starts a server that was killed again, at the same address.
func (r *replica) restart() {
	r.t.Helper()
	r.mu.Lock()
	runs := r.server != nil
	r.mu.Unlock()
	if runs {
		return
	}
	l, err := net.Listen("tcp", r.address)
	if err != nil {
		r.t.Fatal(err)
	}
	r.serve(l)
}

// part lets nothing pass between the server and the cluster, until rejoin.
func (r *replica) part() {
	for _, link := range r.links {
		link.Pause()
	}
}

func (r *replica) rejoin() {
	for _, link := range r.links {
		link.Resume()
	}
}

// loseLinks breaks the connections to the cluster.
func (r *replica) loseLinks() {
	for _, link := range r.links {
		link.Drop()
	}
}

// isReady reports whether the server says that it answers requests.
func (r *replica) isReady() bool {
	got, err := client.Get(r.URL + "/_mock/ready")
	if err != nil {
		return false
	}
	_ = got.Body.Close()
	return got.StatusCode == http.StatusOK
}

// ready waits until the server answers requests.
func (r *replica) ready() {
	r.t.Helper()
	if !cluster.Wait(r.isReady) {
		r.t.Fatalf("replica %s did not get ready", r.URL)
	}
}

// client is of all tests. It does not send a request again by itself, since whatever has an Idempotency-Key, or is a GET, would be
// sent twice over a connection that broke.
var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
