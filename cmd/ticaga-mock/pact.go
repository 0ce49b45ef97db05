package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

func newPact() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "pact",
		Short:   "Check the Pact contracts of a plugin",
		Example: "  ticaga-mock pact check pacts/\n  ticaga-mock pact states",
		Args:    aCommand,
		RunE:    func(*cobra.Command, []string) error { return nil }, // its arguments never pass
	}
	cmd.AddCommand(newPactCheck(), newPactStates())
	return cmd
}

// pactCheck is what pact check is called with.
type pactCheck struct {
	failOn, junit, json, spec string
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
			"are annotations too. What depends on data, such as whether customer 8 exists, only a verification\n" +
			"shows.",
		Example: "  ticaga-mock pact check pacts/\n" +
			"  ticaga-mock pact check --junit pacts.xml pacts/my-plugin-ticaga.json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("pact check: name a pact, such as: ticaga-mock pact check pacts/")
			}
			for _, arg := range args {
				if arg == "" { // a variable that CI did not set
					return errors.New("pact check: the name of a pact is empty; is the variable set?")
				}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&c.failOn, "fail-on", "error", "`severity` of findings to fail on: warning, error, none")
	flags.StringVar(&c.junit, "junit", "", "write a JUnit report to this `file`")
	flags.StringVar(&c.json, "json", "", "write a JSON report to this `file`")
	flags.StringVar(&c.spec, "spec", "", "check against this OpenAPI `file` instead of the built-in one")
	completeFlag(cmd, "fail-on", failOns)
	_ = cmd.MarkFlagFilename("junit", "xml")
	_ = cmd.MarkFlagFilename("json", "json")
	_ = cmd.MarkFlagFilename("spec", "yaml", "yml", "json")
	typedOnly(flags, "junit", "json")
	return cmd
}

func (c *pactCheck) run(cmd *cobra.Command, args []string) error {
	if err := oneOf("fail-on", c.failOn, failOns); err != nil {
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
	report := newPactReport(c.failOn)
	for _, arg := range args {
		pacts, err := readPacts(cmd.Context(), arg)
		report.unread(err)
		for _, p := range pacts {
			report.add(p, checker.Check(p))
		}
	}
	report.print(cmd.OutOrStdout())
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		report.annotate(cmd.OutOrStdout())
	}
	if err := report.writeFiles(c.junit, c.json); err != nil {
		return err
	}
	return report.verdict()
}

// maxPact is the largest pact that is fetched, in bytes.
const maxPact = 64 << 20

// readPacts reads the pacts of a file, a folder or a URL. Of a folder it returns those that could be
// read along with the error.
func readPacts(ctx context.Context, from string) ([]contracts.Pact, error) {
	if !strings.HasPrefix(from, "http://") && !strings.HasPrefix(from, "https://") {
		return contracts.Open(from)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/hal+json, application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("pact %q: %w", from, cause(err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("pact %q: the server answered %s", from, response.Status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxPact+1))
	if err == nil && len(data) > maxPact {
		err = fmt.Errorf("larger than %d bytes", maxPact)
	}
	if err != nil {
		return nil, fmt.Errorf("pact %q: %w", from, err)
	}
	pact, err := contracts.Read(path.Base(request.URL.Path), data)
	if err != nil {
		return nil, err
	}
	return []contracts.Pact{pact}, nil
}
