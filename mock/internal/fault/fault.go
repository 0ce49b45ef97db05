// Package fault decides which answers fail, and how.
//
// There are three ways to ask for a [Fault]: the request's Prefer header ([FromHeader]), data that is
// reserved for it in every scenario ([Values]), and a rule that a test has set ([Parse], [Rules]). The
// first of them that applies wins. Package mock applies the fault to the answer.
package fault

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is what to do to an answer. The zero value leaves it as it is.
type Fault struct {
	Kind     string        // one of Kinds, or ""
	Status   int           // the status to answer with; 0 for the real one
	Delay    time.Duration // before the answer
	DelayMax time.Duration // when greater than Delay: the delay is random, between the two
}

// Active reports whether there is anything to do.
func (f Fault) Active() bool { return f != Fault{} }

// Real reports whether the answer is the real one, late or in part, so that the handler has to run.
func (f Fault) Real() bool {
	return f.Status == 0 && (f.Kind == "" || f.Kind == "truncate" || f.Kind == "slow")
}

// String returns the fault as a Prefer header asks for it.
func (f Fault) String() string {
	var parts []string
	if f.Status != 0 {
		parts = append(parts, fmt.Sprintf("code=%d", f.Status))
	}
	if f.Kind != "" {
		parts = append(parts, "fault="+f.Kind)
	}
	switch {
	case f.DelayMax > f.Delay:
		parts = append(parts, fmt.Sprintf("delay=%d-%d", f.Delay.Milliseconds(), f.DelayMax.Milliseconds()))
	case f.Delay > 0:
		parts = append(parts, fmt.Sprintf("delay=%d", f.Delay.Milliseconds()))
	}
	return strings.Join(parts, ", ")
}

// Kinds lists the faults that are not just a status, and what they do.
var Kinds = []struct{ Name, Does string }{
	{"reset", "the connection is reset, and nothing is answered"},
	{"empty", "status 200 with an empty body"},
	{"truncate", "the real answer breaks off in its middle"},
	{"garbage", "status 200 with JSON that breaks off"},
	{"html", "status 500 with an HTML error page"},
	{"redirect", "what Laravel does with a visitor who is not logged in: 302 to /login, or 401 for a client that accepts JSON"},
	{"slow", "the real answer, dripping for about two seconds"},
}

// Statuses lists the statuses that have reserved data.
var Statuses = []int{400, 401, 403, 404, 405, 408, 413, 419, 422, 429, 500, 502, 503, 504}

// MaxDelay bounds a delay.
const MaxDelay = time.Minute

// New returns a fault as a rule or a header asks for it. The error says what is wrong.
func New(kind string, status int, delay, delayMax time.Duration) (Fault, error) {
	f := Fault{kind, status, delay, delayMax}
	switch {
	case kind != "" && !known(kind):
		return f, fmt.Errorf("fault %.40q: must be one of %s", kind, strings.Join(names(), ", "))
	case kind != "" && status != 0:
		return f, fmt.Errorf("fault and status exclude each other; leave one out")
	case status != 0 && (status < 400 || status > 599): // with any other, a client expects another body
		return f, fmt.Errorf("status %d: must be 400 to 599", status)
	case delay < 0 || delayMax < 0 || delay > MaxDelay || delayMax > MaxDelay:
		return f, fmt.Errorf("delay: must be 0 to %d milliseconds", MaxDelay.Milliseconds())
	case delayMax != 0 && delayMax < delay:
		return f, fmt.Errorf("delay: its end, %d milliseconds, is before its start, %d", delayMax.Milliseconds(), delay.Milliseconds())
	case !f.Active():
		return f, fmt.Errorf("no effect: set a status, a fault or a delay")
	}
	return f, nil
}

func known(kind string) bool { return slices.Contains(names(), kind) }

func names() []string {
	all := make([]string, len(Kinds))
	for i, k := range Kinds {
		all[i] = k.Name
	}
	return all
}

// FromHeader returns the fault that a Prefer header asks for (RFC 7240): code=, fault=, and delay= in
// milliseconds, or a range of them. Other preferences are ignored.
func FromHeader(h http.Header) (Fault, error) {
	values := h["Prefer"]
	if values == nil {
		return Fault{}, nil
	}
	var f Fault
	ours, real := false, false
	for _, preference := range strings.FieldsFunc(strings.Join(values, ","), func(r rune) bool { return r == ',' || r == ';' }) {
		name, value, _ := strings.Cut(strings.TrimSpace(preference), "=")
		value = strings.Trim(value, `"`)
		var err error
		switch strings.ToLower(name) {
		case "code":
			f.Status, err = strconv.Atoi(value)
		case "fault":
			f.Kind = value
		case "delay":
			f.Delay, f.DelayMax, err = parseDelay(value)
			real = true
		default:
			continue
		}
		ours = true
		if err != nil {
			return Fault{}, fmt.Errorf("%s=%.40q: must be a number", name, value)
		}
	}
	if f.Status >= 200 && f.Status < 300 { // the real answer, as with delay=0
		f.Status, real = 0, true
	}
	if !ours || real && !f.Active() {
		return Fault{}, nil
	}
	return New(f.Kind, f.Status, f.Delay, f.DelayMax)
}

// SuccessFromHeader returns the status below 300 that a Prefer header asks for; 0 when there is none.
func SuccessFromHeader(h http.Header) int {
	for _, value := range h["Prefer"] {
		for preference := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == ';' }) {
			name, code, _ := strings.Cut(strings.TrimSpace(preference), "=")
			if status, err := strconv.Atoi(strings.Trim(code, `"`)); err == nil && strings.EqualFold(name, "code") && status >= 200 && status < 300 {
				return status
			}
		}
	}
	return 0
}

func parseDelay(text string) (from, to time.Duration, err error) {
	low, high, isRange := strings.Cut(text, "-")
	ms, err := strconv.ParseUint(low, 10, 31)
	if err != nil {
		return 0, 0, err
	}
	from = time.Duration(ms) * time.Millisecond
	if isRange {
		if ms, err = strconv.ParseUint(high, 10, 31); err != nil {
			return 0, 0, err
		}
		to = time.Duration(ms) * time.Millisecond
	}
	return from, to, nil
}
