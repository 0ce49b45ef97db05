package spec

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/oasdiff/yaml3"
)

// TestContractAsJSON: the JSON says what the file says, in its order, and is a contract itself.
func TestContractAsJSON(t *testing.T) {
	data, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	contract, err := Load(data)
	if err != nil {
		t.Fatal(err)
	}
	text, err := contract.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var fromJSON, fromYAML any
	if err := json.Unmarshal(text, &fromJSON); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &fromYAML); err != nil {
		t.Fatal(err)
	}
	again, _ := json.Marshal(fromYAML)
	if err := json.Unmarshal(again, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromYAML, fromJSON); diff != "" {
		t.Errorf("the file (-yaml +json):\n%.2000s", diff)
	}
	if open, paths := strings.Index(string(text), `"openapi"`), strings.Index(string(text), `"paths"`); open > paths {
		t.Errorf("got openapi at %d and paths at %d, want the order of the file", open, paths)
	}
	loaded, err := Load(text)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := loaded.JSON(); err != nil || string(got) != string(text) {
		t.Errorf("a contract that is JSON: got another file, %v", err)
	}
}

// TestContractOfOddYAML: anchors, merged keys, numbers as keys and times.
func TestContractOfOddYAML(t *testing.T) {
	const text = `openapi: 3.0.3
info: { title: T, version: '1' }
paths:
  /a:
    get:
      operationId: a
      responses: &answers
        200: { description: fine, x-when: 2026-01-02, x-hex: 0x10, x-none: ~ }
  /b:
    get:
      operationId: b
      responses: { <<: *answers, '200': { description: own } }
`
	c := &Contract{file: file{data: []byte(text)}}
	got, err := c.JSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{"/a":{"get":{"operationId":"a","responses":{"200":{"description":"fine","x-when":"2026-01-02","x-hex":16,"x-none":null}}}},"/b":{"get":{"operationId":"b","responses":{"200":{"description":"own"}}}}}}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}
