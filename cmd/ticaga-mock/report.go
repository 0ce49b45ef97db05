package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// report is what a run has seen. It is safe for concurrent use: the mock may still answer while
// it is written.
type report struct {
	failOn  string
	command string // its name; arguments may hold secrets
	began   time.Time
	keep    bool // a file asks for the exchanges themselves

	mu        sync.Mutex
	exchanges []mock.Exchange
	seen      map[string]int // violations by severity
	failures  int            // those that count
	mistakes  []*annotation
	known     map[mistake]*annotation
}

// mistake is what makes two violations the same for a reader.
type mistake struct{ code, operation, at string }

// annotation is a mistake as it was made first.
type annotation struct {
	method, path string
	violation    mock.Violation
	count        int
}

func newReport(failOn, command string, keep bool) *report {
	return &report{
		failOn: failOn, command: command, keep: keep, began: time.Now(),
		seen: map[string]int{}, known: map[mistake]*annotation{},
	}
}

func (r *report) add(x mock.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keep {
		r.exchanges = append(r.exchanges, x)
	}
	for _, v := range x.Violations {
		r.seen[string(v.Severity)]++
		if r.counts(v) {
			r.failures++
		}
		same := mistake{v.Code, x.Operation, v.In + v.At}
		if r.known[same] == nil {
			r.known[same] = &annotation{method: x.Method, path: x.Path, violation: v}
			r.mistakes = append(r.mistakes, r.known[same])
		}
		r.known[same].count++
	}
}

// counts says whether a violation fails the run.
func (r *report) counts(v mock.Violation) bool {
	return r.failOn == string(v.Severity) || r.failOn == "warning"
}

// annotate writes workflow commands, which GitHub shows beside the run. They begin with a line
// of their own: the command's output may not have ended in one.
func (r *report) annotate(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	level := map[string]string{"error": "error", "warning": "warning"}
	if r.failOn == "none" {
		level = map[string]string{"error": "warning", "warning": "notice"}
	}
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for i, a := range r.mistakes {
		if i == 0 {
			_, _ = io.WriteString(w, "\n")
		}
		v, times := a.violation, ""
		if a.count > 1 {
			times = fmt.Sprintf(" (%d times)", a.count)
		}
		text := fmt.Sprintf("%s %s: %s%s\n%s", printable(a.method), printable(a.path), printable(v.Message), times, explanation(style{}, v))
		_, _ = fmt.Fprintf(w, "::%s title=%s::%s\n", level[string(v.Severity)], v.Code, escape.Replace(text))
	}
}

// reportFile is one that was asked for, open to be written.
type reportFile struct {
	*os.File
	write func(r *report, w io.Writer, ended error) error
}

type reportFiles []reportFile

// createReports opens the files of reports that are asked for.
func createReports(junit, jsonFile string) (reportFiles, error) {
	var files reportFiles
	if junit != "" && filepath.Clean(junit) == filepath.Clean(jsonFile) {
		return nil, fmt.Errorf("--junit and --json: both are %q; give two files", junit)
	}
	for _, asked := range []struct {
		flag, name string
		write      func(*report, io.Writer, error) error
	}{{"junit", junit, (*report).junit}, {"json", jsonFile, (*report).json}} {
		if asked.name == "" {
			continue
		}
		file, err := os.Create(asked.name)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", asked.flag, err)
		}
		files = append(files, reportFile{file, asked.write})
	}
	return files, nil
}

// write fills the files. Ended is the command's error.
func (files reportFiles) write(r *report, ended error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, f := range files {
		if err := errors.Join(f.write(r, f, ended), f.Close()); err != nil {
			errs = append(errs, fmt.Errorf("the report cannot be written: %w", err))
		}
	}
	return errors.Join(errs...)
}

// json lists the exchanges as the journal has them. Failures are the violations that count.
func (r *report) json(w io.Writer, ended error) error {
	exchanges := r.exchanges
	if exchanges == nil {
		exchanges = []mock.Exchange{}
	}
	said := ""
	if ended != nil {
		said = ended.Error()
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"exchanges": exchanges, "failures": r.failures, "command_error": said})
}

// explanation is a violation in a few lines of text.
func explanation(s style, v mock.Violation) string {
	plain := func(text string) string { return text }
	var b strings.Builder
	for _, line := range [...]struct {
		name, text string
		paint      func(string) string
	}{
		{"where", strings.TrimSpace(v.In + " " + v.At), s.dim}, {"expected", v.Expected, plain}, {"got", v.Got, plain},
		{"change", v.Fix, s.green}, {"known", knownFrom(v), s.dim},
	} {
		if line.text != "" {
			_, _ = fmt.Fprintf(&b, "    %-9s %s\n", line.name, s.wrap(14, printable(line.text), line.paint))
		}
	}
	return b.String()
}

// knownFrom says which line of openapi.yaml a violation comes from, and how that is known.
func knownFrom(v mock.Violation) string {
	if v.Evidence == "" {
		return ""
	}
	text := v.Evidence
	if len(v.Source) > 0 {
		text += " " + strings.Join(v.Source, " ")
	}
	if v.Line > 0 {
		text = fmt.Sprintf("openapi.yaml:%d, %s", v.Line, text)
	}
	return text
}
