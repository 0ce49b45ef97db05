package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// pactReport collects what pact check or pact verify finds, for people and for the files that CI reads.
type pactReport struct {
	reportFlags
	command string
	began   time.Time

	Pacts    []reportedPact `json:"pacts"`
	Problems []string       `json:"problems"` // what belongs to no interaction, such as a pact that cannot be read
}

// reportedPact is a pact that could be read.
type reportedPact struct {
	File         string              `json:"file"`
	Consumer     string              `json:"consumer"`
	Provider     string              `json:"provider"`
	Interactions int                 `json:"interactions"`
	Skipped      string              `json:"skipped,omitempty"` // why nothing was done with it
	Notices      []string            `json:"notices,omitempty"` // what the broker has to say about it
	Published    bool                `json:"published,omitempty"`
	Outcomes     []contracts.Outcome `json:"outcomes,omitempty"` // of pact verify
	Findings     []contracts.Finding `json:"findings"`           // of pact verify too

	pact contracts.Pact
}

func newPactReport(command string, flags reportFlags) (*pactReport, error) {
	if err := oneOf("fail-on", flags.failOn, failOns); err != nil {
		return nil, err
	}
	if flags.junit != "" && filepath.Clean(flags.junit) == filepath.Clean(flags.json) {
		return nil, fmt.Errorf("--junit and --json: both are %q; give two files", flags.junit)
	}
	return &pactReport{reportFlags: flags, command: command, began: time.Now(), Pacts: []reportedPact{}, Problems: []string{}}, nil
}

// add adds a pact with its findings, or with outcomes that have them.
func (r *pactReport) add(p reportedPact) {
	p.File, p.Consumer, p.Provider, p.Interactions = p.pact.Path, p.pact.Consumer, p.pact.Provider, len(p.pact.Interactions)
	for _, o := range p.Outcomes {
		p.Findings = append(p.Findings, o.Findings...)
	}
	if p.Findings == nil {
		p.Findings = []contracts.Finding{}
	}
	r.Pacts = append(r.Pacts, p)
}

// problem adds each line of an error.
func (r *pactReport) problem(err error) {
	if err != nil {
		r.Problems = append(r.Problems, strings.Split(err.Error(), "\n")...)
	}
}

// fails reports whether a violation of a request fails its interaction.
func (r *pactReport) fails(v spec.Violation) bool {
	return !v.Allowed && (r.failOn == "warning" || r.failOn == "error" && v.Severity == spec.Error)
}

// counts reports whether a finding fails the command. In a verification what has no code comes from Pact's
// verifier, whose word always counts.
func (r *pactReport) counts(f contracts.Finding) bool {
	verified := r.command == "pact verify" && f.Violation.Code == "" && !f.Violation.Allowed
	return verified || r.fails(f.Violation)
}

// write writes all reports and returns the verdict.
func (r *pactReport) write(stdout io.Writer) error {
	r.print(stdout)
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		r.annotate(stdout)
	}
	if err := r.writeFiles(); err != nil {
		return err
	}
	return r.verdict()
}

// print writes the report for people.
func (r *pactReport) print(w io.Writer) {
	s := term.StyleOf(w)
	explained := map[string]bool{}
	for _, p := range r.Pacts {
		_, _ = fmt.Fprintf(w, "%s: %s\n", s.Bold(term.Printable(p.File)), term.Printable(p.summary()))
		for _, notice := range p.Notices {
			_, _ = fmt.Fprintf(w, "  note: %s\n", term.Printable(notice))
		}
		for _, o := range p.Outcomes {
			if o.Result != contracts.NotRun {
				_, _ = fmt.Fprintf(w, "  %s\n", outcomeLine(s, o))
			}
			printFindings(w, s, o.Findings, explained)
		}
		if p.Outcomes == nil {
			printFindings(w, s, p.Findings, explained)
		}
	}
	for _, line := range r.Problems {
		_, _ = fmt.Fprintf(w, "%s %s\n", s.Red("error"), term.Printable(line))
	}
}

// summary says in a line what was found in a pact.
func (p reportedPact) summary() string {
	interactions := count(p.Interactions, "interaction")
	switch {
	case p.Skipped != "":
		return p.Skipped
	case p.Outcomes != nil:
		summary := interactions + ": " + results(p.Outcomes)
		if p.Published {
			summary += ", published"
		}
		return summary
	}
	return interactions + ", " + tally(p.Findings)
}

// results counts outcomes by their result.
func results(outcomes []contracts.Outcome) string {
	var parts []string
	for _, result := range []contracts.Result{contracts.Passed, contracts.Failed, contracts.Pending, contracts.NotRun} {
		n := 0
		for _, o := range outcomes {
			if o.Result == result {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, result))
		}
	}
	return strings.Join(parts, ", ")
}

func tally(found []contracts.Finding) string {
	errs := 0
	for _, f := range found {
		if f.IsError() {
			errs++
		}
	}
	switch warnings := len(found) - errs; {
	case errs == 0 && warnings == 0:
		return "no findings"
	case errs == 0:
		return count(warnings, "warning")
	case warnings == 0:
		return count(errs, "error")
	default:
		return count(errs, "error") + " and " + count(warnings, "warning")
	}
}

// printFindings writes findings. What is said of one violation again and again is explained once.
func printFindings(w io.Writer, s term.Style, found []contracts.Finding, explained map[string]bool) {
	for _, f := range found {
		same := string(f.Violation.Code) + f.Violation.Message + f.Violation.Expected + f.Violation.Got + f.Violation.Fix
		text := describeFinding(s, f)
		if brief, _, _ := strings.Cut(text, "\n"); explained[same] {
			text = brief + "; explained above\n"
		}
		explained[same] = f.Violation.Code != ""
		_, _ = io.WriteString(w, text)
	}
}

// outcomeLine is an outcome with the interaction and the states that it started from.
func outcomeLine(s term.Style, o contracts.Outcome) string {
	paint := map[contracts.Result]func(string) string{contracts.Passed: s.Green, contracts.Failed: s.Red, contracts.Pending: s.Yellow}[o.Result]
	text := paint(string(o.Result)) + " " + term.Printable(interactionName(o.Interaction, o.Index))
	if len(o.Given) > 0 {
		text += s.Dim(term.Printable(" (given " + strings.Join(o.Given, " and ") + ")"))
	}
	return text
}

// interactionName is the description of an interaction, or its number.
func interactionName(description string, index int) string {
	return cmp.Or(description, fmt.Sprintf("interaction %d", index+1))
}

// describeFinding is a finding in a few lines of text.
func describeFinding(s term.Style, f contracts.Finding) string {
	v := f.Violation
	title := strings.TrimSpace(severity(v) + " " + string(v.Code))
	where := fmt.Sprintf("%d:%d %s", f.Line, f.Column, term.Printable(f.Pointer))
	v.In, v.At = "interaction", fmt.Sprintf("%q, %s", f.Interaction, v.In)
	return fmt.Sprintf("  %s %s: %s\n%s", s.Dim(where), paintAs(s, string(v.Severity), title), term.Printable(v.Message), explanation(s, v))
}

func paintAs(s term.Style, severity, text string) string {
	if severity == "error" {
		return s.Red(text)
	}
	return s.Yellow(text)
}

// annotate writes workflow commands, which GitHub shows at the line of the file.
func (r *pactReport) annotate(w io.Writer) {
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range r.findings() {
		level := string(f.Violation.Severity)
		if !r.counts(f) {
			level = "notice"
		}
		_, _ = fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", level, property.Replace(term.Printable(f.File)), f.Line, f.Column,
			property.Replace(strings.TrimSpace("pact "+string(f.Violation.Code))), escape.Replace(term.Printable(f.Violation.Message)+"\n"+explanation(term.Style{}, f.Violation)))
	}
	for _, line := range r.Problems {
		_, _ = fmt.Fprintf(w, "::error::%s\n", escape.Replace(term.Printable(line)))
	}
}

// findings are those of all pacts.
func (r *pactReport) findings() []contracts.Finding {
	var all []contracts.Finding
	for _, p := range r.Pacts {
		all = append(all, p.Findings...)
	}
	return all
}

// writeFiles writes the reports that CI reads.
func (r *pactReport) writeFiles() error {
	var errs []error
	if r.junit != "" {
		errs = append(errs, writeWhole(r.junit, r.suite().encode()))
	}
	if r.json != "" {
		text, _ := json.MarshalIndent(r, "", "  ") // there is nothing in it that JSON cannot hold
		errs = append(errs, writeWhole(r.json, append(text, '\n')))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return nil
}

// suite has a JUnit test case for each interaction, and for each problem.
func (r *pactReport) suite() testsuite {
	suite := testsuite{Name: "ticaga-mock " + r.command, Seconds: seconds(time.Since(r.began)), Timestamp: r.began.UTC().Format("2006-01-02T15:04:05")}
	for _, p := range r.Pacts {
		found := map[int][]contracts.Finding{}
		for _, f := range p.Findings {
			found[f.Index] = append(found[f.Index], f)
		}
		for n, i := range p.pact.Interactions {
			one := testcase{Name: term.Printable(interactionName(i.Description, n)), Class: "pact." + term.Printable(p.Consumer), Seconds: seconds(0)}
			r.addFindings(&one, found[n])
			switch {
			case p.Skipped != "":
				one.Skipped = &skipped{term.Printable(p.Skipped)}
			case p.Outcomes != nil:
				one.Seconds = seconds(p.Outcomes[n].Took)
				if result := p.Outcomes[n].Result; result == contracts.Pending || result == contracts.NotRun {
					one.Skipped = &skipped{string(result)}
				}
			}
			suite.Cases = append(suite.Cases, one)
		}
	}
	for _, line := range r.Problems {
		suite.Cases = append(suite.Cases, testcase{Name: r.command, Class: "pact", Seconds: seconds(0), Failure: &failure{Message: term.Printable(line), Type: "problem"}})
	}
	return suite
}

// addFindings makes a test case fail with the findings that count; the others stand in its output.
func (r *pactReport) addFindings(one *testcase, found []contracts.Finding) {
	for _, f := range found {
		text := describeFinding(term.Style{}, f)
		switch {
		case !r.counts(f):
			one.Output += text
		case one.Failure == nil:
			one.Failure = &failure{term.Printable(f.Violation.Message), strings.TrimSpace("pact " + string(f.Violation.Code)), text}
		default:
			one.Failure.Text += text
		}
	}
}

// verdict is nil when no finding counts and there is no problem.
func (r *pactReport) verdict() error {
	switch {
	case len(r.Problems) > 0 && len(r.Pacts) == 0:
		return failed{fmt.Errorf("%s: no pact could be read; see above", r.command)}
	case len(r.Problems) > 0:
		return failed{fmt.Errorf("%s: %s; see above", r.command, count(len(r.Problems), "problem"))}
	case !slices.ContainsFunc(r.findings(), r.counts):
		return nil
	}
	var outcomes []contracts.Outcome
	for _, p := range r.Pacts {
		outcomes = append(outcomes, p.Outcomes...)
	}
	if outcomes == nil {
		return failed{fmt.Errorf("%s: %s; see above", r.command, tally(r.findings()))}
	}
	return failed{fmt.Errorf("%s: %s; see above", r.command, results(outcomes))}
}
