package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func newFaults() *cobra.Command {
	var c client
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "faults",
		Short: "List the ways to simulate a failure: reserved data, and a running mock's rules",
		Long: "Faults lists ids, e-mail addresses and slugs that make a request fail wherever they are sent.\n" +
			"They work in a plugin's settings too: the slug as the API token, or the address as the\n" +
			"administrator's e-mail. The header Prefer does the same: code=429, fault=reset, delay=200\nor delay=100-500.\n" +
			"Rules make any request fail: faults add adds one, faults off removes them all. With --url or\n" +
			"--world, faults first lists the rules of a running mock, and how often each was applied.",
		Example: "  ticaga-mock faults\n  ticaga-mock faults --world blue\n" +
			"  ticaga-mock faults add --operation createTicket --status 429 --times 2\n  ticaga-mock faults off\n" +
			"  curl -H 'Accept: application/json' -u 'admin@ticaga.test:demo-token' http://127.0.0.1:4280/api/customers/get/990000429   # 429",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			stdout := cmd.OutOrStdout()
			if !cmd.Flags().Changed("url") && !cmd.Flags().Changed("world") {
				return printReserved(stdout, mock.ReservedFaults(), asJSON)
			}
			_, answer, err := c.call(cmd.Context(), http.MethodGet, "/faults", nil)
			if err != nil {
				return err
			}
			return printFaults(stdout, answer, asJSON)
		},
	}
	c.addFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(newFaultsAdd(), newFaultsOff())
	return cmd
}

// effect says in a few words what a rule does.
func effect(r traffic.FaultRule) string {
	var text string
	switch {
	case r.Status != 0:
		text = "status " + strconv.Itoa(r.Status)
	case r.Fault != "":
		text = r.Fault
	}
	if r.DelayMS == 0 && r.DelayMaxMS == 0 {
		return text
	}
	if text != "" {
		text += ", "
	}
	text += "delay " + strconv.FormatInt(r.DelayMS, 10)
	if r.DelayMaxMS > r.DelayMS {
		text += "-" + strconv.FormatInt(r.DelayMaxMS, 10)
	}
	return text + " ms"
}

// printFaults prints a world's rules and the reserved data.
func printFaults(stdout io.Writer, answer []byte, asJSON bool) error {
	if err := printRules(stdout, answer, asJSON); err != nil || asJSON {
		return err
	}
	var told traffic.Faults
	if err := decode(answer, &told); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout); err != nil {
		return err
	}
	return printReserved(stdout, told.Reserved, false)
}

// printRules prints a world's rules.
func printRules(stdout io.Writer, answer []byte, asJSON bool) error {
	if asJSON {
		_, err := stdout.Write(answer)
		return err
	}
	var told traffic.Faults
	if err := decode(answer, &told); err != nil {
		return err
	}
	rules := term.Table{{"OPERATION", "MATCH", "WHAT HAPPENS", "PROBABILITY", "TIMES", "HITS"}}
	for _, r := range told.Rules {
		match := ""
		if r.Match != nil {
			text, _ := json.Marshal(r.Match) // it was decoded from JSON
			match = string(text)
		}
		times := "always"
		if r.Times > 0 {
			times = strconv.Itoa(r.Times)
		}
		rules = append(rules, []string{
			cmp.Or(term.Printable(r.Operation), "any"), term.Printable(match), effect(r), strconv.FormatFloat(cmp.Or(r.Probability, 1), 'f', -1, 64), times, strconv.Itoa(r.Hits),
		})
	}
	if len(told.Rules) == 0 {
		rules = term.Table{{"no rules"}}
	}
	return rules.Write(stdout, term.StyleOf(stdout), nil)
}

func printReserved(stdout io.Writer, reserved []traffic.Reserved, asJSON bool) error {
	if asJSON {
		return writeJSON(stdout, map[string]any{"rules": []traffic.FaultRule{}, "reserved": reserved}) // as a running mock answers
	}
	rows := term.Table{{"ID", "E-MAIL", "SLUG", "WHAT HAPPENS"}}
	for _, r := range reserved {
		rows = append(rows, []string{strconv.FormatInt(r.ID, 10), term.Printable(r.Email), term.Printable(r.Slug), term.Printable(r.Does)})
	}
	return rows.Write(stdout, term.StyleOf(stdout), nil)
}
