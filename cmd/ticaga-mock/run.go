package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// runFlags are those of run beyond a server's.
type runFlags struct {
	serve  serveFlags
	failOn string
	junit  string
	json   string
}

func newRun() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARGUMENT...]",
		Short: "Run a command against a mock of its own, and fail on mistakes",
		Long: "Run starts a mock on a free port, runs a command with TICAGA_URL, TICAGA_EMAIL and\n" +
			"TICAGA_TOKEN in its environment, and ends the mock when the command has ended. It fails\n" +
			"when the command does, or when a request held a violation of the severity that --fail-on\n" +
			"names or a worse one. With GITHUB_ACTIONS set, violations are annotations too.",
		Example: "  ticaga-mock run -- vendor/bin/phpunit\n" +
			"  ticaga-mock run --fail-on warning --junit ticaga.xml -- php test.php",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("run: give a command behind --, such as: ticaga-mock run -- vendor/bin/phpunit")
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
	f.serve.add(cmd)
	addr := cmd.Flags().Lookup("addr")
	addr.DefValue = "127.0.0.1:0"
	_ = addr.Value.Set(addr.DefValue)
	cmd.Flags().StringVar(&f.failOn, "fail-on", "error", "`severity` of violations to fail on: warning, error, none")
	cmd.Flags().StringVar(&f.junit, "junit", "", "write a JUnit report to this `file`")
	cmd.Flags().StringVar(&f.json, "json", "", "write a JSON report to this `file`")
	completeFlag(cmd, "fail-on", failOns)
	_ = cmd.MarkFlagFilename("junit", "xml")
	_ = cmd.MarkFlagFilename("json", "json")
	return cmd
}

// run takes no part in what the command says: its output is the command's own, and the
// mock's goes to stderr.
func (f *runFlags) run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	failOn, err := severities(f.failOn)
	if err != nil {
		return err
	}
	out, err := newOutput(f.serve.logFormat, stdout, stderr)
	if err != nil {
		return err
	}
	options, err := f.serve.options()
	if err != nil {
		return err
	}
	seen := &report{failOn: failOn}
	options.Observe = func(x mock.Exchange) {
		seen.add(x)
		if len(x.Violations) > 0 || out.json {
			out.exchange(x)
		}
	}
	desk, err := mock.New(options)
	if err != nil {
		return err
	}
	listener, err := listen(f.serve.addr)
	if err != nil {
		return err
	}
	server := f.serve.web(desk, out)
	go func() { _ = server.Serve(listener) }() // it ends with Close
	defer func() { _ = server.Close() }()

	email, token := desk.Credentials()
	command := exec.CommandContext(ctx, args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = stdin, stdout, stderr
	command.Env = append(os.Environ(),
		"TICAGA_URL="+baseURL(listener.Addr()), "TICAGA_EMAIL="+email, "TICAGA_TOKEN="+token)
	runErr := command.Run()
	if runErr != nil && command.ProcessState == nil {
		return fmt.Errorf("run: %w", runErr) // it did not even start
	}
	// The last answer may be out before it is reported: that much is waited for.
	grace, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = server.Shutdown(grace)
	final := seen.copy()
	if err := final.write(f.junit, f.json, stdout); err != nil {
		return err
	}
	switch failures := final.failures(); {
	case runErr != nil:
		return failed{fmt.Errorf("run: %s: %w", args[0], runErr)}
	case failures > 0:
		return failed{fmt.Errorf("run: the command was fine, but its requests held %d violations that count; see above", failures)}
	}
	return nil
}

// severities are those that fail a run.
func severities(failOn string) (map[string]bool, error) {
	if err := oneOf("fail-on", failOn, failOns); err != nil {
		return nil, err
	}
	return map[string]bool{"error": failOn != "none", "warning": failOn == "warning"}, nil
}
