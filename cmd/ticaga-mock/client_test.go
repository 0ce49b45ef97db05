package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestForeignServerIsNotAMock: only an answer of the control API counts.
func TestForeignServerIsNotAMock(t *testing.T) {
	desk := mock.Start(t)
	for name, answer := range map[string]http.HandlerFunc{
		"a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>hello") },
		"404":    func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
		"JSON without a sentence": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusTeapot)
		},
		"a redirect to a mock": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, desk.URL+"/_mock/reset", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			foreign := httptest.NewServer(answer)
			defer foreign.Close()
			c := client{url: foreign.URL}
			_, _, err := c.call(t.Context(), http.MethodPost, "/reset", nil)
			if want := "no ticaga-mock answers at " + foreign.URL + ", but another web server, with "; err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v, want an error beginning with %q", err, want)
			}
		})
	}
}

// TestWaitingIsForAMock: for one, and for nothing else that says 200.
func TestWaitingIsForAMock(t *testing.T) {
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	}))
	defer foreign.Close()
	c := client{url: foreign.URL, patience: time.Minute}
	want := "wait: after 20ms: no ticaga-mock answers at " + foreign.URL + ", but another web server"
	if err := c.wait(t.Context(), 20*time.Millisecond); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	c.url = mock.Start(t).URL
	if err := c.wait(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
}

// TestSilentPortTimesOut: the port accepts connections and never answers.
func TestSilentPortTimesOut(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	address := "http://" + silent.Addr().String()
	want := "no mock answers at " + address + " (no answer within 20ms); start one with ticaga-mock, or set --url"
	c := client{url: address, patience: 20 * time.Millisecond}
	if _, _, err := c.call(t.Context(), http.MethodPost, "/reset", nil); err == nil || err.Error() != want {
		t.Errorf("call: got %v, want %s", err, want)
	}
	if _, err := c.listen(t.Context(), ""); err == nil || err.Error() != want {
		t.Errorf("listen: got %v, want %s", err, want)
	}
	if err := c.wait(t.Context(), 50*time.Millisecond); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("wait: got %v, want %s", err, want)
	}
}

// TestFollowingSurvivesARestart: what happens after it is shown too, and an interruption is a
// clean end.
func TestFollowingSurvivesARestart(t *testing.T) {
	var handler atomic.Pointer[http.Handler]
	use := func(h http.Handler) { handler.Store(&h) }
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*handler.Load()).ServeHTTP(w, r) }))
	defer web.Close()
	begin := func() {
		desk, err := mock.New(mock.Options{})
		if err != nil {
			t.Fatal(err)
		}
		use(desk)
	}
	begin()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stdout, toStdout := io.Pipe()
	stderr, toStderr := io.Pipe()
	code := make(chan int, 1)
	go func() { code <- run(ctx, []string{"journal", "--follow", "--url", web.URL}, toStdout, toStderr) }()
	rows, notes := bufio.NewScanner(stdout), bufio.NewScanner(stderr)
	next := func(from *bufio.Scanner, want string) {
		t.Helper()
		if !from.Scan() || !strings.Contains(from.Text(), want) {
			t.Fatalf("got %q, want %q", from.Text(), want)
		}
	}
	ask := func(path string) {
		t.Helper()
		response, err := http.Get(web.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	next(rows, "ID    METHOD  PATH")
	ask("/api/first")
	next(rows, "GET     /api/first")
	use(http.NotFoundHandler()) // as long as there is no mock
	web.CloseClientConnections()
	next(notes, "ticaga-mock: waiting for the mock")
	begin()
	ask("/api/second")
	next(rows, "GET     /api/second")
	cancel()
	if got := <-code; got != exitFine {
		t.Errorf("exit code %d, want %d", got, exitFine)
	}
}
