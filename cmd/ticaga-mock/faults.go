package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newFaults() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "faults",
		Short: "List the data that asks for a fault in every scenario",
		Long: "Faults lists ids, e-mail addresses and slugs that make an answer go wrong wherever they are\n" +
			"sent. The header Prefer asks for the same: code=429, fault=reset, delay=200 or delay=100-500.\n" +
			"Rules over the control door can make any request go wrong; see /_mock/faults.",
		Example: "  ticaga-mock faults\n  curl -u 'admin@ticaga.test:demo-token' http://127.0.0.1:4280/api/customers/get/990000429",
		Args:    suggest,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return writeJSON(cmd, mock.ReservedFaults())
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			_, _ = fmt.Fprintln(table, "ID\tE-MAIL\tSLUG\tWHAT HAPPENS")
			for _, r := range mock.ReservedFaults() {
				_, _ = fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", r.ID, r.Email, r.Slug, r.Does)
			}
			return table.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func writeJSON(cmd *cobra.Command, value any) error {
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}

func newJournal() *cobra.Command {
	var c client
	var asJSON, follow bool
	cmd := &cobra.Command{
		Use:     "journal",
		Short:   "Show what a running mock was asked, and what was wrong",
		Example: "  ticaga-mock journal\n  ticaga-mock journal --follow --world blue\n  ticaga-mock journal --json",
		Args:    suggest,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if follow {
				return c.follow(cmd, asJSON)
			}
			var list struct{ Exchanges []mock.Exchange }
			if _, err := c.call(cmd.Context(), http.MethodGet, "/journal", nil, &list); err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd, list.Exchanges)
			}
			table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			_, _ = fmt.Fprintln(table, "ID\tMETHOD\tPATH\tSTATUS\tOPERATION\tVIOLATIONS")
			for i := len(list.Exchanges) - 1; i >= 0; i-- {
				_, _ = fmt.Fprintln(table, row(list.Exchanges[i], "\t"))
			}
			return table.Flush()
		},
	}
	c.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON; with --follow a line an exchange")
	cmd.Flags().BoolVar(&follow, "follow", false, "go on with what happens from now on")
	return cmd
}

// row is an exchange in one line.
func row(x mock.Exchange, separator string) string {
	found := ""
	for i, v := range x.Violations {
		if i > 0 {
			found += " "
		}
		found += v.Code
	}
	line := fmt.Sprint(x.ID)
	for _, column := range []string{printable(x.Method), printable(x.Path), fmt.Sprint(x.Status), x.Operation, found} {
		line += separator + column
	}
	return line
}
