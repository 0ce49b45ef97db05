package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// writeMarkdown prints README's support table.
func writeMarkdown(w io.Writer, contract *spec.Contract) error {
	var b strings.Builder
	b.WriteString("| method | path | what it does | known from | sources |\n| --- | --- | --- | --- | --- |\n")
	for _, op := range contract.Operations {
		evidence := op.Evidence
		if op.Deprecated {
			evidence += ", 2024"
		}
		_, _ = fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", op.Method, op.Path, op.Summary, evidence, strings.Join(op.Sources, " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func newRoutes() *cobra.Command {
	var file string
	var markdown bool
	cmd := &cobra.Command{
		Use:   "routes",
		Short: "List every operation, and how it is known",
		Long: "Routes lists every operation of the contract: documented (a page shows it), observed\n" +
			"(a published plugin calls it) or inferred (our guess), and the pages and plugins.",
		Example: "  ticaga-mock routes\n  ticaga-mock routes --spec ./openapi.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			data := ticagamock.OpenAPI
			if file != "" {
				var err error
				if data, err = os.ReadFile(file); err != nil {
					return fmt.Errorf("--spec: %w", err)
				}
			}
			contract, err := spec.Load(data)
			if err != nil {
				return fmt.Errorf("contract: %w", err)
			}
			if markdown {
				return writeMarkdown(cmd.OutOrStdout(), contract)
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			_, _ = fmt.Fprintln(table, "METHOD\tPATH\tOPERATION\tEVIDENCE\tSOURCE")
			for _, op := range contract.Operations {
				_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", op.Method, op.Path, op.ID, op.Evidence, strings.Join(op.Sources, " "))
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the table as README.md has it")
	cmd.Flags().StringVar(&file, "spec", "", "OpenAPI `file` to list in the place of the built-in openapi.yaml")
	return cmd
}
