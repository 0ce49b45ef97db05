package broker_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/contracts/broker"
	"github.com/ticaga-mock/ticaga-mock/contracts/broker/brokertest"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

const pact = `{"consumer": {"name": "plugin"}, "provider": {"name": "ticaga"}, "interactions": [
	{"description": "one", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}},
	{"description": "two", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}]}`

// serve returns a client of a broker.
func serve(t *testing.T, b http.Handler, token string) *broker.Client {
	t.Helper()
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	c, err := broker.New(server.URL, token, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPacts(t *testing.T) {
	b := &brokertest.Broker{Token: "secret", Pacts: [][]byte{[]byte(pact), []byte("cut"), []byte(pact)}, Pending: true}
	c := serve(t, b, "secret")
	got, err := c.Pacts(t.Context(), broker.Query{
		Provider: "tica ga", Branch: "main", Pending: true, WIPSince: "2026-01-02", Selectors: []json.RawMessage{json.RawMessage(`{"mainBranch":true}`)},
	})
	if err == nil || !strings.Contains(err.Error(), "/pact/1.json") {
		t.Errorf("got %v, want an error about the pact that cannot be read", err)
	}
	if len(got) != 2 {
		t.Fatalf("got %d pacts, want 2", len(got))
	}
	if diff := cmp.Diff([]string{"The pact is being verified because it is the latest"}, got[1].Notices); diff != "" {
		t.Errorf("notices (-want +got)\n%s", diff)
	}
	if !strings.HasSuffix(got[1].Path, "/pact/2.json") || !got[1].Interactions[1].Pending {
		t.Errorf("got the pact %q, pending: %v, want /pact/2.json, pending", got[1].Path, got[1].Interactions[1].Pending)
	}
	want := []brokertest.Request{{Method: "POST", Path: "/pacts/provider/tica%20ga/for-verification", Body: map[string]any{
		"providerVersionBranch": "main", "includePendingStatus": true, "includeWipPactsSince": "2026-01-02",
		"consumerVersionSelectors": []any{map[string]any{"mainBranch": true}},
	}}}
	if diff := cmp.Diff(want, b.Requests()); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

func TestPublish(t *testing.T) {
	b := &brokertest.Broker{Token: "secret", Pacts: [][]byte{[]byte(pact)}}
	c := serve(t, b, "secret")
	pacts, err := c.Pacts(t.Context(), broker.Query{Provider: "ticaga"})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := []contracts.Outcome{
		{Index: 0, Result: contracts.Passed, Findings: []contracts.Finding{{Violation: spec.Violation{Message: "a warning"}}}},
		{Index: 1, Result: contracts.Failed, Findings: []contracts.Finding{{Pointer: "/interactions/1/response/status", Violation: spec.Violation{In: "response", Message: "expected 200 but was 401", Fix: "send a token"}}}},
	}
	if err := c.Publish(t.Context(), pacts[0], broker.Version{Number: "1.2", Branch: "feat/x", BuildURL: "https://ci.test/1", Verifier: "v0.1"}, outcomes); err != nil {
		t.Fatal(err)
	}
	want := []brokertest.Request{
		{Method: "PUT", Path: "/pacticipants/ticaga/branches/feat%2Fx/versions/1.2", Body: map[string]any{}},
		{Method: "POST", Path: "/pact/0/verification-results", Body: map[string]any{
			"success": false, "providerApplicationVersion": "1.2", "buildUrl": "https://ci.test/1",
			"verifiedBy": map[string]any{"implementation": "ticaga-mock", "version": "v0.1"},
			"testResults": []any{
				map[string]any{"interactionId": "id-0-0", "success": true},
				map[string]any{"interactionId": "id-0-1", "success": false, "mismatches": []any{map[string]any{
					"attribute": "response", "identifier": "/interactions/1/response/status", "description": "expected 200 but was 401; send a token",
				}}},
			},
		}},
	}
	if diff := cmp.Diff(want, b.Requests()[1:]); diff != "" {
		t.Errorf("requests (-want +got)\n%s", diff)
	}
}

// TestPublishWithoutProvider: a pact that does not link to its provider cannot be published for a branch.
func TestPublishWithoutProvider(t *testing.T) {
	b := &brokertest.Broker{Token: "secret", Pacts: [][]byte{[]byte(pact)}}
	c := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		b.ServeHTTP(answer, r)
		w.WriteHeader(answer.Code)
		_, _ = w.Write([]byte(strings.ReplaceAll(answer.Body.String(), `"pb:provider":`, `"other":`)))
	}), "secret")
	pacts, err := c.Pacts(t.Context(), broker.Query{Provider: "ticaga"})
	if err != nil {
		t.Fatal(err)
	}
	err = c.Publish(t.Context(), pacts[0], broker.Version{Number: "1.2", Branch: "main"}, nil)
	if err == nil || !strings.Contains(err.Error(), "has no link to its provider") {
		t.Errorf("got %v, want an error about the link", err)
	}
}

// TestErrors: each says what is wrong with the broker, and none has the token.
func TestErrors(t *testing.T) {
	text := func(status int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	for name, test := range map[string]struct {
		broker http.Handler
		want   string
	}{
		"other credentials": {&brokertest.Broker{Token: "other", Pacts: [][]byte{[]byte(pact)}}, "it does not accept the credentials (401); check --broker-token"},
		"no pacts":          {&brokertest.Broker{Token: "secret"}, `no pact for the provider "ticaga" matches the selectors`},
		"no broker":         {text(200, `{"_links": {}}`), `is not a Pact Broker, or too old a one: there is no link "pb:provider-pacts-for-verification"`},
		"a web page":        {text(200, `<html>`), "the answer is not the JSON of a Pact Broker"},
		"an error":          {text(400, `{"errors": ["no branch"]}`), `it answered 400 Bad Request: "{\"errors\": [\"no branch\"]}"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := serve(t, test.broker, "secret").Pacts(t.Context(), broker.Query{Provider: "ticaga"})
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "secret") {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// TestTokenStaysWithTheBroker: its links may lead elsewhere.
func TestTokenStaysWithTheBroker(t *testing.T) {
	got := "nothing"
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		_, _ = w.Write([]byte(pact))
	}))
	defer elsewhere.Close()
	c := serve(t, &brokertest.Broker{Token: "secret", Pacts: [][]byte{[]byte(pact)}, Elsewhere: elsewhere.URL}, "secret")
	if _, err := c.Pacts(context.Background(), broker.Query{Provider: "ticaga"}); err != nil {
		t.Fatal(err)
	}
	if got != "" {
		t.Errorf("got the credentials %q at another host, want none", got)
	}
}

func TestNew(t *testing.T) {
	for _, base := range []string{"", "broker.example.com", "ftp://x", "http://", "https://user:secret@ho st"} {
		if _, err := broker.New(base, "", "", ""); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, want an error without a password", base, err)
		}
	}
}
