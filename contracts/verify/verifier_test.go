//go:build cgo

package verify

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/pact-foundation/pact-go/v2/provider"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// runVerifier lets Pact's verifier send the interactions of a file to a provider, and returns what it printed.
// It runs in a process of its own, because it returns nothing but whether all is well: see verifierMain.
func runVerifier(file, url, statesURL string) (printed string, err error) {
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	out, err := exec.Command(program, "-verifier="+file, "-url="+url, "-states-url="+statesURL).CombinedOutput()
	return string(out), err
}

// verifierMain is that process. It exits with 0 when all is well.
func verifierMain() {
	verify := func(t *testing.T) {
		// It fails t, and prints its report to the standard output.
		_ = provider.NewVerifier().VerifyProvider(t, provider.VerifyRequest{
			Provider: "ticaga", ProviderBaseURL: *url, ProviderStatesSetupURL: *statesURL, PactFiles: []string{*verifier}, DisableColoredOutput: true,
		})
	}
	everything := func(string, string) (bool, error) { return true, nil }
	testing.Main(everything, []testing.InternalTest{{Name: "verifier", F: verify}}, nil, nil)
}

// report is what the verifier printed about interactions, by their number.
type report struct {
	ran         map[int]bool
	failed      map[int]bool
	differences map[int][]contracts.Difference
}

// The lines of a report: an interaction and its number, a failed one, the part of the response that a list of
// differences is about, and a difference in the body.
var (
	ranLine     = regexp.MustCompile(`^  (\d+) \(.* loading, .* verification\)$`)
	failedLine  = regexp.MustCompile(`^\d+\) Verifying a pact between .* - (\d+)(?: - .*)?$`)
	aboutLine   = regexp.MustCompile(`^    \d+\.\d+\) (?:(has status code)|includes header '([^']+)'|(has a matching body)|.*)`)
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
			if in := inBodyLine.FindStringSubmatch(text); in != nil && d.Type == "BodyMismatch" {
				d.Path, d.Message = in[1], in[2]
			}
			r.differences[current] = append(r.differences[current], d)
		}
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
		d.Type, d.Key = "HeaderMismatch", found[2]
	case found[3] != "":
		d.Type = "BodyMismatch"
	}
	return d
}
