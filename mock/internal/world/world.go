// Package world keeps isolated copies of a scenario side by side.
//
// A [World] has its own data, journal, fault rules, settings and clock, so that parallel tests can share
// one server. A plugin's settings choose the world: [Worlds.Get] creates it for the first request, and a
// test needs no request before that. When the limit on worlds is reached, a new world replaces the
// least recently used one that a request created; a world that was created by name ([Worlds.Keep],
// [Worlds.Create]) stays. When the data of all worlds together reaches its limit, worlds that requests
// created are forgotten in the same order. Creating, resetting, snapshotting, restoring and copying a
// world share everything that does not change, so that they cost the same for any number of tickets.
//
// What tests do to a world is here too: [World.Verify] waits for an expectation, [World.Load] replaces the
// data, [World.Reset] restores it.
package world

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/scenario"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Default is the name of the world for requests that name none.
const Default = "default"

// World is an isolated copy of a scenario. It is safe for concurrent use.
type World struct {
	Name     string
	Store    *store.Store
	Journal  *journal.Journal
	Faults   *fault.Rules
	Clock    *Clock
	Settings *settings.Current
	Throttle *Throttle
	Changes  Changes
	Replaced string                   // the world that was forgotten to make room for this one; "" for none
	gaveWay  atomic.Pointer[[]string] // see GaveWay

	ToldAccept atomic.Bool // whether a warning was sent that a request succeeded without asking for JSON
	Redirects  Redirects

	interaction interaction
	scenario    atomic.Pointer[string] // see Scenario

	redactor atomic.Pointer[redactor]
	common   *Settings
	start    *atomic.Pointer[Start]

	life     atomic.Pointer[string]
	line     *line      // nil when its history is kept nowhere
	inLineOf *World     // whose line it uses, because it shares the journal; nil for none
	undo     *tentative // while something is decided; guarded by the turn of line
	worlds   *Worlds

	used  atomic.Int64    // nanoseconds, as Settings.Idle returns them
	held  atomic.Int64    // how many requests wait in it or read its events, see Context
	kept  atomic.Bool     // it was created by name and no other world replaces it
	lasts context.Context // ends when the world is forgotten, and with it all waiting in it
	end   context.CancelFunc
}

// Life returns what tells the world from earlier ones with the same name, in earlier runs of the program too.
func (w *World) Life() string { return *w.life.Load() }

// Live gives the world its life.
func (w *World) Live(life string) { w.life.Store(&life) }

// Reset returns to the scenario and its settings, with an empty journal, no fault rules and the server's
// time. Snapshots stay.
func (w *World) Reset() {
	w.Journal.Reset()
	w.restore()
}

// restore is Reset for everything but the journal.
func (w *World) restore() {
	w.Store.Reset()
	w.Faults.Set(nil)
	w.Clock.Reset()
	w.Settings.Reset()
	w.Throttle.Reset()
	w.ToldAccept.Store(false)
	w.Redirects.Reset()
	w.Changes.Note()
}

// Restore returns to the data of a snapshot. It returns false when there is none with this name.
func (w *World) Restore(name string) bool {
	found := w.Store.Restore(name)
	if found {
		w.Changes.Note()
	}
	return found
}

// Snapshot keeps the present data under a name, and replaces an earlier snapshot with that name. The error
// is a *NameError, or that of Store.Snapshot.
func (w *World) Snapshot(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return w.Store.Snapshot(name)
}

// redactor is made for the staff and the departments of a state. No request to the API changes them.
type redactor struct {
	start       *Start
	staff       *store.StaffTable
	departments *store.Edition
	redact.Redactor
}

// Redactor returns what hides the tokens of all staff in the world, the department fields that contain
// passwords, and the secrets of the server.
func (w *World) Redactor() redact.Redactor {
	state := w.Store.View()
	start, staff, departments := w.start.Load(), state.Staff(), state.DepartmentsEdition()
	if made := w.redactor.Load(); made != nil && made.start == start && made.staff == staff && made.departments == departments {
		return made.Redactor
	}
	known := slices.Clone(w.common.Secrets)
	for _, member := range staff.List {
		known = append(known, member.Tokens...)
	}
	made := &redactor{start, staff, departments, redact.New(known...).Naming(start.Names.WithSecrets(state.PasswordFields())).Remembering(w.common.harmless)}
	w.redactor.Store(made)
	return made.Redactor
}

// Context returns a context that ends with the parent or when the world is forgotten. The world is in use
// until the caller cancels it.
func (w *World) Context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(w.lasts, cancel)
	w.held.Add(1)
	return ctx, sync.OnceFunc(func() {
		w.used.Store(int64(w.common.Idle()))
		w.held.Add(-1)
		stop()
		cancel()
	})
}

// Used returns when the world was last used: now, while a request waits in it or reads its events.
func (w *World) Used() time.Time { return w.common.Began.Add(w.lastUsed(w.common.Idle())) }

// lastUsed is Used as a time of Settings.Idle, which returned now.
func (w *World) lastUsed(now time.Duration) time.Duration {
	if w.held.Load() > 0 {
		return now
	}
	return time.Duration(w.used.Load())
}

// NameRule describes the names that are accepted.
const NameRule = "1 to 63 lowercase letters, digits and hyphens, not starting with a hyphen"

// NameError says why a world or snapshot cannot have a name.
type NameError struct{ Name, Because string }

func (e *NameError) Error() string { return fmt.Sprintf("name %.70q: %s", e.Name, e.Because) }

// CheckName checks the name of a world or snapshot, which has to fit in URLs, tokens and file names. The error is a *NameError.
func CheckName(name string) error {
	strange := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }
	if name == "" || len(name) > 63 || name[0] == '-' || strings.ContainsFunc(name, strange) {
		return &NameError{name, "must be " + NameRule}
	}
	return nil
}

// Start is what every world begins with, and what follows from the contract. Reload replaces it.
type Start struct {
	Store     *store.Store                   // the data
	Scenarios *scenario.Loader               // loads other data into a world
	Initial   settings.Settings              // the settings
	Check     func(*settings.Settings) error // rejects a change of settings; nil accepts all
	Names     redact.Names                   // of the contract, which journals may show
}

// Settings are what all worlds of a server share.
type Settings struct {
	Start
	Scenario string // the name of the built-in scenario that every world begins with; "" for other data

	// The time.
	Now   func() time.Time     // the server's clock
	Still bool                 // Now always returns the same time
	Began time.Time            // when the server began
	Idle  func() time.Duration // how long ago that is, even when the clock of the machine is set

	// The journals.
	Journal  journal.Limits
	Secrets  []string               // that no journal may show, in addition to the API tokens
	Expected func(traffic.Exchange) // is called with an exchange when an expectation allows violations of it

	Seed int64 // decides which requests a fault of some probability applies to

	Log log.Log // keeps the histories of worlds; nil for nowhere

	// The limits.
	MaxWorlds int           // number of worlds, at least 1
	MaxSize   int64         // of data that is loaded, in bytes; 0 for any
	Total     int64         // max size of the data of all worlds together, approximate, in bytes; 0 for any
	TTL       time.Duration // how long an unused world is kept; 0 for ever
	Waiters   int           // max number of requests that wait for an expectation

	harmless *redact.Memo // of what journals show
}

// Worlds are all worlds of a server. They are safe for concurrent use.
type Worlds struct {
	settings Settings
	start    atomic.Pointer[Start] // instead of that of settings
	total    *store.Total
	life     context.Context // ends when the server begins to end, because of ErrEnding: nobody waits any more
	end      context.CancelCauseFunc
	logging  context.Context // ends when no request is in flight any more: nobody uses the log
	close    context.CancelFunc
	waiting  atomic.Int64 // requests that wait for an expectation

	histories *histories // nil when they are kept nowhere

	outside *World

	copying sync.RWMutex // held while a world is copied, and by Reload until it knows all worlds

	mu     sync.RWMutex
	byName map[string]*World
	added  chan struct{} // closed when the next world is there; nil while nobody waits
}

// LimitError says that the limit on worlds is reached and no world may be replaced.
type LimitError struct{ Max int }

func (e *LimitError) Error() string {
	return fmt.Sprintf("limit reached: %d worlds, all created by name, so that none is replaced; delete one or raise --worlds", e.Max)
}

// New returns the worlds of a server, with the default one.
func New(settings Settings) *Worlds {
	settings.harmless = redact.NewMemo()
	w := &Worlds{settings: settings, byName: map[string]*World{}}
	w.life, w.end = context.WithCancelCause(context.Background())
	w.logging, w.close = context.WithCancel(context.Background())
	w.total = store.NewTotal(settings.Total, w.giveWay)
	settings.Store.Join(w.total)
	w.start.Store(&settings.Start)
	if settings.Log != nil {
		w.histories = newHistories(settings.Log, settings.Store)
	}
	first := w.begin(Default)
	w.byName[Default] = first
	w.outside = w.begin(Default)
	w.outside.Journal, w.outside.line = first.Journal, nil
	if settings.Log != nil {
		w.outside.inLineOf = first
		go w.follow()
		go w.open(settings.Store)
		go w.sweepAlways()
	}
	return w
}

// begin makes a world from the scenario.
func (w *Worlds) begin(name string) *World {
	clock := w.clock()
	start := w.start.Load()
	data, _ := start.Store.Fork(clock.Now) // which needs no memory of its own
	return w.make(name, clock, data, settings.NewCurrent(start.Initial, w.check))
}

// fork makes a copy of a world. The error is a *store.FullError.
func (w *Worlds) fork(name string, from *World) (*World, error) {
	clock := w.clock()
	data, err := from.Store.Fork(clock.Now)
	if err != nil {
		return nil, err
	}
	made := w.make(name, clock, data, from.Settings.Copy())
	clock.copy(from.Clock)
	made.Faults.Copy(from.Faults)
	made.scenario.Store(from.scenario.Load())
	return made, nil
}

func (w *Worlds) clock() *Clock { return &Clock{base: w.settings.Now, stands: w.settings.Still} }

func (w *Worlds) make(name string, clock *Clock, data *store.Store, chosen *settings.Current) *World {
	made := &World{
		Name: name, worlds: w, Clock: clock, Store: data, Settings: chosen, Journal: journal.New(w.settings.Journal),
		Faults: fault.NewRules(w.settings.Seed), Throttle: &Throttle{}, common: &w.settings, start: &w.start,
	}
	made.lasts, made.end = context.WithCancel(w.life)
	made.used.Store(int64(w.settings.Idle()))
	made.scenario.Store(&w.settings.Scenario)
	made.Live(rand.Text()[:8])
	made.kept.Store(name == Default)
	if w.histories != nil {
		made.line = w.newLine(made)
	}
	return made
}

// End ends all waiting in all worlds: the server is ending.
func (w *Worlds) End() { w.end(ErrEnding) }

// Close is End, once no request is in flight: requests that still are cannot change anything that a log keeps.
func (w *Worlds) Close() {
	w.End()
	w.close()
}

// Get returns the world with a name, and creates it on first use. Unless it is kept, another world may replace
// it when the limit is reached. The error is a *LimitError or a *NameError.
func (w *Worlds) Get(name string) (*World, error) {
	if found, ok := w.Find(name); ok {
		return found, nil
	}
	found, _, err := w.add(name, nil, false)
	return found, err
}

// Keep is Get for a world that a test names to configure it: no other world replaces it.
func (w *Worlds) Keep(name string) (*World, error) {
	found, _, err := w.add(name, nil, true)
	return found, err
}

// Outside returns the world that answers requests which name a world that does not exist and which they may
// not create. It has the data of the scenario and no fault rules, and no request may change it. Its
// journal is that of the default world.
func (w *Worlds) Outside() *World { return w.outside }

// Await is Find, but waits for the world to be created. It returns nil when ctx or the server ends first.
func (w *Worlds) Await(ctx context.Context, name string) *World {
	for {
		w.mu.Lock()
		if w.added == nil {
			w.added = make(chan struct{})
		}
		added := w.added
		w.mu.Unlock()
		if found, ok := w.Find(name); ok {
			return found
		}
		select {
		case <-added:
		case <-w.life.Done():
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// Find returns the world with a name, if it exists, and counts as using it.
func (w *Worlds) Find(name string) (*World, bool) {
	w.mu.RLock()
	found := w.byName[name]
	w.mu.RUnlock()
	if found == nil {
		return nil, false
	}
	now := w.settings.Idle()
	if w.expired(found, now) {
		return nil, false
	}
	found.used.Store(int64(now))
	return found, true
}

// ExistsError says that a world already exists.
type ExistsError struct{ Name string }

func (e *ExistsError) Error() string { return fmt.Sprintf("world %q already exists", e.Name) }

// Create makes a world with a name, from the scenario or as a copy of another one. The error is an
// *ExistsError, a *NameError, a *LimitError, or a *store.FullError when there is no room for a copy.
func (w *Worlds) Create(name string, from *World) (*World, error) {
	made, fresh, err := w.add(name, from, true)
	if err == nil && !fresh {
		return nil, &ExistsError{name}
	}
	return made, err
}

// CheckName checks the name of a world, which also must not be a token. The error is a *NameError.
func (w *Worlds) CheckName(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if w.isSecret(name) { // because names are shown
		return &NameError{"[redacted]", "this is an API token; choose another name"}
	}
	return nil
}

// add returns the world with a name, or a new one, from the scenario or as a copy of another one.
func (w *Worlds) add(name string, from *World, keep bool) (found *World, fresh bool, err error) {
	if err := w.CheckName(name); err != nil {
		return nil, false, err
	}
	if w.histories != nil {
		return w.addLogged(name, from, keep)
	}
	var made *World
	if from != nil { // before the lock, because the copy may need other worlds to be forgotten
		w.copying.RLock()
		defer w.copying.RUnlock()
		if made, err = w.fork(name, from); err != nil {
			return nil, false, err
		}
		defer func() {
			if found != made {
				made.close()
			}
		}()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sweep()
	found = w.byName[name]
	if found == nil {
		replaced := ""
		if len(w.byName) >= w.settings.MaxWorlds {
			if replaced = w.replace(); replaced == "" {
				return nil, false, &LimitError{w.settings.MaxWorlds}
			}
		}
		if made == nil {
			made = w.begin(name)
		}
		found, fresh = made, true
		found.Replaced = replaced
		w.insert(found)
	}
	if keep {
		found.kept.Store(true)
	}
	found.used.Store(int64(w.settings.Idle()))
	return found, fresh, nil
}

// insert adds a world to the list. The caller holds the lock.
func (w *Worlds) insert(made *World) {
	w.byName[made.Name] = made
	if w.added != nil {
		close(w.added)
		w.added = nil
	}
}

// giveWay forgets worlds that are not kept, the least recently used first, until their data had at least need
// bytes. The next exchange of the world that writes reports their names. When their data is smaller than
// that, giveWay forgets none and returns false.
func (w *Worlds) giveWay(need int64, writer *store.Store) bool {
	if w.histories != nil { // worlds are forgotten by a record, and none can be appended now
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*World
	var writes *World
	now, taken := w.settings.Idle(), int64(0)
	for _, world := range w.byName {
		switch {
		case world.Store == writer:
			writes = world
		case !world.kept.Load() || w.expired(world, now):
			if world.Store.Counted() > 0 {
				list = append(list, world)
				taken += world.Store.Counted()
			}
		}
	}
	if taken < need {
		return false
	}
	slices.SortFunc(list, func(a, b *World) int { return cmp.Compare(a.lastUsed(now), b.lastUsed(now)) })
	var names []string
	for _, world := range list {
		if need <= 0 {
			break
		}
		need -= world.Store.Counted()
		names = append(names, world.Name)
		w.forget(world)
	}
	if writes != nil {
		if earlier := writes.gaveWay.Load(); earlier != nil {
			names = slices.Concat(*earlier, names)
		}
		writes.gaveWay.Store(&names)
	}
	return true
}

// GaveWay returns the names of the worlds that were forgotten since the last call, so that this one could grow.
func (w *World) GaveWay() []string {
	if w.gaveWay.Load() == nil { // nearly always
		return nil
	}
	if names := w.gaveWay.Swap(nil); names != nil {
		return *names
	}
	return nil
}

// replace forgets the least recently used world that is not kept, and returns its name; "" when all are
// kept.
func (w *Worlds) replace() string {
	oldest, _ := w.oldest()
	if oldest == nil {
		return ""
	}
	w.forget(oldest)
	return oldest.Name
}

// oldest returns the least recently used world that is not kept, or nil, and how many are not.
func (w *Worlds) oldest() (oldest *World, replaceable int) {
	now := w.settings.Idle()
	for _, world := range w.byName {
		if world.kept.Load() {
			continue
		}
		replaceable++
		if oldest == nil || world.lastUsed(now) < oldest.lastUsed(now) {
			oldest = world
		}
	}
	return oldest, replaceable
}

// isSecret reports whether a name is or contains a token, in any encoding.
func (w *Worlds) isSecret(name string) bool {
	always, _ := w.Find(Default)
	return always.Redactor().Text(name) != name
}

// Delete forgets a world. It returns false when the world does not exist or is the default one. It is called by the run
// of World.Do of that world.
func (w *Worlds) Delete(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.byName[name]
	if found == nil || name == Default {
		return false
	}
	if found.line != nil {
		found.line.ending = true
		return true
	}
	w.forget(found)
	return true
}

// List returns all worlds, sorted by name.
func (w *Worlds) List() []*World {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sweep()
	list := make([]*World, 0, len(w.byName))
	for _, name := range slices.Sorted(maps.Keys(w.byName)) {
		list = append(list, w.byName[name])
	}
	return list
}

func (w *Worlds) sweep() {
	if w.settings.TTL == 0 || w.histories != nil { // see sweepLogged
		return
	}
	now := w.settings.Idle()
	for _, world := range w.byName {
		if w.expired(world, now) {
			w.forget(world)
		}
	}
}

func (w *Worlds) forget(world *World) {
	world.close()
	delete(w.byName, world.Name)
}

// close ends all waiting in a world, and stops counting its memory.
func (w *World) close() {
	w.end()
	w.Journal.Close()
	w.Store.Close()
}

func (w *Worlds) expired(world *World, now time.Duration) bool {
	return w.settings.TTL > 0 && w.histories == nil && world.Name != Default && now-world.lastUsed(now) > w.settings.TTL
}
