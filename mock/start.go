package mock

import (
	"net"
	"net/http"
)

// TB is what Start needs of a *testing.T or *testing.B.
type TB interface {
	Helper()
	Fatal(args ...any)
	Cleanup(func())
}

// Running is a server that can be reached.
type Running struct {
	*Server
	URL string // base URL for a plugin's settings, without a slash at its end
}

// Start serves a mock on a free port of loopback until the test ends. At most one Options is
// taken; without one, the defaults are.
func Start(t TB, options ...Options) *Running {
	t.Helper()
	var o Options
	if len(options) > 0 {
		o = options[0]
	}
	server, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: server}
	go func() { _ = web.Serve(listener) }() // it ends with Close
	t.Cleanup(func() { _ = web.Close() })
	return &Running{server, "http://" + listener.Addr().String()}
}
