package world

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
)

// histories are what the worlds of a server know of the log that keeps their histories.
type histories struct {
	log     log.Log
	digest  string        // of the data that worlds of this server begin with
	run     string        // tells this run of the server from others, for the ids of records
	read    chan struct{} // closed when the log was read to its end for the first time
	records atomic.Int64

	mu     sync.Mutex
	broken error                   // why it can never be read; nil
	ended  map[string]ending       // worlds that were forgotten, by name
	starts map[string]*store.Store // data that worlds begin with, by digest
}

// ending is the record that ended a world. The next world with its name begins after it.
type ending struct {
	at   log.Position
	seen time.Time
}

// startPrefix begins the names of the histories that hold the data that worlds begin with. They come before those of
// all worlds.
const startPrefix = "-start-"

// newHistories returns the histories of worlds that begin with the data of a store.
func newHistories(l log.Log, start *store.Store) *histories {
	h := &histories{log: l, run: rand.Text()[:8], read: make(chan struct{}), ended: map[string]ending{}, starts: map[string]*store.Store{}}
	sum := sha256.Sum256(startData(start))
	h.digest = hex.EncodeToString(sum[:12])
	h.starts[h.digest] = start
	return h
}

func startData(start *store.Store) []byte {
	data, _ := json.Marshal(start.View().Data()) // rows always encode
	return data
}

// follow reads the log until the server ends.
func (w *Worlds) follow() {
	err := w.histories.log.Follow(w.life, w.see)
	if w.life.Err() == nil {
		w.histories.mu.Lock()
		defer w.histories.mu.Unlock()
		w.histories.broken = err
	}
}

// open waits until the log was read to its end, and adds the data that worlds of this server begin with.
func (w *Worlds) open(start *store.Store) {
	h := w.histories
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		if err := w.tryOpen(start); err == nil {
			close(h.read)
			return
		}
		select {
		case <-w.life.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (w *Worlds) tryOpen(start *store.Store) error {
	h := w.histories
	if err := h.log.Sync(w.life); err != nil {
		return err
	}
	_, err := h.log.Append(w.life, startPrefix+h.digest, 0, startData(start))
	var conflict *log.ConflictError
	if errors.As(err, &conflict) { // it is there
		return nil
	}
	return err
}

// Logged reports whether the histories of worlds are kept in a log.
func (w *Worlds) Logged() bool { return w.histories != nil }

// Ready returns nil when requests are likely to be answered, or why not: a *log.UnavailableError.
func (w *Worlds) Ready() error {
	h := w.histories
	if h == nil {
		return nil
	}
	h.mu.Lock()
	broken := h.broken
	h.mu.Unlock()
	if broken != nil {
		return &log.UnavailableError{Because: broken}
	}
	if err := h.log.Ready(); err != nil {
		return err
	}
	select {
	case <-h.read:
		return nil
	default:
		return &log.UnavailableError{Because: errors.New("it is still being read"), Retry: time.Second}
	}
}

// Await returns when the log was read for the first time, or why it cannot be: the error is that of Ready or of ctx.
func (w *Worlds) AwaitReady(ctx context.Context) error {
	if w.histories == nil {
		return nil
	}
	select {
	case <-w.histories.read:
		return nil
	case <-ctx.Done():
		if err := w.Ready(); err != nil {
			return err
		}
		return ctx.Err()
	}
}

// Sync returns when the worlds are what any server has made of them before the call. The error is a
// *log.UnavailableError or that of ctx.
func (w *Worlds) Sync(ctx context.Context) error {
	if w.histories == nil {
		return nil
	}
	if err := w.Ready(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	defer context.AfterFunc(w.life, cancel)() // nobody reads the log any more
	err := w.histories.log.Sync(ctx)
	if ctx.Err() != nil && !errors.As(err, new(*log.UnavailableError)) {
		err = &log.UnavailableError{Because: err}
	}
	return err
}

// nextRecord returns the id of a new record.
func (w *Worlds) nextRecord() string {
	return w.histories.run + "-" + strconv.FormatInt(w.histories.records.Add(1), 36)
}

// see takes a record that was read from the log to its world.
func (w *Worlds) see(r log.Record) {
	if digest, ok := strings.CutPrefix(r.History, startPrefix); ok {
		w.addStart(digest, r.Data)
		return
	}
	w.mu.Lock()
	found := w.byName[r.History]
	if found == nil {
		if r.At <= w.histories.endOf(r.History) { // of a world that this server has forgotten already
			w.mu.Unlock()
			return
		}
		if read, err := decodeRecord(r.Data); err == nil && read.Over {
			w.mu.Unlock()
			w.histories.end(r.History, r.At)
			return
		}
		found = w.begin(r.History)
		w.insert(found)
	}
	w.mu.Unlock()
	found.line.push(found, r)
}

// addStart keeps data that worlds of other servers, or of earlier runs of this one, begin with.
func (w *Worlds) addStart(digest string, data []byte) {
	h := w.histories
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.starts[digest] != nil {
		return
	}
	var rows store.Data
	if err := json.Unmarshal(data, &rows); err != nil {
		h.broken = fmt.Errorf("the data that worlds begin with: %w", err)
		return
	}
	start, err := store.New(rows, w.settings.Now, w.settings.Seed, w.settings.MaxSize)
	if err != nil {
		h.broken = fmt.Errorf("the data that worlds begin with: %w", err)
		return
	}
	h.starts[digest] = start
}

func (h *histories) startOf(digest string) (*store.Store, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if start := h.starts[digest]; start != nil {
		return start, nil
	}
	return nil, fmt.Errorf("the log does not have the data %.40q that a world began with", digest)
}

// end notes that a world was forgotten.
func (h *histories) end(name string, at log.Position) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended[name] = ending{at, time.Now()}
}

// endOf returns where the last world with a name ended; 0 when there was none.
func (h *histories) endOf(name string) log.Position {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ended[name].at
}

// otherEnd returns 0 instead of where the last world with a name ended, and the other way round.
func (h *histories) otherEnd(name string, at log.Position) log.Position {
	if at != 0 {
		return 0
	}
	return h.endOf(name)
}

// newLine returns the line of a world that begins.
func (w *Worlds) newLine(world *World) *line {
	l := &line{
		log: w.histories.log, turn: make(chan struct{}, 1), arrived: make(chan struct{}, 1),
		at: w.histories.endOf(world.Name), start: w.histories.digest, origin: w.start.Load().Store,
	}
	l.before, l.broken = world.saveParts()
	world.Store.Note()
	return l
}

// catchUp reads what others have appended.
func (l *line) catchUp(w *World) {
	for {
		l.mu.Lock()
		inbox := l.inbox
		l.inbox = nil
		l.mu.Unlock()
		if inbox == nil {
			return
		}
		for _, r := range inbox {
			if r.At <= l.at || l.broken != nil {
				continue
			}
			if err := l.apply(w, r); err != nil {
				l.broken = fmt.Errorf("record %d of world %q: %w", r.At, w.Name, err)
			}
		}
	}
}

// apply makes the world what a record says.
func (l *line) apply(w *World, at log.Record) error {
	r, err := decodeRecord(at.Data)
	if err != nil {
		return err
	}
	l.found = l.found || r.ID == l.sought
	switch {
	case r.Over:
		l.at = at.At
		w.worlds.histories.end(w.Name, at.At)
		if l.begun {
			l.over = true
			w.worlds.drop(w)
		}
		return nil
	case r.Begin != nil:
		if err := l.become(w, r); err != nil {
			return err
		}
		l.bytes, l.size = 0, len(at.Data)
	case !l.begun || at.After != l.at:
		l.behind = true
		return nil
	}
	if err := w.apply(r); err != nil {
		return err
	}
	if l.before == nil {
		l.before = map[string]json.RawMessage{}
	}
	maps.Copy(l.before, r.Parts)
	l.at, l.begun, l.behind = at.At, true, false
	l.bytes += len(at.Data)
	w.used.Store(int64(w.common.Idle()))
	return nil
}

// become makes the world what the first record of a history says, or one that holds all of it.
func (l *line) become(w *World, r *record) error {
	origin, err := w.worlds.histories.startOf(r.Begin.Start)
	if err != nil {
		return err
	}
	all := r.Whole
	if all == nil {
		all = &whole{}
	}
	if err := w.Store.Become(all.Store, origin); err != nil {
		return err
	}
	w.Journal.Become(exchangesOf(all.Journal), all.Counts)
	w.Live(r.Begin.Life)
	l.start, l.origin = r.Begin.Start, origin
	return nil
}

// apply makes the changes of a record that is not the beginning.
func (w *World) apply(r *record) error {
	for _, change := range r.Data {
		if err := w.Store.Apply(change); err != nil {
			return err
		}
	}
	if err := w.restoreParts(r.Parts); err != nil {
		return err
	}
	for _, e := range r.Journal {
		w.Journal.Apply(e.journal())
	}
	if r.Noted {
		w.Changes.Note()
	}
	return nil
}

// A world's history is made short when its records are this large, in bytes, and twice as large as one that holds all
// of the world: so that the work is in proportion to what is written.
const shortenAt = 1 << 20

// shorten replaces the records by one that holds all that they add up to. Without success, the next record tries
// again.
func (l *line) shorten(ctx context.Context, w *World) {
	if l.bytes < shortenAt || l.bytes < 2*l.size || !l.begun || l.over {
		return
	}
	r := &record{ID: w.worlds.nextRecord(), Begin: &beginning{w.Life(), l.start}, Whole: l.whole(w), Parts: l.before}
	data, err := r.encode()
	if err != nil || len(data) > log.MaxRecord {
		return
	}
	at, err := l.log.Append(ctx, w.Name, l.at, data)
	if err != nil {
		return
	}
	l.at, l.bytes, l.size = at, 0, len(data)
	_ = l.log.Cut(ctx, w.Name, at) // what is left is cut the next time
}

// whole returns everything that the world is, beside its parts.
func (l *line) whole(w *World) *whole {
	list, _ := w.Journal.All()
	entries := make([]entry, len(list))
	for i := range list {
		entries[i] = entry{Exchange: exchangeOf(&list[i])}
	}
	return &whole{w.Store.Whole(l.origin), entries, w.Journal.Counts()}
}

// sweep forgets worlds that nobody used for the time to live, and keeps those that are used without requests.
func (w *Worlds) sweepLogged() {
	ttl := w.settings.TTL
	now := w.settings.Idle()
	for _, world := range w.List() {
		idle := now - world.lastUsed(now)
		ctx, cancel := context.WithTimeout(w.life, appendWithin)
		switch {
		case world.Name == Default:
		case world.held.Load() > 0:
			_ = world.Do(ctx, world.Changes.Note) // which tells the other servers
		case idle > ttl:
			_ = world.Do(ctx, func() {
				if now := w.settings.Idle(); now-world.lastUsed(now) > ttl {
					world.line.ending = true
				}
			})
		}
		cancel()
	}
	w.cutEnded()
}

// endedFor is how long the record that ended a world is kept, so that every server has seen it.
const endedFor = time.Hour

// cutEnded forgets that worlds were forgotten.
func (w *Worlds) cutEnded() {
	h := w.histories
	h.mu.Lock()
	ended := maps.Clone(h.ended)
	h.mu.Unlock()
	for name, e := range ended {
		if time.Since(e.seen) < endedFor {
			continue
		}
		ctx, cancel := context.WithTimeout(w.life, appendWithin)
		err := h.log.Cut(ctx, name, e.at+1)
		cancel()
		h.mu.Lock()
		if err == nil && h.ended[name] == e {
			delete(h.ended, name)
		}
		h.mu.Unlock()
	}
}

// sweepAlways sweeps until the server ends.
func (w *Worlds) sweepAlways() {
	ticker := time.NewTicker(max(w.settings.TTL/4, time.Second))
	defer ticker.Stop()
	for {
		select {
		case <-w.life.Done():
			return
		case <-ticker.C:
			w.sweepLogged()
		}
	}
}

// drop takes a world that was forgotten out of the list.
func (w *Worlds) drop(world *World) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byName[world.Name] == world {
		w.forget(world)
	}
}

// addLogged is add for worlds whose histories are kept in a log.
func (w *Worlds) addLogged(name string, from *World, keep bool) (found *World, fresh bool, err error) {
	ctx, cancel := context.WithTimeout(w.life, appendWithin)
	defer cancel()
	if err := w.Ready(); err != nil {
		return nil, false, err
	}
	replaced := ""
	for {
		found, fresh, err = w.find(name, from, replaced)
		var full *replaceError
		if !errors.As(err, &full) {
			break
		}
		victim := full.world
		if err := victim.Do(ctx, func() { victim.line.ending = true }); err != nil && !errors.Is(err, ErrForgotten) {
			return nil, false, err
		}
		replaced = victim.Name
	}
	if err != nil || !keep {
		return found, fresh, err
	}
	exists := false
	err = found.Do(ctx, func() {
		exists = found.line.begun
		if !exists || from == nil {
			found.kept.Store(true)
		}
	})
	if err != nil {
		return nil, false, err
	}
	return found, !exists, nil
}

// replaceError says that a world has to give way to a new one.
type replaceError struct{ world *World }

func (e *replaceError) Error() string { return "limit reached" }

// find returns the world with a name, or a new one that is not in the log yet. The error is a *replaceError, a
// *LimitError, or that of fork. replaced names the world that has given way; "" for none.
func (w *Worlds) find(name string, from *World, replaced string) (found *World, fresh bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if found = w.byName[name]; found != nil {
		found.used.Store(int64(w.settings.Idle()))
		return found, false, nil
	}
	if len(w.byName) >= w.settings.MaxWorlds {
		if oldest := w.oldest(); oldest != nil {
			return nil, false, &replaceError{oldest}
		}
		return nil, false, &LimitError{w.settings.MaxWorlds}
	}
	if from == nil {
		found = w.begin(name)
	} else if found, err = w.fork(name, from); err != nil {
		return nil, false, err
	} else {
		found.line.copied, found.line.start, found.line.origin = true, from.line.start, from.line.origin
	}
	found.Replaced = replaced
	w.insert(found)
	return found, true, nil
}
