package contracts

import (
	"encoding/json"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// asked is what a customer looks like from outside; "" when there is none.
func asked(t *testing.T, server *mock.Server, id string) string {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "http://localhost/api/customers/get/"+id, nil)
	r.SetBasicAuth(mock.DefaultEmail, mock.DefaultToken)
	server.ServeHTTP(w, r)
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
		t.Fatalf("got status %d, %v: %s, want 200", w.Code, err, w.Body)
	}
	u := answer.User
	return strings.Join([]string{u.Name, u.Email, u.BillingSystem, u.BillingID}, ",")
}

func newStage(t *testing.T) (*Stage, *mock.Server) {
	t.Helper()
	server, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	scenario, err := fixtures.Open("default")
	if err != nil {
		t.Fatal(err)
	}
	stage, err := NewStage(server, scenario)
	if err != nil {
		t.Fatal(err)
	}
	return stage, server
}

func TestStates(t *testing.T) {
	const joe, jane = "Joe Doe,joedoe@example.com,,0", "Jane Roe,jane.roe@example.com,,0"
	tests := []struct {
		name  string
		given []Given
		want  map[string]string
	}{
		{"none", nil, map[string]string{"1": joe, "8": jane, "99": ""}},
		{"exists", []Given{{State: "customer 8 exists"}}, map[string]string{"1": joe, "8": jane}},
		{"exists, invented", []Given{{State: "customer 57 exists"}},
			map[string]string{"8": jane, "57": "Customer 57,customer57@example.com,,0"}},
		{"does not exist", []Given{{State: "customer 8 does not exist"}, {State: "customer 99 does not exist"}},
			map[string]string{"1": joe, "8": "", "99": ""}},
		{"linked", []Given{{State: "customer 8 is linked to blesta 42"}},
			map[string]string{"1": joe, "8": "Jane Roe,jane.roe@example.com,blesta,42"}},
		{"linked to another's account", []Given{{State: "customer 8 is linked to Blesta 17"}},
			map[string]string{"2": "", "8": "Jane Roe,jane.roe@example.com,Blesta,17"}},
		{"nobody", []Given{{State: "no customer exists"}}, map[string]string{"1": "", "8": ""}},
		{"leading zeros", []Given{{State: "customer 8 is linked to blesta 42"}, {State: "customer 3 is linked to Blesta 0042"}},
			map[string]string{"8": "", "3": "Bilal Khan,bilal@khan.example,Blesta,0042"}},
		{"two without an account", []Given{{State: "customer 8 is linked to blesta 00"}, {State: "customer 3 is linked to blesta 000"}},
			map[string]string{"8": "Jane Roe,jane.roe@example.com,blesta,00", "3": "Bilal Khan,bilal@khan.example,blesta,000"}},
		{"with values", []Given{{State: "a customer exists", Params: map[string]any{
			"id": 12.0, "name": "Ann", "email": "ann@x.example", "billing_id": 7.0, "billing_system": "whmcs"}}},
			map[string]string{"8": jane, "12": "Ann,ann@x.example,whmcs,7"}},
		{"with another's e-mail", []Given{{State: "a customer exists", Params: map[string]any{"email": "JoeDoe@example.com"}}},
			map[string]string{"1": "", "8": "Jane Roe,JoeDoe@example.com,,0"}},
		{"combined", []Given{{State: "no customer exists"}, {State: "customer 3 exists"}, {State: "customer 8 is linked to blesta 1"}},
			map[string]string{"1": "", "3": "Customer 3,customer3@example.com,,0", "8": "Customer 8,customer8@example.com,blesta,1"}},
	}
	stage, server := newStage(t) // one for all: each test clears up after the last
	used := map[string]bool{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := stage.Clear(); err != nil {
				t.Fatal(err)
			}
			for _, given := range test.given {
				if err := stage.Set(given); err != nil {
					t.Fatal(err)
				}
				state, _, _ := find(given)
				used[state.Name] = true
			}
			for id, want := range test.want {
				if got := asked(t, server, id); got != want {
					t.Errorf("customer %s: got %q, want %q", id, got, want)
				}
			}
		})
	}
	for _, state := range States {
		if !used[state.Name] || state.Sets == "" {
			t.Errorf("state %q: got tested %t, sets %q; want a test and what it sets", state.Name, used[state.Name], state.Sets)
		}
	}
}

func TestStateErrors(t *testing.T) {
	tests := []struct {
		given Given
		want  string
	}{
		{Given{State: "customer 8 sleeps"}, `provider state "customer 8 sleeps": unknown; must be one of ["customer {id} exists"`},
		{Given{State: ""}, "unknown"},
		{Given{State: "customer joe exists"}, `the customer id "joe" is not an integer above 0`},
		{Given{State: "customer 0 does not exist"}, `the customer id "0"`},
		{Given{State: "customer 8 exists", Params: map[string]any{"email": "x"}}, `unknown parameter "email"`},
		{Given{State: "a customer exists", Params: map[string]any{"e_mail": "x"}}, `unknown parameter "e_mail"; must be one of ["id" "email"`},
		{Given{State: "a customer exists", Params: map[string]any{"email": true}}, `parameter "email": must be a string or a number, got bool`},
		{Given{State: "a customer exists", Params: map[string]any{"id": 1.5}}, `the customer id "1.5"`},
		{Given{State: "a customer exists", Params: map[string]any{"id": ""}}, `the customer id ""`},
		{Given{State: "a customer exists", Params: map[string]any{"id": 1e21}}, `the customer id "1000000000000000000000"`},
		{Given{State: "customer 9007199254740991 exists"}, "an integer of at most 9007199254740990"},
		{Given{State: "customer 8 is linked to blesta -1"}, "/billing_id: the value has the wrong format"},
		{Given{State: "customer 8 is linked to blesta 1.5"}, "/billing_id: the value has the wrong format"},
		{Given{State: "customer 8 is linked to blesta " + strings.Repeat("9", 21)}, "/billing_id: the value has the wrong format"},
		{Given{State: "a customer exists", Params: map[string]any{"name": nil}}, `parameter "name": must be a string or a number, got <nil>`},
		{Given{State: "a customer exists", Params: map[string]any{"email": "joe"}}, "an e-mail address"},
		{Given{State: "customer 9001 exists"}, "staff member 9001 has this id"},
		{Given{State: "a customer exists", Params: map[string]any{"email": "Agent@ticaga.test"}}, "staff member 9002 has this id"},
		{Given{State: "customer 9002 does not exist"}, "id 9002 belongs to a staff member"},
	}
	stage, server := newStage(t)
	for _, test := range tests {
		err := stage.Set(test.given)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: got %v, want %q", test.given, err, test.want)
		}
		if got := asked(t, server, "8"); !strings.HasPrefix(got, "Jane Roe") {
			t.Errorf(`%v: an error changed customer 8 to %q, want beginning with "Jane Roe"`, test.given, got)
		}
	}
}

func TestPactStatesAreKnown(t *testing.T) {
	pacts, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, pact := range pacts {
		for _, i := range pact.Interactions {
			for _, given := range i.Given {
				if _, _, err := find(given); err != nil {
					t.Errorf("%q: %q: %v", pact.File, i.Description, err)
				}
			}
		}
	}
}

func TestNewStageErrors(t *testing.T) {
	server, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, scenario := range map[string]fs.FS{
		"customers.json": fstest.MapFS{"customers.json": {Data: []byte("{")}},
		"cats.json":      fstest.MapFS{"cats.json": {Data: []byte("[]")}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := NewStage(server, scenario); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v, want an error containing %q", err, name)
			}
		})
	}
}
