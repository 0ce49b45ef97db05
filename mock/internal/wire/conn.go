package wire

import (
	"bytes"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// conn is a connection that net/http serves. It passes on no more at a time than the head of one
// request or a part of its body, so that it knows which request the bytes belong to: net/http
// reads ahead as far as it is allowed to.
type conn struct {
	net.Conn
	watch *Watch

	// Touched by whoever reads, which net/http does once at a time.
	held   []byte // came, and is not passed on yet; the end of buffer
	buffer []byte
	over   bool // nothing more is passed on: what came is not HTTP

	mu        sync.Mutex
	head      head      // of the last request that came, or of the one that is coming
	tolerated tolerated // in the last head that came to its end
	heads     int       // how many came to their end
	handled   int       // for how many of them a handler was called
	busy      bool      // from then on until net/http has written the answer
	left      int64     // of a body with a length
	chunked   bool      // a body in chunks is coming
	chunks    chunks
	refused   bool // net/http has answered by itself: its last words on a connection
	closing   bool
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) {
	if c.over {
		return 0, io.EOF
	}
	if len(c.held) > 0 {
		n := c.follow(p[:copy(p, c.held)])
		c.held = c.held[n:]
		return n, nil
	}
	n, err := c.Conn.Read(p)
	passed := c.follow(p[:n])
	if passed < n {
		c.buffer = append(c.buffer[:0], p[passed:n]...)
		c.held = c.buffer
		err = nil // it comes again
	}
	return passed, err
}

// follow finds out how many of the bytes that came belong to the part of a request that is at
// hand: all of them, or those up to its end.
func (c *conn) follow(b []byte) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(b) == 0:
		return 0
	case c.left > 0:
		n := min(int64(len(b)), c.left)
		c.left -= n
		return int(n)
	case c.chunked:
		n, end := c.chunks.follow(b)
		c.chunked = !end
		return n
	case c.head.whole: // whoever reads on has no body to read, so this is the next request
		c.head.reset()
	}
	if c.head.size == 0 && !opensRequest(b[0]) {
		c.over = true // net/http would wait for the end of a line
	}
	n := c.head.add(b)
	if c.head.whole {
		c.heads++
		c.tolerated = tolerate(c.head.first)
	}
	return n
}

// begin is called before a request's handler is. Length is that of its body, -1 for chunks.
func (c *conn) begin(length int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.handled++
	c.busy = true
	if length > 0 {
		c.left = length
	} else if length < 0 {
		c.chunked, c.chunks = true, chunks{}
	}
}

// finish is called when the answer of a handler was written and the body read to its end.
func (c *conn) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy, c.left, c.chunked = false, 0, false
}

// idle reports whether there is no request that a handler has got, or will get.
func (c *conn) idle() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.busy && !c.refused && c.heads == c.handled
}

// Write implements net.Conn. While no handler is busy, what is written is net/http's own refusal.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	refused := !c.busy && !c.refused
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

// withHeader returns an answer with more lines in its header.
func withHeader(answer []byte, lines []string) []byte {
	status, rest, ok := bytes.Cut(answer, []byte("\r\n"))
	if !ok || len(lines) == 0 {
		return answer
	}
	return slices.Concat(status, []byte("\r\n"+strings.Join(lines, "\r\n")+"\r\n"), rest)
}

// refusal returns what is known of the request at hand. The caller holds the lock.
func (c *conn) refusal() Refusal {
	number, length := c.head.longestLine()
	return Refusal{
		LongestLine: number, LongestLength: length,
		Time: c.head.began, Head: slices.Clone(c.head.first), Size: c.head.size, Whole: c.head.whole,
		Later: c.handled > 0,
	}
}

// Close implements net.Conn. A head that came in part, without an answer, was cut off.
func (c *conn) Close() error {
	c.watch.forget(c)
	c.mu.Lock()
	first := !c.closing
	c.closing = true
	cutOff := first && !c.busy && !c.refused && c.head.begun && !c.head.whole && !c.watch.ending.Load()
	refusal, refused := c.refusal(), c.refused
	c.mu.Unlock()
	if cutOff {
		c.watch.report(refusal)
	}
	if first && refused {
		c.drain()
	}
	return c.Conn.Close()
}

// drain lets the client read the refusal: closing a connection on which it still sends would
// take the answer away from it.
func (c *conn) drain() {
	const most, patience = 256 << 10, 500 * time.Millisecond // net/http waits as long where it does so
	if c.CloseWrite() == nil && c.Conn.SetReadDeadline(time.Now().Add(patience)) == nil {
		_, _ = io.CopyN(io.Discard, c.Conn, most)
	}
}

// CloseWrite lets net/http end an answer without cutting it off.
func (c *conn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SetLinger lets a fault reset the connection.
func (c *conn) SetLinger(seconds int) error {
	if tcp, ok := c.Conn.(interface{ SetLinger(seconds int) error }); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}
