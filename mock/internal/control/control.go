// Package control is the control API: HTTP below /_mock/, with which tests and people inspect and
// configure the mock. It decodes requests, calls the package that does the work (world, fault, verify,
// settings, explain) and encodes the result. Requests to it never reach the API that is imitated.
//
// [New] returns its handler; openapi.yaml in this folder describes every operation. Bodies are the types
// of package traffic in JSON. Errors are application/problem+json (RFC 9457), see [traffic.Problem].
package control

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/contracts/record"
	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/console"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/packed"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Prefix is where every path of the control API begins.
const Prefix = "/_mock/"

// What probes ask, without a token.
const (
	healthPath = Prefix + "health"
	readyPath  = Prefix + "ready"
)

// OpenAPI describes the control API.
var OpenAPI = sync.OnceValue(func() []byte { return packed.Read("mock/internal/control/openapi.yaml") })

// Settings are what the control API serves, and its limits.
type Settings struct {
	Version  string                // of the program
	Scenario string                // its name
	Contract func() *spec.Contract // the present one
	Worlds   *world.Worlds
	Token    string         // required as a Bearer token; "" for none
	Hosts    []string       // names that are accepted as the Host of requests, when there is no token
	Streams  int            // max clients that read events
	InWorld  int            // max clients that read the events of one world
	Flight   *flight.Budget // memory of bodies and answers
	MaxState int64          // max size of a state, in bytes
	Schemes  []string       // by which the API accepts credentials: "basic", "bearer", "header"; none if it requires none

	// Reload reads the files again that the server was started with. The error is traffic.ErrNothingToReload, traffic.ErrNotReloadable, or says
	// what is wrong with them.
	Reload func() (traffic.Reload, error)

	// Record returns a pact of exchanges in the order in which they came. The options choose the consumer, the version
	// and perhaps a single exchange.
	Record func(exchanges []traffic.Exchange, o record.Options) (pact []byte, leftOut []record.LeftOut, err error)
}

// maxBody is the max size of all other bodies, in bytes.
const maxBody = 1 << 20

type api struct {
	Settings
	mux     *http.ServeMux
	started time.Time
	streams streams

	sessions sessions
	checks   atomic.Pointer[checks]
}

// New returns the handler for all requests that Owns reports true for.
func New(s Settings) http.Handler {
	a := &api{Settings: s, started: time.Now(), mux: http.NewServeMux()}
	if s.Worlds.Logged() && s.Token != "" { // a load balancer may send a browser to any of the servers that share a log
		key := sha256.Sum256([]byte("session " + s.Token))
		a.sessions.key = key[:]
	}
	a.streams.max, a.streams.maxInWorld = s.Streams, s.InWorld
	for pattern, handle := range a.routes() {
		a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, handle) })
	}
	return a
}

// Owns reports whether a path belongs to the control API: it begins with _mock, or with the base URL of a
// world and then _mock. As in the imitated API, extra slashes make no difference.
func Owns(path string) bool {
	if !strings.Contains(path, "_mock") || !strings.HasPrefix(path, "/") { // nearly always
		return false
	}
	segments := split(path)
	return len(segments) > 0 && segments[0] == "_mock" || belowWorld(segments)
}

// belowWorld reports whether a path is below the base URL of a world, such as /w/blue/_mock/reset, which
// means /_mock/worlds/blue/reset: a test that knows the base URL of its plugin needs to know nothing else.
func belowWorld(segments []string) bool {
	return len(segments) > 2 && segments[0] == "w" && segments[2] == "_mock"
}

func split(path string) []string {
	return strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
}

// ServeHTTP passes the mux a path for which it has no redirect. The mux would redirect before the token
// is checked, and /_mock/worlds/../reset would reset another world.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	segments := split(r.URL.Path)
	if slices.Contains(segments, ".") || slices.Contains(segments, "..") {
		a.serve(w, r, func(http.ResponseWriter, *http.Request) (any, error) {
			return nil, problemf(http.StatusNotFound, "the path must not contain . or ..")
		})
		return
	}
	if belowWorld(segments) {
		segments = slices.Concat([]string{"_mock", "worlds", segments[1]}, segments[3:])
	}
	inside := *r
	inside.URL = &url.URL{Path: "/" + strings.Join(segments, "/"), RawQuery: r.URL.RawQuery}
	if len(segments) == 1 {
		inside.URL.Path = Prefix
	}
	a.mux.ServeHTTP(w, &inside)
}

// handler returns the value to encode as the answer, or an error. When both are nil, it has written
// the answer itself.
type handler func(http.ResponseWriter, *http.Request) (any, error)

// inWorld is a handler of requests to one world.
type inWorld func(*world.World, http.ResponseWriter, *http.Request) (any, error)

func (a *api) routes() map[string]handler {
	routes := map[string]handler{
		"GET " + healthPath:           a.health,
		"GET " + readyPath:            a.ready,
		"GET /_mock/{$}":              a.reference,
		"GET /_mock/openapi.yaml":     a.description,
		"GET /_mock/api/openapi.json": a.contractJSON,
		"GET /_mock/api/openapi.yaml": a.contractYAML,
		"GET /_mock/explain":          a.listCodes,
		"GET /_mock/explain/{code}":   a.explain,
		"GET " + loginPath:            a.session,
		"POST " + loginPath:           a.login,
		"POST " + logoutPath:          a.logout,
		"GET /_mock/ui":               a.console,
		"GET /_mock/ui/{file...}":     a.console,
		"GET /_mock/worlds":           a.synced(a.listWorlds),
		"POST /_mock/worlds":          a.synced(a.createWorld),
		"POST /_mock/reload":          a.reload,
		"GET /_mock/scenarios":        listScenarios,
		"GET /_mock/pacts":            a.listPacts,
		"POST /_mock/pact/check":      a.checkPact,
		Prefix:                        a.unknown,

		"POST /_mock/verify":            a.synced(a.verify),
		"POST /_mock/worlds/{w}/verify": a.synced(a.verify),

		"POST /_mock/pact/provider-states":            a.synced(a.changeState),
		"POST /_mock/worlds/{w}/pact/provider-states": a.synced(a.changeState),
	}
	for path, handle := range map[string]inWorld{
		"GET ":                           getWorld,
		"DELETE ":                        a.deleteWorld,
		"GET /credentials":               a.getCredentials,
		"GET /state":                     getState,
		"PUT /state":                     putState,
		"GET /fixtures.zip":              exportFixtures,
		"GET /snapshots":                 listSnapshots,
		"GET /snapshots/{name}":          getSnapshot,
		"POST /snapshots/{name}":         noting(createSnapshot),
		"DELETE /snapshots/{name}":       noting(deleteSnapshot),
		"POST /snapshots/{name}/restore": restoreSnapshot,
		"GET /clock":                     getClock,
		"PUT /clock":                     noting(putClock),
		"GET /events":                    a.events,
	} {
		method, rest, _ := strings.Cut(path, " ")
		routes[method+" /_mock/worlds/{w}"+rest] = a.in(handle)
	}
	for _, noun := range rowNouns {
		for path, handle := range map[string]inWorld{
			"GET /" + noun.name:              noun.list,
			"POST /" + noun.name:             noun.create,
			"GET /" + noun.name + "/{id}":    noun.get,
			"PATCH /" + noun.name + "/{id}":  noun.change,
			"DELETE /" + noun.name + "/{id}": noun.remove,
		} {
			method, rest, _ := strings.Cut(path, " ")
			routes[method+" /_mock/worlds/{w}"+rest] = a.in(handle)
		}
	}
	for path, handle := range map[string]inWorld{ // which have a short path for the default world
		"GET /journal":      listJournal,
		"GET /pact":         a.recordPact,
		"DELETE /journal":   noting(deleteJournal),
		"GET /journal/{id}": getExchange,
		"POST /reset":       resetWorld,
		"GET /faults":       getFaults,
		"PUT /faults":       noting(a.putFaults),
		"POST /faults":      noting(a.addFault),
		"DELETE /faults":    noting(deleteFaults),
		"GET /settings":     getSettings,
		"PUT /settings":     noting(putSettings),
		"DELETE /settings":  noting(deleteSettings),

		"GET /pact/provider-states": a.listStates,
	} {
		method, rest, _ := strings.Cut(path, " ")
		routes[method+" /_mock/worlds/{w}"+rest] = a.in(handle)
		routes[method+" /_mock"+rest] = a.in(handle)
	}
	return routes
}

// in finds the world that the path names, or the default world for a short path. PUT creates it, because
// the request says what the world must be like, and a test then needs no request before it. Other methods
// do not.
func (a *api) in(handle inWorld) handler {
	return a.synced(func(w http.ResponseWriter, r *http.Request) (any, error) {
		return again(r.Context(), func() (any, error) {
			name := worldName(r)
			found, exists := a.Worlds.Find(name)
			switch {
			case r.Method == http.MethodPut:
				return a.create(name, r, func(found *world.World, r *http.Request) (any, error) { return handle(found, w, r) })
			case !exists:
				return nil, notFound(name)
			case r.Method == http.MethodGet || r.Method == http.MethodHead:
				return read(found, w, r, there(handle))
			}
			return change(found, r, func(r *http.Request) (any, error) { return there(handle)(found, w, r) })
		})
	})
}

// there is a handler for worlds that exist: one that a request is about to create does not.
func there(handle inWorld) inWorld {
	return func(found *world.World, w http.ResponseWriter, r *http.Request) (any, error) {
		if !found.Begun() {
			return nil, notFound(found.Name)
		}
		return handle(found, w, r)
	}
}

// create lets a handler change a world, which is created if it is not there. A rejected request creates nothing.
func (a *api) create(name string, r *http.Request, handle func(*world.World, *http.Request) (any, error)) (any, error) {
	_, exists := a.Worlds.Find(name)
	found, err := a.Worlds.Keep(name)
	if err != nil {
		return nil, err
	}
	return change(found, r, func(r *http.Request) (any, error) {
		answer, err := handle(found, r)
		if err != nil && !exists && found.Journal.LastID() == 0 {
			a.Worlds.Delete(name)
		}
		return answer, err
	})
}

// noting returns a handler that notes what it has changed, so that clients that read events know of it. A world notes
// changes of its data itself.
func noting(handle inWorld) inWorld {
	return func(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
		answer, err := handle(w, rw, r)
		if err == nil {
			w.Changes.Note()
		}
		return answer, err
	}
}

// worldName returns the name of the world that a path is about.
func worldName(r *http.Request) string { return cmp.Or(r.PathValue("w"), world.Default) }

// notFound returns the problem of a name that no world has.
func notFound(name string) error {
	if err := world.CheckName(name); err != nil {
		return err
	}
	return problemf(http.StatusNotFound, "there is no world %.70q; POST /_mock/worlds, a PUT below its path or a request with valid credentials creates it; other requests to it are in the journal of the default world", name)
}

// unknown answers what no route matches: an unsupported method, or an unknown path.
func (a *api) unknown(w http.ResponseWriter, r *http.Request) (any, error) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		asked := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := a.mux.Handler(asked); pattern != Prefix {
			allowed = append(allowed, method)
		}
	}
	if allowed != nil {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return nil, nil
		}
		return nil, problemf(http.StatusMethodNotAllowed, "%.100q does not support %.20q; use %s", r.URL.Path, r.Method, strings.Join(allowed, ", "))
	}
	near := "GET /_mock/ lists the operations"
	if contract, err := contract(); err == nil {
		if o := inspect.Nearest(contract, r.Method, r.URL.Path); o != nil {
			near = fmt.Sprintf("did you mean %s %s?", o.Method, o.Path)
		}
	}
	return nil, problemf(http.StatusNotFound, "the control API has no %.100q; %s", r.URL.Path, near)
}

// contract returns the contract of the control API, which is loaded for the first unknown path.
var contract = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(OpenAPI()) })

// serve checks where a request comes from, lets a handler run and writes the answer.
func (a *api) serve(w http.ResponseWriter, r *http.Request, handle handler) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	share := a.Flight.Share()
	defer share.Release()
	err := a.guard(r)
	if strings.HasPrefix(r.URL.Path+"/", console.Prefix) { // the same for everybody: without data, and with the form to log in
		err = fromOwnFiles(r.Header)
	}
	var answer any
	if err == nil {
		limit, weight := int64(maxBody), int64(1)
		if strings.HasSuffix(r.URL.Path, "/state") {
			limit, weight = a.MaxState, 3 // its rows are decoded while it is in memory
		}
		r.Body = share.Reader(r.Context(), http.MaxBytesReader(w, r.Body, limit), weight)
		answer, err = handle(w, r)
	}
	if err == nil && answer != nil {
		status := http.StatusOK
		if made, ok := answer.(created); ok {
			status, answer = http.StatusCreated, made.value
		}
		err = writeJSON(w, r, share, "application/json", status, answer)
	}
	if err != nil {
		a.writeProblem(w, r, share, problemOf(err))
	}
}

// redactor returns what hides tokens in answers that repeat parts of the request.
func (a *api) redactor() redact.Redactor {
	w, _ := a.Worlds.Find(world.Default) // it always exists
	return w.Redactor()
}

// ready is health for whoever decides whether to send requests here.
func (a *api) ready(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.Worlds.Ready(); err != nil {
		return nil, err
	}
	return a.health(w, r)
}

func (a *api) health(http.ResponseWriter, *http.Request) (any, error) {
	return traffic.Health{
		Status: "ok", Version: a.Version, Scenario: a.Scenario,
		Operations: len(a.Contract().Operations), Worlds: len(a.Worlds.List()),
		UptimeSeconds: int64(time.Since(a.started).Seconds()),
	}, nil
}
