// Package mock is a fake Ticaga help desk as an http.Handler.
//
// In a test, [Start] serves one on a free port:
//
//	desk := mock.Start(t)
//	// point the plugin at desk.URL, with the credentials of desk.Credentials()
//
// [New] creates a server from the contract (openapi.yaml) and a scenario, the data that it starts with;
// both have defaults. [Server.Serve] serves it on a listener, and [Server.Transport] answers a client
// without a socket. If another http.Server serves it, requests that are not HTTP do not appear in the
// journal.
//
// # Violations
//
// The body of a response is always Ticaga's own, so it does not say what is wrong with a request. The
// journal does: each [Exchange] in it lists its [Violation] values. [Options].Observe gets every
// exchange, too, and the response header Ticaga-Mock-Violations has the number of violations.
//
// # Worlds
//
// A [World] is an isolated copy of the data: its own customers, tickets, journal, faults, settings and
// clock. The base URL or the API token of a request names it; other requests are for the default world.
// A World has methods to inspect and configure it. [Server] has the same methods, for the default
// world:
//
//	blue, err := desk.World("blue") // requests to desk.URL + blue.Path()
//	err = blue.Fault(mock.FaultRule{Operation: "closeTicket", Status: 503, Times: 1})
//	err = blue.Verify(ctx, mock.Expectation{Operation: "closeTicket", Count: mock.Times(2), Within: 3 * time.Second})
//
// The fields of [Expectation], [Match], [FaultRule] and [Exchange] are described in package traffic. All of
// this is also available over HTTP, in the control API below /_mock/.
//
// A [Server] and its worlds are safe for concurrent use.
package mock

import (
	"cmp"
	"context"
	"log"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/wire"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// The credentials of the first administrator in every scenario that comes with the program.
const (
	DefaultEmail = "admin@ticaga.test"
	DefaultToken = "demo-token"
)

// The range of years to which the clock of a world, and --now, can be set.
const (
	FirstYear = world.FirstYear
	LastYear  = world.LastYear
)

// ViolationsHeader is the response header that counts a request's violations. It is absent
// when there are none.
const ViolationsHeader = "Ticaga-Mock-Violations"

// Violation is one thing in a request that the contract does not expect.
type Violation = spec.Violation

// Code names a kind of violation, e.g. "TM-BODY-REQUIRED". It is stable.
type Code = spec.Code

// Exchange is one request and its answer, as the journal keeps it: without secrets.
type Exchange = traffic.Exchange

// Server is a fake help desk: the http.Handler for all its worlds. Its methods Reset, Load, State, SetClock,
// Journal, Verify, Fault, Settings and Set are those of its default world, which is for requests that name no
// world. [Server.World] returns other worlds, with the same methods.
type Server struct {
	access

	options   Options
	files     atomic.Pointer[files]
	reloading sync.Mutex // one Reload at a time
	auth      inspect.Auth
	handlers  map[string]api.Handler
	worlds    *world.Worlds
	flight    *flight.Budget
	reserved  fault.Values
	control   http.Handler
	web       *http.Server // behind Serve
	watch     *wire.Watch  // over its connections
}

// New returns a server. The error of a bad option, contract, scenario or fixture says where it is wrong
// and what to do about it.
func New(options Options) (*Server, error) {
	options, err := options.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{options: options, handlers: api.Handlers(), reserved: fault.NewValues(), flight: flight.New(options.MaxInFlight, maxFlightWait)}
	if s.auth, err = inspect.ParseAuth(options.Auth); err != nil {
		return nil, err
	}
	read, start, err := s.load(options.Fixtures, options.Spec)
	if err != nil {
		return nil, err
	}
	s.files.Store(read)
	s.worlds = s.newWorlds(start)
	s.access = access{s, s.world()}
	s.control = s.newControl()
	s.watch = wire.New(s.refused)
	s.web = s.newWeb()
	return s, nil
}

// maxFlightWait is how long a request waits for memory that others in flight have taken.
const maxFlightWait = 5 * time.Second

// newWorlds returns the worlds, which begin with what the files hold.
func (s *Server) newWorlds(start *world.Start) *world.Worlds {
	o, began := s.options, time.Now()
	return world.New(world.Settings{
		Start: *start, Scenario: o.builtIn(), Seed: o.Seed,
		Now: o.Now, Still: o.Still, Began: began, Idle: func() time.Duration { return time.Since(began) },
		MaxWorlds: o.Worlds, Log: o.Log, TTL: o.WorldTTL, MaxSize: o.MaxWorld, Total: o.WorldsTotal, Waiters: o.Waiters,
		Journal: journal.Limits{Exchanges: o.Journal, Bytes: o.JournalBytes, Total: journal.NewTotal(o.JournalTotal)},
		Secrets: []string{o.ControlToken}, Expected: o.Expected,
	})
}

func (s *Server) newControl() http.Handler {
	o := s.options
	return control.New(control.Settings{
		Version: Version(), Scenario: o.Scenario, Contract: s.Contract, Worlds: s.worlds, Reload: s.Reload,
		Token: o.ControlToken, Hosts: o.ControlHosts, Flight: s.flight,
		Streams: o.Streams, InWorld: o.WorldStreams, MaxState: o.MaxState, Schemes: s.auth.Schemes(), Record: s.recorded,
	})
}

// Contract returns the contract that the server follows now.
func (s *Server) Contract() *spec.Contract { return s.files.Load().contract }

// world returns the world of requests that name none.
func (s *Server) world() *world.World {
	w, _ := s.worlds.Find(world.Default) // it is always there
	return w
}

// Ready waits until the server answers requests. Without Options.Log it always does; with it, the log has to be read
// first. The error says at the end of ctx why it does not, and at once when the log can never be read.
func (s *Server) Ready(ctx context.Context) error { return s.worlds.AwaitReady(ctx) }

// Outdated returns the names of the worlds, sorted, that began with other data than worlds of this server do, and that keep
// it. Only worlds of Options.Log can have done so. At the end of ctx, Outdated returns those that it has found.
func (s *Server) Outdated(ctx context.Context) []string { return s.worlds.Outdated(ctx) }

func (s *Server) logf(format string, args ...any) {
	l := s.options.ErrorLog
	if l == nil {
		l = log.Default()
	}
	l.Printf(format, args...)
}

// Credentials returns the e-mail address and an API token of the first administrator.
func (s *Server) Credentials() (email, token string) {
	member, ok := s.world().Store.View().FirstStaff()
	if !ok {
		return "", ""
	}
	return member.Email, member.Tokens[0]
}

// Version returns the version of the mock, as the Go toolchain recorded it in this program, or
// "unknown".
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range append(info.Deps, &info.Main) {
		if module.Path == "github.com/ticaga-mock/ticaga-mock" {
			return cmp.Or(module.Version, "unknown")
		}
	}
	return "unknown"
}
