package contracts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// State is a provider state that a pact may start from.
type State struct {
	// Name is what a pact writes. A part in braces stands for any one word.
	Name string
	// Sets says what is true afterwards.
	Sets string
	// Params are the parameters that a pact may pass with it, all of them optional.
	Params []string

	set func(s *Stage, values map[string]string) error
}

// States are all supported provider states. All of them start from a scenario and may be combined.
// Whatever conflicts with a state, such as another customer with the same e-mail address, is
// removed.
//
// Some names have a part in braces because a pact older than version 3 cannot pass parameters.
var States = []State{
	{
		Name: "customer {id} exists",
		Sets: "the scenario's customer of that id, or an invented one without a billing ID",
		set:  (*Stage).putCustomer,
	},
	{
		Name: "customer {id} is linked to {billing_system} {billing_id}",
		Sets: "the same, with that billing ID",
		set:  (*Stage).putCustomer,
	},
	{
		Name:   "a customer exists",
		Sets:   "the same, with these values; the id is 8 unless it says otherwise",
		Params: []string{"id", "email", "password", "name", "company", "billing_id", "billing_system"},
		set:    (*Stage).putCustomer,
	},
	{
		Name: "customer {id} does not exist",
		Sets: "no customer has that id",
		set:  (*Stage).removeCustomer,
	},
	{
		Name: "no customer exists",
		Sets: "no customers exist; staff and their tokens stay",
		set:  (*Stage).removeCustomers,
	},
}

// Stage puts a mock into provider states. It is not safe for concurrent use.
type Stage struct {
	server    *mock.Server
	scenario  fstest.MapFS
	staff     []customer // staff are users like customers, and never change
	customers []customer
}

// entry is an entry of a fixture file. The stage knows the few fields that it sets and keeps the
// others as they are.
type entry = map[string]any

// customer is an entry of customers.json.
type customer entry

// NewStage returns a stage for server and clears it. The scenario is a folder of fixtures, as
// fixtures.Open returns it.
func NewStage(server *mock.Server, scenario fs.FS) (*Stage, error) {
	s := &Stage{server: server, scenario: fstest.MapFS{}}
	files, err := fs.Glob(scenario, "*.json")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		data, err := fs.ReadFile(scenario, file)
		if err != nil {
			return nil, err
		}
		s.scenario[file] = &fstest.MapFile{Data: bytes.TrimPrefix(data, []byte("\ufeff"))}
	}
	return s, s.Clear()
}

// Clear resets the mock to the scenario.
func (s *Stage) Clear() error {
	s.staff, s.customers = []customer{}, []customer{}
	for name, users := range map[string]*[]customer{staffFile: &s.staff, customersFile: &s.customers} {
		if file := s.scenario[name]; file != nil {
			if err := decode(file.Data, users); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return s.server.Load(s.scenario)
}

const customersFile, staffFile = "customers.json", "staff.json"

// Set puts the mock into a provider state, on top of those set since the last Clear. It returns an
// error if the state is not one of States or a value is not valid for it. The mock is then
// unchanged, and Clear must be called before the next Set.
func (s *Stage) Set(g Given) error {
	if err := s.set(g); err != nil {
		return fmt.Errorf("provider state %q: %w", g.State, err)
	}
	return nil
}

func (s *Stage) set(g Given) error {
	state, values, err := find(g)
	if err != nil {
		return err
	}
	if err := state.set(s, values); err != nil {
		return err
	}
	world := maps.Clone(s.scenario)
	customers, err := json.Marshal(s.customers)
	if err != nil {
		return err
	}
	world[customersFile] = &fstest.MapFile{Data: customers}
	if err := s.cascade(world); err != nil {
		return err
	}
	return s.server.Load(world)
}

// cascade removes what belongs to customers that no longer exist: their tickets, the replies to
// these, and their own replies.
func (s *Stage) cascade(world fstest.MapFS) error {
	customers := map[string]bool{"0": true} // a guest
	for _, c := range slices.Concat(s.staff, s.customers) {
		customers[fmt.Sprint(c["id"])] = true
	}
	tickets := map[string]bool{}
	err := keep(world, "tickets.json", func(t entry) bool {
		owned := customers[fmt.Sprint(t["customer_id"])]
		tickets[fmt.Sprint(t["id"])] = owned
		return owned
	})
	if err != nil {
		return err
	}
	return keep(world, "responses.json", func(r entry) bool {
		staff := fmt.Sprint(r["employee_response"]) == "1"
		return tickets[fmt.Sprint(r["ticket_id"])] && (staff || customers[fmt.Sprint(r["user_id"])])
	})
}

// keep rewrites a fixture file with only the entries that pass the test.
func keep(world fstest.MapFS, file string, test func(entry) bool) error {
	if world[file] == nil {
		return nil
	}
	var entries []entry
	if err := decode(world[file].Data, &entries); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	data, err := json.Marshal(slices.DeleteFunc(entries, func(e entry) bool { return !test(e) }))
	if err != nil {
		return err
	}
	world[file] = &fstest.MapFile{Data: data}
	return nil
}

// decode keeps numbers as they are written, so that an id above a million does not become 1e+06.
func decode(data []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(target)
}

// find looks up a state and collects its values, from the words of its name and from its parameters.
func find(g Given) (State, map[string]string, error) {
	state, known := findState(g.State)
	if !known {
		return State{}, nil, fmt.Errorf("unknown; must be one of %q", stateNames())
	}
	values, _ := match(state.Name, g.State)
	for name, value := range g.Params {
		if !slices.Contains(state.Params, name) {
			return State{}, nil, fmt.Errorf("unknown parameter %q; must be one of %q", name, state.Params)
		}
		text, err := text(value)
		if err != nil {
			return State{}, nil, fmt.Errorf("parameter %q: %w", name, err)
		}
		values[name] = text
	}
	return state, values, nil
}

// findState looks up a state by what a pact says.
func findState(written string) (State, bool) {
	for _, state := range States {
		if _, ok := match(state.Name, written); ok {
			return state, true
		}
	}
	return State{}, false
}

func stateNames() []string {
	names := make([]string, len(States))
	for i, state := range States {
		names[i] = state.Name
	}
	return names
}

// match compares a state with a name that has parts in braces, and returns the words in place of
// these parts.
func match(name, state string) (map[string]string, bool) {
	want, got := strings.Fields(name), strings.Fields(state)
	if len(want) != len(got) {
		return nil, false
	}
	values := map[string]string{}
	for i, word := range want {
		if strings.HasPrefix(word, "{") {
			values[strings.Trim(word, "{}")] = got[i]
		} else if word != got[i] {
			return nil, false
		}
	}
	return values, true
}

// text converts a parameter to a string, so that an id may be a number or digits.
func text(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	}
	return "", fmt.Errorf("must be a string or a number, got %T", value)
}

// putCustomer makes sure that the customer of values["id"] exists, with the other values.
func (s *Stage) putCustomer(values map[string]string) error {
	text, given := values["id"]
	if !given {
		text = "8"
	}
	id, err := parseID(text)
	if err != nil {
		return err
	}
	c := s.customer(id)
	for field, value := range values {
		if field != "id" {
			c[field] = value
		}
	}
	for _, member := range s.staff {
		if member.has(id) || member.collides(c) {
			return fmt.Errorf("staff member %v has this id or e-mail address: staff and customers share one table of users", member["id"])
		}
	}
	s.customers = slices.DeleteFunc(s.customers, func(other customer) bool {
		return other.has(id) || other.collides(c)
	})
	s.customers = append(s.customers, c)
	return nil
}

func (s *Stage) removeCustomer(values map[string]string) error {
	id, err := parseID(values["id"])
	if err != nil {
		return err
	}
	if slices.ContainsFunc(s.staff, func(member customer) bool { return member.has(id) }) {
		return fmt.Errorf("id %d belongs to a staff member, and staff cannot be removed", id)
	}
	s.customers = slices.DeleteFunc(s.customers, func(c customer) bool { return c.has(id) })
	return nil
}

func (s *Stage) removeCustomers(map[string]string) error {
	s.customers = []customer{}
	return nil
}

// customer returns the customer with an id, or creates one.
func (s *Stage) customer(id int64) customer {
	for _, c := range s.customers {
		if c.has(id) {
			return c
		}
	}
	return customer{
		"id":                id,
		"name":              fmt.Sprintf("Customer %d", id),
		"email":             fmt.Sprintf("customer%d@example.com", id),
		"email_verified_at": nil,
		"company":           "",
		"phone_number":      "",
		"billing_id":        "0",
		"billing_system":    "",
		"account_manager":   "0",
		"biography":         "",
		"created_at":        "2025-07-13T17:15:25.000000Z",
		"updated_at":        "2025-07-13T17:22:37.000000Z",
	}
}

func (c customer) has(id int64) bool {
	return fmt.Sprint(c["id"]) == strconv.FormatInt(id, 10)
}

// collides reports whether two customers cannot both exist, because they share an e-mail address or
// an account of a billing system.
func (c customer) collides(other customer) bool {
	same := func(field string) bool {
		return strings.EqualFold(fmt.Sprint(c[field]), fmt.Sprint(other[field]))
	}
	account := strings.TrimLeft(fmt.Sprint(c["billing_id"]), "0") // the store compares accounts in this way
	return same("email") ||
		account != "" && account == strings.TrimLeft(fmt.Sprint(other["billing_id"]), "0") && same("billing_system")
}

func parseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, fmt.Errorf("the customer id %q is not an integer above 0", text)
	}
	return id, nil
}
