package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// pactCheck is what pact check is called with.
type pactCheck struct {
	report reportFlags
	spec   string
}

func newPactCheck() *cobra.Command {
	var c pactCheck
	cmd := &cobra.Command{
		Use:   "check [flags] PACT...",
		Short: "Check pacts against the API without running anything",
		Long: "Check reads pacts from files, folders and URLs, and checks every interaction: the request goes to\n" +
			"an operation and would not be refused, the expected response is one that the API gives, and the\n" +
			"provider states are known. It exits with 1 when an interaction has a finding of the severity that\n" +
			"--fail-on names or a worse one, and when a pact cannot be read. With GITHUB_ACTIONS=true, findings\n" +
			"are annotations too. What depends on data, such as whether customer 8 exists, only pact verify\n" +
			"shows.",
		Example: "  ticaga-mock pact check pacts/\n" +
			"  ticaga-mock pact check --junit pacts.xml pacts/my-plugin-ticaga.json",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("pact check: name a pact, such as: ticaga-mock pact check pacts/")
			}
			return noEmptyPact(cmd, args)
		},
		ValidArgsFunction: completeFiles,
		RunE:              c.run,
	}
	c.report.add(cmd)
	cmd.Flags().StringVar(&c.spec, "spec", "", "check against this OpenAPI `file` instead of the built-in one")
	_ = cmd.MarkFlagFilename("spec", "yaml", "yml", "json")
	return cmd
}

func (c *pactCheck) run(cmd *cobra.Command, args []string) error {
	report, err := newPactReport("pact check", c.report)
	if err != nil {
		return err
	}
	var contract []byte // nil is the built-in one
	if c.spec != "" {
		data, err := os.ReadFile(c.spec)
		if err != nil {
			return fmt.Errorf("spec: %w", cause(err))
		}
		contract = data
	}
	checker, err := contracts.NewChecker(contract)
	if err != nil {
		return err
	}
	for _, arg := range args {
		pacts, err := readPacts(cmd.Context(), arg)
		report.problem(err)
		for _, p := range pacts {
			report.add(reportedPact{pact: p, Findings: checker.Check(p)})
		}
	}
	return report.write(cmd.OutOrStdout())
}
