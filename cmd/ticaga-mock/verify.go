package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func newVerify() *cobra.Command {
	var c client
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify EXPECTATION",
		Short: "Check whether a client of a running mock did what is expected",
		Long: "Verify sends an expectation in JSON, or - to read it from standard input. When it does not hold,\n" +
			"verify prints the near misses and exits with 1.",
		Example: "  ticaga-mock verify '{\"operation\":\"assignBillingId\",\"body\":{\"ticaga_id\":8}}'\n" +
			"  ticaga-mock verify --world blue '{\"operation\":\"closeTicket\",\"count\":1,\"within\":\"3s\"}'\n" +
			"  ticaga-mock verify --json - < expectation.json",
		Args: arguments(1, 1, `ticaga-mock verify '{"operation":"closeTicket"}'`),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := []byte(args[0])
			if args[0] == "-" {
				var err error
				// Standard input may never end.
				body, err = unlessStopped(cmd.Context(), func() ([]byte, error) { return io.ReadAll(cmd.InOrStdin()) })
				if err != nil {
					return err
				}
			}
			status, answer, err := c.call(cmd.Context(), http.MethodPost, "/verify", body, http.StatusConflict)
			if err != nil {
				return err
			}
			return printResult(cmd.OutOrStdout(), status == http.StatusOK, answer, asJSON)
		},
	}
	c.addFlags(cmd)
	c.patience += time.Minute // the maximum of "within"
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the mock's answer")
	return cmd
}

// printResult prints whether an expectation holds, in one place.
func printResult(stdout io.Writer, holds bool, answer []byte, asJSON bool) error {
	if asJSON {
		if _, err := stdout.Write(answer); err != nil || holds {
			return err
		}
		return failed{errors.New("verify: the expectation does not hold")}
	}
	var result traffic.Result
	if err := decode(answer, &result); err != nil {
		return err
	}
	style := term.StyleOf(stdout)
	if !holds {
		return failed{fmt.Errorf("verify: the expectation does not hold: %v", result)}
	}
	_, err := fmt.Fprintf(stdout, "%s: %v\n", style.Green("the expectation holds"), result)
	return err
}
