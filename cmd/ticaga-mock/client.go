package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// client talks to the control door of a running mock.
type client struct {
	url   string
	token string
	world string
}

// add defines the flags that every command with a client has.
func (c *client) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&c.url, "url", "http://127.0.0.1:4280", "`base URL` of the mock; /w/NAME at its end chooses a world")
	flags.StringVar(&c.token, "control-token", "", "`token` of the control door, where it asks for one")
	flags.StringVar(&c.world, "world", "", "`name` of the world, the default one when it is left out")
}

// path is that of something in the chosen world.
func (c *client) path(rest string) (string, error) {
	base, err := url.Parse(c.url)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return "", fmt.Errorf("--url %q: want a base URL such as http://127.0.0.1:4280", c.url)
	}
	world := c.world
	if name, ok := strings.CutPrefix(strings.Trim(base.Path, "/"), "w/"); ok && world == "" {
		world = name
	}
	if world == "" {
		world = "default"
	}
	return base.Scheme + "://" + base.Host + "/_mock/worlds/" + url.PathEscape(world) + rest, nil
}

// call sends a request and decodes the answer into target. An answer that is a problem is an
// error with its detail; of the statuses in expected it is none.
func (c *client) call(ctx context.Context, method, rest string, body []byte, target any, expected ...int) (status int, err error) {
	address, err := c.path(rest)
	if err != nil {
		return 0, err
	}
	return c.send(ctx, method, address, body, target, expected...)
}

func (c *client) send(ctx context.Context, method, address string, body []byte, target any, expected ...int) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return 0, fmt.Errorf("no mock answers at %s: %w", c.url, err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err
	}
	fine := response.StatusCode < 300
	for _, s := range expected {
		fine = fine || s == response.StatusCode
	}
	if !fine {
		var problem struct{ Detail string }
		if json.Unmarshal(data, &problem) != nil || problem.Detail == "" {
			problem.Detail = http.StatusText(response.StatusCode)
		}
		return response.StatusCode, errors.New(problem.Detail)
	}
	if target == nil {
		return response.StatusCode, nil
	}
	if raw, ok := target.(*[]byte); ok {
		*raw = data
		return response.StatusCode, nil
	}
	return response.StatusCode, json.Unmarshal(data, target)
}

func newWait() *cobra.Command {
	var c client
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:     "wait",
		Short:   "Wait until a mock answers",
		Example: "  ticaga-mock wait --timeout 10s\n  ticaga-mock wait --url http://ticaga:4280",
		Args:    suggest,
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := c.path("")
			if err != nil {
				return err
			}
			address = strings.Split(address, "/worlds/")[0] + "/health"
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			tick := time.NewTicker(50 * time.Millisecond)
			defer tick.Stop()
			for {
				_, err := c.send(ctx, http.MethodGet, address, nil, nil)
				if err == nil {
					return nil
				}
				select {
				case <-tick.C:
				case <-ctx.Done():
					return failed{fmt.Errorf("wait: after %v: %w", timeout, err)}
				}
			}
		},
	}
	c.add(cmd)
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "how `long`, at the most")
	return cmd
}

func newReset() *cobra.Command {
	var c client
	cmd := &cobra.Command{
		Use:     "reset",
		Short:   "Take a running mock's world back to its fixtures",
		Example: "  ticaga-mock reset\n  ticaga-mock reset --world blue",
		Args:    suggest,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := c.call(cmd.Context(), http.MethodPost, "/reset", nil, nil)
			return err
		},
	}
	c.add(cmd)
	return cmd
}

func newVerify() *cobra.Command {
	var c client
	cmd := &cobra.Command{
		Use:   "verify EXPECTATION",
		Short: "Ask a running mock whether a client did what is expected",
		Long: "Verify sends an expectation, JSON or - for standard input, and exits with 1 and the nearest\n" +
			"misses when it does not hold.",
		Example: "  ticaga-mock verify '{\"operation\":\"assignBillingId\",\"body\":{\"ticaga_id\":8}}'\n" +
			"  ticaga-mock verify --world blue '{\"operation\":\"closeTicket\",\"count\":1,\"within\":\"3s\"}'",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := []byte(args[0])
			if args[0] == "-" {
				var err error
				if body, err = io.ReadAll(cmd.InOrStdin()); err != nil {
					return err
				}
			}
			var answer []byte
			status, err := c.call(cmd.Context(), http.MethodPost, "/verify", body, &answer, http.StatusConflict)
			if err != nil {
				return err
			}
			_, _ = cmd.OutOrStdout().Write(answer)
			if status == http.StatusConflict {
				return failed{errors.New("verify: it does not hold")}
			}
			return nil
		},
	}
	c.add(cmd)
	return cmd
}

// follow prints exchanges as they happen, until it is interrupted or the mock ends.
func (c *client) follow(cmd *cobra.Command, asJSON bool) error {
	address, err := c.path("/events")
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("no mock answers at %s: %w", c.url, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, response.Status)
	}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		if asJSON {
			_, _ = fmt.Fprintln(cmd.OutOrStdout(), data)
			continue
		}
		var x mock.Exchange
		if err := json.Unmarshal([]byte(data), &x); err != nil {
			return err
		}
		_, _ = fmt.Fprintln(cmd.OutOrStdout(), row(x, "  "))
	}
	if cmd.Context().Err() != nil {
		return nil
	}
	return lines.Err()
}
