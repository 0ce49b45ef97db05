package wire

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// timed is a connection on which deadlines are cheap. net/http sets five for each request, which costs more than to
// judge one, and nearly all are later than the one before. A later deadline is only noted here: it is passed on when the
// earlier one has come and somebody still reads or writes.
type timed struct {
	net.Conn
	reading, writing deadline
}

func newTimed(c net.Conn) *timed {
	now := time.Now()
	return &timed{c, deadline{pass: c.SetReadDeadline, opened: now}, deadline{pass: c.SetWriteDeadline, opened: now}}
}

// Read implements net.Conn.
func (t *timed) Read(p []byte) (int, error) {
	for {
		n, err := t.Conn.Read(p)
		if err == nil || n > 0 || !t.reading.early(err) {
			return n, err
		}
	}
}

// Write implements net.Conn.
func (t *timed) Write(p []byte) (written int, err error) {
	for {
		n, err := t.Conn.Write(p[written:])
		written += n
		if err == nil || !t.writing.early(err) {
			return written, err
		}
	}
}

// SetDeadline implements net.Conn.
func (t *timed) SetDeadline(at time.Time) error {
	return errors.Join(t.reading.set(at), t.writing.set(at))
}

// SetReadDeadline implements net.Conn.
func (t *timed) SetReadDeadline(at time.Time) error { return t.reading.set(at) }

// SetWriteDeadline implements net.Conn.
func (t *timed) SetWriteDeadline(at time.Time) error { return t.writing.set(at) }

// CloseWrite ends an answer without cutting it off, on connections that can do that.
func (t *timed) CloseWrite() error {
	if half, ok := t.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SetLinger lets a connection of TCP be reset.
func (t *timed) SetLinger(seconds int) error {
	if tcp, ok := t.Conn.(interface{ SetLinger(seconds int) error }); ok {
		return tcp.SetLinger(seconds)
	}
	return nil
}

// deadline is one of the two of a connection. A zero time stands for no deadline.
type deadline struct {
	pass   func(time.Time) error // sets that of the connection
	opened time.Time             // when the connection was

	mu          sync.Mutex
	wanted      time.Time // what was set last
	passed      time.Time // what the connection has: never later than wanted
	interrupted bool      // wanted is a time before the connection: whoever reads is to stop at once
	before      time.Time // what passed was before that
}

// set changes the deadline.
func (d *deadline) set(at time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = at
	interrupts := !at.IsZero() && at.Before(d.opened)
	switch {
	case interrupts && !d.interrupted:
		d.interrupted, d.before = true, d.passed
		return d.change(at)
	case d.interrupted && !interrupts: // on with the deadline of before: the next one is mostly later
		d.interrupted = false
		return d.change(earlier(d.before, at))
	case earlier(d.passed, at) != d.passed:
		return d.change(at)
	}
	return nil
}

func (d *deadline) change(to time.Time) error {
	d.passed = to
	return d.pass(to)
}

// early reports whether an error is that of a deadline which came although a later one is wanted. Then it is that one's
// turn.
func (d *deadline) early(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.wanted.IsZero() && !time.Now().Before(d.wanted) {
		return false
	}
	return d.change(d.wanted) == nil
}

// earlier returns the first of two deadlines.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
