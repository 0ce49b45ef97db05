// Package mock is a fake Ticaga help desk as an http.Handler.
//
// In a test, [Start] serves one on a free port:
//
//	desk := mock.Start(t)
//	// point the plugin at desk.URL, with the credentials of desk.Credentials()
//
// [New] makes one from the contract (openapi.yaml) and a scenario, the data that it starts with; both have
// defaults. [Server.Serve] serves it on a listener, and [Server.Transport] answers a client without a socket.
// With any other http.Server, requests that are not HTTP leave no trace in the journal.
//
// # Violations
//
// What is wrong with a request is never in the answer's body, which is Ticaga's own. It is a list of
// [Violation] values in the [Exchange], which [Options].Observe and the journal get, and their number is in
// the response header Ticaga-Mock-Violations.
//
// # Worlds
//
// A [World] is an isolated copy of the data: its own customers, tickets, journal, faults, settings and
// clock. The base URL or the API token of a request names it; other requests are for the default world.
// [Server] and World have the same methods to inspect and configure one, Server for the default world:
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
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/flight"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
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

// MinControlToken is how many characters a token of the control API has at least.
const MinControlToken = 16

// The years that the clock of a world, and --now, can be put to.
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

// Options say what a server imitates and how strictly. The zero value is the help desk of
// the scenario "default", as strict as the contract.
type Options struct {
	// Spec is an OpenAPI 3.0 file to use instead of the built-in one.
	Spec []byte

	// Scenario names one of the fixtures that come with the program: "default" when it is "".
	Scenario string

	// Fixtures are used instead of a scenario: a folder's customers.json, staff.json,
	// departments.json, tickets.json, responses.json, generate.json and settings.json, any of which
	// may be left out. Without staff, the administrator of the scenario "default" is there.
	Fixtures fs.FS

	// Settings are choices that no source decides: a JSON object such as {"created": 201}. They
	// count before those of a scenario's settings.json. Switches lists what there is; "" changes
	// nothing.
	Settings string

	// Auth lists the accepted schemes, separated by commas: basic, bearer, header; or off.
	// "" accepts all.
	Auth string

	// Email and Token replace those of the first administrator.
	Email, Token string

	// Lenient answers requests that break the contract as well as possible, and only reports what is
	// wrong with them. It leaves out the fields that break the contract, so that its data can be exported
	// and imported. Credentials are still required; Auth "off" is for that.
	Lenient bool

	// MaxBody is the largest request body in bytes; 0 means DefaultMaxBody.
	MaxBody int64

	// MaxFields is how many fields a body may have, and MaxNesting how many levels of arrays and
	// objects. 0 means PHP's own: 1000 fields in a form and any number in JSON, 64 levels in a
	// form and 511 in JSON.
	MaxFields, MaxNesting int

	// MaxState is the largest state that the control API accepts, in bytes; 0 means
	// DefaultMaxState.
	MaxState int64

	// MaxWorld is about how much memory the data of a world may take, with its snapshots, in bytes;
	// 0 means DefaultMaxWorld. The fixtures that the server begins with, which all worlds share, do
	// not count. A request that would need more is answered with status 507.
	MaxWorld int64

	// WorldsTotal is about how much memory the data of all worlds may take together, each counted as
	// for MaxWorld, in bytes; 0 means DefaultWorldsTotal. Beyond it, worlds that requests created are
	// forgotten, the least recently used first. When that makes too little room none is, and the request
	// is answered with status 507.
	WorldsTotal int64

	// MaxInFlight is about how much memory the bodies and answers of all requests in flight may take
	// together, in bytes; 0 means DefaultMaxInFlight. A request that would need more waits for at most
	// five seconds, and then is answered with status 503. Up to 16 KiB of each do not count.
	MaxInFlight int64

	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// Still says that Now always returns the same time, so that the control API shows a clock that
	// stands still.
	Still bool

	// Seed decides the codes and hashes of tickets, and what a generated scenario holds: the
	// same seed and the same requests at the same times make the same answers.
	Seed int64

	// Worlds is how many worlds there may be; 0 means DefaultWorlds. Beyond that, a new one replaces
	// the least recently used one that a request created; those that were created by name stay.
	// WorldTTL is after how long an unused one is forgotten; 0 means never. A world is in use while
	// somebody waits for an expectation in it or reads its events.
	Worlds   int
	WorldTTL time.Duration

	// Journal is how many exchanges each world keeps, and JournalBytes about how much memory
	// they may take, in bytes; 0 means DefaultJournal and DefaultJournalBytes. The newest is kept
	// whatever its size.
	Journal, JournalBytes int

	// JournalTotal is about how much memory the journals of all worlds may take together, in bytes; 0
	// means DefaultJournalTotal. Beyond it the world that was asked for least recently drops exchanges
	// first; its journal says how many.
	JournalTotal int

	// Streams is how many clients may listen to events at once, and WorldStreams how many of them to
	// the same world; 0 means DefaultStreams and DefaultWorldStreams. Waiters is how many requests to
	// the control API may wait for an expectation at once; 0 means DefaultWaiters.
	Streams, WorldStreams, Waiters int

	// ControlToken must be sent to the control API as a Bearer token, and has at least
	// MinControlToken characters. "" requires none, and then only requests are accepted whose Host is
	// localhost, an IP address, or one of ControlHosts.
	ControlToken string
	ControlHosts []string

	// HostNames are what the Host of a request to the API may be, beside localhost, IP addresses and
	// ControlHosts: a web page can make any other name lead to this machine. AnyHost accepts every one.
	HostNames []string
	AnyHost   bool

	// MaxHeader is the largest request header in bytes. ReadTimeout is how long a client may take
	// to send a request, WriteTimeout to receive an answer, and IdleTimeout how long a connection
	// is kept without a request. They hold for Serve and Start; 0 means DefaultMaxHeader,
	// DefaultReadTimeout, DefaultWriteTimeout and DefaultIdleTimeout.
	MaxHeader                              int
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration

	// ErrorLog is where Serve and Start report failures of connections; nil means the log
	// package's standard logger.
	ErrorLog *log.Logger

	// Observe is called with every exchange once its response was written. Where a fault or net/http
	// writes the response, it is called before. The journal has the exchange by then. It is called from
	// the request's goroutine, so several calls may run at once, and the next request on the connection
	// waits for it.
	Observe func(Exchange)

	// Expected is told an exchange, with those of its violations that turn out to be expected: an
	// expectation that names them holds. Observe may be told the exchange before or after. It is
	// called from the goroutine of whoever verifies.
	Expected func(Exchange)
}

// Server is a fake help desk: the http.Handler for all its worlds. Its methods Reset, Load, SetClock, Journal,
// Verify, Fault, Settings and Set are those of its default world, which is for requests that name no
// world. [Server.World] returns other worlds, with the same methods.
type Server struct {
	access

	options   Options
	contract  *spec.Contract
	inspector *inspect.Inspector
	handlers  map[string]api.Handler
	worlds    *world.Worlds
	flight    *flight.Budget
	reserved  fault.Values
	control   http.Handler
	web       *http.Server // behind Serve
	watch     *wire.Watch  // over its connections

}

// New makes a server. The error of a bad contract, scenario, fixture or option says where
// the fault is, and what to do about it.
func New(options Options) (*Server, error) {
	if err := options.setLimits(); err != nil {
		return nil, err
	}
	if err := checkControlToken(options.ControlToken); err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	var err error
	if options.ControlHosts, err = hostNames("ControlHosts", options.ControlHosts); err != nil {
		return nil, err
	}
	if options.HostNames, err = hostNames("HostNames", options.HostNames); err != nil {
		return nil, err
	}
	options.HostNames = append(options.HostNames, options.ControlHosts...)
	if options.Expected == nil {
		options.Expected = func(Exchange) {}
	}
	about := "fixtures of your own"
	if options.Fixtures == nil {
		if options.Scenario == "" {
			options.Scenario = "default"
		}
		if options.Fixtures, err = fixtures.Open(options.Scenario); err != nil {
			return nil, err
		}
		about = options.Scenario
	}
	s := &Server{options: options, handlers: api.Handlers(), reserved: fault.NewValues()}
	if options.Settings != "" {
		if _, err := settings.Default().With([]byte(options.Settings)); err != nil {
			return nil, fmt.Errorf("settings: %w", err)
		}
	}
	auth, err := inspect.ParseAuth(options.Auth)
	if err != nil {
		return nil, err
	}
	if options.Spec == nil {
		s.contract, err = builtIn()
	} else {
		s.contract, err = spec.Load(options.Spec)
	}
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	if err := s.checkContract(); err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	if err := s.checkCredentials(); err != nil {
		return nil, err
	}
	s.inspector = inspect.New(s.contract, inspect.Options{Auth: auth, MaxFields: options.MaxFields, MaxNesting: options.MaxNesting})
	scenarios := scenario.Loader{Contract: s.contract, Seed: options.Seed, Email: options.Email, Token: options.Token, Settings: []byte(options.Settings)}
	loaded, err := scenarios.Load(options.Fixtures, 0)
	if err != nil {
		return nil, fmt.Errorf("fixtures: %w", err)
	}
	chosen := loaded.Settings
	s.flight = flight.New(cmp.Or(options.MaxInFlight, DefaultMaxInFlight), 5*time.Second)
	begin, err := store.New(loaded.Data, options.Now, options.Seed, options.MaxWorld)
	if err != nil {
		return nil, fmt.Errorf("fixtures: %w", err)
	}
	var checkSettings func(*settings.Settings) error // against a contract of the user's own
	if options.Spec != nil {
		checkSettings = func(next *settings.Settings) error { return s.tryAnswers(begin, next) }
		if err := checkSettings(&chosen); err != nil {
			return nil, fmt.Errorf("contract: %w", err)
		}
	}
	began := time.Now()
	s.worlds = world.New(world.Settings{
		Store: begin, Initial: chosen, Check: checkSettings, Now: options.Now, Still: options.Still, Began: began, Idle: func() time.Duration { return time.Since(began) }, Seed: options.Seed, Most: options.Worlds, Total: cmp.Or(options.WorldsTotal, DefaultWorldsTotal), TTL: options.WorldTTL,
		Journal: journal.Limits{Exchanges: options.Journal, Bytes: options.JournalBytes, Total: journal.NewTotal(cmp.Or(options.JournalTotal, DefaultJournalTotal))},
		Secrets: []string{options.ControlToken}, Names: redact.NewNames(s.contract.Names()),
		Scenarios: &scenarios, MaxSize: options.MaxWorld, Waiters: cmp.Or(options.Waiters, DefaultWaiters), Expected: options.Expected,
	})
	s.access = access{s, s.world()}
	s.control = control.New(control.Settings{
		Version: Version(), Scenario: about, Contract: s.contract, Worlds: s.worlds,
		Token: options.ControlToken, Hosts: options.ControlHosts, Flight: s.flight,
		Streams: cmp.Or(options.Streams, DefaultStreams), InWorld: cmp.Or(options.WorldStreams, DefaultWorldStreams),
		MaxState: cmp.Or(options.MaxState, DefaultMaxState),
	})
	s.watch = wire.New(s.refused)
	s.web = s.newWeb()
	return s, nil
}

// checkControlToken refuses a token that is short, or that no client can send.
func checkControlToken(token string) error {
	switch {
	case token == "":
	case strings.TrimSpace(token) != token:
		return errors.New("control token: it has a space at its beginning or end, which no header keeps; remove it")
	case strings.ContainsFunc(token, unicode.IsControl):
		return errors.New("control token: it has a control character, which no header can carry")
	case utf8.RuneCountInString(token) < MinControlToken:
		return fmt.Errorf("control token: it has %d characters, must have at least %d", utf8.RuneCountInString(token), MinControlToken)
	}
	return nil
}

// hostNames are the names of an option as requests are compared with them.
func hostNames(option string, names []string) ([]string, error) {
	list := make([]string, len(names))
	for i, name := range names {
		var err error
		if list[i], err = control.HostName(name); err != nil {
			return nil, fmt.Errorf("options: %s: %w", option, err)
		}
	}
	return list, nil
}

// builtIn reads openapi.yaml once for all servers of a process: it takes most of a start.
var builtIn = sync.OnceValues(func() (*spec.Contract, error) { return spec.Load(ticagamock.OpenAPI) })

// checkCredentials holds the email and token options against what the contract asks of a
// staff member's.
func (s *Server) checkCredentials() error {
	email, token := cmp.Or(s.options.Email, DefaultEmail), cmp.Or(s.options.Token, DefaultToken)
	if strings.ContainsFunc(token, unicode.IsControl) {
		return errors.New("token: it holds a control character, which no header can carry")
	}
	err := s.contract.CheckFixtures("staff", []any{map[string]any{
		"id": 1, "name": "", "email": email, "tokens": []any{token}, "created_at": "2025-07-01T08:00:00.000000Z",
	}})
	if err != nil {
		return fmt.Errorf("email %q and token do not fit: %w", email, err)
	}
	return nil
}

// Contract is what the server imitates.
func (s *Server) Contract() *spec.Contract { return s.contract }

// world returns the world of requests that name none.
func (s *Server) world() *world.World {
	w, _ := s.worlds.Find(world.Default) // it is always there
	return w
}

// Credentials are an e-mail address and API token that are accepted: the first
// administrator's.
func (s *Server) Credentials() (email, token string) {
	member, ok := s.world().Store.View().FirstStaff()
	if !ok {
		return "", ""
	}
	return member.Email, member.Tokens[0]
}

// Version is the version of the mock, as the Go toolchain recorded it: of the program, or of the
// module among those that another program is made of.
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
