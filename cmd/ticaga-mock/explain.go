package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newExplain() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "explain [CODE | sources]",
		Short:   "Explain a violation's code and how to fix it; without a code, list all",
		Long:    "Explain prints the page of a violation's code, or a list of all codes. \"explain sources\" is the legend of\nthe sources that violations and operations name, such as \"documented D3\".",
		Example: "  ticaga-mock explain TM-AUTH-MISSING\n  ticaga-mock explain\n  ticaga-mock explain sources\n  ticaga-mock explain --json",
		Args:    arguments(0, 1, "ticaga-mock explain TM-AUTH-MISSING"),

		ValidArgsFunction: completeCode,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return tellMeanings(cmd.OutOrStdout(), asJSON)
			}
			if args[0] == "sources" {
				return explainSources(cmd.OutOrStdout(), asJSON)
			}
			return explainCode(cmd.OutOrStdout(), args[0], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func tellMeanings(stdout io.Writer, asJSON bool) error {
	all := mock.CodeMeanings()
	if asJSON {
		return writeJSON(stdout, all)
	}
	rows := term.Table{{"CODE", "SEVERITY", "MEANING"}}
	for _, m := range all {
		rows = append(rows, []string{m.Code, string(m.Severity), m.Meaning})
	}
	s := term.StyleOf(stdout)
	return rows.Write(stdout, s, func(row, column int, cell string) string {
		switch column {
		case 0:
			return s.Bold(cell)
		case 1:
			return s.Severity(cell)
		}
		return cell
	})
}

// explainSources prints the legend of the last line of each violation.
func explainSources(stdout io.Writer, asJSON bool) error {
	text, err := mock.Sources()
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(stdout, struct {
			Page string `json:"page"` // in Markdown
		}{text})
	}
	_, err = io.WriteString(stdout, text)
	return err
}

func explainCode(stdout io.Writer, typed string, asJSON bool) error {
	code := strings.ToUpper(strings.TrimSpace(typed))
	page, ok := mock.Explain(code)
	switch {
	case !ok:
		if like := mock.CodesLike(typed); len(like) > 1 {
			return fmt.Errorf("explain %q: matches several codes: %s; name one of them", typed, strings.Join(like, ", "))
		}
		if near := mock.NearestCode(typed); near != "" {
			return fmt.Errorf("explain %q: no such code; did you mean %s?", typed, near)
		}
		return fmt.Errorf("explain %q: no such code; ticaga-mock explain lists all", typed)
	case asJSON:
		all := mock.CodeMeanings()
		i := slices.IndexFunc(all, func(m mock.CodeMeaning) bool { return m.Code == code })
		return writeJSON(stdout, struct {
			mock.CodeMeaning
			Page string `json:"page"` // in Markdown
		}{all[i], page})
	}
	_, err := io.WriteString(stdout, page)
	return err
}
