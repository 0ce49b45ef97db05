package mock

// TB has the methods of *testing.T, *testing.B and *testing.F that Start needs.
type TB interface {
	Helper()
	Fatal(args ...any)
	Failed() bool
	Logf(format string, args ...any)
	Cleanup(func())
}

// Running is a Server that listens.
type Running struct {
	*Server
	URL string // base URL for a plugin's settings, without a slash at its end
}

// Start serves a mock on a free port of the loopback interface until the test ends. When the test fails, its
// log shows what was wrong with its requests. Start accepts at most one Options; without it, the
// defaults apply.
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
	listener, err := ListenLoopback(0)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }() // until Close
	t.Cleanup(func() {
		_ = server.Close()
		if t.Failed() {
			server.logViolations(t)
		}
	})
	return &Running{server, BaseURL(listener.Addr())}
}

// logViolations logs the violations in the journals of all worlds.
func (s *Server) logViolations(t TB) {
	for _, w := range s.worlds.List() {
		for _, x := range w.Journal.Since(0) {
			for _, v := range x.Violations {
				if v.Allowed {
					continue
				}
				t.Logf("ticaga-mock: %s %s %d: %s %s: %s; %s", x.Method, x.Path, x.Status, v.Severity, v.Code, v.Message, v.Fix)
			}
		}
	}
}
