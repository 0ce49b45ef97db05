package mock_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func stateOf(t testing.TB, server http.Handler) string {
	t.Helper()
	got := askControl(server, "GET", "/_mock/worlds/default/state", "")
	if got.Code != http.StatusOK || !json.Valid(got.Body.Bytes()) {
		t.Fatalf("GET state: got status %d: %.200s; want 200 with JSON", got.Code, got.Body)
	}
	return got.Body.String()
}

// TestFullWorld: what would take more than a world may is refused whole, by every way in, and
// everything else goes on.
func TestFullWorld(t *testing.T) {
	const limit = 2 << 20
	d := newDesk(t, func(o *mock.Options) { o.MaxWorld = limit })
	long := strings.Repeat("x", 200_000)
	ticket := func(message string) request {
		return postForm("/api/tickets/create", "customer_id=8&department_slug=sales&subject=S&priority=low&message="+message)
	}
	var refused response
	n := 0
	for refused = d.ask(t, ticket(long)); refused.status == http.StatusOK && n < 100; n++ {
		refused = d.ask(t, ticket(long))
	}
	if n != limit/200_000 || refused.status != http.StatusInsufficientStorage || fmt.Sprint(codes(refused.entry)) != "[TM-WORLD-FULL]" || !strings.Contains(refused.body, `{"message":"`) {
		t.Fatalf("got status %d: %s, violations %v after %d tickets; want 507 with a message, TM-WORLD-FULL after %d", refused.status, refused.body, codes(refused.entry), n, limit/200_000)
	}
	full := stateOf(t, d.Server)
	for name, q := range map[string]request{
		"another ticket":       ticket(long),
		"a reply":              postForm("/api/responses/create", "ticket_number=1&user_id=1&content="+long),
		"a customer":           postForm("/api/register", "name=J&email=new@example.com&password=secret-12&biography="+strings.Repeat("y", 200_000)),
		"a ticket of 2024":     postForm("/api/tickets/open/1", "user_id=8&subject=S&priority=low&content="+long),
		"what control letters": postForm("/api/responses/create", "ticket_number=1&user_id=1&content="+strings.Repeat("%01", 40_000)),
	} {
		t.Run(name, func(t *testing.T) {
			if got := d.ask(t, q); got.status != http.StatusInsufficientStorage {
				t.Errorf("got status %d, want 507", got.status)
			}
		})
	}
	if stateOf(t, d.Server) != full {
		t.Error("refused requests: got another state, want it unchanged")
	}
	for _, q := range []request{get("/api/customers/get/8"), postForm("/api/tickets/close", "customer_id=1&ticket_id=1"), ticket("short")} {
		if got := d.ask(t, q); got.status != http.StatusOK {
			t.Errorf("%s: got status %d, want 200", q.path, got.status)
		}
	}
	if got := askControl(d.Server, "POST", "/_mock/worlds/default/snapshots/a", ""); got.Code != http.StatusInsufficientStorage {
		t.Errorf("a snapshot: got status %d, want 507", got.Code)
	}
	if got := d.ask(t, get("/w/blue/api/customers/get/8"), "plain"); got.status != http.StatusOK {
		t.Errorf("another world: got status %d, want 200", got.status)
	}
	d.Reset()
	if got := d.ask(t, ticket(long)); got.status != http.StatusOK {
		t.Errorf("after a reset: got status %d, want 200", got.status)
	}
}

// TestStateTooLarge is refused before it takes the memory, and what was there stays.
func TestStateTooLarge(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.MaxWorld = 1 << 20 })
	before := stateOf(t, server)
	reply := `{"id":%d,"ticket_id":1,"user_id":0,"content":"%s","created_at":"2026-01-02T15:04:05.000000Z"}`
	many := func(n, length int) string {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = fmt.Sprintf(reply, i+1, strings.Repeat("x", length))
		}
		return strings.Join(rows, ",")
	}
	ticket := `{"id":1,"customer_id":0,"department_id":1,"subject":"S","message":"M","status":"open","priority":"low","created_at":"2026-01-02T15:04:05.000000Z","custom_fields":{"a":[%s]}}`
	for name, c := range map[string]struct {
		lists string
		want  int
	}{
		"much text":     {`"tickets":[` + fmt.Sprintf(ticket, "") + `],"responses":[` + many(2, 600_000) + `]`, 507},
		"many rows":     {`"tickets":[` + fmt.Sprintf(ticket, "") + `],"responses":[` + many(10_000, 1) + `]`, 507},
		"many values":   {`"responses":[],"tickets":[` + fmt.Sprintf(ticket, strings.Repeat(`"",`, 50_000)+`""`) + `]`, 507},
		"no more":       {`"responses":[],"tickets":[` + fmt.Sprintf(ticket, strings.Repeat(`",,[[{{",`, 5_000)+`""`) + `]`, 200},
		"two halves":    {`"tickets":[` + fmt.Sprintf(ticket, strings.Repeat(`"",`, 9_000)+`""`) + `],"responses":[` + many(1, 600_000) + `]`, 507},
		"broken beside": {`"tickets":[{}],"responses":[` + many(10_000, 1) + `]`, 507},
	} {
		t.Run(name, func(t *testing.T) {
			got := askControl(server, "PUT", "/_mock/worlds/default/state", "{"+c.lists+"}")
			if got.Code != c.want {
				t.Errorf("got status %d: %.300s, want %d", got.Code, got.Body, c.want)
			}
			if c.want != 200 && stateOf(t, server) != before {
				t.Errorf("got another state, want it unchanged")
			}
			server.Reset()
			if c.want == 200 {
				server = newServer(t, func(o *mock.Options) { o.MaxWorld = 1 << 20 })
			}
		})
	}
}

// TestLastIDs: when there are no more ids, a request that needs one is refused, and the state can still be
// exported and imported.
func TestLastIDs(t *testing.T) {
	const last = 1<<53 - 2
	at := `"created_at":"2026-01-02T15:04:05.000000Z"`
	files := fstest.MapFS{
		"departments.json": {Data: []byte(`[{"id":1,"department_name":"D","department_description":"","slug":"sales","is_public":1,"is_disabled":0,"allows_high_priority":1}]`)},
		"customers.json": {Data: fmt.Appendf(nil, `[{"id":%d,"name":"J","email":"j@example.com","email_verified_at":null,"company":"","phone_number":"","billing_id":"0","billing_system":"",`+
			`"account_manager":"0","biography":"","updated_at":"2026-01-02T15:04:05.000000Z",%s}]`, last, at)},
		"tickets.json":   {Data: fmt.Appendf(nil, `[{"id":%d,"customer_id":%d,"department_id":1,"subject":"S","message":"M","status":"open","priority":"low",%s}]`, last, last, at)},
		"responses.json": {Data: fmt.Appendf(nil, `[{"id":%d,"ticket_id":%d,"user_id":0,"content":"C",%s}]`, last, last, at)},
	}
	d := newDesk(t, func(o *mock.Options) { o.Fixtures = files })
	before := stateOf(t, d.Server)
	for name, q := range map[string]request{
		"register": postForm("/api/register", "name=J&email=new@example.com&password=secret-12"),
		"create":   postForm("/api/customers/create", "first_name=J&last_name=R&email=new@example.com"),
		"link":     postForm("/api/customers/link", "name=J&email=new@example.com&billing_id=1&billing_system=blesta"),
		"sync":     postForm("/api/customers/sync", "name=J&email=new@example.com&external_id=1"),
		"ticket":   postForm("/api/tickets/create", fmt.Sprintf("customer_id=%d&department_slug=sales&subject=S&message=M&priority=low", last)),
		"reply":    postForm("/api/responses/create", fmt.Sprintf("ticket_number=%d&user_id=%d&content=C", last, last)),
	} {
		t.Run(name, func(t *testing.T) {
			got := d.ask(t, q)
			if got.status != http.StatusInsufficientStorage || fmt.Sprint(codes(got.entry)) != "[TM-WORLD-FULL]" || !strings.Contains(got.body, fmt.Sprint(last)) {
				t.Errorf(`got status %d %s %v; want status 507, codes "[TM-WORLD-FULL]", body containing %q`, got.status, got.body, codes(got.entry), fmt.Sprint(last))
			}
		})
	}
	if stateOf(t, d.Server) != before {
		t.Error("refused requests: got another state, want it unchanged")
	}
	if got := askControl(d.Server, "PUT", "/_mock/worlds/copy/state", before); got.Code != http.StatusOK {
		t.Errorf("importing what was exported: got status %d: %s; want 200", got.Code, got.Body)
	}
	if got := d.ask(t, postForm("/api/tickets/close", fmt.Sprintf("customer_id=%d&ticket_id=%d", last, last))); got.status != http.StatusOK {
		t.Errorf("closing the last ticket: got status %d, want 200", got.status)
	}
}

// TestBrokenResponseLeavesStateUnchanged uses a contract that no answer fits.
func TestBrokenResponseLeavesStateUnchanged(t *testing.T) {
	success := regexp.MustCompile(`(?m)^        '200':(.*\n(?:          .*\n)*)`)
	contract := success.ReplaceAll(ticagamock.OpenAPI, []byte("        '200': { $$ref: '#/components/responses/NotAuthenticated' }\n"))
	server := newServer(t)
	if err := server.SetContract(contract); err != nil {
		t.Fatal(err)
	}
	before := stateOf(t, server)
	broken := 0
	for _, op := range server.Contract().Operations {
		for _, example := range op.Examples() {
			if example.Status() != http.StatusOK {
				continue
			}
			body, err := json.Marshal(example.Body)
			if err != nil {
				t.Fatal(err)
			}
			status, answer := serve(server, call{method: op.Method, path: op.URL(example.Params), header: http.Header{"Authorization": {bearer}, "Content-Type": {asJSON}}, body: string(body)})
			if status != http.StatusInternalServerError {
				t.Errorf("%s %s: got status %d: %s, want 500", op.ID, example.Name, status, answer)
				continue
			}
			broken++
			if stateOf(t, server) != before {
				t.Fatalf("%s %s: got another state, want it unchanged", op.ID, example.Name)
			}
		}
	}
	if broken < 50 {
		t.Errorf("got %d broken answers, want at least 50", broken)
	}
	if got := askControl(server, "POST", "/_mock/reset", ""); got.Code != http.StatusOK {
		t.Errorf("after it all: got status %d, want 200", got.Code)
	}
}

// TestWorldsTogether: worlds that requests created give way to one that grows, the least recently used
// first, which is said; those created by name stay, and then what would be too much is refused.
func TestWorldsTogether(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.WorldsTotal = 1 << 20 })
	ticket := func(world string, length int) response {
		t.Helper()
		base := ""
		if world != "default" {
			base = "/w/" + world
		}
		got := d.ask(t, postForm(base+"/api/tickets/create", "customer_id=8&department_slug=sales&subject=S&priority=low&message="+strings.Repeat("x", length)), "plain")
		var journal struct{ Exchanges []mock.Exchange }
		if err := json.Unmarshal(askControl(d.Server, "GET", "/_mock/worlds/"+world+"/journal?limit=1", "").Body.Bytes(), &journal); err != nil || len(journal.Exchanges) != 1 {
			t.Fatalf("journal of world %s: got %d exchanges, error %v; want 1", world, len(journal.Exchanges), err)
		}
		got.entry = journal.Exchanges[0]
		return got
	}
	names := func() string {
		var list struct{ Worlds []struct{ Name string } }
		if err := json.Unmarshal(askControl(d.Server, "GET", "/_mock/worlds", "").Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, w := range list.Worlds {
			all = append(all, w.Name)
		}
		return strings.Join(all, " ")
	}
	create := func(body string) int { return askControl(d.Server, "POST", "/_mock/worlds", body).Code }
	create(`{"name":"kept"}`)
	ticket("kept", 300_000)
	for _, world := range []string{"a", "b", "a"} {
		if got := ticket(world, 200_000); got.status != http.StatusOK || got.entry.Remark != "" {
			t.Fatalf(`%s: got status %d, remark %q; want status 200, remark ""`, world, got.status, got.entry.Remark)
		}
	}
	got := ticket("c", 200_000)
	if got.status != http.StatusOK || names() != "a c default kept" || !strings.Contains(got.entry.Remark, "were forgotten with their journals: b;") {
		t.Fatalf(`got status %d, worlds %s, remark %q; want status 200, names "a c default kept", remark containing "were forgotten with their journals: b;"`, got.status, names(), got.entry.Remark)
	}
	if got := ticket("c", 1); got.entry.Remark != "" {
		t.Errorf(`a second time: got remark %q, want ""`, got.entry.Remark)
	}
	if got := ticket("default", 900_000); got.status != http.StatusInsufficientStorage || names() != "a c default kept" {
		t.Errorf(`more than there is room for: got status %d, worlds %s; want 507, and all of "a c default kept"`, got.status, names())
	} else if v := got.entry.Violations; len(v) != 1 || v[0].Code != "TM-WORLD-FULL" || !strings.Contains(v[0].Message+v[0].Fix, "--worlds-total") || !strings.Contains(v[0].Expected, "1048576 bytes of data in all worlds together") {
		t.Errorf(`got violations %+v; want one TM-WORLD-FULL that names --worlds-total and expects "1048576 bytes of data in all worlds together"`, v)
	}
	if got := ticket("default", 700_000); got.status != http.StatusOK || names() != "default kept" {
		t.Errorf(`got status %d, worlds %s; want status 200, names "default kept"`, got.status, names())
	}
	if got := create(`{"name":"copy","from":"kept"}`); got != http.StatusInsufficientStorage || names() != "default kept" {
		t.Errorf(`a copy: got status %d, worlds %s; want 507, names "default kept"`, got, names())
	}
	if got := create(`{"name":"fresh"}`); got != http.StatusOK {
		t.Errorf("a world as the fixtures: got status %d, want 200", got)
	}
	state := `{"responses":[{"id":1,"ticket_id":1,"user_id":0,"content":"` + strings.Repeat("x", 300_000) + `","created_at":"2026-01-02T15:04:05.000000Z"}]}`
	if got := askControl(d.Server, "PUT", "/_mock/worlds/fresh/state", state); got.Code != http.StatusInsufficientStorage || !strings.Contains(got.Body.String(), "--worlds-total") {
		t.Errorf(`a state: got status %d %s; want status 507, body containing "--worlds-total"`, got.Code, got.Body)
	}
	if got := askControl(d.Server, "DELETE", "/_mock/worlds/kept", ""); got.Code != http.StatusOK {
		t.Fatalf("DELETE world kept: got status %d, want 200", got.Code)
	}
	if got := askControl(d.Server, "PUT", "/_mock/worlds/fresh/state", state); got.Code != http.StatusOK {
		t.Errorf("a state where there is room: got status %d %s; want 200", got.Code, got.Body)
	}
}

// TestManyWorldsGrowAtOnce: worlds that give way to each other do not wait for each other.
func TestManyWorldsGrowAtOnce(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.WorldsTotal = 1 << 20 })
	message := strings.Repeat("x", 100_000)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 50 {
				w := httptest.NewRecorder()
				r := httptest.NewRequest("POST", fmt.Sprintf("http://localhost/w/w%d/api/tickets/create", i), strings.NewReader("customer_id=8&department_slug=sales&subject=S&priority=low&message="+message))
				r.Header.Set("Content-Type", asForm)
				r.Header.Set("Authorization", bearer)
				server.ServeHTTP(w, r)
				if w.Code != http.StatusOK && w.Code != http.StatusInsufficientStorage {
					t.Errorf("POST %s: got status %d: %s; want 200 or 507", r.URL.Path, w.Code, w.Body)
				}
				askControl(server, "POST", "/_mock/worlds", fmt.Sprintf(`{"name":"copy","from":"w%d"}`, i))
				askControl(server, "DELETE", "/_mock/worlds/copy", "")
			}
		})
	}
	all.Wait()
}
