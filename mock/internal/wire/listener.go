// Package wire watches the connections of a server for requests that net/http answers by itself,
// before it calls any handler: those that are not HTTP, or break its rules.
//
// [Watch.Listener] goes between a listener and an http.Server. Each connection keeps the first bytes
// of the current request and sees what is written: an answer while no handler has been called is
// net/http's own. It is reported as a [Refusal], and [Refusal.Request] finds out what was wrong.
package wire

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// Watch knows the connections that its listeners have accepted. It is safe for concurrent use.
type Watch struct {
	report func(Refusal) []string
	ending atomic.Bool

	mu    sync.Mutex
	conns map[*conn]struct{}
}

// New returns a Watch without connections. It calls report with each refusal before the client gets
// the answer, and adds the header lines that report returns to the answer. Several goroutines may
// call report at once.
func New(report func(Refusal) []string) *Watch {
	return &Watch{report: report, conns: map[*conn]struct{}{}}
}

// Attach lets the server notify its connections about their requests. It sets ConnContext and
// ConnState, and wraps the handler of server.
func (w *Watch) Attach(server *http.Server) {
	handler := server.Handler
	server.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if c := connOf(r); c != nil {
			c.begin(r.ContentLength)
		}
		handler.ServeHTTP(rw, r)
	})
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, key{}, c)
	}
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if c := watched(c); c != nil && state == http.StateIdle {
			c.finish()
		}
	}
}

type key struct{}

// connOf returns the connection that a request was received on, or nil.
func connOf(r *http.Request) *conn {
	c, _ := r.Context().Value(key{}).(net.Conn)
	return watched(c)
}

// watched returns the conn that net/http serves, with or without TLS, or nil.
func watched(c net.Conn) *conn {
	switch c := c.(type) {
	case *conn:
		return c
	case secureConn:
		return c.conn
	}
	return nil
}

// Listener returns l, whose connections speak plain HTTP, with its connections watched.
func (w *Watch) Listener(l net.Listener) net.Listener { return &listener{l, w} }

type listener struct {
	net.Listener
	watch *Watch
}

func (l *listener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.watch.follow(newTimed(accepted)), nil
}

// follow returns a connection that is watched from now on.
func (w *Watch) follow(accepted net.Conn) *conn {
	c := &conn{Conn: accepted, watch: w}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns[c] = struct{}{}
	return c
}

func (w *Watch) forget(c *conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, c)
}

// End must be called before the server is shut down or closed. Requests that are cut off from then
// on are not reported, because that is not the client's doing. End closes the connections on which
// no complete request was received: http.Server.Shutdown waits five seconds for new ones, and
// answers none of them.
func (w *Watch) End() {
	w.ending.Store(true)
	w.mu.Lock()
	var idle []*conn
	for c := range w.conns {
		if c.idle() {
			idle = append(idle, c)
		}
	}
	w.mu.Unlock()
	for _, c := range idle {
		_ = c.Close()
	}
}
