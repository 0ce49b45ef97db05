package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"strings"
	"sync"
	"unicode"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// output is what a running server says: stdout has one line for a script that waits,
// stderr everything for a person, or a line of JSON an exchange.
type output struct {
	json   bool
	log    *slog.Logger // only when json
	stdout io.Writer
	style  style // of stderr

	mu     sync.Mutex // one block at a time
	stderr io.Writer
}

func newOutput(format string, stdout, stderr io.Writer) (*output, error) {
	if err := oneOf("log-format", format, logFormats); err != nil {
		return nil, err
	}
	if format == "json" {
		return &output{json: true, log: slog.New(slog.NewJSONHandler(stderr, nil)), stdout: stdout, stderr: stderr}, nil
	}
	return &output{stdout: stdout, stderr: stderr, style: newStyle(stderr)}, nil
}

// Write takes what net/http has to say.
func (o *output) Write(line []byte) (int, error) {
	text := printable(strings.TrimSpace(string(line)))
	if o.json {
		o.log.Error(text)
	} else {
		o.printf("%s\n", text)
	}
	return len(line), nil
}

// logger is for net/http.
func (o *output) logger() *log.Logger { return log.New(o, "", 0) }

func (o *output) printf(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, _ = fmt.Fprintf(o.stderr, format, args...)
}

// exchange reports one exchange: a line, and a block for each violation.
func (o *output) exchange(x mock.Exchange) {
	if o.json {
		o.log.LogAttrs(context.Background(), slog.LevelInfo, "exchange",
			slog.Int64("id", x.ID), slog.String("operation", x.Operation),
			slog.String("method", x.Method), slog.String("path", x.Path), slog.Int("status", x.Status),
			slog.Duration("took", x.Took), slog.String("refusal", x.Refusal), slog.Any("violations", x.Violations))
		return
	}
	s := o.style
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s %s %s %s", s.dim(x.Time.Format("15:04:05")), printable(x.Method), printable(x.Path), s.status(x.Status))
	if x.Operation != "" {
		_, _ = fmt.Fprintf(&b, " %s", x.Operation)
	}
	b.WriteByte('\n')
	if x.Refusal != "" {
		_, _ = fmt.Fprintf(&b, "  refused: %s\n", printable(strings.ReplaceAll(x.Refusal, "\n", "; ")))
	}
	for _, v := range x.Violations {
		_, _ = fmt.Fprintf(&b, "  %s %s: %s\n", s.severity(string(v.Severity)), s.bold(v.Code), printable(v.Message))
		b.WriteString(explanation(s, v))
	}
	o.printf("%s", b.String())
}

// printable keeps what a client sent from writing lines or colours of its own, or a page
// full.
func printable(text string) string {
	const most = 500
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "..."
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
