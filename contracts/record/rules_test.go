package record

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestMatchingRules: everything is matched by type, but for what the contract fixes.
func TestMatchingRules(t *testing.T) {
	contract, err := spec.Load(ticagamock.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		operation string
		status    int
		answer    string
		want      map[string]string
	}{
		{"assignBillingId", 200, `{"user": true}`, map[string]string{"$": "type", "$.user": "equality"}},
		{"assignBillingId", 401, `{"error": "User not authenticated"}`, map[string]string{"$": "type", "$.error": "equality"}},
		{"listTickets", 200, `{"tickets": []}`, map[string]string{"$": "type"}},
		{"listTickets", 200, `{"tickets": [{"id": 1}, {"id": 2}]}`, map[string]string{"$": "type", "$.tickets": "type"}},
	} {
		t.Run(test.operation+" "+test.answer, func(t *testing.T) {
			got := map[string]string{}
			for path, rule := range matchingRules(contract.Operation(test.operation), test.status, decoded(t, test.answer)) {
				list := rule.(map[string]any)["matchers"].([]any)
				got[path] = list[0].(map[string]any)["match"].(string)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestDifference: an answer of the same kind matches, and any other one differs at a place.
func TestDifference(t *testing.T) {
	for _, test := range []struct{ name, recorded, fresh, want string }{
		{"other values", `{"id": 1, "name": "a"}`, `{"id": 2, "name": "b", "more": true}`, ""},
		{"another type", `{"id": 1}`, `{"id": "1"}`, "/id"},
		{"a missing field", `{"user": {"id": 1}}`, `{"user": {}}`, "/user/id"},
		{"null", `{"rating": null}`, `{"rating": 1}`, "/rating"},
		{"a longer list", `[{"id": 1}]`, `[{"id": 1}, {"id": 2}]`, ""},
		{"an entry of another type", `[{"id": 1}]`, `[{"id": 1}, {"id": "2"}]`, "/1/id"},
		{"an empty list", `{"tickets": [1]}`, `{"tickets": []}`, "/tickets"},
		{"a list that is not empty", `{"tickets": []}`, `{"tickets": [1]}`, "/tickets"},
		{"an object instead of a list", `{"tickets": [1]}`, `{"tickets": {}}`, "/tickets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			if at := difference(decoded(t, test.recorded), decoded(t, test.fresh), nil); at != nil {
				got = spec.Pointer(*at...)
			}
			if got != test.want {
				t.Errorf("got a difference at %q, want %q", got, test.want)
			}
		})
	}
}

func TestPath(t *testing.T) {
	if got, want := path([]string{"users", "0", "full name", "id"}), "$.users[0]['full name'].id"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := strings.TrimPrefix(step("a_b"), "."); got != "a_b" {
		t.Errorf("got %s, want a_b", got)
	}
}
