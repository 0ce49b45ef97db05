// Package api is what Ticaga would decide: one handler an operation.
//
// A request comes in as a [Request], already decoded and checked against the contract, and
// leaves as a value to be encoded or as an error. A handler decides and never writes; what
// an error looks like on the wire stands in one place, [Render]. [Handlers] is the way in.
//
// Every rule that is a guess says [I] at its line; the other tags are those of openapi.yaml.
package api

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Handler decides about a request: the value to answer with, status 200, or an error
// that Render understands.
type Handler func(s *store.Store, r Request) (any, error)

// Handlers is every operation's handler by operationId.
func Handlers() map[string]Handler {
	return map[string]Handler{
		"checkConnection":  checkConnection,
		"registerCustomer": registerCustomer,
		"loginCustomer":    loginCustomer,
		"getCustomer":      getCustomer,
		"assignBillingId":  assignBillingID,
	}
}

// Request is what a handler gets to see of a request.
type Request struct {
	Caller store.Staff // the owner of the credentials
	Params Params
	Fields Fields
}

// Params holds the values of the path's parameters.
type Params map[string]string

// ID is a parameter as an id; 0 when it is none.
func (p Params) ID(name string) int64 {
	id, _ := strconv.ParseInt(p[name], 10, 64)
	return id
}

// Fields holds the fields of a body, as Laravel's middleware leaves them.
type Fields map[string]any

// Normalize does to decoded fields what Laravel does before an application sees them: it
// trims texts, but not passwords, and takes an empty text for null [I]. A null is left out,
// so that the contract sees a required field as missing and an optional one as not sent.
// It changes the map it is given.
func Normalize(fields map[string]any) Fields {
	for name, value := range fields {
		text, isText := value.(string)
		if trimmed := strings.TrimSpace(text); isText && trimmed != text && !strings.Contains(name, "password") {
			text = trimmed
			fields[name] = trimmed
		}
		if value == nil || isText && text == "" {
			delete(fields, name)
		}
	}
	return fields
}

// Text is a field as text, a number in its digits; "" when there is none.
func (f Fields) Text(name string) string {
	switch v := f[name].(type) {
	case string:
		return v
	case json.Number:
		if n, err := v.Float64(); err == nil && strings.ContainsAny(v.String(), ".eE") && math.Abs(n) < 1<<53 && n == math.Trunc(n) {
			return strconv.FormatInt(int64(n), 10) // PHP too takes 8.0 for a whole number
		}
		return v.String()
	}
	return ""
}

// ID is a field as an id; 0, which no record has, when it is none.
func (f Fields) ID(name string) int64 {
	id, _ := strconv.ParseInt(f.Text(name), 10, 64)
	return id
}

// TextOr is Text, or other when there is none.
func (f Fields) TextOr(name, other string) string {
	if text := f.Text(name); text != "" {
		return text
	}
	return other
}
