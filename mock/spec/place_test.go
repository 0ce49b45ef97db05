package spec

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

// TestLocate: the line that is named holds the rule.
func TestLocate(t *testing.T) {
	c := load(t)
	assign, rate, create := c.Operation("assignBillingId"), c.Operation("rateTicket"), c.Operation("createTicket")
	body := map[string]any{
		"ticaga_id": "eight", "billing_id": json.Number("-1"), "billing_system": "Blesta", "else": "x",
	}
	for _, row := range []struct {
		operation *Operation
		found     []Violation
		lines     []string // what each line begins with
	}{
		{assign, assign.CheckBody(body), []string{"pattern: '^[0-9]", "minimum: 0", "x-ticaga-spelling:", "AssignRequest:"}},
		{assign, assign.CheckBody(map[string]any{"billing_id": true, "billing_system": "x"}),
			[]string{"required: [ticaga_id,", "anyOf:", "enum: [blesta, Blesta"}},
		{rate, rate.CheckBody(map[string]any{"ticket_id": "1", "rating": json.Number("6"), "customer_id": "1"}), []string{"- { type: integer, minimum: 0, maximum: 5"}},
		{create, create.CheckBody(map[string]any{"subject": "s", "message": "m", "priority": "low", "user_id": "1"}), []string{"x-ticaga-one-of:", "x-ticaga-required-unless:", "x-ticaga-ignored:"}},
		{c.Operation("getCustomer"), c.Operation("getCustomer").CheckParams(map[string]string{"id": "x"}, map[string][]string{"q": {"1"}}), []string{"- name: id", "/api/customers/get/{id}:"}},
		{c.Operation("listTickets"), c.Operation("listTickets").CheckParams(map[string]string{"customer_id": "x"}, nil), []string{"CustomerId:"}},
		{assign, []Violation{
			{Code: "TM-AUTH-MISSING", In: InHeader, At: "Authorization"}, {Code: "TM-AUTH-HEADER", In: InHeader, At: "X-API-Token"},
			{Code: "TM-HEADER-CONTENT-TYPE", In: InHeader, At: "Content-Type"}, {Code: "TM-BODY-JSON", In: InBody},
			{Code: "TM-PATH-DOUBLE-SLASH", In: InPath}, {Code: "TM-BODY-DUPLICATE", In: InBody, At: "/ticaga_id"},
		}, []string{"basic:", "apiToken:", "requestBody:", "requestBody:", "/api/customers/assign:", "ticaga_id: {"}},
		{c.Operation("getTicket2024"), []Violation{{Code: "TM-DEPRECATED", In: InPath}, {Code: "TM-BODY-CUT", In: InBody}}, []string{"deprecated: true", "/api/tickets/{id}:"}},
	} {
		c.Locate(row.operation, row.found)
		file := strings.Split(string(ticagamock.OpenAPI), "\n")
		if len(row.found) != len(row.lines) {
			t.Fatalf("%s: %+v", row.operation.ID, row.found)
		}
		for i, v := range row.found {
			if v.Line == 0 || !strings.HasPrefix(strings.TrimSpace(file[v.Line-1]), row.lines[i]) {
				t.Errorf("%s %s: line %d: %q, want %q", row.operation.ID, v.Code, v.Line, file[max(v.Line-1, 0)], row.lines[i])
			}
			evidence := row.operation.Evidence
			if v.Code == "TM-AUTH-HEADER" {
				evidence = "observed" // its security scheme says so itself
			}
			if v.Evidence != evidence || len(v.Source) == 0 {
				t.Errorf("%s %s: evidence %q, sources %q", row.operation.ID, v.Code, v.Evidence, v.Source)
			}
		}
	}
}

// TestCloserEvidence: a part of the contract may be known in another way than its operation.
func TestCloserEvidence(t *testing.T) {
	edit := strings.NewReplacer(
		"      enum: [blesta,", "      x-ticaga-evidence: inferred\n      x-ticaga-source: [X1]\n      enum: [blesta,",
		"  - basic: []\n", "")
	c, err := Load([]byte(edit.Replace(string(ticagamock.OpenAPI))))
	if err != nil {
		t.Fatal(err)
	}
	o := c.Operation("assignBillingId")
	found := o.CheckBody(map[string]any{"ticaga_id": "8", "billing_id": "x", "billing_system": "x"})
	found = append(found, Violation{Code: "TM-AUTH-MISSING", In: InHeader, At: "Authorization"})
	c.Locate(o, found)
	got := []string{}
	for _, v := range found {
		got = append(got, v.Evidence+" "+strings.Join(v.Source, " "))
	}
	want := []string{"documented D1 D2 D6 B20 B21 B2x B2y", "inferred X1", "observed B24 B21 B2x B2y"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLocateInJSON: a file without lines is no reason to fail.
func TestLocateInJSON(t *testing.T) {
	c, err := Load([]byte(`{"openapi":"3.0.3","info":{"title":"x","version":"1"},"security":[{"x":[]}],"paths":{"/a":{"post":{
		"operationId":"a","x-ticaga-evidence":"inferred","responses":{"200":{"description":"x"}},
		"requestBody":{"content":{"application/json":{"schema":{"type":"object","required":["b"],"properties":{"b":{"type":"string"}}}}}}}}},
		"components":{"securitySchemes":{"x":{"type":"http","scheme":"basic"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	found := append(c.Operation("a").CheckBody(map[string]any{}), Violation{In: InHeader, At: "Authorization"}, Violation{In: InPath})
	c.Locate(c.Operation("a"), found)
	for _, v := range found {
		if v.Line != 0 || v.Evidence != "inferred" {
			t.Errorf("%+v", v)
		}
	}
	c.Locate(nil, found)
}

// TestLocateAtOnce: the first mistakes may come together.
func TestLocateAtOnce(t *testing.T) {
	c := load(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			found := []Violation{{Code: "TM-PATH-DOUBLE-SLASH", In: InPath}}
			c.Locate(c.Operation("getCustomer"), found)
			if found[0].Line == 0 {
				t.Error("no line")
			}
		})
	}
	group.Wait()
}
