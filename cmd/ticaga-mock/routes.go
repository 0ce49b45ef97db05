package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func newRoutes() *cobra.Command {
	var file string
	var markdown, asJSON bool
	cmd := &cobra.Command{
		Use:   "routes",
		Short: "List every operation, and how it is known",
		Long: "Routes lists every operation of the contract: documented (a page shows it), observed\n" +
			"(a published plugin calls it) or inferred (our guess), and the pages and plugins.",
		Example: "  ticaga-mock routes\n  ticaga-mock routes --spec ./openapi.yaml",
		Args:    noArguments,
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
			switch stdout := cmd.OutOrStdout(); {
			case markdown && asJSON:
				return fmt.Errorf("--markdown and --json: use one of them")
			case markdown:
				return writeMarkdown(stdout, contract)
			case asJSON:
				return writeJSON(stdout, routesOf(contract))
			default:
				return tellRoutes(stdout, contract)
			}
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the table of docs/operations.md")
	cmd.Flags().StringVar(&file, "spec", "", "OpenAPI `file` to list instead of the built-in openapi.yaml")
	_ = cmd.MarkFlagFilename("spec", "yaml", "yml", "json")
	return cmd
}

// route is an operation as --json prints it.
type route struct {
	Method     string   `json:"method"`
	Path       string   `json:"path"`
	Operation  string   `json:"operation"`
	Summary    string   `json:"summary"`
	Evidence   string   `json:"evidence"`
	Sources    []string `json:"sources"`
	Deprecated bool     `json:"deprecated"`
}

func routesOf(contract *spec.Contract) []route {
	list := []route{}
	for _, op := range contract.Operations {
		list = append(list, route{op.Method, op.Path, op.ID, op.Summary, op.Evidence, op.Sources, op.Deprecated})
	}
	return list
}

func tellRoutes(stdout io.Writer, contract *spec.Contract) error {
	rows := term.Table{{"METHOD", "PATH", "OPERATION", "EVIDENCE", "SOURCE"}}
	for _, op := range contract.Operations {
		rows = append(rows, []string{op.Method, op.Path, op.ID, op.Evidence, strings.Join(op.Sources, " ")})
	}
	return rows.Write(stdout, term.StyleOf(stdout), nil)
}

// writeMarkdown prints the table of docs/operations.md.
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
