package mock_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// longLists is a help desk in which a customer has 3,000 tickets, each reply of the first being long.
func longLists(t testing.TB, change ...func(*mock.Options)) *desk {
	var tickets, replies []string
	for id := 1; id <= 3000; id++ {
		tickets = append(tickets, fmt.Sprintf(`{"id":%d,"customer_id":0,"department_id":1,"subject":"S%d <&> \u2028","message":"M","status":"open","priority":"low","public_email":"j@example.com","created_at":"2026-01-02T15:04:05.000000Z"}`, id, id))
	}
	for id := 1; id <= 300; id++ {
		replies = append(replies, fmt.Sprintf(`{"id":%d,"ticket_id":1,"user_id":0,"content":%q,"created_at":"2026-01-02T15:04:05.000000Z"}`, id, strings.Repeat(fmt.Sprint(id%10), 50*id)))
	}
	files := fstest.MapFS{
		"departments.json": {Data: []byte(`[{"id":1,"department_name":"D","department_description":"","slug":"sales","is_public":1,"is_disabled":0,"allows_high_priority":1}]`)},
		"tickets.json":     {Data: []byte("[" + strings.Join(tickets, ",") + "]")},
		"responses.json":   {Data: []byte("[" + strings.Join(replies, ",") + "]")},
	}
	return newDesk(t, append(change, func(o *mock.Options) { o.Fixtures = files })...)
}

// TestLongArraysAreComplete: a list that is encoded as it is written has every row, and the journal has
// its beginning.
func TestLongArraysAreComplete(t *testing.T) {
	d := longLists(t, func(o *mock.Options) { o.MaxInFlight = 100_000 }) // far less than the lists have
	for path, want := range map[string]int{
		"/api/tickets/grab_all": 3000, "/api/tickets/userticketsbyemail/j@example.com": 3000, "/api/tickets/all/sales": 3000, "/api/responses/1": 300,
	} {
		got := d.ask(t, get(path))
		var rows []map[string]any
		if err := json.Unmarshal([]byte(got.body), &rows); err != nil || len(rows) != want {
			t.Fatalf("%s: got %d rows, %v, want %d", path, len(rows), err, want)
		}
		for i, row := range rows {
			if row["id"] != float64(i+1) {
				t.Fatalf("%s: row %d is %v, want %v", path, i, row["id"], float64(i+1))
			}
		}
		if kept := got.entry.Response; !kept.Truncated || !strings.HasPrefix(got.body, kept.Body) || len(kept.Body) < 10_000 {
			t.Errorf("%s: the journal has %d bytes, truncated %v; want truncated true, a beginning of the body of at least 10000 bytes", path, len(kept.Body), kept.Truncated)
		}
	}
	replies := d.ask(t, postForm("/api/responses/get", "ticket_id=1"))
	if n := len(field(t, replies.body, "responses").([]any)); n != 300 {
		t.Errorf("%d replies, want 300", n)
	}
	if head := d.ask(t, request{method: "HEAD", path: "/api/tickets/grab_all"}); head.status != 200 || head.body != "" {
		t.Errorf(`HEAD: got status %d, %d bytes; want status 200, body ""`, head.status, len(head.body))
	}
}

// TestFaultsInLongArrays as short ones are.
func TestFaultsInLongArrays(t *testing.T) {
	d := longLists(t)
	whole := d.ask(t, get("/api/tickets/grab_all")).body
	for fault, wrong := range map[string]func(body []byte, err error) bool{
		"delay=1":        func(body []byte, err error) bool { return err != nil || string(body) != whole },
		"fault=truncate": func(body []byte, err error) bool { return err == nil || len(body) != len(whole)/2 },
	} {
		got, body, err := d.send(t, request{method: "GET", path: "/api/tickets/grab_all", header: http.Header{"Prefer": {fault}}})
		if got == nil || got.ContentLength != int64(len(whole)) || wrong(body, err) {
			t.Errorf("%s: got response %v, %d bytes, error %v; want Content-Length %d, and the fault", fault, got, len(body), err, len(whole))
		}
	}
}

// TestTooMuchInFlight: what there is no room for is refused with an explanation, and changes
// nothing; what is small is answered as ever.
func TestTooMuchInFlight(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.MaxInFlight = 200_000 })
	before := stateOf(t, d.Server)
	long := strings.Repeat("x", 300_000)
	for name, q := range map[string]request{
		"a form": postForm("/api/responses/create", "ticket_number=1&user_id=1&content="+long),
		"JSON":   postJSON("/api/responses/create", `{"ticket_number":1,"user_id":1,"content":"`+long+`"}`),
		"values": postJSON("/api/tickets/info", `{"ticket_id":1,"x":[`+strings.Repeat("1,", 20_000)+`1]}`),
	} {
		t.Run(name, func(t *testing.T) {
			got := d.ask(t, q)
			if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" || fmt.Sprint(codes(got.entry)) != "[TM-IN-FLIGHT]" {
				t.Errorf(`got status %d, %v, %v; want status 503, header Retry-After not empty, codes "[TM-IN-FLIGHT]"`, got.status, got.header, codes(got.entry))
			}
		})
	}
	if got := askControl(d.Server, "PUT", "/_mock/worlds/default/state", `{"tickets":[],"responses":[]`+strings.Repeat(" ", 200_000)+`}`); got.Code != http.StatusServiceUnavailable || got.Header().Get("Retry-After") == "" {
		t.Errorf("a state: got status %d: %s; want status 503, header Retry-After not empty", got.Code, got.Body)
	}
	if stateOf(t, d.Server) != before {
		t.Error("refused requests: got another state, want it unchanged")
	}
	for range 100 { // as much as that has no room at once, one after the other
		if got := d.ask(t, postForm("/api/responses/create", "ticket_number=1&user_id=1&content="+long[:50_000])); got.status != http.StatusOK {
			t.Fatalf("got status %d: %s, want 200", got.status, got.body)
		}
	}
}

// TestStalledUploads: stalled uploads use the budget and no more. Small requests are still answered.
func TestStalledUploads(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.MaxInFlight = 1 << 20 })
	listening := httptest.NewServer(server)
	defer listening.Close()
	before := heap()
	for range 50 {
		conn, err := net.Dial("tcp", listening.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := io.WriteString(conn, "POST /api/tickets/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n"+strings.Repeat("x", 500_000)); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		got, err := listening.Client().Get(listening.URL + "/_mock/health")
		if err != nil || got.StatusCode != http.StatusOK {
			t.Fatalf("got %v %v, want 200", got, err)
		}
		_ = got.Body.Close()
	}
	if held := heap() - before; held > 8<<20 {
		t.Errorf("%d bytes are held for 25 MB of uploads, want at most %d", held, 8<<20)
	}
}
