// Ticaga-mock is a fake Ticaga help desk to develop and test plugins against.
//
// This package turns flags into a mock.Server and what happens into an exit code; it knows
// nothing of the API. One file a subcommand.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
)

// Exit codes: what a script can tell apart. A signal has one of its own: see interrupted. So has
// the command of run: see exited.
const (
	exitFine    = 0
	exitFailed  = 1 // a check found something
	exitMisused = 2 // called wrongly: a flag, a file, an address
)

// failed is what a check found: the call was right, and what it looked at is not.
type failed struct{ error }

// interrupted is the end that a signal asks for.
type interrupted struct{ signal os.Signal }

func (interrupted) Error() string { return "interrupted" }

// code is what a shell makes of a program that a signal ends.
func (i interrupted) code() int {
	if number, ok := i.signal.(syscall.Signal); ok {
		return exitSignal + int(number)
	}
	return exitSignal + int(syscall.SIGINT)
}

// stopped says who ended a context that was not over by itself.
func stopped(ctx context.Context) interrupted {
	var i interrupted
	_ = errors.As(context.Cause(ctx), &i)
	return i
}

// unlessStopped returns what f returns, or that ctx has ended. F may read from a pipe that nobody
// writes to, or generate fixtures for minutes; then nobody waits for it any more.
func unlessStopped[T any](ctx context.Context, f func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, stopped(ctx)
	}
}

// stopWithContext gives a command and those below it a moment to end by themselves once ctx has
// ended. Those that read a file or write to a pipe do not notice by themselves.
func stopWithContext(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		stopWithContext(c)
	}
	act := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		late, cancel := context.WithCancelCause(context.Background())
		defer context.AfterFunc(cmd.Context(), func() {
			time.Sleep(250 * time.Millisecond)
			cancel(context.Cause(cmd.Context()))
		})()
		_, err := unlessStopped(late, func() (any, error) { return nil, act(cmd, args) })
		return err
	}
}

func main() {
	ctx, stop := context.WithCancelCause(context.Background())
	var hangup hangup
	listening := make(chan struct{})
	go func() {
		asked := signals(false)
		close(listening)
		for s := range asked {
			if !hangup.isReload(s) {
				stop(interrupted{s})
				return
			}
		}
	}()
	args := os.Args[1:]
	if c := calledBy(args); c == nil || !c.nothingToCleanUp {
		<-listening // so that a signal never ends what has something to clean up; it takes as long as a small command
	}
	os.Exit(run(hangup.in(ctx), args, os.Stdout, os.Stderr))
}

// run is main with everything it touches as an argument.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootFor(args)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitFine
	}
	last := logWriter{to: stderr, note: droppedText} // a reader that stopped reading does not stop the end
	_, _ = fmt.Fprintf(&last, "%s %v\n", term.StyleOf(stderr).Red("ticaga-mock:"), err)
	last.flush()
	var signalled interrupted
	var command exited
	switch {
	case errors.As(err, &signalled):
		return signalled.code()
	case errors.As(err, &command):
		return command.code
	case errors.As(err, new(failed)):
		return exitFailed
	}
	return exitMisused
}

// rootFor returns the program with the one command that args call, since making all of them takes longer than many run. The
// program has all where one looks at others, for help, completion or checks, and where no name of a command comes first.
func rootFor(args []string) *cobra.Command {
	c := calledBy(args)
	if c == nil || c.seesOthers {
		return newRoot()
	}
	root := bareRoot()
	root.AddCommand(c.make())
	return root
}

// calledBy returns the command that args begin with, or nil.
func calledBy(args []string) *command {
	i := slices.IndexFunc(commands, func(c command) bool { return len(args) > 0 && c.name == args[0] })
	if i < 0 {
		return nil
	}
	return &commands[i]
}

// newRoot returns the program with all its commands.
func newRoot() *cobra.Command {
	root, serve := bareRoot(), newServe()
	root.Example = serve.Example
	root.Flags().AddFlagSet(serve.Flags())
	// Not cobra's own, whose template keeps the linker from leaving out what is not used: a fifth
	// of the program.
	asked := root.Flags().Bool("version", false, "print the version")
	typedOnly(root.Flags(), "version")
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if *asked {
			return printVersion(cmd.OutOrStdout())
		}
		return serve.RunE(cmd, args)
	}
	for _, c := range commands {
		root.AddCommand(c.make())
	}
	return root
}

// bareRoot returns the program without commands.
func bareRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "ticaga-mock",
		Short: "A fake Ticaga help desk to develop and test plugins against",
		Long: "Ticaga-mock is a fake Ticaga help desk: it answers as the real one would, remembers,\n" +
			"and explains what is wrong with a request. Without a command it serves.\n\n" +
			"Most flags can be set in the environment too: --log-format is TICAGA_MOCK_LOG_FORMAT.",
		Args:              maybeCommand,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: prepare,
	}
	root.SetHelpCommand(newHelp())
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions = cobra.CompletionOptions{DisableDefaultCmd: true} // there is newCompletion
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	return root
}

// command is one that the program has.
type command struct {
	name             string
	make             func() *cobra.Command
	seesOthers       bool // it looks at the other commands
	nothingToCleanUp bool // a signal may end it at once
}

var commands = []command{
	{name: "serve", make: newServe},
	{name: "run", make: newRun}, // which ends what it has started first
	{name: "wait", make: stopping(newWait), nothingToCleanUp: true},
	{name: "reset", make: stopping(newReset), nothingToCleanUp: true},
	{name: "verify", make: stopping(newVerify), nothingToCleanUp: true},
	{name: "journal", make: stopping(newJournal), nothingToCleanUp: true},
	{name: "faults", make: stopping(newFaults), nothingToCleanUp: true},
	{name: "explain", make: stopping(newExplain), nothingToCleanUp: true},
	{name: "routes", make: stopping(newRoutes), nothingToCleanUp: true},
	{name: "spec", make: stopping(newSpec), nothingToCleanUp: true},
	{name: "fixtures", make: stopping(newFixtures)},
	{name: "data", make: stopping(newData)},
	{name: "pact", make: func() *cobra.Command {
		pact := stopping(newPact)()
		pact.AddCommand(newPactVerify()) // as run
		return pact
	}},
	{name: "doctor", make: stopping(newDoctor), seesOthers: true},
	{name: "mcp", make: stopping(newMCP)},
	{name: "completion", make: stopping(newCompletion), seesOthers: true},
	{name: "version", make: stopping(newVersion), nothingToCleanUp: true},
}

// stopping is a command that ends with its context.
func stopping(command func() *cobra.Command) func() *cobra.Command {
	return func() *cobra.Command {
		cmd := command()
		stopWithContext(cmd)
		return cmd
	}
}

// prepare is what is done before any command runs.
func prepare(cmd *cobra.Command, _ []string) error {
	if cmd.Name() == cobra.ShellCompRequestCmd {
		plainUsage(cmd.Root())
		return nil
	}
	return fromEnvironment(cmd.Flags())
}
