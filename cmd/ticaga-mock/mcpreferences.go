package main

import (
	"fmt"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// operations returns a line for each operation.
func (a *assistant) operations() string {
	var b strings.Builder
	for _, o := range a.contract.Operations {
		deprecated := ""
		if o.Deprecated {
			deprecated = ", deprecated"
		}
		_, _ = fmt.Fprintf(&b, "%s %s %s (%s%s): %s\n", o.Method, o.Path, o.ID, o.Evidence, deprecated, o.Summary)
	}
	return b.String()
}

func (a *assistant) operation(id string) (string, error) {
	return text(func(b *strings.Builder) error { return showOperation(b, a.contract, id, false) })
}

// explained returns the page of a code in Markdown.
func explained(code string) (string, error) {
	return text(func(b *strings.Builder) error {
		if code == "sources" {
			return explainSources(b, false)
		}
		return explainCode(b, code, false)
	})
}

// scenarios returns a line for each scenario.
func scenarios() string {
	var b strings.Builder
	for _, name := range fixtures.Names() {
		_, _ = fmt.Fprintf(&b, "%s: %s\n", name, fixtures.About(name))
	}
	return b.String()
}

// scenario returns what requests can use of a scenario.
func scenario(name string) (string, error) {
	files, err := fixtures.Open(name)
	if err != nil {
		return "", err
	}
	list, generated, err := readFixtures(files)
	if err != nil {
		return "", err
	}
	return text(func(b *strings.Builder) error { return tellFixtures(b, list, generated) })
}

// checkPactText returns what pact check prints about a pact.
func checkPactText(contract *spec.Contract, pact string) (string, error) {
	report, err := newPactReport("pact check", reportFlags{failOn: "error"})
	if err != nil {
		return "", err
	}
	const name = "pact.json"
	read, err := contracts.Read(name, []byte(pact))
	if err != nil {
		return "", err
	}
	read.Path = name
	report.add(reportedPact{pact: read, Findings: contracts.CheckerFor(contract).Check(read)})
	return text(func(b *strings.Builder) error {
		report.print(b)
		return nil
	})
}
