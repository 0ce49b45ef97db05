package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

func newPact() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "pact",
		Short:   "Check and verify the Pact contracts of a plugin",
		Example: "  ticaga-mock pact check pacts/\n  ticaga-mock pact verify pacts/\n  ticaga-mock pact states",
		Args:    aCommand,
		RunE:    func(*cobra.Command, []string) error { return nil }, // its arguments never pass
	}
	cmd.AddCommand(newPactCheck(), newPactStates())
	return cmd
}

// reportFlags are those of commands that report findings.
type reportFlags struct {
	failOn, junit, json string
}

func (f *reportFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.failOn, "fail-on", "error", "`severity` of findings to fail on: warning, error, none")
	flags.StringVar(&f.junit, "junit", "", "write a JUnit report to this `file`")
	flags.StringVar(&f.json, "json", "", "write a JSON report to this `file`")
	completeFlag(cmd, "fail-on", failOns)
	_ = cmd.MarkFlagFilename("junit", "xml")
	_ = cmd.MarkFlagFilename("json", "json")
	typedOnly(flags, "junit", "json")
}

// noEmptyPact returns an error for an argument that is empty.
func noEmptyPact(cmd *cobra.Command, args []string) error {
	for _, arg := range args {
		if arg == "" { // a variable that CI did not set
			return fmt.Errorf("%s: the name of a pact is empty; is the variable set?", called(cmd))
		}
	}
	return nil
}

// completeFiles completes arguments that are files.
func completeFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// maxPact is the largest pact that is fetched, in bytes.
const maxPact = 64 << 20

// isURL reports whether an argument is the URL of a pact.
func isURL(arg string) bool {
	return strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://")
}

// readPacts reads the pacts of a file, a folder or a URL. Of a folder it returns those that could be
// read along with the error.
func readPacts(ctx context.Context, from string) ([]contracts.Pact, error) {
	if !isURL(from) {
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
