// Package world keeps private copies of a scenario side by side.
//
// A [World] is a state, a journal, faults and a clock of its own, so that parallel tests can
// share one server. A plugin's settings choose it ([Worlds.Get] makes it on first use), with no
// call to make beforehand. Making, resetting, snapshotting, restoring and forking share
// everything that does not change, so they cost the same however many tickets there are.
package world

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/journal"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Default is the world of requests that name none.
const Default = "default"

// World is a private copy of a scenario. It is safe for concurrent use.
type World struct {
	Name    string
	Store   *store.Store
	Journal *journal.Journal
	Faults  *fault.Rules
	Clock   *Clock
	Life    string // tells it from an earlier world of the same name, also in an earlier run of the program

	redactor atomic.Pointer[redactor]

	used atomic.Int64    // Unix nanoseconds, of Settings.Idle
	life context.Context // ends when the world is forgotten, and with it whoever waits in it
	end  context.CancelFunc

	mu        sync.Mutex
	snapshots map[string]*store.State
}

// mostSnapshots bounds how many a world keeps.
const mostSnapshots = 100

// Reset goes back to the fixtures, an empty journal, no faults and the server's time.
// Snapshots stay.
func (w *World) Reset() {
	w.Store.Reset()
	w.Journal.Reset()
	w.Faults.Set(nil, nil)
	w.Clock.Reset()
}

// Snapshot keeps the present state under a name, over an earlier one of that name.
func (w *World) Snapshot(name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.snapshots[name]; !ok && len(w.snapshots) >= mostSnapshots {
		return fmt.Errorf("there are %d snapshots already; delete one", mostSnapshots)
	}
	if w.snapshots == nil {
		w.snapshots = map[string]*store.State{}
	}
	w.snapshots[name] = w.Store.View()
	return nil
}

// Restore goes back to a snapshot; false when there is none of that name.
func (w *World) Restore(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	state, ok := w.snapshots[name]
	if ok {
		w.Store.Restore(state)
	}
	return ok
}

// DeleteSnapshot forgets a snapshot; false when there is none of that name.
func (w *World) DeleteSnapshot(name string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.snapshots[name]
	delete(w.snapshots, name)
	return ok
}

// Snapshots lists their names, sorted.
func (w *World) Snapshots() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.snapshots))
}

// redactor is made for the staff: no request changes them, but other fixtures do.
type redactor struct {
	staff *store.StaffTable
	journal.Redactor
}

// Redactor knows the tokens of everybody in the world.
func (w *World) Redactor() journal.Redactor {
	staff := w.Store.View().Staff()
	if made := w.redactor.Load(); made != nil && made.staff == staff {
		return made.Redactor
	}
	var known []journal.Credential
	for _, member := range staff.List {
		for _, token := range member.Tokens {
			known = append(known, journal.Credential{Email: member.Email, Token: token})
		}
	}
	made := &redactor{staff, journal.NewRedactor(known...)}
	w.redactor.Store(made)
	return made.Redactor
}

// Context is one that ends with the parent, or when the world is forgotten.
func (w *World) Context(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	stop := context.AfterFunc(w.life, cancel)
	return ctx, func() { stop(); cancel() }
}

// Used is when the world was last asked for.
func (w *World) Used() time.Time { return time.Unix(0, w.used.Load()) }

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
	Store   *store.Store     // what every world begins as: its fixtures
	Now     func() time.Time // the server's clock, which may stand still
	Idle    func() time.Time // the one that tells for how long a world was not used
	Seed    int64
	Journal journal.Limits
	Most    int           // how many worlds there may be, at least 1
	TTL     time.Duration // after how long an unused one is forgotten; 0 for never
}

// Worlds are all worlds of a server. It is safe for concurrent use.
type Worlds struct {
	settings Settings

	mu     sync.RWMutex
	byName map[string]*World
}

// LimitError says that there are as many worlds as there may be.
type LimitError struct{ Most int }

func (e *LimitError) Error() string {
	return fmt.Sprintf("there are %d worlds already, as many as there may be; delete one, or raise --worlds", e.Most)
}

// New makes the worlds of a server: at first, the default one.
func New(settings Settings) *Worlds {
	w := &Worlds{settings: settings, byName: map[string]*World{}}
	w.byName[Default] = w.make(Default, nil)
	return w
}

// make begins a world as the fixtures, or as another one is now.
func (w *Worlds) make(name string, from *World) *World {
	clock := &Clock{base: w.settings.Now}
	made := &World{
		Name: name, Life: rand.Text()[:8], Clock: clock, Journal: journal.New(w.settings.Journal),
		Faults: fault.NewRules(w.settings.Seed),
	}
	made.life, made.end = context.WithCancel(context.Background())
	if from == nil {
		made.Store = w.settings.Store.Fork(clock.Now)
		made.Store.Reset()
	} else {
		made.Store = from.Store.Fork(clock.Now)
		made.Clock.copy(from.Clock)
		made.Faults.Copy(from.Faults)
	}
	made.used.Store(w.settings.Idle().UnixNano())
	return made
}

// Get is the world of a name, made on first use. The error is a *LimitError or a *NameError.
func (w *Worlds) Get(name string) (*World, error) {
	if found, ok := w.Find(name); ok {
		return found, nil
	}
	return w.Create(name, nil, false)
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
	found.used.Store(now.UnixNano())
	return found, true
}

// ThereError says that a world is there already.
type ThereError struct{ Name string }

func (e *ThereError) Error() string { return fmt.Sprintf("world %q is there already", e.Name) }

// Create makes a world, as the fixtures or as another one is now. With fresh it is a *ThereError
// that the world is there; without, that one is returned. The error is a *NameError or a
// *LimitError otherwise.
func (w *Worlds) Create(name string, from *World, fresh bool) (*World, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if w.isToken(name) { // names are shown, tokens are not
		return nil, &NameError{"[redacted]", "this is an API token; choose another name"}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sweep()
	if found := w.byName[name]; found != nil {
		if fresh {
			return nil, &ThereError{name}
		}
		return found, nil
	}
	if len(w.byName) >= w.settings.Most {
		return nil, &LimitError{w.settings.Most}
	}
	made := w.make(name, from)
	w.byName[name] = made
	return made, nil
}

func (w *Worlds) isToken(name string) bool {
	for _, member := range w.settings.Store.View().Staff().List {
		if slices.ContainsFunc(member.Tokens, func(token string) bool { return strings.EqualFold(token, name) }) {
			return true
		}
	}
	return false
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
	world.end()
	delete(w.byName, world.Name)
}

func (w *Worlds) expired(world *World, now time.Time) bool {
	return w.settings.TTL > 0 && world.Name != Default && now.Sub(world.Used()) > w.settings.TTL
}
