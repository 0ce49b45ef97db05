package main

import (
	"encoding/json"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func newReset() *cobra.Command {
	var c client
	var scenario string
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Reset a world of a running mock to its scenario, or to another one",
		Long: "Reset restores the data and the settings that a world began with, empties its journal, and removes its\n" +
			"faults. With --scenario, the world begins with that built-in scenario from then on.",
		Example: "  ticaga-mock reset\n  ticaga-mock reset --world blue\n  ticaga-mock reset --scenario guest-tickets",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("scenario") {
				_, _, err := c.call(cmd.Context(), http.MethodPost, "/reset", nil)
				return err
			}
			if err := oneOf("scenario", scenario, fixtures.Names()); err != nil {
				return err
			}
			body, err := json.Marshal(traffic.Reset{Scenario: scenario})
			if err == nil {
				_, _, err = c.call(cmd.Context(), http.MethodPost, "/reset", body)
			}
			return err
		},
	}
	c.addFlags(cmd)
	cmd.Flags().StringVar(&scenario, "scenario", "", "`name` of the built-in scenario to begin with from now on")
	completeFlag(cmd, "scenario", fixtures.Names())
	return cmd
}
