// Package cluster starts clusters of NATS servers for tests. Each node is a process of its own, which is the test
// binary again, so that tests can kill it as a crash does; and there is a proxy before each node and between each two,
// so that tests can part them. Nothing of it may be linked into the program.
package cluster

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	environment = "TICAGA_MOCK_TEST_NATS_SERVER"
	patience    = time.Minute // after which a test fails instead of waiting on
)

// Main must be called first by TestMain of a package whose tests start a cluster: in the process of a node it serves
// until the test ends, and does not return.
func Main() {
	file := os.Getenv(environment)
	if file == "" {
		return
	}
	options, err := server.ProcessConfigFile(file)
	if err == nil {
		err = serve(options)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serve(options *server.Options) error {
	options.NoSigs = true
	s, err := server.NewServer(options)
	if err != nil {
		return err
	}
	s.ConfigureLogger()
	s.Start()
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends, in whatever way
	return nil
}

// Options say what a cluster is like.
type Options struct {
	Config  string // more lines of each node's configuration
	Program string // an executable nats-server instead of the test binary
}

// Cluster is a cluster of nodes. Its methods are for one goroutine.
type Cluster struct {
	Nodes []*Node
	links map[[2]int]*Proxy // between two nodes
	t     testing.TB
}

// Node is a server of a cluster.
type Node struct {
	Name   string
	Client *Proxy // what clients connect to

	address string // without the proxy
	config  string // its file
	program string
	process *exec.Cmd
	stdin   io.Closer
	t       testing.TB
}

// Start starts a cluster of 1, 3 or 5 nodes that ends with the test, and waits until it has a leader. A cluster of one node is a server
// on its own.
func Start(t testing.TB, nodes int, options Options) *Cluster {
	t.Helper()
	if options.Program == "" {
		program, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		options.Program = program
	}
	c := &Cluster{t: t, links: map[[2]int]*Proxy{}}
	free := freePorts(t, 2*nodes)
	clients, routes := free[:nodes], free[nodes:]
	for i := range nodes {
		for j := i + 1; j <= i+nodes/2; j++ { // so that each two have one connection, if nodes is odd
			c.links[[2]int{i, j % nodes}] = NewProxy(t, routes[j%nodes])
		}
	}
	for i := range nodes {
		n := &Node{Name: fmt.Sprintf("n%d", i), address: clients[i], program: options.Program, t: t}
		n.Client = NewProxy(t, n.address)
		folder := t.TempDir()
		n.config = filepath.Join(folder, "nats.conf")
		text := fmt.Sprintf("listen: %q\nserver_name: %s\njetstream { store_dir: %q }\n", n.address, n.Name, filepath.ToSlash(folder))
		if nodes > 1 {
			// What nodes tell each other about their addresses must not lead around a proxy.
			text += fmt.Sprintf("cluster { name: test, listen: %q, no_advertise: true, cluster_advertise: \"127.0.0.1:1\", routes: [", routes[i])
			for j := i + 1; j <= i+nodes/2; j++ {
				text += fmt.Sprintf(" %q,", "nats://"+c.links[[2]int{i, j % nodes}].Address)
			}
			text += " ] }\n"
		}
		if err := os.WriteFile(n.config, []byte(text+options.Config), 0o600); err != nil {
			t.Fatal(err)
		}
		c.Nodes = append(c.Nodes, n)
		n.start()
	}
	t.Cleanup(func() {
		for _, n := range c.Nodes {
			n.Kill()
		}
	})
	for _, n := range c.Nodes {
		n.ready()
	}
	return c
}

// freePorts returns different addresses on which nobody listens. Systems give such ports neither to connections nor to
// listeners on port 0, so that they stay free while their node is down.
func freePorts(t testing.TB, count int) (addresses []string) {
	t.Helper()
	var err error
	for range 100 * count {
		if len(addresses) == count {
			return addresses
		}
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprint("127.0.0.1:", 10_000+rand.IntN(20_000))); err == nil {
			defer func() { _ = l.Close() }()
			addresses = append(addresses, l.Addr().String())
		}
	}
	t.Fatalf("got %d of %d free ports: %v", len(addresses), count, err)
	return nil
}

// Servers returns what clients connect to.
func (c *Cluster) Servers() (addresses []string) {
	for _, n := range c.Nodes {
		addresses = append(addresses, n.Client.Address)
	}
	return addresses
}

// Isolate parts a node from the other nodes, but not from its clients, until Heal. What it sends is not lost, but late.
func (c *Cluster) Isolate(node int) {
	for pair, link := range c.links {
		if pair[0] == node || pair[1] == node {
			link.Pause()
		}
	}
}

// Heal ends what Isolate began. Nodes connect again.
func (c *Cluster) Heal() {
	for _, link := range c.links {
		link.Drop()
		link.Resume()
	}
}

// Leader returns which node leads a stream, and waits until there is one.
func (c *Cluster) Leader(stream string) int {
	c.t.Helper()
	nc := c.connect()
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(time.Second))
	if err != nil {
		c.t.Fatal(err)
	}
	leader := 0
	found := Wait(func() bool {
		s, err := js.Stream(context.Background(), stream)
		if err != nil || len(c.Nodes) == 1 {
			return err == nil
		}
		info := s.CachedInfo().Cluster
		leader = slices.IndexFunc(c.Nodes, func(n *Node) bool { return info != nil && n.Name == info.Leader })
		return leader >= 0
	})
	if !found {
		c.t.Fatalf("stream %s has no leader", stream)
	}
	return leader
}

// Wait reports whether is returns true within a minute, and asks again and again.
func Wait(is func() bool) bool {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-ticker.C {
		if is() {
			return true
		}
	}
	return false
}

// StepDown makes the leader of a stream resign.
func (c *Cluster) StepDown(stream string) {
	c.t.Helper()
	nc := c.connect()
	defer nc.Close()
	answered := Wait(func() bool { // nobody answers while a leader is chosen
		_, err := nc.Request("$JS.API.STREAM.LEADER.STEPDOWN."+stream, nil, time.Second)
		return err == nil
	})
	if !answered {
		c.t.Fatalf("got no answer to a leader's stepping down in %v, want one", patience)
	}
}

// Resize changes how many bytes a stream can have.
func (c *Cluster) Resize(stream string, bytes int64) {
	c.t.Helper()
	nc := c.connect()
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		c.t.Fatal(err)
	}
	found, err := js.Stream(context.Background(), stream)
	if err != nil {
		c.t.Fatal(err)
	}
	config := found.CachedInfo().Config
	config.MaxBytes = bytes
	if _, err := js.UpdateStream(context.Background(), config); err != nil {
		c.t.Fatal(err)
	}
}

// connect connects to a node that runs, not through a proxy.
func (c *Cluster) connect() *nats.Conn {
	c.t.Helper()
	var servers []string
	for _, n := range c.Nodes {
		servers = append(servers, n.address)
	}
	nc, err := nats.Connect(strings.Join(servers, ","), nats.Timeout(patience))
	if err != nil {
		c.t.Fatal(err)
	}
	return nc
}

// Kill ends a node as a crash does.
func (n *Node) Kill() {
	if n.process == nil {
		return
	}
	_ = n.process.Process.Kill()
	_ = n.process.Wait()
	_ = n.stdin.Close()
	n.process = nil
}

// Restart starts a node that was killed, and waits until JetStream is ready there.
func (n *Node) Restart() {
	n.t.Helper()
	n.start()
	n.ready()
}

// Launch is like Restart, but does not wait.
func (n *Node) Launch() {
	n.t.Helper()
	n.start()
}

func (n *Node) start() {
	n.t.Helper()
	n.process = exec.Command(n.program, "-c", n.config)
	n.process.Env = append(os.Environ(), environment+"="+n.config)
	stderr, err := os.Create(filepath.Join(filepath.Dir(n.config), "stderr"))
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = stderr.Close() }()
	n.process.Stderr = stderr
	if n.stdin, err = n.process.StdinPipe(); err != nil {
		n.t.Fatal(err)
	}
	if err := n.process.Start(); err != nil {
		n.t.Fatal(err)
	}
}

// ready waits until a node answers for JetStream.
func (n *Node) ready() {
	n.t.Helper()
	if Wait(func() bool { return nodeReady(n.address) }) {
		return
	}
	said, _ := os.ReadFile(filepath.Join(filepath.Dir(n.config), "stderr"))
	n.t.Fatalf("node %s did not get ready:\n%s", n.Name, said)
}

func nodeReady(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, "INFO ") && strings.Contains(line, `"jetstream":true`)
}
