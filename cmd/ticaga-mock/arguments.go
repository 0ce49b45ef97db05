package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// called is a command's name as it is typed behind the program's.
func called(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// noArguments is for a command without arguments.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s %q: accepts no arguments; see %s --help", called(cmd), args[0], cmd.CommandPath())
}

// arguments is for a command with arguments.
func arguments(least, most int, example string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		want := fmt.Sprint(most)
		switch n := len(args); {
		case n >= least && n <= most:
			return nil
		case least < most:
			want = "at most " + want
		}
		return fmt.Errorf("%s: expected %s argument, got %d; for example: %s", called(cmd), want, len(args), example)
	}
}

// aCommand is for a command that needs a subcommand.
func aCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s: needs a command: %s; see %s --help", called(cmd), strings.Join(commandNames(cmd), ", "), cmd.CommandPath())
	}
	return noSuchCommand(cmd, args[0])
}

// maybeCommand is for the program itself, which serves without one.
func maybeCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return noSuchCommand(cmd, args[0])
}

func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// noSuchCommand names the command that was most likely meant.
func noSuchCommand(cmd *cobra.Command, name string) error {
	known := commandNames(cmd)
	if near := words.Nearest(name, known); near != "" {
		return fmt.Errorf("%q: no such command; did you mean %q?", name, near)
	}
	return fmt.Errorf("%q: no such command; must be one of %s; see %s --help", name, strings.Join(known, ", "), cmd.CommandPath())
}

// flagError says in our words what cobra does not take, and names the flag that an unknown one
// was most likely meant to be.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	var bare *pflag.ValueRequiredError
	switch {
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s %w", invalid.GetFlag().Name, badValue(invalid))
	case errors.As(err, &bare):
		what, _ := pflag.UnquoteUsage(bare.GetFlag())
		return fmt.Errorf("--%s: give it a value: %s; see %s --help", bare.GetFlag().Name, what, cmd.CommandPath())
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if near := words.Nearest(unknown.GetSpecifiedName(), known); near != "" {
			return fmt.Errorf("%w; did you mean --%s?", err, near)
		}
	}
	return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
}

// badValue returns an error that says what kind of value a flag accepts.
func badValue(err *pflag.InvalidValueError) error {
	if v, ok := err.GetFlag().Value.(*switchValue); ok {
		return fmt.Errorf("%q: must be %s", err.GetValue(), v.Expected())
	}
	if _, ok := err.GetFlag().Value.(*codesValue); ok {
		return err.Unwrap() // names the code
	}
	expected := "a string"
	switch err.GetFlag().Value.Type() {
	case "int", "int64":
		expected = "an integer"
	case "bool":
		expected = "true or false"
	case "duration":
		expected = "a duration such as 10s, 2m or 1h30m"
	}
	return fmt.Errorf("%q: must be %s", err.GetValue(), expected)
}
