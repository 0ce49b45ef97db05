package mock_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file is a second help desk, written from what openapi.yaml says: a model that is lists,
// searched from end to end. Random sequences of requests go to the server, and the model has to
// foresee every answer, its status and its whole body. The files model_*_test.go are what is known
// of each operation, the kinds of fields, the rules, how a request is made up, and what lists
// have to agree about.

// TestModel is a few hundred sequences of some thirty requests each, over the scenarios that are
// files, and one over each of the other engines. A long run has 20,000 for each of the seven, 140,000 in all:
//
//	go test ./mock -run '^TestModel$' -rapid.checks=20000 -timeout 2h
func TestModel(t *testing.T) {
	for _, engine := range engines {
		for _, scenario := range fixtures.Names() {
			if scenario == "busy" {
				continue // its thousands of tickets would be searched from end to end
			}
			if engine.name != "memory" && scenario != "default" {
				continue // what the data is makes no difference to how it is kept
			}
			t.Run(engine.name+"/"+scenario, func(t *testing.T) {
				t.Parallel()
				w := newTwins(t, scenario, func(o *mock.Options) { o.Log = engine.open(t) })
				actions := w.actions()
				rapid.Check(t, func(t *rapid.T) {
					w.reset()
					t.Repeat(actions)
					w.lookAtAll(t)
					w.choose(t, string(encodeAny(w.fixtures.settings)))
					agree(t, w.read)
				})
				t.Logf("%d requests, answered with %v", w.requests, w.statuses)
			})
		}
	}
}

// TestModelKnowsEveryOperation: a new operation is red until the model can foresee its answers.
func TestModelKnowsEveryOperation(t *testing.T) {
	contract := newServer(t).Contract()
	for _, op := range contract.Operations {
		known, ok := foreseen[op.ID]
		switch {
		case !ok:
			t.Errorf("got no %s in the model, want every operation", op.ID)
		case op.HasBody != (known.fields != nil), strings.Count(op.Path, "{") != len(known.params):
			t.Errorf("%s: got %d fields and %d parameters in the model, want fields: %t, and %d", op.ID, len(known.fields), len(known.params), op.HasBody, strings.Count(op.Path, "{"))
		}
	}
	for id := range foreseen {
		if contract.Operation(id) == nil {
			t.Errorf("the contract has no %s, want not nil", id)
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
					t.Errorf("got %s\n%d %s; want status other than 500, valid JSON", c, status, body)
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
			t.Errorf("%s %s: got %s, want other than 500", x.Method, x.Path, x.Refusal)
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

func newTwins(t testing.TB, scenario string, change ...func(*mock.Options)) *twins {
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
	w.server = newServer(t, append(change, func(o *mock.Options) {
		o.Scenario, o.MaxBody = scenario, mostBody
		o.Now = func() time.Time { return w.model.now }
	})...)
	w.fixtures.settings = w.server.Settings()
	if w.fixtures.settings.CustomFields == "off" { // as if no department had defined any
		for i, d := range w.fixtures.departments {
			w.fixtures.departments[i] = without(d, "custom_fields")
		}
	}
	for _, member := range w.fixtures.staff {
		w.fixtures.customers = append(w.fixtures.customers,
			with(blankCustomer, row{"updated_at": member["created_at"]}, without(member, "tokens", "role")))
	}
	slices.SortFunc(w.fixtures.customers, func(a, b row) int { return cmp.Compare(a["id"].(int64), b["id"].(int64)) })
	for i, ticket := range w.fixtures.tickets {
		w.fixtures.tickets[i] = with(blankTicket, row{"updated_at": ticket["created_at"]}, ticket)
	}
	w.reset()
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
	all := map[string]func(*rapid.T){"reset": func(*rapid.T) { w.reset() }, "settings": w.switches}
	for _, op := range w.server.Contract().Operations {
		all[op.ID] = func(t *rapid.T) { w.step(t, op) }
	}
	return all
}

// switches changes one of the settings.
func (w *twins) switches(t *rapid.T) {
	of := rapid.SampledFrom(mock.Switches()).Draw(t, "switch")
	// A number is a matter of time, and what was filled into a form depends on when.
	if of.Values != nil && of.Name != "custom_fields" {
		w.choose(t, fmt.Sprintf("{%q: %q}", of.Name, rapid.SampledFrom(of.Values).Draw(t, "value")))
	}
}

func (w *twins) choose(t *rapid.T, settings string) {
	if err := w.server.Set(settings); err != nil {
		t.Fatal(err)
	}
	w.model.settings = w.server.Settings()
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
	sent, err := http.NewRequest(c.method, "http://localhost"+c.path, strings.NewReader(c.body))
	if err != nil {
		return 0, fmt.Append(nil, err)
	}
	if sent.Header = c.header.Clone(); sent.Header == nil {
		sent.Header = http.Header{}
	}
	sent.Header.Set("Accept", asJSON)
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
