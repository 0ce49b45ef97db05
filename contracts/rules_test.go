package contracts

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestRules: which values Pact compares by value, under the rules of each version.
func TestRules(t *testing.T) {
	for _, row := range []struct{ name, rules, at, want string }{
		{"no rules", ``, "user/id", "value"},
		{"version 2, the value", `{"$.body.user.id": {"match": "type"}}`, "user/id", "any"},
		{"version 2, below the value", `{"$.body.user": {"match": "type"}}`, "user/id", "any"},
		{"version 2, another value", `{"$.body.user.email": {"match": "regex", "regex": "x"}}`, "user/id", "value"},
		{"version 2, the body", `{"$.body": {"match": "type"}}`, "user/id", "any"},
		{"version 2, a minimum", `{"$.body.list": {"min": 1}}`, "list/0", "any"},
		{"version 3", `{"body": {"$.user.id": {"combine": "AND", "matchers": [{"match": "integer"}]}}}`, "user/id", "any"},
		{"version 3, equality below a type", `{"body": {"$": {"matchers": [{"match": "type"}]}, "$.user.id": {"matchers": [{"match": "equality"}]}}}`, "user/id", "value"},
		{"any index", `{"body": {"$.list[*].id": {"matchers": [{"match": "type"}]}}}`, "list/3/id", "any"},
		{"an index", `{"body": {"$.list[0].id": {"matchers": [{"match": "type"}]}}}`, "list/1/id", "value"},
		{"a name in quotes", `{"body": {"$['full name']": {"matchers": [{"match": "type"}]}}}`, "full name", "any"},
		{"of a header", `{"header": {"X": {"matchers": [{"match": "type"}]}}}`, "user/id", "value"},
		{"garbage", `{"body": 7, "$.body..[x": {"match": 7}}`, "user/id", "value"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := "any"
			if readRules(json.RawMessage(row.rules)).at(strings.Split(row.at, "/")) == "equality" {
				got = "value"
			}
			if got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}
