package mock_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// What follows ranges over openapi.yaml: a new operation is red until it is done.

func TestEveryOperationIsDescribed(t *testing.T) {
	for _, op := range newServer(t).Contract().Operations {
		t.Run(op.ID, func(t *testing.T) {
			if !slices.Contains([]string{"documented", "observed", "inferred"}, op.Evidence) {
				t.Errorf("x-ticaga-evidence is %q, want one of %q", op.Evidence, []string{"documented", "observed", "inferred"})
			}
			if len(op.Sources) == 0 {
				t.Error("got no x-ticaga-source, want one at least")
			}
			if op.Summary == "" || op.Tag == "" || op.Line == 0 {
				t.Errorf("summary %q, tag %q, line %d; want summary not empty, tag not empty, line other than 0", op.Summary, op.Tag, op.Line)
			}
			if len(op.Examples()) == 0 {
				t.Error("got no example request, want one at least")
			}
		})
	}
}

// TestEveryExampleIsAnswered sends each example of the contract in every encoding that
// plugins use. The server holds its answers against the contract by itself. A request that is
// answered with 422 has a mistake in it, and no other has: what is refused in another way is
// fine in itself.
func TestEveryExampleIsAnswered(t *testing.T) {
	for _, op := range newServer(t).Contract().Operations {
		for _, example := range op.Examples() {
			for encoding, q := range exampleRequests(t, op, example) {
				t.Run(op.ID+"/"+example.Name+"/"+encoding, func(t *testing.T) {
					got := newDesk(t).ask(t, q)
					if got.status != example.Status() {
						t.Errorf("got status %d: %s, want %d", got.status, got.body, example.Status())
					}
					want := []string{}
					if op.Deprecated {
						want = append(want, "TM-DEPRECATED")
					}
					if encoding == "multipart" { // no published client sends it
						want = append(want, "TM-HEADER-MULTIPART")
					}
					warnings, errors := []string{}, 0
					for _, v := range got.entry.Violations {
						if v.Severity == spec.Error {
							errors++
						} else if v.Code != "TM-BODY-ALIAS" { // what older plugins send is an example too
							warnings = append(warnings, string(v.Code))
						}
					}
					if diff := cmp.Diff(want, warnings); diff != "" {
						t.Error(diff)
					}
					if (errors > 0) != (got.status == 422) {
						t.Errorf("got status %d: %+v; want status 422 if there are errors, and only then", got.status, got.entry.Violations)
					}
					if told := got.entry.Refusal != "" || errors > 0; told != (got.status != 200) {
						t.Errorf("got status %d, refused because %q; want a reason unless the status is 200", got.status, got.entry.Refusal)
					}
					if got.entry.Operation != op.ID {
						t.Errorf("the journal calls it %q, want %q", got.entry.Operation, op.ID)
					}
				})
			}
		}
	}
}

func exampleRequests(t *testing.T, op *spec.Operation, example spec.Example) map[string]request {
	path := op.URL(example.Params)
	if !op.HasBody {
		return map[string]request{"plain": {method: op.Method, path: path}}
	}
	body, err := json.Marshal(example.Body)
	if err != nil {
		t.Fatal(err)
	}
	digits := map[string]any{}
	for name, value := range example.Body {
		digits[name] = value
		if number, ok := value.(float64); ok {
			digits[name] = fmt.Sprint(number)
		}
	}
	text, err := json.Marshal(digits)
	if err != nil {
		t.Fatal(err)
	}
	var multi bytes.Buffer
	parts := multipart.NewWriter(&multi)
	for _, pair := range buildQuery("", example.Body) {
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if err := errors.Join(nameErr, valueErr, parts.WriteField(name, value)); err != nil {
			t.Fatal(err)
		}
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string]request{
		"multipart":    {method: op.Method, path: path, contentType: parts.FormDataContentType(), body: multi.String()},
		"json":         {method: op.Method, path: path, contentType: asJSON, body: string(body)},
		"json of text": {method: op.Method, path: path, contentType: asJSON, body: string(text)},
		"form":         {method: op.Method, path: path, contentType: asForm, body: strings.Join(buildQuery("", example.Body), "&")},
	}
}

// buildQuery encodes as PHP's http_build_query does: nested values in brackets, and
// nothing at all for an empty array.
func buildQuery(prefix string, value any) []string {
	var pairs []string
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			key := name
			if prefix != "" {
				key = prefix + "[" + name + "]"
			}
			pairs = append(pairs, buildQuery(key, v[name])...)
		}
		return pairs
	case []any:
		for i, entry := range v {
			pairs = append(pairs, buildQuery(fmt.Sprintf("%s[%d]", prefix, i), entry)...)
		}
		return pairs
	}
	return []string{url.QueryEscape(prefix) + "=" + url.QueryEscape(fmt.Sprint(value))}
}

// TestEveryStatusIsReached provokes each status that the contract documents.
func TestEveryStatusIsReached(t *testing.T) {
	for _, op := range newServer(t).Contract().Operations {
		for _, status := range op.Statuses() {
			t.Run(fmt.Sprintf("%s/%d", op.ID, status), func(t *testing.T) {
				q := request{method: op.Method, path: op.URL(op.Examples()[0].Params), contentType: asJSON, body: "{}"}
				switch status {
				case 401:
					q.auth = "-"
				case 403: // of every operation; another customer's ticket is the model's part
					q.auth = "Bearer no-rights-token"
				case 413:
					q.body = `{"x":"` + strings.Repeat("x", mock.DefaultMaxBody) + `"}`
				case 422: // the empty object
				case 429:
					d := newDesk(t)
					if err := d.Set(`{"rate_limit": 1}`); err != nil {
						t.Fatal(err)
					}
					d.ask(t, q)
					if got := d.ask(t, q); got.status != status {
						t.Errorf("got status %d: %s, want %d", got.status, got.body, status)
					}
					return
				default: // an example of the contract's is answered so, with a switch or without
					if !slices.ContainsFunc(op.Examples(), func(e spec.Example) bool {
						d := newDesk(t)
						if err := d.Set(switchesFor(status)); err != nil {
							t.Fatal(err)
						}
						q := exampleRequests(t, op, e)[map[bool]string{true: "json", false: "plain"}[op.HasBody]]
						return d.ask(t, q).status == status
					}) {
						t.Errorf("got no example of openapi.yaml that is answered with status %d, want one at least", status)
					}
					return
				}
				if got := newDesk(t).ask(t, q); got.status != status {
					t.Errorf("got status %d: %s, want %d", got.status, got.body, status)
				}
			})
		}
	}
}

// switchesFor returns the settings under which a status may be answered that is not by default.
func switchesFor(status int) string {
	if settings := map[int]string{
		201: `{"created": 201}`, 404: `{"unknown_customer": 404, "unknown_department": 404}`,
	}[status]; settings != "" {
		return settings
	}
	return "{}"
}

func TestEveryScenarioLoads(t *testing.T) {
	for _, name := range fixtures.Names() {
		server := newServer(t, func(o *mock.Options) { o.Scenario = name })
		if email, token := server.Credentials(); email != mock.DefaultEmail || token != mock.DefaultToken {
			t.Errorf("scenario %q: credentials %q, %q; want email %q, token %q", name, email, token, mock.DefaultEmail, mock.DefaultToken)
		}
	}
}
