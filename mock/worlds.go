package mock

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// World is an isolated copy of the scenario: its own customers, tickets, journal, faults, settings and clock.
// It is safe for concurrent use. A World that was deleted, or forgotten because nobody used it, is
// recreated by any of its methods and by a request of its Transport.
type World struct {
	access
}

// access is what World and Server have in common: the methods that inspect and configure one world.
type access struct {
	server *Server
	found  *world.World // as it was when access was made
}

// World returns the world with a name, and creates it if necessary. No other world replaces it when the
// limit on worlds is reached. The error says that the name is not valid or that the limit is reached.
func (s *Server) World(name string) (*World, error) {
	found, err := s.worlds.Keep(name)
	if err != nil {
		return nil, err
	}
	return &World{access{s, found}}, nil
}

// Path returns the path of the base URL for requests to the world: "/w/NAME", or "" for the default
// world.
func (w *World) Path() string {
	if w.found.Name == world.Default {
		return ""
	}
	return worldPrefix + w.found.Name
}

// Transport answers a client's requests without a socket, as Server.Transport does, and always in this
// world: the client needs no other settings.
func (w *World) Transport() http.RoundTripper { return transport{w.server, w} }

// live returns the world that has the name now, with what other servers have done to it. When there is no room to recreate it, no request can reach
// it either, and live returns the world as it was.
func (w *access) live() *world.World {
	_ = w.server.worlds.Sync(context.Background()) // what cannot be read now is as it was
	if now, err := w.server.worlds.Keep(w.found.Name); err == nil {
		return now
	}
	return w.found
}

// change changes the world. The error is that of the change, or of Options.Log.
func (w *access) change(do func(*world.World) error) error {
	for {
		var err error
		live := w.live()
		failed := live.Alone(context.Background(), func() { err = do(live) })
		if !errors.Is(failed, world.ErrForgotten) {
			return cmp.Or(failed, err)
		}
	}
}

// Reset returns the world to the scenario and settings that were loaded last, with an empty journal, no fault
// rules and the server's time. Snapshots stay. Requests in flight see the state before or after it, never
// a part of each. If Options.Log is not available, nothing changes, and ErrorLog says so.
func (w *access) Reset() {
	err := w.change(func(live *world.World) error { live.Reset(); return nil })
	if err != nil {
		w.server.logf("reset of world %q: %v", w.found.Name, err)
	}
}

// Load replaces the world's data by the fixtures in a folder, which is laid out as for
// Options.Fixtures, and Reset returns to them from then on. The journal stays, and so do the settings
// if the folder has no settings.json. On an error nothing has changed.
func (w *access) Load(fixtures fs.FS) error {
	return w.change(func(live *world.World) error { return live.Load(fixtures) })
}

// State puts the world into a provider state, such as "customer 8 exists", on top of what it holds, until it
// is reset. Parameters are strings, numbers and booleans by name, or nil. It returns values of the state,
// such as the id of a customer; integers are an int64. docs/provider-states.md lists them. The error says that the state is unknown
// or cannot be set, and then nothing has changed.
func (w *access) State(state string, params map[string]any) (map[string]any, error) {
	var values map[string]any
	err := w.change(func(live *world.World) (err error) {
		values, err = live.Provide(contracts.Given{State: state, Params: params})
		return err
	})
	return values, err
}

// SetClock sets the time in the world. Time goes on from there, or stands still. If the year is not
// between FirstYear and LastYear, it returns an error and changes nothing.
func (w *access) SetClock(now time.Time, still bool) error {
	return w.change(func(live *world.World) error {
		if err := live.Clock.Change(traffic.ClockChange{Now: &now, Still: &still}); err != nil {
			return fmt.Errorf("clock: %w", err)
		}
		live.Changes.Note()
		return nil
	})
}

// Journal returns the last exchanges, the newest first.
func (w *access) Journal() []Exchange {
	list := w.live().Journal.Since(0)
	slices.Reverse(list)
	return list
}

// Verify checks whether the client did what is expected. When Within is set and the expectation does not
// hold yet, Verify waits, and returns as soon as it holds or cannot hold any more. The error says what
// is wrong with the expectation, or what the client did instead. When ctx ends first, it wraps the
// cause.
func (w *access) Verify(ctx context.Context, expected Expectation) error {
	text, err := json.Marshal(expected)
	if err != nil {
		return fmt.Errorf("expectation: %w", err)
	}
	return w.VerifyJSON(ctx, string(text))
}

// VerifyJSON is Verify for an Expectation in JSON, as the control API accepts it, such as
// {"operation": "assignBillingId", "body": {"ticaga_id": 8}, "within": "3s"}.
func (w *access) VerifyJSON(ctx context.Context, expectation string) error {
	expected, err := verify.Parse(verify.NewContract(w.server.Contract(), w.found.Name), []byte(expectation))
	if err != nil {
		return fmt.Errorf("expectation: %w", err)
	}
	result, err := w.live().Verify(ctx, expected)
	switch {
	case result.Holds:
		return nil
	case ctx.Err() != nil && !result.Impossible:
		err = context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w; so far, %s", err, result)
	}
	return errors.New(result.String())
}

// Times returns a pointer to n, for Count, AtLeast and AtMost of an Expectation.
func Times(n int) *int { return &n }

// Fault replaces the world's fault rules. Without arguments it removes them all. The error says which
// rule is wrong, and then nothing has changed.
func (w *access) Fault(rules ...FaultRule) error {
	text, err := json.Marshal(rules)
	if err != nil {
		return fmt.Errorf("fault rules: %w", err)
	}
	return w.FaultJSON(string(text))
}

// FaultJSON is Fault for a JSON array of FaultRule, as the control API accepts it, such as
// [{"operation": "closeTicket", "status": 503, "times": 1}]. "" and "[]" are no rules.
func (w *access) FaultJSON(rules string) error {
	list, err := fault.Parse(w.server.Contract(), w.found.Name, []byte(cmp.Or(rules, "[]")))
	if err != nil {
		return fmt.Errorf("fault rules: %w", err)
	}
	return w.change(func(live *world.World) error {
		live.Faults.Set(list)
		live.Changes.Note()
		return nil
	})
}

// Settings returns the world's settings.
func (w *access) Settings() Settings { return *w.live().Settings.Get() }

// Set changes the settings that are in a JSON object, such as {"unknown_customer": 404}, until the world is
// reset. The error says which value is wrong, and then nothing has changed.
func (w *access) Set(settings string) error {
	return w.change(func(live *world.World) error {
		if err := live.Settings.Change([]byte(settings)); err != nil {
			return fmt.Errorf("settings: %w", err)
		}
		live.Changes.Note()
		return nil
	})
}

// Expectation says which requests a client must send, and how often; see package traffic for its fields.
type Expectation = traffic.Expectation

// Match chooses requests, for Expectation.InOrder and FaultRule.Match.
type Match = traffic.Match

// FaultRule makes the answers to some requests fail; see package traffic for its fields.
type FaultRule = traffic.FaultRule

// Result says whether an expectation holds, as the control API answers it. Its String is for people: the
// explanation, then a line for each difference.
type Result = traffic.Result

// Settings choose how a world answers where no source says what Ticaga does.
type Settings = settings.Settings

// Switch describes one of the Settings: its values, the default, and the evidence for it.
type Switch = settings.Switch

// Switches returns a description of each of the Settings, sorted by name.
func Switches() []Switch { return slices.Clone(settings.Switches) }

// Reserved is data that asks for a fault in every scenario, when it is sent as a whole value.
type Reserved = traffic.Reserved

// ReservedFaults returns all reserved data.
func ReservedFaults() []Reserved { return fault.Reserved() }

// FaultNames returns the names of the faults that are not just a status, such as "reset".
func FaultNames() []string {
	names := make([]string, len(fault.Kinds))
	for i, kind := range fault.Kinds {
		names[i] = kind.Name
	}
	return names
}

// Explain returns the page of a violation's code in Markdown: what it means, a wrong and a right example,
// and which clients are known to do it. ok is false when there is no such code.
func Explain(code string) (page string, ok bool) { return explain.Page(code) }

// Sources returns the legend of Violation.Evidence and Violation.Source, in Markdown: what the built-in
// openapi.yaml says about the sources of its facts. The error is always nil.
func Sources() (string, error) { return spec.BuiltIn().Description, nil }

// CodeMeaning describes a violation's code in one line.
type CodeMeaning struct {
	Code     string        `json:"code"`
	Severity spec.Severity `json:"severity"`
	Meaning  string        `json:"meaning"` // a sentence without its full stop
}

// CodeMeanings returns every code with its meaning, sorted by code.
func CodeMeanings() []CodeMeaning {
	list := make([]CodeMeaning, len(explain.Index()))
	for i, e := range explain.Index() {
		list[i] = CodeMeaning(e)
	}
	return list
}

// CodesLike returns the codes that contain every word of a part of a code, such as "auth".
func CodesLike(part string) []string { return explain.Like(part) }

// NearestCode returns the code that was most likely intended by a mistyped one, or "" when none is similar.
func NearestCode(code string) string { return explain.Nearest(code) }

// Codes returns every code, sorted.
func Codes() []string { return explain.Codes() }

// CheckCodes checks a list of codes, separated by commas. The error names an unknown one and the code that
// was most likely intended.
func CheckCodes(list string) error {
	_, err := settings.Codes(list)
	return err
}

// CheckWorldName checks the name of a world: 1 to 63 lowercase letters, digits and hyphens, not
// starting with a hyphen. The error says what is allowed.
func CheckWorldName(name string) error { return world.CheckName(name) }
