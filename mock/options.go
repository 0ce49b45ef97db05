package mock

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	mocklog "github.com/ticaga-mock/ticaga-mock/mock/log"
)

// MinControlToken is the min length of a token of the control API, in characters.
const MinControlToken = 16

// Options configure a server. The zero value is the help desk of the scenario "default", as strict as
// the contract. Limits has the defaults of all numbers and durations.
type Options struct {
	// Spec is an OpenAPI 3.0 file to use instead of the built-in one.
	Spec []byte

	// Scenario is the name of a built-in scenario; "" means "default".
	Scenario string

	// Fixtures are used instead of a scenario: a folder's customers.json, staff.json,
	// departments.json, tickets.json, responses.json, generate.json and settings.json, any of which
	// may be missing. Without staff, the administrator of the scenario "default" is added.
	Fixtures fs.FS

	// Reread returns what Fixtures and Spec are now, for Reload. nil means the same ones: the files of a
	// folder (os.DirFS) may have changed.
	Reread func() (fixtures fs.FS, spec []byte, err error)

	// Settings is a JSON object of switches, such as {"created": 201}; "" changes nothing. Switches
	// lists them. They take precedence over a scenario's settings.json.
	Settings string

	// Auth lists the accepted schemes, separated by commas: basic, bearer, header; or off.
	// "" accepts all.
	Auth string

	// Email and Token replace those of the first administrator.
	Email, Token string

	// Lenient answers requests that break the contract as well as possible, and only reports their
	// violations. The fields that break the contract are left out, so that the data can be exported and
	// imported. Credentials are still required; Auth "off" turns that off.
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
	// 0 means DefaultMaxWorld. The fixtures that the server starts with, which all worlds share, do
	// not count. A request that would need more is answered with status 507.
	MaxWorld int64

	// WorldsTotal is about how much memory the data of all worlds may take together, each counted as
	// for MaxWorld, in bytes; 0 means DefaultWorldsTotal. Beyond it, worlds that requests created are
	// removed, the least recently used first. If that does not make enough room, none is removed and the
	// request is answered with status 507.
	WorldsTotal int64

	// MaxInFlight is about how much memory the bodies and responses of all requests in flight may take
	// together, in bytes; 0 means DefaultMaxInFlight. A request that would need more waits for at most
	// five seconds, and then is answered with status 503. Up to 16 KiB of each do not count.
	MaxInFlight int64

	// Now is the clock; nil means time.Now.
	Now func() time.Time

	// Still means that Now always returns the same time, so that the control API shows a stopped clock.
	Still bool

	// Seed determines the codes and hashes of tickets, and the data of a generated scenario: the same
	// seed and the same requests at the same times give the same responses.
	Seed int64

	// Worlds is the max number of worlds; 0 means DefaultWorlds. Beyond that, a new one replaces
	// the least recently used one that a request created; those that were created by name stay.
	// WorldTTL is how long an unused world is kept; 0 means never. A world is in use while
	// a client waits for an expectation in it or reads its events.
	Worlds   int
	WorldTTL time.Duration

	// Journal is how many exchanges each world keeps, and JournalBytes about how much memory
	// they may take, in bytes; 0 means DefaultJournal and DefaultJournalBytes. The newest is kept
	// whatever its size.
	Journal, JournalBytes int

	// JournalTotal is about how much memory the journals of all worlds may take together, in bytes; 0
	// means DefaultJournalTotal. Beyond it, the least recently used world drops exchanges
	// first; its journal says how many.
	JournalTotal int

	// Streams is how many clients may listen to events at the same time, and WorldStreams how many of them to
	// the same world; 0 means DefaultStreams and DefaultWorldStreams. Waiters is how many requests to
	// the control API may wait for an expectation at the same time; 0 means DefaultWaiters.
	Streams, WorldStreams, Waiters int

	// Log keeps the histories of worlds, so that they survive a restart, and servers that share it have the same
	// worlds; nil keeps them in memory only. The server follows it until Shutdown or Close, and does not close
	// it. A request whose record it does not take is answered with status 503. Reload is not possible then.
	Log mocklog.Log

	// ControlToken must be sent to the control API as a Bearer token, and has at least
	// MinControlToken characters. "" requires none, and then only requests are accepted whose Host is
	// localhost, an IP address, or one of ControlHosts.
	ControlToken string
	ControlHosts []string

	// HostNames are the host names that requests to the API may use, besides localhost, IP addresses
	// and ControlHosts: a web page can make any other name resolve to this machine. AnyHost accepts
	// every name.
	HostNames []string
	AnyHost   bool

	// MaxHeader is the largest request header in bytes. ReadTimeout is how long a client may take
	// to send a request, WriteTimeout to receive a response, and IdleTimeout how long a connection
	// is kept without a request. They apply to Serve and Start; 0 means DefaultMaxHeader,
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

	// Expected is called with an exchange and only those of its violations that turn out to be
	// expected, because an expectation that names them holds. Observe may be called with the exchange
	// before or after. It is called from the goroutine that verifies.
	Expected func(Exchange)
}

// ownFixtures is shown instead of the name of a scenario.
const ownFixtures = "fixtures of your own"

// builtIn returns the name of the built-in scenario that the server starts with, or "" for other fixtures.
func (o *Options) builtIn() string {
	if o.Scenario == ownFixtures {
		return ""
	}
	return o.Scenario
}

// complete returns o with its defaults, or the error of an option that is not possible.
func (o Options) complete() (Options, error) {
	err := o.setLimits()
	if err != nil {
		return o, err
	}
	if err := checkControlToken(o.ControlToken); err != nil {
		return o, err
	}
	if o.ControlHosts, err = hostNames("ControlHosts", o.ControlHosts); err != nil {
		return o, err
	}
	if o.HostNames, err = hostNames("HostNames", o.HostNames); err != nil {
		return o, err
	}
	o.HostNames = append(o.HostNames, o.ControlHosts...)
	if o.Settings != "" {
		if _, err := settings.Default().With([]byte(o.Settings)); err != nil {
			return o, fmt.Errorf("settings: %w", err)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Expected == nil {
		o.Expected = func(Exchange) {}
	}
	if o.Fixtures != nil {
		o.Scenario = ownFixtures
		return o, nil
	}
	o.Scenario = cmp.Or(o.Scenario, "default")
	o.Fixtures, err = fixtures.Open(o.Scenario)
	return o, err
}

// checkControlToken returns an error for a token that is too short or that no client can send.
func checkControlToken(token string) error {
	switch {
	case token == "":
	case strings.TrimSpace(token) != token:
		return errors.New("control token: begins or ends with a space, which headers do not keep; remove it")
	case strings.ContainsFunc(token, unicode.IsControl):
		return errors.New("control token: contains a control character, which a header cannot contain")
	case utf8.RuneCountInString(token) < MinControlToken:
		return fmt.Errorf("control token: must have at least %d characters, not %d", MinControlToken, utf8.RuneCountInString(token))
	}
	return nil
}

// CheckHostName checks a name for ControlHosts or HostNames of Options. The error says what is allowed.
func CheckHostName(name string) error {
	_, err := control.HostName(name)
	return err
}

// hostNames returns the names of an option in the form that requests are compared with.
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
