package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func newJournal() *cobra.Command {
	var c client
	var asJSON, follow bool
	cmd := &cobra.Command{
		Use:   "journal [ID]",
		Short: "Show the requests to a running mock, and what was wrong with them",
		Long: "Journal shows the exchanges that the mock has kept, the newest last. With the ID of one it shows\n" +
			"its headers, bodies and violations, explained. With --violations it shows why each exchange has one.\n" +
			"The filters are those of /_mock/journal; with several filters, an exchange must pass all of them.",
		Example: "  ticaga-mock journal\n  ticaga-mock journal 3\n  ticaga-mock journal --violations --operation assignBillingId\n" +
			"  ticaga-mock journal --follow --world blue\n  ticaga-mock journal --json",
		Args: arguments(0, 1, "ticaga-mock journal 3"),
		RunE: func(cmd *cobra.Command, args []string) error {
			filters, out := chosenFilters(cmd), newJournalOutput(cmd.OutOrStdout(), cmd.ErrOrStderr(), asJSON)
			switch {
			case len(args) > 0 && (follow || len(filters) > 0):
				return fmt.Errorf("journal %.20q: shows one exchange; leave out --follow and the filters", args[0])
			case len(args) > 0:
				return c.showExchange(cmd, args[0], asJSON)
			case follow && len(filters) > 0:
				return errors.New("--follow shows every exchange; leave out the filters")
			case follow:
				return c.follow(cmd.Context(), out, cmd.ErrOrStderr())
			}
			return c.showJournal(cmd.Context(), filters, out)
		},
	}
	c.addFlags(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, "print JSON; with --follow, one line for each exchange")
	flags.BoolVar(&follow, "follow", false, "show exchanges as they happen, from now on")
	flags.String("operation", "", "only this `operationId`, such as assignBillingId")
	flags.String("method", "", "only this `method`")
	flags.String("path", "", "only paths that begin with this `string`")
	flags.String("status", "", "only this `status`, or a class such as 4xx")
	flags.Bool("violations", false, "only exchanges with violations, and a line for each reason; =false for exchanges without")
	flags.String("since", "", "only after this `id`, or a time such as 2026-01-02T15:04:05Z")
	return cmd
}

func (c *client) showJournal(ctx context.Context, filters url.Values, out *journalOutput) error {
	var answer json.RawMessage
	if err := c.get(ctx, "/journal?"+filters.Encode(), &answer); err != nil {
		return err
	}
	if out.json {
		var list struct{ Exchanges []json.RawMessage } // as the mock sends them
		if err := decode(answer, &list); err != nil {
			return err
		}
		slices.Reverse(list.Exchanges)
		return writeJSON(out.stdout, list.Exchanges)
	}
	var list traffic.Journal
	if err := decode(answer, &list); err != nil {
		return err
	}
	slices.Reverse(list.Exchanges)
	if wanted, err := strconv.ParseBool(filters.Get("violations")); err == nil && wanted {
		return out.reasons(list.Exchanges)
	}
	return out.all(list.Exchanges)
}

// chosenFilters returns the flags that are parameters of the same name in the control API.
func chosenFilters(cmd *cobra.Command) url.Values {
	chosen := url.Values{}
	for _, name := range []string{"operation", "method", "path", "status", "violations", "since"} {
		if f := cmd.Flags().Lookup(name); f.Changed {
			chosen.Set(name, f.Value.String())
		}
	}
	return chosen
}

// journalOutput prints exchanges: a table for people, and JSON for programs.
type journalOutput struct {
	stdout, stderr io.Writer
	style          term.Style
	json           bool
}

func newJournalOutput(stdout, stderr io.Writer, asJSON bool) *journalOutput {
	return &journalOutput{stdout: stdout, stderr: stderr, style: term.StyleOf(stdout), json: asJSON}
}

// heading returns the first row. The path is shortened first.
func heading() []string {
	return []string{"ID", "METHOD", "PATH", "STATUS", "OPERATION", "VIOLATIONS"}
}

const pathColumn = 2

// all prints a journal as a table.
func (o *journalOutput) all(list []mock.Exchange) error {
	rows := term.Table{heading()}
	for _, x := range list {
		rows = append(rows, o.row(x))
	}
	rows.Fit(o.style, pathColumn)
	return rows.Write(o.stdout, o.style, func(row, column int, cell string) string {
		return o.dress(list[row-1], column, cell)
	})
}

// widths returns the widths of a table whose rows are not known yet.
func (o *journalOutput) widths() []int {
	widths := []int{4, 6, 34, 6, 18, 20}
	if o.style.Width > 0 {
		widths[pathColumn] = max(o.style.Width-(4+6+6+18+20+5*2), 20)
	}
	return widths
}

// begin prints the heading of a stream.
func (o *journalOutput) begin() {
	if !o.json {
		_, _ = io.WriteString(o.stdout, term.Line(heading(), o.widths(), func(_ int, cell string) string { return o.style.Bold(cell) }))
	}
}

// next prints the exchange in an event.
func (o *journalOutput) next(data string) error {
	if o.json {
		_, err := io.WriteString(o.stdout, data+"\n")
		return err
	}
	var x mock.Exchange
	if err := json.Unmarshal([]byte(data), &x); err != nil {
		return fmt.Errorf("cannot read an event of the mock: %w", err)
	}
	row, widths := o.row(x), o.widths()
	if o.style.Width > 0 {
		row[pathColumn] = term.Ending(row[pathColumn], widths[pathColumn])
	}
	_, err := io.WriteString(o.stdout, term.Line(row, widths, func(column int, cell string) string { return o.dress(x, column, cell) }))
	return err
}

// row returns the row of an exchange. A terminal has room for one code.
func (o *journalOutput) row(x mock.Exchange) []string {
	var codes []string
	for _, v := range x.Violations {
		if v.Allowed {
			v.Code += " (allowed)"
		}
		codes = append(codes, string(v.Code))
	}
	if n := len(codes); n > 1 && o.style.Width > 0 {
		codes = []string{codes[0], "+" + strconv.Itoa(n-1)}
	}
	return []string{
		strconv.FormatInt(x.ID, 10), term.Printable(x.Method), term.Printable(x.Path), strconv.Itoa(x.Status), term.Printable(x.Operation),
		term.Printable(strings.Join(codes, " ")),
	}
}

func (o *journalOutput) dress(x mock.Exchange, column int, cell string) string {
	switch heading()[column] {
	case "ID":
		return o.style.Dim(cell)
	case "STATUS":
		return o.style.Status(x.Status)
	case "VIOLATIONS":
		if slices.ContainsFunc(x.Violations, func(v mock.Violation) bool { return v.Severity == "error" && !v.Allowed }) {
			return o.style.Red(cell)
		}
		return o.style.Yellow(cell)
	}
	return cell
}

// follow prints exchanges as they happen until ctx ends, which is not an error. When the stream ends, it
// opens another one after the last exchange that was printed.
func (c *client) follow(ctx context.Context, out *journalOutput, stderr io.Writer) error {
	stream, err := c.listen(ctx, "")
	if err == nil {
		out.begin()
	}
	for last := ""; err == nil; stream, err = c.listenAgain(ctx, last, stderr) {
		if last, err = out.copy(stream, last); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// listenAgain waits for the mock if necessary. A mock that was restarted starts its IDs again and sends all exchanges.
func (c *client) listenAgain(ctx context.Context, last string, stderr io.Writer) (io.ReadCloser, error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for waiting := false; ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		stream, err := c.listen(ctx, last)
		var no problem
		switch {
		case err == nil, ctx.Err() != nil:
			return stream, err
		case errors.As(err, &no) && (no.status == http.StatusUnauthorized || no.status == http.StatusForbidden):
			return nil, err // trying again does not help
		case !waiting:
			_, _ = fmt.Fprintln(stderr, "ticaga-mock: waiting for the mock")
			waiting = true
		}
	}
}

// listen opens the stream of exchanges after one, or from now on.
func (c *client) listen(ctx context.Context, last string) (io.ReadCloser, error) {
	request, err := c.request(ctx, http.MethodGet, "/events", nil)
	if err != nil {
		return nil, err
	}
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	response, err := c.do(ctx, request)
	if err != nil {
		return nil, err
	}
	return response.Body, nil
}

// copy prints events until their stream ends, and returns the ID of the last one. The end of the stream is
// not an error, because the mock may have ended.
func (o *journalOutput) copy(stream io.ReadCloser, last string) (string, error) {
	defer func() { _ = stream.Close() }()
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 16<<20)
	event := ""
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case name == "": // the event ends
			event = ""
		case name == "event":
			event = value
		case name == "id":
			last = value
		case name == "data" && event == "gap":
			o.gap(value)
		case name == "data":
			if err := o.next(value); err != nil {
				return last, err
			}
		}
	}
	return last, nil
}

// gap prints how many exchanges the mock has dropped before they could be shown.
func (o *journalOutput) gap(data string) {
	var told traffic.Gap
	if json.Unmarshal([]byte(data), &told) == nil {
		_, _ = fmt.Fprintf(o.stderr, "ticaga-mock: %d exchanges were dropped before they could be shown; start the mock with a larger --journal\n", told.Missed)
	}
}
