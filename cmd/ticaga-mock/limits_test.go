package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// startHere runs the command in this process until the test ends, and returns its address.
func startHere(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, stdout := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"--addr", "127.0.0.1:0", "--log-format", "json"}, args...), stdout, io.Discard)
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-ended; code != exitFine {
			t.Errorf("exit code %d, want %d", code, exitFine)
		}
	})
	var ready struct{ URL string }
	if err := json.NewDecoder(reader).Decode(&ready); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(ready.URL, "http://")
}

// TestSlowClientsAreDisconnected: one that never finishes its request, and one that has nothing more
// to ask.
func TestSlowClientsAreDisconnected(t *testing.T) {
	slow := startHere(t, "--read-timeout", "50ms", "--idle-timeout", "1h")
	idle := startHere(t, "--read-timeout", "1h", "--idle-timeout", "50ms")
	for name, c := range map[string]struct{ addr, sent string }{
		"half a header": {slow, "GET /_mock/health HTTP/1.1\r\nHost:"},
		"half a body":   {slow, "POST /api/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nemail="},
		"nothing more":  {idle, "GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := net.Dial("tcp", c.addr)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, c.sent); err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, conn); err != nil { // ends when the server hangs up
				t.Error(err)
			}
			_ = conn.Close()
		})
	}
}

// TestAClientThatNeverReadsIsDisconnected: it asks and asks until the server hangs up, which it does
// when the answers fill what the kernel keeps for a client.
func TestAClientThatNeverReadsIsDisconnected(t *testing.T) {
	conn, err := net.Dial("tcp", startHere(t, "--write-timeout", "100ms"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	asked := 0
	for err == nil {
		_, err = io.WriteString(conn, strings.Repeat("GET /api/customers/get/8 HTTP/1.1\r\nHost: localhost\r\n\r\n", 100))
		asked += 100
	}
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("after %d requests: got %v, want ECONNRESET or EPIPE", asked, err)
	}
}

func TestHeadersAreBounded(t *testing.T) {
	addr := startHere(t, "--max-header", "10000")
	for size, want := range map[int]int{1_000: http.StatusOK, 100_000: http.StatusRequestHeaderFieldsTooLarge} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		go func() { // the server may hang up before it has heard all
			_, _ = fmt.Fprintf(conn, "GET /_mock/health HTTP/1.1\r\nHost: localhost\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", size))
		}()
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || got.StatusCode != want {
			t.Errorf("%d bytes: %v %v, want %d", size, got, err, want)
		}
		_ = conn.Close()
	}
}

// TestLimitsOfBodiesHaveFlags: what they do is tested in package mock.
func TestLimitsOfBodiesHaveFlags(t *testing.T) {
	addr := startHere(t, "--max-body", "60", "--max-fields", "2", "--max-nesting", "1", "--max-state", "20", "--token", "t0ken-of-mine")
	for _, c := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", "/api/tickets/info", "ticket_id=1&a=2", http.StatusOK},
		{"POST", "/api/tickets/info", "ticket_id=1&a=2&b=3", http.StatusUnprocessableEntity},
		{"POST", "/api/tickets/info", "ticket_id=1&a[b]=2", http.StatusOK},
		{"POST", "/api/tickets/info", "ticket_id=1&a[b][c]=2", http.StatusUnprocessableEntity},
		{"POST", "/api/tickets/info", "ticket_id=1&a=" + strings.Repeat("x", 60), http.StatusRequestEntityTooLarge},
		{"PUT", "/_mock/worlds/blue/state", `{"responses":[]}`, http.StatusOK},
		{"PUT", "/_mock/worlds/blue/state", `{"responses":[     ]}`, http.StatusRequestEntityTooLarge},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			r, err := http.NewRequest(c.method, "http://"+addr+c.path, strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer t0ken-of-mine")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = got.Body.Close()
			if got.StatusCode != c.status {
				t.Errorf("%s %s: got status %d, want %d", c.path, c.body, got.StatusCode, c.status)
			}
		})
	}
}

func TestStreamLimitHasAFlag(t *testing.T) {
	addr := startHere(t, "--streams", "1")
	for i, want := range []int{http.StatusOK, http.StatusServiceUnavailable} {
		got, err := http.Get("http://" + addr + "/_mock/worlds/default/events")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = got.Body.Close() }()
		if got.StatusCode != want {
			t.Errorf("stream %d: got status %d, want %d", i+1, got.StatusCode, want)
		}
	}
}
