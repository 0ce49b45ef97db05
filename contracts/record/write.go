package record

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// maxLeftOut is how many exchanges that were left out a pact names.
const maxLeftOut = 100

// write returns interactions as a pact file of version 3 or 4 of Pact's specification. Its metadata say what
// was left out.
func write(o Options, all []interaction, leftOut []LeftOut) ([]byte, error) {
	interactions := make([]any, len(all))
	for i, one := range all {
		if o.Version == 3 {
			interactions[i] = one.version3()
		} else {
			interactions[i] = one.version4()
		}
	}
	metadata := map[string]any{"pactSpecification": map[string]any{"version": map[int]string{3: "3.0.0", 4: "4.0"}[o.Version]}}
	if len(leftOut) > 0 {
		lines := []string{}
		for _, one := range leftOut[:min(len(leftOut), maxLeftOut)] {
			if line := one.String(); !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
		metadata["ticaga-mock"] = map[string]any{"leftOut": lines}
	}
	data, err := json.MarshalIndent(map[string]any{
		"consumer":     map[string]any{"name": o.Consumer},
		"provider":     map[string]any{"name": o.Provider},
		"interactions": interactions,
		"metadata":     metadata,
	}, "", "  ")
	return append(data, '\n'), err
}

// interaction is one to be written.
type interaction struct {
	contracts.Interaction
	answer any            // the body of the response, decoded
	rules  map[string]any // its matching rules, by path
}

func (i interaction) version3() map[string]any {
	request := map[string]any{"method": i.Request.Method, "path": i.Request.Path}
	if headers := joined(i.Request.Header); headers != nil {
		request["headers"] = headers
	}
	if len(i.Request.Query) > 0 {
		request["query"] = i.Request.Query
	}
	if i.Request.Body != nil {
		request["body"] = bodyValue(i.Request)
	}
	return i.common(request, map[string]any{"status": i.Response.Status, "headers": joined(i.Response.Header), "body": i.answer})
}

func (i interaction) version4() map[string]any {
	request := map[string]any{"method": i.Request.Method, "path": i.Request.Path}
	if len(i.Request.Header) > 0 {
		request["headers"] = i.Request.Header
	}
	if len(i.Request.Query) > 0 {
		request["query"] = i.Request.Query
	}
	if i.Request.Body != nil {
		request["body"] = wrapped(bodyValue(i.Request), i.Request.Header.Get("Content-Type"))
	}
	one := i.common(request, map[string]any{
		"status": i.Response.Status, "headers": i.Response.Header, "body": wrapped(i.answer, i.Response.Header.Get("Content-Type")),
	})
	one["type"], one["pending"] = "Synchronous/HTTP", false
	return one
}

// common has what the versions share.
func (i interaction) common(request, response map[string]any) map[string]any {
	if len(i.rules) > 0 {
		response["matchingRules"] = map[string]any{"body": i.rules}
	}
	one := map[string]any{"description": i.Description, "request": request, "response": response}
	var states []any
	for _, given := range i.Given {
		state := map[string]any{"name": given.State}
		if len(given.Params) > 0 {
			state["params"] = given.Params
		}
		states = append(states, state)
	}
	if states != nil {
		one["providerStates"] = states
	}
	return one
}

func wrapped(content any, contentType string) map[string]any {
	return map[string]any{"content": content, "contentType": contentType, "encoded": false}
}

// bodyValue returns a body as a pact has it: JSON as such, and anything else as a string.
func bodyValue(r contracts.Request) any {
	if strings.Contains(r.Header.Get("Content-Type"), "json") && json.Valid(r.Body) {
		return json.RawMessage(r.Body)
	}
	return string(r.Body)
}

// joined returns headers with one string for each name.
func joined(h http.Header) map[string]string {
	if len(h) == 0 {
		return nil
	}
	headers := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		headers[name] = strings.Join(h[name], ", ")
	}
	return headers
}
