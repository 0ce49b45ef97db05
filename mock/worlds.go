package mock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/control"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/verify"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// World is a private copy of the scenario: state, journal, faults, settings and clock. It is safe for
// concurrent use. One that was deleted, or forgotten because nobody used it, is recreated when it
// is asked for something, as by a request of its Transport.
type World struct {
	server *Server
	world  *world.World // as it was found first
}

// World returns the one of a name, which is created if need be, and which no other world replaces.
// The error says that the name is not valid, or that the limit is reached.
func (s *Server) World(name string) (*World, error) {
	found, err := s.worlds.Keep(name)
	if err != nil {
		return nil, err
	}
	return &World{s, found}, nil
}

// live is the world of the name now. Where there is no room for it, nobody can ask anything there,
// and it is what it was.
func (w *World) live() *world.World {
	if found, err := w.server.worlds.Keep(w.world.Name); err == nil {
		return found
	}
	return w.world
}

// Path is what a base URL needs behind host and port to be the world's: "/w/NAME". The
// default world needs nothing.
func (w *World) Path() string {
	if w.world.Name == world.Default {
		return ""
	}
	return worldPrefix + w.world.Name
}

// Reset goes back to the fixtures and their settings, an empty journal, no faults and the server's time.
func (w *World) Reset() { w.live().Reset() }

// Journal lists the last exchanges, the newest first.
func (w *World) Journal() []Exchange {
	list := w.live().Journal.Since(0)
	slices.Reverse(list)
	return list
}

// Transport is Server.Transport for the world: a client needs no other settings to be in it.
func (w *World) Transport() http.RoundTripper { return transport{w.server, w} }

// Load is Server.Load for the world.
func (w *World) Load(fixtures fs.FS) error { return w.server.load(w.live(), fixtures) }

// SetClock makes it be now in the world; time goes on from there, or stands still.
func (w *World) SetClock(now time.Time, still bool) { w.live().Clock.Set(now, still) }

// SetClock is World.SetClock of the default world.
func (s *Server) SetClock(now time.Time, still bool) { s.world().Clock.Set(now, still) }

// Verify asks whether the client did what is expected: JSON as the control door takes it,
// such as {"operation": "assignBillingId", "body": {"ticaga_id": 8}, "within": "3s"}. With
// "within" it waits, 60 seconds at most, and returns as soon as it holds or can no longer. The
// error says what is wrong with the expectation, or what the client did instead; when ctx ended
// the wait it wraps the cause.
func (w *World) Verify(ctx context.Context, expectation string) error {
	expected, err := verify.Parse(control.Expectations(w.server.contract, w.world.Name), []byte(expectation))
	if err != nil {
		return fmt.Errorf("expectation: %w", err)
	}
	result := control.Await(ctx, w.live(), expected)
	switch {
	case result.Holds:
		return nil
	case ctx.Err() != nil && !result.Impossible:
		return fmt.Errorf("%w; so far, %s", context.Cause(ctx), result)
	case w.server.worlds.Ended() && expected.Within > 0 && !result.Impossible:
		return fmt.Errorf("the mock is ending; so far, %s", result)
	}
	return errors.New(result.String())
}

// Verify is World.Verify of the default world.
func (s *Server) Verify(ctx context.Context, expectation string) error {
	return (&World{s, s.world()}).Verify(ctx, expectation)
}

// Fault replaces the world's fault rules: a JSON list as the control door takes it, such as
// [{"operation": "closeTicket", "status": 503, "times": 1}]. "" and "[]" are none. The error says
// which rule is wrong, and then no rule has changed.
func (w *World) Fault(rules string) error {
	if err := control.SetFaults(w.server.contract, w.live(), []byte(cmp.Or(rules, "[]"))); err != nil {
		return fmt.Errorf("fault rules: %w", err)
	}
	return nil
}

// Fault is World.Fault of the default world.
func (s *Server) Fault(rules string) error { return (&World{s, s.world()}).Fault(rules) }

// Settings are a world's choices where no source decides.
type Settings = settings.Settings

// Switch describes one of them: what it may be, the default, and how much is known.
type Switch = settings.Switch

// Switches lists every one, sorted by name.
func Switches() []Switch { return slices.Clone(settings.Switches) }

// Settings returns the world's as they are now.
func (w *World) Settings() Settings { return *w.live().Settings.Get() }

// Settings is World.Settings of the default world.
func (s *Server) Settings() Settings { return *s.world().Settings.Get() }

// Set changes the settings that a JSON object names, such as {"unknown_customer": 404}, until the
// world is reset. The error says which value is wrong, and then nothing has changed.
func (w *World) Set(settings string) error {
	if err := w.live().Settings.Change([]byte(settings)); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}

// Set is World.Set of the default world.
func (s *Server) Set(settings string) error { return (&World{s, s.world()}).Set(settings) }

// Reserved is data that asks for a fault in every scenario, sent as a whole value.
type Reserved struct {
	ID    int64  `json:"id"`    // as the id of a customer, a ticket or a department
	Email string `json:"email"` // as an e-mail address, the administrator's in the settings too
	Slug  string `json:"slug"`  // as a slug, an API token, or any other text
	Does  string `json:"does"`  // what happens, for people
}

// ReservedFaults lists what is reserved.
func ReservedFaults() []Reserved {
	var list []Reserved
	for _, r := range fault.Data() {
		list = append(list, Reserved{r.ID, r.Email, r.Slug, r.Does})
	}
	return list
}

// Explain is the page of a violation's code: what it means, examples wrong and right, and who
// is known to do it, in Markdown.
func Explain(code string) (page string, ok bool) { return explain.Page(code) }

// CodeMeaning is a violation's code in one line.
type CodeMeaning struct {
	Code     string        `json:"code"`
	Severity spec.Severity `json:"severity"`
	Meaning  string        `json:"meaning"` // a sentence without its full stop
}

// CodeMeanings lists every violation's code with its meaning, sorted.
func CodeMeanings() []CodeMeaning {
	list := make([]CodeMeaning, len(explain.Index()))
	for i, e := range explain.Index() {
		list[i] = CodeMeaning(e)
	}
	return list
}

// CodesLike lists the codes that have every word of a part of one, such as "auth".
func CodesLike(part string) []string { return explain.Like(part) }

// NearestCode is the code that a mistyped one was most likely meant to be; "" when none is
// near.
func NearestCode(code string) string { return explain.Nearest(code) }

// Codes lists every violation's code, sorted.
func Codes() []string { return explain.Codes() }

// CheckCodes reports which of a list of codes, separated by commas, there is not, and which one is
// nearest.
func CheckCodes(list string) error {
	_, err := settings.Codes(list)
	return err
}

// CheckWorldName says whether a world may have a name: 1 to 63 small letters, digits and hyphens,
// no hyphen first. The error says so.
func CheckWorldName(name string) error { return world.CheckName(name) }
