package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// maxAnnotations is how many different violations are annotated. GitHub shows fewer.
const maxAnnotations = 100

// report is what a run has seen. It is safe for concurrent use: the mock may still answer while
// it is written. What it keeps in memory is bounded.
type report struct {
	failOn  string
	command string // its name; arguments may hold secrets
	began   time.Time

	mu          sync.Mutex
	json        *jsonReport  // nil when nobody asked for it
	junit       *junitReport // nil when nobody asked for it
	requests    int
	seen        map[string]int // violations by severity
	failures    int            // those that count
	annotations []*annotation
	known       map[sameness]*annotation
	others      int // violations that are not annotated
	finished    bool
	expected    map[key][]string // codes of violations that turned out to be expected
}

// sameness identifies violations that are the same for a reader.
type sameness struct{ code, operation, at string }

// annotation is a violation as it occurred first.
type annotation struct {
	method, path string
	violation    mock.Violation
	count        int
}

// newReport begins the reports whose files are named, before the command has done its work for
// nothing.
func newReport(failOn, command, junit, jsonFile string) (*report, error) {
	r := &report{
		failOn: failOn, command: command, began: time.Now(),
		seen: map[string]int{}, known: map[sameness]*annotation{}, expected: map[key][]string{},
	}
	if junit != "" && filepath.Clean(junit) == filepath.Clean(jsonFile) {
		return nil, fmt.Errorf("--junit and --json: both are %q; give two files", junit)
	}
	if junit != "" {
		file, err := createReplacement(junit)
		if err != nil {
			return nil, fmt.Errorf("--junit: %w", err)
		}
		r.junit = &junitReport{file: file}
	}
	if jsonFile != "" {
		file, err := createReplacement(jsonFile)
		if err != nil {
			r.discard()
			return nil, fmt.Errorf("--json: %w", err)
		}
		r.json = newJSONReport(file)
	}
	return r, nil
}

func (r *report) add(x mock.Exchange) {
	var encoded []byte
	if r.json != nil {
		encoded = encodeExchange(x)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.finished {
		return
	}
	if r.json != nil {
		r.json.add(encoded)
	}
	if r.junit != nil {
		r.junit.add(x)
	}
	r.requests++
	for _, v := range x.Violations {
		if v.Allowed {
			continue
		}
		r.take(x, v, 1)
	}
}

// maxExpected is of how many exchanges the reports say that their violations were expected after
// the fact. The verdict knows of all.
const maxExpected = 10_000

// key tells exchanges apart. IDs begin again in a world that is recreated.
type key struct {
	World string    `json:"world"`
	ID    int64     `json:"id"`
	Time  time.Time `json:"time"`
}

func keyOf(x mock.Exchange) key { return key{x.World, x.ID, x.Time.Round(0).UTC()} }

// expect takes violations back that turn out to be expected. The exchange may still be to come.
func (r *report) expect(x mock.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.expected) < maxExpected {
		of := keyOf(x)
		for _, v := range x.Violations {
			r.expected[of] = append(r.expected[of], string(v.Code))
		}
	}
	for _, v := range x.Violations {
		r.take(x, v, -1)
	}
}

// take counts a violation, or takes it back.
func (r *report) take(x mock.Exchange, v mock.Violation, n int) {
	r.seen[string(v.Severity)] += n
	if r.counts(v) {
		r.failures += n
	}
	r.annotation(x, v, n)
}

// annotation counts a violation among those that are the same.
func (r *report) annotation(x mock.Exchange, v mock.Violation, n int) {
	same := sameness{string(v.Code), x.Operation, v.In + v.At}
	a := r.known[same]
	if a == nil {
		if len(r.annotations) == maxAnnotations {
			r.others += n
			return
		}
		a = &annotation{method: x.Method, path: x.Path, violation: v}
		r.known[same] = a
		r.annotations = append(r.annotations, a)
	}
	a.count += n
}

// counts says whether a violation fails the run.
func (r *report) counts(v mock.Violation) bool {
	return !v.Allowed && (r.failOn == string(v.Severity) || r.failOn == "warning")
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
	begun := false
	for _, a := range r.annotations {
		if a.count <= 0 {
			continue
		}
		if !begun {
			_, _ = io.WriteString(w, "\n")
			begun = true
		}
		v, times := a.violation, ""
		if a.count > 1 {
			times = fmt.Sprintf(" (%d times)", a.count)
		}
		text := fmt.Sprintf("%s %s: %s%s\n%s", term.Printable(a.method), term.Printable(a.path), term.Printable(v.Message), times, explanation(term.Style{}, v))
		_, _ = fmt.Fprintf(w, "::%s title=%s::%s\n", level[string(v.Severity)], v.Code, escape.Replace(text))
	}
	if r.others > 0 {
		_, _ = fmt.Fprintf(w, "::%s::%s without an annotation; --json lists all\n", level["warning"], count(r.others, "more violation"))
	}
}

// write ends the reports and puts their files into their places. Ended is the command's error.
func (r *report) write(ended error) error {
	r.finish(ended)
	var errs []error // nobody who wants to know a verdict waits for the disk, or for whoever reads a pipe
	if r.junit != nil {
		errs = append(errs, r.junit.file.commit())
	}
	if r.json != nil {
		errs = append(errs, r.json.file.commit())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return nil
}

// finish writes what stands at the end of the reports. What comes later is in none of them.
func (r *report) finish(ended error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finished = true
	if r.junit != nil {
		r.junit.finish(r, ended)
	}
	if r.json != nil {
		r.json.finish(r, ended)
	}
}

// discard removes what write has not put into its place.
func (r *report) discard() {
	if r.junit != nil {
		r.junit.file.discard()
	}
	if r.json != nil {
		r.json.file.discard()
	}
}

// explanation is a violation in a few lines of text.
func explanation(s term.Style, v mock.Violation) string {
	plain := func(text string) string { return text }
	var b strings.Builder
	for _, line := range [...]struct {
		name, text string
		paint      func(string) string
	}{
		{"where", strings.TrimSpace(v.In + " " + v.At), s.Dim}, {"expected", v.Expected, plain}, {"got", v.Got, plain},
		{"fix", v.Fix, s.Green}, {"source", sourceOf(v), s.Dim},
	} {
		if line.text != "" {
			_, _ = fmt.Fprintf(&b, "    %-9s %s\n", line.name, s.Wrap(14, term.Printable(line.text), line.paint))
		}
	}
	return b.String()
}

// sourceOf returns which line of openapi.yaml a violation comes from, and how that is known: the legend is
// ticaga-mock explain sources.
func sourceOf(v mock.Violation) string { return evidence(v.Line, v.Evidence, v.Source) }

// evidence returns a line of openapi.yaml, and how what it says is known; "" if that is not known.
func evidence(line int, known string, sources []string) string {
	if known == "" {
		return ""
	}
	text := known
	if len(sources) > 0 {
		text += " " + strings.Join(sources, " ")
	}
	if line > 0 {
		text = fmt.Sprintf("openapi.yaml:%d, %s", line, text)
	}
	return text
}
