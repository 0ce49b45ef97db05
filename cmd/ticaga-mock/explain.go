package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// meaning is a code in one line.
type meaning struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Meaning  string `json:"meaning"`
	Page     string `json:"page,omitempty"` // in Markdown
}

// meanings are those of every code, sorted.
func meanings() []meaning {
	var all []meaning
	for _, code := range mock.Codes() {
		page, _ := mock.Explain(code) // there is one for every code
		all = append(all, meaningOf(code, page))
	}
	return all
}

// meaningOf reads the sentence below a page's title: "error: the body is empty."
func meaningOf(code, page string) meaning {
	_, rest, _ := strings.Cut(page, "\n\n")
	first, _, _ := strings.Cut(rest, "\n\n")
	severity, text, _ := strings.Cut(strings.ReplaceAll(first, "\n", " "), ": ")
	return meaning{Code: code, Severity: severity, Meaning: strings.TrimSuffix(strings.TrimSpace(text), ".")}
}

func newExplain() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "explain [CODE]",
		Short:   "Say what a violation's code means, and how to mend it; without one, list all",
		Example: "  ticaga-mock explain TM-AUTH-MISSING\n  ticaga-mock explain\n  ticaga-mock explain --json",
		Args:    arguments(0, 1, "ticaga-mock explain TM-AUTH-MISSING"),

		ValidArgsFunction: completeCode,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return tellMeanings(cmd.OutOrStdout(), asJSON)
			}
			return explainCode(cmd.OutOrStdout(), args[0], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func tellMeanings(stdout io.Writer, asJSON bool) error {
	all := meanings()
	if asJSON {
		return writeJSON(stdout, all)
	}
	rows := table{{"CODE", "SEVERITY", "MEANING"}}
	for _, m := range all {
		rows = append(rows, []string{m.Code, m.Severity, m.Meaning})
	}
	s := newStyle(stdout)
	return rows.write(stdout, s, func(row, column int, cell string) string {
		switch column {
		case 0:
			return s.bold(cell)
		case 1:
			return s.severity(cell)
		}
		return cell
	})
}

func explainCode(stdout io.Writer, typed string, asJSON bool) error {
	code := strings.ToUpper(strings.TrimSpace(typed))
	page, ok := mock.Explain(code)
	switch {
	case !ok:
		if near := mock.NearestCode(typed); near != "" {
			return fmt.Errorf("explain %q: no such code; did you mean %s?", typed, near)
		}
		return fmt.Errorf("explain %q: no such code; ticaga-mock explain lists all", typed)
	case asJSON:
		one := meaningOf(code, page)
		one.Page = page
		return writeJSON(stdout, one)
	}
	_, err := io.WriteString(stdout, page)
	return err
}
