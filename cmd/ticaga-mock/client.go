package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// client sends requests to the control API of a running mock.
type client struct {
	url      string
	token    string
	world    string
	caCert   string // a file
	insecure bool
	patience time.Duration // how long to wait for an answer; 0 for ever
}

// addFlags adds the flags of commands about a world.
func (c *client) addFlags(cmd *cobra.Command) {
	c.addConnectionFlags(cmd)
	cmd.Flags().StringVar(&c.world, "world", "", "`name` of the world; \"default\" when neither this nor the base URL names one")
	_ = cmd.RegisterFlagCompletionFunc("world", c.completeWorld)
}

// completeWorld returns the worlds of the running mock, and nothing when there is no mock.
func (c *client) completeWorld(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	_ = fromEnvironment(cmd.Flags()) // the command reports errors in the environment
	c.patience = 2 * time.Second     // somebody waits at a prompt
	var names []string
	var list traffic.Worlds
	if address, _, err := c.address(); err == nil {
		if request, err := http.NewRequest(http.MethodGet, address+"/worlds", nil); err == nil {
			if _, data, err := c.read(cmd.Context(), request); err == nil && decode(data, &list) == nil {
				for _, w := range list.Worlds {
					names = append(names, w.Name)
				}
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// addConnectionFlags adds the flags to find a mock and its control API.
func (c *client) addConnectionFlags(cmd *cobra.Command) {
	c.patience = 10 * time.Second
	flags := cmd.Flags()
	flags.StringVar(&c.url, "url", "http://127.0.0.1:4280", "`base URL` of the mock; /w/NAME at its end chooses a world; unix:PATH for a socket")
	flags.StringVar(&c.caCert, "ca-cert", "", "PEM `file` with a certificate to trust for https, such as the one that serve --tls-save writes")
	flags.BoolVar(&c.insecure, "insecure", false, "accept any certificate for https")
	flags.StringVar(&c.token, "control-token", "", "`token` of the control API, if it requires one")
}

// address returns the URL of the mock's control API, and the name of the chosen world.
func (c *client) address() (address, world string, err error) {
	if path, ok := c.socket(); ok {
		world = cmp.Or(c.world, "default")
		if path == "" {
			return "", "", fmt.Errorf("--url %q: give the path of the socket too", c.url)
		}
		if err := mock.CheckWorldName(world); err != nil {
			return "", "", fmt.Errorf("--world: %w", err)
		}
		if c.caCert != "" || c.insecure { // nothing else tells whether the mock at the socket has --tls
			return "https://localhost/_mock", world, nil
		}
		return "http://localhost/_mock", world, nil
	}
	base, err := url.Parse(c.url)
	if err != nil { // not shown, because it may contain a password
		return "", "", errors.New("--url: must be a base URL such as http://127.0.0.1:4280")
	}
	if base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return "", "", fmt.Errorf("--url %q: must be a base URL such as http://127.0.0.1:4280", base.Redacted())
	}
	path := strings.Trim(base.Path, "/")
	named, isWorld := strings.CutPrefix(path, "w/")
	if path != "" && (!isWorld || mock.CheckWorldName(named) != nil) || base.RawQuery != "" || base.Fragment != "" {
		return "", "", fmt.Errorf("--url %q: must have nothing after host and port but /w/NAME, which chooses a world", base.Redacted())
	}
	world = cmp.Or(c.world, named, "default")
	if err := mock.CheckWorldName(world); err != nil {
		return "", "", fmt.Errorf("--world: %w", err)
	}
	return base.Scheme + "://" + base.Host + "/_mock", world, nil
}

// socket returns the path of the socket that --url names, if it names one.
func (c *client) socket() (path string, ok bool) { return strings.CutPrefix(c.url, "unix:") }

// transport returns how requests reach the mock.
func (c *client) transport() (*http.Transport, error) {
	dialer := &net.Dialer{Timeout: c.patience}
	t := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, DialContext: dialer.DialContext, ResponseHeaderTimeout: c.patience}
	if path, ok := c.socket(); ok {
		t.Proxy = nil
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialer.DialContext(ctx, "unix", path) }
	}
	if c.caCert == "" && !c.insecure {
		return t, nil
	}
	t.TLSClientConfig = &tls.Config{InsecureSkipVerify: c.insecure}
	if c.caCert != "" {
		trusted, err := os.ReadFile(c.caCert)
		if err != nil {
			return nil, fmt.Errorf("--ca-cert: %w", err)
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(trusted) {
			return nil, fmt.Errorf("--ca-cert %q: has no certificate in PEM", c.caCert)
		}
	}
	return t, nil
}

// request returns a request about the chosen world.
func (c *client) request(ctx context.Context, method, rest string, body []byte) (*http.Request, error) {
	address, world, err := c.address()
	if err != nil {
		return nil, err
	}
	return http.NewRequestWithContext(ctx, method, address+"/worlds/"+world+rest, bytes.NewReader(body))
}

// problem is a traffic.Problem as an error.
type problem struct {
	status int
	detail string
}

func (p problem) Error() string { return p.detail }

// do sends a request with the token. A problem is an error unless its status is among the expected ones.
func (c *client) do(ctx context.Context, request *http.Request, expected ...int) (*http.Response, error) {
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	transport, err := c.transport()
	if err != nil {
		return nil, err
	}
	web := http.Client{
		Transport: transport,
		// The control API sends no redirects, and following one would send the request to something else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := web.Do(request.WithContext(ctx))
	if err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, stopped(ctx)
		}
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // which would repeat the address
			err = wrapped.Err
		}
		if timeout, ok := err.(interface{ Timeout() bool }); ok && timeout.Timeout() {
			err = fmt.Errorf("no answer within %v", c.patience)
		}
		if errors.As(err, new(*tls.CertificateVerificationError)) {
			return nil, fmt.Errorf("the certificate at https://%s is not trusted (%w); name it with --ca-cert FILE, or use --insecure", request.URL.Host, err)
		}
		return nil, fmt.Errorf("no mock answers at %s (%w); start one with ticaga-mock, or set --url", c.where(request.URL), err)
	}
	if response.StatusCode < 300 && isControlAPI(response) || slices.Contains(expected, response.StatusCode) {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	return nil, refusal(response, c.where(response.Request.URL))
}

// where names the mock in an error.
func (c *client) where(u *url.URL) string {
	if path, ok := c.socket(); ok {
		return "unix:" + path
	}
	return u.Scheme + "://" + u.Host
}

// isControlAPI reports whether an answer has a Content-Type of the control API.
func isControlAPI(response *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return kind == "application/json" || kind == "application/problem+json" || kind == "text/event-stream"
}

// refusal returns the problem in an answer, or an error when it is not from a control API.
func refusal(response *http.Response, where string) error {
	var told traffic.Problem
	data, _ := io.ReadAll(io.LimitReader(response.Body, 1<<20)) // when it cannot be read, it is not a problem
	if isControlAPI(response) && json.Unmarshal(data, &told) == nil && told.Detail != "" {
		return problem{response.StatusCode, told.Detail}
	}
	if response.StatusCode == http.StatusBadRequest && strings.Contains(strings.ToLower(string(data)), "https") { // of the mock, Go, nginx or Apache
		return fmt.Errorf("%s speaks https; begin --url with https://, or for a socket use --ca-cert or --insecure", where)
	}
	return fmt.Errorf("no ticaga-mock answers at %s, but another web server, with %q", where, response.Status)
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
		return 0, nil, fmt.Errorf("the answer ended too early: %w", err)
	}
	return response.StatusCode, data, nil
}

// get decodes an answer about the chosen world into target.
func (c *client) get(ctx context.Context, rest string, target any) error {
	_, data, err := c.call(ctx, http.MethodGet, rest, nil)
	if err != nil {
		return err
	}
	return decode(data, target)
}

// decode keeps numbers as they are written, because IDs may be longer than a float64 can hold.
func decode(data []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("cannot read the answer of the mock: %w", err)
	}
	return nil
}
