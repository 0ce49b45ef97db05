package mock_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// worldNames lists the worlds that there are beside the default one.
func worldNames(t testing.TB, server http.Handler) (names []string) {
	t.Helper()
	for _, w := range field(t, control(t, server, "GET", "/_mock/worlds", ""), "worlds").([]any) {
		if name := w.(map[string]any)["name"].(string); name != "default" {
			names = append(names, name)
		}
	}
	return names
}

// TestRequestsThatCreateAWorld: good credentials and a path of the contract do. Any other request is answered as in
// any world, and stands in the journal of the default world, with what is wrong with it.
func TestRequestsThatCreateAWorld(t *testing.T) {
	const customer, blue = "/api/customers/get/8", "/w/blue"
	crossSite := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	for name, c := range map[string]struct {
		request request
		status  int
		codes   string
	}{
		"no credentials":           {request{method: "GET", path: blue + customer, auth: "-"}, 401, "TM-AUTH-MISSING"},
		"a wrong token":            {request{method: "GET", path: blue + customer, auth: "Bearer wrong-token"}, 401, "TM-AUTH-TOKEN"},
		"a wrong e-mail":           {request{method: "GET", path: blue + customer, auth: "Basic " + "bWVAZXhhbXBsZS5jb206ZGVtby10b2tlbg=="}, 401, "TM-AUTH-EMAIL"},
		"the same, by token":       {request{method: "GET", path: customer, auth: "Basic " + "bWVAZXhhbXBsZS5jb206ZGVtby10b2tlbkBibHVl"}, 401, "TM-AUTH-EMAIL"},
		"everything wrong":         {request{method: "POST", path: blue + assign, auth: "-", contentType: asForm, body: "ticaga_id=8"}, 401, "TM-AUTH-MISSING TM-BODY-REQUIRED TM-BODY-REQUIRED"},
		"a path of no operation":   {get(blue + "/x"), 404, "TM-PATH-UNKNOWN"},
		"a folder in between":      {get(blue + "/public" + customer), 404, "TM-PATH-UNKNOWN"},
		"options":                  {request{method: "OPTIONS", path: blue + customer, auth: "-"}, 200, ""},
		"a page of another site":   {request{method: "GET", path: blue + customer, header: crossSite}, 403, "TM-WORLD-CROSS-SITE"},
		"such a page, by token":    {request{method: "GET", path: customer, header: crossSite, auth: "Bearer demo-token@blue"}, 403, "TM-WORLD-CROSS-SITE"},
		"an image of another site": {request{method: "GET", path: blue + "/x", header: crossSite, auth: "-"}, 404, "TM-AUTH-MISSING TM-PATH-UNKNOWN"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.ask(t, get("/api/departments/public"))
			got := d.ask(t, c.request)
			found := codes(got.entry)
			slices.Sort(found)
			if all := strings.Join(found, " "); got.status != c.status || all != c.codes || got.entry.World != "default" || got.entry.ID != 2 {
				t.Errorf(`%d %q in %s; got id %d; want status %d, all %q, world "default", id 2`, got.status, all, got.entry.World, got.entry.ID, c.status, c.codes)
			}
			if names := worldNames(t, d.Server); names != nil {
				t.Errorf("creates %q, want nil", names)
			}
			// Where the world is there, the request is its own.
			if _, err := d.World("blue"); err != nil {
				t.Fatal(err)
			}
			d.ask(t, c.request, "plain")
			if n := len(d.Journal()); n != 2 {
				t.Errorf("%d exchanges in the default world, want 2", n)
			}
		})
	}
	for name, q := range map[string]request{
		"GET":                     get(blue + customer),
		"HEAD":                    {method: "HEAD", path: blue + customer},
		"a token of its own":      {method: "GET", path: customer, auth: "Bearer demo-token@blue"},
		"a fault's token":         {method: "GET", path: customer, auth: "Bearer fault-503@blue"},
		"a bad body":              postForm(blue+assign, "ticaga_id=8"),
		"a wrong method":          get(blue + assign),
		"a page of the same site": {method: "GET", path: blue + customer, header: http.Header{"Sec-Fetch-Site": {"same-site"}}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.ask(t, q, "plain")
			if names := worldNames(t, d.Server); !slices.Equal(names, []string{"blue"}) || len(d.Journal()) != 0 {
				t.Errorf("got worlds %q, want %q, and no exchange in the default one", names, []string{"blue"})
			}
		})
	}
}

// TestFaultsStayInTheirWorld: faults of the default world do not apply to requests to another world.
func TestFaultsStayInTheirWorld(t *testing.T) {
	d := newDesk(t)
	if err := d.FaultJSON(`[{"operation":"getCustomer","status":503,"times":1}]`); err != nil {
		t.Fatal(err)
	}
	q := get("/w/blue/api/customers/get/8")
	q.auth = "-"
	if got := d.ask(t, q); got.status != 401 {
		t.Errorf("got %d %s, want 401", got.status, got.body)
	}
	if got := d.ask(t, get("/api/customers/get/8")); got.status != 503 {
		t.Errorf("got status %d, want 503: the fault of this world is not used up", got.status)
	}
}

// TestWithoutAuthEveryKnownPathCreates, where nobody is asked for credentials.
func TestWithoutAuthEveryKnownPathCreates(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Auth = "off" })
	d.ask(t, request{method: "GET", path: "/w/blue/x", auth: "-"})
	d.ask(t, request{method: "GET", path: "/w/green/api/customers/get/8", auth: "-"}, "plain")
	if names := worldNames(t, d.Server); !slices.Equal(names, []string{"green"}) {
		t.Errorf("got worlds %q, want %q", names, []string{"green"})
	}
}

// TestUnusedWorldsMakeRoom: requests without credentials create no worlds, and those with credentials replace old ones.
func TestUnusedWorldsMakeRoom(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Worlds = 10 })
	if err := mustWorld(t, d, "kept").FaultJSON(`[{"operation":"getCustomer","status":503}]`); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		q := get(fmt.Sprintf("/w/a%d/api/customers/get/8", i))
		q.auth = "-"
		d.ask(t, q)
	}
	if names := worldNames(t, d.Server); !slices.Equal(names, []string{"kept"}) {
		t.Errorf("got worlds %q, want %q", names, []string{"kept"})
	}
	for i := range 50 {
		if got := d.ask(t, get(fmt.Sprintf("/w/b%d/api/customers/get/8", i)), "plain"); got.status != 200 {
			t.Fatalf("world %d: got %d %s, want 200", i, got.status, got.body)
		}
	}
	if names := worldNames(t, d.Server); len(names) != 9 || !slices.Contains(names, "kept") || !slices.Contains(names, "b49") {
		t.Errorf(`got worlds %q, want 9 with "kept" and "b49"`, names)
	}
	if got := d.ask(t, get("/w/kept/api/customers/get/8"), "plain"); got.status != 503 {
		t.Errorf("got status %d, want 503: a world that was created by name keeps its rules", got.status)
	}
}

func mustWorld(t testing.TB, d *desk, name string) *mock.World {
	t.Helper()
	w, err := d.World(name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestControlURLsCreateNothing but with PUT, and only where that succeeds.
func TestControlURLsCreateNothing(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "", "", 404}, {"HEAD", "", "", 404}, {"DELETE", "", "", 404},
		{"GET", "/events", "", 404}, {"GET", "/journal", "", 404}, {"GET", "/journal/1", "", 404}, {"GET", "/state", "", 404},
		{"GET", "/clock", "", 404}, {"GET", "/faults", "", 404}, {"GET", "/snapshots", "", 404}, {"GET", "/snapshots/a", "", 404},
		{"POST", "/reset", "", 404}, {"POST", "/snapshots/a", "", 404}, {"POST", "/snapshots/a/restore", "", 404},
		{"DELETE", "/faults", "", 404}, {"DELETE", "/journal", "", 404}, {"DELETE", "/snapshots/a", "", 404},
		{"POST", "/verify", `{"count":0}`, 200}, {"POST", "/verify", `{}`, 409}, {"POST", "/verify", `{"within":"1ms"}`, 409}, {"POST", "/verify", `{"x":1}`, 400},
		{"PUT", "/faults", `[{"status":1}]`, 422}, {"PUT", "/clock", `{"now":1}`, 400}, {"PUT", "/state", `{"customers":[{}]}`, 422}, {"PUT", "/nothing", "", 404},
		{"GET", "/pact/provider-states", "", 404}, {"POST", "/pact/provider-states", `{"action":"teardown"}`, 404}, {"POST", "/pact/provider-states", `{"state":"nonsense"}`, 422},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			w := fromControl(t, d.Server, httptest.NewRequest(c.method, "http://localhost/_mock/worlds/unknown"+c.path, strings.NewReader(c.body)))
			if w.Code != c.status {
				t.Errorf("%s %s %s: got %d %s, want %d", c.method, c.path, c.body, w.Code, w.Body, c.status)
			}
			if names := worldNames(t, d.Server); names != nil {
				t.Fatalf("%s %s %s: creates %q, want nil", c.method, c.path, c.body, names)
			}
		})
	}
	for path, body := range map[string]string{"faults": `[]`, "clock": `{}`, "state": `{}`} {
		control(t, d.Server, "PUT", "/_mock/worlds/by-"+path+"/"+path, body)
	}
	if names := worldNames(t, d.Server); len(names) != 3 {
		t.Errorf("got worlds %q, want 3", names)
	}
}

// TestUnknownWorldsInEveryOperation: of the operations that openapi.yaml describes for a world, PUT
// and setting up provider states create one that does not exist, verify answers that nothing was asked
// there, and the others 404.
func TestUnknownWorldsInEveryOperation(t *testing.T) {
	contract, err := controlContract()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, o := range contract.Operations {
		if !strings.Contains(o.Path, "{w}") {
			continue
		}
		asked++
		example := o.Examples()[0]
		params := maps.Clone(example.Params)
		params["w"] = "unknown"
		body := mustJSON(t, example.Body)
		want, creates := 404, o.Method == "PUT" || o.ID == "changeState" // whose example sets up states
		if creates || o.ID == "verify" {                                 // whose example holds where nothing was asked
			want = 200
		}
		if o.ID == "putFaults" {
			body = "[]"
		}
		d := newDesk(t)
		w := fromControl(t, d.Server, httptest.NewRequest(o.Method, "http://localhost"+o.URL(params), strings.NewReader(body)))
		if w.Code != want || want == 404 && !strings.Contains(w.Body.String(), "there is no world") {
			t.Errorf("%s: got %d, want %d: %s", o.ID, w.Code, want, w.Body)
		}
		if names := worldNames(t, d.Server); (len(names) == 1) != creates {
			t.Errorf("%s: got worlds %q, want one world: %t", o.ID, names, creates)
		}
	}
	if asked < 20 {
		t.Errorf("%d operations are about a world, want at least 20", asked)
	}
}

// TestOnlyDocumentsReachThePages, and scripts of the mock's own page, which is the console. Embedded pages do not.
func TestOnlyDocumentsReachThePages(t *testing.T) {
	server := newServer(t)
	for _, path := range []string{"/_mock/", "/_mock/explain", "/_mock/explain/TM-AUTH-MISSING"} {
		for dest, want := range map[string]int{"document": 200, "empty": 200, "iframe": 403, "frame": 403, "embed": 403, "object": 403, "script": 403} {
			r := httptest.NewRequest("GET", "http://localhost"+path, nil)
			r.Header = http.Header{"Accept": {"text/html"}, "Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Dest": {dest}}
			if w := fromControl(t, server, r); w.Code != want {
				t.Errorf("%s for %s: got %d, want %d", path, dest, w.Code, want)
			}
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			if w := fromControl(t, server, r); w.Code != 403 {
				t.Errorf("%s for %s of another site: got %d, want 403", path, dest, w.Code)
			}
		}
	}
}

// TestHostIsChecked: a web page can make a name of its own lead here, and would read every answer.
func TestHostIsChecked(t *testing.T) {
	plain := newServer(t)
	named := newServer(t, func(o *mock.Options) {
		o.HostNames, o.ControlHosts = []string{"Ticaga.Example.", "host.docker.internal"}, []string{"control.example"}
	})
	anyHost := newServer(t, func(o *mock.Options) { o.AnyHost = true })
	for _, c := range []struct {
		server *mock.Server
		host   string
		status int
	}{
		{plain, "localhost", 200}, {plain, "LocalHost.:4280", 200}, {plain, "127.0.0.1:4280", 200}, {plain, "[::1]:4280", 200}, {plain, "192.168.1.7:80", 200}, {plain, "", 200}, {plain, "plugin.localhost:80", 200},
		{plain, "evil.example", 403}, {plain, "evil.example:4280", 403}, {plain, "localhost.evil.example", 403}, {plain, "evillocalhost", 403}, {plain, "127.0.0.1.evil.example", 403}, {plain, "127.0.0.1@evil", 403}, {plain, "ticaga.example", 403},
		{named, "ticaga.example:4280", 200}, {named, "TICAGA.EXAMPLE", 200}, {named, "host.docker.internal:4280", 200}, {named, "control.example", 200}, {named, "x.ticaga.example", 403},
		{anyHost, "evil.example:4280", 200},
	} {
		t.Run("Host "+c.host, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://localhost/api/customers/get/8", nil)
			r.Host = c.host
			r.Header.Set("Authorization", bearer)
			w := httptest.NewRecorder()
			c.server.ServeHTTP(w, r)
			last := c.server.Journal()[0]
			if w.Code != c.status || (w.Code == 403) != slices.Equal(codes(last), []string{"TM-HEADER-HOST"}) || last.Status != c.status {
				t.Errorf("Host %q: got status %d, %d in the journal, violations %q: %s; want status %d, TM-HEADER-HOST only with 403", c.host, w.Code, last.Status, codes(last), w.Body, c.status)
			}
			if w.Code == 403 && (!strings.Contains(w.Body.String(), "--host-name") || strings.Contains(w.Body.String(), "jane")) {
				t.Errorf("Host %q: got %s, want a mention of --host-name and no customer", c.host, w.Body)
			}
		})
	}
	// No world is made for such a name either.
	r := httptest.NewRequest("GET", "http://evil.example/w/blue/api/customers/get/8", nil)
	r.Header.Set("Authorization", bearer)
	plain.ServeHTTP(httptest.NewRecorder(), r)
	if names := worldNames(t, plain); names != nil {
		t.Errorf("got worlds %q, want nil", names)
	}
	// The names of the API are none of the control API.
	r = httptest.NewRequest("GET", "http://ticaga.example/_mock/journal", nil)
	if w := fromControl(t, named, r); w.Code != 403 {
		t.Errorf("the control API: got %d, want 403", w.Code)
	}
}

// TestReplacedWorldIsReported: whoever loses a world to another one finds out why, and from the first
// request alone.
func TestReplacedWorldIsReported(t *testing.T) {
	observed := make(chan mock.Exchange, 1)
	d := newDesk(t, func(o *mock.Options) {
		o.Worlds = 2
		o.Observe = func(x mock.Exchange) { observed <- x }
	})
	for _, c := range []struct{ world, replaced string }{{"first", ""}, {"second", "first"}, {"second", ""}, {"first", "second"}} {
		d.ask(t, get("/w/"+c.world+"/api/customers/get/8"), "plain")
		remark := (<-observed).Remark
		if c.replaced == "" && remark != "" || !strings.Contains(remark, c.replaced) {
			t.Errorf("%s: got %q, want that it replaced %q", c.world, remark, c.replaced)
		}
	}
}
