package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newWait() *cobra.Command {
	var c client
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:     "wait",
		Short:   "Wait until a mock answers",
		Example: "  ticaga-mock wait --timeout 10s\n  ticaga-mock wait --url http://ticaga:4280",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if timeout <= 0 {
				return fmt.Errorf("--timeout %v: give more than 0", timeout)
			}
			return c.wait(cmd.Context(), timeout)
		},
	}
	c.addDoor(cmd)
	c.patience = time.Second // something else may take a connection before the mock is up
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "how `long`, at the most")
	return cmd
}

// wait asks until the mock answers.
func (c *client) wait(parent context.Context, timeout time.Duration) error {
	address, _, err := c.door()
	if err != nil {
		return err
	}
	c.patience = min(c.patience, timeout)
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		err := c.health(ctx, address)
		if err == nil || errors.As(err, new(problem)) { // a problem will not go away
			return err
		}
		if ctx.Err() == nil || last == nil { // that the time is over says nothing of the reason
			last = err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			switch {
			case errors.As(last, new(interrupted)):
				return fmt.Errorf("wait: %w", last)
			case parent.Err() != nil:
				return fmt.Errorf("wait: %w; %w", stopped(parent), last)
			}
			return failed{fmt.Errorf("wait: after %v: %w", timeout, last)}
		}
	}
}

// health is nil when a mock answers, and not something else that answers everything.
func (c *client) health(ctx context.Context, address string) error {
	request, err := http.NewRequest(http.MethodGet, address+"/health", nil)
	if err != nil {
		return err
	}
	_, data, err := c.read(ctx, request)
	if err != nil {
		return err
	}
	var told struct{ Operations int }
	if decode(data, &told) != nil || told.Operations == 0 {
		return fmt.Errorf("no ticaga-mock answers at %s: another web server does", strings.TrimSuffix(address, "/_mock"))
	}
	return nil
}
