package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newFaults() *cobra.Command {
	var c client
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "faults",
		Short: "List what asks for a fault: data in every scenario, and a running mock's rules",
		Long: "Faults lists ids, e-mail addresses and slugs that make an answer go wrong wherever they are\n" +
			"sent; a plugin's settings do it too, with the slug as the API token or the address as the\n" +
			"administrator's e-mail. The header Prefer asks for the same: code=429, fault=reset, delay=200\nor delay=100-500.\n" +
			"Rules over the control door can make any request go wrong: with --url or --world, those of a\n" +
			"running mock are listed first, and how often each was hit.",
		Example: "  ticaga-mock faults\n  ticaga-mock faults --world blue\n" +
			"  curl -H 'Accept: application/json' -u 'admin@ticaga.test:demo-token' http://127.0.0.1:4280/api/customers/get/990000429",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			stdout := cmd.OutOrStdout()
			if !cmd.Flags().Changed("url") && !cmd.Flags().Changed("world") {
				return tellReserved(stdout, mock.ReservedFaults(), asJSON)
			}
			_, answer, err := c.call(cmd.Context(), http.MethodGet, "/faults", nil)
			if err != nil {
				return err
			}
			return tellFaults(stdout, answer, asJSON)
		},
	}
	c.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// faultRule is a rule as the control door tells it.
type faultRule struct {
	Operation   string          `json:"operation"`
	Match       json.RawMessage `json:"match"`
	Status      int             `json:"status"`
	Fault       string          `json:"fault"`
	DelayMS     int64           `json:"delay_ms"`
	DelayMaxMS  int64           `json:"delay_max_ms"`
	Probability json.Number     `json:"probability"`
	Times       int             `json:"times"`
	Hits        int             `json:"hits"`
}

// does says in a few words what goes wrong.
func (r faultRule) does() string {
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

// tellFaults lists a world's rules, and what is reserved.
func tellFaults(stdout io.Writer, answer []byte, asJSON bool) error {
	if asJSON {
		_, err := stdout.Write(answer)
		return err
	}
	var told struct {
		Rules    []faultRule
		Reserved []mock.Reserved
	}
	if err := decode(answer, &told); err != nil {
		return err
	}
	rules := term.Table{{"OPERATION", "MATCH", "WHAT HAPPENS", "PROBABILITY", "TIMES", "HITS"}}
	for _, r := range told.Rules {
		var match bytes.Buffer
		_ = json.Compact(&match, r.Match) // it was decoded, so it is JSON, or nothing
		times := "always"
		if r.Times > 0 {
			times = strconv.Itoa(r.Times)
		}
		rules = append(rules, []string{
			cmp.Or(term.Printable(r.Operation), "any"), term.Printable(match.String()), r.does(), cmp.Or(r.Probability.String(), "1"), times, strconv.Itoa(r.Hits),
		})
	}
	if len(told.Rules) == 0 {
		rules = term.Table{{"no rules"}}
	}
	if err := rules.Write(stdout, term.StyleOf(stdout), nil); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(stdout); err != nil {
		return err
	}
	return tellReserved(stdout, told.Reserved, false)
}

func tellReserved(stdout io.Writer, reserved []mock.Reserved, asJSON bool) error {
	if asJSON {
		return writeJSON(stdout, map[string]any{"rules": []faultRule{}, "reserved": reserved}) // as a running mock answers
	}
	rows := term.Table{{"ID", "E-MAIL", "SLUG", "WHAT HAPPENS"}}
	for _, r := range reserved {
		rows = append(rows, []string{strconv.FormatInt(r.ID, 10), term.Printable(r.Email), term.Printable(r.Slug), term.Printable(r.Does)})
	}
	return rows.Write(stdout, term.StyleOf(stdout), nil)
}
