package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// testsuite is a run as JUnit's readers know it.
type testsuite struct {
	XMLName   xml.Name   `xml:"testsuite"`
	Name      string     `xml:"name,attr"`
	Tests     int        `xml:"tests,attr"`
	Failures  int        `xml:"failures,attr"`
	Errors    int        `xml:"errors,attr"`
	Seconds   string     `xml:"time,attr"`
	Timestamp string     `xml:"timestamp,attr"`
	Cases     []testcase `xml:"testcase"`
}

type testcase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Seconds string   `xml:"time,attr"`
	Failure *failure `xml:"failure"`
	Output  string   `xml:"system-out,omitempty"`
}

// failure is one, however many violations: most readers show no more.
type failure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.6f", d.Seconds()) }

// junit makes a test case of the command, and one of every exchange.
func (r *report) junit(w io.Writer, ended error) error {
	took := time.Since(r.began)
	suite := testsuite{
		Name: "ticaga-mock", Seconds: seconds(took), Timestamp: r.began.UTC().Format("2006-01-02T15:04:05"),
		Cases: []testcase{{Name: printable(r.command), Class: "ticaga.run", Seconds: seconds(took)}},
	}
	if ended != nil {
		suite.Cases[0].Failure = &failure{Message: printable(ended.Error()), Type: "command"}
	}
	for _, x := range r.exchanges {
		suite.Cases = append(suite.Cases, r.testcase(x))
	}
	for _, c := range suite.Cases {
		suite.Tests++
		if c.Failure != nil {
			suite.Failures++
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// testcase fails with the violations that count; the others stand in its output.
func (r *report) testcase(x mock.Exchange) testcase {
	one := testcase{
		Name: printable(fmt.Sprintf("%d %s %s", x.ID, x.Method, x.Path)), Class: "ticaga", Seconds: seconds(x.Took),
	}
	if x.Operation != "" {
		one.Class += "." + x.Operation
	}
	var output strings.Builder
	for _, v := range x.Violations {
		text := fmt.Sprintf("%s %s: %s\n%s", v.Severity, v.Code, printable(v.Message), explanation(style{}, v))
		switch {
		case !r.counts(v):
			output.WriteString(text)
		case one.Failure == nil:
			one.Failure = &failure{printable(v.Message), v.Code, text}
		default:
			one.Failure.Text += text
		}
	}
	one.Output = output.String()
	return one
}
