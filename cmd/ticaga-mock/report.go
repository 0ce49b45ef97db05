package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// report collects the exchanges of a run. Only add and copy are safe for concurrent use.
type report struct {
	failOn map[string]bool

	mu        sync.Mutex
	exchanges []mock.Exchange
}

func (r *report) add(x mock.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.exchanges = append(r.exchanges, x)
}

// copy is what was collected so far.
func (r *report) copy() *report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &report{failOn: r.failOn, exchanges: slices.Clone(r.exchanges)}
}

func (r *report) failures() int {
	n := 0
	for _, x := range r.exchanges {
		n += len(r.failing(x))
	}
	return n
}

// failing are the violations of an exchange that count.
func (r *report) failing(x mock.Exchange) []mock.Violation {
	var list []mock.Violation
	for _, v := range x.Violations {
		if r.failOn[string(v.Severity)] {
			list = append(list, v)
		}
	}
	return list
}

// write writes the reports that were asked for, and annotations where GitHub reads them.
func (r *report) write(junit, jsonFile string, stdout io.Writer) error {
	var errs []error
	if junit != "" {
		errs = append(errs, writeFile(junit, r.junit))
	}
	if jsonFile != "" {
		errs = append(errs, writeFile(jsonFile, r.json))
	}
	if os.Getenv("GITHUB_ACTIONS") != "" {
		r.annotate(stdout)
	}
	return errors.Join(errs...)
}

func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// json lists the exchanges as the journal has them.
func (r *report) json(w io.Writer) error {
	exchanges := r.exchanges
	if exchanges == nil {
		exchanges = []mock.Exchange{}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"exchanges": exchanges, "failures": r.failures()})
}

// junit makes a test case of every exchange, which fails with its violations.
func (r *report) junit(w io.Writer) error {
	type failure struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	type testcase struct {
		Name     string    `xml:"name,attr"`
		Class    string    `xml:"classname,attr"`
		Seconds  string    `xml:"time,attr"`
		Failures []failure `xml:"failure"`
	}
	type testsuite struct {
		XMLName  xml.Name   `xml:"testsuite"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Cases    []testcase `xml:"testcase"`
	}
	suite := testsuite{Name: "ticaga-mock", Tests: len(r.exchanges)}
	for _, x := range r.exchanges {
		one := testcase{
			Name: printable(fmt.Sprintf("%d %s %s", x.ID, x.Method, x.Path)), Class: "ticaga." + x.Operation,
			Seconds: fmt.Sprintf("%.6f", x.Took.Seconds()),
		}
		for _, v := range r.failing(x) {
			one.Failures = append(one.Failures, failure{printable(v.Message), v.Code, explanation(v)})
		}
		if len(one.Failures) > 0 {
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, one)
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

// explanation is a violation in a few lines of text.
func explanation(v mock.Violation) string {
	var b strings.Builder
	for _, line := range [...][2]string{
		{"where", strings.TrimSpace(v.In + " " + v.At)}, {"expected", v.Expected}, {"got", v.Got}, {"change", v.Fix}, {"known", knownFrom(v)},
	} {
		if line[1] != "" {
			_, _ = fmt.Fprintf(&b, "    %-9s %s\n", line[0], printable(line[1]))
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

// annotate writes workflow commands, which GitHub shows beside the run.
func (r *report) annotate(w io.Writer) {
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for _, x := range r.exchanges {
		for _, v := range x.Violations {
			text := fmt.Sprintf("%s %s: %s\n%s", x.Method, x.Path, v.Message, explanation(v))
			_, _ = fmt.Fprintf(w, "::%s title=%s::%s\n", v.Severity, v.Code, escape.Replace(text))
		}
	}
}
