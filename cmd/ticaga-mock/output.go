package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"strings"
	"sync/atomic"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// output is what a running server says: stdout has one line for a script that waits,
// stderr everything for a person, or a line of JSON an exchange. Nothing here waits for whoever
// reads it, and a reader that goes away stops nothing.
type output struct {
	json                     bool
	log                      *slog.Logger // only when json
	stdout, stderr           *logWriter
	stdoutStyle, stderrStyle term.Style
	explainedAccept          atomic.Bool // a client that lacks the header lacks it in every request
}

func newOutput(format string, stdout, stderr io.Writer) (*output, error) {
	if err := oneOf("log-format", format, logFormats); err != nil {
		return nil, err
	}
	surviveClosedPipes()
	note := droppedText
	if format == "json" {
		note = droppedJSON
	}
	o := &output{
		stdout: &logWriter{to: stdout, note: note}, stdoutStyle: term.StyleOf(stdout),
		stderr: &logWriter{to: stderr, note: note}, stderrStyle: term.StyleOf(stderr),
	}
	if format == "json" {
		o.json, o.log = true, slog.New(slog.NewJSONHandler(o.stderr, nil))
	}
	return o, nil
}

func droppedText(n int) []byte { return fmt.Appendf(nil, "ticaga-mock: %s\n", dropped(n)) }

func droppedJSON(n int) []byte {
	var line bytes.Buffer
	slog.New(slog.NewJSONHandler(&line, nil)).Warn(dropped(n), "dropped", n)
	return line.Bytes()
}

func dropped(n int) string {
	if n == 1 {
		return "1 line was dropped, because nobody read it in time"
	}
	return fmt.Sprintf("%d lines were dropped, because nobody read them in time", n)
}

// flush gives what was said a moment to be read.
func (o *output) flush() {
	o.stderr.flush()
	o.stdout.flush()
}

// Write takes what net/http has to say.
func (o *output) Write(line []byte) (int, error) {
	text := term.Printable(strings.TrimSpace(string(line)))
	if o.json {
		o.log.Error(text)
	} else {
		o.printf("%s\n", text)
	}
	return len(line), nil
}

// logger is for net/http.
func (o *output) logger() *log.Logger { return log.New(o, "", 0) }

// printf writes whole lines for a person.
func (o *output) printf(format string, args ...any) {
	_, _ = o.stderr.Write(fmt.Appendf(nil, format, args...))
}

// exchange reports one exchange: a line, and a block for each violation.
func (o *output) exchange(x mock.Exchange) {
	if o.json {
		o.log.LogAttrs(context.Background(), slog.LevelInfo, "exchange",
			slog.Int64("id", x.ID), slog.String("operation", x.Operation),
			slog.String("method", x.Method), slog.String("path", x.Path), slog.Int("status", x.Status),
			slog.Duration("took", x.Took), slog.String("refusal", x.Refusal), slog.Any("violations", x.Violations), slog.String("remark", x.Remark))
		return
	}
	s := o.stderrStyle
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s %s %s %s", s.Dim(x.Time.Format("15:04:05")), term.Printable(x.Method), term.Printable(x.Path), s.Status(x.Status))
	if x.Operation != "" {
		_, _ = fmt.Fprintf(&b, " %s", x.Operation)
	}
	b.WriteByte('\n')
	if x.Refusal != "" {
		_, _ = fmt.Fprintf(&b, "  refused: %s\n", term.Printable(strings.ReplaceAll(x.Refusal, "\n", "; ")))
	}
	if x.Remark != "" {
		_, _ = fmt.Fprintf(&b, "  note: %s\n", term.Printable(x.Remark))
	}
	for _, v := range x.Violations {
		if v.Code == spec.HeaderAccept && o.explainedAccept.Swap(true) {
			brief, _, _ := strings.Cut(v.Message, ": ")
			_, _ = fmt.Fprintf(&b, "  %s %s: %s; explained above\n", s.Severity(severity(v)), s.Bold(string(v.Code)), term.Printable(brief))
			continue
		}
		_, _ = fmt.Fprintf(&b, "  %s %s: %s\n", s.Severity(severity(v)), s.Bold(string(v.Code)), term.Printable(v.Message))
		b.WriteString(explanation(s, v))
	}
	o.printf("%s", b.String())
}

// expected reports violations that turn out to be expected.
func (o *output) expected(x mock.Exchange) {
	var codes []string
	for _, v := range x.Violations {
		codes = append(codes, string(v.Code))
	}
	if o.json {
		o.log.Info("expected", "id", x.ID, "world", x.World, "codes", codes)
		return
	}
	o.printf("allowed %s of request %d, %s %s: expected by verify\n", strings.Join(codes, ", "), x.ID, term.Printable(x.Method), term.Printable(x.Path))
}

// severity is a violation's, or that it was expected.
func severity(v mock.Violation) string {
	if v.Allowed {
		return "allowed " + string(v.Severity)
	}
	return string(v.Severity)
}

// count is a number of things; noun is one of them.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
