package main

import (
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// The JUnit report of a large pact may not look at every finding for every interaction.
func TestSuiteOfALargePact(t *testing.T) {
	const size = 20_000
	pact := reportedPact{pact: contracts.Pact{Interactions: make([]contracts.Interaction, size)}}
	for n := range size {
		pact.Findings = append(pact.Findings, contracts.Finding{Index: n})
	}
	r := &pactReport{began: time.Now(), Pacts: []reportedPact{pact}}
	r.failOn = "error"
	suite := r.suite()
	if len(suite.Cases) != size || suite.Cases[7].Output == "" {
		t.Errorf("got %d cases, the output of one is %q", len(suite.Cases), suite.Cases[7].Output)
	}
	if took := time.Since(r.began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
