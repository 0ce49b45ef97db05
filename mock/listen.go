package mock

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"syscall"
	"time"
)

// newWeb returns the http.Server behind Serve, with its limits.
func (s *Server) newWeb() *http.Server {
	o := s.options
	web := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: o.ReadTimeout,
		ReadTimeout:       o.ReadTimeout,
		WriteTimeout:      o.WriteTimeout, // handlers of streams and late answers set their own
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    o.MaxHeader,
		ErrorLog:          o.ErrorLog,
		// net/http would answer OPTIONS * itself, with nothing.
		DisableGeneralOptionsHandler: true,
	}
	web.Protocols = new(http.Protocols)
	web.Protocols.SetHTTP1(true)
	web.Protocols.SetHTTP2(true)
	web.Protocols.SetUnencryptedHTTP2(true)
	s.watch.Attach(web)
	return web
}

// Serve answers what comes to a listener of plain TCP or Unix sockets, with HTTP/1.1 or HTTP/2 (with prior knowledge), within the limits of Options, and closes it.
// It returns http.ErrServerClosed after Shutdown or Close, and any other error when the listener
// fails.
func (s *Server) Serve(listener net.Listener) error {
	return s.web.Serve(s.watch.Listener(listener))
}

// ServeTLS is Serve with TLS. It offers HTTP/2 and HTTP/1.1, whatever NextProtos of config says.
func (s *Server) ServeTLS(listener net.Listener, config *tls.Config) error {
	config = config.Clone()
	config.NextProtos = []string{"h2", "http/1.1"}
	return s.web.Serve(s.watch.Secure(listener, config, s.options.ReadTimeout))
}

// Shutdown closes the listeners and waits for the requests in flight, late and slow answers
// included. Whoever waits for an expectation is told at once that the mock is ending, and streams
// of events end. When ctx ends first, Shutdown closes what is left and returns the cause. A server
// cannot be used again after it.
func (s *Server) Shutdown(ctx context.Context) error {
	s.worlds.End()
	s.watch.End()
	defer s.worlds.Close()
	if err := s.web.Shutdown(ctx); err != nil {
		_ = s.web.Close()
		return context.Cause(ctx)
	}
	return nil
}

// Close closes the listeners and every connection at once.
func (s *Server) Close() error {
	s.watch.End()
	defer s.worlds.Close()
	return s.web.Close()
}

// Listen listens on host:port. [::] and an empty host mean every address of the machine.
func Listen(address string) (net.Listener, error) {
	return listen(net.Listen, net.DialTimeout, address)
}

type (
	listenFunc func(network, address string) (net.Listener, error)
	dialFunc   func(network, address string, timeout time.Duration) (net.Conn, error)
)

func listen(listen listenFunc, dial dialFunc, address string) (net.Listener, error) {
	listener, err := listen("tcp", address)
	if err != nil {
		return nil, err
	}
	// Where one socket cannot serve both families, Go takes [::] for 0.0.0.0, which nobody reaches on
	// a machine without IPv4.
	host, _, _ := net.SplitHostPort(address)
	tcp, ok := listener.Addr().(*net.TCPAddr)
	if !ok || host != "" && host != "::" || tcp.IP.To4() == nil || answers(dial, "127.0.0.1", tcp.Port) {
		return listener, nil
	}
	if six, err := listen("tcp6", net.JoinHostPort("::", strconv.Itoa(tcp.Port))); err == nil {
		_ = listener.Close()
		return six, nil
	}
	return listener, nil
}

func answers(dial dialFunc, host string, port int) bool {
	conn, err := dial("tcp", net.JoinHostPort(host, strconv.Itoa(port)), time.Second)
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}

// ListenLoopback listens on a port of this machine alone, 0 for a free one: at 127.0.0.1, or at
// [::1] where the machine has no IPv4.
func ListenLoopback(port int) (net.Listener, error) { return listenLoopback(net.Listen, port) }

func listenLoopback(listen listenFunc, port int) (net.Listener, error) {
	listener, err := listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if !errors.Is(err, syscall.EADDRNOTAVAIL) && !errors.Is(err, syscall.EAFNOSUPPORT) {
		return listener, err
	}
	listener, otherErr := listen("tcp", net.JoinHostPort("::1", strconv.Itoa(port)))
	if otherErr != nil {
		return nil, fmt.Errorf("%w; %w", err, otherErr)
	}
	return listener, nil
}

// BaseURL returns the URL of a listener for a plugin's settings on this machine, without a slash at
// its end. For a listener on every address it is that of the loopback address which answers, and for
// a Unix socket, where the host does not matter, that of localhost.
func BaseURL(address net.Addr) string { return baseURL(net.DialTimeout, address) }

func baseURL(dial dialFunc, address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	switch {
	case !ok:
		return "http://localhost"
	case !tcp.IP.IsUnspecified():
		return "http://" + address.String()
	}
	port := strconv.Itoa(tcp.Port)
	if tcp.IP.To4() != nil {
		return "http://127.0.0.1:" + port
	}
	for _, loopback := range [...]string{"127.0.0.1", "::1"} { // [::] means both, where the machine has both
		if answers(dial, loopback, tcp.Port) {
			return "http://" + net.JoinHostPort(loopback, port)
		}
	}
	return "http://" + net.JoinHostPort("localhost", port)
}
