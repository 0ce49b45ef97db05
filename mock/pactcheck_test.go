package mock_test

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// TestKnownPacts: all pacts of the published clients are listed, with the findings of a Checker.
func TestKnownPacts(t *testing.T) {
	pacts, err := contracts.All()
	if err != nil {
		t.Fatal(err)
	}
	checker, err := contracts.NewChecker(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Pacts []struct {
			File         string
			Interactions int
			Findings     []contracts.Finding
		}
	}
	if err := json.Unmarshal([]byte(control(t, newServer(t), "GET", "/_mock/pacts", "")), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Pacts) != len(pacts) {
		t.Fatalf("got %d pacts, want %d", len(got.Pacts), len(pacts))
	}
	for i, pact := range pacts {
		if got.Pacts[i].File != pact.File || got.Pacts[i].Interactions != len(pact.Interactions) || len(got.Pacts[i].Findings) != len(checker.Check(pact)) {
			t.Errorf("got %+v, want the findings of %s", got.Pacts[i], pact.File)
		}
	}
}

// checkPact sends a pact to be checked.
func checkPact(t *testing.T, pact string) *httptest.ResponseRecorder {
	t.Helper()
	return fromControl(t, newServer(t), httptest.NewRequest("POST", "http://localhost/_mock/pact/check", strings.NewReader(pact)))
}

const wrongPact = `{
  "consumer": {"name": "my-plugin"}, "provider": {"name": "ticaga"},
  "interactions": [
    {"description": "<script>alert(1)</script>", "providerStates": [{"name": "customer 8 exist"}],
     "request": {"method": "GET", "path": "/api/customer/get/8"}, "response": {"status": 200}}
  ],
  "metadata": {"pactSpecification": {"version": "3.0.0"}}
}`

// TestPactIsChecked: the findings are those of pact check, with their places.
func TestPactIsChecked(t *testing.T) {
	pact, err := contracts.Read("the body", []byte(wrongPact))
	if err != nil {
		t.Fatal(err)
	}
	checker, err := contracts.NewChecker(nil)
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Findings []contracts.Finding }
	w := checkPact(t, wrongPact)
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("got %d %s, %v", w.Code, w.Body, err)
	}
	if diff := cmp.Diff(checker.Check(pact), got.Findings); diff != "" || len(got.Findings) == 0 {
		t.Errorf("findings (-pact check +control API):\n%s", diff)
	}
}

// TestHostilePacts get a short answer that says what is wrong.
func TestHostilePacts(t *testing.T) {
	many := `{"description":"x","request":{"method":"GET","path":"/api/nothing"},"response":{"status":200}}`
	for _, c := range []struct {
		name, body string
		status     int
		detail     string
	}{
		{"nothing", ``, 422, `"the body" is not a pact: `},
		{"an array", `[]`, 422, `"the body" is not a pact: it is an array, and must be an object`},
		{"null", `null`, 422, `"the body" is not a pact: it has no consumer and provider`},
		{"not a pact", `{"consumer":"x"}`, 422, `"the body" is not a pact: line 1: "consumer" is a string, and must be an object`},
		{"invalid JSON", "{\n\"consumer\": }", 422, `"the body" is not a pact: line 2: invalid character`},
		{"deep", strings.Repeat("[", 500_000), 422, `"the body" is not a pact: `},
		{"deep body", strings.Replace(wrongPact, `"path"`, `"body": `+strings.Repeat(`{"a":`, 20_000)+"1"+strings.Repeat("}", 20_000)+`, "path"`, 1), 422, `"the body" is not a pact: `},
		{"too large", `{"consumer":"` + strings.Repeat("x", 10<<20) + `"}`, 413, "the body is larger than 1048576 bytes"},
		{"not UTF-8", "{\"consumer\":\"\xff\"}", 400, "the body: "},
		{"a long description", strings.Replace(wrongPact, `"GET"`, `"`+strings.Repeat("x", 900_000)+`"`, 1), 200, ""},
		{"many findings", `{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[` + strings.Repeat(many+",", 5000) + many + `]}`, 200, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := checkPact(t, c.body)
			var problem traffic.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != c.status || !strings.HasPrefix(problem.Detail, c.detail) {
				t.Errorf("got %d %.300s, want %d %s", w.Code, w.Body, c.status, c.detail)
			}
			if w.Body.Len() > 1<<20 {
				t.Errorf("got an answer of %d bytes, want at most 1 MiB", w.Body.Len())
			}
		})
	}
}
