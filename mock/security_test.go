package mock_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
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

// TestMemoryIsBounded: whatever is sent, the journal of a world keeps to its limits, by the
// runtime's own count.
func TestMemoryIsBounded(t *testing.T) {
	const limit, slack = 1 << 20, 3 << 20
	for name, body := range map[string]string{
		"a long text":  `{"name":"` + strings.Repeat("x", 900_000) + `"}`,
		"many values":  `{"a":[` + strings.Repeat("[],", 150_000) + `[]]}`,
		"many fields":  manyFields(30_000),
		"many strays":  strings.TrimSuffix(strings.Repeat("x[]=1&", 900), "&"),
		"nested texts": `{"a":` + strings.Repeat(`{"b":"`+strings.Repeat("y", 500)+`","c":`, 400) + `1` + strings.Repeat("}", 401),
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, func(o *mock.Options) { o.JournalBytes = limit })
			send := func() {
				r := httptest.NewRequest("POST", "http://localhost/api/register", strings.NewReader(body))
				r.Header.Set("Content-Type", asJSON)
				server.ServeHTTP(httptest.NewRecorder(), r)
			}
			send()
			before := heap()
			for range 20 {
				send()
			}
			if grown := heap() - before; grown > slack {
				t.Errorf("%d bytes more are in use, the limit is %d", grown, limit)
			}
			runtime.KeepAlive(server)
		})
	}
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"f%d":%d,`, i, i)
	}
	return "{" + b.String() + `"z":1}`
}

// heap is how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
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
