package verify

import (
	"net/http"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// Request is what can be said about a request.
type Request struct {
	ID          int64
	Operation   string // operationId; "" when the path or method is unknown
	Method      string
	Path        string         // percent-encoded, without the prefix of a world
	Query       map[string]any // decoded as PHP does: string, []any and map[string]any
	Header      http.Header
	Credentials string         // "basic", "bearer", "header" or "none"
	Fields      map[string]any // of the body: string, json.Number, bool, nil, []any and map[string]any
	Violations  []string       // codes
	Status      int            // of the answer
}

// RequestOf returns the request of an exchange.
func RequestOf(x *traffic.Exchange) Request {
	var codes []string
	for _, v := range x.Violations {
		codes = append(codes, string(v.Code))
	}
	return Request{
		ID: x.ID, Operation: x.Operation, Method: x.Method, Path: x.Target, Query: x.QueryFields,
		Header: x.Request.Header, Credentials: x.Credentials, Fields: x.Fields, Violations: codes, Status: x.Status,
	}
}

// Contract is what an expectation has to know about the API and about the world that is asked.
type Contract struct {
	World      string                                        // its name; "" for any
	Operations []string                                      // every operationId
	Codes      []string                                      // of violations
	Accepts    Accepts                                       // nil for a contract that accepts no field in two forms
	Nearest    func(word string, candidates []string) string // what a mistyped word was meant to be, or ""
}

// NewContract returns what a contract says to expectations in a world.
func NewContract(c *spec.Contract, world string) Contract {
	known := Contract{World: world, Codes: explain.Codes(), Accepts: c.Accepts, Nearest: words.Nearest}
	for _, op := range c.Operations {
		known.Operations = append(known.Operations, op.ID)
	}
	return known
}
