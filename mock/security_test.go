package mock_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestAThousandSlowConnections: clients that send half a request and wait do not keep others
// from being answered.
func TestAThousandSlowConnections(t *testing.T) {
	d := newDesk(t)
	addr := strings.TrimPrefix(d.url, "http://")
	for i := range 1000 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatalf("connection %d: %v", i, err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := io.WriteString(conn, "POST /api/customers/assign HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nticaga"[:20+i%50]); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		if got := d.ask(t, get("/api/customers/get/8")); got.status != 200 {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
}

// TestEventsAreAStream follows the journal, loses the line, and goes on where it was.
func TestEventsAreAStream(t *testing.T) {
	d := newDesk(t)
	listen := func(last string) (*bufio.Reader, func()) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", d.url+"/_mock/worlds/default/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		if last != "" {
			r.Header.Set("Last-Event-ID", last)
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil || got.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatal(got, err)
		}
		return bufio.NewReader(got.Body), func() { _ = got.Body.Close() }
	}
	next := func(r *bufio.Reader) (id, data string) {
		t.Helper()
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if value, ok := strings.CutPrefix(line, "id: "); ok {
				id = strings.TrimSpace(value)
			}
			if value, ok := strings.CutPrefix(line, "data: "); ok {
				return id, value
			}
		}
	}
	d.ask(t, get("/api/customers/get/1")) // before anybody listens
	stream, hangUp := listen("")
	d.ask(t, get("/api/customers/get/2"))
	if id, data := next(stream); id != "2" || !strings.Contains(data, "/api/customers/get/2") {
		t.Errorf("%s %s", id, data)
	}
	hangUp()
	d.ask(t, get("/api/customers/get/3"))
	d.ask(t, get("/api/customers/get/4"))
	stream, hangUp = listen("2")
	defer hangUp()
	for _, want := range []string{"3", "4"} {
		if id, data := next(stream); id != want || !strings.Contains(data, "/api/customers/get/"+want) {
			t.Errorf("%s %s", id, data)
		}
	}
	d.ask(t, get("/api/customers/get/5"))
	if id, _ := next(stream); id != "5" {
		t.Errorf("got %s", id)
	}
}

// TestStreamsAreBounded: listeners beyond the limit are told so.
func TestStreamsAreBounded(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.Streams = 3 })
	refused := 0
	for range 8 {
		r, err := http.NewRequestWithContext(t.Context(), "GET", d.url+"/_mock/worlds/default/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = got.Body.Close() }()
		if got.StatusCode == http.StatusServiceUnavailable {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d refused", refused)
	}
}

// TestMemoryIsBounded: whatever is sent, the journal of a world keeps to its limits.
func TestMemoryIsBounded(t *testing.T) {
	server := newServer(t, func(o *mock.Options) { o.Journal, o.JournalBytes = 50, 100_000 })
	body := `{"name":"` + strings.Repeat("x", 60_000) + `"}`
	for i := range 200 {
		r := httptest.NewRequest("POST", fmt.Sprintf("http://localhost/api/register?%d", i), strings.NewReader(body))
		r.Header.Set("Content-Type", asJSON)
		server.ServeHTTP(httptest.NewRecorder(), r)
	}
	kept := server.Journal()
	size := 0
	for _, x := range kept {
		size += len(x.Request.Body)
	}
	if len(kept) > 50 || size > 100_000 {
		t.Errorf("%d exchanges, %d bytes", len(kept), size)
	}
}

// TestWaitingEndsWithTheClient: a verify that waits does not outlive who asked.
func TestWaitingEndsWithTheClient(t *testing.T) {
	d := newDesk(t)
	client := &http.Client{Timeout: 200 * time.Millisecond}
	if _, err := client.Post(d.url+"/_mock/verify", asJSON, strings.NewReader(`{"operation":"closeTicket","within":"60s"}`)); err == nil {
		t.Error("it should have waited")
	}
	// httptest's Close, which ends the test, waits for requests under way.
}
