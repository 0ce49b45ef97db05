package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// gracePeriod is how long a command may take to end when it is asked to.
const gracePeriod = 5 * time.Second

// signals are those that ask this program to end, the first and the second.
func signals() chan os.Signal {
	c := make(chan os.Signal, 2)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return c
}

// runCommand runs a command to its end. When ctx ends it is asked to end too, with all that it
// has started, and killed when it has not done so after the grace period, or at the second
// signal.
func runCommand(ctx context.Context, command *exec.Cmd, grace time.Duration, signals <-chan os.Signal) error {
	group := newGroup(command)
	if err := command.Start(); err != nil {
		return err
	}
	over := make(chan struct{})
	defer close(over)
	go func() {
		for range 2 {
			select {
			case <-signals:
			case <-over:
				return
			}
		}
		group.kill()
	}()
	stopAsking := context.AfterFunc(ctx, func() {
		group.ask(stopped(ctx).signal)
		select {
		case <-time.After(grace):
			group.kill()
		case <-over:
		}
	})
	defer stopAsking()
	err := command.Wait()
	if err != nil && group.shared() { // what ended it may be on its way to us
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
	switch {
	case ctx.Err() != nil && err != nil:
		return fmt.Errorf("%w; %s: %w", stopped(ctx), command.Args[0], err)
	case ctx.Err() != nil:
		return stopped(ctx)
	case errors.As(err, new(*exec.ExitError)):
		return failed{fmt.Errorf("%s: %w", command.Args[0], err)}
	}
	return err
}
