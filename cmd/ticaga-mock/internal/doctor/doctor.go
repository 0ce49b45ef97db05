// Package doctor finds out why a plugin does not reach the mock: what listens on the port, who can reach it, what the
// environment changes, and the limits of the machine.
//
// Each check is a function of what it looks at, so that other machines than this one can be tried in tests.
package doctor

// Verdict says whether somebody has to do something about a finding.
type Verdict string

// The verdicts.
const (
	Fine    Verdict = "ok"      // as it should be
	Note    Verdict = "note"    // may surprise
	Problem Verdict = "problem" // requests would fail
)

// Finding is what one check found.
type Finding struct {
	Area    string  `json:"area"` // such as "port" or "proxy"
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text"`          // one line, printable
	Remedy  string  `json:"fix,omitempty"` // what to do; "" for nothing
}

// Worst returns the worst verdict of findings; Fine for none.
func Worst(findings []Finding) Verdict {
	worst := Fine
	for _, f := range findings {
		if f.Verdict == Problem || worst == Fine {
			worst = f.Verdict
		}
	}
	return worst
}
