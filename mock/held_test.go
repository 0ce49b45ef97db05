package mock_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestJournalSizeMatchesItsContent sends bodies of every kind until the journal is full, and compares
// the heap with its bound.
func TestJournalSizeMatchesItsContent(t *testing.T) {
	const bound = 4 << 20
	pairs := func(n int, pair string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(pair, i)
		}
		return strings.Join(all, "&")
	}
	for name, q := range map[string]request{
		"JSON of 15 kB":   postJSON("/api/tickets/info", `{"ticket_id":1,"x":"`+strings.Repeat("x", 15_000)+`"}`),
		"a form of 15 kB": postForm("/api/tickets/info", "ticket_id=1&x="+strings.Repeat("x", 15_000)),
		"many fields":     postForm("/api/tickets/info", pairs(900, "field%d=1")),
		"nested fields":   postForm("/api/tickets/info", pairs(200, "a[%[1]d][b][c]=%[1]d")),
		"nested JSON":     postJSON("/api/tickets/info", `{"ticket_id":1,"x":[`+strings.Repeat(`{"a":{"b":1}},`, 500)+`1]}`),
		"empty pairs":     postForm("/api/tickets/info", "ticket_id=1&x=y"+strings.Repeat("&", 1_000_000)),
		"nothing":         get("/api/customers/get/8"),
		"violations":      postJSON("/api/tickets/create", `{"a":1,"b":2,"c":3,"d":[],"e":{}}`),
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, func(o *mock.Options) { o.Journal, o.JournalBytes = 1_000_000, bound })
			send := func() {
				header := http.Header{"Authorization": {bearer}, "Accept": {asJSON}}
				if q.contentType != "" {
					header.Set("Content-Type", q.contentType)
				}
				status, body := serve(server, call{method: q.method, path: q.path, header: header, body: q.body})
				if status == 0 || status >= 500 {
					t.Fatalf("got status %d: %s; want status other than 0, status below 500", status, body)
				}
			}
			for range 3 {
				send()
			}
			before := heap()
			for server.Journal()[0].ID < 6000 && askDropped(t, server) == 0 {
				for range 20 {
					send()
				}
			}
			if held := heap() - before; held > bound*11/10 {
				t.Errorf("%d bytes are held by %d exchanges, more than the bound of %d; want at most %d", held, len(server.Journal()), bound, bound*11/10)
			}
			runtime.KeepAlive(server)
		})
	}
}

func askDropped(t *testing.T, server http.Handler) float64 {
	t.Helper()
	var n float64
	if _, err := fmt.Sscanf(strings.Split(askControl(server, "GET", "/_mock/journal?limit=0", "").Body.String(), `"dropped": `)[1], "%g", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestJournalsOfAllWorldsAreBounded: the world that nobody asked for drops first, and says so.
func TestJournalsOfAllWorldsAreBounded(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.JournalTotal = 200_000 })
	send := func(world string, n int) {
		for range n {
			d.ask(t, postForm("/w/"+world+"/api/tickets/info", "ticket_id=1&x="+strings.Repeat("x", 8_000)), "plain")
		}
	}
	send("one", 3)
	send("two", 20)
	one := askControl(d.Server, "GET", "/_mock/worlds/one/journal", "").Body.String()
	if !strings.Contains(one, `"dropped": 2`) || strings.Count(one, `"id": `) != 1 {
		t.Errorf("got %.2000s; want 2 dropped, and one exchange", one)
	}
	if two := askControl(d.Server, "GET", "/_mock/worlds/two/journal?limit=0", "").Body.String(); strings.Contains(two, `"dropped": 0`) {
		t.Errorf(`got %s, want some dropped: twenty of 30 kB are more than the limit`, two)
	}
}
