//go:build cgo

package verify

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/pact-foundation/pact-go/v2/matchers"
)

// clients have a pact each. They are published versions of plugins, by the version that they name or
// else the commit, and one client that keeps to the documentation.
var clients = []client{
	blesta10, blesta20, blesta20Refused, blesta21, blestaRatings, blestaClose,
	clientexecEarly, clientexec101, clientexec104,
	documented,
}

// client is a consumer. None of its code runs here: an interaction sends what the client was seen to
// send, and needs back what the client reads.
type client struct {
	name         string // with the version
	takes        func(response) string
	interactions []interaction
}

// interaction is one request and the least response that it needs.
type interaction struct {
	given       states
	description string
	sends       string // the bytes, less the HTTP version, Host and Content-Length
	body        any    // the JSON that the pact has for the body; nil for the body as it is sent
	needs       needs
	taken       string // what the client takes the response for; "" where no source says
}

// needs is the least response: by type what the client only reads, by value what it compares.
type needs struct {
	status int
	body   any // of JSON values and matchers; nil when the client does not even look whether there is one
}

type object = map[string]any

// Short names of Pact's matchers, because a client is a table of little else.
var (
	like  = matchers.Like    // any value of the type
	whole = matchers.Integer // any integer
)

// some is an array with at least one such entry.
func some(entry any) matchers.Matcher { return matchers.EachLike(entry, 1) }

// The responses that refuse a request, as far as clients read them.
var (
	notAuthenticated = needs{http.StatusUnauthorized, object{"error": "User not authenticated"}} // documented
	notAllowed       = needs{http.StatusForbidden, object{"message": like("This action is unauthorized.")}}
	tooMany          = needs{http.StatusTooManyRequests, object{"message": like("Too Many Attempts.")}}
	noTicket         = needs{http.StatusNotFound, object{"error": like("Ticket not found")}}
)

// invalid is the response to a request with a field that does not pass.
func invalid(field, sentence string) needs {
	return needs{http.StatusUnprocessableEntity, object{
		"message": like(sentence),
		"errors":  object{field: some(sentence)},
	}}
}

// response is what came back.
type response struct {
	method string // of the request
	status int
	body   []byte
}

// What clients take a response for before they look inside.
const (
	success    = "success"
	notFound   = "not found"
	authError  = "wrong credentials"
	noResponse = "no response"
	failure    = "error"
)

// takenBefore21 is the Blesta plugin's up to 2.0: whatever it has no word for is a success.
func takenBefore21(r response) string {
	switch {
	case len(r.body) == 0:
		return noResponse
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		return authError
	case r.status == http.StatusNotFound && r.method == http.MethodGet:
		return notFound
	}
	return success
}

// taken21 is the Blesta plugin's of 2.1, which treats a POST as a GET.
func taken21(r response) string {
	r.method = http.MethodGet
	return takenBefore21(r)
}

// takenSince21 is the Blesta plugin's of later versions. They show what a refused ticket was refused for.
func takenSince21(r response) string {
	taken := taken21(r)
	if taken != success || r.status/100 == 2 {
		return taken
	}
	var told struct {
		Message string
		Errors  map[string][]string
	}
	_ = json.Unmarshal(r.body, &told) // what is not JSON tells nothing
	for _, sentences := range told.Errors {
		told.Message = sentences[0] // the pacts have one field, with one sentence
	}
	return fmt.Sprintf("%s: %s", failure, told.Message)
}
