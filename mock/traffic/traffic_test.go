package traffic

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestExpectationInJSON: an Expectation survives the way to JSON and back, where 0, nil and an empty slice
// mean different things.
func TestExpectationInJSON(t *testing.T) {
	zero, two := 0, 2
	for _, c := range []struct {
		name  string
		value Expectation
		text  string
	}{
		{"the zero value", Expectation{}, `{}`},
		{"a body", Expectation{Operation: "closeTicket", Body: map[string]any{"ticket_id": json.Number("9007199254740993"), "note": nil}},
			`{"operation":"closeTicket","body":{"note":null,"ticket_id":9007199254740993}}`},
		{"counts", Expectation{Count: &zero}, `{"count":0}`},
		{"bounds", Expectation{AtLeast: &zero, AtMost: &two}, `{"at_least":0,"at_most":2}`},
		{"no violations", Expectation{Violations: []string{}}, `{"violations":[]}`},
		{"steps", Expectation{InOrder: []Match{{Method: "POST"}, {Headers: map[string]any{"Accept": nil}}}, NothingElse: true},
			`{"in_order":[{"method":"POST"},{"headers":{"Accept":null}}],"nothing_else":true}`},
		{"a duration", Expectation{Within: 1500 * time.Millisecond}, `{"within":"1.5s"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := json.Marshal(c.value)
			if err != nil || string(text) != c.text {
				t.Errorf("got %s, %v, want %s", text, err, c.text)
			}
			var back Expectation
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.value, back); diff != "" {
				t.Errorf("values differ (-sent +read):\n%s", diff)
			}
		})
	}
	if err := json.Unmarshal([]byte(`{"within":"soon"}`), new(Expectation)); err == nil {
		t.Error("Unmarshal(within soon) = no error, want one")
	}
}

// TestExpectationHasEveryFieldOfMatch, so that one request is expected as a step is.
func TestExpectationHasEveryFieldOfMatch(t *testing.T) {
	expectation := reflect.TypeFor[Expectation]()
	for _, want := range reflect.VisibleFields(reflect.TypeFor[Match]()) {
		got, ok := expectation.FieldByName(want.Name)
		if !ok || got.Type != want.Type || got.Tag != want.Tag {
			t.Errorf("%s: got %v %q, want %v %q", want.Name, got.Type, got.Tag, want.Type, want.Tag)
		}
	}
}
