package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:     "explain [CODE]",
		Short:   "Say what a violation's code means, and how to mend it; without one, list all",
		Example: "  ticaga-mock explain TM-AUTH-MISSING\n  ticaga-mock explain",
		Args:    cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return mock.Codes(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := io.WriteString(cmd.OutOrStdout(), strings.Join(mock.Codes(), "\n")+"\n")
				return err
			}
			page, ok := mock.Explain(strings.ToUpper(args[0]))
			if !ok {
				if near := mock.NearestCode(args[0]); near != "" {
					return fmt.Errorf("explain %q: no such code; did you mean %s?", args[0], near)
				}
				return fmt.Errorf("explain %q: no such code; ticaga-mock explain lists all", args[0])
			}
			_, err := io.WriteString(cmd.OutOrStdout(), page)
			return err
		},
	}
}
