package inspect

import (
	"encoding/json"
	"strings"
	"testing"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestLocate: the line that is named holds the rule, and the evidence is the rule's own.
func TestLocate(t *testing.T) {
	c := load(t)
	operation := c.Operation
	body := func(id string, pairs ...any) []spec.Violation {
		values := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i].(string)] = pairs[i+1]
		}
		return checkBody(operation(id), values, false, nil)
	}
	header := func(code spec.Code, at string) []spec.Violation {
		return []spec.Violation{{Code: code, In: spec.InHeader, At: at}}
	}
	long := strings.Repeat("x", 256)
	for _, row := range []struct {
		id, scheme string
		found      []spec.Violation
		want       []string // the evidence with its sources, and what the line begins with
	}{
		{"assignBillingId", "", body("assignBillingId", "ticaga_id", "eight", "billing_id", json.Number("-1"), "billing_system", "Blesta", "else", "x"), []string{
			"inferred|pattern: '^[0-9]", "inferred|minimum: 0", "documented D1 D4 D6 B20 B21 B2x B2y|x-ticaga-spelling:", "inferred|AssignRequest:"}},
		{"assignBillingId", "", body("assignBillingId", "billing_id", true, "billing_system", "x"), []string{
			"inferred D1|required: [ticaga_id,", "observed B20 B21 B2x B2y CEa|anyOf:", "inferred D1 D4 D6 B20 B21 B2x B2y|enum: [blesta, Blesta"}},
		{"assignBillingId", "", body("assignBillingId", "ticaga_id", "1", "billing_id", json.Number("1e30"), "billing_system", "blesta"), []string{"inferred|maximum: 9007199254740991"}},
		{"registerCustomer", "", body("registerCustomer", "name", long, "email", "nobody", "billing_system", 7), []string{
			"inferred|maxLength: 255", "inferred|pattern: '^[^@", "documented D4|required: [name,", "inferred D1 D4 D6 B20 B21 B2x B2y|enum:"}},
		{"registerCustomer", "", body("registerCustomer", "name", 7, "email", "a@b.c", "password", "x"), []string{"documented D4 CEa|type: string"}},
		{"rateTicket", "", body("rateTicket", "ticket_id", "1", "rating", json.Number("6"), "customer_id", "1"), []string{"observed B2x B2y|- { type: integer, minimum: 0, maximum: 5"}},
		{"createTicket", "", body("createTicket", "subject", "s", "message", "m", "priority", "urgent", "user_id", "1"), []string{
			"inferred B24 B21 B2y CEa CEb|enum: [none,", "inferred B20 B21 B2x B2y CEa CEb|x-ticaga-one-of:",
			"inferred B20 B21 B2x B2y CEa CEb|x-ticaga-required-unless:", "observed B20 B21 CEb|x-ticaga-ignored:"}},
		{"createTicket", "", []spec.Violation{{Code: "TM-DATA-REFUSED", In: spec.InBody, At: "/department_slug"}}, []string{"inferred|x-ticaga-data:"}},
		{"createResponse", "", body("createResponse", "ticket_number", "1", "content", "x", "is_note", "y"), []string{"observed B24 B20 B21 B2x B2y|- { type: string, enum: ['0', '1'] }"}},
		{"getCustomer", "", checkParams(operation("getCustomer"), map[string]string{"id": "x"}, map[string]any{"q": "1"}), []string{"inferred|- name: id", "inferred|/api/customers/get/{id}:"}},
		{"listTickets", "", checkParams(operation("listTickets"), map[string]string{"customer_id": "x"}, nil), []string{"inferred|CustomerId:"}},
		{"assignBillingId", "none", header("TM-AUTH-MISSING", "Authorization"), []string{"documented D3|basic:"}},
		{"assignBillingId", "basic", header("TM-AUTH-TOKEN", "Authorization"), []string{"documented D3|basic:"}},
		{"assignBillingId", "bearer", header("TM-AUTH-TOKEN", "Authorization"), []string{"observed B24 B21 B2x B2y|bearer:"}},
		{"assignBillingId", "header", header("TM-AUTH-HEADER", "X-API-Token"), []string{"observed CEa|apiToken:"}},
		{"", "bearer", header("TM-AUTH-TOKEN", "Authorization"), []string{"observed B24 B21 B2x B2y|bearer:"}},
		{"assignBillingId", "bearer", header("TM-HEADER-TWICE", "Authorization"), []string{"inferred|bearer:"}},
		{"assignBillingId", "", header("TM-HEADER-CONTENT-TYPE", "Content-Type"), []string{"inferred|requestBody:"}},
		{"assignBillingId", "", header("TM-HEADER-PREFER", "Prefer"), []string{"|"}},
		{"assignBillingId", "", []spec.Violation{
			{Code: "TM-BODY-JSON", In: spec.InBody}, {Code: "TM-PATH-DOUBLE-SLASH", In: spec.InPath}, {Code: "TM-METHOD", In: spec.InMethod},
			{Code: "TM-BODY-DUPLICATE", In: spec.InBody, At: "/ticaga_id"}, {Code: "TM-WORLD-NAME", In: spec.InPath},
		}, []string{"inferred|requestBody:", "inferred|/api/customers/assign:", "documented D1 D2 D6 B20 B21 B2x B2y|/api/customers/assign:", "inferred|ticaga_id: {", "|"}},
		{"getTicket2024", "", []spec.Violation{{Code: "TM-DEPRECATED", In: spec.InPath}, {Code: "TM-BODY-CUT", In: spec.InBody}}, []string{"observed B24|deprecated: true", "inferred|/api/tickets/{id}:"}},
	} {
		t.Run(row.id+" "+row.scheme, func(t *testing.T) {
			c.Locate(operation(row.id), row.scheme, row.found)
			file := append([]string{""}, strings.Split(string(ticagamock.OpenAPI), "\n")...)
			if len(row.found) != len(row.want) {
				t.Fatalf("%s: got %+v, want %d", row.id, row.found, len(row.want))
			}
			for i, v := range row.found {
				got := strings.Join(append([]string{v.Evidence}, v.Source...), " ") + "|" + strings.TrimSpace(file[v.Line])
				if !strings.HasPrefix(got, row.want[i]) || v.Line > 0 && strings.HasSuffix(row.want[i], "|") {
					t.Errorf("%s %s: got %q, want %q", row.id, v.Code, got, row.want[i])
				}
			}
		})
	}
}
