package main

import "github.com/spf13/cobra"

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND...]",
		Short:   "Show what a command does, and its arguments and flags",
		Example: "  ticaga-mock help run\n  ticaga-mock help fixtures export",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			if asked, rest, err := cmd.Root().Find(args); err == nil && len(rest) == 0 {
				for _, c := range asked.Commands() {
					names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			asked, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return noSuchCommand(asked, rest[0])
			}
			asked.InitDefaultHelpFlag()
			return asked.Help()
		},
	}
}
