package wire

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// conn is a connection that net/http serves. net/http reads ahead as far as it can, so conn returns
// at most the head of one request or a part of its body at a time. That way it knows which request
// the bytes belong to.
type conn struct {
	net.Conn
	watch *Watch

	// Used only by Read, which net/http calls from one goroutine at a time.
	passed []byte // received and followed, but not returned yet: the rest of the first Read
	held   []byte // received after that; the end of buffer
	buffer []byte
	begun  bool // the first Read has happened
	over   bool // nothing more is returned: what was received is not HTTP
	plain  bool // bytes pass as they are: the client speaks HTTP/2, of which net/http refuses nothing by itself

	mu        sync.Mutex
	head      head      // of the last request received, or of the one being received
	http2     bool      // the first head is the preface of HTTP/2
	tolerated tolerated // in the last complete head
	heads     int       // number of complete heads
	handled   int       // number of heads for which a handler was called
	busy      bool      // from that call until net/http has written the answer
	left      int64     // remaining bytes of a body with a length
	chunked   bool      // a chunked body is being received
	chunks    chunks
	refused   bool // net/http has answered by itself, which it does last on a connection
	wantsTLS  bool // the port speaks TLS, and the client does not
	closing   bool
	abrupt    bool // it is reset, without the words with which TLS ends
}

// firstRead is how many bytes the first Read receives, however few net/http asks for: it looks for HTTP/2's preface first,
// and a refusal should tell of more than as many bytes.
const firstRead = 4 << 10

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	switch {
	case len(c.passed) > 0:
		n := copy(p, c.passed)
		c.passed = c.passed[n:]
		return n, nil
	case c.over:
		return 0, io.EOF
	case len(c.held) > 0:
		n := c.follow(p[:copy(p, c.held)])
		c.held = c.held[n:]
		return n, nil
	case c.plain:
		return c.Conn.Read(p)
	}
	into := p
	if !c.begun && len(p) < firstRead {
		into = make([]byte, firstRead)
	}
	c.begun = true
	n, err := c.Conn.Read(into)
	followed := c.follow(into[:n])
	if followed < n {
		c.buffer = append(c.buffer[:0], into[followed:n]...)
		c.held = c.buffer
		err = nil // the next Read returns it again
	}
	if len(into) == len(p) {
		return followed, err
	}
	copied := copy(p, into[:followed])
	if c.passed = into[copied:followed]; len(c.passed) > 0 {
		err = nil
	}
	return copied, err
}

// follow returns how many of the received bytes belong to the current part of a request: all of
// them, or those up to the end of the part.
func (c *conn) follow(b []byte) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(b) == 0:
		return 0
	case c.http2:
		c.plain = true
		return len(b)
	case c.left > 0:
		n := min(int64(len(b)), c.left)
		c.left -= n
		return int(n)
	case c.chunked:
		n, end := c.chunks.follow(b)
		c.chunked = !end
		return n
	case c.head.whole: // if net/http reads on, there is no body to read, so this is the next request
		c.head.reset()
	}
	if c.head.size == 0 && !opensRequest(b[0]) {
		c.over = true // net/http would wait for the end of a line
	}
	n := c.head.add(b)
	if c.head.whole {
		c.heads++
		c.tolerated = tolerate(c.head.first)
		c.http2 = c.heads == 1 && bytes.HasPrefix(c.head.first, []byte("PRI * HTTP/2.0\r\n"))
	}
	return n
}

// begin is called before a request's handler is. length is the length of the body, -1 for a chunked
// one.
func (c *conn) begin(length int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.handled++; c.http2 {
		return // which has many requests at a time
	}
	c.busy = true
	if length > 0 {
		c.left = length
	} else if length < 0 {
		c.chunked, c.chunks = true, chunks{}
	}
}

// finish is called when a handler's answer was written and the body read to its end.
func (c *conn) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy, c.left, c.chunked = false, 0, false
}

// idle reports whether every complete request has been handled and answered.
func (c *conn) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.busy && !c.refused && !c.http2 && c.heads == c.handled
}

// Write implements net.Conn. While no handler is busy, what is written is net/http's own refusal.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	refused := !c.busy && !c.refused && !c.http2
	var refusal Refusal
	if refused {
		c.refused = true
		refusal = c.refusal()
	}
	c.mu.Unlock()
	if !refused {
		return c.Conn.Write(p)
	}
	refusal.Answer = slices.Clone(p)
	more := c.watch.report(refusal)
	if n, err := c.Conn.Write(withHeader(p, more)); err != nil {
		return min(n, len(p)), err
	}
	return len(p), nil
}

// withHeader returns an answer with lines added to its header.
func withHeader(answer []byte, lines []string) []byte {
	status, rest, ok := bytes.Cut(answer, []byte("\r\n"))
	if !ok || len(lines) == 0 {
		return answer
	}
	return slices.Concat(status, []byte("\r\n"+strings.Join(lines, "\r\n")+"\r\n"), rest)
}

// refusal returns what is known of the current request. The caller holds the lock.
func (c *conn) refusal() Refusal {
	number, length := c.head.longestLine()
	return Refusal{
		LongestLine: number, LongestLength: length,
		Time: c.head.began, Head: slices.Clone(c.head.first), Size: c.head.size, Whole: c.head.whole,
		Later: c.handled > 0, WantsTLS: c.wantsTLS,
	}
}

// Close implements net.Conn. An incomplete head without an answer was cut off.
func (c *conn) Close() error {
	c.watch.forget(c)
	c.mu.Lock()
	first := !c.closing
	c.closing = true
	cutOff := first && !c.busy && !c.refused && c.head.begun && !c.head.whole && !c.watch.ending.Load()
	refusal, refused, abrupt := c.refusal(), c.refused, c.abrupt
	c.mu.Unlock()
	if cutOff {
		c.watch.report(refusal)
	}
	if first && refused {
		c.drain()
	}
	if abrupt {
		return c.beneath().Close()
	}
	return c.Conn.Close()
}

// drain lets the client read the refusal. Closing a connection while the client still sends would
// lose the answer.
func (c *conn) drain() {
	const limit, patience = 256 << 10, 500 * time.Millisecond // net/http waits as long in the same case
	if c.CloseWrite() == nil && c.Conn.SetReadDeadline(time.Now().Add(patience)) == nil {
		_, _ = io.CopyN(io.Discard, c.Conn, limit)
	}
}

// CloseWrite lets net/http end an answer without cutting it off.
func (c *conn) CloseWrite() error { return closeWrite(c.Conn) }

// SetLinger lets a fault reset the connection: with 0, Close does.
func (c *conn) SetLinger(seconds int) error {
	c.mu.Lock()
	c.abrupt = seconds == 0
	c.mu.Unlock()
	return setLinger(c.beneath(), seconds)
}

// beneath returns the connection beneath TLS, if there is TLS.
func (c *conn) beneath() net.Conn {
	if secure, ok := c.Conn.(*tls.Conn); ok {
		return secure.NetConn()
	}
	return c.Conn
}

// closeWrite ends what is written on a connection that can do that.
func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// setLinger is SetLinger of a connection of TCP, and nothing on any other.
func setLinger(c net.Conn, seconds int) error {
	if tcp, ok := c.(interface{ SetLinger(seconds int) error }); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}
