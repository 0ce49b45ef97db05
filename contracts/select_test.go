package contracts

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSelection(t *testing.T) {
	i := Interaction{Description: "a link of Customer 8", Given: []Given{{State: "no ticket exists"}, {State: "Customer 8 exists"}}}
	for _, test := range []struct {
		selection Selection
		want      bool
	}{
		{Selection{}, true},
		{Selection{Description: "LINK of customer"}, true},
		{Selection{Description: "(link"}, false},
		{Selection{State: "customer 8"}, true},
		{Selection{State: "customer 9"}, false},
		{Selection{Description: "link", State: "customer 9"}, false},
	} {
		if got := test.selection.Has(i); got != test.want {
			t.Errorf("%+v: got %v, want %v", test.selection, got, test.want)
		}
	}
}

// TestNumbered: in a copy only description and states are others. Numbers stay as they are written.
func TestNumbered(t *testing.T) {
	const consumer, rest = `"consumer": {"name": "c"}, "provider": {"name": "p"}, `, `"request": {"method": "POST", "path": "/", "body": {"a": 12345678901234567890, "b": 1.0}}, "response": {"status": 200}`
	numbered := func(state, more string) string {
		return `[{"description": "7", "providerStates": [{"name": "ticaga-mock: interaction 7"}` + state + `], ` + rest + more + `}]`
	}
	for name, test := range map[string]struct{ interaction, want string }{
		"no state":  {`"description": "d", ` + rest, numbered("", "")},
		"version 1": {`"description": "d", "provider_state": "x", ` + rest, numbered(`, {"name": "x"}`, "")},
		"version 2": {`"description": "d", "providerState": "x", ` + rest, numbered(`, {"name": "x"}`, "")},
		"null":      {`"description": "d", "providerState": null, "providerStates": null, ` + rest, numbered("", "")},
		"version 3": {`"description": "d", "providerStates": [{"name": "x", "params": {"id": 12345678901234567890}}, {"name": "y"}], ` + rest,
			numbered(`, {"name": "x", "params": {"id": 12345678901234567890}}, {"name": "y"}`, "")},
		"both": {`"description": "d", "providerState": "x", "providerStates": [{"name": "y"}], "key": "k", ` + rest,
			numbered(`, {"name": "x"}, {"name": "y"}`, `, "key": "k"`)},
	} {
		t.Run(name, func(t *testing.T) {
			pact := read(t, `{`+consumer+`"interactions": [{`+rest+`}, {`+test.interaction+`}], "metadata": {"x": 1}}`)
			got, err := pact.Numbered(map[int]int{1: 7})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plainJSON(t, `{`+consumer+`"interactions": `+test.want+`, "metadata": {"x": 1}}`), plainJSON(t, string(got))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestNumberedNeedsWhatPactReads: Go reads names in any case, and Pact does not.
func TestNumberedNeedsWhatPactReads(t *testing.T) {
	pact := read(t, `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "Interactions": [{"request": {"method": "GET", "path": "/"}, "response": {"status": 200}}]}`)
	if got, err := pact.Numbered(map[int]int{0: 1}); err == nil {
		t.Errorf("got %s, want an error", got)
	}
}

func TestMarkedNumber(t *testing.T) {
	for state, want := range map[string]int{"ticaga-mock: interaction 12": 12, "ticaga-mock: interaction x": -1, "customer 8 exists": -1, "": -1} {
		got, marked := MarkedNumber(state)
		if marked != (want >= 0) || marked && got != want {
			t.Errorf("%q: got %d, %v, want %d", state, got, marked, want)
		}
	}
}

// plainJSON decodes a document with its numbers as they are written.
func plainJSON(t *testing.T, text string) map[string]any {
	t.Helper()
	var value map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}
