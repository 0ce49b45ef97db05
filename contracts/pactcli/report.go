package pactcli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// report is the verifier's report, by the numbers of the interactions.
type report struct {
	ran, passed map[int]bool
	differences map[int][]contracts.Difference
	others      []string // failures that belong to no interaction
	good        bool
}

// maxReport is the largest report that is read, in bytes.
const maxReport = 1 << 30

// reportJSON is the report as the verifier writes it.
type reportJSON struct {
	Result             *bool
	InteractionResults []struct{ Description, Result string }
	Errors             []failureJSON
	PendingErrors      []failureJSON
}

// failureJSON is why an interaction failed: differences, or a message.
type failureJSON struct {
	Interaction string // "Verifying a pact between c and ticaga Given x - 12"
	Mismatch    struct {
		Message    string
		Mismatches []contracts.Difference
	}
}

// readReport reads a report.
func readReport(file string) (*report, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, errNoReport
	}
	defer func() { _ = f.Close() }()
	var written reportJSON
	if err := json.NewDecoder(io.LimitReader(f, maxReport)).Decode(&written); err != nil || written.Result == nil {
		return nil, fmt.Errorf("cannot read the report of Pact's verifier: %w", cmp.Or(err, errNoResult))
	}
	return written.sorted(), nil
}

var errNoResult = errors.New("it has no result")

// sorted sorts what is reported by the numbers of the interactions. One that is reported twice has not run.
func (written *reportJSON) sorted() *report {
	r := &report{ran: map[int]bool{}, passed: map[int]bool{}, differences: map[int][]contracts.Difference{}, good: *written.Result}
	for _, result := range written.InteractionResults {
		number, err := strconv.Atoi(result.Description)
		if _, twice := r.ran[number]; err != nil || twice {
			r.others = append(r.others, fmt.Sprintf("an unexpected result for %q", result.Description))
			r.ran[number] = false
			continue
		}
		r.ran[number], r.passed[number] = true, result.Result == "OK"
	}
	for _, failed := range append(written.Errors, written.PendingErrors...) {
		number, err := strconv.Atoi(failed.Interaction[strings.LastIndex(failed.Interaction, " - ")+len(" - "):])
		switch {
		case err != nil || !r.ran[number]:
			r.others = append(r.others, strings.TrimSpace(failed.Interaction+": "+failed.Mismatch.Message))
		case len(failed.Mismatch.Mismatches) > 0:
			r.differences[number] = append(r.differences[number], failed.Mismatch.Mismatches...)
		default:
			r.differences[number] = append(r.differences[number], contracts.Difference{Message: failed.Mismatch.Message})
		}
	}
	return r
}

// failure returns what failed that belongs to no interaction. Ended is how the process ended.
func (r *report) failure(ended error) error {
	failed := len(r.differences) > 0
	for _, passed := range r.passed {
		failed = failed || !passed
	}
	switch {
	case len(r.others) > 0:
		return fmt.Errorf("the report of Pact's verifier: %s", strings.Join(r.others, "; "))
	case !failed && (!r.good || ended != nil):
		return fmt.Errorf("the verifier of Pact failed, though no interaction did: %w", cmp.Or(ended, errSuccess))
	}
	return nil
}
