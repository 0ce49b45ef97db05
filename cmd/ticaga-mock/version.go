package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  ticaga-mock version\n  ticaga-mock version --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), map[string]string{
					"version": mock.Version(), "commit": commit(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH,
				})
			}
			return printVersion(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func printVersion(stdout io.Writer) error {
	built := ""
	if c := commit(); c != "" {
		built = " (commit " + c + ")"
	}
	_, err := fmt.Fprintf(stdout, "ticaga-mock %s%s %s %s/%s\n", mock.Version(), built, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// commit returns the commit that this program was built from, as the Go toolchain recorded it, or ""
// if it was not built in a clone: go install MODULE@VERSION records the version only.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return ""
}
