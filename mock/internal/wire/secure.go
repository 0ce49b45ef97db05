package wire

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// Secure returns l with TLS on its connections, which are watched unless they speak HTTP/2. A handshake may take
// patience. A client that speaks plain HTTP gets 400, which is reported as a [Refusal].
func (w *Watch) Secure(l net.Listener, config *tls.Config, patience time.Duration) net.Listener {
	s := &secureListener{Listener: l, watch: w, config: config, patience: patience, accepted: make(chan net.Conn), failed: make(chan error, 1)}
	s.life, s.end = context.WithCancel(context.Background())
	go s.acceptAll()
	return s
}

// secureListener returns connections from Accept when their handshake is over: net/http serves HTTP/2 only on a *tls.Conn,
// and requests can be watched only on what is wrapped, so somebody has to know first which of them it will be.
type secureListener struct {
	net.Listener
	watch    *Watch
	config   *tls.Config
	patience time.Duration

	accepted chan net.Conn
	failed   chan error      // of the listener beneath
	life     context.Context // ends when the listener is closed
	end      context.CancelFunc
}

func (l *secureListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case err := <-l.failed:
		return nil, err
	case <-l.life.Done():
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. Handshakes that are going on end.
func (l *secureListener) Close() error {
	l.end()
	return l.Listener.Close()
}

func (l *secureListener) acceptAll() {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			l.failed <- err
			return
		}
		go l.begin(c)
	}
}

// begin makes the handshake, and passes the connection on.
func (l *secureListener) begin(accepted net.Conn) {
	ctx, cancel := context.WithTimeout(l.life, l.patience)
	defer cancel()
	first := &firstBytes{timed: newTimed(accepted)}
	secure := tls.Server(first, l.config)
	if err := secure.HandshakeContext(ctx); err != nil {
		l.refuse(first)
		return
	}
	first.done, first.received = true, nil
	var c net.Conn = secure
	if secure.ConnectionState().NegotiatedProtocol != "h2" {
		c = secureConn{l.watch.follow(secure)}
	}
	select {
	case l.accepted <- c:
	case <-l.life.Done():
		_ = c.Close()
	}
}

// plainHTTP is the answer to a client that speaks plain HTTP.
const plainHTTP = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" +
	"400 Bad Request: this port speaks https"

// refuse ends a connection whose handshake has failed.
func (l *secureListener) refuse(first *firstBytes) {
	c := l.watch.follow(first.timed)
	if len(first.received) > 0 && opensRequest(first.received[0]) {
		c.wantsTLS = true
		c.follow(first.received)
		c.http2 = false // the preface is no beginning here
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = c.Write([]byte(plainHTTP))
	}
	_ = c.Close()
}

// firstBytes keeps what is read from a connection until its handshake is done.
type firstBytes struct {
	*timed
	received []byte // at most maxHead
	done     bool
}

func (f *firstBytes) Read(p []byte) (int, error) {
	n, err := f.timed.Read(p)
	if !f.done {
		f.received = append(f.received, p[:min(n, maxHead-len(f.received))]...)
	}
	return n, err
}

// secureConn is a watched connection with TLS. net/http asks it for the state of TLS.
type secureConn struct{ *conn }

// ConnectionState lets net/http set TLS of requests.
func (c secureConn) ConnectionState() tls.ConnectionState {
	secure, _ := c.Conn.(*tls.Conn)
	return secure.ConnectionState()
}
