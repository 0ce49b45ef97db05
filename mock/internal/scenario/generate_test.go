package scenario_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

func TestGenerateFollowsTheSeed(t *testing.T) {
	generate := func(seed int64) store.Data {
		data := store.Data{
			Departments: []store.Department{{ID: 1, IsPublic: 1}, {ID: 2, Slug: "b"}},
			Staff:       []store.Staff{{Customer: store.Customer{ID: 5, Email: "agent@example.com"}, Tokens: []string{"t"}}},
		}
		if err := scenario.Generate(&data, scenario.Plan{Customers: 20, Tickets: 200, ResponsesPerTicket: 2}, seed); err != nil {
			t.Fatal(err)
		}
		return data
	}
	if diff := cmp.Diff(generate(7), generate(7)); diff != "" {
		t.Errorf("seed 7, twice: got other data, want the same (-first +second):\n%s", diff)
	}
	if cmp.Equal(generate(7), generate(8)) {
		t.Error("seeds 7 and 8: got the same data, want other data")
	}
	if _, err := store.New(generate(7), time.Now, 7, 0); err != nil {
		t.Errorf("generated data cannot be loaded: %v", err)
	}
}

func TestGenerateChecksThePlan(t *testing.T) {
	public := store.Data{Departments: []store.Department{{IsPublic: 1}}}
	for name, c := range map[string]struct {
		data store.Data
		plan scenario.Plan
		want string
	}{
		"a negative number":            {public, scenario.Plan{Customers: -1}, "customers: must be 0 to 1000000, got -1"},
		"too many":                     {public, scenario.Plan{Tickets: 2_000_000}, "tickets: must be 0 to 1000000, got 2000000"},
		"tickets without a department": {store.Data{}, scenario.Plan{Tickets: 1}, "the first enabled department must be public"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := scenario.Generate(&c.data, c.plan, 0); err == nil || err.Error() != c.want {
				t.Errorf("got error %v, want %q", err, c.want)
			}
		})
	}
}
