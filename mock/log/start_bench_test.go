package log_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// BenchmarkStart measures how long a mock takes until it is ready that keeps worlds in a file: with the 10,000 tickets of
// the scenario busy and some changes, and with as many tickets that a world was given, beside the default scenario.
func BenchmarkStart(b *testing.B) {
	busy := startFrom(b, filepath.Join(b.TempDir(), "unused.db"), "busy")
	tickets := busy.send(b, "GET", "/_mock/worlds/default/state", "")
	busy.close()
	for name, test := range map[string]struct{ scenario, path, body string }{
		"scenario": {"busy", "/_mock/worlds/own/faults", "[]"},
		"own":      {"", "/_mock/worlds/own/state", tickets},
	} {
		b.Run(name, func(b *testing.B) {
			file := filepath.Join(b.TempDir(), "worlds.db")
			first := startFrom(b, file, test.scenario)
			for range 200 {
				first.send(b, "POST", "/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=blesta")
			}
			first.send(b, "PUT", test.path, test.body)
			first.close()
			for b.Loop() {
				again := startFrom(b, file, test.scenario)
				b.StopTimer()
				again.close()
				b.StartTimer()
			}
		})
	}
}

// started is a mock that keeps its worlds in a file.
type started struct {
	desk *mock.Server
	log  log.Log
}

// startFrom returns a mock when it is ready.
func startFrom(b *testing.B, name, scenario string) started {
	b.Helper()
	l, err := file.Open(name, file.Options{})
	if err != nil {
		b.Fatal(err)
	}
	desk, err := mock.New(mock.Options{Scenario: scenario, Log: l})
	if err != nil {
		b.Fatal(err)
	}
	if err := desk.Ready(b.Context()); err != nil {
		b.Fatal(err)
	}
	return started{desk, l}
}

func (s started) close() {
	_ = s.desk.Close()
	_ = s.log.Close()
}

// send returns the body of the answer, which must be a success.
func (s started) send(b *testing.B, method, path, body string) string {
	b.Helper()
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer demo-token")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.desk.ServeHTTP(w, r)
	if w.Code >= 300 {
		b.Fatalf("%s %s: got status %d, want success: %s", method, path, w.Code, w.Body)
	}
	return w.Body.String()
}
