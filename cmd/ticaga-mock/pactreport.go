package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// pactReport collects what a check found, for people and for the files that CI reads.
type pactReport struct {
	failOn string
	began  time.Time

	Pacts    []checkedPact       `json:"pacts"`
	Findings []contracts.Finding `json:"findings"`
	Unread   []string            `json:"unread"` // why a pact could not be read
}

// checkedPact is a pact that could be read.
type checkedPact struct {
	File         string `json:"file"`
	Consumer     string `json:"consumer"`
	Provider     string `json:"provider"`
	Interactions int    `json:"interactions"`

	pact     contracts.Pact
	findings []contracts.Finding
}

func newPactReport(failOn string) *pactReport {
	return &pactReport{failOn: failOn, began: time.Now(), Pacts: []checkedPact{}, Findings: []contracts.Finding{}, Unread: []string{}}
}

func (r *pactReport) add(p contracts.Pact, found []contracts.Finding) {
	r.Pacts = append(r.Pacts, checkedPact{p.Path, p.Consumer, p.Provider, len(p.Interactions), p, found})
	r.Findings = append(r.Findings, found...)
}

func (r *pactReport) unread(err error) {
	if err != nil {
		r.Unread = append(r.Unread, strings.Split(err.Error(), "\n")...)
	}
}

// counts reports whether a finding fails the check.
func (r *pactReport) counts(f contracts.Finding) bool {
	return r.failOn == "warning" || r.failOn == "error" && f.IsError()
}

// print writes the report for people.
func (r *pactReport) print(w io.Writer) {
	s := term.StyleOf(w)
	for _, p := range r.Pacts {
		_, _ = fmt.Fprintf(w, "%s: %s, %s\n", s.Bold(term.Printable(p.File)), count(p.Interactions, "interaction"), tally(p.findings))
		for _, f := range p.findings {
			_, _ = fmt.Fprint(w, describeFinding(s, f))
		}
	}
	for _, line := range r.Unread {
		_, _ = fmt.Fprintf(w, "%s %s\n", s.Red("error"), term.Printable(line))
	}
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

// describeFinding is a finding in a few lines of text.
func describeFinding(s term.Style, f contracts.Finding) string {
	v := f.Violation
	title := strings.TrimSpace(string(v.Severity) + " " + string(v.Code))
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
	for _, f := range r.Findings {
		level := string(f.Violation.Severity)
		if !r.counts(f) {
			level = "notice"
		}
		_, _ = fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", level, property.Replace(term.Printable(f.File)), f.Line, f.Column,
			property.Replace(strings.TrimSpace("pact "+string(f.Violation.Code))), escape.Replace(term.Printable(f.Violation.Message)+"\n"+explanation(term.Style{}, f.Violation)))
	}
	for _, line := range r.Unread {
		_, _ = fmt.Fprintf(w, "::error::%s\n", escape.Replace(term.Printable(line)))
	}
}

// writeFiles writes the reports that CI reads; "" leaves one out.
func (r *pactReport) writeFiles(junit, jsonFile string) error {
	var errs []error
	if junit != "" {
		errs = append(errs, writeWhole(junit, r.junit()))
	}
	if jsonFile != "" {
		text, _ := json.MarshalIndent(r, "", "  ") // there is nothing in it that JSON cannot hold
		errs = append(errs, writeWhole(jsonFile, append(text, '\n')))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the report cannot be written: %w", err)
	}
	return nil
}

// junit has a test case for each interaction.
func (r *pactReport) junit() []byte {
	suite := testsuite{Name: "ticaga-mock pact check", Seconds: seconds(time.Since(r.began)), Timestamp: r.began.UTC().Format("2006-01-02T15:04:05")}
	for _, p := range r.Pacts {
		for n, i := range p.pact.Interactions {
			one := testcase{Name: term.Printable(i.Description), Class: "pact." + term.Printable(p.Consumer), Seconds: seconds(0)}
			for _, f := range p.findings {
				if f.Index != n {
					continue
				}
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
			suite.Cases = append(suite.Cases, one)
		}
	}
	for _, line := range r.Unread {
		suite.Cases = append(suite.Cases, testcase{Name: "read", Class: "pact", Seconds: seconds(0), Failure: &failure{Message: term.Printable(line), Type: "unread"}})
	}
	for _, c := range suite.Cases {
		suite.Tests++
		if c.Failure != nil {
			suite.Failures++
		}
	}
	text, _ := xml.MarshalIndent(suite, "", "  ") // there is nothing in it that XML cannot hold
	return append([]byte(xml.Header), append(text, '\n')...)
}

// verdict is nil when no finding counts and every pact could be read.
func (r *pactReport) verdict() error {
	failures := 0
	for _, f := range r.Findings {
		if r.counts(f) {
			failures++
		}
	}
	switch {
	case len(r.Unread) > 0 && len(r.Pacts) == 0:
		return failed{errors.New("pact check: no pact could be read; see above")}
	case len(r.Unread) > 0:
		return failed{errors.New("pact check: a pact could not be read; see above")}
	case failures > 0:
		return failed{fmt.Errorf("pact check: %s; see above", tally(r.Findings))}
	}
	return nil
}
