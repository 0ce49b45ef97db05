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

func explainCode(stdout io.Writer, typed string, asJSON bool) error {
	code := strings.ToUpper(strings.TrimSpace(typed))
	page, ok := mock.Explain(code)
	switch {
	case !ok:
		if like := mock.CodesLike(typed); len(like) > 1 {
			return fmt.Errorf("explain %q: which of %s?", typed, strings.Join(like, ", "))
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
