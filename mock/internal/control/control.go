// Package control is the second door, /_mock/: it tells what the mock has seen and lets tests
// arrange it. It never touches the API that is imitated.
//
// [New] is the way in, openapi.yaml beside this file describes every operation. Answers are
// JSON, errors problem+json (RFC 9457). No code, template or path of a file can be set over it.
package control

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
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
	Load     func(*world.World, map[string]json.RawMessage) error // replaces lists of a world's state, by noun
	Token    string                                               // asked for as a Bearer token; "" for none
	Streams  int                                                  // how many clients may listen to events at once
	InWorld  int                                                  // how many of them to the same world
	Waiters  int                                                  // how many requests may wait for an expectation at once
	Flight   *flight.Budget                                       // of bodies and answers
	MaxState int64                                                // how many bytes a state may have
	Hosts    []string                                             // names that requests may have as their Host, without a token
}

// most bounds every other request's body, in bytes.
const most = 1 << 20

type door struct {
	Settings
	mux     *http.ServeMux
	started time.Time
	streams streams
	waiting atomic.Int64 // requests that wait for an expectation
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

// New makes the handler of everything that Leads to the door.
func New(s Settings) http.Handler {
	d := &door{Settings: s, started: time.Now(), mux: http.NewServeMux()}
	d.streams.most, d.streams.mostInWorld = s.Streams, s.InWorld
	for pattern, handle := range d.routes() {
		d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, handle) })
	}
	return d
}

// Leads reports whether a path leads to the door. As in the API, needless slashes are none.
func Leads(path string) bool {
	rest := strings.TrimLeft(path, "/")
	return strings.HasPrefix(path, "/") && (rest == "_mock" || strings.HasPrefix(rest, "_mock/"))
}

// ServeHTTP hands the mux a path that it does not redirect: it would before anybody has asked
// for the token, and /_mock/worlds/../reset would be another one's reset.
func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments := strings.FieldsFunc(r.URL.Path, func(c rune) bool { return c == '/' })
	if slices.Contains(segments, ".") || slices.Contains(segments, "..") {
		d.serve(w, r, func(http.ResponseWriter, *http.Request) (any, error) {
			return nil, problemf(http.StatusNotFound, "a path with . or .. in it leads nowhere")
		})
		return
	}
	inside := *r
	inside.URL = &url.URL{Path: "/" + strings.Join(segments, "/"), RawQuery: r.URL.RawQuery}
	if len(segments) == 1 {
		inside.URL.Path = Prefix
	}
	d.mux.ServeHTTP(w, &inside)
}

// handler answers with a value to be encoded, or an error; with neither, it has written.
type handler func(http.ResponseWriter, *http.Request) (any, error)

// inWorld is a handler of something that every world has.
type inWorld func(*world.World, http.ResponseWriter, *http.Request) (any, error)

func (d *door) routes() map[string]handler {
	routes := map[string]handler{
		"GET /_mock/health":         d.health,
		"GET /_mock/ready":          d.health,
		"GET /_mock/{$}":            d.reference,
		"GET /_mock/openapi.yaml":   d.description,
		"GET /_mock/explain":        d.listCodes,
		"GET /_mock/explain/{code}": d.explain,
		"GET /_mock/worlds":         d.listWorlds,
		"POST /_mock/worlds":        d.createWorld,
		Prefix:                      d.nothing,

		"POST /_mock/verify":            d.verify,
		"POST /_mock/worlds/{w}/verify": d.verify,
	}
	for path, handle := range map[string]inWorld{
		"GET ":                           getWorld,
		"DELETE ":                        d.deleteWorld,
		"GET /state":                     getState,
		"PUT /state":                     d.putState,
		"GET /snapshots":                 listSnapshots,
		"GET /snapshots/{name}":          getSnapshot,
		"POST /snapshots/{name}":         createSnapshot,
		"DELETE /snapshots/{name}":       deleteSnapshot,
		"POST /snapshots/{name}/restore": restoreSnapshot,
		"GET /clock":                     getClock,
		"PUT /clock":                     putClock,
		"GET /events":                    d.events,
	} {
		method, rest, _ := strings.Cut(path, " ")
		routes[method+" /_mock/worlds/{w}"+rest] = d.in(handle)
	}
	for path, handle := range map[string]inWorld{ // those that have a short path for the default world
		"GET /journal":      listJournal,
		"DELETE /journal":   deleteJournal,
		"GET /journal/{id}": getExchange,
		"POST /reset":       resetWorld,
		"GET /faults":       getFaults,
		"PUT /faults":       d.putFaults,
		"DELETE /faults":    deleteFaults,
		"GET /settings":     getSettings,
		"PUT /settings":     putSettings,
		"DELETE /settings":  deleteSettings,
	} {
		method, rest, _ := strings.Cut(path, " ")
		routes[method+" /_mock/worlds/{w}"+rest] = d.in(handle)
		routes[method+" /_mock"+rest] = d.in(handle)
	}
	return routes
}

// in finds the world that the path names; a short path means the default one. PUT creates it, since
// it says what there is to be: a test has no call to make beforehand. Nothing else does.
func (d *door) in(handle inWorld) handler {
	return func(w http.ResponseWriter, r *http.Request) (any, error) {
		name := worldName(r)
		found, there := d.Worlds.Find(name)
		if r.Method != http.MethodPut {
			if !there {
				return nil, notFound(name)
			}
			return handle(found, w, r)
		}
		found, err := d.Worlds.Keep(name)
		if err != nil {
			return nil, noWorld(err)
		}
		answer, err := handle(found, w, r)
		if err != nil && !there && found.Journal.LastID() == 0 {
			d.Worlds.Delete(name) // what is refused creates nothing
		}
		return answer, err
	}
}

// worldName is the name of the world that a path is about.
func worldName(r *http.Request) string { return cmp.Or(r.PathValue("w"), world.Default) }

// notFound is the problem that there is no world of a name.
func notFound(name string) error {
	if err := world.CheckName(name); err != nil {
		return noWorld(err)
	}
	return problemf(http.StatusNotFound, "there is no world %.70q; POST /_mock/worlds, a PUT below its path or a request with good credentials creates it; other requests to it are in the journal of the default world", name)
}

// noWorld is the problem that no world can be made.
func noWorld(err error) error {
	switch {
	case errors.As(err, new(*world.NameError)):
		return problemf(http.StatusUnprocessableEntity, "%v", err)
	case errors.As(err, new(*world.LimitError)):
		return problemf(http.StatusServiceUnavailable, "%v", err)
	case errors.As(err, new(*world.ThereError)):
		return problemf(http.StatusConflict, "%v", err)
	case errors.As(err, new(*store.FullError)):
		return problemf(http.StatusInsufficientStorage, "%v", err)
	}
	return err
}

// nothing is what no route takes: a wrong method, or a path that is not there.
func (d *door) nothing(w http.ResponseWriter, r *http.Request) (any, error) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		asked := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := d.mux.Handler(asked); pattern != Prefix {
			allowed = append(allowed, method)
		}
	}
	if allowed != nil {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return nil, nil
		}
		return nil, problemf(http.StatusMethodNotAllowed, "%.100q does not take %.20q; it takes %s", r.URL.Path, r.Method, strings.Join(allowed, ", "))
	}
	near := "GET /_mock/ describes what there is"
	if contract, err := contract(); err == nil {
		if o := inspect.Nearest(contract, r.Method, r.URL.Path); o != nil {
			near = fmt.Sprintf("did you mean %s %s?", o.Method, o.Path)
		}
	}
	return nil, problemf(http.StatusNotFound, "the control door has no %.100q; %s", r.URL.Path, near)
}

// contract is the door's own, read when somebody has lost the way.
var contract = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(OpenAPI) })

// serve guards one request, lets it be handled and writes the answer, unless the handler has
// written one itself and returns nothing.
func (d *door) serve(w http.ResponseWriter, r *http.Request, handle handler) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	share := d.Flight.Share()
	defer share.Release()
	err := d.guard(r)
	var answer any
	if err == nil {
		limit, weight := int64(most), int64(1)
		if strings.HasSuffix(r.URL.Path, "/state") {
			limit, weight = d.MaxState, 3 // it is decoded beside
		}
		r.Body = share.Reader(r.Context(), http.MaxBytesReader(w, r.Body, limit), weight)
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
		if p = writeJSON(w, r, share, "application/json", http.StatusOK, answer); p == nil {
			return
		}
	}
	if p.status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	writeJSON(w, r, share, "application/problem+json", p.status, d.redactor().Fields(problemBody(p)))
}

// redactor keeps tokens out of answers that repeat what was sent.
func (d *door) redactor() redact.Redactor {
	w, _ := d.Worlds.Find(world.Default) // it is always there
	return w.Redactor()
}

// writeJSON writes an answer. A problem means that it has written nothing.
func writeJSON(w http.ResponseWriter, r *http.Request, share *flight.Share, contentType string, status int, body any) *problem {
	text := flight.NewText(share, "  ")
	if err := text.Add(r.Context(), body); errors.Is(err, flight.ErrSpent) {
		return spent
	} else if err != nil {
		return &problem{status: http.StatusInternalServerError, detail: "ticaga-mock is at fault, please report it: " + err.Error()}
	}
	text.WriteByte('\n')
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(text.Bytes()) // the client is gone; there is nobody left to tell
	return nil
}

// spent is the problem that a request has no room beside those in flight.
var spent = &problem{status: http.StatusServiceUnavailable, detail: "the bodies and answers in flight take all the memory that they may; try again, or let --max-in-flight allow more"}

func problemBody(p *problem) map[string]any {
	body := map[string]any{"type": "about:blank", "title": http.StatusText(p.status), "status": p.status, "detail": p.detail}
	maps.Copy(body, p.more)
	return body
}

// guard keeps web pages out: one that somebody has open could otherwise reach a mock on
// loopback, by its address or by a name that it makes stand for it.
func (d *door) guard(r *http.Request) error {
	if d.Token != "" {
		if !d.hasToken(r.Header.Get("Authorization")) && r.URL.Path != "/_mock/health" {
			return problemf(http.StatusUnauthorized, "the control door asks for its token: Authorization: Bearer CONTROL-TOKEN")
		}
	} else if !KnownHost(r.Host, d.Hosts) {
		return problemf(http.StatusForbidden, "the Host %.100q is none that the control door knows; use the address that the server printed, or name it with --control-host", r.Host)
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || !strings.EqualFold(u.Host, r.Host) {
			return problemf(http.StatusForbidden, "the Origin %.100q is another one than the mock's", origin)
		}
	}
	return fromOwnPage(r.Header)
}

// fromOwnPage refuses what a browser sends for a page that is not the mock's own, be it on another
// port of the same machine: a link, a form and an embedded page too. Other clients do not send
// these headers.
func fromOwnPage(h http.Header) error {
	for _, site := range h["Sec-Fetch-Site"] {
		if site != "same-origin" && site != "none" {
			return problemf(http.StatusForbidden, "the request is from a page of another site or port (Sec-Fetch-Site: %.20q); open the address itself", site)
		}
	}
	for _, dest := range h["Sec-Fetch-Dest"] {
		if dest != "document" && dest != "empty" { // empty is for scripts
			return problemf(http.StatusForbidden, "the control API cannot be embedded in a page (Sec-Fetch-Dest: %.20q); open the address itself", dest)
		}
	}
	return nil
}

// hasToken takes as long for a wrong token as for a nearly right one.
func (d *door) hasToken(authorization string) bool {
	scheme, token, _ := strings.Cut(authorization, " ")
	same := subtle.ConstantTimeCompare([]byte(strings.TrimSpace(token)), []byte(d.Token)) == 1
	return same && strings.EqualFold(scheme, "Bearer")
}

// KnownHost reports whether a Host header is localhost or a name below it, an IP address, or one of some names, which
// are as HostName returns them. A web page can make a name of its own lead to this machine, but
// none of these.
func KnownHost(host string, names []string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = canonicalHost(strings.Trim(name, "[]"))
	return name == "localhost" || strings.HasSuffix(name, ".localhost") || net.ParseIP(name) != nil || slices.Contains(names, name)
}

// HostName returns a name of a host as KnownHost takes it: neither case nor a dot at its end
// distinguishes names. The error says that it cannot be one.
func HostName(name string) (string, error) {
	canonical := canonicalHost(name)
	if canonical == "" || strings.ContainsFunc(canonical, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("*/:@?#", r) }) {
		return "", fmt.Errorf("%q must be a name without a port, a wildcard or spaces, such as ticaga.example", name)
	}
	return canonical, nil
}

func canonicalHost(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func (d *door) health(http.ResponseWriter, *http.Request) (any, error) {
	return map[string]any{
		"status": "ok", "version": d.Version, "scenario": d.Scenario,
		"operations": len(d.Contract.Operations), "worlds": len(d.Worlds.List()),
		"uptime_seconds": int64(time.Since(d.started).Seconds()),
	}, nil
}

// decode reads JSON strictly.
func decode(from io.Reader, target any) error {
	raw, err := readText(from)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return bodyProblem(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return problemf(http.StatusBadRequest, "something follows the JSON value")
	}
	return nil
}

// readText reads a body, and refuses what is not UTF-8.
func readText(from io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(from)
	if err != nil {
		return nil, bodyProblem(err)
	}
	if raw, err = jsontext.Clean(raw); err != nil {
		return nil, problemf(http.StatusBadRequest, "the body: %v", err)
	}
	return raw, nil
}

func bodyProblem(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problemf(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", large.Limit)
	}
	var mistyped *json.UnmarshalTypeError
	var unreachable net.Error
	switch {
	case errors.Is(err, flight.ErrSpent):
		return spent
	case errors.Is(err, io.EOF):
		return problemf(http.StatusBadRequest, "the body is empty; send JSON")
	case errors.As(err, &mistyped):
		return problemf(http.StatusBadRequest, "the body: %s has the wrong type: %s", cmp.Or(mistyped.Field, "the whole"), mistyped.Value)
	case errors.As(err, &unreachable):
		return problemf(http.StatusRequestTimeout, "the body did not come to its end")
	}
	return problemf(http.StatusBadRequest, "the body: %s", strings.TrimPrefix(err.Error(), "json: "))
}
