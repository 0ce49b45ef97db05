package main

import (
	"net/http"

	"github.com/spf13/cobra"
)

func newReset() *cobra.Command {
	var c client
	cmd := &cobra.Command{
		Use:     "reset",
		Short:   "Reset a world of a running mock to its scenario",
		Example: "  ticaga-mock reset\n  ticaga-mock reset --world blue",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, _, err := c.call(cmd.Context(), http.MethodPost, "/reset", nil)
			return err
		},
	}
	c.addFlags(cmd)
	return cmd
}
