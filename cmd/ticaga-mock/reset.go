package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func newReset() *cobra.Command {
	var c client
	var scenario string
	var reload bool
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Reset a world of a running mock to its scenario, or to another one",
		Long: "Reset restores the data and the settings that a world began with, empties its journal, and removes its\n" +
			"faults. With --scenario, the world begins with that built-in scenario from then on. With --reload, the mock\n" +
			"first reads the files again that it was started with, for every world, and says what it kept and\n" +
			"dropped in them; then the world is reset to what the files hold now.",
		Example: "  ticaga-mock reset\n  ticaga-mock reset --world blue\n  ticaga-mock reset --scenario guest-tickets\n  ticaga-mock reset --reload",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if reload {
				if cmd.Flags().Changed("scenario") {
					return errors.New("--reload and --scenario: use one of them")
				}
				if err := c.reload(cmd); err != nil {
					return err
				}
			}
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
	cmd.Flags().BoolVar(&reload, "reload", false, "read --fixtures and --spec of the mock again first")
	return cmd
}

// reload lets the mock read its files again, and prints what it kept and dropped.
func (c *client) reload(cmd *cobra.Command) error {
	address, _, err := c.address()
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPost, address+"/reload", nil)
	if err != nil {
		return err
	}
	_, data, err := c.read(cmd.Context(), request)
	if err != nil {
		return err
	}
	var done traffic.Reload
	if err := decode(data, &done); err != nil {
		return err
	}
	_, err = io.WriteString(cmd.OutOrStdout(), notesText(done))
	return err
}
