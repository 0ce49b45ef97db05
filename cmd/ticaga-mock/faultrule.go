package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func newFaultsAdd() *cobra.Command {
	var c client
	var rule traffic.FaultRule
	var delay, delayMax time.Duration
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "add",
		Short: "Make requests to a running mock fail",
		Long: "Add puts a rule before the others of a world: the first rule that matches a request counts. It needs\n" +
			"--status, --fault or --delay. Rules that match parts of a request are for the control API.",
		Example: "  ticaga-mock faults add --operation createTicket --status 429 --times 2\n" +
			"  ticaga-mock faults add --fault reset --probability 0.1\n" +
			"  ticaga-mock faults add --operation getCustomer --delay 200ms --world blue",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if rule.Status == 0 && rule.Fault == "" && delay == 0 {
				return errors.New("faults add: what must happen? Use --status, --fault or --delay")
			}
			if cmd.Flags().Changed("probability") && rule.Probability == 0 {
				return errors.New("--probability 0: must be more than 0 and at most 1")
			}
			rule.DelayMS, rule.DelayMaxMS = delay.Milliseconds(), delayMax.Milliseconds()
			body, err := json.Marshal(rule)
			if err != nil {
				return err
			}
			_, answer, err := c.call(cmd.Context(), http.MethodPost, "/faults", body)
			if err != nil {
				return err
			}
			return printRules(cmd.OutOrStdout(), answer, asJSON)
		},
	}
	c.addFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.StringVar(&rule.Operation, "operation", "", "only requests of this `operationId`; all when it is left out")
	flags.IntVar(&rule.Status, "status", 0, "answer with this `status`, from 400 to 599")
	flags.StringVar(&rule.Fault, "fault", "", "or with this `fault`: reset, empty, truncate, garbage, html, redirect or slow")
	flags.IntVar(&rule.Times, "times", 0, "how `often`; 0 for always")
	flags.Float64Var(&rule.Probability, "probability", 0, "`probability` that a request fails, more than 0 and at most 1; 1 when it is left out")
	flags.DurationVar(&delay, "delay", 0, "`duration` before the answer, such as 200ms; at most 1m")
	flags.DurationVar(&delayMax, "delay-max", 0, "`duration` that makes it a random delay between the two")
	completeFlag(cmd, "fault", mock.FaultNames())
	_ = cmd.RegisterFlagCompletionFunc("operation", completeOperation)
	return cmd
}

func newFaultsOff() *cobra.Command {
	var c client
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "off",
		Short:   "Remove the rules of a running mock, so that no request fails",
		Example: "  ticaga-mock faults off\n  ticaga-mock faults off --world blue",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, answer, err := c.call(cmd.Context(), http.MethodDelete, "/faults", nil)
			if err != nil {
				return err
			}
			return printRules(cmd.OutOrStdout(), answer, asJSON)
		},
	}
	c.addFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
