package spec

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

func load(t testing.TB) *Contract {
	t.Helper()
	c, err := Load(ticagamock.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOperationsComeInTheOrderOfTheFile(t *testing.T) {
	line := 0
	for _, op := range load(t).Operations {
		if op.Line <= line {
			t.Errorf("%s is at line %d, after line %d, want above %d", op.ID, op.Line, line, line)
		}
		line = op.Line
	}
}

// TestEveryFieldHasAMeaning: people read the contract to learn what a field is.
func TestEveryFieldHasAMeaning(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(ticagamock.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range doc.Components.Schemas {
		for property, s := range schema.Value.Properties {
			if s.Value.Description == "" {
				t.Errorf("components/schemas/%s: %s: got no description, want one", name, property)
			}
		}
	}
}

func TestFind(t *testing.T) {
	c := load(t)
	op, params := c.Find("GET", "/api/customers/get/8")
	if op == nil || op.ID != "getCustomer" || params["id"] != "8" {
		t.Errorf("Find(GET /api/customers/get/8) = %v, %v; want getCustomer with id 8", op, params)
	}
	for _, path := range []string{"/api/customers/get", "/api/customers/get/8/9", "/", ""} {
		if op, _ := c.Find("GET", path); op != nil {
			t.Errorf("Find(GET %q) = %s, want nil", path, op.ID)
		}
	}
}

func TestCheckAnswerIsLoud(t *testing.T) {
	c := load(t)
	for _, a := range []struct {
		operation string
		status    int
		body      string
		want      string // part of the error, "" when it is fine
	}{
		{"assignBillingId", 200, `{"user":true}`, ""},
		{"assignBillingId", 200, `{"user":true}`, ""}, // the verdict is remembered
		{"assignBillingId", 401, `{"user":true}`, `property "user" is unsupported`},
		{"assignBillingId", 200, `{"user":"yes"}`, "/user: the value"},
		{"assignBillingId", 200, `{"user":true,"id":1}`, `property "id" is unsupported`},
		{"assignBillingId", 200, `{}`, "/user: the value is missing"},
		{"assignBillingId", 204, ``, "has no status 204 in the contract; it has [200 401 403 404 413 422 429]"},
		{"assignBillingId", 200, `nonsense`, "not JSON"},
		{"getCustomer", 200, `{"user":{"id":1,"name":"","email":"a@b","email_verified_at":null,"company":"","phone_number":"","billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"2025-07-13T17:15:25.000000Z","updated_at":"2025-07-13T17:15:25.000000Z","password":"c2VjcmV0"}}`, "/user/password"},
	} {
		t.Run(a.operation+" "+a.body, func(t *testing.T) {
			err := c.Operation(a.operation).CheckAnswer(a.status, []byte(a.body))
			switch {
			case a.want == "" && err != nil, a.want != "" && (err == nil || !strings.Contains(err.Error(), a.want)):
				t.Errorf("%s %d %s: got %v, want %q", a.operation, a.status, a.body, err, a.want)
			case err != nil && strings.Contains(err.Error(), "c2VjcmV0"):
				t.Errorf("got error %v, want one without the secret", err)
			}
		})
	}
}

func TestPartReasons(t *testing.T) {
	op := load(t).Operation("getCustomer")
	if got, err := op.PartReasons(200, []byte(`{"user":{"id":8,"email":"a@b.c"}}`)); err != nil || got != nil {
		t.Errorf("got %v and %v, want no reasons", got, err)
	}
	got, err := op.PartReasons(200, []byte(`{"user":{"id":"8","mail":"a@b.c"}}`))
	if err != nil || len(got) != 2 || Pointer(got[0].At...) != "/user/id" || !strings.Contains(got[1].Message(""), `property "mail" is unsupported`) {
		t.Errorf("got %v and %v, want a reason for /user/id and one for mail", got, err)
	}

	// One of two shapes: an array, or an object.
	op = load(t).Operation("findUserByEmail")
	for _, part := range []string{`[{"id":8}]`, `{"user":{"id":8}}`} {
		if got, err := op.PartReasons(200, []byte(part)); err != nil || len(got) != 0 {
			t.Errorf("%s: got %v and %v, want no reasons", part, got, err)
		}
	}
}

func TestBadContracts(t *testing.T) {
	good := string(ticagamock.OpenAPI)
	for _, c := range []struct{ name, file, want string }{
		{"not YAML", "a: [", "not an OpenAPI file"},
		{"another version", strings.Replace(good, "openapi: 3.0.3", "openapi: 3.1.0", 1), `openapi "3.1.0" is not supported; write 3.0.3`},
		{"a reference to nothing", strings.Replace(good, "schemas/AssignRequest", "schemas/Nothing", 1), "not an OpenAPI file"},
		{"an example that does not fit", strings.Replace(good, "billing_id: 42, billing_system: blesta", "billing_id: x, billing_system: blesta", 1), "not a valid OpenAPI file"},
		{"no operationId", strings.Replace(good, "operationId: checkConnection", "x-nothing: 1", 1), "POST /api/connection: no operationId"},
		{"two schemas for one body", strings.Replace(good, "form-urlencoded: { schema: { $ref: '#/components/schemas/LoginRequest'", "form-urlencoded: { schema: { $ref: '#/components/schemas/AssignRequest'", 1), "its schema has to be the one of application/json"},
		{"fixtures of no schema", strings.Replace(good, "customers: Customer\n", "customers: Custmer\n", 1), `x-ticaga-fixtures: customers: no schema "Custmer"`},
		{"one of no field", strings.Replace(good, "x-ticaga-one-of: [department_slug,", "x-ticaga-one-of: [departmnt_slug,", 1), `POST /api/tickets/create: x-ticaga-one-of, x-ticaga-required-unless: no property "departmnt_slug"`},
		{"no operation", "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {}\n", "the file describes no operation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.file == good {
				t.Fatal("got openapi.yaml unchanged, want a replacement")
			}
			_, err := Load([]byte(c.file))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q in one line", err, c.want)
			}
		})
	}
}

// TestBillingSystemsComeFromTheContract: teaching the mock another one takes an edit of
// openapi.yaml and nothing else.
func TestBillingSystemsComeFromTheContract(t *testing.T) {
	edited := strings.Replace(string(ticagamock.OpenAPI), "enum: [blesta,", "enum: [hostbill, blesta,", 1)
	c, err := Load([]byte(edited))
	if err != nil {
		t.Fatal(err)
	}
	body := map[string]any{"ticaga_id": "8", "billing_id": "42", "billing_system": "hostbill"}
	if got := c.Operation("assignBillingId").Body().Reasons(body, false); len(got) != 0 {
		t.Errorf("got %+v, want none", got)
	}
	if got := load(t).Operation("assignBillingId").Body().Reasons(body, false); len(got) != 1 {
		t.Errorf("the built-in list knows it too: got %+v, want 1", got)
	}
}

func TestCheckFixtures(t *testing.T) {
	err := load(t).CheckFixtures("staff", []any{
		map[string]any{"id": json.Number("1"), "name": "A", "email": "a@b.c", "tokens": []any{"t"}, "created_at": "2025-07-01T08:00:00.000000Z"},
		map[string]any{"id": json.Number("0"), "name": "A", "email": "nobody", "tokens": []any{""}, "nick": "x"},
	})
	want := `/1/email: the value has the wrong format; expected an e-mail address, got "nobody"
/1/id: the value is too small; expected an integer of at least 1, got 0
/1/nick: property "nick" is unsupported
/1/tokens/0: the value is empty; expected a string, got ""
/1/created_at: the value is missing; expected a time such as 2026-01-02T15:04:05.000000Z, got nothing`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	if err := load(t).CheckFixtures("tickts", nil); err == nil {
		t.Error("CheckFixtures(tickts) = no error, want one")
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                 `"plain"`,
		"line\nfeed\x1b[31m":    `"line\nfeed\x1b[31m"`,
		"bytes \xff":            `"bytes \xff"`,
		"é":                     `"\u00e9"`,
		strings.Repeat("é", 61): `"` + strings.Repeat(`\u00e9`, 60) + `"...`,
	} {
		t.Run(in[:min(len(in), 60)], func(t *testing.T) {
			if got := Quote(in); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// FuzzLoad: a contract is a user's file, and a bad one gets an error.
func FuzzLoad(f *testing.F) {
	f.Add(ticagamock.OpenAPI)
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths: {/a: {post: {operationId: a, responses: {'200': {description: x}}}}}"))
	f.Add([]byte(`{"openapi":"3.0.3"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Load(data)
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("got error %q, want one line", err)
		}
		if err == nil && len(c.Operations) == 0 {
			t.Error("got no operation and no error, want one of them")
		}
	})
}
