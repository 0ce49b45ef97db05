package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
)

// appendSummary appends the summary to a file. GitHub shows what is in it on the page of the workflow run.
func (r *report) appendSummary(name string) error {
	file, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err == nil {
		_, err = io.WriteString(file, r.summary())
		if closed := file.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		return fmt.Errorf("the summary cannot be written; check GITHUB_STEP_SUMMARY: %w", err)
	}
	return nil
}

// summary returns what was seen in Markdown: a headline, and a table of the violations that are annotated.
func (r *report) summary() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "### ticaga-mock: %s in %s\n\n", r.found(), count(r.requests, "request"))
	begun := false
	for _, a := range r.annotations {
		if a.count <= 0 { // all of them turned out to be expected
			continue
		}
		if !begun {
			b.WriteString("| severity | code | first request | what is wrong | how to fix it | times |\n| --- | --- | --- | --- | --- | --- |\n")
			begun = true
		}
		v := a.violation
		_, _ = fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %d |\n", v.Severity, v.Code,
			markdown(a.method+" "+a.path), markdown(v.Message), markdown(v.Fix), a.count)
	}
	if r.others > 0 {
		_, _ = fmt.Fprintf(&b, "\n%s; `--json` lists all of them.\n", count(r.others, "more violation"))
	}
	if begun {
		b.WriteString("\n`ticaga-mock explain CODE` shows a page about a code.\n\n")
	}
	return b.String()
}

// markdown returns text from a request so that it stands in a cell of a table as it is: nothing in it is a
// link, an image or HTML.
func markdown(text string) string {
	var b strings.Builder
	for _, r := range term.Printable(text) {
		if strings.ContainsRune("\\`*_{}[]<>()#+!|~&:.@$=^", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
