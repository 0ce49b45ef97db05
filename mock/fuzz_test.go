package mock_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

// Bodies of any kind are FuzzServer's, and FuzzJSON's, FuzzForm's and FuzzMultipart's in package
// body; the contract is FuzzLoad's in package spec. What is left of what people send stands here.

// FuzzPath sends any request target as it comes over the wire, and any text in the place of every
// parameter that a path has. Whatever it is, the answer is JSON, never empty and never status 500,
// and a parameter's value leads to an operation.
func FuzzPath(f *testing.F) {
	f.Add("/api/customers/get/8?a=b;c&%25", "8", "1")
	f.Add("//api//tickets/grab_all/", "0", "00")
	f.Add("http://elsewhere.example/api/departments/1#top", "b%C3%BCro köln", "..")
	f.Add("/api/../api/customers/get/%2e%2E/8", "99999999999999999999", "-1")
	f.Add("*", "joe+doe@example.com", "%00")
	f.Add("/api/tickets/%E2%28%A1?api_token=%zz", "a/b", "?#&=\x00\xff\r\n")
	f.Add("/_mock/journal/../..//", "all", "get")
	var seen mock.Exchange
	server := newServer(f, func(o *mock.Options) { o.Observe = func(x mock.Exchange) { seen = x } })
	f.Fuzz(func(t *testing.T, target, first, second string) {
		fuzzTarget(t, server, target)
		for _, op := range server.Contract().Operations {
			values := []string{first, second}
			params := map[string]string{}
			for i, p := range foreseen[op.ID].params {
				params[p.name] = values[i]
			}
			if op.Method != http.MethodGet || len(params) == 0 {
				continue
			}
			fuzzTarget(t, server, op.URL(params))
			odd := func(value string) bool { return value == "" || strings.Contains(value, "/") }
			if seen.Operation == "" && !slices.ContainsFunc(slices.Collect(maps.Values(params)), odd) {
				t.Errorf("%s with %q: got no operation for %s, status %d; want %s", op.Path, params, seen.Path, seen.Status, op.ID)
			}
		}
	})
}

func fuzzTarget(t *testing.T, server *mock.Server, target string) {
	wire := "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + bearer + "\r\n\r\n"
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire)))
	if err != nil {
		return // no such request can arrive
	}
	w := &kept{discard: discard{header: http.Header{}}}
	server.ServeHTTP(w, r)
	if w.status == http.StatusInternalServerError {
		t.Fatalf("GET %q: got status 500, want another: %s\n%s", target, w.body, server.Journal()[0].Refusal)
	}
	ours := r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/_mock/") // a page for people, and the control API
	if !ours && !json.Valid(w.body) {
		t.Fatalf("GET %q: got status %d, body %q; want JSON", target, w.status, w.body)
	}
}

// kept is an answer whose body matters.
type kept struct {
	discard
	body []byte
}

func (k *kept) Write(p []byte) (int, error) {
	k.body = append(k.body, p...)
	return len(p), nil
}

// FuzzFixtures puts anything in the place of one file of a scenario. Either the error names a
// file, and nothing has changed, or the help desk is one that answers. Server.Load reads as New
// does, and need not read the contract each time.
func FuzzFixtures(f *testing.F) {
	scenario, err := fixtures.Open("guest-tickets") // the smallest that has some of everything
	if err != nil {
		f.Fatal(err)
	}
	names := []string{"customers.json", "departments.json", "responses.json", "staff.json", "tickets.json", "generate.json"}
	files := fstest.MapFS{}
	for i, name := range names {
		raw, err := fs.ReadFile(scenario, name)
		if err == nil { // else there is none, as of generate.json
			files[name] = &fstest.MapFile{Data: raw}
			f.Add(uint8(i), raw)
		}
		for _, data := range []string{"", "null", "[]", "[null]", "{}", "[1", "[] []", `[{"id":1}]`, `[{"id":9007199254740990}]`, "\xff", strings.Repeat("[", 10_000)} {
			f.Add(uint8(i), []byte(data))
		}
	}
	f.Add(uint8(0), []byte(`[{"id":9223372036854775807,"name":"A","email":"a@b","email_verified_at":null,"company":"","phone_number":"","billing_id":"0","billing_system":"","account_manager":"0","biography":"","created_at":"2025-07-01T08:00:00.000000Z","updated_at":"2025-07-01T08:00:00.000000Z"}]`))
	f.Add(uint8(3), []byte(`[{"id":1,"name":"A","email":"a@b","created_at":"2025-07-01T08:00:00.000000Z","tokens":["t","t"]}]`))
	f.Add(uint8(4), []byte(`[{"id":9007199254740990,"customer_id":0,"department_id":1,"subject":"","message":"","status":"open","priority":"none","created_at":"2025-07-01T08:00:00.000000Z"}]`))
	f.Add(uint8(5), []byte(`{"customers":3,"tickets":20,"responses_per_ticket":2}`))
	f.Add(uint8(5), []byte(`{"customers":-1,"tickets":1e2,"responses_per_ticket":0.5}`))
	f.Add(uint8(5), []byte(`{"customers":0,"tickets":4,"responses_per_ticket":4611686018427387904}`))

	server := newServer(f, func(o *mock.Options) { o.Fixtures = files })
	f.Fuzz(func(t *testing.T, file uint8, data []byte) {
		name := names[int(file)%len(names)]
		if name == "generate.json" && takesLong(data) {
			t.Skip("right or wrong, it takes too long")
		}
		changed := maps.Clone(files)
		changed[name] = &fstest.MapFile{Data: data}
		const every = "/api/tickets/grab_all"
		before := askAfterLoad(t, server, "GET", every, nil)
		err := server.Load(changed)
		switch {
		case err == nil:
			answersAll(t, server)
			if err := server.Load(files); err != nil {
				t.Fatal(err)
			}
		case !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(err.Error(), name+": ") }):
			t.Errorf("Load() = %v, want an error that begins with a file's name", err)
		case !bytes.Equal(before, askAfterLoad(t, server, "GET", every, nil)):
			t.Errorf("Load() = %v: got other data, want it unchanged", err)
		}
	})
}

// takesLong: as many as a million customers or tickets may be asked for.
func takesLong(data []byte) bool {
	var plan struct{ Customers, Tickets, ResponsesPerTicket float64 }
	_ = json.Unmarshal([]byte(strings.ReplaceAll(string(data), "_", "")), &plan)
	for _, number := range []float64{plan.Customers, plan.Tickets, plan.Tickets * plan.ResponsesPerTicket} {
		if number > 1000 && number <= 1e7 {
			return true
		}
	}
	return false
}

// answersAll sends every example of the contract, and looks at every ticket.
func answersAll(t *testing.T, server *mock.Server) {
	for _, ticket := range listOf(decodeAny(askAfterLoad(t, server, "GET", "/api/tickets/grab_all", nil))) {
		askAfterLoad(t, server, "GET", fmt.Sprintf("/api/tickets/get/%v/%v", ticket["user_id"], ticket["id"]), nil)
		askAfterLoad(t, server, "GET", fmt.Sprintf("/api/responses/get/%v", ticket["id"]), nil)
		askAfterLoad(t, server, "GET", fmt.Sprintf("/api/customers/get/%v", ticket["user_id"]), nil)
	}
	for _, op := range server.Contract().Operations {
		for _, example := range op.Examples() {
			askAfterLoad(t, server, op.Method, op.URL(example.Params), example.Body)
		}
	}
}

// askAfterLoad asks with whatever credentials there are now.
func askAfterLoad(t *testing.T, server *mock.Server, method, path string, fields row) []byte {
	_, token := server.Credentials()
	c := call{method: method, path: path, header: http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {asJSON}}}
	if fields != nil {
		c.body = string(encodeAny(fields))
	}
	status, body := serve(server, c)
	if status == http.StatusInternalServerError || !json.Valid(body) {
		t.Fatalf("got %s\n%d %s\n%s; want status other than 500, valid JSON", c, status, body, server.Journal()[0].Refusal)
	}
	return body
}
