package mock_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// ownFiles are the files of --fixtures and --spec, which a test edits while a server follows them.
type ownFiles struct {
	fixtures fstest.MapFS
	spec     []byte
	err      error
}

// newOwnFiles returns the files of the scenario "default".
func newOwnFiles(t testing.TB) *ownFiles {
	t.Helper()
	files, err := fixtures.Open("default")
	if err != nil {
		t.Fatal(err)
	}
	e := &ownFiles{fixtures: fstest.MapFS{}}
	for _, noun := range []string{"customers", "staff", "departments", "tickets", "responses"} {
		data, err := fs.ReadFile(files, noun+".json")
		if err != nil {
			t.Fatal(err)
		}
		e.fixtures[noun+".json"] = &fstest.MapFile{Data: data}
	}
	return e
}

// follow makes a server follow the files.
func (e *ownFiles) follow(o *mock.Options) {
	o.Fixtures, o.Spec = e.fixtures, e.spec
	o.Reread = func() (fs.FS, []byte, error) { return e.fixtures, e.spec, e.err }
}

// replace replaces a part of a file.
func (e *ownFiles) replace(t testing.TB, name, old, with string) {
	t.Helper()
	data := e.fixtures[name].Data
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("%s: got no %q to replace", name, old)
	}
	e.fixtures[name] = &fstest.MapFile{Data: bytes.Replace(data, []byte(old), []byte(with), 1)}
}

// teach adds a priority to the contract.
func (e *ownFiles) teach() {
	e.spec = bytes.Replace(ticagamock.OpenAPI, []byte("enum: [none, low, medium, high, emergency"), []byte("enum: [urgent, none, low, medium, high, emergency"), 1)
}

// reload reloads, and returns the notes.
func reload(t testing.TB, server *mock.Server) []string {
	t.Helper()
	done, err := server.Reload()
	if err != nil {
		t.Fatal(err)
	}
	return done.Notes
}

const (
	joe       = "joedoe@example.com"
	joeLinked = "ticaga_id=1&billing_id=77&billing_system=blesta"
)

// TestReload: worlds that began with the files follow them, with what was changed in them; others stay.
func TestReload(t *testing.T) {
	files := newOwnFiles(t)
	d := newDesk(t, files.follow)
	worlds := map[string]*mock.World{}
	for _, name := range []string{"changed", "other", "snapshot", "untouched"} {
		w, err := d.World(name)
		if err != nil {
			t.Fatal(err)
		}
		worlds[name] = w
	}
	d.ask(t, postForm("/w/changed"+assign, joeLinked), "plain")
	other := fstest.MapFS{"customers.json": files.fixtures["customers.json"]}
	if err := worlds["other"].Load(other); err != nil {
		t.Fatal(err)
	}
	control(t, d.Server, "POST", "/_mock/worlds/snapshot/snapshots/before", "")
	control(t, d.Server, "POST", "/_mock/worlds", `{"name": "copy", "from": "changed"}`)

	files.replace(t, "customers.json", joe, "new@example.com")
	files.replace(t, "customers.json", "ana@silva.example", "ana@example.com")
	want := []string{
		`world "changed": kept customer 1, which was changed at run time, although customers.json has changed it too`,
		`world "copy": kept customer 1, which was changed at run time, although customers.json has changed it too`,
		`world "other": left as it is: it does not begin with these files`,
	}
	if diff := cmp.Diff(want, reload(t, d.Server)); diff != "" {
		t.Error(diff)
	}
	email := func(world, id string) string {
		t.Helper()
		body := d.ask(t, get("/w/"+world+"/api/customers/get/"+id), "plain").body
		_, after, _ := strings.Cut(body, `"email":"`)
		got, _, _ := strings.Cut(after, `"`)
		return got
	}
	for _, c := range []struct{ world, id, want string }{
		{"default", "1", "new@example.com"}, {"untouched", "1", "new@example.com"}, {"snapshot", "1", "new@example.com"}, {"made-later", "1", "new@example.com"},
		{"changed", "1", joe}, {"changed", "2", "ana@example.com"}, {"copy", "1", joe}, {"copy", "2", "ana@example.com"},
		{"other", "1", joe}, {"other", "2", "ana@silva.example"},
	} {
		if got := email(c.world, c.id); got != c.want {
			t.Errorf("world %s: customer %s has the address %q, want %q", c.world, c.id, got, c.want)
		}
	}
	if got := len(worlds["changed"].Journal()); got != 3 { // the change, and two looks
		t.Errorf("got %d exchanges in the journal, want 3: it stays", got)
	}
	control(t, d.Server, "POST", "/_mock/worlds/snapshot/snapshots/before/restore", "")
	if got := email("snapshot", "1"); got != joe {
		t.Errorf("a snapshot has the address %q, want %q", got, joe)
	}
	for _, w := range worlds {
		w.Reset()
	}
	for world, want := range map[string]string{"changed": "new@example.com", "snapshot": "new@example.com", "other": joe} {
		if got := email(world, "1"); got != want {
			t.Errorf("world %s: after a reset customer 1 has the address %q, want %q", world, got, want)
		}
	}
}

// TestReloadOfWrongFiles changes nothing, and says where they are wrong.
func TestReloadOfWrongFiles(t *testing.T) {
	files := newOwnFiles(t)
	files.spec = ticagamock.OpenAPI
	d := newDesk(t, files.follow)
	d.ask(t, postForm(assign, "ticaga_id=8&billing_id=42&billing_system=blesta"))
	before := control(t, d.Server, "GET", "/_mock/worlds/default/state", "")
	for name, c := range map[string]struct {
		edit func(e *ownFiles)
		want string
	}{
		"no folder":   {func(e *ownFiles) { e.err = errors.New("--fixtures \"desk\": no such folder") }, `--fixtures "desk": no such folder`},
		"empty":       {func(e *ownFiles) { e.fixtures["tickets.json"] = &fstest.MapFile{} }, "fixtures: tickets.json: "},
		"half":        {func(e *ownFiles) { e.fixtures["tickets.json"] = &fstest.MapFile{Data: []byte("[{\n\"id\": 1,")} }, "fixtures: tickets.json: line 2: "},
		"a field":     {func(e *ownFiles) { e.replace(t, "customers.json", `"id": 1,`, `"id": "1",`) }, "fixtures: customers.json: /0/id: "},
		"duplicates":  {func(e *ownFiles) { e.replace(t, "customers.json", `"id": 2,`, `"id": 1,`) }, "fixtures: customers.json: /1/id: duplicate 1"},
		"a stray":     {func(e *ownFiles) { e.replace(t, "tickets.json", `"department_id": 1,`, `"department_id": 99,`) }, "fixtures: tickets.json: /0/department_id: there is no department 99"},
		"settings":    {func(e *ownFiles) { e.fixtures["settings.json"] = &fstest.MapFile{Data: []byte(`{"created": 7}`)} }, "fixtures: settings.json: "},
		"YAML":        {func(e *ownFiles) { e.spec = []byte("openapi: [") }, "contract: "},
		"empty spec":  {func(e *ownFiles) { e.spec = []byte{} }, "contract: "},
		"half a spec": {func(e *ownFiles) { e.spec = ticagamock.OpenAPI[:len(ticagamock.OpenAPI)/2] }, "contract: "},
		"an operation": {func(e *ownFiles) {
			e.spec = bytes.Replace(ticagamock.OpenAPI, []byte("operationId: assignBillingId"), []byte("operationId: assign"), 1)
		}, `has no handler`},
	} {
		t.Run(name, func(t *testing.T) {
			good := *files
			good.fixtures = fstest.MapFS{}
			for name, file := range files.fixtures {
				good.fixtures[name] = file
			}
			defer func() { *files = good }()
			c.edit(files)
			if _, err := d.Reload(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			w := fromControl(t, d.Server, httptest.NewRequest("POST", "http://localhost/_mock/reload", nil))
			if w.Code != http.StatusUnprocessableEntity {
				t.Errorf("got %d %s, want 422", w.Code, w.Body)
			}
			if got := control(t, d.Server, "GET", "/_mock/worlds/default/state", ""); got != before {
				t.Error("the data changed, want it as it was")
			}
		})
	}
	if diff := cmp.Diff([]string{"kept customer 8, which was changed at run time"}, reload(t, d.Server)); diff != "" {
		t.Errorf("with good files again: %s", diff)
	}
}

// TestReloadOfTheContract: requests are judged by the new one, and rows that it does not accept are dropped.
func TestReloadOfTheContract(t *testing.T) {
	files := newOwnFiles(t)
	files.spec = ticagamock.OpenAPI
	d := newDesk(t, files.follow)
	const ticket = "subject=Mine&message=x&department_id=1&customer_id=8&priority=urgent"
	if got := d.ask(t, postForm("/api/tickets/create", ticket)); got.status != 422 {
		t.Fatalf("got %d %s, want 422", got.status, got.body)
	}
	files.teach()
	reload(t, d.Server)
	if got := d.ask(t, postForm("/api/tickets/create", ticket)); got.status != 200 || len(got.entry.Violations) != 0 {
		t.Errorf("got %d %s %v, want 200 and no violation", got.status, got.body, got.entry.Violations)
	}
	if got := control(t, d.Server, "GET", "/_mock/api/openapi.yaml", ""); got != string(files.spec) || !bytes.Equal(d.Contract().Source(), files.spec) {
		t.Error("the control API and Contract return another contract, want the new one")
	}
	files.spec = ticagamock.OpenAPI
	d.ask(t, postForm("/api/tickets/create", strings.Replace(ticket, "urgent", "low", 1)))
	want := []string{"dropped ticket 15: the contract does not accept its priority", "kept ticket 16, which was added at run time"}
	if diff := cmp.Diff(want, reload(t, d.Server)); diff != "" {
		t.Error(diff)
	}
	if got := d.ask(t, get("/api/tickets/list/8")); got.status != 200 || strings.Contains(got.body, "urgent") {
		t.Errorf("got %d %s, want 200 without the ticket", got.status, got.body)
	}
}

// TestReloadOfSettings: those that were changed at run time stay, unless the contract has no response for them.
func TestReloadOfSettings(t *testing.T) {
	files := newOwnFiles(t)
	d := newDesk(t, files.follow)
	if err := d.Set(`{"created": 201}`); err != nil {
		t.Fatal(err)
	}
	files.fixtures["settings.json"] = &fstest.MapFile{Data: []byte(`{"ratings": "off", "created": 200}`)}
	reload(t, d.Server)
	if got := d.Settings(); got.Ratings != "off" || got.Created != 201 {
		t.Errorf("got ratings %s and created %d, want off and 201", got.Ratings, got.Created)
	}
	files.spec = bytes.ReplaceAll(ticagamock.OpenAPI, []byte("'201':"), []byte("'202':"))
	notes := reload(t, d.Server)
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "dropped the settings that were changed at run time: ") {
		t.Errorf("got %q, want that the settings were dropped", notes)
	}
	if got := d.Settings(); got.Ratings != "off" || got.Created != 200 {
		t.Errorf("got ratings %s and created %d, want off and 200", got.Ratings, got.Created)
	}
	d.Reset()
	if got := d.Settings(); got.Ratings != "off" {
		t.Errorf("after a reset: got ratings %s, want off", got.Ratings)
	}
}

// TestReloadHidesNewSecrets: the journal knows the tokens of the new staff.
func TestReloadHidesNewSecrets(t *testing.T) {
	files := newOwnFiles(t)
	d := newDesk(t, files.follow)
	files.replace(t, "staff.json", `"demo-token"`, `"very-new-token"`)
	reload(t, d.Server)
	if _, token := d.Credentials(); token != "very-new-token" {
		t.Errorf("got token %q, want very-new-token", token)
	}
	d.ask(t, request{method: "GET", path: "/api/customers/get/8?note=very-new-token", auth: "Bearer very-new-token"})
	if got := mustJSON(t, d.Journal()); strings.Contains(got, "very-new-token") || d.Journal()[0].Status != 200 {
		t.Errorf("got %s, want status 200 without the token", got)
	}
}

// TestReloadWithoutFiles: a built-in scenario cannot have changed.
func TestReloadWithoutFiles(t *testing.T) {
	if _, err := newServer(t).Reload(); !errors.Is(err, traffic.ErrNothingToReload) {
		t.Errorf("got %v, want %v", err, traffic.ErrNothingToReload)
	}
	files := newOwnFiles(t)
	server := newServer(t, func(o *mock.Options) { o.Fixtures = files.fixtures }) // which are read again without Reread
	files.replace(t, "customers.json", joe, "new@example.com")
	reload(t, server)
	if got := control(t, server, "GET", "/_mock/worlds/default/customers/1", ""); !strings.Contains(got, "new@example.com") {
		t.Errorf("got %s, want new@example.com", got)
	}
}

// TestReloadNotesAreBounded: however much was changed.
func TestReloadNotesAreBounded(t *testing.T) {
	files := newOwnFiles(t)
	d := newDesk(t, files.follow)
	for i := range 150 {
		control201(t, d.Server, "/_mock/worlds/default/customers", fmt.Sprintf(`{"email": "c%d@example.com"}`, i))
	}
	done, err := d.Reload()
	if err != nil || len(done.Notes) != traffic.MaxNotes || done.More != 50 || done.Worlds != 1 {
		t.Errorf("got %d notes and %d more of %d worlds, %v; want 100 and 50 of 1", len(done.Notes), done.More, done.Worlds, err)
	}
}

// control201 creates a row.
func control201(t testing.TB, server http.Handler, path, body string) {
	t.Helper()
	if w := fromControl(t, server, httptest.NewRequest("POST", "http://localhost"+path, strings.NewReader(body))); w.Code != 201 {
		t.Fatalf("got %d %s, want 201", w.Code, w.Body)
	}
}

// TestReloadBesideRequests: each request is answered by the files from before or from after, also where rows of the
// new ones break the old contract. Nothing that a client was told is lost.
func TestReloadBesideRequests(t *testing.T) {
	files := newOwnFiles(t)
	files.spec = ticagamock.OpenAPI
	d := newDesk(t, files.follow)
	var stop atomic.Bool
	var created atomic.Int64
	var clients sync.WaitGroup
	send := func(method, path, body string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
		r.Header = http.Header{"Authorization": {"Bearer demo-token"}, "Accept": {"application/json"}, "Content-Type": {"application/x-www-form-urlencoded"}}
		d.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Errorf("%s %s: got %d %s, want 200", method, path, w.Code, w.Body)
		}
		return w.Code
	}
	for i := range 2 {
		clients.Go(func() {
			for n := 0; !stop.Load(); n++ {
				if i == 0 && n < 50 {
					send("POST", "/api/tickets/create", "subject=Mine&message=x&department_id=1&customer_id=8&priority=low")
					created.Add(1)
				}
				send("GET", "/api/tickets/list/1", "")
			}
		})
	}
	good := files.fixtures["tickets.json"]
	for range 4 {
		files.teach()
		files.replace(t, "tickets.json", `"priority": "medium"`, `"priority": "urgent"`)
		reload(t, d.Server)
		files.spec, files.fixtures["tickets.json"] = ticagamock.OpenAPI, good
		reload(t, d.Server)
	}
	stop.Store(true)
	clients.Wait()
	kept := slices.DeleteFunc(reload(t, d.Server), func(note string) bool { return !strings.Contains(note, "added at run time") })
	if got := int64(len(kept)); got != min(created.Load(), traffic.MaxNotes) {
		t.Errorf("got %d tickets kept, want %d", got, created.Load())
	}
}

// BenchmarkReload reloads 10,000 tickets while a client sends requests, and reports how long its requests take at
// most: as long as one has to wait for a reload.
func BenchmarkReload(b *testing.B) {
	busy, err := fixtures.Open("busy")
	if err != nil {
		b.Fatal(err)
	}
	server := newServer(b, func(o *mock.Options) { o.Fixtures = busy })
	client := server.Transport()
	var slowest, count time.Duration
	var stop atomic.Bool
	var done sync.WaitGroup
	done.Go(func() {
		for !stop.Load() {
			r := httptest.NewRequest("POST", "http://localhost"+assign, strings.NewReader("ticaga_id=8&billing_system=blesta&billing_id="+fmt.Sprint(10_000+int64(count))))
			r.Header = http.Header{"Authorization": {"Bearer demo-token"}, "Accept": {"application/json"}, "Content-Type": {asForm}}
			began := time.Now()
			response, err := client.RoundTrip(r)
			if err != nil || response.StatusCode != 200 {
				b.Errorf("got %v %v, want 200", response, err)
				return
			}
			_ = response.Body.Close()
			slowest = max(slowest, time.Since(began))
			count++
		}
	})
	for b.Loop() {
		if _, err := server.Reload(); err != nil {
			b.Fatal(err)
		}
	}
	stop.Store(true)
	done.Wait()
	b.ReportMetric(float64(slowest.Microseconds())/1000, "slowest-ms")
	b.ReportMetric(float64(count), "requests")
}
