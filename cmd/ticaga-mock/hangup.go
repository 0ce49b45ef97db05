package main

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// hangup is what SIGHUP means: the terminal is gone, and the program ends; or, for a server that no terminal
// controls, that it has to read its files again.
type hangup struct{ reloads atomic.Bool }

type hangupKey struct{}

// in returns a context from which hangups takes the meaning.
func (h *hangup) in(ctx context.Context) context.Context {
	return context.WithValue(ctx, hangupKey{}, h)
}

// isReload reports whether a signal does not ask the program to end.
func (h *hangup) isReload(s os.Signal) bool { return s == syscall.SIGHUP && h.reloads.Load() }

// hangups returns the signals that ask a server to read its files again, and a function to call when it ends: SIGHUP
// ends the program from then on. It returns nil for a server without files, or with a terminal, which
// sends SIGHUP when its window is closed.
func (f *serveFlags) hangups(ctx context.Context) (<-chan os.Signal, func()) {
	h, ok := ctx.Value(hangupKey{}).(*hangup)
	if !ok || !f.hasFiles() || signal.Ignored(syscall.SIGHUP) || terminalControls() {
		return nil, func() {}
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGHUP)
	h.reloads.Store(true)
	return asked, func() {
		h.reloads.Store(false)
		signal.Stop(asked)
	}
}
