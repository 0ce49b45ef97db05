// Package journal keeps what was asked and what was answered.
//
// A [Journal] is a ring of the last exchanges, bounded in number and in the size of what it
// keeps of each. Whoever records an exchange takes the secrets out first, with a [Redactor],
// so nothing that reads the journal can leak them. It is safe for concurrent use.
package journal

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Exchange is one request and its answer. It is never changed once it is recorded.
type Exchange struct {
	ID          int64            `json:"id"` // counts from 1; gaps do not occur
	Time        time.Time        `json:"time"`
	Operation   string           `json:"operation,omitempty"` // operationId; "" when the path or method is unknown
	Method      string           `json:"method"`
	Path        string           `json:"path"`            // as it was sent, percent-encoded
	Query       string           `json:"query,omitempty"` // as it was sent, secrets redacted
	Credentials string           `json:"credentials"`     // the scheme that was used: "basic", "bearer", "header", "none"
	Request     Message          `json:"request"`
	Fields      map[string]any   `json:"-"` // of the body, decoded; without secrets
	Status      int              `json:"status"`
	Response    Message          `json:"response"`
	Refusal     string           `json:"refusal,omitempty"` // why Ticaga said no to a request that may be fine in itself
	Violations  []spec.Violation `json:"violations"`
	Took        time.Duration    `json:"took_ns"` // from the first look at the request until the answer was ready
}

// Message is one side of an exchange.
type Message struct {
	Header    http.Header `json:"header,omitempty"`
	Body      string      `json:"body,omitempty"`
	Truncated bool        `json:"truncated,omitempty"` // the body was longer than the journal keeps
}

// MaxBody is how many bytes the journal keeps of a body.
const MaxBody = 16 << 10

// NewMessage makes a message of a body, cut to what the journal keeps.
func NewMessage(header http.Header, body string) Message {
	if len(body) > MaxBody {
		return Message{Header: header, Body: strings.Clone(body[:MaxBody]), Truncated: true}
	}
	return Message{Header: header, Body: body}
}

// Journal is a ring of the last exchanges.
type Journal struct {
	mu   sync.Mutex
	ring []Exchange
	last int64 // ID of the newest
}

// New makes a journal that keeps the last size exchanges, at least one.
func New(size int) *Journal { return &Journal{ring: make([]Exchange, max(size, 1))} }

// Record stores an exchange over the oldest one, and returns it with its ID.
func (j *Journal) Record(x Exchange) Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	x.ID = j.last
	j.ring[int(x.ID)%len(j.ring)] = x
	return x
}

// Last lists what the journal holds, the newest first.
func (j *Journal) Last() []Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]Exchange, 0, min(int(j.last), len(j.ring)))
	for id := j.last; id > 0 && len(all) < len(j.ring); id-- {
		all = append(all, j.ring[int(id)%len(j.ring)])
	}
	return all
}

// Reset forgets every exchange; the next one has ID 1 again.
func (j *Journal) Reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	clear(j.ring)
	j.last = 0
}
