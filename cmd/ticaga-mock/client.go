package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// client talks to the control door of a running mock.
type client struct {
	url      string
	token    string
	world    string
	patience time.Duration // with an answer that does not come; 0 for no end
}

// add defines the flags that every command with a client has.
func (c *client) add(cmd *cobra.Command) {
	c.addDoor(cmd)
	cmd.Flags().StringVar(&c.world, "world", "", "`name` of the world; \"default\" when neither this nor the base URL names one")
	_ = cmd.RegisterFlagCompletionFunc("world", c.completeWorld)
}

// completeWorld asks the mock for its worlds; where there is none, there is nothing to say.
func (c *client) completeWorld(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	_ = fromEnvironment(cmd.Flags()) // what is wrong there is told when the command runs
	c.patience = 2 * time.Second     // somebody waits at a prompt
	var names []string
	var told struct{ Worlds []struct{ Name string } }
	if address, _, err := c.door(); err == nil {
		if request, err := http.NewRequest(http.MethodGet, address+"/worlds", nil); err == nil {
			if _, data, err := c.read(cmd.Context(), request); err == nil && decode(data, &told) == nil {
				for _, w := range told.Worlds {
					names = append(names, w.Name)
				}
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// addDoor defines those that lead to a mock, whatever its worlds.
func (c *client) addDoor(cmd *cobra.Command) {
	c.patience = 10 * time.Second
	flags := cmd.Flags()
	flags.StringVar(&c.url, "url", "http://127.0.0.1:4280", "`base URL` of the mock; /w/NAME at its end chooses a world")
	flags.StringVar(&c.token, "control-token", "", "`token` of the control door, where it asks for one")
}

// door is where the mock's control door is, and the name of the chosen world.
func (c *client) door() (address, world string, err error) {
	base, err := url.Parse(c.url)
	if err != nil { // it is not shown: there may be a password in it
		return "", "", errors.New("--url: want a base URL such as http://127.0.0.1:4280")
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return "", "", fmt.Errorf("--url %q: want a base URL such as http://127.0.0.1:4280", base.Redacted())
	}
	path := strings.Trim(base.Path, "/")
	named, isWorld := strings.CutPrefix(path, "w/")
	if path != "" && (!isWorld || mock.CheckWorldName(named) != nil) || base.RawQuery != "" || base.Fragment != "" {
		return "", "", fmt.Errorf("--url %q: want nothing behind host and port but /w/NAME, which chooses a world", base.Redacted())
	}
	world = cmp.Or(c.world, named, "default")
	if err := mock.CheckWorldName(world); err != nil {
		return "", "", fmt.Errorf("--world: %w", err)
	}
	return base.Scheme + "://" + base.Host + "/_mock", world, nil
}

// request is one for something in the chosen world.
func (c *client) request(ctx context.Context, method, rest string, body []byte) (*http.Request, error) {
	address, world, err := c.door()
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(ctx, method, address+"/worlds/"+world+rest, bytes.NewReader(body))
}

// problem is what the control door says no with.
type problem struct {
	status int
	detail string
}

func (p problem) Error() string { return p.detail }

// do sends a request with the token. An answer that is a problem is an error, unless its
// status is among those that are expected.
func (c *client) do(ctx context.Context, request *http.Request, expected ...int) (*http.Response, error) {
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	web := http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true,
			DialContext: (&net.Dialer{Timeout: c.patience}).DialContext, ResponseHeaderTimeout: c.patience,
		},
		// The control door sends none, and to follow one is to ask something else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := web.Do(request.WithContext(ctx))
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, stopped(ctx)
		}
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // it would repeat the address
			err = wrapped.Err
		}
		if timeout, ok := err.(interface{ Timeout() bool }); ok && timeout.Timeout() {
			err = fmt.Errorf("nothing came within %v", c.patience)
		}
		return nil, fmt.Errorf("no mock answers at %s://%s: %w", request.URL.Scheme, request.URL.Host, err)
	}
	if response.StatusCode < 300 && isDoor(response) || slices.Contains(expected, response.StatusCode) {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	return nil, refusal(response)
}

// isDoor says whether an answer is of a kind that the control door gives.
func isDoor(response *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return kind == "application/json" || kind == "application/problem+json" || kind == "text/event-stream"
}

// refusal is what an answer says no with: the door's own sentence, or that this is no door.
func refusal(response *http.Response) error {
	var told struct{ Detail string }
	data, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20)) // what cannot be read is no sentence
	if isDoor(response) && json.Unmarshal(data, &told) == nil && told.Detail != "" {
		return problem{response.StatusCode, told.Detail}
	}
	return fmt.Errorf("no ticaga-mock answers at %s://%s: another web server does, with %q",
		response.Request.URL.Scheme, response.Request.URL.Host, response.Status)
}

// call sends a request and reads the whole answer.
func (c *client) call(ctx context.Context, method, rest string, body []byte, expected ...int) (status int, data []byte, err error) {
	request, err := c.request(ctx, method, rest, body)
	if err != nil {
		return 0, nil, err
	}
	return c.read(ctx, request, expected...)
}

func (c *client) read(ctx context.Context, request *http.Request, expected ...int) (status int, data []byte, err error) {
	if c.patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.patience)
		defer cancel()
	}
	response, err := c.do(ctx, request, expected...)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err = io.ReadAll(response.Body)
	switch {
	case err != nil && errors.Is(ctx.Err(), context.Canceled):
		return 0, nil, stopped(ctx)
	case err != nil:
		return 0, nil, fmt.Errorf("the answer broke off: %w", err)
	}
	return response.StatusCode, data, nil
}

// get decodes something of the chosen world into target.
func (c *client) get(ctx context.Context, rest string, target any) error {
	_, data, err := c.call(ctx, http.MethodGet, rest, nil)
	if err != nil {
		return err
	}
	return decode(data, target)
}

// decode keeps numbers as they were written: ids are longer than a float is exact.
func decode(data []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("the answer of the mock cannot be read: %w", err)
	}
	return nil
}
