//go:build cgo

package verify

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	cmpdiff "github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// report is what the verifier printed about interactions, by their number.
type report struct {
	ran         map[int]bool
	failed      map[int]bool
	differences map[int][]contracts.Difference
}

// The lines of a report: an interaction and its number, a failed one, the part of the response that a list of
// differences is about, and a difference in a header or in the body.
var (
	ranLine     = regexp.MustCompile(`^  (\d+) \(.* loading, .* verification\)$`)
	failedLine  = regexp.MustCompile(`^\d+\) Verifying a pact between .* - (\d+)(?: - .*)?$`)
	aboutLine   = regexp.MustCompile(`^    \d+\.\d+\) (?:(has status code)|(includes header)|(has a matching body)|.*)`)
	inHeadLine  = regexp.MustCompile(`^(?:Mismatch with|Expected a) header '([^']+)'`)
	inBodyLine  = regexp.MustCompile(`^(\$\S*) -> (.*)$`)
	pactsFailed = regexp.MustCompile(`^There were \d+ pact failures$`)
)

// readReport reads what the verifier printed.
func readReport(printed string) report {
	r := report{ran: map[int]bool{}, failed: map[int]bool{}, differences: map[int][]contracts.Difference{}}
	current, about := 0, difference
	for line := range strings.Lines(printed) {
		line = strings.TrimRight(line, "\r\n")
		text := strings.TrimSpace(line)
		switch {
		case ranLine.MatchString(line):
			r.ran[number(ranLine, line)] = true
		case failedLine.MatchString(line):
			current, about = number(failedLine, line), difference
			r.ran[current], r.failed[current] = true, true
		case pactsFailed.MatchString(line):
			current = 0
		case current == 0 || text == "":
		case aboutLine.MatchString(line):
			about = differenceAbout(aboutLine.FindStringSubmatch(line))
			if about.Type == "" {
				about.Message = text
				r.differences[current] = append(r.differences[current], about)
			}
		default:
			d := about
			d.Message = text
			if in := inHeadLine.FindStringSubmatch(text); in != nil && d.Type == "HeaderMismatch" {
				d.Key = in[1]
			}
			if in := inBodyLine.FindStringSubmatch(text); in != nil && d.Type == "BodyMismatch" {
				d.Path, d.Message = in[1], in[2]
			}
			r.differences[current] = append(r.differences[current], d)
		}
	}
	for _, differences := range r.differences { // the verifier writes them in any order
		slices.SortStableFunc(differences, func(a, b contracts.Difference) int {
			return cmp.Or(-cmp.Compare(a.Type, b.Type), cmp.Compare(a.Path, b.Path)) // status, header, body
		})
	}
	return r
}

func number(line *regexp.Regexp, text string) int {
	n, _ := strconv.Atoi(line.FindStringSubmatch(text)[1]) // digits
	return n
}

// difference is one without its words. What the verifier prints has no values but in its words.
var difference = contracts.Difference{Expected: "", Actual: ""}

// differenceAbout returns a difference without its words, from what aboutLine has found.
func differenceAbout(found []string) contracts.Difference {
	d := difference
	switch {
	case found[1] != "":
		d.Type = "StatusMismatch"
	case found[2] != "":
		d.Type = "HeaderMismatch"
	case found[3] != "":
		d.Type = "BodyMismatch"
	}
	return d
}

const printed = `
Verifying a pact between own and ticaga

  1 (0s loading, 32ms verification)
     Given ticaga-mock: interaction 1
     And customer 8 exists
    returns a response which
      has status code 201 (FAILED)
      includes headers
        "X-Powered-By" with value "PHP" (FAILED)
        "Cache-Control" with value "public" (FAILED)
      has a matching body (FAILED)

  2 (0s loading, 1s 117ms verification)
      Request Failed - One or more of the setup state change handlers has failed

  3 (0s loading, 16ms verification)
    returns a response which
      has status code 200 (OK)
      has a matching body (OK)


Failures:

1) Verifying a pact between own and ticaga Given ticaga-mock: interaction 1 And customer 8 exists - 1
    1.1) has a matching body
           $.user.id -> Expected 8 (Integer) to be equal to 9 (Integer)
           $.user -> Actual map is missing the following keys: nick

    1.2) has status code 201
           expected 201 but was 200
    1.3) includes header 'X-Powered-By' with value '"PHP"'
           Expected a header 'X-Powered-By' but was missing
           Mismatch with header 'Cache-Control': Expected 'no-cache' to be equal to 'public' for value at index 0

2) Verifying a pact between own and ticaga Given custmer 8 exists - 2 - One or more of the setup state change handlers has failed


There were 2 pact failures

--- FAIL: verifier (0.12s)
`

func TestReadReport(t *testing.T) {
	got := readReport(printed)
	if diff := cmpdiff.Diff(map[int]bool{1: true, 2: true, 3: true}, got.ran); diff != "" {
		t.Errorf("ran (-want +got):\n%s", diff)
	}
	if diff := cmpdiff.Diff(map[int]bool{1: true, 2: true}, got.failed); diff != "" {
		t.Errorf("failed (-want +got):\n%s", diff)
	}
	want := map[int][]contracts.Difference{1: {
		{Type: "StatusMismatch", Message: "expected 201 but was 200"},
		{Type: "HeaderMismatch", Key: "X-Powered-By", Message: "Expected a header 'X-Powered-By' but was missing"},
		{Type: "HeaderMismatch", Key: "Cache-Control", Message: "Mismatch with header 'Cache-Control': Expected 'no-cache' to be equal to 'public' for value at index 0"},
		{Type: "BodyMismatch", Path: "$.user", Message: "Actual map is missing the following keys: nick"},
		{Type: "BodyMismatch", Path: "$.user.id", Message: "Expected 8 (Integer) to be equal to 9 (Integer)"},
	}}
	for n := range want[1] {
		want[1][n].Expected, want[1][n].Actual = "", ""
	}
	if diff := cmpdiff.Diff(want, got.differences); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}
