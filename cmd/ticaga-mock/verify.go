package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newVerify() *cobra.Command {
	var c client
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify EXPECTATION",
		Short: "Ask a running mock whether a client did what is expected",
		Long: "Verify sends an expectation, JSON or - for standard input, and exits with 1 and the nearest\n" +
			"misses when it does not hold.",
		Example: "  ticaga-mock verify '{\"operation\":\"assignBillingId\",\"body\":{\"ticaga_id\":8}}'\n" +
			"  ticaga-mock verify --world blue '{\"operation\":\"closeTicket\",\"count\":1,\"within\":\"3s\"}'\n" +
			"  ticaga-mock verify --json - < expectation.json",
		Args: arguments(1, 1, `ticaga-mock verify '{"operation":"closeTicket"}'`),
		RunE: func(cmd *cobra.Command, args []string) error {
			body := []byte(args[0])
			if args[0] == "-" {
				var err error
				// Where nobody types, there is no end.
				body, err = unlessStopped(cmd.Context(), func() ([]byte, error) { return io.ReadAll(cmd.InOrStdin()) })
				if err != nil {
					return err
				}
			}
			status, answer, err := c.call(cmd.Context(), http.MethodPost, "/verify", body, http.StatusConflict)
			if err != nil {
				return err
			}
			return tellResult(cmd.OutOrStdout(), status == http.StatusOK, answer, asJSON)
		},
	}
	c.add(cmd)
	c.patience += time.Minute // as long as "within" may be
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the mock's answer")
	return cmd
}

// tellResult says once what became of an expectation.
func tellResult(stdout io.Writer, holds bool, answer []byte, asJSON bool) error {
	if asJSON {
		if _, err := stdout.Write(answer); err != nil || holds {
			return err
		}
		return failed{errors.New("verify: it does not hold")}
	}
	var result mock.Result
	if err := decode(answer, &result); err != nil {
		return err
	}
	style := term.StyleOf(stdout)
	if !holds {
		return failed{fmt.Errorf("verify: it does not hold: %v", result)}
	}
	_, err := fmt.Fprintf(stdout, "%s: %v\n", style.Green("it holds"), result)
	return err
}
