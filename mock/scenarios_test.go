package mock_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// TestResetToAScenario: its data and settings are there, also after a later reset, in this world only.
func TestResetToAScenario(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Token = "a-private-token"; o.Settings = `{"created":201}` })
	d.ask(t, get("/api/customers/get/8"))
	control(t, d.Server, "PUT", "/_mock/settings", `{"unknown_customer":404}`)
	control(t, d.Server, "POST", "/_mock/worlds/default/reset", `{"scenario":"no-extensions"}`)
	control(t, d.Server, "POST", "/_mock/worlds", `{"name":"other"}`)
	for _, when := range []string{"at once", "after a reset"} {
		if got := control(t, d.Server, "GET", "/_mock/settings", ""); !strings.Contains(got, `"ratings": "off"`) || strings.Contains(got, `"unknown_customer": 404`) || !strings.Contains(got, `"created": 201`) {
			t.Errorf("%s: got the settings %s, want those of the scenario and of the options", when, got)
		}
		if got := d.world(t, "default"); got.Scenario != "no-extensions" || len(d.Journal()) != 0 {
			t.Errorf("%s: got %+v, want the scenario no-extensions and an empty journal", when, got)
		}
		if email, token := d.Credentials(); email != "admin@ticaga.test" || token != "a-private-token" {
			t.Errorf("%s: got the credentials %s %s, want those of the options", when, email, token)
		}
		control(t, d.Server, "POST", "/_mock/reset", "")
	}
	if got := d.world(t, "other"); got.Scenario != "default" {
		t.Errorf("got the scenario %q in another world, want default", got.Scenario)
	}
	control(t, d.Server, "POST", "/_mock/worlds/default/reset", `{"scenario":"default"}`)
	if got := control(t, d.Server, "GET", "/_mock/settings", ""); !strings.Contains(got, `"ratings": "on"`) {
		t.Errorf("got the settings %s, want those of the scenario default", got)
	}
}

func (d *desk) world(t testing.TB, name string) (shown traffic.World) {
	t.Helper()
	if err := json.Unmarshal([]byte(control(t, d.Server, "GET", "/_mock/worlds/"+name, "")), &shown); err != nil {
		t.Fatal(err)
	}
	return shown
}

// TestEveryScenario can be loaded into a world, is in the list with what it holds, and is in the documentation.
func TestEveryScenario(t *testing.T) {
	server := newServer(t)
	docs, err := os.ReadFile("../docs/fixtures.md")
	if err != nil {
		t.Fatal(err)
	}
	list := control(t, server, "GET", "/_mock/scenarios", "")
	for _, name := range fixtures.Names() {
		control(t, server, "POST", "/_mock/worlds", `{"name":"begins-`+name+`","scenario":"`+name+`"}`)
		control(t, server, "POST", "/_mock/reset", `{"scenario":"`+name+`"}`)
		for _, world := range []string{"default", "begins-" + name} {
			if got := control(t, server, "GET", "/_mock/worlds/"+world, ""); !strings.Contains(got, `"scenario": "`+name+`"`) {
				t.Errorf("%s: got %s, want the scenario", name, got)
			}
		}
		if here, there := control(t, server, "GET", "/_mock/worlds/default/state", ""), control(t, server, "GET", "/_mock/worlds/begins-"+name+"/state", ""); here != there {
			t.Errorf("%s: a world that begins with it and one that is reset to it have different data", name)
		}
		if !strings.Contains(list, `"`+name+`"`) || fixtures.About(name) == "" || !strings.Contains(string(docs), "| `"+name+"` | "+fixtures.About(name)+" |") {
			t.Errorf("%s: got %q, want the words of docs/fixtures.md", name, fixtures.About(name))
		}
	}
	control(t, server, "PUT", "/_mock/worlds/default/state", `{"responses":[]}`)
	if got := control(t, server, "GET", "/_mock/worlds/default", ""); !strings.Contains(got, `"scenario": ""`) {
		t.Errorf("got %s after other data was loaded, want no scenario", got)
	}
}

// TestScenariosThatCannotBeLoaded change nothing.
func TestScenariosThatCannotBeLoaded(t *testing.T) {
	server := newServer(t)
	before := control(t, server, "GET", "/_mock/worlds", "")
	for _, c := range []struct {
		status             int
		path, body, detail string
	}{
		{422, "/_mock/reset", `{"scenario":"defualt"}`, `scenario "defualt": no such scenario; must be one of busy, default,`},
		{422, "/_mock/reset", `{"scenario":"../default"}`, `scenario "../default": no such scenario`},
		{400, "/_mock/reset", `{"scenario":1}`, `the body: `},
		{400, "/_mock/reset", `{"scenarios":"default"}`, `the body: `},
		{400, "/_mock/reset", `[]`, `the body: `},
		{422, "/_mock/worlds", `{"name":"blue","scenario":"no"}`, `scenario "no": no such scenario`},
		{422, "/_mock/worlds", `{"name":"blue","scenario":"empty","from":"default"}`, `from and scenario: send one of them`},
		{409, "/_mock/worlds", `{"name":"default","scenario":"empty"}`, `world "default" already exists`},
	} {
		w := fromControl(t, server, httptest.NewRequest("POST", "http://localhost"+c.path, strings.NewReader(c.body)))
		var problem traffic.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Code != c.status || !strings.HasPrefix(problem.Detail, c.detail) {
			t.Errorf("POST %s %s: got %d %s, want %d %s", c.path, c.body, w.Code, w.Body, c.status, c.detail)
		}
	}
	small := newServer(t, func(o *mock.Options) { o.MaxWorld = 1 << 20 })
	w := fromControl(t, small, httptest.NewRequest("POST", "http://localhost/_mock/worlds", strings.NewReader(`{"name":"blue","scenario":"busy"}`)))
	if w.Code != 507 {
		t.Errorf("got %d %s for a scenario that is too large, want 507", w.Code, w.Body)
	}
	if w := fromControl(t, small, httptest.NewRequest("GET", "http://localhost/_mock/worlds/blue", nil)); w.Code != 404 {
		t.Errorf("got %d for the world that was refused, want 404", w.Code)
	}
	used := func(list string) string { // without the times
		var worlds traffic.Worlds
		if err := json.Unmarshal([]byte(list), &worlds); err != nil {
			t.Fatal(err)
		}
		names := ""
		for _, w := range worlds.Worlds {
			names += w.Name + " " + w.Scenario + "\n"
		}
		return names
	}
	if after := control(t, server, "GET", "/_mock/worlds", ""); used(after) != used(before) {
		t.Errorf("got the worlds %s, want %s", after, before)
	}
}
