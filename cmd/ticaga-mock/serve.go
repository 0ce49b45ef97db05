package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// serveFlags are the flags of a server. Those of Options are bound to its fields.
type serveFlags struct {
	mock.Options
	addressFlags
	history historyFlags // only of serve

	fixtures  string // a folder
	spec      string // a file
	now       string
	grace     time.Duration
	logFormat string
	stdin     bool // ends the mock when it ends
	watch     bool // only of serve

	set *pflag.FlagSet // all of them
}

func newServe() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the fake help desk (the same as no command)",
		Example: "  ticaga-mock\n" +
			"  ticaga-mock --addr 127.0.0.1:0 --log-format json\n" +
			"  ticaga-mock --fixtures ./my-help-desk --token my-token\n" +
			"  ticaga-mock --fixtures ./my-help-desk --watch\n" +
			"  ticaga-mock --auth bearer --lenient\n" +
			"  ticaga-mock --scenario busy --seed 7 --now 2026-01-02T15:04:05Z",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if f.stdin {
				ctx = untilEnd(ctx, cmd.InOrStdin())
			}
			return f.serve(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.stdin, "exit-with-stdin", false, "end when standard input ends, as it does when the program that started the mock ends or is killed")
	typedOnly(cmd.Flags(), "exit-with-stdin") // a mock whose input is /dev/null would not even start
	cmd.Flags().BoolVar(&f.watch, "watch", false, "read --fixtures and --spec again when they change, and keep what was changed at run time")
	f.history.add(cmd)
	return cmd
}

// add defines the flags.
func (f *serveFlags) add(cmd *cobra.Command) {
	f.addMock(cmd)
	flags := cmd.Flags()
	f.addLimits(flags)
	f.addressFlags.add(flags)
	flags.DurationVar(&f.grace, "grace", 5*time.Second, "max `duration` that requests in flight may take to finish when the mock ends; a second signal ends them")
	flags.StringVar(&f.ControlToken, "control-token", "", "`token` that the control API requires, at least 16 characters; generated and printed if the address is not loopback")
	flags.StringSliceVar(&f.ControlHosts, "control-host", nil, "host `name` that requests to the control API may use, besides localhost and IP addresses")
	flags.StringSliceVar(&f.HostNames, "host-name", nil, "host `name` that requests to the API may use, besides localhost, IP addresses and --control-host")
	flags.BoolVar(&f.AnyHost, "any-host", false, "accept requests to the API for every host name")
	flags.StringVar(&f.logFormat, "log-format", "text", "`text` or json")
	completeFlag(cmd, "log-format", logFormats)
}

// addMock defines the flags about what the mock answers, and not about who reaches it.
func (f *serveFlags) addMock(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.set = flags
	flags.StringVar(&f.Scenario, "scenario", "default", "`name` of the scenario to start with")
	flags.StringVar(&f.fixtures, "fixtures", "", "`folder` or zip with fixtures of your own, instead of a scenario")
	flags.StringVar(&f.spec, "spec", "", "OpenAPI `file` to use instead of the built-in openapi.yaml")
	flags.StringVar(&f.Auth, "auth", "basic,bearer,header", "accepted `schemes`: basic, bearer, header; or off")
	flags.StringVar(&f.Email, "email", "", "`e-mail` address of the first administrator, instead of the one in the fixtures")
	flags.StringVar(&f.Token, "token", "", "API `token` of the first administrator, instead of the one in the fixtures")
	flags.BoolVar(&f.Lenient, "lenient", false, "answer requests that break the contract, without the fields that break it, and only report them")
	flags.StringVar(&f.now, "now", "", "stop the clock at this `time`, such as 2026-01-02T15:04:05Z")
	flags.Int64Var(&f.Seed, "seed", 0, "`number` from which codes, hashes and generated fixtures are made")
	addSwitches(cmd)
	rivalFlags(flags, "scenario", "fixtures")
	completeFlag(cmd, "scenario", fixtures.Names())
	_ = cmd.RegisterFlagCompletionFunc("auth", completeAuth)
	_ = cmd.MarkFlagDirname("fixtures")
	_ = cmd.MarkFlagFilename("spec", "yaml", "yml", "json")
}

// addLimits defines a flag for each limit.
func (f *serveFlags) addLimits(flags *pflag.FlagSet) {
	for _, l := range mock.Limits() {
		switch field := l.Field(&f.Options).(type) {
		case *int:
			flags.IntVar(field, l.Flag, int(l.Default), l.Meaning)
		case *int64:
			flags.Int64Var(field, l.Flag, l.Default, l.Meaning)
		case *time.Duration:
			flags.DurationVar(field, l.Flag, time.Duration(l.Default), l.Meaning)
		}
	}
}

// check checks the values that pflag accepts.
func (f *serveFlags) check() error {
	for _, l := range mock.Limits() {
		switch value := l.Value(&f.Options); {
		case f.set.Lookup(l.Flag) == nil: // a command without limits
		case value < 0 && l.Default == 0:
			return fmt.Errorf("--%s: must be 0 or greater", l.Flag)
		case value <= 0 && l.Default != 0:
			return fmt.Errorf("--%s: must be greater than 0", l.Flag)
		}
	}
	if f.grace < 0 {
		return errors.New("--grace: must be 0 or greater")
	}
	if f.watch && (f.history.data != "" || f.history.store != "") {
		return errors.New("--watch: worlds that are kept in --data or --store do not follow files that change")
	}
	if f.watch && !f.hasFiles() {
		return errors.New("--watch: needs --fixtures or --spec, whose files it watches")
	}
	if err := cmp.Or(checkHosts("control-host", f.ControlHosts), checkHosts("host-name", f.HostNames)); err != nil {
		return err
	}
	if f.fixtures == "" {
		if err := oneOf("scenario", f.Scenario, fixtures.Names()); err != nil {
			return err
		}
	}
	return checkAuth(f.Auth)
}

// names returns the host names by which clients may reach the server.
func (f *serveFlags) names() []string { return slices.Concat(f.ControlHosts, f.HostNames) }

// checkHosts checks the host names that a flag accepts.
func checkHosts(flag string, names []string) error {
	for _, name := range names {
		if err := mock.CheckHostName(name); err != nil {
			return fmt.Errorf("--%s %w", flag, err)
		}
	}
	return nil
}

// options returns the options of a server, with the files that the flags name.
func (f *serveFlags) options() (mock.Options, error) {
	o := f.Options
	if err := f.check(); err != nil {
		return o, err
	}
	f.limitGarbage()
	var err error
	if o.Settings, err = chosen(f.set); err != nil {
		return o, err
	}
	if f.ControlToken == "" && !f.isLocal() {
		o.ControlToken = rand.Text()
	}
	if f.now != "" {
		now, err := parseNow(f.now)
		if err != nil {
			return o, err
		}
		o.Now, o.Still = func() time.Time { return now }, true
	}
	if f.fixtures != "" && f.Scenario != "default" {
		return o, fmt.Errorf("--fixtures %q and --scenario %q: use one of them", f.fixtures, f.Scenario)
	}
	if f.hasFiles() {
		o.Reread = f.reread
	}
	o.Fixtures, o.Spec, err = f.readFiles()
	return o, err
}

// parseNow returns the time of --now.
func parseNow(text string) (time.Time, error) {
	now, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return now, fmt.Errorf("--now %q: must be a time such as 2026-01-02T15:04:05Z", text)
	}
	if year := now.UTC().Year(); year < mock.FirstYear || year > mock.LastYear {
		return now, fmt.Errorf("--now %q: the year must be %d to %d", text, mock.FirstYear, mock.LastYear)
	}
	return now, nil
}

// limitGarbage makes the garbage collector work harder once memory comes near to what the bodies and
// responses in flight, a world and the rest may take. Otherwise garbage could take as much again.
func (f *serveFlags) limitGarbage() {
	if os.Getenv("GOMEMLIMIT") == "" && f.MaxInFlight > 0 { // otherwise the user has set a limit, or a command has none
		debug.SetMemoryLimit(f.MaxInFlight + 160<<20)
	}
}

// serve runs a server until ctx ends. It prints one line to stdout, when the server is ready, and
// everything else to stderr.
func (f *serveFlags) serve(ctx context.Context, stdout, stderr io.Writer) error {
	out, err := newOutput(f.logFormat, stdout, stderr)
	if err != nil {
		return err
	}
	defer out.flush()
	files := f.newWatch()
	options, err := unlessStopped(ctx, f.options)
	if err != nil {
		return err
	}
	history, err := f.history.open(ctx)
	if err != nil {
		return err
	}
	if history != nil {
		defer func() { _ = history.Close() }()
		options.Log = history
	}
	options.Observe, options.Expected, options.ErrorLog = out.exchange, out.expected, out.logger()
	desk, err := unlessStopped(ctx, func() (*mock.Server, error) { return mock.New(options) })
	if err != nil {
		return err
	}
	if err := f.history.read(ctx, desk); err != nil {
		return err
	}
	listener, err := f.listen()
	if err != nil {
		return err
	}
	if os.Getpid() == 1 { // as the init process of a container
		defer reapOrphans(0)()
	}
	hangups, done := f.hangups(ctx)
	defer done()
	hurry, cancel := hurried(hangups != nil)
	defer cancel()
	at, ended, err := f.start(ctx, desk, listener, f.names())
	if err != nil {
		return err
	}
	go f.reloads(ctx, hangups, files, func() { out.reloaded(desk.Reload()) })
	ready := func() { out.ready(ctx, f, desk, at, options.ControlToken) }
	var news <-chan error
	if f.history.store == "" {
		ready()
	} else {
		watching, end := context.WithCancel(ctx)
		defer end()
		news = f.history.await(watching, desk)
	}
	for {
		select {
		case why := <-news:
			if why != nil {
				out.waiting(f, at, why)
				continue
			}
			ready()
			news = nil
		case err := <-ended:
			return fmt.Errorf("serving ended: %w", err)
		case <-ctx.Done():
			f.finish(hurry, desk)
			return nil
		}
	}
}

// untilEnd returns a context that ends with ctx, or when a reader is at its end.
func untilEnd(ctx context.Context, r io.Reader) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, r)
		cancel()
	}()
	return ctx
}

// finish shuts a server down. It waits for the requests in flight, at most for the grace period or
// until hurry ends.
func (f *serveFlags) finish(hurry context.Context, desk *mock.Server) {
	ctx, cancel := context.WithTimeout(hurry, f.grace)
	defer cancel()
	_ = desk.Shutdown(ctx) // clients see for themselves which requests it did not wait for
}
