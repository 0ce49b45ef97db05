// Package brokertest stands in for a Pact Broker in tests: the index, the pacts for verification, a
// pact, the publication of results and the versions of a branch, with links between them.
package brokertest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// Broker is the handler of a broker. It is safe for concurrent use.
type Broker struct {
	Token string   // required as a Bearer token
	Pacts [][]byte // those for verification
	// Pending is for all pacts, if a client asks for pending ones.
	Pending bool
	// Elsewhere is the base URL in the links to pacts; "" for the broker's own.
	Elsewhere string

	mu       sync.Mutex
	requests []Request
}

// Request is one that has changed something, or has chosen pacts.
type Request struct {
	Method string         `json:"method"`
	Path   string         `json:"path"`
	Body   map[string]any `json:"body"`
}

// Requests returns what was sent so far.
func (b *Broker) Requests() []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Request{}, b.requests...)
}

type object = map[string]any

// ServeHTTP answers a request.
func (b *Broker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	base := "http://" + r.Host
	link := func(path string) object { return object{"href": base + path} }
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"_links": object{
			"self":                               link("/"),
			"curies":                             []object{{"name": "pb", "href": base + "/doc/{rel}", "templated": true}},
			"pb:provider-pacts-for-verification": link("/pacts/provider/{provider}/for-verification"),
		}})
	})
	mux.HandleFunc("POST /pacts/provider/{provider}/for-verification", func(w http.ResponseWriter, r *http.Request) {
		body := b.note(r)
		pending := b.Pending && body["includePendingStatus"] == true
		list := []object{}
		for n := range b.Pacts {
			self := link(fmt.Sprintf("/pact/%d.json", n))
			if b.Elsewhere != "" {
				self = object{"href": fmt.Sprintf("%s/pact/%d.json", b.Elsewhere, n)}
			}
			list = append(list, object{
				"verificationProperties": object{"pending": pending, "notices": []object{
					{"when": "before_verification", "text": "The pact is being verified because it is the latest"},
					{"when": "after_verification:success_true_published_false", "text": "never shown"},
				}},
				"_links": object{"self": self},
			})
		}
		answer(w, object{"_embedded": object{"pacts": list}})
	})
	mux.HandleFunc("GET /pact/{file}", func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.PathValue("file"), "%d.json", &n); err != nil || n >= len(b.Pacts) {
			http.NotFound(w, r)
			return
		}
		var pact object
		if err := json.Unmarshal(b.Pacts[n], &pact); err != nil {
			_, _ = w.Write(b.Pacts[n])
			return
		}
		if list, ok := pact["interactions"].([]any); ok {
			for i, one := range list {
				one.(object)["_id"] = fmt.Sprintf("id-%d-%d", n, i)
			}
		}
		pact["_links"] = object{
			"pb:publish-verification-results": link(fmt.Sprintf("/pact/%d/verification-results", n)),
			"pb:provider":                     link("/pacticipants/ticaga"),
		}
		answer(w, pact)
	})
	mux.HandleFunc("GET /pacticipants/ticaga", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"_links": object{"pb:branch-version": link("/pacticipants/ticaga/branches/{branch}/versions/{version}")}})
	})
	mux.HandleFunc("PUT /pacticipants/ticaga/branches/{branch}/versions/{version}", func(w http.ResponseWriter, r *http.Request) {
		b.note(r)
		w.WriteHeader(http.StatusCreated)
		answer(w, object{})
	})
	mux.HandleFunc("POST /pact/{n}/verification-results", func(w http.ResponseWriter, r *http.Request) {
		b.note(r)
		w.WriteHeader(http.StatusCreated)
		answer(w, object{})
	})
	if r.Header.Get("Authorization") != "Bearer "+b.Token {
		http.Error(w, "no", http.StatusUnauthorized)
		return
	}
	mux.ServeHTTP(w, r)
}

// note keeps a request, and returns its body.
func (b *Broker) note(r *http.Request) object {
	var body object
	data, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20)) // a test sees what is missing
	_ = json.Unmarshal(data, &body)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.requests = append(b.requests, Request{r.Method, r.URL.EscapedPath(), body})
	return body
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/hal+json;charset=utf-8")
	_ = json.NewEncoder(w).Encode(body)
}
