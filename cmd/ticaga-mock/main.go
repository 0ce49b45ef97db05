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
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// Exit codes: what a script can tell apart.
const (
	exitFine    = 0
	exitFailed  = 1 // a check found something
	exitMisused = 2 // called wrongly: a flag, a file, an address
)

// failed is what a check found: the call was right, and what it looked at is not.
type failed struct{ error }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with everything it touches as an argument.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		_, _ = fmt.Fprintf(stderr, "ticaga-mock: %v\n", err)
		if errors.As(err, new(failed)) {
			return exitFailed
		}
		return exitMisused
	}
	return exitFine
}

func newRoot() *cobra.Command {
	serve := newServe()
	root := &cobra.Command{
		Use:   "ticaga-mock",
		Short: "A fake Ticaga help desk to develop and test plugins against",
		Long: "Ticaga-mock is a fake Ticaga help desk: it answers as the real one would, remembers,\n" +
			"and explains every mistake in a request. Without a command it serves.\n\n" +
			"Every flag can be set in the environment too: --log-format is TICAGA_MOCK_LOG_FORMAT.",
		Example:           serve.Example,
		Version:           mock.Version(),
		Args:              maybeCommand,
		RunE:              serve.RunE,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: prepare,
	}
	root.Flags().AddFlagSet(serve.Flags())
	root.Flags().Bool("version", false, "print the version")
	typedOnly(root.Flags(), "version")
	root.SetVersionTemplate(version())
	root.AddCommand(serve, newRun(), newWait(), newReset(), newVerify(), newJournal(), newFaults(), newExplain(),
		newRoutes(), newFixtures(), newCompletion(), newVersion())
	root.SetHelpCommand(newHelp())
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	return root
}

// prepare is what is done before any command runs.
func prepare(cmd *cobra.Command, _ []string) error {
	if cmd.Name() == cobra.ShellCompRequestCmd {
		plainUsage(cmd.Root())
		return nil
	}
	return fromEnvironment(cmd.Flags())
}
