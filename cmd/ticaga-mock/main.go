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
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
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
		Args:              suggest,
		RunE:              serve.RunE,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fromEnvironment(cmd.Flags()) },
	}
	root.Flags().AddFlagSet(serve.Flags())
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(serve, newRun(), newWait(), newReset(), newVerify(), newJournal(), newFaults(), newExplain(),
		newRoutes(), newFixtures(), newVersion())
	root.SetFlagErrorFunc(flagError)
	return root
}

// suggest refuses a word that is no command, and names the one that was most likely meant.
func suggest(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("%q: no such command; did you mean %q?", args[0], near[0])
	}
	return fmt.Errorf("%q: no such command; see %s --help", args[0], cmd.CommandPath())
}

// flagError names the flag that an unknown one was most likely meant to be.
func flagError(cmd *cobra.Command, err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near := spec.NearestWord(name, known); near != "" {
			return fmt.Errorf("%w; did you mean --%s?", err, near)
		}
	}
	return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
}

// fromEnvironment gives every flag that the command line left alone the value of its twin
// in the environment.
func fromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		name := "TICAGA_MOCK_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := os.Getenv(name)
		if value == "" || f.Changed || f.Name == "help" || failed != nil {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			failed = fmt.Errorf("%s in the environment: %w", name, err)
		}
	})
	return failed
}
