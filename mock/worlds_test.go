package mock_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestSettingsChooseAWorld: a base URL or a token is all that a plugin needs.
func TestSettingsChooseAWorld(t *testing.T) {
	d := newDesk(t)
	link := func(prefix, auth string) {
		t.Helper()
		q := postForm(prefix+assign, "ticaga_id=8&billing_id=42&billing_system=blesta")
		q.auth = auth
		if got := d.ask(t, q, "plain"); got.status != 200 {
			t.Fatalf("%s %s: got %d %s, want 200", prefix, auth, got.status, got.body)
		}
	}
	link("/w/by-path", "")
	link("", "Bearer demo-token@by-token")
	link("", "Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbkBieS1iYXNpYw==") // ...:demo-token@by-basic
	for prefix, want := range map[string]string{"": "0", "/w/by-path": "42", "/w/by-token": "42", "/w/by-basic": "42", "/w/other": "0"} {
		if id := field(t, d.ask(t, get(prefix+"/api/customers/get/8"), "plain").body, "user", "billing_id"); id != want {
			t.Errorf("%q: billing id %v, want %s", prefix, id, want)
		}
	}
	world, err := d.World("by-token")
	if err != nil {
		t.Fatal(err)
	}
	if journal := world.Journal(); len(journal) != 2 || journal[1].World != "by-token" || strings.Contains(mustJSON(t, journal), "demo-token@") {
		t.Errorf(`got %+v; want len(journal) 2, world "by-token", journal without "demo-token@"`, journal)
	}
	if n := len(d.Journal()); n != 1 {
		t.Errorf("%d exchanges in the default world, want 1", n)
	}
}

func TestInvalidWorlds(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Worlds = 2 })
	for path, fix := range map[string]string{
		"/w/Blue/api/customers/get/8": "lowercase", "/w/-x/api/customers/get/8": "another name", "/w/" + strings.Repeat("x", 64) + "/api/login": "another name",
		"/w//api/customers/get/8": "is not empty", "/w/": "is not empty", "/w/demo-token/api/customers/get/8": "another name",
	} {
		got := d.ask(t, get(path))
		if v := got.entry.Violations[len(got.entry.Violations)-1]; got.status != 404 || v.Code != "TM-WORLD-NAME" || v.In != "path" || !strings.Contains(v.Fix, fix) {
			t.Errorf(`%s: got %d %s %+v; want status 404, code "TM-WORLD-NAME", in "path", fix containing %q`, path, got.status, got.body, v, fix)
		}
	}
	for _, token := range []string{"demo-token@Blue", "demo-token@", "demo-token@demo-token"} {
		got := d.ask(t, request{method: "GET", path: "/api/customers/get/8", auth: "Bearer " + token})
		if v := got.entry.Violations[0]; got.status != 404 || v.Code != "TM-WORLD-NAME" || v.At != "Authorization" || strings.Contains(mustJSON(t, got.entry)+got.body, "demo-token") {
			t.Errorf(`%s: %d %s %+v; want status 404, code "TM-WORLD-NAME", at "Authorization", mustJSON(t, got.entry) + got.body without "demo-token"`, token, got.status, got.body, v)
		}
	}
	if got := d.ask(t, request{method: "GET", path: "/w/default/api/customers/get/8", auth: "Bearer demo-token@blue"}); got.status != 200 || codes(got.entry)[0] != "TM-WORLD-NAME" || got.entry.World != "default" {
		t.Errorf(`%d %q; got world %q; want status 200, codes[0] "TM-WORLD-NAME", world "default"`, got.status, codes(got.entry), got.entry.World)
	}
	if _, err := d.World("one"); err != nil {
		t.Fatal(err)
	}
	if got := d.ask(t, get("/w/two/api/customers/get/8")); got.status != 503 || codes(got.entry)[0] != "TM-WORLD-LIMIT" || !strings.Contains(got.body, "--worlds") {
		t.Errorf(`got %d %s; want status 503, codes[0] "TM-WORLD-LIMIT", body containing "--worlds"`, got.status, got.body)
	}
	if got := d.ask(t, request{method: "GET", path: "/api/customers/get/8", auth: "Bearer nobody@blue"}); got.status != 401 {
		t.Errorf("a token that is nobody's makes no world: got %d %s; want 401", got.status, got.body)
	}
}

// TestIdleWorldsExpire where there is a limit on idleness, and so make room.
func TestIdleWorldsExpire(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.WorldTTL, o.Worlds = time.Nanosecond, 2 })
	for _, name := range []string{"one", "two", "three"} {
		if got := d.ask(t, get("/w/"+name+"/api/customers/get/8"), "plain"); got.status != 200 {
			t.Errorf("%s: got %d %s, want 200", name, got.status, got.body)
		}
	}
	if got := d.ask(t, get("/api/customers/get/8")); got.status != 200 {
		t.Errorf("the default world does not expire: got %d, want 200", got.status)
	}
}

// worldStep is something that happens in a world, through the imitated API or the control API.
type worldStep struct {
	request
	control bool // the path is below /_mock/worlds/NAME
}

// randomStep is what a world does as its n-th step.
func randomStep(world, n int) worldStep {
	r := rand.New(rand.NewPCG(uint64(world), uint64(n)))
	control := func(method, path, body string) worldStep {
		return worldStep{request{method: method, path: path, body: body, contentType: asJSON}, true}
	}
	switch r.IntN(12) {
	case 0, 1:
		return worldStep{request: postForm(assign, fmt.Sprintf("ticaga_id=%d&billing_id=%d&billing_system=blesta", 1+r.IntN(12), r.IntN(50)))}
	case 2, 3:
		return worldStep{request: postJSON("/api/tickets/create", fmt.Sprintf(`{"customer_id":%d,"subject":"S%d","message":"M","priority":"low","department_slug":"sales"}`, 1+r.IntN(12), r.IntN(1000)))}
	case 4:
		return worldStep{request: postForm("/api/tickets/close", fmt.Sprintf("customer_id=%d&ticket_id=%d", r.IntN(4), 1+r.IntN(16)))}
	case 5:
		return worldStep{request: postForm("/api/responses/create", fmt.Sprintf("user_id=%d&ticket_number=%d&content=R%d", r.IntN(4), 1+r.IntN(16), r.IntN(1000)))}
	case 6:
		return worldStep{request: get(fmt.Sprintf("/api/tickets/get/all/%d", 1+r.IntN(12)))}
	case 7:
		return control("PUT", "/faults", fmt.Sprintf(`[{"operation":"getCustomer","status":%d,"times":%d,"probability":0.5}]`, 500+r.IntN(5), 1+r.IntN(3)))
	case 8:
		return control("PUT", "/clock", fmt.Sprintf(`{"now":"20%d-01-01T00:00:00Z","still":true}`, 30+r.IntN(60)))
	case 9:
		return control("POST", "/snapshots/s", "")
	case 10:
		return control("POST", []string{"/snapshots/s/restore", "/reset"}[r.IntN(2)], "")
	}
	return worldStep{request: get(fmt.Sprintf("/api/customers/get/%d", 1+r.IntN(12)))}
}

// do takes a step in a world. The answers of the control API name the world, so only their status counts.
func (q worldStep) do(server http.Handler, world string) string {
	path := "/w/" + world + q.path
	if q.control {
		path = "/_mock/worlds/" + world + q.path
	}
	r := httptest.NewRequest(q.method, "http://localhost"+path, strings.NewReader(q.body))
	r.Header.Set("Authorization", bearer)
	r.Header.Set("Content-Type", q.contentType)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	if q.control {
		return fmt.Sprint("ctl ", w.Code)
	}
	return fmt.Sprint(w.Code, " ", w.Body)
}

// journalOf is what a world's journal tells, without what differs from run to run.
func journalOf(t *testing.T, server *mock.Server, world string) (list []string) {
	t.Helper()
	w, err := server.World(world)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range w.Journal() {
		list = append(list, fmt.Sprint(x.World == world, x.Operation, x.Target, x.Status, x.Fault, codes(x), x.Request.Body, x.Response.Body))
	}
	return list
}

// TestWorldsDoNotMix runs a thousand worlds side by side, their steps in a random order, and
// compares the answers and the journal of each with a run of its own: state, faults, clock,
// snapshots and journal are all its own.
func TestWorldsDoNotMix(t *testing.T) {
	const worlds, steps, workers = 1000, 16, 8
	type step struct{ world, n int }
	name := func(world int) string { return fmt.Sprintf("w%d", world) }
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := func(o *mock.Options) { o.Worlds, o.Now = worlds+1, func() time.Time { return at } }

	together := newServer(t, now)
	answers := make([][]string, worlds)
	queues := make([]chan step, workers)
	for i := range queues {
		queues[i] = make(chan step, 64)
	}
	var wg sync.WaitGroup
	for _, queue := range queues {
		wg.Go(func() {
			for s := range queue {
				answers[s.world] = append(answers[s.world], randomStep(s.world, s.n).do(together, name(s.world)))
			}
		})
	}
	// Any order of the worlds, and the right order within each: one worker has all steps of a world.
	next := make([]int, worlds)
	r := rand.New(rand.NewPCG(1, 2))
	for left := worlds * steps; left > 0; {
		world := r.IntN(worlds)
		if next[world] == steps {
			continue
		}
		queues[world%workers] <- step{world, next[world]}
		next[world]++
		left--
	}
	for _, queue := range queues {
		close(queue)
	}
	wg.Wait()

	seen := map[string]int{} // lest a change of the steps make the test say nothing
	alone := newServer(t, now)
	for world := range worlds {
		var want []string
		for n := range steps {
			want = append(want, randomStep(world, n).do(alone, "alone"))
			seen[want[n][:min(8, len(want[n]))]]++
		}
		if diff := cmp.Diff(want, answers[world]); diff != "" {
			t.Fatalf("world %d: answers differ (-want +got):\n%s", world, diff)
		}
		if diff := cmp.Diff(journalOf(t, alone, "alone"), journalOf(t, together, name(world))); diff != "" {
			t.Fatalf("world %d: journals differ (-alone +together):\n%s", world, diff)
		}
		control(t, alone, "DELETE", "/_mock/worlds/alone", "")
	}
	for _, kind := range []string{"200 {\"us", "200 {\"id", "ctl 200", "ctl 404", "503 {\"me", "403 {\"me"} {
		if seen[kind] < 20 {
			t.Errorf("%q came %d times only: got %v, want at least 20", kind, seen[kind], seen)
		}
	}
}

// TestCopiesShareWhatDoesNotChange: making, snapshotting, forking and resetting a world with
// 10,000 tickets takes as many bytes as one with 14, and changing one thing in it a few kB.
func TestCopiesShareWhatDoesNotChange(t *testing.T) {
	cost := func(scenario, step string) int64 {
		server := newServer(t, func(o *mock.Options) { o.Scenario, o.Worlds = scenario, 100_000 })
		const rounds = 100
		for n := range rounds + 1 { // those that are measured are there, and warm
			worldSteps["make"](server, n)
			worldSteps["snapshot"](server, n)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for n := range rounds {
			if status := worldSteps[step](server, n); status != 200 {
				t.Fatalf("%s: got status %d, want 200", step, status)
			}
		}
		runtime.ReadMemStats(&after)
		return int64(after.TotalAlloc-before.TotalAlloc) / rounds
	}
	for _, step := range []string{"fork", "snapshot", "restore", "reset", "change"} {
		small, large := cost("default", step), cost("busy", step)
		most := small + small/5 + 500
		if step == "change" {
			most = 64_000 // the nodes of a tree that lead to what changes
		}
		if t.Logf("%s: %d bytes with 14 tickets, %d with 10,000", step, small, large); large > most {
			t.Errorf("%s takes %d bytes with 10,000 tickets, %d with 14; want at most %d", step, large, small, most)
		}
	}
}

// worldSteps are what is done to a world of a number, and its status. They do next to nothing
// themselves.
var worldSteps = map[string]func(server http.Handler, n int) int{
	"make": func(server http.Handler, n int) int {
		return controlStatus(server, "POST", "/_mock/worlds", fmt.Sprintf(`{"name":"w%d"}`, n))
	},
	"fork": func(server http.Handler, n int) int {
		return controlStatus(server, "POST", "/_mock/worlds", fmt.Sprintf(`{"name":"f%d","from":"w%d"}`, n, n))
	},
	"snapshot": func(server http.Handler, n int) int {
		return controlStatus(server, "POST", fmt.Sprintf("/_mock/worlds/w%d/snapshots/s", n), "")
	},
	"restore": func(server http.Handler, n int) int {
		return controlStatus(server, "POST", fmt.Sprintf("/_mock/worlds/w%d/snapshots/s/restore", n), "")
	},
	"reset": func(server http.Handler, n int) int {
		return controlStatus(server, "POST", fmt.Sprintf("/_mock/worlds/w%d/reset", n), "")
	},
	"change": func(server http.Handler, n int) int {
		return controlStatus(server, "POST", fmt.Sprintf("/w/w%d/api/tickets/create", n), "customer_id=1&subject=S&message=M&priority=low&department_id=1")
	},
}

func controlStatus(server http.Handler, method, path, body string) int {
	w := &discard{header: http.Header{}}
	server.ServeHTTP(w, &http.Request{
		Method: method, URL: &url.URL{Path: path}, Host: "localhost", Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		Header: http.Header{"Authorization": {bearer}, "Content-Type": {asForm}},
	})
	return w.status
}

func TestControlOfWorlds(t *testing.T) {
	d := newDesk(t)
	billing := func(prefix string) any {
		return field(t, d.ask(t, get(prefix+"/api/customers/get/8"), "plain").body, "user", "billing_id")
	}
	link := func(prefix, id string) {
		d.ask(t, postForm(prefix+assign, "ticaga_id=8&billing_id="+id+"&billing_system=blesta"), "plain")
	}
	control(t, d.Server, "POST", "/_mock/worlds", `{"name":"blue"}`)
	link("/w/blue", "42")
	control(t, d.Server, "POST", "/_mock/worlds/blue/snapshots/linked", "")
	link("/w/blue", "43")
	control(t, d.Server, "POST", "/_mock/worlds", `{"name":"copy","from":"blue"}`)
	control(t, d.Server, "POST", "/_mock/worlds/blue/snapshots/linked/restore", "")
	if a, b, c := billing("/w/blue"), billing("/w/copy"), billing(""); a != "42" || b != "43" || c != "0" {
		t.Errorf(`blue %v, copy %v, default %v; want a "42", b "43", c "0"`, a, b, c)
	}
	control(t, d.Server, "POST", "/_mock/worlds/blue/reset", "")
	if a := billing("/w/blue"); a != "0" {
		t.Errorf(`after a reset: got %v, want "0"`, a)
	}

	// State goes out in the format of fixtures, and comes in again; passwords stay inside.
	state := control(t, d.Server, "GET", "/_mock/worlds/copy/state", "")
	if strings.Contains(state, "secret") || strings.Contains(state, "demo-token") {
		t.Errorf(`got state %s, want one without "secret" and "demo-token"`, state)
	}
	control(t, d.Server, "PUT", "/_mock/worlds/blue/state", state)
	if a := billing("/w/blue"); a != "43" {
		t.Errorf(`after the state of copy was put into blue: got %v; want "43"`, a)
	}
	if got := d.ask(t, postForm("/w/blue/api/login", "email=joedoe%40example.com&password=secret"), "plain"); got.status != 200 {
		t.Errorf("the passwords are lost: got %d %s, want 200", got.status, got.body)
	}

	// Time.
	control(t, d.Server, "PUT", "/_mock/worlds/blue/clock", `{"now":"2030-01-01T00:00:00Z","still":true}`)
	link("/w/blue", "44")
	if at := field(t, d.ask(t, get("/w/blue/api/customers/get/8"), "plain").body, "user", "updated_at"); at != "2030-01-01T00:00:00.000000Z" {
		t.Errorf(`updated at %v, want "2030-01-01T00:00:00.000000Z"`, at)
	}
	control(t, d.Server, "DELETE", "/_mock/worlds/copy", "")
	if body := control(t, d.Server, "GET", "/_mock/worlds", ""); strings.Contains(body, `"copy"`) || !strings.Contains(body, `"blue"`) {
		t.Errorf(`got %s; want body without "copy", body containing "blue"`, body)
	}
}

// TestControlMakesWorlds: what is arranged for a world, or awaited in it, may come before its first
// request. Arranging it creates it.
func TestControlMakesWorlds(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Worlds = 5 })
	control(t, d.Server, "PUT", "/_mock/worlds/faulty/faults", `[{"status":503}]`)
	if got := d.ask(t, get("/w/faulty/api/customers/get/8"), "plain"); got.status != 503 {
		t.Errorf("got %d %s, want 503", got.status, got.body)
	}
	control(t, d.Server, "PUT", "/_mock/worlds/late/clock", `{"now":"2030-01-01T00:00:00Z","still":true}`)
	d.ask(t, postForm("/w/late"+assign, "ticaga_id=8&billing_id=42&billing_system=blesta"), "plain")
	if at := field(t, d.ask(t, get("/w/late/api/customers/get/8"), "plain").body, "user", "updated_at"); at != "2030-01-01T00:00:00.000000Z" {
		t.Errorf(`updated at %v, want "2030-01-01T00:00:00.000000Z"`, at)
	}
	control(t, d.Server, "POST", "/_mock/worlds/quiet/verify", `{"count":0}`)
	answered := make(chan int)
	go func() {
		w := httptest.NewRecorder()
		d.Server.ServeHTTP(w, httptest.NewRequest("POST", "http://localhost/_mock/worlds/awaited/verify", strings.NewReader(`{"operation":"getCustomer","within":"30s"}`)))
		answered <- w.Code
	}()
	d.ask(t, get("/w/awaited/api/customers/get/8"), "plain")
	if code := <-answered; code != 200 {
		t.Errorf("verify: got %d, want 200", code)
	}
	control(t, d.Server, "PUT", "/_mock/worlds/quiet/faults", `[]`)
	control(t, d.Server, "PUT", "/_mock/worlds/replaces/faults", `[]`) // the one that only a request has made
	w := fromControl(t, d.Server, httptest.NewRequest("PUT", "http://localhost/_mock/worlds/toomany/faults", strings.NewReader(`[]`)))
	if w.Code != 503 {
		t.Errorf("got %d %s, want 503", w.Code, w.Body)
	}
	// A copy begins with the clock and the faults of the other one.
	control(t, d.Server, "DELETE", "/_mock/worlds/quiet", "")
	control(t, d.Server, "PUT", "/_mock/worlds/late/faults", `[{"operation":"closeTicket","status":429}]`)
	control(t, d.Server, "POST", "/_mock/worlds", `{"name":"copy","from":"late"}`)
	if clock, faults := control(t, d.Server, "GET", "/_mock/worlds/copy/clock", ""), control(t, d.Server, "GET", "/_mock/worlds/copy/faults", ""); !strings.Contains(clock, "2030-01-01") || !strings.Contains(faults, "closeTicket") {
		t.Errorf(`got %s, %s; want clock containing "2030-01-01", faults containing "closeTicket"`, clock, faults)
	}
	control(t, d.Server, "PUT", "/_mock/worlds/copy/clock", `{}`)
	if clock := control(t, d.Server, "PUT", "/_mock/worlds/copy/clock", `{"still":true}`); !strings.Contains(clock, `"still": true`) || strings.Contains(clock, "2030-") {
		t.Errorf(`got %s; want clock containing "still": true, clock without "2030-"`, clock)
	}
}

func TestOptionsOfControl(t *testing.T) {
	w := httptest.NewRecorder()
	newServer(t).ServeHTTP(w, httptest.NewRequest("OPTIONS", "http://localhost/_mock/worlds/default/faults", nil))
	if w.Code != 204 || w.Header().Get("Allow") != "GET, POST, PUT, DELETE" {
		t.Errorf(`got %d %q; want status 204, header Allow "GET, POST, PUT, DELETE"`, w.Code, w.Header())
	}
}

func TestControlDescribesItself(t *testing.T) {
	server := newServer(t)
	for path, part := range map[string]string{
		"/_mock/": "### POST /_mock/worlds/{w}/verify", "/_mock/openapi.yaml": "operationId: verify", "/_mock/explain/TM-AUTH-MISSING": "## Right",
	} {
		if body := control(t, server, "GET", path, ""); !strings.Contains(body, part) {
			t.Errorf("%s: got %.300s, want containing %q", path, body, part)
		}
	}
}

// TestControlRefuses: a request that the control API rejects changes nothing, and the answer says why.
func TestControlRefuses(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		detail             string
	}{
		{"GET", "/_mock/nothing", "", 404, "the control API has no"},
		{"GET", "/_mock/jurnal", "", 404, "did you mean GET /_mock/journal?"},
		{"POST", "/_mock/worlds/blue/rest", "", 404, "did you mean POST /_mock/worlds/{w}/reset?"},
		{"DELETE", "/_mock/health", "", 405, "use GET"},
		{"PATCH", "/_mock/worlds/default/faults", "", 405, "use GET, POST, PUT, DELETE"},
		{"GET", "/_mock/worlds/none", "", 404, `there is no world "none"`},
		{"POST", "/_mock/worlds", `{"name":"Blue"}`, 422, "lowercase letters"},
		{"POST", "/_mock/worlds", `{"name":"demo-token"}`, 422, "API token"},
		{"PUT", "/_mock/worlds/Blue/faults", `[]`, 422, "lowercase letters"},
		{"GET", "/_mock/worlds/%2e%2e/journal", "", 404, "must not contain"},
		{"GET", "/_mock/../api/departments", "", 404, "must not contain"},
		{"POST", "/_mock/worlds", `{"name":"default"}`, 409, "already exists"},
		{"POST", "/_mock/worlds", `{"nmae":"blue"}`, 400, "unknown field"},
		{"POST", "/_mock/worlds", `{"name":"blue"} x`, 400, "unexpected data"},
		{"POST", "/_mock/worlds", `{"name":"blue","from":"none"}`, 404, "from: there is no world"},
		{"DELETE", "/_mock/worlds/default", "", 409, "cannot be deleted"},
		{"POST", "/_mock/worlds/default/snapshots/Not%20a%20name", "", 422, "lowercase letters"},
		{"POST", "/_mock/worlds/default/snapshots/none/restore", "", 404, "has no snapshot"},
		{"PUT", "/_mock/worlds/default/state", `{"customers":[{"id":1}]}`, 422, "customers.json: /0/name"},
		{"PUT", "/_mock/worlds/default/state", `{"staff":[]}`, 422, `"staff": unknown; must be one of customers`},
		{"PUT", "/_mock/worlds/default/state", `[`, 400, "the body"},
		{"PUT", "/_mock/worlds/default/clock", `{"now":"noon"}`, 400, "the body"},
		{"PUT", "/_mock/worlds/default/clock", `{"now":"9999-12-31T23:59:59-14:00","still":true}`, 422, "must be 1900 to 2200"},
		{"PUT", "/_mock/worlds/default/clock", `{"now":"0001-01-01T00:00:01Z"}`, 422, "must be 1900"},
		{"PUT", "/_mock/worlds/default/clock", `{"still":1}`, 400, "still has the wrong type: number"},
		{"POST", "/_mock/worlds", "", 400, "the body: empty; send JSON"},
		{"POST", "/_mock/worlds", "[]", 400, "the body: the JSON value has the wrong type: array"},
		{"GET", "/_mock/journal?statsu=200", "", 400, `unknown filter "statsu"`},
		{"GET", "/_mock/journal?status=good", "", 400, "must be a status"},
		{"GET", "/_mock/journal?limit=-1", "", 400, "must be an integer"},
		{"GET", "/_mock/journal?status=200&status=404", "", 400, "send it once"},
		{"GET", "/_mock/explain/TM-AUTH-MISING", "", 404, "did you mean TM-AUTH-MISSING?"},
		{"GET", "/_mock//journal///99/", "", 404, "the journal has no exchange"},
		{"GET", "//_mock%2Fjournal/99", "", 404, "the journal has no exchange"},
		{"GET", "/_mock/journal/99", "", 404, "the journal has no exchange"},
		{"PUT", "/_mock/faults", `[{"status":429},{"operation":"closeTickt","status":503}]`, 422, "/1: "},
		{"PUT", "/_mock/faults", `[{"operation":"closeTicket"}]`, 422, "no effect"},
		{"PUT", "/_mock/faults", `[{"status":9}]`, 422, "must be 400 to 599"},
		{"PUT", "/_mock/faults", `[{"fault":"explode"}]`, 422, "must be one of reset"},
		{"PUT", "/_mock/faults", `[{"status":429,"probability":2}]`, 422, "probability 2: must be more than 0 and at most 1"},
		{"PUT", "/_mock/faults", `[{"status":429,"probability":0}]`, 422, "probability 0: must be more than 0"},
		{"PUT", "/_mock/faults", `[{"status":"429"}]`, 400, "the body: status has the wrong type: string"},
		{"PUT", "/_mock/faults", `[{"sttaus":429}]`, 400, `the body: unknown field "sttaus"`},
		{"PUT", "/_mock/faults", `[{"status":429,"match":{"violations":[]}}]`, 422, "/0: /match/violations: unknown key"},
		{"PUT", "/_mock/faults", `[{"delay_ms":18446744073710}]`, 422, "must be 0 to 60000"},
		{"PUT", "/_mock/faults", `[{"delay_ms":500,"delay_max_ms":100}]`, 422, "is before its start"},
		{"PUT", "/_mock/faults", `[{"status":503,"match":{"path":"/api/nope"}}]`, 422, "would never apply"},
		{"PUT", "/_mock/faults", `[{"status":503,"match":{"method":"GET","path":"/api/customers/assign"}}]`, 422, "would never apply"},
		{"POST", "/_mock/verify", `{"operation":"assignBilingId"}`, 400, "assignBillingId"},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			w := fromControl(t, d.Server, httptest.NewRequest(c.method, "http://localhost"+c.path, strings.NewReader(c.body)))
			var problem struct {
				Status int
				Detail string
			}
			if err := json.Unmarshal(w.Body.Bytes(), &problem); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf(`%s %s: got %v, %s, want "application/problem+json"`, c.method, c.path, err, w.Body)
			}
			if w.Code != c.status || problem.Status != c.status || !strings.Contains(problem.Detail, c.detail) {
				t.Errorf("%s %s %s: %d %s; got status %d; want status %d, status %d, detail containing %q", c.method, c.path, c.body, w.Code, w.Body, problem.Status, c.status, c.status, c.detail)
			}
		})
	}
	if id := field(t, d.ask(t, get("/api/customers/get/8")).body, "user", "billing_id"); id != "0" {
		t.Errorf(`a refused request has changed something; got %v; want "0"`, id)
	}
}

// TestControlRejectsWebPages: a page in somebody's browser must not reach the control API.
func TestControlRejectsWebPages(t *testing.T) {
	open, shut := newServer(t), newServer(t, func(o *mock.Options) { o.ControlToken = "c0ntrol-c0ntrol-" })
	named := newServer(t, func(o *mock.Options) { o.ControlHosts = []string{"ticaga", "MyBox", "dotted."} })
	for _, c := range []struct {
		name   string
		server http.Handler
		host   string
		header http.Header
		status int
	}{
		{"localhost", open, "localhost:4280", nil, 200},
		{"an address", open, "127.0.0.1:4280", nil, 200},
		{"IPv6", open, "[::1]:4280", nil, 200},
		{"a name made to stand for loopback", open, "evil.example", nil, 403},
		{"a name that was given", named, "ticaga:4280", nil, 200},
		{"one in capitals", named, "MyBox:4280", nil, 200},
		{"one in capitals, as browsers send it", named, "mybox", nil, 200},
		{"one with a dot at its end", named, "dotted.:4280", nil, 200},
		{"one with a dot at its end, sent without", named, "Dotted", nil, 200},
		{"a part of one", named, "box:4280", nil, 403},
		{"its own origin", open, "localhost:4280", http.Header{"Origin": {"http://localhost:4280"}}, 200},
		{"another origin", open, "localhost:4280", http.Header{"Origin": {"http://evil.example"}}, 403},
		{"another port", open, "localhost:4280", http.Header{"Origin": {"http://localhost:80"}}, 403},
		{"no origin", open, "localhost:4280", http.Header{"Origin": {"null"}}, 403},
		{"a page of another site", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"no-cors"}}, 403},
		{"a link on another site", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}, 403},
		{"another site, with the token", shut, "localhost:4280", http.Header{"Authorization": {"Bearer c0ntrol-c0ntrol-"}, "Sec-Fetch-Site": {"cross-site"}}, 403},
		{"a page on another port", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"same-site"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}, 403},
		{"a header that is not known", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"same-origin", "new"}}, 403},
		{"an address that was typed", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"none"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}, 200},
		{"a script of its own", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}}, 200},
		{"a frame of its own", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"iframe"}}, 403},
		{"an image of its own", open, "localhost:4280", http.Header{"Sec-Fetch-Site": {"same-origin"}, "Sec-Fetch-Dest": {"image"}}, 403},
		{"capitals, and a dot", open, "LOCALHOST.:4280", nil, 200},
		{"no token", shut, "localhost:4280", nil, 401},
		{"the token without its scheme", shut, "localhost:4280", http.Header{"Authorization": {"c0ntrol-c0ntrol-"}}, 401},
		{"the scheme in lowercase", shut, "localhost:4280", http.Header{"Authorization": {"bearer c0ntrol-c0ntrol-"}}, 200},
		{"a wrong token", shut, "localhost:4280", http.Header{"Authorization": {"Bearer x"}}, 401},
		{"the token in the URL", shut, "localhost:4280", http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("any:c0ntrol-c0ntrol-"))}}, 200},
		{"a wrong token in the URL", shut, "localhost:4280", http.Header{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte("c0ntrol-c0ntrol-:x"))}}, 401},
		{"the token", shut, "ticaga:4280", http.Header{"Authorization": {"Bearer c0ntrol-c0ntrol-"}}, 200},
		{"the token from a page", shut, "localhost:4280", http.Header{"Authorization": {"Bearer c0ntrol-c0ntrol-"}, "Origin": {"http://evil.example"}}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "http://"+c.host+"/_mock/journal", nil)
			if c.header != nil {
				r.Header = c.header
			}
			w := fromControl(t, c.server, r)
			if w.Code != c.status {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, c.status)
			}
		})
	}
}

func TestJournalFilters(t *testing.T) {
	d := newDesk(t)
	d.ask(t, get("/api/customers/get/8"))
	d.ask(t, postForm(assign, "ticaga_id=8"))
	d.ask(t, get("/api/customers/get/99"))
	for query, want := range map[string]int{
		"": 3, "operation=getCustomer": 2, "method=post": 1, "path=/api/customers/get": 2, "status=401": 1, "status=4xx": 2,
		"violations=true": 1, "violations=false": 2, "since=1": 2, "limit=2": 2, "limit=0": 0, "limit=9&status=401": 1, "since=2000-01-01T00:00:00Z": 3, "since=2100-01-01T00:00:00Z": 0,
		"operation=getCustomer&status=200": 1,
	} {
		list := field(t, control(t, d.Server, "GET", "/_mock/journal?"+query, ""), "exchanges").([]any)
		if len(list) != want {
			t.Errorf("%q: got %d exchanges, want %d", query, len(list), want)
		}
	}
	if op := field(t, control(t, d.Server, "GET", "/_mock/journal/2", ""), "operation"); op != "assignBillingId" {
		t.Errorf(`got %v, want "assignBillingId"`, op)
	}
	control(t, d.Server, "DELETE", "/_mock/journal", "")
	if len(d.Journal()) != 0 {
		t.Errorf("got %d exchanges after the journal was deleted, want none", len(d.Journal()))
	}
}

func TestVerifyOverHTTP(t *testing.T) {
	d := newDesk(t)
	d.ask(t, postForm(assign, "ticaga_id=8&billing_id=42&billing_system=Blesta"))
	control(t, d.Server, "POST", "/_mock/verify", `{"operation":"assignBillingId","body":{"ticaga_id":8,"billing_id":42},"credentials":"bearer","count":1}`)

	got, err := d.client.Post(d.url+"/_mock/verify", "application/json", strings.NewReader(`{"operation":"assignBillingId","body":{"billing_id":43}}`))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, _ := io.ReadAll(got.Body)
	if got.StatusCode != 409 || !strings.Contains(string(body), `"body /billing_id"`) || !strings.Contains(string(body), `"misses"`) {
		t.Errorf(`got %d %s; want status 409, body containing "body /billing_id", body containing "misses"`, got.StatusCode, body)
	}

	// It waits for what is to come, and answers when it has.
	answered := make(chan error)
	go func() {
		answered <- d.VerifyJSON(t.Context(), `{"operation":"closeTicket","within":"30s"}`)
	}()
	d.ask(t, postForm("/api/tickets/close", "customer_id=1&ticket_id=1"))
	if err := <-answered; err != nil {
		t.Error(err)
	}
	if err := d.VerifyJSON(t.Context(), `{"operation":"rateTicket"}`); err == nil || !strings.Contains(err.Error(), "rateTicket") {
		t.Errorf(`got %v, want an error containing "rateTicket"`, err)
	}
}
