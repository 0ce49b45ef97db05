package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func newRoutes() *cobra.Command {
	var file string
	var markdown, asJSON bool
	cmd := &cobra.Command{
		Use:   "routes [OPERATION]",
		Short: "List every operation, and how it is known, or show the fields of one",
		Long: "Routes lists every operation of the contract: documented (a page shows it), observed\n" +
			"(a published plugin calls it) or inferred (our guess), and the pages and plugins. With the name\n" +
			"of an operation it shows its parameters, fields, examples, and how each is known.",
		Example: "  ticaga-mock routes\n  ticaga-mock routes createTicket\n  ticaga-mock routes --spec ./openapi.yaml",
		Args:    arguments(0, 1, "ticaga-mock routes createTicket"),

		ValidArgsFunction: completeOperation,
		RunE: func(cmd *cobra.Command, args []string) error {
			contract, err := loadContract(file)
			if err != nil {
				return err
			}
			stdout := cmd.OutOrStdout()
			switch {
			case markdown && asJSON:
				return fmt.Errorf("--markdown and --json: use one of them")
			case markdown && len(args) > 0:
				return fmt.Errorf("--markdown lists every operation; leave out %q", args[0])
			case len(args) > 0:
				return showOperation(stdout, contract, args[0], asJSON)
			case markdown:
				return writeMarkdown(stdout, contract)
			case asJSON:
				return writeJSON(stdout, routesOf(contract))
			}
			return tellRoutes(stdout, contract)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the table of docs/operations.md")
	addSpecFlag(cmd, &file)
	return cmd
}

func showOperation(stdout io.Writer, contract *spec.Contract, name string, asJSON bool) error {
	o, err := findOperation(contract, name)
	if err != nil {
		return err
	}
	told := operationOf(contract, o)
	if asJSON {
		return writeJSON(stdout, told)
	}
	return tellOperation(stdout, told)
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
		list = append(list, routeOf(op))
	}
	return list
}

func routeOf(op *spec.Operation) route {
	return route{op.Method, op.Path, op.ID, op.Summary, op.Evidence, op.Sources, op.Deprecated}
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
