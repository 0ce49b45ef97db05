package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// showExchange prints one exchange of a world's journal.
func (c *client) showExchange(cmd *cobra.Command, id string, asJSON bool) error {
	number, err := strconv.ParseInt(strings.TrimPrefix(id, "#"), 10, 64)
	if err != nil || number < 1 {
		return fmt.Errorf("journal %.20q: must be the ID of an exchange, such as 3", id)
	}
	_, answer, err := c.call(cmd.Context(), http.MethodGet, "/journal/"+strconv.FormatInt(number, 10), nil)
	if err != nil {
		return err
	}
	stdout := cmd.OutOrStdout()
	if asJSON {
		_, err := stdout.Write(answer)
		return err
	}
	var x mock.Exchange
	if err := decode(answer, &x); err != nil {
		return err
	}
	return tellExchange(stdout, x)
}

// tellExchange prints a request, its answer, and what was wrong, for people.
func tellExchange(stdout io.Writer, x mock.Exchange) error {
	s := term.StyleOf(stdout)
	var b strings.Builder
	target := x.Path
	if x.Query != "" {
		target += "?" + x.Query
	}
	_, _ = fmt.Fprintf(&b, "#%d %s  %s  %s\n", x.ID, s.Bold(term.Printable(x.Method+" "+target)), x.Time.Format(time.RFC3339), s.Dim("took "+x.Took.Round(time.Microsecond).String()))
	for _, line := range [...]struct{ name, text string }{
		{"operation", cmp.Or(x.Operation, "none has this path and method")}, {"world", x.World}, {"credentials", x.Credentials},
		{"fault", x.Fault}, {"refused", x.Refusal}, {"note", x.Remark},
	} {
		if line.text != "" {
			_, _ = fmt.Fprintf(&b, "  %-11s %s\n", line.name, s.Wrap(14, term.Printable(strings.ReplaceAll(line.text, "\n", "; ")), func(text string) string { return text }))
		}
	}
	tellMessage(&b, s, "Request", x.Request)
	if x.Status == 0 {
		_, _ = fmt.Fprintf(&b, "\n%s\n", s.Bold("No response"))
	} else {
		tellMessage(&b, s, "Response "+strconv.Itoa(x.Status)+" "+http.StatusText(x.Status), x.Response)
	}
	if len(x.Violations) > 0 {
		_, _ = fmt.Fprintf(&b, "\n%s\n", s.Bold(count(len(x.Violations), "violation")))
	}
	for _, v := range x.Violations {
		_, _ = fmt.Fprintf(&b, "  %s %s: %s\n%s", s.Severity(severity(v)), s.Bold(string(v.Code)), term.Printable(v.Message), explanation(s, v))
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}

// tellMessage prints headers and a body, of which no line can change the terminal.
func tellMessage(b *strings.Builder, s term.Style, title string, m traffic.Message) {
	_, _ = fmt.Fprintf(b, "\n%s\n", s.Bold(title))
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		for _, value := range m.Header[name] {
			_, _ = fmt.Fprintf(b, "  %s %s\n", s.Dim(term.Printable(name)+":"), term.Printable(value))
		}
	}
	if m.Body == "" {
		return
	}
	b.WriteByte('\n')
	for line := range strings.Lines(pretty(m.Body)) {
		_, _ = fmt.Fprintf(b, "  %s\n", term.Safe(strings.TrimRight(line, "\r\n")))
	}
	if m.Truncated {
		_, _ = fmt.Fprintf(b, "  %s\n", s.Dim("... the body is longer; the journal keeps its beginning"))
	}
}

// pretty returns JSON with indentation, and anything else as it is.
func pretty(body string) string {
	var indented bytes.Buffer
	if !utf8.ValidString(body) || json.Indent(&indented, []byte(body), "", "  ") != nil {
		return body
	}
	return indented.String()
}

// reasons prints a journal with a line for each violation.
func (o *journalOutput) reasons(list []mock.Exchange) error {
	var b strings.Builder
	for _, x := range list {
		_, _ = fmt.Fprintf(&b, "#%d %s %s %s %s\n", x.ID, term.Printable(x.Method), term.Printable(x.Path), o.style.Status(x.Status), term.Printable(x.Operation))
		for _, v := range x.Violations {
			where := strings.TrimSpace(v.In + " " + v.At)
			_, _ = fmt.Fprintf(&b, "  %s %s %s: %s\n", o.style.Severity(severity(v)), o.style.Bold(string(v.Code)), o.style.Dim(term.Printable(where)), term.Printable(v.Message))
		}
	}
	_, err := io.WriteString(o.stdout, b.String())
	return err
}
