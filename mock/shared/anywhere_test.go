package shared_test

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/cluster"
	"github.com/ticaga-mock/ticaga-mock/mock/log/nats"
)

// three starts three servers that share a log.
func three(t *testing.T, change ...func(*mock.Options)) []*replica {
	t.Helper()
	return replicas(t, cluster.Start(t, 1, cluster.Options{}), 3, nats.Config{}, change...)
}

// TestAnywhere does one thing after the other through one of three servers, and finds it in the answers of the others.
func TestAnywhere(t *testing.T) {
	t.Parallel()
	servers := three(t)
	const world, api = "/_mock/worlds/blue", "/w/blue/api/"
	for n, step := range []struct {
		server             int
		method, path, body string
		status             int
		want               string // in the answer
	}{
		{0, "POST", "/_mock/worlds", `{"name":"blue"}`, 200, `"name": "blue"`},
		{1, "GET", "/_mock/worlds", "", 200, `"blue"`},
		{2, "POST", "/_mock/worlds", `{"name":"blue"}`, 409, "already exists"},

		{0, "PUT", world + "/settings", `{"created":201}`, 200, ""},
		{1, "POST", api + "register", `{"name":"N","email":"n@example.com","password":"x"}`, 201, `"id":9003`},
		{2, "GET", api + "customers/get/9003", "", 200, "n@example.com"},
		{1, "DELETE", world + "/settings", "", 200, ""},
		{2, "POST", api + "register", `{"name":"N","email":"n@example.com","password":"x"}`, 422, "taken"},
		{2, "POST", api + "register", `{"name":"N","email":"m@example.com","password":"x"}`, 200, `"id":9004`},

		{0, "PUT", world + "/faults", `[{"operation":"getCustomer","status":500,"times":2}]`, 200, ""},
		{1, "GET", api + "customers/get/8", "", 500, ""},
		{2, "GET", api + "customers/get/8", "", 500, ""},
		{0, "GET", api + "customers/get/8", "", 200, ""},
		{1, "GET", world + "/faults", "", 200, `"hits": 2`},

		{0, "PUT", world + "/clock", `{"now":"2026-01-01T00:00:00Z","still":true}`, 200, ""},
		{1, "GET", world + "/clock", "", 200, "2026-01-01T00:00:00Z"},
		{1, "PUT", world + "/settings", `{"rate_limit":2}`, 200, ""},
		{0, "GET", api + "customers/get/8", "", 200, ""},
		{1, "GET", api + "customers/get/8", "", 200, ""},
		{2, "GET", api + "customers/get/8", "", 429, ""},
		{2, "PUT", world + "/settings", `{"rate_limit":0}`, 200, ""},
		{2, "POST", api + "customers/assign", `{"ticaga_id":8,"billing_id":"4242","billing_system":"blesta"}`, 200, ""},
		{0, "GET", api + "customers/get/8", "", 200, `"updated_at":"2026-01-01T00:00:00.000000Z"`},

		{0, "POST", world + "/snapshots/s", "", 200, ""},
		{1, "POST", world + "/reset", "", 200, ""},
		{2, "GET", world + "/journal", "", 200, `"exchanges": []`},
		{0, "GET", api + "customers/get/8", "", 200, `"billing_id":"0"`},
		{1, "POST", world + "/snapshots/s/restore", "", 200, ""},
		{2, "GET", api + "customers/get/8", "", 200, `"billing_id":"4242"`},

		{1, "POST", "/_mock/worlds", `{"name":"green","from":"blue"}`, 200, ""},
		{2, "GET", "/w/green/api/customers/get/8", "", 200, `"billing_id":"4242"`},
		{0, "POST", "/w/green/api/customers/assign", `{"ticaga_id":8,"billing_id":"4343","billing_system":"blesta"}`, 200, ""},
		{0, "GET", api + "customers/get/8", "", 200, `"billing_id":"4242"`},

		{2, "POST", world + "/customers", `{"email":"row@example.com","name":"Row"}`, 201, ""},
		{0, "GET", world + "/customers", "", 200, "row@example.com"},
		{1, "GET", world + "/fixtures.zip", "", 200, "PK"},
		{1, "PUT", world + "/state", `{"customers":[],"tickets":[],"responses":[]}`, 200, ""},
		{2, "GET", api + "customers/get/8", "", 401, ""},
		{0, "POST", world + "/pact/provider-states", `{"state":"customer 8 exists","action":"setup"}`, 200, ""},
		{1, "GET", api + "customers/get/8", "", 200, `"id":8`},
		{2, "GET", world + "/pact?consumer=my-plugin", "", 200, "interactions"},

		{2, "DELETE", world, "", 200, ""},
		{0, "GET", world, "", 404, ""},
		{1, "GET", api + "customers/get/8", "", 200, `"billing_id":"0"`},
		{2, "GET", world + "/journal", "", 200, `"id": 1`},
	} {
		got := send(step.method, servers[step.server].URL+step.path, step.body)
		if got.status != step.status || !strings.Contains(got.body, step.want) {
			t.Errorf("step %d: %s %s: got %d %.300s, want %d and %q", n, step.method, step.path, got.status, got.body, step.status, step.want)
		}
	}
}

// TestChanceAnywhere: a fault of some probability applies to the same requests, whichever servers answer them.
func TestChanceAnywhere(t *testing.T) {
	t.Parallel()
	servers := three(t)
	alone := mock.Start(t)
	const rule = `[{"operation":"getCustomer","status":500,"probability":0.5}]`
	send("PUT", servers[0].URL+"/_mock/faults", rule)
	send("PUT", alone.URL+"/_mock/faults", rule)
	var got, want []int
	for n := range 30 {
		got = append(got, send("GET", servers[n%3].URL+"/api/customers/get/8", "").status)
		want = append(want, send("GET", alone.URL+"/api/customers/get/8", "").status)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// TestWaitAnywhere waits for requests, and reads events, through other servers than the one that answers.
func TestWaitAnywhere(t *testing.T) {
	t.Parallel()
	servers := three(t)
	send("GET", servers[0].URL+"/w/blue/api/customers/get/8", "")
	stream, err := client.Get(servers[1].URL + "/_mock/worlds/blue/events")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Body.Close() }()
	verified := make(chan answer, 1)
	go func() {
		verified <- send("POST", servers[2].URL+"/_mock/worlds/blue/verify", `{"operation":"assignBillingId","body":{"ticaga_id":8},"at_least":20,"within":"60s"}`)
	}()
	var got answer
	for n := 0; got.status == 0; n++ { // so that it waits for some of them, and they come from each other server
		send("POST", servers[n%2].URL+"/w/blue/api/customers/assign", `{"ticaga_id":8,"billing_id":"4242","billing_system":"blesta"}`)
		select {
		case got = <-verified:
		default:
		}
	}
	if got.status != http.StatusOK {
		t.Errorf("verify: got %d %s, want 200", got.status, got.body)
	}
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: ") && strings.Contains(lines.Text(), "customers/assign") {
			return
		}
	}
	t.Errorf("events: got the end of the stream, %v; want the exchange", lines.Err())
}

// TestLimitsAnywhere: the number of worlds is limited over all servers, and a world that nobody uses is forgotten by all.
func TestLimitsAnywhere(t *testing.T) {
	t.Parallel()
	servers := three(t, func(o *mock.Options) { o.Worlds, o.WorldTTL = 3, 3*time.Second })
	for n := range 6 {
		if got := ask(servers[n%3].URL, operation{world: fmt.Sprint("w", n), kind: customer}); got.status != http.StatusOK {
			t.Fatalf("got %v, want 200", got)
		}
		for _, s := range servers {
			if got := send("GET", s.URL+"/_mock/worlds", ""); strings.Count(got.body, `"name":`) > 3 {
				t.Errorf("got %s, want at most 3 worlds", got.body)
			}
		}
	}
	for _, s := range servers {
		if !cluster.Wait(func() bool { return strings.Count(send("GET", s.URL+"/_mock/worlds", "").body, `"name":`) == 1 }) {
			t.Error("got worlds that nobody uses, want only the default one")
		}
	}
	if got := ask(servers[1].URL, operation{world: "w5", kind: customer}); got.status != http.StatusOK {
		t.Errorf("got %v, want a new world", got)
	}
}
