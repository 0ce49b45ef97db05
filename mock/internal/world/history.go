package world

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
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
	kept   bool                    // the log has the data that worlds of this server begin with
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
	err := w.histories.log.Follow(w.logging, w.see)
	if w.logging.Err() == nil {
		w.histories.mu.Lock()
		defer w.histories.mu.Unlock()
		w.histories.broken = err
	}
}

// open waits until the log was read to its end, and adds the data that worlds of this server begin with, and the world
// that always exists: it begins with the same data on all servers, whoever starts next.
func (w *Worlds) open(start *store.Store) {
	h := w.histories
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		if err := w.tryOpen(start); err == nil {
			first, _ := w.Find(Default)
			_ = first.wait(w.logging, &job{run: func() { first.line.founding = true }, done: make(chan error, 1)}) // or the first change does it
			close(h.read)
			return
		}
		select {
		case <-w.logging.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (w *Worlds) tryOpen(start *store.Store) error {
	h := w.histories
	if err := h.log.Sync(w.logging); err != nil {
		return err
	}
	h.mu.Lock()
	kept := h.kept
	h.mu.Unlock()
	if kept {
		return nil
	}
	_, err := h.log.Append(w.logging, startPrefix+h.digest, 0, startData(start))
	var conflict *log.ConflictError
	if errors.As(err, &conflict) { // it is there
		return nil
	}
	return err
}

// Logged reports whether the histories of worlds are kept in a log.
func (w *Worlds) Logged() bool { return w.histories != nil }

// unreadable returns why the log can never be read; nil when it can.
func (h *histories) unreadable() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.broken
}

// Ready returns nil when requests are likely to be answered, or why not: a *log.UnavailableError or a *log.FullError.
func (w *Worlds) Ready() error {
	h := w.histories
	if h == nil {
		return nil
	}
	if broken := h.unreadable(); broken != nil {
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

// usable is Ready for a request. While the log has no room it may try nevertheless: it may only read, or end a world, which
// makes room.
func (w *Worlds) usable() error {
	err := w.Ready()
	if errors.As(err, new(*log.FullError)) {
		return nil
	}
	return err
}

// AwaitReady returns when requests are likely to be answered, or at the end of ctx why not; at once when the log can never
// be read.
func (w *Worlds) AwaitReady(ctx context.Context) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := w.Ready()
		if err == nil || ctx.Err() != nil || w.histories.unreadable() != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// Sync returns when the worlds are what any server has made of them before the call. The error is a
// *log.UnavailableError.
func (w *Worlds) Sync(ctx context.Context) error {
	if w.histories == nil {
		return nil
	}
	if err := w.usable(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	defer context.AfterFunc(w.logging, cancel)() // nobody reads the log any more
	return outOfTime(w.histories.log.Sync(ctx))
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
	found := w.route(r)
	w.mu.Unlock()
	if found != nil {
		found.line.look(found)
	}
}

// route puts a record into the inbox of its world, and returns that; nil when there is none. The caller holds the lock, so
// that the world is not forgotten meanwhile.
func (w *Worlds) route(r log.Record) *World {
	found := w.byName[r.History]
	if found == nil {
		if r.At <= w.histories.endOf(r.History) { // of a world that this server has forgotten already
			return nil
		}
		if endsWorld(r.Data) {
			w.histories.end(r.History, r.At)
			return nil
		}
		found = w.begin(r.History)
		w.insert(found)
	}
	found.line.push(r)
	return found
}

// addStart keeps data that worlds of other servers, or of earlier runs of this one, begin with.
func (w *Worlds) addStart(digest string, data []byte) {
	h := w.histories
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.starts[digest] != nil {
		h.kept = h.kept || digest == h.digest
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

// Outdated returns the names of the worlds, sorted, that began with other data than worlds of this server do. They keep it.
func (w *Worlds) Outdated(ctx context.Context) (names []string) {
	if w.histories == nil {
		return nil
	}
	for _, one := range w.List() {
		release, err := one.Hold(ctx)
		if err != nil {
			continue // the log cannot be read now, or the world is gone
		}
		if one.line.start != w.histories.digest {
			names = append(names, one.Name)
		}
		release()
	}
	return names
}

// newLine returns the line of a world that begins.
func (w *Worlds) newLine(world *World) *line {
	l := &line{
		log: w.histories.log, turn: make(chan struct{}, 1), arrived: make(chan struct{}, 1),
		at: w.histories.endOf(world.Name), start: w.histories.digest, origin: w.start.Load().Store, parts: world.parts(),
	}
	l.before, l.broken = l.parts.save(nil)
	world.Store.Note()
	return l
}
