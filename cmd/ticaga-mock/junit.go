package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// What a JUnit report holds, so that its readers can show it: requests with violations, and bytes
// of what is said about them.
const (
	maxCases     = 1000
	maxCaseBytes = 8 << 20
)

// junitReport has a test case of the command, and one of each request with violations.
type junitReport struct {
	file    *replacement
	cases   []mock.Exchange // without what no test case shows
	bytes   int
	fine    int // requests without violations
	leftOut int // requests with violations that found no room
}

// caseBytes is about how much memory a test case takes.
func caseBytes(x mock.Exchange) int {
	n := 256 + len(x.Method) + len(x.Path)
	for _, v := range x.Violations {
		n += 256 + len(v.Message) + len(v.At) + len(v.Expected) + len(v.Got) + len(v.Fix)
	}
	return n
}

func (j *junitReport) add(x mock.Exchange) {
	if len(x.Violations) == 0 {
		j.fine++
		return
	}
	bytes := caseBytes(x)
	if len(j.cases) == maxCases || j.bytes+bytes > maxCaseBytes {
		j.leftOut++
		return
	}
	j.bytes += bytes
	j.cases = append(j.cases, mock.Exchange{
		ID: x.ID, World: x.World, Time: x.Time, Method: x.Method, Path: x.Path, Operation: x.Operation, Took: x.Took, Violations: x.Violations,
	})
}

// testsuite is a run as JUnit's readers know it. The tags are for encoding/xml, with which a test compares encode: the
// program does without it, because it is 70 kB.
type testsuite struct {
	Name      string     `xml:"name,attr"`
	Tests     int        `xml:"tests,attr"`
	Failures  int        `xml:"failures,attr"`
	Errors    int        `xml:"errors,attr"`
	Skipped   int        `xml:"skipped,attr,omitempty"`
	Seconds   string     `xml:"time,attr"`
	Timestamp string     `xml:"timestamp,attr"`
	Cases     []testcase `xml:"testcase"`
}

type testcase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Seconds string   `xml:"time,attr"`
	Failure *failure `xml:"failure"`
	Skipped *skipped `xml:"skipped"`
	Output  string   `xml:"system-out,omitempty"`
}

// failure is one, however many violations: most readers show no more.
type failure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// skipped is why a test case decided nothing.
type skipped struct {
	Message string `xml:"message,attr"`
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }

// finish makes the report.
func (j *junitReport) finish(r *report, ended error) {
	took := time.Since(r.began)
	suite := testsuite{
		Name: "ticaga-mock", Seconds: seconds(took), Timestamp: r.began.UTC().Format("2006-01-02T15:04:05"),
		Cases: []testcase{{Name: term.Printable(r.command), Class: "ticaga.run", Seconds: seconds(took)}},
	}
	if ended != nil {
		suite.Cases[0].Failure = &failure{Message: term.Printable(ended.Error()), Type: "command"}
	}
	if j.fine > 0 {
		suite.Cases[0].Output = count(j.fine, "request") + " without violations\n"
	}
	failures := r.failures
	for _, x := range j.cases {
		x.Violations = slices.Clone(x.Violations)
		for i := range x.Violations {
			v := &x.Violations[i]
			v.Allowed = v.Allowed || slices.Contains(r.expected[keyOf(x)], string(v.Code))
			if r.counts(*v) {
				failures--
			}
		}
		suite.Cases = append(suite.Cases, r.testcase(x))
	}
	if j.leftOut > 0 {
		suite.Cases = append(suite.Cases, j.rest(failures > 0))
	}
	_, _ = j.file.Write(suite.encode())
}

// encode counts the test cases, and returns the document as xml.MarshalIndent does.
func (suite testsuite) encode() []byte {
	for _, c := range suite.Cases {
		suite.Tests++
		if c.Failure != nil {
			suite.Failures++
		}
		if c.Skipped != nil {
			suite.Skipped++
		}
	}
	var d document
	d.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n<testsuite")
	d.attribute("name", suite.Name)
	d.attribute("tests", strconv.Itoa(suite.Tests))
	d.attribute("failures", strconv.Itoa(suite.Failures))
	d.attribute("errors", strconv.Itoa(suite.Errors))
	if suite.Skipped > 0 {
		d.attribute("skipped", strconv.Itoa(suite.Skipped))
	}
	d.attribute("time", suite.Seconds)
	d.attribute("timestamp", suite.Timestamp)
	d.WriteString(">")
	for _, c := range suite.Cases {
		d.testcase(c)
	}
	if len(suite.Cases) > 0 {
		d.WriteString("\n")
	}
	d.WriteString("</testsuite>\n")
	return d.Bytes()
}

// document is an XML document that is being written.
type document struct{ bytes.Buffer }

func (d *document) testcase(c testcase) {
	d.WriteString("\n  <testcase")
	d.attribute("name", c.Name)
	d.attribute("classname", c.Class)
	d.attribute("time", c.Seconds)
	d.WriteString(">")
	if c.Failure == nil && c.Skipped == nil && c.Output == "" {
		d.WriteString("</testcase>")
		return
	}
	if f := c.Failure; f != nil {
		d.WriteString("\n    <failure")
		d.attribute("message", f.Message)
		d.attribute("type", f.Type)
		d.WriteString(">" + escapeXML(f.Text) + "</failure>")
	}
	if c.Skipped != nil {
		d.WriteString("\n    <skipped")
		d.attribute("message", c.Skipped.Message)
		d.WriteString("></skipped>")
	}
	if c.Output != "" {
		d.WriteString("\n    <system-out>" + escapeXML(c.Output) + "</system-out>")
	}
	d.WriteString("\n  </testcase>")
}

func (d *document) attribute(name, value string) {
	d.WriteString(" " + name + `="` + escapeXML(value) + `"`)
}

var xmlEscapes = strings.NewReplacer(`"`, "&#34;", "'", "&#39;", "&", "&amp;", "<", "&lt;", ">", "&gt;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")

// escapeXML also replaces what an XML document must not contain.
func escapeXML(s string) string {
	return xmlEscapes.Replace(strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == '\uFFFE' || r == '\uFFFF' {
			return unicode.ReplacementChar
		}
		return r
	}, s))
}

// rest is the test case of all that found no room.
func (j *junitReport) rest(fails bool) testcase {
	text := count(j.leftOut, "more request") + " with violations"
	one := testcase{Name: text, Class: "ticaga", Seconds: seconds(0), Output: "--json lists all\n"}
	if fails {
		one.Failure = &failure{Message: text, Type: "left out"}
	}
	return one
}

// testcase fails with the violations that count; the others stand in its output.
func (r *report) testcase(x mock.Exchange) testcase {
	one := testcase{
		Name: term.Printable(fmt.Sprintf("%d %s %s", x.ID, x.Method, x.Path)), Class: "ticaga", Seconds: seconds(x.Took),
	}
	if x.Operation != "" {
		one.Class += "." + x.Operation
	}
	var output strings.Builder
	for _, v := range x.Violations {
		text := fmt.Sprintf("%s %s: %s\n%s", severity(v), v.Code, term.Printable(v.Message), explanation(term.Style{}, v))
		switch {
		case !r.counts(v):
			output.WriteString(text)
		case one.Failure == nil:
			one.Failure = &failure{term.Printable(v.Message), string(v.Code), text}
		default:
			one.Failure.Text += text
		}
	}
	one.Output = output.String()
	return one
}
