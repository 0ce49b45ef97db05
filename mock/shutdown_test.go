package mock_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// serving is a server behind Serve, with its limits.
func serving(t testing.TB, change ...func(*mock.Options)) (*mock.Server, string) {
	t.Helper()
	server := newServer(t, change...)
	listener, err := mock.ListenLoopback(0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serving ended: got %v, want %v", err, http.ErrServerClosed)
		}
	})
	return server, listener.Addr().String()
}

// dial opens a connection and sends what is given.
func dial(t *testing.T, address, sent string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, sent); err != nil {
		t.Fatal(err)
	}
	return conn
}

func readLine(t *testing.T, from *bufio.Reader, want string) {
	t.Helper()
	if line, err := from.ReadString('\n'); line != want {
		t.Fatalf("got %q, want %q: %v", line, want, err)
	}
}

const getHead = "GET /api/customers/get/8 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo-token\r\n"

// TestShutdownFinishesRequestsInFlight: late and slow ones too. Whoever waits is told that nobody
// can wait any longer, and clients that have sent nothing hold nobody up.
func TestShutdownFinishesRequestsInFlight(t *testing.T) {
	observed := make(chan mock.Exchange, 2) // once the wait begins
	server, address := serving(t, func(o *mock.Options) { o.Observe = func(x mock.Exchange) { observed <- x } })
	late := dial(t, address, getHead+"Prefer: delay=500\r\n\r\n")
	slow := dial(t, address, getHead+"Prefer: fault=slow\r\n\r\n")
	var waiting []*bufio.Reader
	for _, path := range []string{"/_mock/verify", "/_mock/worlds/not-made-yet/verify"} {
		conn := dial(t, address, "POST "+path+" HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 42\r\n\r\n")
		results := bufio.NewReader(conn)
		readLine(t, results, "HTTP/1.1 100 Continue\r\n") // it is being answered
		readLine(t, results, "\r\n")
		_, _ = io.WriteString(conn, `{"operation":"closeTicket","within":"60s"}`)
		waiting = append(waiting, results)
	}
	stream := dial(t, address, "GET /_mock/worlds/default/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
	silent := dial(t, address, "")
	half := dial(t, address, "GET /api/customers/get/8 HTTP/1.1\r\nHost: loc")
	<-observed
	<-observed
	events := bufio.NewReader(stream)
	readLine(t, events, "HTTP/1.1 200 OK\r\n") // it has begun
	ended := make(chan error, 1)
	go func() { ended <- server.Shutdown(context.Background()) }()

	for name, conn := range map[string]net.Conn{"late": late, "slow": slow} {
		t.Run(name, func(t *testing.T) {
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), `"id":8`) {
				t.Errorf(`got status %d, %v: %s; want status 200, body containing "id":8`, response.StatusCode, err, body)
			}
		})
	}
	for _, results := range waiting {
		response, err := http.ReadResponse(results, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusServiceUnavailable || !strings.Contains(string(body), "the mock is ending") {
			t.Errorf(`a waiting verify: got status %d, %v: %s; want status 503, body containing "the mock is ending"`, response.StatusCode, err, body)
		}
	}
	for name, rest := range map[string]io.Reader{"events": events, "silent": silent, "half": half} {
		t.Run(name, func(t *testing.T) {
			_, err := io.Copy(io.Discard, rest)
			unread := name != "events" && errors.Is(err, syscall.ECONNRESET) // nobody has read yet what came on it
			if err != nil && !unread {
				t.Error(err)
			}
		})
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestShutdownEndsWithItsContext: a request that takes longer is broken off.
func TestShutdownEndsWithItsContext(t *testing.T) {
	observed := make(chan mock.Exchange, 1)
	server, address := serving(t, func(o *mock.Options) { o.Observe = func(x mock.Exchange) { observed <- x } })
	late := dial(t, address, getHead+"Prefer: delay=20000\r\n\r\n")
	<-observed
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
	}
	if answer, _ := io.ReadAll(late); len(answer) > 0 {
		t.Errorf("got %q, want no answer", answer)
	}
}

// TestShutdownEndsVerify: also one of this process.
func TestShutdownEndsVerify(t *testing.T) {
	server, _ := serving(t)
	if err := server.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := server.VerifyJSON(t.Context(), `{"operation":"closeTicket","within":"60s"}`)
	if err == nil || !strings.Contains(err.Error(), "the mock is ending") {
		t.Errorf(`got %v, want an error containing "the mock is ending"`, err)
	}
	if err := server.VerifyJSON(t.Context(), `{"operation":"closeTicket","count":0}`); err != nil {
		t.Errorf("what needs no waiting: %v", err)
	}
}
