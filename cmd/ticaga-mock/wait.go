package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func newWait() *cobra.Command {
	var c client
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:     "wait",
		Short:   "Wait until a mock is up",
		Example: "  ticaga-mock wait --timeout 10s\n  ticaga-mock wait --url http://ticaga:4280",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if timeout <= 0 {
				return fmt.Errorf("--timeout %v: must be greater than 0", timeout)
			}
			return c.wait(cmd.Context(), timeout)
		},
	}
	c.addConnectionFlags(cmd)
	c.patience = time.Second // another program may accept the connection before the mock is up
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "max `duration` to wait")
	return cmd
}

// wait returns when the mock answers, or after timeout.
func (c *client) wait(parent context.Context, timeout time.Duration) error {
	address, _, err := c.address()
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
		if err == nil || errors.As(err, new(problem)) { // a problem does not go away
			return err
		}
		if ctx.Err() == nil || last == nil { // the end of the time is not the reason
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

// health returns nil when a mock answers, and not another server that answers everything.
func (c *client) health(ctx context.Context, address string) error {
	request, err := http.NewRequest(http.MethodGet, address+"/health", nil)
	if err != nil {
		return err
	}
	_, data, err := c.read(ctx, request)
	if err != nil {
		return err
	}
	var told traffic.Health
	if decode(data, &told) != nil || told.Operations == 0 {
		return fmt.Errorf("no ticaga-mock answers at %s, but another web server", strings.TrimSuffix(address, "/_mock"))
	}
	return nil
}
