package contracts_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newMock(t testing.TB) *mock.Server {
	t.Helper()
	server, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// get sends a GET request with the credentials of the first administrator.
func get(t testing.TB, server *mock.Server, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "http://localhost"+path, nil)
	r.SetBasicAuth(mock.DefaultEmail, mock.DefaultToken)
	r.Header.Set("Accept", "application/json")
	server.ServeHTTP(w, r)
	return w
}

// asked is what a customer looks like from outside; "" when there is none.
func asked(t *testing.T, server *mock.Server, id string) string {
	t.Helper()
	w := get(t, server, "/api/customers/get/"+id)
	if w.Code == 401 {
		return ""
	}
	var answer struct {
		User struct {
			Name, Email   string
			BillingID     string `json:"billing_id"`
			BillingSystem string `json:"billing_system"`
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 {
		t.Fatalf("status %d, %v: %s, want 200", w.Code, err, w.Body)
	}
	u := answer.User
	return strings.Join([]string{u.Name, u.Email, u.BillingSystem, u.BillingID}, ",")
}

// set puts a mock into states.
func set(t testing.TB, server *mock.Server, given ...contracts.Given) map[string]any {
	t.Helper()
	var last map[string]any
	for _, g := range given {
		values, err := server.State(g.State, g.Params)
		if err != nil {
			t.Fatal(err)
		}
		last = values
	}
	return last
}

func TestCustomerStates(t *testing.T) {
	const joe, jane = "Joe Doe,joedoe@example.com,,0", "Jane Roe,jane.roe@example.com,,0"
	tests := []struct {
		name  string
		given []contracts.Given
		want  map[string]string
	}{
		{"none", nil, map[string]string{"1": joe, "8": jane, "99": ""}},
		{"exists", []contracts.Given{{State: "customer 8 exists"}}, map[string]string{"1": joe, "8": jane}},
		{"exists, invented", []contracts.Given{{State: "customer 57 exists"}},
			map[string]string{"8": jane, "57": "Customer 57,customer57@example.com,,0"}},
		{"does not exist", []contracts.Given{{State: "customer 8 does not exist"}, {State: "customer 99 does not exist"}},
			map[string]string{"1": joe, "8": "", "99": ""}},
		{"linked", []contracts.Given{{State: "customer 8 is linked to blesta 42"}},
			map[string]string{"1": joe, "8": "Jane Roe,jane.roe@example.com,blesta,42"}},
		{"linked to another's account", []contracts.Given{{State: "customer 8 is linked to Blesta 17"}},
			map[string]string{"2": "", "8": "Jane Roe,jane.roe@example.com,Blesta,17"}},
		{"not linked", []contracts.Given{{State: "customer 2 is not linked"}}, map[string]string{"2": "Ana Silva,ana@silva.example,,0"}},
		{"no account", []contracts.Given{{State: "no customer is linked to blesta 17"}}, map[string]string{"2": "Ana Silva,ana@silva.example,,0"}},
		{"nobody", []contracts.Given{{State: "no customer exists"}}, map[string]string{"1": "", "8": ""}},
		{"by e-mail", []contracts.Given{{State: "customer joedoe@example.com exists", Params: map[string]any{"name": "Joe"}}},
			map[string]string{"1": "Joe,joedoe@example.com,,0"}},
		{"by e-mail, invented", []contracts.Given{{State: "customer ann@x.example exists"}},
			map[string]string{"8": jane, "9003": "Customer 9003,ann@x.example,,0"}},
		{"no e-mail", []contracts.Given{{State: "no customer has the e-mail JoeDoe@example.com"}}, map[string]string{"1": "", "8": jane}},
		{"leading zeros", []contracts.Given{{State: "customer 8 is linked to blesta 42"}, {State: "customer 3 is linked to Blesta 0042"}},
			map[string]string{"8": "", "3": "Bilal Khan,bilal@khan.example,Blesta,0042"}},
		{"two without an account", []contracts.Given{{State: "customer 8 is linked to blesta 00"}, {State: "customer 3 is linked to blesta 000"}},
			map[string]string{"8": "Jane Roe,jane.roe@example.com,blesta,00", "3": "Bilal Khan,bilal@khan.example,blesta,000"}},
		{"with values", []contracts.Given{{State: "a customer exists", Params: map[string]any{
			"id": 12.0, "name": "Ann", "email": "ann@x.example", "billing_id": 7.0, "billing_system": "whmcs"}}},
			map[string]string{"8": jane, "12": "Ann,ann@x.example,whmcs,7"}},
		{"with another's e-mail", []contracts.Given{{State: "a customer exists", Params: map[string]any{"email": "JoeDoe@example.com"}}},
			map[string]string{"1": "", "8": "Jane Roe,JoeDoe@example.com,,0"}},
		{"combined", []contracts.Given{{State: "no customer exists"}, {State: "customer 3 exists"}, {State: "customer 8 is linked to blesta 1"}},
			map[string]string{"1": "", "3": "Customer 3,customer3@example.com,,0", "8": "Customer 8,customer8@example.com,blesta,1"}},
	}
	server := newMock(t) // one for all: each test clears up after the last
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server.Reset()
			set(t, server, test.given...)
			for id, want := range test.want {
				if got := asked(t, server, id); got != want {
					t.Errorf("customer %s: got %q, want %q", id, got, want)
				}
			}
		})
	}
}

// TestEveryStateCanBeSet: every sentence of every state, with the examples of its parameters and without
// any, on every scenario, returns what the table says.
func TestEveryStateCanBeSet(t *testing.T) {
	server := newMock(t)
	for _, state := range contracts.States() {
		if state.Sets == "" {
			t.Errorf("%q: says nothing of what it sets", state.Name)
		}
		examples := map[string]any{}
		for _, p := range state.Params {
			examples[p.Name] = p.Example
		}
		for _, sentence := range append([]string{state.Name}, state.Also...) {
			for _, p := range state.Params {
				sentence = strings.ReplaceAll(sentence, "{"+p.Name+"}", p.Example)
			}
			for _, params := range []map[string]any{nil, examples} {
				server.Reset()
				if params == nil && needsParam(state, sentence) {
					if _, err := server.State(sentence, nil); !errors.As(err, new(*contracts.ParamError)) {
						t.Errorf("%q without its parameter: %v, want a *ParamError", sentence, err)
					}
					continue
				}
				found, err := contracts.Find(contracts.Given{State: sentence, Params: params})
				if err != nil || found.State.Name != state.Name {
					t.Errorf("%q: found %q, %v, want %q", sentence, found.State.Name, err, state.Name)
					continue
				}
				values, err := server.State(sentence, params)
				if err != nil {
					t.Errorf("%q with %v: %v", sentence, params, err)
					continue
				}
				var names []string
				for name := range values {
					names = append(names, name)
				}
				want := slices.Clone(state.Returns)
				slices.Sort(names)
				slices.Sort(want)
				if !slices.Equal(names, want) {
					t.Errorf("%q returns %q, want %q", sentence, names, want)
				}
			}
		}
	}
}

// needsParam reports whether a sentence leaves out a parameter that has no default.
func needsParam(state contracts.State, sentence string) bool {
	return slices.ContainsFunc(state.Params, func(p contracts.Param) bool { return p.Required && !strings.Contains(sentence, p.Example) })
}

func TestStateErrors(t *testing.T) {
	tests := []struct {
		given contracts.Given
		want  string
	}{
		{contracts.Given{State: "customer 8 sleeps"}, `provider state "customer 8 sleeps": unknown; did you mean "customer {id} exists"`},
		{contracts.Given{State: "customer joe exists"}, `the parameter "id" must be an integer from 1 to 9007199254740990, got "joe"`},
		{contracts.Given{State: "customer 0 does not exist"}, `the parameter "id" must be an integer from 1`},
		{contracts.Given{State: "a customer exists", Params: map[string]any{"e_mail": "x"}}, `the parameter "e_mail" is unknown; did you mean "email"?`},
		{contracts.Given{State: "customer 8 exists", Params: map[string]any{"id": "9"}}, `the parameter "id" is "9", but the sentence says "8"`},
		{contracts.Given{State: "a customer exists", Params: map[string]any{"id": ""}}, `the parameter "id" must be`},
		{contracts.Given{State: "a customer exists", Params: map[string]any{"id": 1e21}}, `got "1000000000000000000000"`},
		{contracts.Given{State: "customer 9007199254740991 exists"}, "an integer from 1 to 9007199254740990"},
		{contracts.Given{State: "customer 8 is linked to blesta -1"}, `the parameter "billing_id" must be 1 to 20 digits`},
		{contracts.Given{State: "customer 8 is linked to blesta 1.5"}, `the parameter "billing_id" must be 1 to 20 digits`},
		{contracts.Given{State: "customer 8 is linked to blesta " + strings.Repeat("9", 21)}, `the parameter "billing_id" must be 1 to 20 digits`},
		{contracts.Given{State: "a customer exists", Params: map[string]any{"name": nil}}, `the parameter "name" must be a string, a number or a boolean, got null`},
		{contracts.Given{State: "a customer exists", Params: map[string]any{"email": "joe"}}, `the parameter "email" must be an e-mail address, got "joe"`},
		{contracts.Given{State: "a customer exists", Params: map[string]any{"email": "joe@@x"}}, `an e-mail address`},
		{contracts.Given{State: "customer 9001 exists"}, "staff member 9001 has this id"},
		{contracts.Given{State: "a customer exists", Params: map[string]any{"email": "Agent@ticaga.test"}}, "staff member 9002 has this e-mail address"},
		{contracts.Given{State: "customer 9002 does not exist"}, "id 9002 belongs to a staff member"},
		{contracts.Given{State: "customer ann@x.example exists", Params: map[string]any{"foo": "x"}}, `the parameter "foo" is unknown`},
		{contracts.Given{State: "Ticaga is down", Params: map[string]any{"operation": "closeTickets"}}, `closeTicket`},
		{contracts.Given{State: "no customer exists", Params: map[string]any{"id": 8}}, `the parameter "id" is unknown; the state has no parameters`},
	}
	server := newMock(t)
	for _, test := range tests {
		_, err := server.State(test.given.State, test.given.Params)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: got %v, want %q", test.given, err, test.want)
		}
		if got := asked(t, server, "8"); !strings.HasPrefix(got, "Jane Roe") {
			t.Errorf(`%v: an error changed customer 8 to %q, want beginning with "Jane Roe"`, test.given, got)
		}
	}
}

func TestPactStatesAreKnown(t *testing.T) {
	pacts, err := contracts.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		for _, i := range pact.Interactions {
			for _, given := range i.Given {
				if _, err := contracts.Find(given); err != nil {
					t.Errorf("%q: %q: %v", pact.File, i.Description, err)
				}
			}
		}
	}
}

func BenchmarkState(b *testing.B) {
	server := newMock(b)
	for b.Loop() {
		server.Reset()
		set(b, server, contracts.Given{State: "customer 8 is linked to blesta 42"})
	}
}
