package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// serveFlags are the settings of a server as they are typed.
type serveFlags struct {
	addr         string
	addrFlag     *pflag.Flag // tells whether somebody has chosen the address
	scenario     string
	fixtures     string
	spec         string
	auth         string
	email        string
	token        string
	lenient      bool
	maxBody      int64
	maxFields    int
	maxNesting   int
	maxState     int64
	maxWorld     int64
	worldsTotal  int64
	maxInFlight  int64
	worlds       int
	worldTTL     time.Duration
	journal      int
	journalBytes int
	journalTotal int
	streams      int
	worldStreams int
	waiters      int
	maxHeader    int
	readTimeout  time.Duration
	writeTimeout time.Duration
	idleTimeout  time.Duration
	grace        time.Duration
	controlToken string
	controlHosts []string
	hostNames    []string
	anyHost      bool
	now          string
	seed         int64
	logFormat    string
	switches     *pflag.FlagSet
}

func newServe() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the fake help desk (the same as no command)",
		Example: "  ticaga-mock\n" +
			"  ticaga-mock --addr 127.0.0.1:0 --log-format json\n" +
			"  ticaga-mock --fixtures ./my-help-desk --token my-token\n" +
			"  ticaga-mock --auth bearer --lenient\n" +
			"  ticaga-mock --scenario busy --seed 7 --now 2026-01-02T15:04:05Z",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.serve(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.add(cmd)
	return cmd
}

// add defines the flags.
func (f *serveFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.addr, "addr", "127.0.0.1:4280", "`host:port` to listen on; port 0 takes a free one")
	f.addrFlag = flags.Lookup("addr")
	flags.StringVar(&f.scenario, "scenario", "default", "`name` of the fixtures to begin with")
	flags.StringVar(&f.fixtures, "fixtures", "", "`folder` with fixtures of your own, in the place of a scenario")
	flags.StringVar(&f.spec, "spec", "", "OpenAPI `file` to use in the place of the built-in openapi.yaml")
	flags.StringVar(&f.auth, "auth", "basic,bearer,header", "accepted `schemes`: basic, bearer, header; or off")
	flags.StringVar(&f.email, "email", "", "`e-mail` of the first administrator, in the place of the fixture's")
	flags.StringVar(&f.token, "token", "", "API `token` of the first administrator, in the place of the fixture's")
	flags.BoolVar(&f.lenient, "lenient", false, "answer requests that break the contract, without the fields that break it, and only report them")
	flags.Int64Var(&f.maxBody, "max-body", mock.DefaultMaxBody, "largest request body in `bytes`")
	flags.IntVar(&f.maxFields, "max-fields", 0, "how many `fields` a body may have; 0 for PHP's: 1000 in a form, any number in JSON")
	flags.IntVar(&f.maxNesting, "max-nesting", 0, "how many `levels` of lists and objects; 0 for PHP's: 64 in a form, 511 in JSON")
	flags.Int64Var(&f.maxState, "max-state", mock.DefaultMaxState, "largest state put over the control door in `bytes`")
	flags.Int64Var(&f.maxWorld, "max-world", mock.DefaultMaxWorld, "how many `bytes` of memory the data of a world may take")
	flags.Int64Var(&f.worldsTotal, "worlds-total", mock.DefaultWorldsTotal, "about how many `bytes` in all worlds; the least recently used ones that requests created go first")
	flags.Int64Var(&f.maxInFlight, "max-in-flight", mock.DefaultMaxInFlight, "how many `bytes` of memory all bodies and answers in flight may take")
	flags.IntVar(&f.worlds, "worlds", mock.DefaultWorlds, "how many `worlds` there may be")
	flags.DurationVar(&f.worldTTL, "world-ttl", 0, "forget a world that was not used for this `long`, such as 1h; 0 for never")
	flags.IntVar(&f.journal, "journal", mock.DefaultJournal, "how many `exchanges` each world keeps")
	flags.IntVar(&f.journalBytes, "journal-bytes", mock.DefaultJournalBytes, "about how many `bytes` of them")
	flags.IntVar(&f.journalTotal, "journal-total", mock.DefaultJournalTotal, "about how many `bytes` in all worlds; the least recently used drops first")
	flags.IntVar(&f.streams, "streams", mock.DefaultStreams, "how many `clients` may listen to events at once")
	flags.IntVar(&f.worldStreams, "world-streams", mock.DefaultWorldStreams, "how many `clients` may listen to the events of one world")
	flags.IntVar(&f.waiters, "waiters", mock.DefaultWaiters, "how many `requests` may wait for an expectation at once")
	flags.IntVar(&f.maxHeader, "max-header", mock.DefaultMaxHeader, "largest request header in `bytes`")
	flags.DurationVar(&f.readTimeout, "read-timeout", mock.DefaultReadTimeout, "how `long` a client may take to send a request")
	flags.DurationVar(&f.writeTimeout, "write-timeout", mock.DefaultWriteTimeout, "how `long` a client may take to receive an answer")
	flags.DurationVar(&f.idleTimeout, "idle-timeout", mock.DefaultIdleTimeout, "how `long` a connection is kept without a request")
	flags.DurationVar(&f.grace, "grace", 5*time.Second, "how `long` requests in flight may take to finish when the mock ends; a second signal ends them")
	flags.StringVar(&f.controlToken, "control-token", "", "`token` that the control door asks for, at least 16 characters; made and printed when the address is not loopback")
	flags.StringSliceVar(&f.controlHosts, "control-host", nil, "`name` that requests to the control door may have as their Host, beside localhost")
	flags.StringSliceVar(&f.hostNames, "host-name", nil, "`name` that requests to the API may have as their Host, beside localhost and IP addresses")
	flags.BoolVar(&f.anyHost, "any-host", false, "accept requests to the API whatever their Host is")
	flags.StringVar(&f.now, "now", "", "stop the clock at this `time`, such as 2026-01-02T15:04:05Z")
	flags.Int64Var(&f.seed, "seed", 0, "`number` that codes, hashes and generated fixtures come from")
	flags.StringVar(&f.logFormat, "log-format", "text", "`text` or json")
	f.switches = addSwitches(cmd)
	rivalFlags(flags, "scenario", "fixtures")
	completeFlag(cmd, "scenario", fixtures.Names())
	completeFlag(cmd, "log-format", logFormats)
	_ = cmd.RegisterFlagCompletionFunc("auth", completeAuth)
	_ = cmd.MarkFlagDirname("fixtures")
	_ = cmd.MarkFlagFilename("spec", "yaml", "yml", "json")
}

// check holds values to what they may be.
func (f *serveFlags) check() error {
	for _, limit := range []struct {
		flag         string
		value, least int64
	}{
		{"max-body", f.maxBody, 1}, {"max-header", int64(f.maxHeader), 1},
		{"max-fields", int64(f.maxFields), 0}, {"max-nesting", int64(f.maxNesting), 0}, {"max-state", f.maxState, 1}, {"max-world", f.maxWorld, 1}, {"worlds-total", f.worldsTotal, 1}, {"max-in-flight", f.maxInFlight, 1},
		{"worlds", int64(f.worlds), 1}, {"world-ttl", int64(f.worldTTL), 0},
		{"journal", int64(f.journal), 1}, {"journal-bytes", int64(f.journalBytes), 1}, {"journal-total", int64(f.journalTotal), 1}, {"streams", int64(f.streams), 1},
		{"world-streams", int64(f.worldStreams), 1}, {"waiters", int64(f.waiters), 1},
		{"read-timeout", int64(f.readTimeout), 1}, {"write-timeout", int64(f.writeTimeout), 1}, {"idle-timeout", int64(f.idleTimeout), 1}, {"grace", int64(f.grace), 0},
		// A limit that mock.Options gains has its row here, its flag in add, and its value in options.
	} {
		if limit.value < limit.least {
			return fmt.Errorf("--%s: give %s", limit.flag, [...]string{"0 or more", "more than 0"}[limit.least])
		}
	}
	if f.fixtures == "" {
		if err := oneOf("scenario", f.scenario, fixtures.Names()); err != nil {
			return err
		}
	}
	return checkAuth(f.auth)
}

// options reads the files that the flags name.
func (f *serveFlags) options() (mock.Options, error) {
	o := mock.Options{
		Scenario: f.scenario, Auth: f.auth, Email: f.email, Token: f.token,
		Lenient: f.lenient, MaxBody: f.maxBody, MaxFields: f.maxFields, MaxNesting: f.maxNesting, MaxState: f.maxState, MaxWorld: f.maxWorld, WorldsTotal: f.worldsTotal, MaxInFlight: f.maxInFlight, Seed: f.seed,
		Worlds: f.worlds, WorldTTL: f.worldTTL, Journal: f.journal, JournalBytes: f.journalBytes, JournalTotal: f.journalTotal,
		ControlToken: f.controlToken, ControlHosts: f.controlHosts, HostNames: f.hostNames, AnyHost: f.anyHost,
		Streams: f.streams, WorldStreams: f.worldStreams, Waiters: f.waiters,
		MaxHeader: f.maxHeader, ReadTimeout: f.readTimeout, WriteTimeout: f.writeTimeout, IdleTimeout: f.idleTimeout,
	}
	if err := f.check(); err != nil {
		return o, err
	}
	f.limitGarbage()
	var err error
	if o.Settings, err = chosen(f.switches); err != nil {
		return o, err
	}
	if f.controlToken == "" && !isLoopback(f.addr) {
		o.ControlToken = rand.Text()
	}
	if f.now != "" {
		now, err := time.Parse(time.RFC3339Nano, f.now)
		if err != nil {
			return o, fmt.Errorf("--now %q: want a time such as 2026-01-02T15:04:05Z", f.now)
		}
		if now.UTC().Year() < mock.FirstYear || now.UTC().Year() > mock.LastYear {
			return o, fmt.Errorf("--now %q: the year must be %d to %d", f.now, mock.FirstYear, mock.LastYear)
		}
		o.Now, o.Still = func() time.Time { return now }, true
	}
	if f.fixtures != "" {
		if f.scenario != "default" {
			return o, fmt.Errorf("--fixtures %q and --scenario %q: use one of them", f.fixtures, f.scenario)
		}
		if info, err := os.Stat(f.fixtures); err != nil || !info.IsDir() {
			return o, fmt.Errorf("--fixtures %q: no such folder", f.fixtures)
		}
		o.Fixtures = os.DirFS(f.fixtures)
	}
	if f.spec != "" {
		var err error
		if o.Spec, err = os.ReadFile(f.spec); err != nil {
			return o, fmt.Errorf("--spec: %w", err)
		}
	}
	return o, nil
}

// limitGarbage makes the garbage collector work harder as soon as memory comes near to what bodies
// and answers in flight may take and what a world and the rest need beside: without it, as much
// again would be garbage.
func (f *serveFlags) limitGarbage() {
	if os.Getenv("GOMEMLIMIT") == "" { // whoever sets that knows better
		debug.SetMemoryLimit(f.maxInFlight + 160<<20)
	}
}

// serve runs until ctx ends. stdout gets one line, when it is ready; stderr the rest.
func (f *serveFlags) serve(ctx context.Context, stdout, stderr io.Writer) error {
	out, err := newOutput(f.logFormat, stdout, stderr)
	if err != nil {
		return err
	}
	defer out.flush()
	options, err := unlessStopped(ctx, f.options)
	if err != nil {
		return err
	}
	options.Observe, options.Expected, options.ErrorLog = out.exchange, out.expected, out.logger()
	desk, err := unlessStopped(ctx, func() (*mock.Server, error) { return mock.New(options) })
	if err != nil {
		return err
	}
	listener, err := f.listen()
	if err != nil {
		return err
	}
	if os.Getpid() == 1 { // in a container, what others leave behind is ours
		defer reapOrphans(0)()
	}
	hurry, cancel := hurried()
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- desk.Serve(listener) }()
	out.ready(f, desk, listener.Addr(), options.ControlToken)
	select {
	case err := <-ended:
		return fmt.Errorf("serving ended: %w", err)
	case <-ctx.Done():
	}
	f.finish(hurry, desk)
	return nil
}

// finish ends a server when its requests in flight are answered, when the grace period is over, or
// when hurry ends.
func (f *serveFlags) finish(hurry context.Context, desk *mock.Server) {
	ctx, cancel := context.WithTimeout(hurry, f.grace)
	defer cancel()
	_ = desk.Shutdown(ctx) // the requests that it did not wait for are the clients' to report
}

// isLoopback reports whether an address can be reached from this machine only.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err != nil || host == "localhost" || ip != nil && ip.IsLoopback()
}

// listen opens the port. An address that nobody has asked for means loopback, of either kind.
func (f *serveFlags) listen() (net.Listener, error) {
	addr := f.addr
	if addr == "" { // net.Listen would take every address
		return nil, errors.New("--addr is empty; give host:port")
	}
	var listener net.Listener
	var err error
	if f.addrFlag.Changed {
		listener, err = mock.Listen(addr)
	} else {
		_, port, _ := net.SplitHostPort(addr)
		number, _ := strconv.Atoi(port)
		listener, err = mock.ListenLoopback(number)
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("--addr %q: another program listens there; end it, or take a free port with --addr 127.0.0.1:0", addr)
	case err != nil:
		return nil, fmt.Errorf("--addr %q: cannot listen: %w", addr, err)
	}
	return listener, nil
}
