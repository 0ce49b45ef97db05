package mock_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file is a second help desk, written from what openapi.yaml says: a model that is lists,
// searched from end to end. Random sequences of requests go to the server, and the model has to
// foresee every answer, its status and its whole body. Top to bottom: the tests, what is known
// of each operation, the kinds of fields, the rules, how a request is made up, and what lists
// have to agree about.

// TestModel is a few hundred sequences of some thirty requests each, over the scenarios that are
// files. A long run has 25,000 for each of the four, 100,000 in all:
//
//	go test ./mock -run '^TestModel$' -rapid.checks=25000 -timeout 2h
func TestModel(t *testing.T) {
	for _, scenario := range fixtures.Names() {
		if scenario == "busy" {
			continue // its thousands of tickets would be searched from end to end
		}
		t.Run(scenario, func(t *testing.T) {
			t.Parallel()
			w := newTwins(t, scenario)
			actions := w.actions()
			rapid.Check(t, func(t *rapid.T) {
				w.reset()
				t.Repeat(actions)
				w.lookAtAll(t)
				agree(t, w.read)
			})
			t.Logf("%d requests, answered with %v", w.requests, w.statuses)
		})
	}
}

// TestModelKnowsEveryOperation: a new operation is red until the model can foresee its answers.
func TestModelKnowsEveryOperation(t *testing.T) {
	contract := newServer(t).Contract()
	for _, op := range contract.Operations {
		known, ok := foreseen[op.ID]
		switch {
		case !ok:
			t.Errorf("the model has no %s", op.ID)
		case op.TakesBody != (known.fields != nil), strings.Count(op.Path, "{") != len(known.params):
			t.Errorf("%s: the model has %d fields and %d parameters", op.ID, len(known.fields), len(known.params))
		}
	}
	for id := range foreseen {
		if contract.Operation(id) == nil {
			t.Errorf("the contract has no %s", id)
		}
	}
}

// TestHammerEveryOperation is for the race detector: the model's requests from all sides at
// once, with resets between them. Nobody can foresee these answers; that each fits the contract,
// and that the lists agree when it is over, is what is left.
func TestHammerEveryOperation(t *testing.T) {
	const workers, rounds = 6, 6
	w := newTwins(t, "default")
	calls := rapid.Custom(func(t *rapid.T) (all []call) {
		for range rounds {
			for _, op := range w.server.Contract().Operations {
				all = append(all, drawing{T: t, m: w.model}.call(op))
			}
		}
		return all
	}).Example(1)

	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for i := range calls {
				c := calls[(i+worker*len(calls)/workers)%len(calls)]
				if status, body := serve(w.server, c); status == http.StatusInternalServerError || !json.Valid(body) {
					t.Errorf("%s\n%d %s", c, status, body)
				}
				if worker == 0 && i%50 == 0 {
					w.server.Reset()
					_ = w.server.Journal()
				}
			}
		})
	}
	wg.Wait()
	for _, x := range w.server.Journal() {
		if x.Status == http.StatusInternalServerError {
			t.Errorf("%s %s: %s", x.Method, x.Path, x.Refusal)
		}
	}
	agree(t, w.read)
	nothingTwice(t, w.read)
}

// twins are a server and the model of it. They tell the same time.
type twins struct {
	server   *mock.Server
	model    *model
	fixtures model
	names    map[int64]row // of the tickets that were seen, by id
	requests int
	statuses map[int]int
}

func newTwins(t testing.TB, scenario string) *twins {
	files, err := fixtures.Open(scenario)
	if err != nil {
		t.Fatal(err)
	}
	w := &twins{model: &model{}, names: map[int64]row{}, statuses: map[int]int{}}
	w.fixtures = model{
		staff: readRows(t, files, "staff"), departments: readRows(t, files, "departments"),
		customers: readRows(t, files, "customers"), tickets: readRows(t, files, "tickets"),
		responses: readRows(t, files, "responses"), names: w.name,
		now: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
	}
	for i, ticket := range w.fixtures.tickets {
		w.fixtures.tickets[i] = with(blankTicket, row{"updated_at": ticket["created_at"]}, ticket)
	}
	w.reset()
	w.server = newServer(t, func(o *mock.Options) {
		o.Scenario, o.MaxBody = scenario, mostBody
		o.Now = func() time.Time { return w.model.now }
	})
	return w
}

// mostBody is little, so that too much does not take long.
const mostBody = 1 << 16

// readRows reads a fixture file. Ids and flags become int64.
func readRows(t testing.TB, files fs.FS, noun string) []row {
	raw, err := fs.ReadFile(files, noun+".json")
	if err != nil {
		t.Fatal(err)
	}
	list := []row{}
	for _, entry := range decodeAny(raw).([]any) {
		r := entry.(row)
		for key, value := range r {
			if n, ok := value.(json.Number); ok {
				r[key], _ = n.Int64()
			}
		}
		list = append(list, r)
	}
	return list
}

// reset puts both back to the fixtures. Rows are never changed, so lists are all there is to copy.
func (w *twins) reset() {
	if w.server != nil {
		w.server.Reset()
	}
	*w.model = w.fixtures
	w.model.customers = slices.Clone(w.fixtures.customers)
	w.model.tickets = slices.Clone(w.fixtures.tickets)
	w.model.responses = slices.Clone(w.fixtures.responses)
}

// actions are what a sequence is made of: every operation of the contract, and a reset.
func (w *twins) actions() map[string]func(*rapid.T) {
	all := map[string]func(*rapid.T){"reset": func(*rapid.T) { w.reset() }}
	for _, op := range w.server.Contract().Operations {
		all[op.ID] = func(t *rapid.T) { w.step(t, op) }
	}
	return all
}

// step sends one request about something.
func (w *twins) step(t *rapid.T, op *spec.Operation) {
	w.model.now = w.model.now.Add(time.Second + 1001*time.Microsecond)
	c := drawing{T: t, m: w.model}.call(op)
	t.Logf("%s: %s", op.ID, c)
	w.compare(t, op, c)
}

// lookAtAll asks for everything that the model knows of.
func (w *twins) lookAtAll(t *rapid.T) {
	ask := func(id string, params map[string]string) {
		op := w.server.Contract().Operation(id)
		w.compare(t, op, call{
			method: op.Method, path: op.URL(params), params: params,
			header: http.Header{"Authorization": {bearer}}, caller: w.model.staff[0], bearer: true,
		})
	}
	for _, c := range w.model.customers {
		ask("getCustomer", map[string]string{"id": fmt.Sprint(c["id"])})
	}
	for _, ticket := range w.model.tickets {
		id := fmt.Sprint(ticket["id"])
		ask("getCustomerTicket", map[string]string{"customer_id": fmt.Sprint(ticket["customer_id"]), "ticket_id": id})
		ask("listTicketResponses", map[string]string{"ticket_number": id})
	}
}

func (w *twins) compare(t *rapid.T, op *spec.Operation, c call) {
	status, body := serve(w.server, c)
	w.requests++
	w.statuses[status]++
	want := w.model.answer(foreseen[op.ID], c)
	if status == want.status && bytes.Equal(encodeAny(decodeAny(body)), encodeAny(want.body)) {
		return
	}
	t.Fatalf("%s: %s\nstatus %d, want %d; %s\n(-want +got) %s", op.ID, c, status, want.status,
		w.server.Journal()[0].Refusal, gocmp.Diff(decodeAny(encodeAny(want.body)), decodeAny(body)))
}

// read gets a page; nil when there is none.
func (w *twins) read(path string) any {
	status, body := serve(w.server, call{method: "GET", path: path, header: http.Header{"Authorization": {bearer}}})
	if status != http.StatusOK {
		return nil
	}
	return decodeAny(body)
}

// name learns a ticket's code and hash. They come from the seed and the id alone: once known,
// they have to be the same in every sequence.
func (w *twins) name(id int64) row {
	if w.names[id] == nil {
		_, body := serve(w.server, call{
			method: "POST", path: "/api/tickets/info", body: fmt.Sprintf("ticket_id=%d", id),
			header: http.Header{"Authorization": {bearer}, "Content-Type": {asForm}},
		})
		answer, _ := decodeAny(body).(row)
		shown, _ := answer["tickets"].(row)
		code, hash := shown["ticket_code"], shown["public_hash"]
		for _, other := range w.names {
			if other["ticket_code"] == code || other["public_hash"] == hash {
				code, hash = "one of its own", "one of its own"
			}
		}
		w.names[id] = row{"ticket_code": code, "public_hash": hash}
	}
	return w.names[id]
}

func serve(server *mock.Server, c call) (int, []byte) {
	sent, err := http.NewRequest(c.method, "http://desk.test"+c.path, strings.NewReader(c.body))
	if err != nil {
		return 0, fmt.Append(nil, err)
	}
	sent.Header = c.header
	w := httptest.NewRecorder()
	server.ServeHTTP(w, sent)
	return w.Code, w.Body.Bytes()
}

// row is one record, or whatever else JSON calls an object.
type row = map[string]any

func encodeAny(value any) []byte {
	data, err := json.Marshal(value) // keys in order
	if err != nil {
		panic(err)
	}
	return data
}

func decodeAny(body []byte) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return "not JSON: " + string(body)
	}
	return value
}

// operation is what has to be known to ask for an operation and to foresee its answer.
type operation struct {
	params, fields []input
	decide         func(*model, call) answer // once credentials and fields are good
}

// foreseen is the model's side of each operation, by operationId. Fields stand in the order in
// which complaints about them come: those that can be missing as the contract lists them, then
// the others by name.
var foreseen = map[string]operation{
	"checkConnection": {decide: func(*model, call) answer { return ok(row{"result": "true"}) }},

	"registerCustomer": {decide: (*model).register, fields: []input{
		must("name", aLine), must("email", anEmail), must("password", aPassword),
		may("account_manager", aNumber), may("billing_id", anAccount), may("billing_system", aSystem),
		may("biography", aText), may("company", aLine),
	}},
	"loginCustomer": {decide: (*model).login, fields: []input{must("email", anEmail), must("password", aPassword)}},
	"getCustomer":   {decide: (*model).getCustomer, params: []input{must("id", aCustomer)}},
	"assignBillingId": {decide: (*model).assign, fields: []input{
		must("ticaga_id", aCustomer), must("billing_id", anAccount), must("billing_system", aSystem),
	}},
	"linkCustomer": {decide: (*model).link, fields: []input{
		must("email", anEmail), must("name", aLine), must("billing_id", anAccount), must("billing_system", aSystem),
	}},
	"createCustomer": {decide: (*model).createCustomer, fields: []input{
		must("email", anEmail), must("first_name", halfALine), must("last_name", halfALine),
	}},
	"syncCustomer": {decide: (*model).sync, fields: []input{
		must("external_id", anAccount), must("name", aLine), must("email", anEmail), may("company", aLine),
	}},
	"setBillingId": {decide: (*model).setBilling, fields: []input{must("ticaga_id", aCustomer), must("billing_id", anAccount)}},

	"listPublicDepartments":   {decide: func(m *model, _ call) answer { return ok(row{"departments": m.forGuests()}) }},
	"listCustomerDepartments": {decide: func(m *model, _ call) answer { return ok(row{"departments": m.forCustomers()}) }},
	"listDepartments":         {decide: (*model).listDepartments},
	"getDepartment": {params: []input{must("slug", aSlug)}, decide: func(m *model, c call) answer {
		return ok(row{"department": having(m.departments, "slug", c.params["slug"])})
	}},
	"getDepartmentById": {params: []input{must("id", aDepartment)}, decide: func(m *model, c call) answer {
		return ok(row{"department": having(m.departments, "id", c.param("id"))})
	}},

	"createTicket": {decide: (*model).createTicket, fields: []input{
		must("subject", aLine), must("message", aText), must("priority", aPriority),
		or("department_slug", aSlug, "department_id"), forGuests("public_email", anEmail, "customer_id"),
		may("assigned", aNumber), may("billing_company_id", aNumber), may("billing_service_id", aNumber),
		may("billing_service_name", aLine), may("billing_system", aSystem), may("cc", aText),
		may("custom_fields", someValues), may("customer_id", anOwner), may("department_id", aDepartment),
		may("ip_address", aLine), may("organize", aText), may("public_name", aLine), may("status", aStatus), may("user_id", aCustomer),
	}},
	"getTicketInfo": {fields: []input{must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return m.showTicket(c.id("ticket_id"))
	}},
	"getTicket": {decide: (*model).getTicket, fields: []input{
		must("ticket_id", aTicket), may("client_id", anOwner), may("id", anOwner),
	}},
	"getCustomerTicket": {params: []input{must("customer_id", anOwner), must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return m.showTicketTo(c.param("customer_id"), c.param("ticket_id"))
	}},
	"listCustomerTickets": {params: []input{must("customer_id", anOwner)}, decide: func(m *model, c call) answer {
		return ok(m.listed(m.ticketsOf(c.param("customer_id"))))
	}},
	"listTickets": {params: []input{must("customer_id", anOwner)}, decide: func(m *model, c call) answer {
		return ok(row{"tickets": m.listed(m.ticketsOf(c.param("customer_id")))})
	}},
	"closeTicket": {fields: []input{must("customer_id", anOwner), must("ticket_id", aTicket), may("organize", aText)}, decide: func(m *model, c call) answer {
		return m.change(c, row{"status": "closed"})
	}},
	"rateTicket": {fields: []input{must("ticket_id", aTicket), must("rating", aRating), must("customer_id", anOwner), may("organize", aText)}, decide: func(m *model, c call) answer {
		return m.change(c, row{"rating": c.id("rating")})
	}},

	"createResponse": {decide: (*model).createResponse, fields: []input{
		must("ticket_number", aTicket), or("content", aText, "message"), may("customer_id", anOwner), may("employee_response", aFlag),
		may("is_note", aFlag), may("message", aText), may("organize", aText), may("user_id", anOwner),
	}},
	"listResponses": {fields: []input{must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return m.showResponses(c.id("ticket_id"))
	}},
	"listTicketResponses": {params: []input{must("ticket_number", aTicket)}, decide: func(m *model, c call) answer {
		return m.showResponses(c.param("ticket_number"))
	}},

	"getRealtimeConfig": {decide: func(*model, call) answer {
		return ok(row{"enabled": false, "key": "", "host": "", "port": 0, "scheme": "", "channel_prefix": "ticket.", "event": "reply.created"})
	}},

	"listDepartments2024":       {decide: func(m *model, _ call) answer { return ok(m.departments) }},
	"listPublicDepartments2024": {decide: func(m *model, _ call) answer { return ok(m.forGuests()) }},
	"listClientDepartments2024": {decide: func(m *model, _ call) answer { return ok(m.forCustomers()) }},
	"getDepartment2024": {params: []input{must("id", aDepartment)}, decide: func(m *model, c call) answer {
		return ok(having(m.departments, "id", c.param("id")))
	}},
	"countDepartments2024": {decide: func(m *model, _ call) answer { return ok(len(m.departments)) }},
	"openTicket2024": {decide: (*model).openTicket2024, params: []input{must("department_id", aDepartment)}, fields: []input{
		must("subject", aLine), must("priority", aPriority), must("content", aText), forGuests("public_email", anEmail, "user_id"),
		may("assigned", aNumber), may("cc", aText), may("department_id", aDepartment), may("ip_address", aLine),
		may("public_name", aLine), may("user_id", anOwner),
	}},
	"getTicket2024": {params: []input{must("id", aTicket)}, decide: func(m *model, c call) answer {
		return ok(m.tickets2024(having(m.tickets, "id", c.param("id"))))
	}},
	"listUserTickets2024": {params: []input{must("id", anOwner)}, decide: func(m *model, c call) answer {
		return ok(m.tickets2024(m.ticketsOf(c.param("id"))))
	}},
	"listTicketsByEmail2024": {params: []input{must("email", anEmail)}, decide: (*model).ticketsByEmail2024},
	"listDepartmentTickets2024": {params: []input{must("slug", aSlug)}, decide: func(m *model, c call) answer {
		return ok(m.tickets2024(having(m.tickets, "department_id", find(m.departments, "slug", c.params["slug"])["id"])))
	}},
	"listAllTickets2024": {decide: func(m *model, _ call) answer { return ok(m.tickets2024(m.tickets)) }},
	"countTicketsByStatus2024": {params: []input{must("status", aStatus)}, decide: func(m *model, c call) answer {
		return ok(len(having(m.tickets, "status", c.params["status"])))
	}},
	"getUser2024":   {params: []input{must("id", aCustomer)}, decide: (*model).getClient2024},
	"getClient2024": {params: []input{must("id", aCustomer)}, decide: (*model).getClient2024},
	"getUserByEmail2024": {params: []input{must("email", anEmail)}, decide: func(m *model, c call) answer {
		return ok(users2024(m.customerOf(c.params["email"])))
	}},
	"findUserByEmail": {params: []input{must("email", anEmail)}, decide: (*model).findUserByEmail},
	"createResponse2024": {decide: (*model).createResponse2024, fields: []input{
		must("response_user_id", anOwner), must("ticket_number", aTicket), must("response_content", aText),
		may("agent_response", aFlag), may("is_note", aFlag),
	}},
	"listResponses2024": {params: []input{must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return ok(responses2024(having(m.responses, "ticket_id", c.param("ticket_id"))))
	}},
}

// input is a field of a body, or a parameter of a path.
type input struct {
	name     string
	kind     kind
	required bool
	needed   func(fields row) (sentence string) // what Laravel says where others make it required; nil where none does
}

func must(name string, k kind) input { return input{name, k, true, nil} }
func may(name string, k kind) input  { return input{name, k, false, nil} }

// or is a field that has to be sent unless the other one is.
func or(name string, k kind, other string) input {
	return input{name, k, false, func(fields row) string {
		if _, sent := fields[other]; sent {
			return ""
		}
		return "The %s field is required when " + strings.ReplaceAll(other, "_", " ") + " is not present."
	}}
}

// forGuests is a field that has to be sent unless the owner is.
func forGuests(name string, k kind, owner string) input {
	return input{name, k, false, func(fields row) string {
		if value, sent := fields[owner]; sent && (textOf(value) == "" || strings.Trim(textOf(value), "0") != "") {
			return ""
		}
		return "The %s field is required."
	}}
}

// kind is what an input holds.
type kind struct {
	good  func(d drawing) any    // what clients send
	odd   []any                  // what they should not; some of it does no harm
	fault func(value any) string // what Laravel says of a value, %s being the field; "" of a good one
}

var (
	aCustomer   = kind{drawing.customerID, oddIDs, idFault}
	anOwner     = kind{drawing.ownerID, oddIDs, idFault}
	aTicket     = kind{drawing.ticketID, oddIDs, idFault}
	aDepartment = kind{drawing.departmentID, oddIDs, idFault}
	anAccount   = kind{among(0, "0", 17, "17", 31, 42, "42", json.Number("42.0"), "0042", "00"), oddIDs, idFault}
	aNumber     = kind{among(0, 1, "0", "7", json.Number("7.0")), oddIDs, idFault}
	aSlug       = kind{drawing.slug, slices.Concat(oddTexts, []any{strings.Repeat("x", 256)}), upTo(255)}
	anEmail     = kind{drawing.email, slices.Concat(oddTexts, []any{"nobody", "a b@c.example", strings.Repeat("x", 250) + "@x.example"}), emailFault}
	aLine       = kind{among(texts...), slices.Concat(oddTexts, []any{strings.Repeat("ü", 256)}), upTo(255)}
	halfALine   = kind{among("Joe", "Doe", "  Köln ", strings.Repeat("é", 127)), slices.Concat(oddTexts, []any{strings.Repeat("ü", 128)}), upTo(127)}
	aText       = kind{among(texts...), oddTexts, textFault}
	aPassword   = kind{among("secret", " secret", "correct horse", "   "), oddTexts, textFault}
	aSystem     = oneOf("blesta", "Blesta", "whmcs", "WHMCS", "clientexec", "Clientexec")
	aPriority   = oneOf("none", "low", "medium", "high", "emergency", "critical", "normal")
	aStatus     = oneOf("open", "awaiting_reply", "in_progress", "on_hold", "closed")
	aFlag       = kind{among(0, "0", false, 1, "1", true), []any{2, "2", "yes", -1}, flagFault}
	aRating     = kind{among(0, 1, 4, 5, "0", "5", json.Number("3.0")), []any{6, "6", -1, "-1", "4.5", json.Number("2.5"), true, []any{4}}, ratingFault}
	someValues  = kind{among(
		[]any{}, row{}, row{"domain": "x.example"}, row{"products": []any{"dns", "vps"}, "years": 2},
		row{"auth_code": "k7", "checked_by": "me", "terms": []any{}}, []any{"x", "y"},
	), []any{"text", 7, true}, valuesFault}
)

func oneOf(names ...any) kind {
	return kind{among(names...), oddTexts, func(value any) string {
		if slices.Contains(names, value) {
			return ""
		}
		return "The selected %s is invalid."
	}}
}

var texts = []any{"Joe Doe", "Köln & Söhne <b>", "a=b;c\nd+e%20", "  padded  ", "0", "null", strings.Repeat("é", 255), strings.Repeat("😀", 200)}

var oddTexts = []any{7, json.Number("-1.5"), true, []any{"x"}, row{"x": "y"}, []any{}, "BLESTA"}

var oddIDs = []any{
	-1, json.Number("4.2"), json.Number("1e30"), "INV-42", "4 2", "-1", "+1", "0x1", "1e2", strings.Repeat("1", 21), true, []any{1}, row{"id": 1},
	// These are whole numbers, if odd ones.
	json.Number("1e2"), json.Number("-0"), json.Number("1e19"), json.Number("18446744073709551615"), "18446744073709551615", strings.Repeat("9", 20),
}

var wholeForm = regexp.MustCompile(`^-?[1-9][0-9]*$`)

var idForm, emailForm, ratingForm = regexp.MustCompile(`^[0-9]{1,20}$`), regexp.MustCompile(`^[^@\s]+@[^@\s]+$`), regexp.MustCompile(`^[0-5]$`)

func idFault(value any) string {
	switch v := value.(type) {
	case string:
		if idForm.MatchString(v) {
			return ""
		}
		if wholeForm.MatchString(v) {
			return idFault(json.Number(v))
		}
	case json.Number:
		n, most := rational(v), new(big.Rat).SetInt64(1<<53-1)
		switch {
		case !n.IsInt():
		case n.Sign() < 0:
			return "The %s field must be at least 0."
		case n.Cmp(most) > 0:
			return "The %s field must not be greater than 9007199254740991."
		default:
			return ""
		}
	}
	return "The %s field must be an integer."
}

func emailFault(value any) string {
	if v, ok := value.(string); !ok || !emailForm.MatchString(v) {
		return "The %s field must be a valid email address."
	}
	return upTo(255)(value)
}

// upTo counts characters, as Laravel does: an emoji is one, whatever UTF-16 makes of it.
func upTo(most int) func(any) string {
	return func(value any) string {
		if v, ok := value.(string); ok && utf8.RuneCountInString(v) > most {
			return fmt.Sprintf("The %%s field must not be greater than %d characters.", most)
		}
		return textFault(value)
	}
}

func textFault(value any) string {
	if _, ok := value.(string); !ok {
		return "The %s field must be a string."
	}
	return ""
}

func flagFault(value any) string {
	if _, isBool := value.(bool); isBool || slices.Contains([]string{"0", "1"}, textOf(value)) {
		return ""
	}
	return "The selected %s is invalid."
}

func ratingFault(value any) string {
	if ratingForm.MatchString(textOf(value)) {
		return ""
	}
	return "The %s field must be between 0 and 5."
}

func valuesFault(value any) string {
	switch value.(type) {
	case row, []any:
		return ""
	}
	return "The %s field must be an array."
}

func rational(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		panic(n)
	}
	return r
}

// textOf is a text, or a whole number in digits; "" of anything else.
func textOf(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		if n := rational(v); n.IsInt() {
			return n.Num().String()
		}
		return v.String()
	}
	return ""
}

// fault is a sentence about a field.
type fault struct{ field, sentence string }

func (f input) says(sentence string) fault {
	return fault{f.name, fmt.Sprintf(sentence, strings.ReplaceAll(f.name, "_", " "))}
}

// faults are all that is wrong with the fields of a body.
func (o operation) faults(fields row) (all []fault) {
	for _, f := range o.fields {
		value, sent := fields[f.name]
		switch {
		case sent:
		case f.required:
			all = append(all, f.says("The %s field is required."))
		case f.needed != nil && f.needed(fields) != "":
			all = append(all, f.says(f.needed(fields)))
		}
		if sentence := f.kind.fault(value); sent && sentence != "" {
			all = append(all, f.says(sentence))
		}
	}
	return all
}

// answer is what the server has to say.
type answer struct {
	status int
	body   any
}

func ok(body any) answer { return answer{200, body} }

var (
	unauthenticated = answer{401, row{"error": "User not authenticated"}}
	forbidden       = answer{403, row{"error": "This action is unauthorized."}}
	noTicket        = answer{404, row{"error": "Ticket not found"}}
	tooLarge        = answer{413, row{"message": "The POST data is too large."}}
)

func invalid(faults []fault) answer {
	message, errors := faults[0].sentence, map[string][]string{}
	for _, f := range faults {
		errors[f.field] = append(errors[f.field], f.sentence)
	}
	switch more := len(faults) - 1; {
	case more == 1:
		message += " (and 1 more error)"
	case more > 1:
		message += fmt.Sprintf(" (and %d more errors)", more)
	}
	return answer{422, row{"message": message, "errors": errors}}
}

// model is a help desk without an index. Rows have the names of the fixtures, and ids are int64.
type model struct {
	staff, departments, customers, tickets, responses []row
	now                                               time.Time
	names                                             func(ticket int64) row // code and hash
}

func (m *model) answer(o operation, c call) answer {
	faults := o.faults(c.fields)
	switch {
	case c.tooLarge:
		return tooLarge
	case c.caller == nil:
		return unauthenticated
	case faults != nil:
		return invalid(faults)
	}
	return o.decide(m, c)
}

func (m *model) stamp() string { return m.now.Format("2006-01-02T15:04:05.000000Z") }

func having(list []row, key string, value any) []row {
	found := []row{}
	for _, r := range list {
		if r[key] == value {
			found = append(found, r)
		}
	}
	return found
}

// find is the first of the rows; nil when there is none.
func find(list []row, key string, value any) row {
	for _, r := range having(list, key, value) {
		return r
	}
	return nil
}

// with is a row with others laid over it.
func with(r row, others ...row) row {
	laid := maps.Clone(r)
	for _, other := range others {
		maps.Copy(laid, other)
	}
	return laid
}

func without(r row, keys ...string) row {
	left := maps.Clone(r)
	for _, key := range keys {
		delete(left, key)
	}
	return left
}

func nextID(list []row) int64 {
	if len(list) == 0 {
		return 1
	}
	return list[len(list)-1]["id"].(int64) + 1
}

// put writes a row over the one of the same id, or behind the last.
func put(list []row, r row) []row {
	if at := slices.IndexFunc(list, func(other row) bool { return other["id"] == r["id"] }); at >= 0 {
		list[at] = r
		return list
	}
	return append(list, r)
}

// Customers.

var blankCustomer = row{
	"email_verified_at": nil, "company": "", "phone_number": "", "billing_id": "0", "billing_system": "",
	"account_manager": "0", "biography": "", "password": "",
}

func shownCustomer(c row) row { return without(c, "password") }

func user(c row) any { return row{"user": shownCustomer(c)} }

func (m *model) customerOf(email string) row {
	for _, c := range m.customers {
		if strings.EqualFold(c["email"].(string), email) {
			return c
		}
	}
	return nil
}

// account is a customer's place in a billing system, "" when it has none. Neither the case of the
// system's name nor leading zeros make another one of it.
func account(c row) string {
	number := strings.TrimLeft(c["billing_id"].(string), "0")
	if number == "" {
		return ""
	}
	return strings.ToLower(c["billing_system"].(string)) + " " + number
}

// keep adds a customer or writes it over the one of the same id, unless another one has its
// address or its account.
func (m *model) keep(c row, show func(row) any) answer {
	if old := find(m.customers, "id", c["id"]); old != nil && maps.Equal(old, c) {
		return ok(show(c))
	}
	taken := map[string]bool{}
	for _, other := range m.customers {
		if other["id"] == c["id"] {
			continue
		}
		taken["email"] = taken["email"] || strings.EqualFold(other["email"].(string), c["email"].(string))
		taken["billing_id"] = taken["billing_id"] || account(c) != "" && account(other) == account(c)
	}
	var faults []fault
	for _, name := range []string{"email", "billing_id"} {
		if taken[name] {
			faults = append(faults, input{name: name}.says("The %s has already been taken."))
		}
	}
	if faults != nil {
		return invalid(faults)
	}
	if c["id"] == nil {
		c = with(c, row{"id": nextID(m.customers), "created_at": m.stamp()})
	}
	c = with(c, row{"updated_at": m.stamp()})
	m.customers = put(m.customers, c)
	return ok(show(c))
}

func (m *model) register(c call) answer {
	return m.keep(with(blankCustomer, c.texts("name", "email", "password", "company", "biography", "billing_system"), row{
		"billing_id": cmp.Or(c.text("billing_id"), "0"), "account_manager": cmp.Or(c.text("account_manager"), "0"),
	}), func(kept row) any { return row{"user": without(kept, "password", "email_verified_at", "phone_number")} })
}

func (m *model) login(c call) answer {
	found := m.customerOf(c.text("email"))
	if found == nil || found["password"] == "" || found["password"] != c.text("password") {
		return unauthenticated
	}
	return ok(user(found))
}

func (m *model) getCustomer(c call) answer {
	if c.params["id"] == "0" {
		return ok(user(with(blankCustomer, without(c.caller, "tokens"), row{"updated_at": c.caller["created_at"]})))
	}
	found := find(m.customers, "id", c.param("id"))
	if found == nil {
		return unauthenticated
	}
	return ok(user(found))
}

func (m *model) assign(c call) answer {
	return m.bill(c, func(row) row { return c.texts("billing_id", "billing_system") })
}

func (m *model) setBilling(c call) answer {
	return m.bill(c, func(old row) row {
		return with(c.texts("billing_id"), row{"billing_system": cmp.Or(old["billing_system"].(string), "clientexec")})
	})
}

func (m *model) bill(c call, change func(old row) row) answer {
	found := find(m.customers, "id", c.id("ticaga_id"))
	if found == nil {
		return unauthenticated
	}
	return m.keep(with(found, change(found)), func(row) any { return row{"user": true} })
}

func (m *model) link(c call) answer {
	found := m.customerOf(c.text("email"))
	if found == nil {
		found = with(blankCustomer, c.texts("email", "name"))
	}
	return m.keep(with(found, c.texts("billing_id", "billing_system")), user)
}

func (m *model) sync(c call) answer {
	found := m.customerOf(c.text("email"))
	if found == nil {
		found = with(blankCustomer, c.texts("email"))
	}
	kept := m.keep(with(found, c.texts("name", "company"), row{"billing_system": "clientexec", "billing_id": c.text("external_id")}), user)
	if kept.status == 422 { // the account, under the name that was sent
		return invalid([]fault{input{name: "external_id"}.says("The %s has already been taken.")})
	}
	return kept
}

func (m *model) createCustomer(c call) answer {
	return m.keep(with(blankCustomer, c.texts("email"), row{"name": c.text("first_name") + " " + c.text("last_name")}), user)
}

// Departments.

func (m *model) forCustomers() []row { return having(m.departments, "is_disabled", int64(0)) }

func (m *model) forGuests() []row { return having(m.forCustomers(), "is_public", int64(1)) }

func (m *model) listDepartments(call) answer {
	list := []row{}
	for _, d := range m.forCustomers() {
		list = append(list, with(without(d, "business_hours", "cc_enabled", "show_services", "custom_fields"), row{"name": d["department_name"]}))
	}
	return ok(row{"departments": list})
}

// Tickets.

var blankTicket = row{
	"public_name": "", "public_email": "", "cc": "", "assigned": "", "ip_address": "", "organize": "",
	"billing_system": "", "billing_company_id": "", "billing_service_id": "", "billing_service_name": "",
	"custom_fields": row{}, "rating": int64(0),
}

// ticketsOf are a customer's; guests have none to show.
func (m *model) ticketsOf(customer int64) []row {
	if customer == 0 {
		return nil
	}
	return having(m.tickets, "customer_id", customer)
}

func (m *model) createTicket(c call) answer {
	department, by := row(nil), ""
	switch {
	case c.has("department_slug"):
		department, by = find(m.departments, "slug", c.text("department_slug")), "department_slug"
	case c.has("department_id"):
		department, by = find(m.departments, "id", c.id("department_id")), "department_id"
	}
	sent := with(c.texts("subject", "message", "priority", "cc", "ip_address", "organize", "public_name", "public_email",
		"billing_system", "billing_company_id", "billing_service_id", "billing_service_name"),
		row{"assigned": cmp.Or(c.text("assigned"), "0"), "custom_fields": values(c.fields["custom_fields"])})
	return m.open(c.id("customer_id"), sent, by, department, func(t row) any {
		return row{"id": with(m.names(t["id"].(int64)), row{"id": t["id"]})}
	})
}

func (m *model) openTicket2024(c call) answer {
	sent := with(c.texts("subject", "priority", "cc", "ip_address", "public_name", "public_email"),
		row{"message": c.text("content"), "assigned": cmp.Or(c.text("assigned"), "0")})
	department := find(m.departments, "id", c.param("department_id"))
	return m.open(c.id("user_id"), sent, "department_id", department, func(t row) any { return m.tickets2024([]row{t}) })
}

// open keeps a new ticket, when the department takes it. by is the field that names the
// department.
func (m *model) open(owner int64, t row, by string, department row, show func(row) any) answer {
	customer := find(m.customers, "id", owner)
	if customer == nil && owner != 0 {
		return unauthenticated
	}
	if customer != nil {
		t["public_name"] = cmp.Or(t["public_name"].(string), customer["name"].(string))
		t["public_email"] = cmp.Or(t["public_email"].(string), customer["email"].(string))
	}
	var faults []fault
	guest, closed := owner == 0, department == nil || department["is_disabled"] == int64(1)
	if closed || guest && department["is_public"] == int64(0) {
		faults = append(faults, input{name: by}.says("The selected %s is invalid."))
	}
	if !closed && department["allows_high_priority"] != int64(1) && slices.Contains([]any{"high", "emergency", "critical"}, t["priority"]) {
		faults = append(faults, input{name: "priority"}.says("The selected %s is invalid."))
	}
	if faults != nil {
		return invalid(faults)
	}
	t = with(blankTicket, t, row{
		"id": nextID(m.tickets), "customer_id": owner, "department_id": department["id"], "status": "open",
		"created_at": m.stamp(), "updated_at": m.stamp(),
	})
	m.tickets = put(m.tickets, t)
	return ok(show(t))
}

// values are custom fields by slug, texts or lists of texts.
func values(sent any) row {
	bySlug := row{}
	switch sent := sent.(type) {
	case row:
		for slug, value := range sent {
			bySlug[slug] = value
			if n, isNumber := value.(json.Number); isNumber {
				bySlug[slug] = n.String()
			}
		}
	case []any:
		for i, value := range sent {
			bySlug[strconv.Itoa(i)] = value
		}
	}
	return bySlug
}

func (m *model) showTicket(id int64) answer {
	t := find(m.tickets, "id", id)
	if t == nil {
		return noTicket
	}
	return ok(m.shown(t))
}

func (m *model) showTicketTo(customer, id int64) answer {
	if t := find(m.tickets, "id", id); t != nil && t["customer_id"] != customer {
		return forbidden
	}
	return m.showTicket(id)
}

func (m *model) getTicket(c call) answer {
	switch {
	case c.has("id"):
		return m.showTicketTo(c.id("id"), c.id("ticket_id"))
	case c.has("client_id"):
		return m.showTicketTo(c.id("client_id"), c.id("ticket_id"))
	}
	return m.showTicket(c.id("ticket_id"))
}

// shown is a ticket with all that is known of it.
func (m *model) shown(t row) row {
	department := find(m.departments, "id", t["department_id"])
	return row{
		"tickets":       without(with(m.named(t), m.about(t), row{"ticket_created": t["created_at"]}), "created_at", "customer_id", "custom_fields"),
		"custom_fields": shownValues(department, t["custom_fields"].(row)), "ratings_enabled": true,
	}
}

// about is what a ticket says of its owner and its department.
func (m *model) about(t row) row {
	department := find(m.departments, "id", t["department_id"])
	return row{"user_id": t["customer_id"], "name": m.ownerName(t), "department_name": department["department_name"]}
}

// named is a ticket with its code and its hash, those of the fixtures if they have some.
func (m *model) named(t row) row {
	if t["ticket_code"] != nil && t["public_hash"] != nil {
		return t
	}
	return with(m.names(t["id"].(int64)), t)
}

func (m *model) ownerName(t row) any {
	if customer := find(m.customers, "id", t["customer_id"]); customer != nil {
		return customer["name"]
	}
	return t["public_name"]
}

// shownValues come in the order of the department's form, the others behind it. What is not for
// customers is left out, and a password is not told.
func shownValues(department, bySlug row) []row {
	shown, rest := []row{}, maps.Clone(bySlug)
	form, _ := department["custom_fields"].([]any)
	for _, entry := range form {
		f := entry.(row)
		slug := f["slug"].(string)
		value, filled := rest[slug]
		delete(rest, slug)
		if !filled || f["visible_to_customer"] == false {
			continue
		}
		encrypted := f["type"] == "password"
		if encrypted {
			value = "********"
		}
		shown = append(shown, row{"name": f["name"], "value": value, "is_encrypted": encrypted})
	}
	for _, slug := range slices.Sorted(maps.Keys(rest)) {
		shown = append(shown, row{"name": slug, "value": rest[slug], "is_encrypted": false})
	}
	return shown
}

func (m *model) listed(tickets []row) []row {
	list := []row{}
	for _, t := range tickets {
		list = append(list, row{
			"id": t["id"], "ticket_code": m.named(t)["ticket_code"], "subject": t["subject"], "department_id": t["department_id"],
			"department_name": m.about(t)["department_name"], "priority": t["priority"], "status": t["status"], "ticket_created": t["created_at"],
		})
	}
	return list
}

// change is what the owner of a ticket does to it.
func (m *model) change(c call, changes row) answer {
	t := find(m.tickets, "id", c.id("ticket_id"))
	switch {
	case t == nil:
		return noTicket
	case t["customer_id"] != c.id("customer_id"):
		return forbidden
	}
	m.save(t, changes)
	return ok(row{"id": t["id"]})
}

// save changes a ticket. What changes nothing does not touch it.
func (m *model) save(t, changes row) {
	for key, value := range changes {
		if t[key] != value {
			m.tickets = put(m.tickets, with(t, changes, row{"updated_at": m.stamp()}))
			return
		}
	}
}

func (m *model) tickets2024(tickets []row) []row {
	list := []row{}
	for _, t := range tickets {
		list = append(list, row{
			"id": t["id"], "user_id": t["customer_id"], "name": m.ownerName(t), "department_id": t["department_id"],
			"subject": t["subject"], "content": t["message"], "status": t["status"], "priority": t["priority"],
			"public_name": t["public_name"], "public_email": t["public_email"], "cc": t["cc"], "created_at": t["created_at"],
		})
	}
	return list
}

func (m *model) ticketsByEmail2024(c call) answer {
	tickets := []row{}
	if customer := m.customerOf(c.params["email"]); customer != nil {
		tickets = m.ticketsOf(customer["id"].(int64))
	}
	for _, t := range having(m.tickets, "customer_id", int64(0)) {
		if strings.EqualFold(t["public_email"].(string), c.params["email"]) {
			tickets = append(tickets, t)
		}
	}
	return ok(m.tickets2024(tickets))
}

func (m *model) getClient2024(c call) answer {
	return ok(users2024(find(m.customers, "id", c.param("id"))))
}

func users2024(customer row) []row {
	if customer == nil {
		return []row{}
	}
	return []row{shownCustomer(customer)}
}

func (m *model) findUserByEmail(c call) answer {
	found := m.customerOf(c.params["email"])
	switch {
	case c.bearer:
		return ok(users2024(found))
	case found == nil:
		return ok(row{"user": nil})
	}
	return ok(user(found))
}

// Replies.

func (m *model) createResponse(c call) answer {
	content, author := cmp.Or(c.text("content"), c.text("message")), cmp.Or(c.text("user_id"), c.text("customer_id"))
	r := row{"content": content, "is_note": c.flag("is_note"), "employee_response": c.flag("employee_response")}
	if author != "" {
		r["user_id"] = idOf(author)
	}
	return m.reply(c.id("ticket_number"), r, func(r row) any { return row{"id": r["id"]} })
}

func (m *model) createResponse2024(c call) answer {
	return m.reply(c.id("ticket_number"), row{
		"user_id": c.id("response_user_id"), "content": c.text("response_content"),
		"is_note": c.flag("is_note"), "employee_response": c.flag("agent_response"),
	}, func(r row) any { return responses2024([]row{r}) })
}

// reply keeps a reply of staff's, or of the ticket's owner, who need not say so.
func (m *model) reply(ticket int64, r row, show func(row) any) answer {
	t, fromStaff := find(m.tickets, "id", ticket), r["employee_response"] == int64(1)
	if t == nil {
		return noTicket
	}
	if r["user_id"] == nil && !fromStaff {
		r["user_id"] = t["customer_id"]
	}
	status := "open"
	if fromStaff {
		status = "awaiting_reply"
	}
	switch {
	case fromStaff && find(m.staff, "id", r["user_id"]) == nil, !fromStaff && r["user_id"] != t["customer_id"]:
		return forbidden
	case r["is_note"] == int64(0):
		m.save(t, row{"status": status})
	}
	r = with(r, row{"id": nextID(m.responses), "ticket_id": ticket, "created_at": m.stamp()})
	m.responses = put(m.responses, r)
	return ok(show(r))
}

func (m *model) showResponses(ticket int64) answer {
	t := find(m.tickets, "id", ticket)
	if t == nil {
		return noTicket
	}
	list := []row{}
	for _, r := range having(m.responses, "ticket_id", ticket) {
		list = append(list, with(without(r, "ticket_id"), row{"user_name": m.authorName(t, r)}))
	}
	return ok(row{"responses": list})
}

func (m *model) authorName(t, r row) any {
	if r["employee_response"] == int64(1) {
		return find(m.staff, "id", r["user_id"])["name"]
	}
	return m.ownerName(t)
}

func responses2024(responses []row) []row {
	list := []row{}
	for _, r := range responses {
		list = append(list, row{
			"id": r["id"], "ticket_number": r["ticket_id"], "response_user_id": r["user_id"], "response_content": r["content"],
			"is_note": r["is_note"], "agent_response": r["employee_response"], "created_at": r["created_at"],
		})
	}
	return list
}

// call is a request, and what the model has to know of it.
type call struct {
	method, path, body string
	header             http.Header

	caller   row  // nil when the credentials are not good
	bearer   bool // they are a Bearer token
	tooLarge bool
	params   map[string]string
	fields   row // as PHP and Laravel hand them on
}

func (c call) String() string {
	return fmt.Sprintf("%s %s %v %.2000q", c.method, c.path, c.header, c.body)
}

func (c call) has(field string) bool { return c.fields[field] != nil }

func (c call) text(field string) string { return textOf(c.fields[field]) }

func (c call) texts(fields ...string) row {
	r := row{}
	for _, field := range fields {
		r[field] = c.text(field)
	}
	return r
}

// nobodysID is an id that is none, or too large for any record.
const nobodysID = int64(-1)

// id is 0 when the field was not sent.
func (c call) id(field string) int64 { return idOf(cmp.Or(c.text(field), "0")) }

func (c call) param(name string) int64 { return idOf(c.params[name]) }

func idOf(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !idForm.MatchString(text) {
		return nobodysID
	}
	return id
}

func (c call) flag(field string) int64 {
	if c.fields[field] == true || c.text(field) == "1" {
		return 1
	}
	return 0
}

// drawing makes up requests about what the model holds.
type drawing struct {
	*rapid.T
	m                *model
	ticket, customer row // what the request at hand is about, mostly; nil when there are none
}

func one[T any](d drawing, list ...T) (none T) {
	if len(list) == 0 {
		return none
	}
	return rapid.SampledFrom(list).Draw(d.T, "one")
}

func (d drawing) rarely(oneIn int) bool { return rapid.IntRange(1, oneIn).Draw(d.T, "rarely") == oneIn }

func among(list ...any) func(drawing) any { return func(d drawing) any { return one(d, list...) } }

func (d drawing) call(op *spec.Operation) call {
	d.ticket, d.customer = one(d, d.m.tickets...), one(d, d.m.customers...)
	known := foreseen[op.ID]
	c := call{method: op.Method, params: map[string]string{}}
	c.header, c.caller = d.credentials()
	scheme, _, _ := strings.Cut(c.header.Get("Authorization"), " ")
	c.bearer = strings.EqualFold(scheme, "Bearer")
	for _, p := range known.params {
		c.params[p.name] = d.param(p)
	}
	c.path = d.path(op.URL(c.params))
	if known.fields != nil {
		d.fill(&c, d.fields(known.fields))
	}
	return c
}

// credentials are good ones of somebody's, with their owner, or bad ones.
func (d drawing) credentials() (http.Header, row) {
	member := one(d, d.m.staff...)
	email, token := member["email"].(string), one(d, member["tokens"].([]any)...).(string)
	pair := func(email, token string) http.Header {
		return http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(email+":"+token))}}
	}
	if d.rarely(20) {
		return one(d, http.Header{}, pair(email, "wrong"), pair("nobody@ticaga.test", token), pair(email, email),
			http.Header{"Authorization": {"Bearer wrong"}}, http.Header{"Authorization": {"Digest " + token}}, http.Header{"Authorization": {token}},
			http.Header{"X-Api-Token": {token}}, http.Header{"X-Admin-Email": {email}, "X-Api-Token": {"wrong"}}), nil
	}
	return one(d, http.Header{"Authorization": {"Bearer " + token}}, pair(email, token), pair(strings.ToUpper(email), token),
		http.Header{"Authorization": {"bearer " + token}}, http.Header{"X-Admin-Email": {email}, "X-Api-Token": {token}},
		http.Header{"Authorization": {"Bearer " + token}, "X-Admin-Email": {"nobody@ticaga.test"}}), member
}

// param is the value of a path's parameter. An odd one finds nothing.
func (d drawing) param(p input) string {
	if d.rarely(8) {
		return one(d, "00", "-1", "+1", "1.0", "99999999999999999999", "Joe Doe", "nobody@example.com", "%41", "é+&?#;=", "\xff")
	}
	return textOf(arrive(p.kind.good(d), false))
}

// path is a path as the base URL in some plugin's settings makes it.
func (d drawing) path(path string) string {
	switch {
	case d.rarely(20):
		return "/" + path
	case d.rarely(20):
		return path + "/"
	}
	return path
}

// fields are mostly good ones. The others are odd, blank or of another operation's, the last of
// which has to have no effect.
func (d drawing) fields(inputs []input) row {
	fields, sloppy := row{}, d.rarely(4)
	for _, f := range inputs {
		switch {
		case sloppy && d.rarely(3):
			fields[f.name] = one(d, f.kind.odd...)
		case sloppy && d.rarely(3), !f.required && d.rarely(2):
			if blank := one(d, "absent", nil, any(""), "  "); blank != "absent" {
				fields[f.name] = blank
			}
		default:
			fields[f.name] = f.kind.good(d)
		}
	}
	if name := one(d, strangers...); d.rarely(4) && !slices.ContainsFunc(inputs, func(f input) bool { return f.name == name }) {
		fields[name] = one(d, slices.Concat(oddTexts, []any{1, "1", "sales", row{"domain": "y.example"}})...)
	}
	return fields
}

// strangers are fields that some operations know and others do not.
var strangers = []string{
	"department_slug", "department_id", "customer_id", "user_id", "custom_fields", "billing_system", "organize", "message", "content",
	"status", "public_email", "password", "id", "rating", "company", "debug",
}

// fill writes the fields into the body of a call in one way or another.
func (d drawing) fill(c *call, fields row) {
	encode := one(d, asJSONBody, asFormBody, asJSONBody, asFormBody, asMultipartBody)
	contentType, body := encode(fields)
	c.fields = tidied(fields, contentType != asJSON)
	switch {
	case d.rarely(25):
		contentType, body = d.unreadable()
		c.fields = row{}
	case d.rarely(100):
		body, c.tooLarge = "x="+strings.Repeat("x", mostBody), true
	}
	c.header, c.body = c.header.Clone(), body
	c.header.Set("Content-Type", contentType)
}

// unreadable is a body in which PHP finds no fields.
func (d drawing) unreadable() (contentType, body string) {
	b := one(d, [2]string{asJSON, ""}, [2]string{asJSON, `{"ticaga_id":8,}`}, [2]string{asJSON, "ticket_id=1"}, [2]string{asJSON, `["x"]`},
		[2]string{asJSON, `{"email":"` + "\xff" + `"}`}, [2]string{asForm, `{"ticket_id":1}`}, [2]string{"text/plain", "ticket_id=1"},
		[2]string{"", "ticket_id=1"}, [2]string{"multipart/form-data", "--x--"})
	return b[0], b[1]
}

func asJSONBody(fields row) (contentType, body string) { return asJSON, string(encodeAny(fields)) }

func asFormBody(fields row) (contentType, body string) {
	var pairs []string
	for _, pair := range phpPairs("", fields) {
		pairs = append(pairs, url.QueryEscape(pair[0])+"="+url.QueryEscape(pair[1]))
	}
	return asForm, strings.Join(pairs, "&")
}

func asMultipartBody(fields row) (contentType, body string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.SetBoundary("the-same-each-time")
	for _, pair := range phpPairs("", fields) {
		_ = w.WriteField(pair[0], pair[1]) // a buffer takes all
	}
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

// phpPairs are names and values as http_build_query makes them.
func phpPairs(name string, value any) (pairs [][2]string) {
	inside := func(key string) string {
		if name == "" {
			return key
		}
		return name + "[" + key + "]"
	}
	switch v := value.(type) {
	case nil:
		return nil
	case row:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			pairs = append(pairs, phpPairs(inside(key), v[key])...)
		}
		return pairs
	case []any:
		for i, entry := range v {
			pairs = append(pairs, phpPairs(inside(strconv.Itoa(i)), entry)...)
		}
		return pairs
	case bool:
		value = map[bool]string{true: "1", false: "0"}[v]
	}
	return [][2]string{{name, fmt.Sprint(value)}}
}

// arrive is what becomes of a value on its way: numbers are json.Number, and as a form nothing
// but text arrives, and nothing at all of what is empty.
func arrive(value any, form bool) any {
	switch v := value.(type) {
	case row:
		inner := row{}
		for key, entry := range v {
			if entry = arrive(entry, form); entry != nil {
				inner[key] = entry
			}
		}
		if form && len(inner) == 0 {
			return nil
		}
		return inner
	case []any:
		if form && len(v) == 0 {
			return nil
		}
		inner := make([]any, len(v))
		for i, entry := range v {
			inner[i] = arrive(entry, form)
		}
		return inner
	case nil, string:
		return v
	case bool:
		if !form {
			return v
		}
		return map[bool]string{true: "1", false: "0"}[v]
	}
	if form {
		return fmt.Sprint(value)
	}
	return json.Number(fmt.Sprint(value))
}

// tidied are fields as Laravel's middleware leaves them: without blanks around texts, passwords
// excepted, and without what is blank.
func tidied(sent row, form bool) row {
	fields := row{}
	for name, value := range sent {
		value = arrive(value, form)
		if text, isText := value.(string); isText && name != "password" {
			value = strings.TrimSpace(text)
		}
		if value != nil && value != "" {
			fields[name] = value
		}
	}
	return fields
}

// written is an id as a number or in digits.
func (d drawing) written(id any) any {
	return one(d, id, any(fmt.Sprint(id)), any(json.Number(fmt.Sprintf("%d.0", id))), any(fmt.Sprintf(" %d", id)))
}

func (d drawing) customerID() any {
	if d.customer == nil || d.rarely(6) {
		return d.written(one(d, int64(0), 99))
	}
	return d.written(d.customer["id"])
}

func (d drawing) ownerID() any {
	if d.ticket == nil || d.rarely(6) {
		return d.customerID()
	}
	return d.written(d.ticket["customer_id"])
}

func (d drawing) ticketID() any {
	if d.ticket == nil || d.rarely(10) {
		return d.written(one(d, int64(0), 9999))
	}
	return d.written(d.ticket["id"])
}

func (d drawing) department() row {
	if len(d.m.departments) == 0 || d.rarely(10) {
		return row{"id": int64(99), "slug": "nowhere"}
	}
	return one(d, d.m.departments...)
}

func (d drawing) departmentID() any { return d.written(d.department()["id"]) }

func (d drawing) slug() any { return d.department()["slug"] }

func (d drawing) email() any {
	var known []string
	if d.customer != nil {
		email := d.customer["email"].(string)
		known = append(known, email, email, strings.ToUpper(email))
	}
	if d.ticket != nil && d.ticket["public_email"] != "" {
		email := d.ticket["public_email"].(string)
		known = append(known, email, strings.ToUpper(email))
	}
	return one(d, append(known, "new@example.com", "NEW@example.com", "other+tag@example.com")...)
}

// agree holds the lists that a server gives against each other. Every ticket stands in the list
// of all, in its owner's, in its department's, and is counted once.
func agree(t rapid.TB, read func(path string) any) {
	t.Helper()
	all := listOf(read("/api/tickets/grab_all/"))
	want := map[string][]any{}
	counts := map[any]int{"open": 0, "awaiting_reply": 0, "in_progress": 0, "on_hold": 0, "closed": 0}
	slugs := map[any]string{}
	for _, d := range listOf(read("/api/departments")) {
		slug := url.PathEscape(d["slug"].(string))
		slugs[d["id"]] = slug
		want["/api/tickets/all/"+slug] = nil
		want["/api/departments/byid/"+fmt.Sprint(d["id"])] = []any{d["id"]}
	}
	for _, ticket := range all {
		counts[ticket["status"]]++
		paths := []string{"/api/tickets/all/" + slugs[ticket["department_id"]]}
		if owner := fmt.Sprint(ticket["user_id"]); owner != "0" {
			paths = append(paths, "/api/tickets/get/all/"+owner, "/api/tickets/user/"+owner)
			want["/api/clients/"+owner] = []any{ticket["user_id"]}
		} else {
			paths = append(paths, guestsOf+url.PathEscape(strings.ToLower(ticket["public_email"].(string))))
		}
		for _, path := range paths {
			want[path] = append(want[path], ticket["id"])
		}
	}
	for _, path := range slices.Sorted(maps.Keys(want)) {
		list := listOf(read(path))
		if strings.HasPrefix(path, guestsOf) { // which has the tickets of a customer before them
			list = having(list, "user_id", json.Number("0"))
		}
		if got := idsOf(list); !slices.Equal(got, want[path]) {
			t.Fatalf("%s lists %v, but there are %v", path, got, want[path])
		}
	}
	for status, count := range counts {
		if got := read(fmt.Sprint("/api/tickets/countbystatus/", status)); fmt.Sprint(got) != fmt.Sprint(count) {
			t.Fatalf("%v tickets are %s, but there are %d", got, status, count)
		}
	}
	agreeOnDepartments(t, read)
}

const guestsOf = "/api/tickets/userticketsbyemail/"

func agreeOnDepartments(t rapid.TB, read func(path string) any) {
	t.Helper()
	all := listOf(read("/api/departments"))
	enabled := having(all, "is_disabled", json.Number("0"))
	public := having(enabled, "is_public", json.Number("1"))
	for path, want := range map[string][]row{
		"/api/departments/1": public, "/api/departments/public": public,
		"/api/departments/2": enabled, "/api/departments/customers": enabled, "/api/departments/list": enabled,
	} {
		if got := idsOf(listOf(read(path))); !slices.Equal(got, idsOf(want)) {
			t.Fatalf("%s lists %v, but there are %v", path, got, idsOf(want))
		}
	}
	if got := read("/api/department/count"); fmt.Sprint(got) != fmt.Sprint(len(all)) {
		t.Fatalf("%v departments are counted, but there are %d", got, len(all))
	}
}

// nothingTwice looks for what may be there once: a customer's address, a billing account, a
// ticket's code and hash.
func nothingTwice(t *testing.T, read func(path string) any) {
	seen := map[string]bool{}
	look := func(what string, value any) {
		if key := strings.ToLower(fmt.Sprint(what, " ", value)); seen[key] {
			t.Errorf("%s is there twice", key)
		} else {
			seen[key] = true
		}
	}
	for id := 1; ; id++ {
		page, _ := read(fmt.Sprint("/api/customers/get/", id)).(row)
		if page == nil {
			break
		}
		customer := page["user"].(row)
		look("e-mail", customer["email"])
		if at := account(customer); at != "" {
			look("account", at)
		}
		for _, ticket := range listOf(read(fmt.Sprint("/api/tickets/get/all/", id))) {
			look("ticket", ticket["id"])
			look("code", ticket["ticket_code"])
		}
	}
	if len(seen) == 0 {
		t.Error("there is no customer 1")
	}
}

// listOf is a bare list, or the one in an object.
func listOf(page any) (list []row) {
	if object, isObject := page.(row); isObject {
		page = object["departments"]
	}
	entries, _ := page.([]any)
	for _, entry := range entries {
		list = append(list, entry.(row))
	}
	return list
}

func idsOf(list []row) (ids []any) {
	for _, r := range list {
		ids = append(ids, r["id"])
	}
	return ids
}
