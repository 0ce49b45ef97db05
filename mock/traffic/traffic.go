// Package traffic is what the mock tells of a request and its answer: to its journal, to whoever
// observes it, and over the control door.
//
// Secrets were taken out before an [Exchange] was made.
package traffic

import (
	"net/http"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Exchange is one request and its answer. It is never changed once it is made, and shared by all
// who are told of it.
type Exchange struct {
	ID          int64            `json:"id"`                  // counts from 1 in each world; gaps do not occur
	Time        time.Time        `json:"time"`                // when the request came, by the clock of the machine
	World       string           `json:"world"`               // "default" for requests that name none
	Operation   string           `json:"operation,omitempty"` // operationId; "" when the path or method is unknown
	Method      string           `json:"method"`
	Path        string           `json:"path"`            // as it was sent, percent-encoded
	Query       string           `json:"query,omitempty"` // as it was sent
	Credentials string           `json:"credentials"`     // how they were sent, good or not: "basic", "bearer", "header" or "none"
	Request     Message          `json:"request"`
	Status      int              `json:"status"` // 0 when nothing was answered
	Response    Message          `json:"response"`
	Refusal     string           `json:"refusal,omitempty"` // why Ticaga said no, where no violation tells; for people
	Remark      string           `json:"remark,omitempty"`  // what else is worth knowing of the answer, such as that a redirect was followed; for people
	Fault       string           `json:"fault,omitempty"`   // the fault that was put into the answer, as a Prefer header asks for it
	Violations  []spec.Violation `json:"violations"`        // never nil
	Took        time.Duration    `json:"took_ns"`           // until the answer was ready, in nanoseconds; delays of faults not included

	// Target is the path without its world and needless slashes, percent-encoded.
	Target string `json:"-"`

	// Fields are those of the body, decoded: string, json.Number, bool, nil, []any and
	// map[string]any. They are nil when there are none, and when they take more memory than
	// MaxFields.
	Fields map[string]any `json:"-"`

	// QueryFields are those of the query, decoded as PHP does: string, []any and map[string]any.
	// They are nil in the same cases.
	QueryFields map[string]any `json:"-"`
}

// Message is one side of an exchange.
type Message struct {
	Header    http.Header `json:"header,omitempty"`
	Body      string      `json:"body,omitempty"`      // its first MaxBody bytes; one that may hold a secret is written anew as JSON, or left out
	Truncated bool        `json:"truncated,omitempty"` // the body was longer
}

// What is kept of a body, in bytes.
const (
	MaxBody   = 16 << 10
	MaxFields = 256 << 10 // about how much memory its decoded fields may take
)

// NewMessage makes a message of a body, cut to what is kept.
func NewMessage(header http.Header, body string) Message {
	if len(body) > MaxBody {
		return Message{Header: header, Body: strings.Clone(body[:MaxBody]), Truncated: true}
	}
	return Message{Header: header, Body: body}
}
