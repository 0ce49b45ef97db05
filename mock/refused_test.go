package mock_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// goodRequests are all kinds of bodies, each followed by another request on the same connection.
var goodRequests = []string{
	getHead + "\r\n",
	"POST /api/tickets/info HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo-token\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nticket_id=1",
	"POST /api/tickets/info HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo-token\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nb;a=b\r\nticket_id=1\r\n0\r\nX-Sum: 1\r\n\r\n",
	"POST /api/customers/assign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000\r\n\r\n" + strings.Repeat("GET / HTTP/1.1\r\n\r\n......", 1250), // nobody reads a body like that one
	"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
}

// TestRefusedRequestOnAKeptConnection: a refused request is told from those before it when all are sent in a
// single write, byte by byte, or each after the previous response.
func TestRefusedRequestOnAKeptConnection(t *testing.T) {
	const bad = "GET /api/departments/get/100% HTTP/1.1\r\nHost: localhost\r\nX-Last: yes\r\n\r\n"
	for name, send := range map[string]func(t *testing.T, conn net.Conn, answers *bufio.Reader){
		"one write": func(t *testing.T, conn net.Conn, answers *bufio.Reader) {
			_, _ = io.WriteString(conn, strings.Join(goodRequests, "")+bad)
			for range goodRequests {
				readAnswer(t, answers)
			}
		},
		"byte by byte": func(t *testing.T, conn net.Conn, answers *bufio.Reader) {
			go func() {
				all := strings.Join(goodRequests, "") + bad
				for i := range all {
					if _, err := io.WriteString(conn, all[i:i+1]); err != nil {
						return
					}
				}
			}()
			for range goodRequests {
				readAnswer(t, answers)
			}
		},
		"answer by answer": func(t *testing.T, conn net.Conn, answers *bufio.Reader) {
			for _, q := range goodRequests {
				_, _ = io.WriteString(conn, q)
				readAnswer(t, answers)
			}
			_, _ = io.WriteString(conn, bad)
		},
	} {
		t.Run(name, func(t *testing.T) {
			server, address := serving(t)
			conn := dial(t, address, "")
			answers := bufio.NewReader(conn)
			send(t, conn, answers)
			if got := readAnswer(t, answers); got.StatusCode != http.StatusBadRequest || got.Header.Get(mock.ViolationsHeader) != "1" {
				t.Errorf(`got status %d, %v; want status 400, header Ticaga-Mock-Violations "1"`, got.StatusCode, got.Header)
			}
			if _, err := answers.ReadByte(); err != io.EOF {
				t.Errorf("after the refusal: got %v, want %v", err, io.EOF)
			}
			journal := server.Journal()
			if len(journal) != len(goodRequests) { // health is no exchange
				t.Fatalf("%d exchanges: %s, want %d", len(journal), mustJSON(t, journal), len(goodRequests))
			}
			x := journal[0]
			header, expectation := http.Header{"Host": {"localhost"}, "X-Last": {"yes"}}, `,"headers":{"X-Last":"yes"}`
			if name == "byte by byte" && len(x.Request.Header) < len(header) { // net/http refuses the first line before the others come
				header, expectation = x.Request.Header, ""
			}
			if diff := cmp.Diff(header, x.Request.Header); diff != "" || x.Path != "/api/departments/get/100%" || x.Status != 400 || x.World != "default" {
				t.Errorf(`%s %s; got path %q; got status %d; got world %q; want path "/api/departments/get/100%%", status 400, world "default"`, diff, mustJSON(t, x), x.Path, x.Status, x.World)
			}
			if diff := cmp.Diff([]string{"TM-HTTP-TARGET"}, codes(x)); diff != "" {
				t.Error(diff)
			}
			for _, x := range journal[1:] {
				for _, code := range codes(x) {
					if strings.HasPrefix(code, "TM-HTTP-") {
						t.Errorf(`%s %s has %s, want not beginning with "TM-HTTP-"`, x.Method, x.Path, code)
					}
				}
			}
			if err := server.VerifyJSON(t.Context(), `{"method":"GET","path":"/api/departments/get/100%","count":1`+expectation+`}`); err != nil {
				t.Error(err)
			}
		})
	}
}

// readAnswer reads one answer with its body.
func readAnswer(t *testing.T, answers *bufio.Reader) *http.Response {
	t.Helper()
	got, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, got.Body); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestSilentConnectionsAreNotReported: probes, browsers that connect ahead, and line breaks behind a
// body.
func TestSilentConnectionsAreNotReported(t *testing.T) {
	server, address := serving(t)
	for _, sent := range []string{
		"",
		getHead + "\r\n",
		goodRequests[1] + "\r\n",
		goodRequests[1] + "\r\n" + getHead + "\r\n",
		getHead + "Connection: close\r\n\r\nGET /rest",
	} {
		server.Reset()
		conn := dial(t, address, sent)
		if sent == "" {
			_ = conn.(*net.TCPConn).SetLinger(0) // as a probe that is in a hurry
		} else {
			readAnswer(t, bufio.NewReader(conn))
		}
		_ = conn.Close()
		_ = exchangeOf(t, server, address, getHead+"Accept: application/json\r\n\r\n") // after it, on another connection
		for _, x := range server.Journal() {
			for _, v := range x.Violations {
				if strings.HasPrefix(string(v.Code), "TM-HTTP-") {
					t.Errorf(`%q: got %+v, want not beginning with "TM-HTTP-"`, sent, v)
				}
			}
		}
	}
}

// TestTruncatedHeadIsReportedWithoutResponse: the client is gone, or takes too long.
func TestTruncatedHeadIsReportedWithoutResponse(t *testing.T) {
	observed := make(chan mock.Exchange, 1)
	_, address := serving(t, func(o *mock.Options) {
		o.ReadTimeout = 50 * time.Millisecond
		o.Observe = func(x mock.Exchange) { observed <- x }
	})
	for name, end := range map[string]func(net.Conn){
		"takes too long": func(net.Conn) {},
		"reset":          func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			end(dial(t, address, "POST /api/login?password=hunter2 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer hunt"))
			x := <-observed
			if diff := cmp.Diff([]string{"TM-HTTP-REQUEST"}, codes(x)); diff != "" || x.Method != "POST" || x.Violations[0].Got == "" {
				t.Errorf(`%s %s; got method %q; want method "POST", got not empty`, diff, mustJSON(t, x), x.Method)
			}
			if strings.Contains(mustJSON(t, x), "hunt") {
				t.Errorf(`got %s, want without "hunt"`, mustJSON(t, x))
			}
		})
	}
}

// TestRefusalReachesAClientThatIsStillSending: if the connection were closed at once, the refusal would be lost.
func TestRefusalReachesAClientThatIsStillSending(t *testing.T) {
	_, address := serving(t)
	for range 20 {
		conn := dial(t, address, "POST /api/tickets/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: no\r\n\r\n")
		_, _ = io.WriteString(conn, strings.Repeat("x", 100_000))
		if got := readAnswer(t, bufio.NewReader(conn)); got.StatusCode != http.StatusBadRequest {
			t.Errorf("got status %d, want 400", got.StatusCode)
		}
	}
}

// TestRefusalsAreBounded: a client that sends nothing else fills no journal.
func TestRefusalsAreBounded(t *testing.T) {
	server, address := serving(t, func(o *mock.Options) { o.Journal = 5 })
	for range 20 {
		x := exchangeOf(t, server, address, "GET /"+strings.Repeat("a b", 20_000)+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if size := len(mustJSON(t, x)); size > 64<<10 {
			t.Errorf("%d bytes are kept of a refusal, want at most %d", size, 64<<10)
		}
	}
	if n := len(server.Journal()); n != 5 {
		t.Errorf("%d exchanges, want 5", n)
	}
}
