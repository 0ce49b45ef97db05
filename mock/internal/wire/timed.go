package wire

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// timed is a connection on which deadlines of reading are cheap. net/http sets four for each request, which costs about as
// much as judging it, and most are later than the one before. A later deadline is only noted here: it is passed on when the
// earlier one has come and somebody still reads. A deadline of writing is passed on at once: a write that is repeated may
// fill up what was left for the end of the connection.
type timed struct {
	net.Conn
	opened time.Time

	mu     sync.Mutex
	wanted time.Time // the deadline that was set last; zero stands for no deadline
	passed time.Time // what the connection has: never later than wanted
	ended  bool      // wanted is a time before the connection: whoever reads is to stop at once
	resume time.Time // what passed was before that
}

func newTimed(c net.Conn) *timed { return &timed{Conn: c, opened: time.Now()} }

// Read implements net.Conn.
func (t *timed) Read(p []byte) (int, error) {
	for {
		n, err := t.Conn.Read(p)
		if n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) || !t.goOn() {
			return n, err
		}
	}
}

// goOn reports whether reading goes on after a deadline has come, because a later one is wanted. Then it is that one's turn.
func (t *timed) goOn() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.passed.Equal(t.wanted) && t.pass(t.wanted) == nil
}

// SetDeadline implements net.Conn.
func (t *timed) SetDeadline(at time.Time) error {
	return errors.Join(t.SetReadDeadline(at), t.SetWriteDeadline(at))
}

// SetReadDeadline implements net.Conn.
func (t *timed) SetReadDeadline(at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wanted = at
	ends := !at.IsZero() && at.Before(t.opened)
	switch {
	case ends && !t.ended:
		t.ended, t.resume = true, t.passed
		return t.pass(at)
	case t.ended && !ends: // on with the deadline of before: the next one is mostly later
		t.ended = false
		return t.pass(earlier(t.resume, at))
	case earlier(t.passed, at) != t.passed:
		return t.pass(at)
	}
	return nil
}

// pass passes a deadline on. The connection is locked.
func (t *timed) pass(at time.Time) error {
	t.passed = at
	return t.Conn.SetReadDeadline(at)
}

// CloseWrite ends an answer without cutting it off, on connections that can do that.
func (t *timed) CloseWrite() error { return closeWrite(t.Conn) }

// SetLinger lets a connection of TCP be reset.
func (t *timed) SetLinger(seconds int) error { return setLinger(t.Conn, seconds) }

// earlier returns the first of two deadlines.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
