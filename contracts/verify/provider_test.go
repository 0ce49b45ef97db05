//go:build cgo

package verify

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func TestProvider(t *testing.T) {
	if *pacts == "" {
		t.Fatal("the name of the pacts is empty; is the variable set?")
	}
	for _, name := range []string{"PACT_DESCRIPTION", "PACT_PROVIDER_STATE", "PACT_PROVIDER_NO_STATE", "PACT_URL"} {
		if os.Getenv(name) != "" {
			t.Fatalf("%s is set, and changes what Pact verifies; unset it, and select with DESCRIPTION= and STATE=", name)
		}
	}
	found, err := contracts.Open(*pacts)
	if err != nil {
		t.Fatal(err)
	}
	chosen, others := contracts.ForProvider(found, *providerName)
	for _, pact := range others {
		fmt.Printf("pact: %q is left out, it is for the provider %q\n", pact.Path, pact.Provider)
	}
	if len(chosen) == 0 {
		t.Fatalf("no pact in %q is for the provider %q; name another with PROVIDER=", *pacts, *providerName)
	}
	all := tally{warnings: map[string]int{}}
	for _, pact := range chosen {
		t.Run(pact.File, func(t *testing.T) {
			outcomes := verify(t, pact, contracts.Selection{Description: *description, State: *state})
			all.add(len(pact.Interactions), outcomes)
			for _, o := range outcomes {
				describe(os.Stdout, o)
				if o.Result == contracts.Failed {
					t.Errorf("%q fails", o.Interaction)
				}
			}
		})
	}
	switch {
	case t.Failed():
	case all.passed == 0 && all.pending == 0:
		t.Errorf("no interaction is selected by the description %q and the state %q", *description, *state)
	case all.passed == 0:
		t.Errorf("nothing is verified: every interaction is pending and fails")
	default:
		// Not t.Log, which go test keeps to itself unless it is asked.
		fmt.Println(all)
	}
}

// tally counts outcomes.
type tally struct {
	pacts, passed, pending, notRun int
	warnings                       map[string]int // of passed interactions, by code
}

// add counts the outcomes of a pact of so many interactions.
func (n *tally) add(interactions int, outcomes []contracts.Outcome) {
	if len(outcomes) > 0 {
		n.pacts++
	}
	n.notRun += interactions - len(outcomes)
	for _, o := range outcomes {
		switch o.Result {
		case contracts.Passed:
			n.passed++
			for _, f := range o.Findings {
				n.warnings[string(f.Violation.Code)]++
			}
		case contracts.Pending:
			n.pending++
		}
	}
}

// String returns a line that says how many interactions Pact has really verified, and one with their warnings.
func (n tally) String() string {
	line := fmt.Sprintf("pact: verified %s in %s", count(n.passed, "interaction"), count(n.pacts, "pact"))
	if n.pending > 0 {
		line += fmt.Sprintf(", %d pending", n.pending)
	}
	if n.notRun > 0 {
		line += fmt.Sprintf(", %d not selected", n.notRun)
	}
	var codes []string
	for _, code := range slices.Sorted(maps.Keys(n.warnings)) {
		codes = append(codes, fmt.Sprintf("%d %s", n.warnings[code], code))
	}
	if len(codes) > 0 {
		line += fmt.Sprintf("\npact: warnings: %s; ticaga-mock explain CODE says more", strings.Join(codes, ", "))
	}
	return line
}

// describe writes the findings of an interaction. Of one that passed these are the fields and parameters that
// the API does not have: no difference would show them.
func describe(w io.Writer, o contracts.Outcome) {
	if o.Result == contracts.Pending {
		_, _ = fmt.Fprintf(w, "%q is pending: it fails, but Pact lets it\n", o.Interaction)
	}
	for _, f := range o.Findings {
		if o.Result == contracts.Passed && f.Violation.Code != spec.BodyUnknownField && f.Violation.Code != spec.QueryUnknown {
			continue
		}
		v := f.Violation
		if v.In == "state" {
			v.Fix += "; a new state is an entry in contracts/states_*.go"
		}
		_, _ = fmt.Fprintf(w, "%s:%d:%d: %q\n  %s in the %s: %s\n", f.File, f.Line, f.Column, f.Interaction,
			strings.TrimSpace(fmt.Sprintf("%s %s", v.Severity, v.Code)), v.In, printable(v.Message))
		for _, line := range [...]struct{ name, text string }{{"at", v.At}, {"expected", v.Expected}, {"got", v.Got}, {"fix", v.Fix}} {
			if line.text != "" {
				_, _ = fmt.Fprintf(w, "    %-9s %s\n", line.name, printable(line.text))
			}
		}
	}
}

// printable replaces what a terminal would obey: control characters of pacts and responses.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '�'
		}
		return r
	}, text)
}

func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
