package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/contracts"
)

func newPactStates() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "states [flags] [STATE]",
		Short: "List the provider states, or look one up",
		Long: "States lists the provider states that a pact may start from, with their parameters. With a sentence\n" +
			"as a pact has it, states shows which one that is, and exits with 1 when it is unknown: a verifier\n" +
			"only says that setting the state has failed.",
		Example: "  ticaga-mock pact states\n  ticaga-mock pact states 'A customer with the id 8 exists.'",
		Args:    arguments(0, 1, "ticaga-mock pact states 'customer 8 exists'"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			list := contracts.States()
			if len(args) == 1 {
				state, err := contracts.Lookup(args[0])
				if err != nil {
					return failed{err}
				}
				list = []contracts.State{state}
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), map[string]any{"states": list}) // as a running mock answers
			}
			return printStates(cmd.OutOrStdout(), list, len(args) == 1)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// printStates prints states one below the other, each with its parameters in a line, or in a table when
// they are asked for in detail.
func printStates(stdout io.Writer, list []contracts.State, detailed bool) error {
	s := term.StyleOf(stdout)
	for i, state := range list {
		var b strings.Builder
		if i > 0 {
			b.WriteByte('\n')
		}
		_, _ = fmt.Fprintf(&b, "%s\n  %s\n", s.Bold(state.Name), state.Sets)
		for _, also := range state.Also {
			_, _ = fmt.Fprintf(&b, "  or       %s\n", also)
		}
		if names := paramNames(state); len(names) > 0 && !detailed {
			_, _ = fmt.Fprintf(&b, "  accepts  %s\n", strings.Join(names, ", "))
		}
		if len(state.Returns) > 0 {
			_, _ = fmt.Fprintf(&b, "  returns  %s\n", strings.Join(state.Returns, ", "))
		}
		if _, err := io.WriteString(stdout, b.String()); err != nil {
			return err
		}
		if detailed && len(state.Params) > 0 {
			if err := printParams(stdout, s, state.Params); err != nil {
				return err
			}
		}
	}
	return nil
}

func paramNames(state contracts.State) []string {
	var names []string
	for _, p := range state.Params {
		names = append(names, p.Name)
	}
	return names
}

func printParams(stdout io.Writer, s term.Style, params []contracts.Param) error {
	rows := term.Table{{"PARAMETER", "DEFAULT", "EXAMPLE", "TYPE"}}
	for _, p := range params {
		otherwise := cmp.Or(p.Default, "as it is")
		if p.Required {
			otherwise = "required"
		}
		rows = append(rows, []string{p.Name, otherwise, p.Example, p.Type})
	}
	if _, err := fmt.Fprintln(stdout); err != nil {
		return err
	}
	return rows.Write(stdout, s, nil)
}
