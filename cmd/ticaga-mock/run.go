package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// runFlags are those of run beyond a server's.
type runFlags struct {
	serve  serveFlags
	failOn string
	junit  string
	json   string

	record   string
	consumer string
	version  int
}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] [--] COMMAND [ARGUMENT...]",
		Short: "Run a command against a mock of its own, and fail on violations",
		Long: "Run starts a mock on a free port, runs a command with TICAGA_URL, TICAGA_EMAIL and\n" +
			"TICAGA_TOKEN in its environment, and ends the mock when the command has ended. It fails\n" +
			"when the command does, with its exit code, or with 1 when a request held a violation of the\n" +
			"severity that --fail-on names or a worse one. With GITHUB_ACTIONS=true, violations are\n" +
			"annotations too, and a summary is appended to the file that GITHUB_STEP_SUMMARY names.\n\n" +
			"The command also finds TICAGA_MOCK_URL and TICAGA_MOCK_CONTROL_TOKEN, so that ticaga-mock verify,\n" +
			"reset and journal work in it without flags. What follows it on the line is its own. --addr,\n" +
			"--junit, --json and the flags for recording are not read from the environment.\n\n" +
			"With --record, run writes a Pact contract if it succeeds: one interaction for each operation and\n" +
			"outcome, with provider states, matching rules by type, and stand-ins for secrets and personal data.\n" +
			"What a fresh mock would not answer in the same way is left out, and said so.",
		Example: "  ticaga-mock run vendor/bin/phpunit --filter Link\n" +
			"  ticaga-mock run --fail-on warning --junit ticaga.xml -- php test.php\n" +
			"  ticaga-mock run --record pacts/my-plugin-ticaga.json vendor/bin/phpunit",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("run: needs a command to run, for example: ticaga-mock run vendor/bin/phpunit")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault // a command is a file, and so may its arguments be
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.add(cmd)
	return cmd
}

func (f *runFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SetInterspersed(false) // flags behind the command are the command's
	flags.StringVar(&f.failOn, "fail-on", "error", "`severity` of violations to fail on: warning, error, none")
	flags.StringVar(&f.junit, "junit", "", "write a JUnit report to this `file`")
	flags.StringVar(&f.json, "json", "", "write a JSON report to this `file`")
	flags.StringVar(&f.record, "record", "", "write a Pact contract of the requests and their answers to this `file`")
	flags.StringVar(&f.consumer, "consumer", "", "`name` of the consumer in the recorded pact (default the file's, without -ticaga.json)")
	flags.IntVar(&f.version, "pact-version", 4, "`version` of the Pact specification for the recorded pact: 3 or 4")
	own := map[string]bool{"fail-on": true, "junit": true, "json": true, "record": true, "consumer": true, "pact-version": true, "help": true}
	cmd.SetUsageFunc(func(cmd *cobra.Command) error { return groupedUsage(cmd, own) })
	completeFlag(cmd, "fail-on", failOns)
	_ = cmd.MarkFlagFilename("junit", "xml")
	_ = cmd.MarkFlagFilename("json", "json")
	_ = cmd.MarkFlagFilename("record", "json")
	completeFlag(cmd, "pact-version", []string{"3", "4"})
	f.serve.add(cmd)
	for name, value := range map[string]string{"addr": "127.0.0.1:0", "port": "0"} {
		flag := flags.Lookup(name)
		flag.DefValue = value
		_ = flag.Value.Set(value)
	}
	// These mean something else to other commands, which may stand in the same environment.
	typedOnly(flags, "addr", "junit", "json", "record", "consumer", "pact-version")
}

// groupedUsage shows a command's own flags before those of the mock that it starts.
func groupedUsage(cmd *cobra.Command, own map[string]bool) error {
	groups := map[bool]*pflag.FlagSet{true: pflag.NewFlagSet("", 0), false: pflag.NewFlagSet("", 0)}
	cmd.Flags().VisitAll(func(f *pflag.Flag) { groups[own[f.Name]].AddFlag(f) })
	_, err := fmt.Fprintf(cmd.OutOrStderr(), "Usage:\n  %s\n\nExamples:\n%s\n\nFlags:\n%s\nFlags of the mock:\n%s",
		cmd.UseLine(), cmd.Example, groups[true].FlagUsages(), groups[false].FlagUsages())
	return err
}

// run takes no part in what the command says: its output is the command's own, and the
// mock's goes to stderr.
func (f *runFlags) run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	if err := oneOf("fail-on", f.failOn, failOns); err != nil {
		return err
	}
	out, err := newOutput(f.serve.logFormat, stdout, stderr)
	if err != nil {
		return err
	}
	defer out.flush()
	options, err := unlessStopped(ctx, f.serve.options)
	if err != nil {
		return err
	}
	seen, err := newReport(f.failOn, args[0], f.junit, f.json)
	if err != nil {
		return err
	}
	defer seen.discard()
	recorded, err := newRecording(f.record, f.consumer, f.version)
	if err != nil {
		return err
	}
	defer recorded.discard()
	options.Observe = func(x mock.Exchange) {
		seen.add(x)
		recorded.add(x)
		if len(x.Violations) > 0 || out.json {
			out.exchange(x)
		}
	}
	options.Expected = func(x mock.Exchange) {
		seen.expect(x)
		out.expected(x)
	}
	options.ErrorLog = out.logger()
	desk, err := unlessStopped(ctx, func() (*mock.Server, error) { return mock.New(options) })
	if err != nil {
		return err
	}
	listener, err := f.serve.listen()
	if err != nil {
		return err
	}
	at, _, err := f.serve.start(ctx, desk, listener, f.serve.names()) // it ends with Close
	if err != nil {
		return err
	}
	defer func() { _ = desk.Close() }()

	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = stdin, stdout, stderr
	command.Env = environment(os.Environ(), desk, at, options.ControlToken, f.serve.tlsSave)
	hurry, cancel := hurried(false)
	defer cancel()
	ended := runCommand(ctx, hurry, command, gracePeriod)
	f.serve.finish(hurry, desk)                                                               // the last answers may be out before they are reported
	_, written := unlessStopped(hurry, func() (any, error) { return nil, seen.write(ended) }) // to a pipe, maybe
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		out.flush()
		seen.annotate(out.stdout)
		if file := os.Getenv("GITHUB_STEP_SUMMARY"); file != "" {
			written = errors.Join(written, seen.appendSummary(file))
		}
	}
	if verdict := seen.verdict(ended); verdict != nil { // what was recorded may be half of it
		return errors.Join(verdict, written)
	}
	return errors.Join(written, recorded.write(desk, stderr))
}

// environment returns what leads to the mock, for a plugin and for this program, added to a list. No request to the mock
// goes through a proxy. The commands of this program trust its certificate: it is their own mock, which run has started.
func environment(list []string, desk *mock.Server, at place, controlToken, saved string) []string {
	email, token := desk.Credentials()
	host := "localhost"
	if u, err := url.Parse(at.url); err == nil {
		host = u.Hostname()
	}
	list = append(withoutProxy(list, host),
		"TICAGA_URL="+at.url, "TICAGA_EMAIL="+email, "TICAGA_TOKEN="+token, "TICAGA_MOCK_URL="+at.controlURL())
	if at.socket != "" {
		list = append(list, "TICAGA_SOCKET="+at.socket)
	}
	switch path, err := filepath.Abs(saved); {
	case !strings.HasPrefix(at.url, "https:"):
	case saved != "" && err == nil: // the command may change the folder
		list = append(list, "TICAGA_MOCK_CA_CERT="+path)
	default:
		list = append(list, "TICAGA_MOCK_INSECURE=true")
	}
	if controlToken != "" {
		list = append(list, "TICAGA_MOCK_CONTROL_TOKEN="+controlToken)
	}
	return list
}

// verdict is nil when the command was fine, and so was what it sent.
func (r *report) verdict(ended error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := r.found()
	switch {
	case ended == nil && r.failures == 0:
		return nil
	case ended == nil:
		return failed{fmt.Errorf("run: the command succeeded, with %s in its requests; see above", found)}
	case found == noViolations:
		return fmt.Errorf("run: %w", ended)
	}
	return fmt.Errorf("run: %w, with %s in its requests; see above", ended, found)
}

const noViolations = "no violations"

// found returns how many violations of each severity there were, as a part of a sentence.
func (r *report) found() string {
	var held []string
	for _, severity := range []string{"error", "warning"} {
		if n := r.seen[severity]; n > 0 {
			held = append(held, count(n, severity))
		}
	}
	return cmp.Or(strings.Join(held, " and "), noViolations)
}
