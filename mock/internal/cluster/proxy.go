package cluster

import (
	"io"
	"net"
	"sync"
	"testing"
)

// Proxy passes TCP connections on to an address, unless a test disturbs it. It is safe for concurrent use.
type Proxy struct {
	Address string // where it listens

	target string
	mu     sync.Mutex
	moved  sync.Cond // paused has changed
	paused bool
	ended  bool
	conns  map[net.Conn]bool
}

// NewProxy returns a proxy that ends with the test.
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Address: l.Addr().String(), target: target, conns: map[net.Conn]bool{}}
	p.moved.L = &p.mu
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.mu.Lock()
		p.ended = true
		p.mu.Unlock()
		p.moved.Broadcast()
		p.Drop()
		work.Wait()
	})
	return p
}

// Pause lets nothing through until Resume; connections stay open, and new ones get no answer.
func (p *Proxy) Pause() { p.set(true) }

// Resume ends what Pause began, and passes on what came in between.
func (p *Proxy) Resume() { p.set(false) }

func (p *Proxy) set(paused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = paused
	p.moved.Broadcast()
}

// Drop closes all connections, and loses what they have not passed on.
func (p *Proxy) Drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
}

// pass waits while the proxy is paused.
func (p *Proxy) pass() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.paused && !p.ended {
		p.moved.Wait()
	}
}

func (p *Proxy) keep(conn net.Conn) (keeps bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		_ = conn.Close()
		return false
	}
	p.conns[conn] = true
	return true
}

func (p *Proxy) end(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
	_ = conn.Close()
}

func (p *Proxy) serve(client net.Conn) {
	if !p.keep(client) {
		return
	}
	defer p.end(client)
	p.pass()
	server, err := net.Dial("tcp", p.target)
	if err != nil || !p.keep(server) {
		return
	}
	defer p.end(server)
	var back sync.WaitGroup
	back.Go(func() { p.copy(client, server) })
	p.copy(server, client)
	back.Wait()
}

// copy copies from one to the other until one of them ends, and then closes both.
func (p *Proxy) copy(to io.WriteCloser, from io.ReadCloser) {
	defer func() { _, _ = to.Close(), from.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.pass()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
