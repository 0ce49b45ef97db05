// Package traffic has the types that the mock exchanges with others, with their JSON: the same in Go, in
// the control API and in the command line.
//
// An [Exchange] is a request and its answer, as the journal keeps it and as observers get it. Secrets were
// removed before it was made. [Expectation], [Match] and [FaultRule] are what tests send, and [Result] is
// the answer to an expectation. The other types are bodies of the control API; [Problem] is that of its
// errors.
package traffic

import (
	"net/http"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Exchange is one request and its answer. It is shared by everybody who gets it, and never changes.
type Exchange struct {
	ID          int64            `json:"id"`                  // counts from 1 in each world, without gaps
	Time        time.Time        `json:"time"`                // when the request came, by the clock of the machine
	World       string           `json:"world"`               // its name; "default" for requests that name none
	Operation   string           `json:"operation,omitempty"` // operationId; "" when the path or method is unknown
	Method      string           `json:"method"`
	Path        string           `json:"path"`            // as it was sent, percent-encoded
	Query       string           `json:"query,omitempty"` // as it was sent
	Credentials string           `json:"credentials"`     // how they were sent, valid or not: "basic", "bearer", "header" or "none"
	Request     Message          `json:"request"`
	Status      int              `json:"status"` // 0 when nothing was answered
	Response    Message          `json:"response"`
	Refusal     string           `json:"refusal,omitempty"` // why the answer is a refusal when no violation says so; for people
	Remark      string           `json:"remark,omitempty"`  // what else is worth knowing about the answer, such as that a redirect was followed; for people
	Fault       string           `json:"fault,omitempty"`   // the fault that was applied to the answer, as a Prefer header asks for it
	Violations  []spec.Violation `json:"violations"`        // never nil
	Took        time.Duration    `json:"took_ns"`           // until the answer was ready, in nanoseconds, without the delays of faults

	// Target is the path without its world and extra slashes, percent-encoded.
	Target string `json:"-"`

	// Fields are the decoded fields of the body: string, json.Number, bool, nil, []any and map[string]any.
	// They are nil when there are none, and when they need more memory than MaxFields.
	Fields map[string]any `json:"-"`

	// QueryFields are the fields of the query, decoded as in PHP: string, []any and map[string]any. They are
	// nil in the same cases.
	QueryFields map[string]any `json:"-"`
}

// Message is one side of an exchange.
type Message struct {
	Header    http.Header `json:"header,omitempty"`
	Body      string      `json:"body,omitempty"`      // its first MaxBody bytes; a body that may contain a secret is rewritten as JSON, or left out
	Truncated bool        `json:"truncated,omitempty"` // the body was longer
}

// How much is kept of a body, in bytes.
const (
	MaxBody   = 16 << 10
	MaxFields = 256 << 10 // memory of its decoded fields, approximate
)

// NewMessage returns a message with the first MaxBody bytes of a body.
func NewMessage(header http.Header, body string) Message {
	if len(body) > MaxBody {
		return Message{Header: header, Body: strings.Clone(body[:MaxBody]), Truncated: true}
	}
	return Message{Header: header, Body: body}
}
