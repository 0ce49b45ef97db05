package mock_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestUnusableContracts: what the mock could not answer by is refused at start, with the line.
func TestUnusableContracts(t *testing.T) {
	const ok = "        '200':\n          description: The customer is linked. A boolean, not the customer.\n"
	const invalid = "        '422': { $ref: '#/components/responses/Invalid' }\n"
	const assign = "operationId: assignBillingId"
	for _, row := range []struct {
		name string
		file []byte
		want string // the error, with the line that holds the text behind "@"
	}{
		{"no 200", inOperation(t, "assignBillingId", "        '200':\n", "        '302':\n"), "line @: POST /api/customers/assign: no response 200, which answers a request that is fine; it has 302, 401, @" + assign},
		{"no 422", inOperation(t, "assignBillingId", invalid, ""), "line @: POST /api/customers/assign: no response 422, which answers fields that break the contract@" + assign},
		{"no 401", inOperation(t, "listPublicDepartments", "        '401': { $ref: '#/components/responses/NotAuthenticated' }\n", ""), "line @: GET /api/departments/public: no response 401, which answers missing or wrong credentials@operationId: listPublicDepartments"},
		{"no 404", inOperation(t, "rateTicket", "        '404': { $ref: '#/components/responses/NotFound' }\n", ""), "line @: POST /api/tickets/rate: the mock's answer does not fit, status 404: rateTicket has no status 404@operationId: rateTicket"},
		{"a field that nobody answers", edited(t, "    DepartmentsAnswer:\n      type: object\n      additionalProperties: false\n      required: [departments]", "    DepartmentsAnswer:\n      type: object\n      additionalProperties: false\n      required: [departments, page]"), "the mock's answer does not fit, status 200: /page: the value is missing"},
		{"no JSON", inOperation(t, "assignBillingId", ok+"          content:\n            application/json:\n", ok+"          content:\n            text/html:\n"), "response 200 describes a body that is not JSON"},
		{"a status that is none", inOperation(t, "assignBillingId", "        '422':", "        '4X2':"), "4X2"},
		{"an operation that nobody knows", edited(t, assign, "operationId: assignBilling"), `operation "assignBilling" has no handler; did you mean "assignBillingId"?`},
		{"an operationId that others name", edited(t, "operationId: listCustomerDepartments", "operationId: customerDepartments"), `line @: GET /api/departments/customers: operation "customerDepartments" has no handler; did you mean "listCustomerDepartments"?@operationId: customerDepartments`},
		{"an operationId at another path", edited(t, "  /api/customers/assign:\n", "  /api/customers/assign_it:\n", assign, "operationId: assignBilingId"), `operation "assignBilingId" has no handler; did you mean "assignBillingId"?`},
		{"an operationId that is near to none", edited(t, "  /api/customers/assign:\n", "  /api/invoices/pay:\n", assign, "operationId: payInvoice"), `operation "payInvoice" has no handler; use the operationIds of the built-in openapi.yaml`},
		{"a successor that is not there", edited(t, "x-ticaga-successor: getCustomer", "x-ticaga-successor: getCustmer"), `x-ticaga-successor: operation "getCustmer" is not in the file; did you mean "getCustomer"?`},
		{"a deprecated successor", edited(t, "x-ticaga-successor: getCustomer", "x-ticaga-successor: getDepartment2024"), `x-ticaga-successor: operation "getDepartment2024" must not be deprecated itself`},
		{"no requestBody", withBody(t, "assignBillingId", ""), `line @: POST /api/customers/assign: no requestBody: assignBillingId reads "ticaga_id", "billing_id", "billing_system" from it@` + assign},
		{"no requestBody, where one of several fields would do", withBody(t, "createTicket", ""), `no requestBody: createTicket reads "subject", "message", "priority", "department_slug" or "department_id", "public_email" or "customer_id" from it`},
		{"a body without one of the fields", withBody(t, "assignBillingId", "{ id: { type: integer }, billing_id: { type: string }, billing_system: {} }"), `line @: POST /api/customers/assign: the request body does not describe "ticaga_id", which assignBillingId reads; add the properties, which may be optional@` + assign},
		{"a body without several", withBody(t, "setBillingId", "{}"), `the request body does not describe "ticaga_id", "billing_id", which setBillingId reads`},
		{"a body whose field can hold no id", withBody(t, "assignBillingId", "{ ticaga_id: { type: boolean }, billing_id: {}, billing_system: {} }"), `assignBillingId reads the field "ticaga_id", which must permit a string or an integer`},
		{"no path parameter", edited(t, "/api/customers/get/{id}:", "/api/customers/get:", "        - name: id\n          in: path\n          required: true", "        - name: id\n          in: query\n          required: true"), "getCustomer reads the path parameter {id}; the built-in path is /api/customers/get/{id}"},
		{"201 alone", withoutResponse(t, "200", "createTicket"), "line @: POST /api/tickets/create: no response 200, which the setting created chooses for what is created; add it, or choose 201 (--created 201)@operationId: createTicket"},
		{"another path parameter", edited(t, "/api/customers/get/{id}:", "/api/customers/get/{customer}:", "        - name: id\n          in: path", "        - name: customer\n          in: path"), "getCustomer reads the path parameter {id}; the built-in path is /api/customers/get/{id}"},
		{"a body that is an array", edited(t, "    AssignRequest:\n      type: object\n", "    AssignRequest:\n      type: array\n      items: {}\n", "link customer 8: { $ref: '#/components/examples/Assign' }\n              401 unknown customer: { value: { ticaga_id: 99, billing_id: 42, billing_system: blesta } }\n              422 account taken: { value: { ticaga_id: 8, billing_id: 17, billing_system: blesta } }", "none: { value: [] }"), "the request body must be an object"},
		{"allOf of itself", withField(t, "{ $ref: '#/components/schemas/Loop' }\n    Loop: { allOf: [{ $ref: '#/components/schemas/Loop' }] }\n    Rest:\n      type: object\n      properties:\n        rest: { type: string }"), "line @: a schema is a part of itself@    Loop: {"},
		{"anyOf that leads back", withField(t, "{ $ref: '#/components/schemas/Loop' }\n    Loop: { anyOf: [{ type: string }, { $ref: '#/components/schemas/Other' }] }\n    Other: { oneOf: [{ not: { $ref: '#/components/schemas/Loop' } }] }\n    Rest:\n      type: object\n      properties:\n        rest: { type: string }"), "a schema is a part of itself"},
		{"alternatives that take twice as long with each level", withField(t, "{ $ref: '#/components/schemas/Loop' }\n    Loop: { anyOf: [{ type: string }, { type: object, properties: { next: { $ref: '#/components/schemas/Loop' } } }] }\n    Rest:\n      type: object\n      properties:\n        rest: { type: string }"), "line @: POST /api/customers/assign: a value would be checked by this schema too often@    Loop: {"},
		{"an enum of another type", withField(t, "{ type: string, enum: [1, 2] }"), "line @: enum: 1 is not of the type string, so no value fits; quote strings in YAML@        extra:"},
		{"no number between", withField(t, "{ type: number, minimum: 2, maximum: 1.5 }"), "line @: no number fits minimum 2 and maximum 1.5@        extra:"},
		{"no length between", withField(t, "{ type: string, minLength: 3, maxLength: 2 }"), "no value fits minLength 3 and maxLength 2"},
		{"a multiple of nothing", withField(t, "{ type: number, multipleOf: 0 }"), "multipleOf must be greater than 0, got 0"},
		{"a pattern of JavaScript's", withField(t, "{ pattern: '(?=a)b' }"), "line @: pattern: error parsing regexp@        extra:"},
		{"a keyword of 3.1", withField(t, "{ type: string, const: a }"), "line @: not a valid OpenAPI file: @        extra:"},
		{"a keyword that is none", withField(t, "{ type: string, minlength: 1 }"), "line @: not a valid OpenAPI file: @        extra:"},
		{"a parameter by content", inOperation(t, "getCustomer", "          schema: { $ref: '#/components/schemas/PathId' }\n", "          content: { application/json: { schema: { $ref: '#/components/schemas/PathId' } } }\n"), `parameter "id": it needs a schema; content is not supported`},
		{"a style that PHP does not read", withParameter(t, "{ name: ids, in: query, style: pipeDelimited, schema: { type: array, items: { type: integer } } }"), `parameter "ids": the style "pipeDelimited" is not supported here`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := mock.New(mock.Options{Spec: row.file})
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want %s in one line", err, row.want)
			}
			want := row.want
			if text, holds, ok := strings.Cut(want[min(len("line @"), len(want)):], "@"); ok {
				line := 1 + strings.Count(string(row.file[:strings.Index(string(row.file), holds)]), "\n")
				want = fmt.Sprintf("line %d%s", line, text)
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// edited is openapi.yaml with some text replaced, once each.
func edited(t testing.TB, pairs ...string) []byte {
	t.Helper()
	text := string(ticagamock.OpenAPI)
	for i := 0; i < len(pairs); i += 2 {
		changed := strings.Replace(text, pairs[i], pairs[i+1], 1)
		if changed == text {
			t.Fatalf("got no %q in openapi.yaml, want it", pairs[i])
		}
		text = changed
	}
	return []byte(text)
}

// withField is openapi.yaml with a further field, of the schema, in the body of assign.
func withField(t testing.TB, schema string) []byte {
	const before = "    AssignRequest:\n"
	start := strings.Index(string(ticagamock.OpenAPI), before)
	end := start + strings.Index(string(ticagamock.OpenAPI[start:]), "      properties:\n")
	head := string(ticagamock.OpenAPI[start:end])
	return edited(t, head+"      properties:\n", head+"      properties:\n        extra: "+schema+"\n")
}

func withSpec(file []byte) func(*mock.Options) { return func(o *mock.Options) { o.Spec = file } }

// inOperation is openapi.yaml with the first of some texts replaced behind an operationId, one after
// the other.
func inOperation(t testing.TB, id string, pairs ...string) []byte {
	t.Helper()
	text := string(ticagamock.OpenAPI)
	from := strings.Index(text, "operationId: "+id+"\n")
	for i := 0; i < len(pairs); i += 2 {
		at := strings.Index(text[from:], pairs[i])
		if from < 0 || at < 0 {
			t.Fatalf("got no %q in openapi.yaml at %s, want it", pairs[i], id)
		}
		text = text[:from+at] + pairs[i+1] + text[from+at+len(pairs[i]):]
	}
	return []byte(text)
}

// withBody is openapi.yaml with a request body of other properties in an operation; with none for "".
func withBody(t testing.TB, id, properties string) []byte {
	t.Helper()
	text := string(inOperation(t, id))
	from := strings.Index(text, "operationId: "+id+"\n")
	from += strings.Index(text[from:], "      requestBody:\n")
	to := from + strings.Index(text[from:], "      responses:\n")
	body := ""
	if properties != "" {
		body = "      requestBody: { content: { application/json: { schema: { type: object, properties: " + properties + " } } } }\n"
	}
	return []byte(text[:from] + body + text[to:])
}

// withoutResponse is openapi.yaml without a response, which has a line, in some operations.
func withoutResponse(t testing.TB, status string, ids ...string) []byte {
	t.Helper()
	text := string(ticagamock.OpenAPI)
	for _, id := range ids {
		from := strings.Index(text, "operationId: "+id+"\n")
		from += strings.Index(text[from:], "        '"+status+"':")
		to := from + strings.Index(text[from:], "\n") + 1
		text = text[:from] + text[to:]
	}
	return []byte(text)
}

// withParameter is openapi.yaml with a further parameter of getCustomer.
func withParameter(t testing.TB, parameter string) []byte {
	return inOperation(t, "getCustomer",
		"      parameters:\n", "      parameters:\n        - "+parameter+"\n",
		"      responses:\n", "      responses:\n        '422': { $ref: '#/components/responses/Invalid' }\n")
}

// TestRangesOfStatuses: 2XX, 4XX and default describe answers as well as single statuses do.
func TestRangesOfStatuses(t *testing.T) {
	text := string(edited(t))
	start := strings.Index(text, "operationId: assignBillingId")
	end := start + strings.Index(text[start:], "\n  /api/")
	operation := strings.NewReplacer("'200':", "2XX:", "'401':", "4XX:", "'413'", "'409'").Replace(text[start:end])
	operation = strings.Replace(operation, "        '422': { $ref: '#/components/responses/Invalid' }\n", "        default: { $ref: '#/components/responses/Invalid' }\n", 1)
	operation = strings.Replace(operation, "4XX: { $ref: '#/components/responses/NotAuthenticated' }", "4XX: { description: refused, content: { application/*: { schema: { type: object } } } }", 1)
	d := newDesk(t, withSpec([]byte(text[:start]+operation+text[end:])))
	for body, want := range map[string]int{
		`{"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`: 200, `{"ticaga_id":99,"billing_id":43,"billing_system":"blesta"}`: 401, `{}`: 422,
	} {
		if got := d.ask(t, postJSON("/api/customers/assign", body)); got.status != want {
			t.Errorf("%s: got status %d, want %d", body, got.status, want)
		}
	}
}

// TestDeclaredParameters: queries, headers and cookies that a contract declares are checked.
func TestDeclaredParameters(t *testing.T) {
	const path = "/api/customers/get/8"
	cookie := func(value string) http.Header { return http.Header{"Cookie": {value}} }
	for _, row := range []struct {
		parameter string
		good, bad []request
		code, at  string
		sentence  string
	}{
		{"{ name: limit, in: query, required: true, schema: { type: integer, minimum: 1 } }",
			[]request{get(path + "?limit=1")}, []request{get(path), get(path + "?limit="), get(path + "?limit")}, "TM-QUERY-PARAM", "limit", "The limit field is required."},
		{"{ name: limit, in: query, schema: { type: integer, minimum: 1 } }",
			[]request{get(path), get(path + "?limit=7")}, []request{get(path + "?limit=0"), get(path + "?limit=-1")}, "TM-QUERY-PARAM", "limit", "The limit field must be at least 1."},
		{"{ name: sort, in: query, schema: { type: string, enum: [asc, desc] } }",
			[]request{get(path + "?sort=asc")}, []request{get(path + "?sort=up"), get(path + "?sort=asc%20x")}, "TM-QUERY-PARAM", "sort", "The selected sort is invalid."},
		{"{ name: open, in: query, schema: { type: boolean } }",
			[]request{get(path + "?open=true"), get(path + "?open=0")}, []request{get(path + "?open=maybe")}, "TM-QUERY-PARAM", "open", "The open field must be true or false."},
		{"{ name: 'ids[]', in: query, schema: { type: array, items: { type: integer } } }",
			[]request{get(path + "?ids[]=1&ids[]=2")}, []request{get(path + "?ids[]=x")}, "TM-QUERY-PARAM", "ids[]", "The ids[] field must be an integer."},
		{"{ name: ids, in: query, explode: false, schema: { type: array, items: { type: integer } } }",
			[]request{get(path + "?ids=1,2"), get(path + "?ids=1")}, []request{get(path + "?ids=1,x")}, "TM-QUERY-PARAM", "ids", "The ids field must be an integer."},
		{"{ name: filter, in: query, style: deepObject, schema: { type: object, properties: { open: { type: boolean } }, additionalProperties: false } }",
			[]request{get(path + "?filter[open]=1")}, []request{get(path + "?filter[close]=1")}, "TM-QUERY-PARAM", "filter", "The filter field is prohibited."},
		{"{ name: 'filter[open]', in: query, required: true, schema: { type: boolean } }",
			[]request{get(path + "?filter[open]=1")}, []request{get(path + "?filter[close]=1")}, "TM-QUERY-PARAM", "filter[open]", "The filter[open] field is required."},
		{"{ name: X-Tenant, in: header, required: true, schema: { type: integer } }",
			[]request{{method: "GET", path: path, header: http.Header{"X-Tenant": {"7"}}}}, []request{get(path)}, "TM-HEADER-PARAM", "X-Tenant", "The X-Tenant field is required."},
		{"{ name: X-Tenant, in: header, schema: { type: array, items: { type: integer } } }",
			[]request{get(path), {method: "GET", path: path, header: http.Header{"X-Tenant": {"7,8"}}}}, []request{{method: "GET", path: path, header: http.Header{"X-Tenant": {"x"}}}}, "TM-HEADER-PARAM", "X-Tenant", "The X-Tenant field must be an integer."},
		{"{ name: locale, in: cookie, required: true, schema: { type: string, enum: [de, en] } }",
			[]request{{method: "GET", path: path, header: cookie("a=b; locale=de")}}, []request{{method: "GET", path: path, header: cookie("locale=fr")}}, "TM-HEADER-PARAM", "locale", "The selected locale is invalid."},
	} {
		t.Run(row.parameter, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, withSpec(withParameter(t, row.parameter)))
			for _, q := range row.good {
				if got := d.ask(t, q); got.status != http.StatusOK || len(got.entry.Violations) > 0 {
					t.Errorf("%s: got status %d, %+v; want status 200, no violations", q.path, got.status, got.entry.Violations)
				}
			}
			for _, q := range row.bad {
				got := d.ask(t, q)
				i := slices.IndexFunc(got.entry.Violations, func(v mock.Violation) bool { return string(v.Code) == row.code })
				if i < 0 || got.status != http.StatusUnprocessableEntity {
					t.Fatalf("%s: got status %d, %+v, want 422", q.path, got.status, got.entry.Violations)
				}
				v := got.entry.Violations[i]
				if v.At != row.at || v.Expected == "" || v.Got == "" || v.Fix == "" || v.Line == 0 {
					t.Errorf("%s: %+v; want at %q, expected not empty, got not empty, fix not empty, line other than 0", q.path, v, row.at)
				}
				if message := field(t, got.body, "message"); message != row.sentence {
					t.Errorf("%s: got %q, want %q", q.path, message, row.sentence)
				}
			}
		})
	}
}

// TestBodySchemaWithAllOf: a body whose schema is made of others is known by all their fields.
func TestBodySchemaWithAllOf(t *testing.T) {
	const whole = "    AssignRequest:\n      type: object\n"
	const parts = `    Base:
      type: object
      required: [who]
      properties: { who: { type: string, description: Whoever asks } }
    Tree:
      type: object
      properties: { value: { type: integer }, children: { type: array, items: { $ref: '#/components/schemas/Tree' } } }
    AssignRequest:
      allOf: [{ $ref: '#/components/schemas/Base' }, { type: object, properties: { tree: { $ref: '#/components/schemas/Tree' } } }]
      additionalProperties: true
`
	file := edited(t, whole, parts, "Assign:\n      value: { ticaga_id: 8,", "Assign:\n      value: { who: me, ticaga_id: 8,",
		"401 unknown customer: { value: { ticaga_id: 99, billing_id: 42, billing_system", "401 unknown customer: { value: { who: me, ticaga_id: 99, billing_id: 42, billing_system",
		"422 account taken: { value: { ticaga_id: 8, billing_id: 17, billing_system", "422 account taken: { value: { who: me, ticaga_id: 8, billing_id: 17, billing_system")
	d := newDesk(t, withSpec(file))
	const fields = `"ticaga_id":8,"billing_id":42,"billing_system":"blesta"`
	for _, row := range []struct {
		body string
		want string
	}{
		{`{"who":"me","else":1,` + fields + `}`, ""},
		{`{` + fields + `}`, "TM-BODY-REQUIRED /who"},
		{`{"who":"me","tree":{"children":[{"children":[{"value":1}]}]},` + fields + `}`, ""},
		{`{"who":"me","tree":{"children":[{"children":[{"value":"x"}]}]},` + fields + `}`, "TM-BODY-TYPE /tree/children/0/children/0/value"},
		{`{"who":"me","tree":` + strings.Repeat(`{"children":[`, 200) + strings.Repeat(`]}`, 200) + `,` + fields + `}`, ""},
	} {
		got := d.ask(t, postJSON("/api/customers/assign", row.body))
		found := ""
		for _, v := range got.entry.Violations {
			found += string(v.Code) + " " + v.At
		}
		if found != row.want {
			t.Errorf("%.80s: got %q, want %q", row.body, found, row.want)
		}
	}
}

// TestOptionalBody: a body that the contract does not require may be left out.
func TestOptionalBody(t *testing.T) {
	text := inOperation(t, "assignBillingId", "        required: true\n", "", "required: [ticaga_id, billing_id, billing_system]", "required: [ticaga_id]")
	d := newDesk(t, withSpec(text))
	got := d.ask(t, request{method: "POST", path: "/api/customers/assign"})
	if len(got.entry.Violations) != 0 || got.status == http.StatusUnprocessableEntity {
		t.Errorf("got status %d, %+v; want no violations, status other than 422", got.status, got.entry.Violations)
	}
	if got := d.ask(t, postJSON("/api/customers/assign", "{}")); !slices.Contains(codes(got.entry), "TM-BODY-REQUIRED") {
		t.Errorf(`got %+v, want with "TM-BODY-REQUIRED"`, got.entry.Violations)
	}
}

// TestContractWithFewerRequirements: a field that the built-in contract requires may be optional in
// another one, and a field that it does not require may be absent.
func TestContractWithFewerRequirements(t *testing.T) {
	for _, row := range []struct {
		id, properties string
		good           request
	}{
		{"assignBillingId", "{ ticaga_id: {}, billing_id: { type: integer }, billing_system: { type: string } }", postJSON("/api/customers/assign", `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta"}`)},
		{"createTicket", "{ subject: {}, message: {}, priority: {}, department_id: {}, customer_id: {} }", postJSON("/api/tickets/create", `{"customer_id":1,"subject":"S","message":"M","priority":"low","department_id":1}`)},
		{"createTicket", "{ subject: {}, message: {}, priority: {}, department_slug: {}, public_email: {} }", postJSON("/api/tickets/create", `{"public_email":"g@example.com","subject":"S","message":"M","priority":"low","department_slug":"sales"}`)},
		{"createResponse", "{ ticket_number: {}, message: {} }", postJSON("/api/responses/create", `{"ticket_number":1,"message":"M"}`)},
	} {
		t.Run(row.id+" with "+row.properties, func(t *testing.T) {
			d := newDesk(t, withSpec(withBody(t, row.id, row.properties)))
			if got := d.ask(t, row.good); got.status != http.StatusOK || len(got.entry.Violations) > 0 {
				t.Errorf("%s with %s: got %d %s %+v; want status 200, no violations", row.id, row.properties, got.status, got.body, got.entry.Violations)
			}
		})
	}
}

// creating are the operations that create something.
var creating = []string{"registerCustomer", "linkCustomer", "createCustomer", "syncCustomer", "createTicket", "createResponse", "openTicket2024", "createResponse2024"}

// TestContractWithoutASettingsResponse: a contract is checked against the current settings. Settings for which it
// describes no response are refused, at the start and later.
func TestContractWithoutASettingsResponse(t *testing.T) {
	only200, only201 := withoutResponse(t, "201", creating...), withoutResponse(t, "200", "createTicket", "registerCustomer")
	for _, c := range []struct {
		name           string
		file           []byte
		settings, want string // want is the error; "" for a start
	}{
		{"200 alone", only200, `{}`, ""},
		{"200 alone", only200, `{"created": 201}`, "no response 201, which the setting created chooses for what is created; add it, or choose 200 (--created 200)"},
		{"201 alone", only201, `{}`, "no response 200, which the setting created chooses for what is created; add it, or choose 201 (--created 201)"},
		{"201 alone", only201, `{"created": 201, "unknown_customer": 404}`, ""},
		{"201 alone, and an answer of 200 about an unknown customer", only201, `{"created": 201, "unknown_customer": 200}`, "has no status 200"},
		{"no 404", withoutResponse(t, "404", "assignBillingId"), `{}`, ""},
		{"no 404", withoutResponse(t, "404", "assignBillingId"), `{"unknown_customer": 404}`, "POST /api/customers/assign: the mock's answer does not fit, status 404: assignBillingId has no status 404"},
		{"no 429", withoutResponse(t, "429", "closeTicket"), `{}`, ""},
		{"no 429", withoutResponse(t, "429", "closeTicket"), `{"rate_limit": 5}`, "POST /api/tickets/close: no response 429, which answers requests beyond the setting rate_limit"},
		{"no 404 of a department", withoutResponse(t, "404", "getDepartment"), `{"unknown_department": "404"}`, "has no status 404"},
		{"extensions off", only200, `{"custom_fields": "off", "ratings": "off"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := mock.New(mock.Options{Spec: c.file, Settings: c.settings})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%s: got %v, want %q", c.settings, err, c.want)
			}
			initial := `{}`
			if bytes.Equal(c.file, only201) {
				initial = `{"created": 201}`
			}
			server := newServer(t, func(o *mock.Options) { o.Spec, o.Settings = c.file, initial })
			before := control(t, server, "GET", "/_mock/settings", "")
			change := strings.Replace(c.settings, `{}`, `{"created": 200}`, 1)
			w := fromControl(t, server, httptest.NewRequest("PUT", "http://localhost/_mock/settings", strings.NewReader(change)))
			if c.want == "" && w.Code != http.StatusOK {
				t.Errorf("%s: got status %d: %s; want 200", change, w.Code, w.Body)
			}
			if detail := fmt.Sprint(field(t, w.Body.String(), "detail")); c.want != "" && (w.Code != 422 || !strings.Contains(detail, c.want)) {
				t.Errorf("%s: got status %d: %s; want 422 with %q", change, w.Code, w.Body, c.want)
			}
			if after := control(t, server, "GET", "/_mock/settings", ""); c.want != "" && after != before {
				t.Errorf("%s: got settings %s, want them unchanged: %s", change, after, before)
			}
			blue, err := server.World("blue")
			if err != nil {
				t.Fatal(err)
			}
			if err := blue.Set(change); (err == nil) != (c.want == "") {
				t.Errorf("%s: Set() = %v, want an error: %t", change, err, c.want != "")
			}
			if initial != `{}` { // which count more than a file
				return
			}
			loaded := fstest.MapFS{"customers.json": {Data: []byte("[]")}, "settings.json": {Data: []byte(change)}}
			if err := server.Load(loaded); (err == nil) != (c.want == "") {
				t.Errorf("%s: Load() = %v, want an error: %t", change, err, c.want != "")
			}
		})
	}
}

// TestGarbageIsBounded: one body of garbage makes a hundred violations, and sentences, at most.
func TestGarbageIsBounded(t *testing.T) {
	d := newDesk(t, withSpec(withField(t, "{ type: array, items: { type: integer } }")))
	got := d.ask(t, postJSON("/api/customers/assign", `{"extra":[`+strings.Repeat(`"x",`, 100_000)+`"x"]}`))
	if n := len(got.entry.Violations); n > 100 || len(got.body) > 50_000 {
		t.Errorf("%d violations, %d bytes; want at most 100, 50000", n, len(got.body))
	}
}

// TestDiscriminator: what a discriminator names is what a value is checked against, and no value
// inside a field is shown.
func TestDiscriminator(t *testing.T) {
	d := newDesk(t, withSpec(withField(t, `{ oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }], discriminator: { propertyName: kind, mapping: { cat: '#/components/schemas/Cat', dog: Dog } } }
    Cat: { type: object, required: [kind], properties: { kind: { type: string }, lives: { type: integer } } }
    Dog: { type: object, required: [kind], properties: { kind: { type: string }, bark: { type: boolean } } }
    Rest:
      type: object
      properties:
        rest: { type: string }`)))
	for value, want := range map[string]string{
		`{"kind":"cat","lives":9}`:         "",
		`{"kind":"dog","lives":"x"}`:       "",
		`{"kind":"cat","lives":"hunter2"}`: "TM-BODY-TYPE /extra/lives",
		`{"kind":"dog","bark":"hunter2"}`:  "TM-BODY-TYPE /extra/bark",
		`{"kind":"hunter2"}`:               "TM-BODY-ENUM /extra/kind",
		`{"lives":9}`:                      "TM-BODY-REQUIRED /extra/kind",
	} {
		t.Run(value, func(t *testing.T) {
			got := d.ask(t, postJSON("/api/customers/assign", `{"ticaga_id":8,"billing_id":42,"billing_system":"blesta","extra":`+value+`}`))
			found := ""
			for _, v := range got.entry.Violations {
				found += string(v.Code) + " " + v.At
				if strings.Contains(v.Got+v.Fix, "hunter2") {
					t.Errorf(`got %+v, want without "hunter2"`, v)
				}
			}
			if found != want {
				t.Errorf("got %q, want %q", found, want)
			}
		})
	}
}
