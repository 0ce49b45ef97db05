package contracts

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

func TestJudge(t *testing.T) {
	const pact = `{"consumer": {"name": "c"}, "provider": {"name": "p"}, "metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [
{"type": "Synchronous/HTTP", "description": "DESCRIPTION", "pending": PENDING, "providerStates": [{"name": "x"}, {"name": "customer 8 sleeps"}],
"request": {"method": "GET", "path": "/api/customers/get/8"},
"response": {"status": STATUS, "body": {"content": {"user": {"id": 9}}, "contentType": "application/json"}}}]}`
	reached := traffic.Exchange{Operation: "getCustomer", Status: 200}
	with := func(x traffic.Exchange, v ...spec.Violation) traffic.Exchange {
		x.Violations = v
		return x
	}
	failing := spec.Violation{Code: "TM-BODY-REQUIRED", Severity: spec.Error, In: spec.InBody, Message: "missing", Fix: "send it"}
	noToken := spec.Violation{Code: "TM-AUTH-MISSING", Severity: spec.Error, In: spec.InHeader, At: "Authorization", Message: "no credentials", Fix: "send them"}
	odd := spec.Violation{Code: "TM-QUERY-UNKNOWN", Severity: spec.Warning, In: spec.InQuery, At: "debug", Message: "unknown", Fix: "leave it out"}
	noPath := spec.Violation{Code: "TM-PATH-UNKNOWN", Severity: spec.Error, In: spec.InPath, Message: "no such path", Fix: "did you mean another?"}
	status := Difference{Type: "StatusMismatch", Message: "expected 200 but was 401", Expected: 200.0, Actual: 401.0}

	tests := []struct {
		name        string
		seen        Evidence
		status      string // "200" unless it says otherwise
		description string
		pending     bool
		want        Result
		finding     string // a part of one; "" for none
	}{
		{name: "as expected", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{reached}}, want: Passed},
		{name: "an error though the status is as expected", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{with(reached, failing)}}, want: Failed, finding: "missing; send it"},
		{name: "a warning", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{with(reached, odd)}}, want: Passed, finding: "unknown; leave it out"},
		{name: "an error that has to be refused", status: "422", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{with(reached, failing)}}, want: Passed},
		{name: "a warning of a request that has to be refused", status: "422", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{with(reached, odd)}}, want: Passed, finding: "unknown"},
		{name: "a path that does not exist, with the status of that", status: "404", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{with(traffic.Exchange{Status: 404}, noPath, noToken)}}, want: Failed, finding: "or say in the description that the path is unknown"},
		{name: "a path that is to be unknown", status: "404", description: "an unknown path", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{with(traffic.Exchange{Status: 404}, noPath)}}, want: Passed},
		{name: "allowed", seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{with(reached, func() spec.Violation { v := failing; v.Allowed = true; return v }())}}, want: Passed, finding: "missing"},
		{name: "another status, for credentials", seen: Evidence{Ran: true, Differences: []Difference{status}, Exchanges: []traffic.Exchange{with(reached, noToken)}, Credentials: "a@b.test and t"}, want: Failed, finding: "expected 200 but was 401; send credentials that the mock accepts: a@b.test and t"},
		{name: "another status, without a violation", seen: Evidence{Ran: true, Differences: []Difference{status}, Exchanges: []traffic.Exchange{{Operation: "getCustomer", Refusal: "no customer 8"}}}, want: Failed, finding: "expected 200 but was 401: no customer 8; expect this status"},
		{name: "another value", seen: Evidence{Ran: true, Differences: []Difference{{Type: "BodyMismatch", Path: "$.user.id", Message: "Expected 8 to be equal to 9"}}, Exchanges: []traffic.Exchange{reached}}, want: Failed, finding: `test.json:4:65: "d": response: Expected 8 to be equal to 9; match it by type`},
		{name: "another header", seen: Evidence{Ran: true, Differences: []Difference{{Type: "HeaderMismatch", Key: "Date", Message: "Mismatch with header 'Date': Expected 'x' to be equal to 'y'"}}, Exchanges: []traffic.Exchange{reached}}, want: Failed, finding: `response: Expected 'x' to be equal to 'y'; expect what the mock sends`},
		{name: "an unknown state", seen: Evidence{Ran: true, Differences: []Difference{{Message: "a handler has failed"}}, States: []StateError{{"customer 8 sleeps", errors.New("unknown")}}}, want: Failed, finding: `state: the provider state "customer 8 sleeps" is unknown; `},
		{name: "left out", want: Failed, finding: "did not run this interaction"},
		{name: "no request", seen: Evidence{Ran: true, Passed: true}, want: Failed, finding: "the mock received no request"},
		{name: "a failure without a reason", seen: Evidence{Ran: true, Exchanges: []traffic.Exchange{reached}}, want: Failed, finding: "no reason"},
		{name: "the verifier gives up", seen: Evidence{Ran: true, Differences: []Difference{{Message: "timed out"}}}, want: Failed, finding: "interaction: timed out"},
		{name: "pending", pending: true, seen: Evidence{Ran: true, Differences: []Difference{status}, Exchanges: []traffic.Exchange{reached}}, want: Pending, finding: "expected 200 but was 401"},
		{name: "pending and as expected", pending: true, seen: Evidence{Ran: true, Passed: true, Exchanges: []traffic.Exchange{reached}}, want: Passed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			description, status, pending := "d", "200", "false"
			if test.description != "" {
				description = test.description
			}
			if test.status != "" {
				status = test.status
			}
			if test.pending {
				pending = "true"
			}
			p := read(t, strings.NewReplacer("DESCRIPTION", description, "STATUS", status, "PENDING", pending).Replace(pact))
			got := p.Judge(0, test.seen, func(v spec.Violation) bool { return v.Severity == spec.Error })
			if got.Result != test.want {
				t.Errorf("got %s, want %s: %v", got.Result, test.want, got.Findings)
			}
			has := slices.ContainsFunc(got.Findings, func(f Finding) bool { return strings.Contains(f.String(), test.finding) })
			if has != (test.finding != "") {
				t.Errorf("got the findings %v, want one with %q, or none", got.Findings, test.finding)
			}
		})
	}
}

// TestShow: what a response holds does not fill the screen.
func TestShow(t *testing.T) {
	for value, want := range map[any]string{200.0: "200", "x": "x", nil: "null", strings.Repeat("é", 300): strings.Repeat("é", 200) + "..."} {
		if got := show(value); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
