package traffic

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Expectation says which requests a client must send, and how often: at least once, unless Count,
// AtLeast or AtMost is set. Fields at their zero value do not restrict anything, so the zero
// Expectation expects at least one request of any kind.
//
// Values of Body, Query and Headers are anything that encodes as JSON. Objects are compared in part, at
// any depth, and arrays as a whole. nil means that the value must not be there. Where the contract accepts
// a number and a string for a field, 8 and "8" are equal. Secrets are not kept, so they cannot be compared.
type Expectation struct {
	// The same as in Match.
	Operation   string         `json:"operation,omitempty"`
	Method      string         `json:"method,omitempty"`
	Path        string         `json:"path,omitempty"`
	Body        map[string]any `json:"body,omitzero"`
	Query       map[string]any `json:"query,omitzero"`
	Headers     map[string]any `json:"headers,omitzero"`
	Credentials string         `json:"credentials,omitempty"`
	Violations  []string       `json:"violations,omitzero"`

	Count   *int `json:"count,omitempty"`    // exactly this many requests
	AtLeast *int `json:"at_least,omitempty"` // at least this many
	AtMost  *int `json:"at_most,omitempty"`  // at most this many

	// InOrder replaces all fields above: a request for each Match, each later than the one before.
	InOrder []Match `json:"in_order,omitzero"`

	// NothingElse also requires that the client sent no other requests.
	NothingElse bool `json:"nothing_else,omitempty"`

	// Within is how long to wait for the requests, 60 seconds at most; 0 means not at all. In JSON it is
	// a string such as "3s" or "500ms".
	Within time.Duration `json:"within,omitempty"`
}

// Match chooses requests. Its zero value chooses all of them. Values are compared as in an Expectation.
type Match struct {
	Operation   string         `json:"operation,omitempty"`   // an operationId of the contract
	Method      string         `json:"method,omitempty"`      // instead of an operation, with or without a path
	Path        string         `json:"path,omitempty"`        // as it is sent, with or without /w/NAME
	Body        map[string]any `json:"body,omitzero"`         // some of the body's fields
	Query       map[string]any `json:"query,omitzero"`        // parameters by name, as PHP reads them: strings, or objects and arrays of strings
	Headers     map[string]any `json:"headers,omitzero"`      // strings by name; of a header with several values, one must be equal
	Credentials string         `json:"credentials,omitempty"` // how they are sent: "basic", "bearer", "header" or "none"

	// Violations are codes that the request must have, among others; when the expectation holds, they
	// are marked as allowed. An empty slice that is not nil means that it must not have any. A FaultRule
	// cannot use them.
	Violations []string `json:"violations,omitzero"`
}

// plain is an Expectation whose JSON is the default one.
type plain Expectation

// MarshalJSON implements json.Marshaler.
func (e Expectation) MarshalJSON() ([]byte, error) {
	within := ""
	if e.Within != 0 {
		within = e.Within.String()
	}
	return json.Marshal(struct {
		plain
		Within string `json:"within,omitempty"`
	}{plain(e), within})
}

// UnmarshalJSON implements json.Unmarshaler. Numbers in Body, Query and Headers become json.Number.
func (e *Expectation) UnmarshalJSON(data []byte) error {
	read := struct {
		*plain
		Within string `json:"within"`
	}{plain: (*plain)(e)}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&read); err != nil {
		return err
	}
	var err error
	e.Within, err = time.ParseDuration(cmp.Or(read.Within, "0"))
	return err
}

// Result says whether an expectation holds. Its String is for people: the explanation, then a line for
// each difference.
type Result struct {
	Holds       bool    `json:"holds"`
	Impossible  bool    `json:"impossible,omitempty"` // no later request can make it hold
	Explanation string  `json:"explanation"`          // a sentence for people
	Matched     []int64 `json:"matched"`              // IDs of the expected requests that came
	Misses      []Miss  `json:"misses,omitempty"`     // near misses, the nearest first, at most three
}

// Miss is a near miss: a request that differs from the expected one.
type Miss struct {
	ID          int64        `json:"id"`
	Operation   string       `json:"operation,omitempty"`
	Method      string       `json:"method"`
	Path        string       `json:"path"`
	Status      int          `json:"status"`
	Differences []Difference `json:"differences"`
}

// Difference is one place where a request differs from the expected one.
type Difference struct {
	At   string `json:"at"` // "operation", "body /billing_id", "header Accept", "query page", ...
	Want any    `json:"want"`
	Got  any    `json:"got,omitempty"` // left out when nothing was sent
}

// String returns the explanation, then a line for each difference.
func (r Result) String() string {
	var b strings.Builder
	b.WriteString(r.Explanation)
	for _, m := range r.Misses {
		fmt.Fprintf(&b, "\n  #%d %s", m.ID, cmp.Or(m.Operation, spec.Quote(m.Method+" "+m.Path)))
		for _, d := range m.Differences {
			b.WriteString("\n    " + d.String())
		}
	}
	return b.String()
}

// String returns a line such as `body /billing_id: expected 42, got "17"`.
func (d Difference) String() string {
	return fmt.Sprintf("%s: expected %s, got %s", Printable(d.At), Show(d.Want), Show(d.Got))
}

// Show returns a JSON value on one line, shortened and safe to print on a terminal.
func Show(value any) string {
	switch v := value.(type) {
	case nil:
		return "nothing"
	case string:
		return spec.Quote(v)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "[not shown]"
	}
	// JSON reads better without quotation marks around it.
	short, cut := strings.CutSuffix(spec.Quote(string(text)), "...")
	short = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(short[1 : len(short)-1])
	if cut {
		short += "..."
	}
	return short
}

// Printable returns a JSON pointer, which may contain keys that a client chose, in ASCII without control
// characters, so that it cannot forge a line of a log.
func Printable(pointer string) string {
	quoted := strconv.QuoteToASCII(pointer)
	return quoted[1 : len(quoted)-1]
}
