package log_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// BenchmarkStart measures how long a mock takes until it is ready that keeps worlds in a file: one with the 10,000
// tickets of the scenario busy and some changes, and one that was given as many tickets of its own.
func BenchmarkStart(b *testing.B) {
	name := filepath.Join(b.TempDir(), "worlds.db")
	start := func() (*mock.Server, func()) {
		l, err := file.Open(name, file.Options{})
		if err != nil {
			b.Fatal(err)
		}
		desk, err := mock.New(mock.Options{Scenario: "busy", Log: l})
		if err != nil {
			b.Fatal(err)
		}
		if err := desk.Ready(b.Context()); err != nil {
			b.Fatal(err)
		}
		return desk, func() {
			_ = desk.Close()
			_ = l.Close()
		}
	}
	desk, end := start()
	send := func(method, path, body string) string {
		r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer demo-token")
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		w := httptest.NewRecorder()
		desk.ServeHTTP(w, r)
		if w.Code >= 300 {
			b.Fatalf("%s %s: got status %d, want success: %s", method, path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	for range 200 {
		send("POST", "/api/customers/assign", "ticaga_id=8&billing_id=42&billing_system=blesta")
	}
	send("PUT", "/_mock/worlds/own/state", send("GET", "/_mock/worlds/default/state", ""))
	end()
	for b.Loop() {
		_, end := start()
		b.StopTimer()
		end()
		b.StartTimer()
	}
}
