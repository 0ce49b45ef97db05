package traffic

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
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

// TestViolationsSayWhereToReadMore: in JSON only, and nothing else of an exchange changes on the way.
func TestViolationsSayWhereToReadMore(t *testing.T) {
	x := Exchange{ID: 3, Operation: "assignBillingId", Method: "POST", Path: "/a?<b>", Violations: []spec.Violation{{Code: "TM-BODY-REQUIRED", At: "/billing_id"}}}
	for operation, want := range map[string]string{
		"assignBillingId": "/_mock/ui/#/api/assignBillingId",
		"a/b c":           "/_mock/ui/#/api/a%2Fb%20c",
		"":                "/_mock/explain/TM-BODY-REQUIRED",
	} {
		x.Operation = operation
		text, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		var got struct {
			Violations []struct{ Docs, Code, At string }
		}
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if v := got.Violations[0]; v.Docs != want || v.Code != "TM-BODY-REQUIRED" || v.At != "/billing_id" {
			t.Errorf("%q: got %s, want docs %s", operation, text, want)
		}
		var back Exchange
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x, back); diff != "" {
			t.Errorf("%q: values differ (-sent +read):\n%s", operation, diff)
		}
	}
	if text, err := json.Marshal(Exchange{Violations: []spec.Violation{}}); err != nil || !strings.Contains(string(text), `"violations":[]`) {
		t.Errorf("got %s, %v, want an empty array of violations", text, err)
	}
}
