package spec

import (
	"encoding/json"
	"testing"
)

func TestFixed(t *testing.T) {
	contract := load(t)
	for _, test := range []struct {
		name, operation string
		status          int
		answer, want    string
	}{
		{"a documented boolean", "assignBillingId", 200, `{"user": true}`, "/user"},
		{"a documented error", "assignBillingId", 401, `{"error": "User not authenticated"}`, "/error"},
		{"a message that is not documented", "assignBillingId", 401, `{"message": "Unauthenticated."}`, ""},
		{"an answer of its own", "checkConnection", 200, `{"result": "true"}`, "/result"},
		{"an answer that does not fit", "assignBillingId", 200, `{"user": "yes"}`, ""},
		{"a status that it does not have", "assignBillingId", 302, `{"user": true}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			var answer any
			if err := json.Unmarshal([]byte(test.answer), &answer); err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, at := range contract.Operation(test.operation).Fixed(test.status, answer) {
				got += Pointer(at...)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
