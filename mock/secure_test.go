package mock_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// transports are the ways to reach a mock, each with the version of HTTP that it ends up with.
func transports(t *testing.T, server *mock.Server) map[string]transport {
	t.Helper()
	pair, roots := testCertificate(t)
	overTLS := func(protos func(*http.Protocols)) transport {
		listener, err := mock.ListenLoopback(0)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = server.ServeTLS(listener, &tls.Config{Certificates: []tls.Certificate{pair}}) }()
		return transport{"https://" + listener.Addr().String(), client(&tls.Config{RootCAs: roots}, nil, protos)}
	}
	plain := func(protos func(*http.Protocols)) transport {
		listener, err := mock.ListenLoopback(0)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _ = server.Serve(listener) }()
		return transport{"http://" + listener.Addr().String(), client(nil, nil, protos)}
	}
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	return map[string]transport{
		"HTTP/1.1":           plain(func(p *http.Protocols) { p.SetHTTP1(true) }),
		"HTTP/2.0":           plain(func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) }),
		"HTTP/1.1, TLS":      overTLS(func(p *http.Protocols) { p.SetHTTP1(true) }),
		"HTTP/2.0, TLS":      overTLS(func(p *http.Protocols) { p.SetHTTP2(true) }),
		"HTTP/1.1, a socket": {"http://localhost", client(nil, dialSocket(socket), func(p *http.Protocols) { p.SetHTTP1(true) })},
		"HTTP/2.0, a socket": {"http://localhost", client(nil, dialSocket(socket), func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })},
	}
}

type transport struct {
	url    string
	client *http.Client
}

// dialFunc makes a connection.
type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

func dialSocket(path string) dialFunc {
	return func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
}

func client(secure *tls.Config, dial dialFunc, choose func(*http.Protocols)) *http.Client {
	protos := new(http.Protocols)
	choose(protos)
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: secure, DialContext: dial, Protocols: protos}}
}

// testCertificate returns a certificate for loopback, and who trusts it.
func testCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	made := httptest.NewUnstartedServer(nil)
	made.StartTLS()
	defer made.Close()
	roots := x509.NewCertPool()
	roots.AddCert(made.Certificate())
	return made.TLS.Certificates[0], roots
}

// TestEveryTransport: requests are answered, recorded and explained in the same way, whatever carries them.
func TestEveryTransport(t *testing.T) {
	server, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("each", func(t *testing.T) { // which ends when all have
		for name, over := range transports(t, server) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for i := range 3 { // on one connection
					status, proto, body, err := over.assign(t, "")
					if err != nil || status != 200 || !strings.HasPrefix(name, proto) || !strings.Contains(body, "true") {
						t.Errorf("request %d: got status %d, %s, body %s, error %v; want 200 over %s", i, status, proto, body, err, name)
					}
				}
				for fault, isBroken := range map[string]func(error) bool{
					"reset":    func(err error) bool { return isReset(err, name) },
					"truncate": func(err error) bool { return err != nil },
					"slow":     func(err error) bool { return err == nil },
				} {
					if _, _, _, err := over.assign(t, "fault="+fault); !isBroken(err) || errors.Is(err, http.ErrHandlerTimeout) {
						t.Errorf("fault %s: got error %v", fault, err)
					}
				}
				if status, _, _, err := over.assign(t, ""); status != 200 || err != nil {
					t.Errorf("after the faults: got status %d, error %v; want 200", status, err)
				}
			})
		}
	})
	done := make(chan error, 1)
	go func() { done <- server.Shutdown(t.Context()) }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("Shutdown did not end within 20s, with connections that are idle")
	}
}

// isReset reports whether an error is that of a connection that was reset. Only TCP can be, and a stream of HTTP/2 just
// ends; Windows has an error of its own.
func isReset(err error, over string) bool {
	if runtime.GOOS == "windows" || strings.HasPrefix(over, "HTTP/2") || strings.HasSuffix(over, "a socket") {
		return err != nil
	}
	return errors.Is(err, syscall.ECONNRESET)
}

func (over transport) assign(t *testing.T, prefer string) (status int, proto, body string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, over.url+"/api/customers/assign",
		strings.NewReader("ticaga_id=8&billing_id=42&billing_system=blesta"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+mock.DefaultToken)
	r.Header.Set("Accept", "application/json")
	if prefer != "" {
		r.Header.Set("Prefer", prefer)
	}
	got, err := over.client.Do(r)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = got.Body.Close() }()
	read, err := io.ReadAll(got.Body)
	return got.StatusCode, got.Proto, string(read), err
}

// TestRefusedOverTLS: what net/http refuses by itself is an exchange with TLS too, and so is a request without TLS.
func TestRefusedOverTLS(t *testing.T) {
	for name, c := range map[string]struct {
		secure     bool
		sent, code string
		status     int
		want       string // in the message
	}{
		"a broken request":     {true, "GET /api/departments/get/100% HTTP/1.1\r\nHost: a\r\n\r\n", "TM-HTTP-TARGET", 400, ""},
		"plain HTTP":           {false, "GET /api/customers/get/8 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer demo-token\r\n\r\n", "TM-HTTP-TLS", 400, "the client speaks plain HTTP"},
		"a part of it":         {false, "POST /api", "TM-HTTP-TLS", 400, "the client speaks plain HTTP"},
		"plain HTTP/2":         {false, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "TM-HTTP-TLS", 400, "the client speaks plain HTTP"},
		"the control API":      {false, "GET /_mock/health HTTP/1.1\r\nHost: a\r\n\r\n", "", 400, ""},
		"not HTTP or TLS":      {false, "\x05\x01\x00\x01\x02\x03", "", 0, ""},
		"a port that is tried": {false, "", "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			seen := make(chan mock.Exchange, 1)
			server, err := mock.New(mock.Options{Observe: func(x mock.Exchange) { seen <- x }})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = server.Close() }()
			listener, err := mock.ListenLoopback(0)
			if err != nil {
				t.Fatal(err)
			}
			pair, roots := testCertificate(t)
			go func() { _ = server.ServeTLS(listener, &tls.Config{Certificates: []tls.Certificate{pair}}) }()
			conn, err := net.Dial("tcp", listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			if c.secure {
				conn = tls.Client(conn, &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"})
			}
			if _, err := io.WriteString(conn, c.sent); err != nil {
				t.Fatal(err)
			}
			if half, ok := conn.(interface{ CloseWrite() error }); ok {
				_ = half.CloseWrite()
			}
			status := 0
			if answer, err := http.ReadResponse(bufio.NewReader(conn), nil); err == nil {
				status = answer.StatusCode
			}
			_ = conn.Close()
			if status != c.status {
				t.Errorf("got status %d, want %d", status, c.status)
			}
			if c.code == "" {
				return
			}
			var x mock.Exchange
			select {
			case x = <-seen:
			case <-time.After(10 * time.Second):
				t.Fatal("got no exchange within 10s, want one")
			}
			if len(x.Violations) == 0 || string(x.Violations[0].Code) != c.code || !strings.Contains(x.Violations[0].Message, c.want) || x.Status != c.status {
				t.Errorf("got %d %+v, want %s about %q", x.Status, x.Violations, c.code, c.want)
			}
		})
	}
}

// TestHandshakesThatHang end with the server, and do not keep others waiting.
func TestHandshakesThatHang(t *testing.T) {
	server, err := mock.New(mock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := mock.ListenLoopback(0)
	if err != nil {
		t.Fatal(err)
	}
	pair, roots := testCertificate(t)
	go func() { _ = server.ServeTLS(listener, &tls.Config{Certificates: []tls.Certificate{pair}}) }()
	var silent []net.Conn
	for range 20 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		silent = append(silent, conn)
	}
	over := transport{"https://" + listener.Addr().String(), client(&tls.Config{RootCAs: roots}, nil, func(p *http.Protocols) { p.SetHTTP1(true) })}
	if status, _, _, err := over.assign(t, ""); status != 200 {
		t.Errorf("beside silent clients: got status %d, error %v; want 200", status, err)
	}
	over.client.CloseIdleConnections()
	if err := server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
	for _, conn := range silent {
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a silent client after Shutdown: got %v, want the end of the connection", err)
		}
	}
}
