package release_test

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// natsPassword is a secret that is not in the examples.
const natsPassword = "letters-and-digits"

// nats is a NATS server of an example: the name by which others reach it, and its arguments.
type nats struct {
	name string
	args []string
}

// TestComposeShared starts the mocks and the NATS servers of the example, and asks one mock for what another was sent.
func TestComposeShared(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			Command     []string
			Deploy      struct{ Replicas int }
			Environment map[string]string
		}
	}
	decode(t, "docs/examples/compose-shared.yaml", &compose)
	var servers []nats
	for name, service := range compose.Services {
		if name != "ticaga" {
			servers = append(servers, nats{name, service.Command})
		}
	}
	mock := compose.Services["ticaga"]
	share(t, mock.Deploy.Replicas, mock.Environment, servers, "ticaga:4280", "/_mock/health", "/_mock/ready")
}

// TestKubernetesShared does the same for the example for Kubernetes.
func TestKubernetesShared(t *testing.T) {
	objects := kubernetes(t, "docs/examples/kubernetes-shared.yaml")
	set := objects["StatefulSet nats"]
	var servers []nats
	for i := range set.Spec.Replicas {
		server := nats{name: fmt.Sprintf("nats-%d.nats", i)}
		for _, arg := range set.Spec.Template.Spec.Containers[0].Args {
			server.args = append(server.args, strings.ReplaceAll(arg, "$(POD_NAME)", fmt.Sprintf("nats-%d", i)))
		}
		servers = append(servers, server)
	}
	mock := objects["Deployment ticaga-mock"]
	if mock.Spec.Strategy.Type != "Recreate" {
		t.Errorf("got the strategy %q, want Recreate: mocks of two versions must not share worlds", mock.Spec.Strategy.Type)
	}
	probes := mock.container(t).probes()
	if want := []string{"/_mock/health", "/_mock/health", "/_mock/ready"}; !slices.Equal(probes, want) {
		t.Errorf("got the probes %q, want %q: a restart does not help when NATS is away", probes, want)
	}
	share(t, mock.Spec.Replicas, mock.container(t).environment(), servers, objects.address("ticaga"), probes...)
}

// withPassword puts the password of the NATS servers into a value.
func withPassword(value string) string {
	return regexp.MustCompile(`\$(\{NATS_PASSWORD[^}]*\}|\(NATS_PASSWORD\))`).ReplaceAllString(value, natsPassword)
}

// startServers starts NATS servers with the arguments of an example, but on this machine and in folders of the test, and
// returns the addresses for clients.
func startServers(t *testing.T, all []nats) (addresses []string) {
	t.Helper()
	routes := map[string]string{} // addresses, by where the example has them
	var free []net.Listener       // closed only when there is one for each, so that they differ
	for _, n := range all {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		free = append(free, l)
		routes[n.name+":6222"] = l.Addr().String()
	}
	for _, l := range free {
		_ = l.Close()
	}
	var started []*server.Server
	for _, n := range all {
		args := slices.Clone(n.args)
		for i := range args {
			args[i] = withPassword(args[i])
		}
		o, err := server.ConfigureOptions(flag.NewFlagSet(n.name, flag.ContinueOnError), args, func() {}, func() {}, func() {})
		if err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
		if o.Username == "" || o.Password != natsPassword || o.Cluster.Username == "" || o.Cluster.Password != natsPassword {
			t.Errorf("%s: got %q, want a login for clients and for routes", n.name, args)
		}
		if !o.JetStream || o.StoreDir != "/data" || o.Cluster.Port != 6222 {
			t.Errorf("%s: got %q, want JetStream in /data, and a cluster at port 6222", n.name, args)
		}
		o.Host, o.Port, o.HTTPPort, o.StoreDir, o.NoSigs, o.NoLog = "127.0.0.1", server.RANDOM_PORT, 0, t.TempDir(), true, true
		own, err := net.ResolveTCPAddr("tcp", routes[n.name+":6222"])
		if err != nil {
			t.Fatal(err)
		}
		o.Cluster.Host, o.Cluster.Port = "127.0.0.1", own.Port
		for i, route := range o.Routes {
			here := routes[route.Host]
			if here == "" {
				t.Fatalf("%s: got a route to %s, want one to a server of the example", n.name, route.Host)
			}
			o.Routes[i] = &url.URL{Scheme: route.Scheme, User: route.User, Host: here}
		}
		s, err := server.NewServer(o)
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		started = append(started, s)
	}
	for _, s := range started {
		if !s.ReadyForConnections(time.Minute) {
			t.Fatalf("NATS server %s is not ready", s.Name())
		}
		addresses = append(addresses, s.Addr().String())
	}
	return addresses
}

// share starts three mocks as an example says, with the servers of the example on this machine.
func share(t *testing.T, mocks int, environment map[string]string, servers []nats, host string, probes ...string) {
	t.Helper()
	if mocks != 3 || len(servers) != 3 {
		t.Errorf("got %d mocks and %d NATS servers, want 3 of each", mocks, len(servers))
	}
	store, err := url.Parse(withPassword(environment["TICAGA_MOCK_STORE"]))
	if err != nil {
		t.Fatal(err)
	}
	if got := store.Query().Get("replicas"); got != "3" {
		t.Errorf("got replicas %q, want 3", got)
	}
	var names []string
	for _, n := range servers {
		names = append(names, n.name)
	}
	hosts := strings.Split(store.Host, ",")
	slices.Sort(hosts)
	slices.Sort(names)
	if !slices.Equal(hosts, names) {
		t.Errorf("got the store %q, want one at %q", hosts, names)
	}
	store.Host = strings.Join(startServers(t, servers), ",")
	environment["TICAGA_MOCK_STORE"] = strings.ReplaceAll(store.String(), "%2C", ",")
	var urls []string
	for range 3 {
		base := start(t, environment)
		untilReady(t, base)
		ask(t, base, host, probes...)
		urls = append(urls, base)
	}
	first := journal(t, urls[0])
	for i, base := range urls[1:] {
		if got := journal(t, base); got != first || !strings.Contains(got, "/api/customers/get/8") {
			t.Errorf("mock %d: got the journal %s, want that of the first mock: %s", i+1, got, first)
		}
	}
}

// untilReady asks as a probe does until a mock is ready: the NATS servers may not have chosen a leader yet.
func untilReady(t *testing.T, base string) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-ticker.C {
		response, err := http.Get(base + "/_mock/ready")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		switch {
		case response.StatusCode == http.StatusOK:
			return
		case time.Now().After(deadline):
			t.Fatalf("/_mock/ready: got status %d %s, want 200 within a minute", response.StatusCode, body)
		}
	}
}

// journal returns what the journal of a mock lists.
func journal(t *testing.T, base string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, base+"/_mock/journal", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+controlToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("got status %d, error %v: %s; want 200", response.StatusCode, err, body)
	}
	return string(body)
}
