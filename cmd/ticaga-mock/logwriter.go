package main

import (
	"bytes"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

const (
	// maxPending is how much text waits for its reader, in bytes.
	maxPending = 1 << 20
	// flushTimeout is how long a program that ends waits for its text to be read.
	flushTimeout = time.Second
)

var newline = []byte("\n")

// logWriter writes in the background, so that nobody who logs waits for whoever reads. Lines that
// find no room or cannot be written are dropped, and their number is written as soon as something
// can be written again. It is safe for concurrent use.
type logWriter struct {
	to   io.Writer
	note func(dropped int) []byte // the line that reports dropped lines

	mu      sync.Mutex
	pending []byte        // whole lines
	dropped int           // how many lines found no room behind them
	writing chan struct{} // closed when nothing is pending; nil while nothing is

	lost int // lines dropped before those pending; used by drain alone
}

// Write takes whole lines. It never waits and never fails.
func (l *logWriter) Write(lines []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	full := len(l.pending) > 0 && len(l.pending)+len(lines) > maxPending
	if full || l.dropped > 0 { // a short line that still fits would come before its number
		l.dropped += bytes.Count(lines, newline)
		return len(lines), nil
	}
	l.pending = append(l.pending, lines...)
	if l.writing == nil {
		l.writing = make(chan struct{})
		go l.drain(l.writing)
	}
	return len(lines), nil
}

// drain writes until nothing is pending.
func (l *logWriter) drain(done chan<- struct{}) {
	defer close(done)
	var chunk []byte
	for {
		l.mu.Lock()
		chunk, l.pending = l.pending, chunk[:0]
		dropped := l.dropped
		l.dropped = 0
		if len(chunk) == 0 {
			l.writing = nil
			l.mu.Unlock()
			return
		}
		l.mu.Unlock()
		l.reportLost()
		n, _ := l.to.Write(chunk) // the reader may be gone, and another may come
		l.lost += bytes.Count(chunk[n:], newline) + dropped
		l.reportLost()
	}
}

func (l *logWriter) reportLost() {
	if l.lost == 0 {
		return
	}
	if _, err := l.to.Write(l.note(l.lost)); err == nil {
		l.lost = 0
	}
}

// flush waits until everything was written, or for flushTimeout.
func (l *logWriter) flush() {
	l.mu.Lock()
	writing := l.writing
	l.mu.Unlock()
	if writing == nil {
		return
	}
	select {
	case <-writing:
	case <-time.After(flushTimeout):
	}
}

// surviveClosedPipes lets this program go on when whoever reads its output goes away. It does not
// ignore SIGPIPE, because the command of run would inherit that.
func surviveClosedPipes() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
