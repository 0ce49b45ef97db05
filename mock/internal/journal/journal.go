// Package journal keeps what was asked and what was answered.
//
// A [Journal] is a ring of the last exchanges, bounded in their number and in bytes. Whoever
// records an exchange takes the secrets out first, with a [Redactor], so nothing that reads
// the journal can leak them. It is safe for concurrent use.
package journal

import (
	"context"
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
	World       string           `json:"world"`
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
	Fault       string           `json:"fault,omitempty"`   // the fault that was put into the answer
	Violations  []spec.Violation `json:"violations"`
	Took        time.Duration    `json:"took_ns"` // from the first look at the request until the answer was ready

	bytes int // about how many the journal holds for it
}

// size is about how many bytes the journal holds for an exchange.
func (x *Exchange) size() int {
	n := 512 + len(x.Path) + len(x.Query) + 2*len(x.Request.Body) + len(x.Response.Body) + 256*len(x.Violations)
	for name, values := range x.Request.Header {
		n += len(name)
		for _, v := range values {
			n += len(v)
		}
	}
	return n
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

// Limits bound a journal. The newest exchange is kept whatever its size.
type Limits struct {
	Exchanges int // at least 1
	Bytes     int // about how much memory they may take
}

// Journal is a ring of the last exchanges.
type Journal struct {
	limits Limits

	mu      sync.Mutex
	ring    []Exchange    // grows to limits.Exchanges, then goes round
	oldest  int           // index of the oldest in ring
	count   int           // how many are kept
	bytes   int           // of those kept
	last    int64         // ID of the newest
	changed chan struct{} // closed at the next exchange; nil while nobody waits
}

// New makes an empty journal. It takes no memory before the first exchange.
func New(limits Limits) *Journal { return &Journal{limits: limits} }

// Record stores an exchange, drops the oldest ones that are too many, and returns it with
// its ID.
func (j *Journal) Record(x Exchange) Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	x.ID = j.last
	x.bytes = x.size()
	j.bytes += x.bytes
	for j.count > 0 && (j.count >= j.limits.Exchanges || j.bytes > j.limits.Bytes) {
		j.bytes -= j.at(0).bytes
		*j.at(0) = Exchange{} // lest the ring hold on to what is gone
		j.oldest = (j.oldest + 1) % len(j.ring)
		j.count--
	}
	if j.count == len(j.ring) {
		j.grow()
	}
	j.count++
	*j.at(j.count - 1) = x
	if j.changed != nil {
		close(j.changed)
		j.changed = nil
	}
	return x
}

// at is the i-th of those kept, the oldest first.
func (j *Journal) at(i int) *Exchange { return &j.ring[(j.oldest+i)%len(j.ring)] }

// grow makes room for more, up to the limit.
func (j *Journal) grow() {
	larger := make([]Exchange, min(max(2*len(j.ring), 16), max(j.limits.Exchanges, 1)))
	for i := range j.count {
		larger[i] = *j.at(i)
	}
	j.ring, j.oldest = larger, 0
}

// Since lists what the journal holds of the exchanges after the one with an ID, the oldest
// first; all for 0.
func (j *Journal) Since(id int64) []Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.since(id)
}

func (j *Journal) since(id int64) []Exchange {
	wanted := int(min(max(j.last-id, 0), int64(j.count)))
	list := make([]Exchange, 0, wanted)
	for i := j.count - wanted; i < j.count; i++ {
		list = append(list, *j.at(i))
	}
	return list
}

// Wait is Since, but waits for at least one exchange, or for ctx to end. It returns what there
// is, which is nothing when ctx ended first.
func (j *Journal) Wait(ctx context.Context, id int64) []Exchange {
	for {
		j.mu.Lock()
		if list := j.since(id); len(list) > 0 {
			j.mu.Unlock()
			return list
		}
		if j.changed == nil {
			j.changed = make(chan struct{})
		}
		changed := j.changed
		j.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil
		}
	}
}

// Find is the exchange with an ID, if the journal still holds it.
func (j *Journal) Find(id int64) (Exchange, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if i := int64(j.count) - 1 - (j.last - id); id > 0 && id <= j.last && i >= 0 {
		return *j.at(int(i)), true
	}
	return Exchange{}, false
}

// LastID is the ID of the newest exchange; 0 when there was none.
func (j *Journal) LastID() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// Reset forgets every exchange. IDs go on, so that whoever waits for the next one is not
// confused.
func (j *Journal) Reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ring, j.oldest, j.count, j.bytes = nil, 0, 0, 0
}
