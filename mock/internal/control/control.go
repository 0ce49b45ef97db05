// Package control is the second door, /_mock/: it tells what the mock has seen and lets tests
// arrange it. It never touches the API that is imitated.
//
// [New] is the way in, openapi.yaml beside this file describes every operation. Answers are
// JSON, errors problem+json (RFC 9457). No code, template or path of a file can be set over it.
package control

import (
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Prefix is where every path of the control door begins.
const Prefix = "/_mock/"

// OpenAPI describes the door.
//
//go:embed openapi.yaml
var OpenAPI []byte

// Settings are what the door opens to.
type Settings struct {
	Version  string // of the program
	Scenario string // name of the fixtures
	Contract *spec.Contract
	Worlds   *world.Worlds
	Load     func(*world.World, fs.FS) error // replaces a world's state by fixtures
	Token    string                          // asked for as a Bearer token; "" for none
	Streams  int                             // how many clients may listen to events at once
	Hosts    []string                        // names that requests may have as their Host, without a token
}

// most bounds a request's body in bytes: a state can be large.
const most = 64 << 20

type door struct {
	Settings
	started time.Time
	streams atomic.Int64 // clients that listen to events
}

// problem is an error that knows its status.
type problem struct {
	status int
	detail string
	more   map[string]any // further members of the answer
}

func (p *problem) Error() string { return p.detail }

func problemf(status int, format string, args ...any) error {
	return &problem{status: status, detail: fmt.Sprintf(format, args...)}
}

// New makes the handler of everything under Prefix.
func New(s Settings) http.Handler {
	d := &door{Settings: s, started: time.Now()}
	routes := http.NewServeMux()
	for pattern, handle := range d.routes() {
		routes.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, handle) })
	}
	return routes
}

// handler answers with a value to be encoded, or an error; with neither, it has written.
type handler func(http.ResponseWriter, *http.Request) (any, error)

func (d *door) routes() map[string]handler {
	return map[string]handler{
		"GET /_mock/health":                               d.health,
		"GET /_mock/ready":                                d.health,
		"GET /_mock/{$}":                                  d.reference,
		"GET /_mock/openapi.yaml":                         d.description,
		"GET /_mock/explain/{code}":                       d.explain,
		"GET /_mock/worlds":                               d.listWorlds,
		"POST /_mock/worlds":                              d.createWorld,
		"GET /_mock/worlds/{w}":                           d.getWorld,
		"DELETE /_mock/worlds/{w}":                        d.deleteWorld,
		"POST /_mock/worlds/{w}/reset":                    d.resetWorld,
		"GET /_mock/worlds/{w}/state":                     d.getState,
		"PUT /_mock/worlds/{w}/state":                     d.putState,
		"GET /_mock/worlds/{w}/snapshots":                 d.listSnapshots,
		"GET /_mock/worlds/{w}/snapshots/{name}":          d.getSnapshot,
		"POST /_mock/worlds/{w}/snapshots/{name}":         d.createSnapshot,
		"DELETE /_mock/worlds/{w}/snapshots/{name}":       d.deleteSnapshot,
		"POST /_mock/worlds/{w}/snapshots/{name}/restore": d.restoreSnapshot,
		"GET /_mock/worlds/{w}/clock":                     d.getClock,
		"PUT /_mock/worlds/{w}/clock":                     d.putClock,
		"GET /_mock/worlds/{w}/journal":                   d.listJournal,
		"DELETE /_mock/worlds/{w}/journal":                d.deleteJournal,
		"GET /_mock/worlds/{w}/journal/{id}":              d.getExchange,
		"GET /_mock/worlds/{w}/events":                    d.events,
		"POST /_mock/worlds/{w}/verify":                   d.verify,
		"GET /_mock/worlds/{w}/faults":                    d.getFaults,
		"PUT /_mock/worlds/{w}/faults":                    d.putFaults,
		"DELETE /_mock/worlds/{w}/faults":                 d.deleteFaults,
		"GET /_mock/journal":                              d.listJournal,
		"DELETE /_mock/journal":                           d.deleteJournal,
		"GET /_mock/journal/{id}":                         d.getExchange,
		"POST /_mock/reset":                               d.resetWorld,
		"POST /_mock/verify":                              d.verify,
		"GET /_mock/faults":                               d.getFaults,
		"PUT /_mock/faults":                               d.putFaults,
		"DELETE /_mock/faults":                            d.deleteFaults,
		Prefix: func(_ http.ResponseWriter, r *http.Request) (any, error) {
			return nil, problemf(http.StatusNotFound, "the control door has no %s %.100q; /_mock/openapi.yaml describes it", r.Method, r.URL.Path)
		},
	}
}

// serve guards one request, lets it be handled and writes the answer, unless the handler has
// written one itself and returns nothing.
func (d *door) serve(w http.ResponseWriter, r *http.Request, handle handler) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	err := d.guard(r)
	var answer any
	if err == nil {
		r.Body = http.MaxBytesReader(w, r.Body, most)
		answer, err = handle(w, r)
	}
	var p *problem
	switch {
	case errors.As(err, &p):
	case err != nil:
		p = &problem{status: http.StatusBadRequest, detail: err.Error()}
	case answer == nil:
		return
	}
	if p == nil {
		writeJSON(w, "application/json", http.StatusOK, answer)
		return
	}
	body := map[string]any{"type": "about:blank", "title": http.StatusText(p.status), "status": p.status, "detail": p.detail}
	for name, value := range p.more {
		body[name] = value
	}
	writeJSON(w, "application/problem+json", p.status, body)
}

func writeJSON(w http.ResponseWriter, contentType string, status int, body any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body) // the client is gone; there is nobody left to tell
}

// guard keeps web pages out: one that somebody has open could otherwise reach a mock on
// loopback, by its address or by a name that it makes stand for it.
func (d *door) guard(r *http.Request) error {
	if d.Token != "" {
		sent, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if subtle.ConstantTimeCompare([]byte(sent), []byte(d.Token)) == 0 && r.URL.Path != "/_mock/health" {
			return problemf(http.StatusUnauthorized, "the control door asks for its token: Authorization: Bearer CONTROL-TOKEN")
		}
	} else if !d.trusted(r.Host) {
		return problemf(http.StatusForbidden, "the Host %.100q is none that the control door knows; use the address that the server printed, or name it with --control-host", r.Host)
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host != r.Host {
			return problemf(http.StatusForbidden, "the Origin %.100q is another one than the mock's", origin)
		}
	}
	return nil
}

// trusted: an attacker's page can choose a name, but neither localhost nor an address.
func (d *door) trusted(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	return name == "localhost" || net.ParseIP(name) != nil || slices.Contains(d.Hosts, name)
}

func (d *door) health(http.ResponseWriter, *http.Request) (any, error) {
	return map[string]any{
		"status": "ok", "version": d.Version, "scenario": d.Scenario,
		"operations": len(d.Contract.Operations), "worlds": len(d.Worlds.List()),
		"uptime_seconds": int64(time.Since(d.started).Seconds()),
	}, nil
}

func (d *door) description(w http.ResponseWriter, _ *http.Request) (any, error) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(OpenAPI)
	return nil, nil
}

// world is the one that the path names, or the default one of the short paths.
func (d *door) world(r *http.Request) (*world.World, error) {
	name := r.PathValue("w")
	if name == "" {
		name = world.Default
	}
	found, ok := d.Worlds.Find(name)
	if !ok {
		return nil, problemf(http.StatusNotFound, "there is no world %.70q; it is made by the first request to it, or by POST /_mock/worlds", name)
	}
	return found, nil
}

// decode reads JSON strictly.
func decode(from io.Reader, target any) error {
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return bodyProblem(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return problemf(http.StatusBadRequest, "something follows the JSON value")
	}
	return nil
}

func bodyProblem(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problemf(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	return problemf(http.StatusBadRequest, "the body: %s", strings.TrimPrefix(err.Error(), "json: "))
}
