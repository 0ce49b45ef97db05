package nats

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// TestCannotConnect: what is wrong stands in Ready, and no secret does.
func TestCannotConnect(t *testing.T) {
	const login = "authorization { user: u, password: hunter2 }\n"
	for _, c := range []struct {
		name, config, want string
		change             func(*Config)
	}{
		{"a wrong password", login, "check the user and password", func(c *Config) { c.User, c.Password = "u", "secret" }},
		{"no password", login, "check the user and password", func(*Config) {}},
		{"a wrong token", "authorization { token: t0ken }\n", "check the user and password, the token", func(c *Config) { c.Token = "secret" }},
		{"a password", login, "", func(c *Config) { c.User, c.Password = "u", "hunter2" }},
		{"a token", "authorization { token: t0ken }\n", "", func(c *Config) { c.Token = "t0ken" }},
		{"no TLS", "", "secure connection not available", func(c *Config) { c.TLS = true }},
		{"no JetStream", "accounts { A { users: [ { user: u, password: hunter2 } ] } }\n", "not enabled for the account",
			func(c *Config) { c.User, c.Password = "u", "hunter2" }},
		{"no permission", `authorization { users: [ { user: u, password: hunter2, permissions: { publish: "$JS.API.>", subscribe: ">" } } ] }` + "\n",
			`lacks a permission in NATS: Permissions Violation for Publish to "TICAGA_MOCK.sync"`, func(c *Config) { c.User, c.Password = "u", "hunter2" }},
		{"no copies", "", "use replicas=1, or a cluster of NATS servers", func(c *Config) { c.Replicas = 3 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			nodes := cluster.Start(t, 1, cluster.Options{Config: c.config})
			config := Config{Servers: nodes.Servers(), Timeout: 500 * time.Millisecond}
			c.change(&config)
			l, err := open(t.Context(), config, quick())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			becomes(t, l, c.want)
			if err := l.Ready(); err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "secret")) {
				t.Errorf("got the password in %v", err)
			}
		})
	}
}

// TestLostConnection: the words are for those who do not know the client's.
func TestLostConnection(t *testing.T) {
	for err, want := range map[error]string{
		nil:                     "the server has closed it",
		io.EOF:                  "the server has closed it",
		nats.ErrStaleConnection: "the server has stopped answering",
		nats.ErrAuthExpired:     "check the user and password",
		net.ErrClosed:           net.ErrClosed.Error(),
	} {
		if got := disconnected(err).Error(); !strings.Contains(got, want) {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}

// TestRestartedReading: nobody is told of a consumer that the log itself has given up for another.
func TestRestartedReading(t *testing.T) {
	l := start(t, cluster.Start(t, 1, cluster.Options{}), "", quick())
	s := followed(t, l)
	stopped := func() bool { // as soon as it begins, so that the creation of the consumer is given up
		l.follow.mu.Lock()
		defer l.follow.mu.Unlock()
		defer func() { l.follow.stop = nil }()
		if l.follow.stop == nil {
			return false
		}
		l.follow.stop()
		return true
	}
	for n := 0; n < 100; runtime.Gosched() {
		if stopped() {
			n++
		}
		if err := l.Ready(); err != nil {
			t.Fatalf("got %v, want the log to be ready", err)
		}
	}
	l.follow.restart()
	at, err := l.Append(t.Context(), "w", 0, []byte("a"))
	if err == nil {
		err = l.Sync(t.Context())
	}
	if err != nil || s.last() != at {
		t.Errorf("got the last record %d, error %v; want %d", s.last(), err, at)
	}
}

func TestNobodyThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	for name, server := range map[string]string{"refused": "127.0.0.1:1", "silent": listener.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			l, err := open(t.Context(), Config{Servers: []string{server}}, quick())
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error)
			go func() { ended <- l.Follow(context.Background(), func(log.Record) {}) }()
			if _, err := l.Append(t.Context(), "w", 0, []byte("a")); !errors.As(err, new(*log.UnavailableError)) || unsure(err) {
				t.Errorf("append: got error %v, want a sure *UnavailableError", err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			if err := <-ended; !errors.Is(err, log.ErrClosed) {
				t.Errorf("follow: got error %v, want %v", err, log.ErrClosed)
			}
		})
	}
	nothingRuns(t)
}

// nothingRuns checks that no goroutine of this package or of the client is left.
func nothingRuns(t *testing.T) {
	t.Helper()
	var all string
	if !cluster.Wait(func() bool {
		buffer := make([]byte, 1<<20)
		all = string(buffer[:runtime.Stack(buffer, true)])
		return strings.Count(all, "mock/log/nats.") == strings.Count(all, "mock/log/nats.nothingRuns")+strings.Count(all, "mock/log/nats.Test") &&
			!strings.Contains(all, "nats%2ego")
	}) {
		t.Errorf("goroutines are left:\n%s", all)
	}
}

func TestOpenRejects(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	server := []string{"127.0.0.1:4222"}
	for name, config := range map[string]Config{
		"no server":           {},
		"no such CA":          {Servers: server, CA: file + "x"},
		"no CA":               {Servers: server, CA: file},
		"no such credentials": {Servers: server, Credentials: file + "x"},
		"no credentials":      {Servers: server, Credentials: file},
		"no certificate":      {Servers: server, Cert: file, Key: file},
		"a stream's name":     {Servers: server, Stream: "a.b"},
		"replicas":            {Servers: server, Replicas: 7},
		"even replicas":       {Servers: server, Replicas: 2},
		"replicas below 0":    {Servers: server, Replicas: -1},
	} {
		if l, err := Open(t.Context(), config); err == nil {
			_ = l.Close()
			t.Errorf("%s: got no error, want one", name)
		}
	}
}
