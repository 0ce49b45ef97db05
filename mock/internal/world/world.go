// Package world keeps private copies of a scenario side by side.
//
// A [World] is a state, a journal, faults and a clock of its own, so that parallel tests can
// share one server. A plugin's settings choose it ([Worlds.Get] makes it on first use), with no
// call to make beforehand. At the limit such a world replaces the least recently used one of its
// kind; one that somebody created by name ([Worlds.Keep], [Worlds.Create]) stays. When the data of
// all worlds together reaches its limit, such worlds are forgotten in the same order. Making, resetting,
// snapshotting, restoring and forking share everything that does not change, so they cost the same
// however many tickets there are.
package world

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/redact"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Default is the world of requests that name none.
const Default = "default"

// World is a private copy of a scenario. It is safe for concurrent use.
type World struct {
	Name     string
	Store    *store.Store
	Journal  *journal.Journal
	Faults   *fault.Rules
	Clock    *Clock
	Settings *settings.Current
	Expected func(traffic.Exchange) // is told an exchange with those of its violations that turn out to be expected
	Throttle *Throttle
	Replaced string                   // the world that was forgotten to make room for this one; "" for none
	gaveWay  atomic.Pointer[[]string] // see GaveWay

	ToldAccept atomic.Bool // that a request did not ask for JSON, though it succeeded
	Redirects  Redirects
	Life       string // tells it from an earlier world of the same name, also in an earlier run of the program

	redactor atomic.Pointer[redactor]
	secrets  []string
	names    redact.Names

	used atomic.Int64         // nanoseconds, of Settings.Idle
	held atomic.Int64         // how many wait in it or listen to it: see Context
	idle func() time.Duration // Settings.Idle
	from time.Time            // Settings.Began
	kept bool                 // it was created by name, so no other world replaces it; guarded by Worlds.mu
	life context.Context      // ends when the world is forgotten, and with it whoever waits in it
	end  context.CancelFunc
}

// Reset goes back to the fixtures and their settings, an empty journal, no faults and the server's
// time. Snapshots stay.
func (w *World) Reset() {
	w.Store.Reset()
	w.Journal.Reset()
	w.Faults.Set(nil, nil)
	w.Clock.Reset()
	w.Settings.Reset()
	w.Throttle.Reset()
	w.ToldAccept.Store(false)
	w.Redirects.Reset()
}

// Snapshot keeps the present state under a name, over an earlier one of that name. The error is a
// *NameError, or one of Store.Snapshot.
func (w *World) Snapshot(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	return w.Store.Snapshot(name)
}

// redactor is made for the staff and the departments: no request changes them, but other fixtures
// do, with a staff of their own.
type redactor struct {
	staff *store.StaffTable
	redact.Redactor
}

// Redactor knows the tokens of everybody in the world, the fields of its departments that hold a
// password, and the secrets of the server.
func (w *World) Redactor() redact.Redactor {
	state := w.Store.View()
	staff := state.Staff()
	if made := w.redactor.Load(); made != nil && made.staff == staff {
		return made.Redactor
	}
	known := slices.Clone(w.secrets)
	for _, member := range staff.List {
		known = append(known, member.Tokens...)
	}
	made := &redactor{staff, redact.New(known...).Naming(w.names.WithSecrets(state.PasswordFields()))}
	w.redactor.Store(made)
	return made.Redactor
}

// Context is one that ends with the parent, or when the world is forgotten. Until it is canceled the
// world is in use.
func (w *World) Context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(w.life, cancel)
	w.held.Add(1)
	return ctx, sync.OnceFunc(func() {
		w.used.Store(int64(w.idle()))
		w.held.Add(-1)
		stop()
		cancel()
	})
}

// Used is when the world was last asked for: now, while somebody waits in it or listens to it.
func (w *World) Used() time.Time { return w.from.Add(w.lastUsed(w.idle())) }

// lastUsed is Used by Settings.Idle, which returned now.
func (w *World) lastUsed(now time.Duration) time.Duration {
	if w.held.Load() > 0 {
		return now
	}
	return time.Duration(w.used.Load())
}

// NameRule says what a name may be.
const NameRule = "1 to 63 small letters, digits and hyphens, no hyphen first"

// namePattern keeps names fit for URLs, tokens and file names.
var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// NameError says that a world or snapshot cannot have a name.
type NameError struct{ Name, Because string }

func (e *NameError) Error() string { return fmt.Sprintf("name %.70q: %s", e.Name, e.Because) }

// CheckName says whether a world or snapshot may have a name: the error is a *NameError.
func CheckName(name string) error {
	if !namePattern.MatchString(name) {
		return &NameError{name, "write " + NameRule}
	}
	return nil
}

// Settings are what all worlds of a server have in common.
type Settings struct {
	Store   *store.Store                   // what every world begins as: its fixtures
	Initial settings.Settings              // and its settings
	Check   func(*settings.Settings) error // says that settings cannot be changed so; nil where all can
	Now     func() time.Time               // the server's clock
	Still   bool                           // it always returns the same time
	Began   time.Time                      // when the server did
	Idle    func() time.Duration           // how long ago that is, however the clock of the machine is set meanwhile
	Seed    int64
	Journal journal.Limits
	Secrets []string      // that no journal may show, beside the API tokens
	Names   redact.Names  // of the contract, which journals may show
	Most    int           // how many worlds there may be, at least 1
	Total   int64         // about how many bytes their data may take together; 0 for any number
	TTL     time.Duration // after how long an unused one is forgotten; 0 for never

	Expected func(traffic.Exchange) // see World.Expected
}

// Worlds are all worlds of a server. It is safe for concurrent use.
type Worlds struct {
	settings Settings
	life     context.Context // ends with the server
	end      context.CancelFunc

	outside *World

	mu     sync.RWMutex
	byName map[string]*World
	added  chan struct{} // closed when the next world is there; nil while nobody waits
}

// LimitError says that there are as many worlds as there may be, and that none may be replaced.
type LimitError struct{ Most int }

func (e *LimitError) Error() string {
	return fmt.Sprintf("limit reached: %d worlds, every one created by name, so none is replaced; delete one, or raise --worlds", e.Most)
}

// New makes the worlds of a server: at first, the default one.
func New(settings Settings) *Worlds {
	w := &Worlds{settings: settings, byName: map[string]*World{}}
	w.life, w.end = context.WithCancel(context.Background())
	settings.Store.Join(store.NewTotal(settings.Total, w.giveWay))
	first := w.begin(Default)
	first.kept = true
	w.byName[Default] = first
	w.outside = w.begin(Default)
	w.outside.Journal = first.Journal
	return w
}

// begin makes a world as the fixtures.
func (w *Worlds) begin(name string) *World {
	clock := w.clock()
	data, _ := w.settings.Store.Fork(clock.Now) // which takes nothing beside the fixtures
	return w.make(name, clock, data, settings.NewCurrent(w.settings.Initial, w.settings.Check))
}

// fork makes a world as another one is now. The error is a *store.FullError.
func (w *Worlds) fork(name string, from *World) (*World, error) {
	clock := w.clock()
	data, err := from.Store.Fork(clock.Now)
	if err != nil {
		return nil, err
	}
	made := w.make(name, clock, data, from.Settings.Copy())
	clock.copy(from.Clock)
	made.Faults.Copy(from.Faults)
	return made, nil
}

func (w *Worlds) clock() *Clock { return &Clock{base: w.settings.Now, stands: w.settings.Still} }

func (w *Worlds) make(name string, clock *Clock, data *store.Store, chosen *settings.Current) *World {
	made := &World{
		Name: name, Life: rand.Text()[:8], Clock: clock, Store: data, Settings: chosen, Journal: journal.New(w.settings.Journal),
		Faults: fault.NewRules(w.settings.Seed), Throttle: &Throttle{}, Expected: w.settings.Expected, secrets: w.settings.Secrets, names: w.settings.Names,
	}
	made.life, made.end = context.WithCancel(w.life)
	made.from, made.idle = w.settings.Began, w.settings.Idle
	made.used.Store(int64(w.settings.Idle()))
	return made
}

// End ends all waiting in all worlds: the server is ending.
func (w *Worlds) End() { w.end() }

// Ended reports whether End was called.
func (w *Worlds) Ended() bool { return w.life.Err() != nil }

// Get is the world of a name, made on first use. Unless it is kept, another one replaces it when
// there is no room. The error is a *LimitError or a *NameError.
func (w *Worlds) Get(name string) (*World, error) {
	if found, ok := w.Find(name); ok {
		return found, nil
	}
	found, _, err := w.add(name, nil, false)
	return found, err
}

// Keep is Get for somebody who names the world in order to arrange it: no other one replaces it.
func (w *Worlds) Keep(name string) (*World, error) {
	found, _, err := w.add(name, nil, true)
	return found, err
}

// Outside is where requests are answered that name a world which is not there and which they may
// not make. It is as the fixtures are, without faults, and nothing may change it; its journal is
// that of the default world.
func (w *Worlds) Outside() *World { return w.outside }

// Await is Find, but waits for the world to be made; nil when ctx or the server ended first.
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

// Find is the world of a name if it is there. Being asked for is being used.
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

// ThereError says that a world is there already.
type ThereError struct{ Name string }

func (e *ThereError) Error() string { return fmt.Sprintf("world %q is there already", e.Name) }

// Create makes a world by name, as the fixtures or as another one is now. The error is a
// *ThereError, a *NameError, a *LimitError, or a *store.FullError when there is no room for a copy.
func (w *Worlds) Create(name string, from *World) (*World, error) {
	made, fresh, err := w.add(name, from, true)
	if err == nil && !fresh {
		return nil, &ThereError{name}
	}
	return made, err
}

// CheckName reports whether a world may have a name: the error is a *NameError.
func (w *Worlds) CheckName(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if w.isSecret(name) { // names are shown, tokens are not
		return &NameError{"[redacted]", "this is an API token; choose another name"}
	}
	return nil
}

// add returns the world of a name, or a fresh one, as the fixtures or as another one is now.
func (w *Worlds) add(name string, from *World, keep bool) (found *World, fresh bool, err error) {
	if err := w.CheckName(name); err != nil {
		return nil, false, err
	}
	var made *World
	if from != nil { // before the lock, since worlds may have to give way
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
		if len(w.byName) >= w.settings.Most {
			if replaced = w.replace(); replaced == "" {
				return nil, false, &LimitError{w.settings.Most}
			}
		}
		if made == nil {
			made = w.begin(name)
		}
		found, fresh = made, true
		found.Replaced = replaced
		w.byName[name] = found
		if w.added != nil {
			close(w.added)
			w.added = nil
		}
	}
	found.kept = found.kept || keep
	found.used.Store(int64(w.settings.Idle()))
	return found, fresh, nil
}

// giveWay forgets worlds that are not kept until their data took need bytes, the least recently used
// first, and remembers it for the next exchange of the world that writes. When they do not take that
// much it forgets none and returns false.
func (w *Worlds) giveWay(need int64, writer *store.Store) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []*World
	var writes *World
	now, taken := w.settings.Idle(), int64(0)
	for _, world := range w.byName {
		switch {
		case world.Store == writer:
			writes = world
		case !world.kept || w.expired(world, now):
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

// GaveWay lists the worlds that were forgotten since the last call so that this one could grow.
func (w *World) GaveWay() []string {
	if w.gaveWay.Load() == nil { // which is nearly always so
		return nil
	}
	if names := w.gaveWay.Swap(nil); names != nil {
		return *names
	}
	return nil
}

// replace forgets the least recently used world that is not kept, and returns its name; "" when every
// one is.
func (w *Worlds) replace() string {
	var oldest *World
	now := w.settings.Idle()
	for _, world := range w.byName {
		if !world.kept && (oldest == nil || world.lastUsed(now) < oldest.lastUsed(now)) {
			oldest = world
		}
	}
	if oldest == nil {
		return ""
	}
	w.forget(oldest)
	return oldest.Name
}

// isSecret reports whether a name is a token, or holds one, in any encoding.
func (w *Worlds) isSecret(name string) bool {
	always, _ := w.Find(Default)
	return always.Redactor().Text(name) != name
}

// Delete forgets a world; false when there is none, or it is the default one, which stays.
func (w *Worlds) Delete(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := w.byName[name]
	if found == nil || name == Default {
		return false
	}
	w.forget(found)
	return true
}

// List is every world, by name.
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
	if w.settings.TTL == 0 {
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

// close ends what waits in a world, and takes it out of what is counted.
func (w *World) close() {
	w.end()
	w.Journal.Close()
	w.Store.Close()
}

func (w *Worlds) expired(world *World, now time.Duration) bool {
	return w.settings.TTL > 0 && world.Name != Default && now-world.lastUsed(now) > w.settings.TTL
}
