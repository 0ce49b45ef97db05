package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

const (
	// gracePeriod is how long a command and all that it has started may take to end when it is asked to.
	gracePeriod = 5 * time.Second
	// pollInterval is how often it is checked whether they have: no event tells.
	pollInterval = 10 * time.Millisecond
)

// Exit codes of a shell for a command that cannot be run.
const (
	exitNotRunnable = 126
	exitNotFound    = 127
	exitSignal      = 128 // and the number of the signal
)

// exited is a command that failed: its exit code becomes that of run.
type exited struct {
	error
	code int
}

// signals are those that ask this program to end, the first and the second. SIGHUP is one of them unless it
// reloads.
func signals(hangupReloads bool) chan os.Signal {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	if !hangupReloads && !signal.Ignored(syscall.SIGHUP) { // as under nohup
		signal.Notify(c, syscall.SIGHUP)
	}
	return c
}

// hurried returns a context that ends at the second signal from now on.
func hurried(hangupReloads bool) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	asked := signals(hangupReloads)
	go func() {
		defer signal.Stop(asked)
		for range 2 {
			select {
			case s := <-asked:
				defer cancel(interrupted{s})
			case <-ctx.Done():
				return
			}
		}
	}()
	return ctx, func() { cancel(nil) }
}

// runCommand runs a command to its end, and ends what it leaves behind. When ctx ends the command
// is asked to end too, with all that it has started. What has not done so within the grace period,
// or before hurry ends, is killed.
func runCommand(ctx, hurry context.Context, command *exec.Cmd, grace time.Duration) error {
	runtime.LockOSThread() // see dieWithParent
	defer runtime.UnlockOSThread()
	group, err := startGroup(command)
	if err != nil {
		return notStarted(command.Args[0], err)
	}
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		group.end(ctx, hurry, grace, over)
	}()
	err = command.Wait()
	if err != nil && group.terminal { // what ended it may be on its way to us
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	close(over)
	<-gone
	return outcome(ctx, command, err)
}

// end waits until the command is over or ctx ends, and then for all that is left of its group: asks
// it to end, and kills it when it does not.
func (g *group) end(ctx, hurry context.Context, grace time.Duration, over <-chan struct{}) {
	defer g.close()
	select {
	case <-ctx.Done():
	case <-over:
	}
	limit, cancel := context.WithTimeout(hurry, grace)
	defer cancel()
	// Ctrl-C has asked everybody at the terminal already, and a second time would mean haste to many
	// programs. But the signal may have come to this process alone.
	if s := stopped(ctx).signal; g.terminal && s != nil && s != syscall.SIGTERM {
		first, cancel := context.WithTimeout(limit, grace/2)
		defer cancel()
		if g.gone(first, over) {
			return
		}
	}
	g.ask()
	if !g.gone(limit, over) {
		g.kill()
	}
}

// gone waits until the command is over and nothing is left of its group; false when ctx ends first.
func (g *group) gone(ctx context.Context, over <-chan struct{}) bool {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		select {
		case <-over:
			if !g.running() {
				return true
			}
		default:
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
}

// notStarted says why a command could not be started, and has a shell's exit code for it.
func notStarted(name string, err error) error {
	reason, code := cause(err), exitNotRunnable
	switch {
	case errors.Is(err, exec.ErrNotFound), name == "":
		reason, code = errors.New("command not found"), exitNotFound
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(name); err == nil {
			reason = errors.New("its interpreter was not found; check its first line")
		} else {
			code = exitNotFound
		}
	case errors.Is(err, syscall.ENOEXEC):
		reason = errors.New("not a program; does it lack a first line such as #!/bin/sh?")
	}
	return exited{fmt.Errorf("%s: %w", name, reason), code}
}

// outcome is what the end of a command means for run. Err is that of its Wait.
func outcome(ctx context.Context, command *exec.Cmd, err error) error {
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && err != nil:
		return fmt.Errorf("%w; %s: %w", stopped(ctx), command.Args[0], err)
	case ctx.Err() != nil:
		return stopped(ctx)
	case errors.As(err, &exit):
		code := exit.ExitCode()
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			code = exitSignal + int(status.Signal())
		}
		return exited{fmt.Errorf("%s: %w", command.Args[0], err), code}
	}
	return err
}
