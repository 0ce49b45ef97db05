// Package control is the second door, /_mock/: it tells what the mock has seen, and never
// touches the API it imitates. [New] is the way in.
package control

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
)

// Prefix is where every path of the control door begins.
const Prefix = "/_mock/"

// About is what /_mock/health tells beside its status.
type About struct {
	Version    string // of the program
	Scenario   string // name or folder of the fixtures
	Operations int    // how many the contract describes
}

// New makes the handler of everything under Prefix.
func New(about About, j *journal.Journal) http.Handler {
	started := time.Now()
	door := http.NewServeMux()
	door.HandleFunc("GET /_mock/health", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{
			"status": "ok", "version": about.Version, "scenario": about.Scenario,
			"operations": about.Operations, "uptime_seconds": int64(time.Since(started).Seconds()),
		})
	})
	door.HandleFunc("GET /_mock/journal", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{"exchanges": j.Last()})
	})
	door.HandleFunc(Prefix, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		reply(w, http.StatusNotFound, map[string]any{
			"title": "there is nothing here", "status": http.StatusNotFound,
			"detail": "the control door has GET /_mock/health and GET /_mock/journal",
		})
	})
	return door
}

func reply(w http.ResponseWriter, status int, body any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body) // the client is gone; there is nobody left to tell
}
