package mock_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
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
		if _, err := io.WriteString(conn, "POST /api/customers/assign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nticaga"[:20+i%50]); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		if got := d.ask(t, get("/api/customers/get/8")); got.status != 200 {
			t.Fatalf("got %d %s, want 200", got.status, got.body)
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
		t.Errorf("%d refused, want 5", refused)
	}
}

// TestWaitingIsBounded: streams of one world, and expectations that wait. Whatever ends makes room.
func TestWaitingIsBounded(t *testing.T) {
	d := newDesk(t, func(o *mock.Options) { o.WorldStreams, o.Waiters = 2, 1 })
	mustWorld(t, d, "blue")
	d.listen(t, "default", "")
	second := d.listen(t, "default", "")
	d.listen(t, "blue", "")
	refused := func() (detail string) {
		w := fromControl(t, d.Server, httptest.NewRequest("GET", "http://localhost/_mock/worlds/default/events", nil))
		if w.Code != http.StatusServiceUnavailable {
			t.Fatalf("got %d %s, want 503", w.Code, w.Body)
		}
		return w.Body.String()
	}
	if detail := refused(); !strings.Contains(detail, "--world-streams") {
		t.Errorf(`got %s, want containing "--world-streams"`, detail)
	}
	second.hangUp()
	for { // until the mock has noticed
		got, err := http.Get(d.url + "/_mock/worlds/default/events")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = got.Body.Close() }()
		if got.StatusCode == http.StatusOK {
			break
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	verify := func(ctx context.Context, expectation string) int {
		w := httptest.NewRecorder()
		d.ServeHTTP(w, httptest.NewRequest("POST", "http://localhost/_mock/verify", strings.NewReader(expectation)).WithContext(ctx))
		return w.Code
	}
	go func() {
		defer close(ended)
		for verify(ctx, `{"operation":"closeTicket","within":"60s"}`) == http.StatusServiceUnavailable { // the other one was quicker
		}
	}()
	for verify(t.Context(), `{"operation":"closeTicket","within":"1ms"}`) != http.StatusServiceUnavailable { // until the first one waits
	}
	if code := verify(t.Context(), `{"operation":"closeTicket"}`); code != http.StatusConflict {
		t.Errorf("verify without within: got status %d, want 409", code)
	}
	cancel()
	<-ended
	if code := verify(t.Context(), `{"operation":"closeTicket","within":"1ms"}`); code != http.StatusConflict {
		t.Errorf("verify after the others: got status %d, want 409", code)
	}
}

// TestMemoryIsBounded: whatever is sent, the journal of a world keeps to its limits, by the
// runtime's own count.
func TestMemoryIsBounded(t *testing.T) {
	const limit, slack = 1 << 20, 3 << 20
	for name, body := range map[string]string{
		"a long text": `{"name":"` + strings.Repeat("x", 900_000) + `"}`,
		"many values": `{"a":[` + strings.Repeat("[],", 150_000) + `[]]}`,
		"many fields": manyFields(30_000),
		"many strays": strings.TrimSuffix(strings.Repeat("x[]=1&", 900), "&"),
		"a large value that another one replaces": "name=x&email=" + strings.Repeat("y", 7<<20) + "&email=z",
		"a large file": "--B\r\nContent-Disposition: form-data; name=name\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=file; filename=f\r\n\r\n" + strings.Repeat("y", 7<<20) + "\r\n--B--\r\n",
		"nested texts": `{"a":` + strings.Repeat(`{"b":"`+strings.Repeat("y", 500)+`","c":`, 400) + `1` + strings.Repeat("}", 401),
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t, func(o *mock.Options) { o.JournalBytes = limit })
			send := func() {
				r := httptest.NewRequest("POST", "http://localhost/api/register", strings.NewReader(body))
				r.Header.Set("Content-Type", asJSON)
				if strings.HasPrefix(body, "--") {
					r.Header.Set("Content-Type", "multipart/form-data; boundary=B")
				} else if strings.HasPrefix(body, "name=") {
					r.Header.Set("Content-Type", asForm)
				}
				server.ServeHTTP(httptest.NewRecorder(), r)
			}
			send()
			before := heap()
			for range 20 {
				send()
			}
			if grown := heap() - before; grown > slack {
				t.Errorf("%d bytes more are in use, the limit is %d; want at most %d", grown, limit, slack)
			}
			runtime.KeepAlive(server)
		})
	}
}

// TestContentLengthReservesNoMemory: memory is allocated as the body arrives, whatever its length claims.
func TestContentLengthReservesNoMemory(t *testing.T) {
	server := newServer(t)
	send := func() {
		r := httptest.NewRequest("POST", "http://localhost/api/register", iotest.ErrReader(io.ErrUnexpectedEOF))
		r.ContentLength = mock.DefaultMaxBody
		server.ServeHTTP(httptest.NewRecorder(), r)
	}
	send()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	send()
	runtime.ReadMemStats(&after)
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
		t.Errorf("%d bytes for a body that did not come, want at most %d", taken, 1<<20)
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
		t.Error("Post(verify within 60s) = no error, want a timeout: it waits")
	}
	// httptest's Close, which ends the test, waits for requests under way.
}

// TestBodiesAreBounded in their fields and their levels, in each form, by PHP's limits or others;
// and a state in its bytes.
func TestBodiesAreBounded(t *testing.T) {
	fields := func(n int, pair, separator string) string {
		return strings.TrimSuffix(strings.Repeat(pair+separator, n), separator)
	}
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	form := func(body string) request { return postForm("/api/tickets/info", "ticket_id=1&"+body) }
	json := func(body string) request { return postJSON("/api/tickets/info", `{"ticket_id":1,`+body+`}`) }
	few := func(o *mock.Options) { o.MaxFields, o.MaxNesting = 5, 3 }
	php := func(*mock.Options) {}
	for _, c := range []struct {
		name    string
		options func(*mock.Options)
		fine    request
		over    request
		code    string
	}{
		{"PHP's fields in a form", php, form(fields(999, "a[]=", "&")), form(fields(1000, "a[]=", "&")), "TM-BODY-TOO-MANY-FIELDS"},
		{"PHP's levels in a form", php, form("a" + strings.Repeat("[b]", 64) + "="), form("a" + strings.Repeat("[b]", 65) + "="), "TM-BODY-DEPTH"},
		{"PHP's levels in JSON", php, json(`"a":` + nested(510)), json(`"a":` + nested(511)), "TM-BODY-DEPTH"},
		{"fields in a form", few, form(fields(4, "a[]=", "&")), form(fields(5, "a[]=", "&")), "TM-BODY-TOO-MANY-FIELDS"},
		{"fields in JSON", few, json(`"a":{"b":1,"c":2},"d":3`), json(`"a":{"b":1,"c":2},"d":3,"e":4`), "TM-BODY-TOO-MANY-FIELDS"},
		{"levels in a form", few, form("a[b][c][d]="), form("a[b][c][d][e]="), "TM-BODY-DEPTH"},
		{"levels in JSON", few, json(`"a":` + nested(2)), json(`"a":` + nested(3)), "TM-BODY-DEPTH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, c.options)
			if got := d.ask(t, c.fine); got.status != 200 {
				t.Errorf("got %d %q, want 200", got.status, codes(got.entry))
			}
			if got := d.ask(t, c.over); got.status != 422 || !slices.Contains(codes(got.entry), c.code) {
				t.Errorf("one more: got %d %q; want status 422, codes with %q", got.status, codes(got.entry), c.code)
			}
		})
	}

	d := newDesk(t, func(o *mock.Options) { o.MaxState = 100 })
	for size, want := range map[int]int{100: 200, 101: 413} {
		state := `{"responses":[]` + strings.Repeat(" ", size-len(`{"responses":[]}`)) + "}"
		r := httptest.NewRequest("PUT", "http://localhost/_mock/worlds/blue/state", strings.NewReader(state))
		if w := fromControl(t, d.Server, r); w.Code != want {
			t.Errorf("a state of %d bytes: got %d %s, want %d", size, w.Code, w.Body, want)
		}
	}
	r := httptest.NewRequest("PUT", "http://localhost/_mock/faults", strings.NewReader("["+strings.Repeat(" ", 1<<20)+"]"))
	if w := fromControl(t, d.Server, r); w.Code != 413 {
		t.Errorf("rules of more than 1 MiB: got %d %s, want 413", w.Code, w.Body)
	}
}
