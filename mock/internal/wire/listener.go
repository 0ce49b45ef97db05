// Package wire watches the connections of a server where net/http tells nobody what happens.
package wire

import (
	"crypto/tls"
	"net"
	"sync"
)

// Watch knows the connections that its listeners have accepted. It is safe for concurrent use.
type Watch struct {
	mu    sync.Mutex
	conns map[*conn]struct{}
}

// New returns a Watch over no connections.
func New() *Watch { return &Watch{conns: map[*conn]struct{}{}} }

// Listener returns l with its connections watched. Those of TLS are left alone: net/http needs to
// see what they are.
func (w *Watch) Listener(l net.Listener) net.Listener { return &listener{l, w} }

type listener struct {
	net.Listener
	watch *Watch
}

func (l *listener) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if _, secure := accepted.(*tls.Conn); err != nil || secure {
		return accepted, err
	}
	c := &conn{Conn: accepted, watch: l.watch}
	l.watch.mu.Lock()
	defer l.watch.mu.Unlock()
	l.watch.conns[c] = struct{}{}
	return c, nil
}

// CloseSilent closes the connections on which nothing was sent yet: http.Server.Shutdown waits
// five seconds for them.
func (w *Watch) CloseSilent() {
	w.mu.Lock()
	var silent []*conn
	for c := range w.conns {
		if c.silent() {
			silent = append(silent, c)
		}
	}
	w.mu.Unlock()
	for _, c := range silent {
		_ = c.Close()
	}
}
