package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

type worldAnswer struct {
	Name      string    `json:"name"`
	Used      time.Time `json:"used"`
	Exchanges int64     `json:"exchanges"` // ever, not only those that the journal still holds
	Snapshots []string  `json:"snapshots"`
}

func show(w *world.World) worldAnswer {
	snapshots := w.Store.Snapshots()
	if snapshots == nil {
		snapshots = []string{}
	}
	return worldAnswer{w.Name, w.Used().UTC(), w.Journal.LastID(), snapshots}
}

func (d *door) listWorlds(http.ResponseWriter, *http.Request) (any, error) {
	list := []worldAnswer{}
	for _, w := range d.Worlds.List() {
		list = append(list, show(w))
	}
	return map[string]any{"worlds": list}, nil
}

// createWorld makes a world as the fixtures, or as another one is now.
func (d *door) createWorld(_ http.ResponseWriter, r *http.Request) (any, error) {
	var asked struct{ Name, From string }
	if err := decode(r.Body, &asked); err != nil {
		return nil, err
	}
	var from *world.World
	if asked.From != "" {
		found, ok := d.Worlds.Find(asked.From)
		if !ok {
			return nil, problemf(http.StatusNotFound, "from: there is no world %.70q", asked.From)
		}
		from = found
	}
	made, err := d.Worlds.Create(asked.Name, from)
	if err != nil {
		return nil, noWorld(err)
	}
	return show(made), nil
}

func getWorld(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return show(w), nil
}

func (d *door) deleteWorld(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	if !d.Worlds.Delete(w.Name) {
		return nil, problemf(http.StatusConflict, "the world %q cannot be deleted; reset it", w.Name)
	}
	return map[string]any{"deleted": w.Name}, nil
}

func resetWorld(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	w.Reset()
	return show(w), nil
}

// getState writes fixtures, all files in one object, row by row: there may be many, and clients
// that read slowly. Passwords, staff and tokens are never part of it.
func getState(w *world.World, rw http.ResponseWriter, _ *http.Request) (any, error) {
	state := w.Store.View() // it stays as it is for as long as somebody reads it
	rw.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriter(rw)
	customers := func(yield func(store.Customer) bool) {
		for c := range state.Customers() {
			c.Password = ""
			if !yield(c) {
				return
			}
		}
	}
	err := errors.Join(
		writeList(out, `{"customers": [`, customers), writeList(out, `], "departments": [`, state.AllDepartments()),
		writeList(out, `], "tickets": [`, state.Tickets()), writeList(out, `], "responses": [`, state.AllResponses()),
	)
	if err == nil {
		_, _ = out.WriteString("]}\n")
		_ = out.Flush() // the client is gone; there is nobody left to tell
	}
	return nil, nil
}

// writeList writes a list without its last bracket.
func writeList[T any](out *bufio.Writer, beginning string, rows iter.Seq[T]) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for row := range rows {
		if _, err := out.WriteString(beginning); err != nil {
			return err
		}
		if err := encoder.Encode(row); err != nil {
			return err
		}
		beginning = ","
	}
	if beginning == "," {
		return nil
	}
	_, err := out.WriteString(beginning)
	return err
}

// putState replaces a world's state, and what its reset goes back to. What is left out stays as
// it is, and so does the password of a customer that comes without one, and the staff.
func (d *door) putState(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	lists, err := splitState(raw)
	if err != nil {
		return nil, err
	}
	if err := d.Load(w, lists); errors.As(err, new(*store.FullError)) {
		return nil, problemf(http.StatusInsufficientStorage, "%v", err)
	} else if err != nil {
		return nil, problemf(http.StatusUnprocessableEntity, "%v", err)
	}
	return show(w), nil
}

var stateLists = []string{"customers", "departments", "tickets", "responses"}

// splitState finds the lists in a state without decoding them. They are parts of raw.
func splitState(raw []byte) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('{') {
		if err := json.Unmarshal(raw, &map[string]json.RawMessage{}); err != nil {
			return nil, bodyProblem(err)
		}
		return nil, nil // it is null
	}
	lists := map[string]json.RawMessage{}
	for decoder.More() {
		noun, err := decoder.Token()
		if err != nil {
			return nil, bodyProblem(err)
		}
		if !slices.Contains(stateLists, noun.(string)) {
			return nil, problemf(http.StatusUnprocessableEntity, "%.70q: no such list; have %s", noun, strings.Join(stateLists, ", "))
		}
		var list json.RawMessage
		if err := decoder.Decode(&list); err != nil {
			return nil, bodyProblem(err)
		}
		end := int(decoder.InputOffset())
		lists[noun.(string)] = raw[end-len(list) : end]
	}
	if _, err := decoder.Token(); err != nil {
		return nil, bodyProblem(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, problemf(http.StatusBadRequest, "something follows the JSON value")
	}
	return lists, nil
}

func listSnapshots(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return map[string]any{"snapshots": show(w).Snapshots}, nil
}

func getSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	return snapshot(w, name, slices.Contains(w.Store.Snapshots(), name))
}

func createSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	if err := w.Snapshot(name); errors.As(err, new(*world.NameError)) {
		return nil, problemf(http.StatusUnprocessableEntity, "%v", err)
	} else if errors.As(err, new(*store.FullError)) {
		return nil, problemf(http.StatusInsufficientStorage, "%v", err)
	} else if err != nil {
		return nil, problemf(http.StatusConflict, "%v", err)
	}
	return snapshot(w, name, true)
}

func deleteSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	return snapshot(w, name, w.Store.DeleteSnapshot(name))
}

func restoreSnapshot(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	name := r.PathValue("name")
	return snapshot(w, name, w.Store.Restore(name))
}

// snapshot answers with a snapshot's name, if there is such a one.
func snapshot(w *world.World, name string, found bool) (any, error) {
	if !found {
		return nil, problemf(http.StatusNotFound, "the world %q has no snapshot %.70q", w.Name, name)
	}
	return map[string]any{"snapshot": name}, nil
}

// clock is a world's time on the wire.
type clock struct {
	Now   time.Time `json:"now"`
	Still bool      `json:"still"`
}

func getClock(w *world.World, _ http.ResponseWriter, _ *http.Request) (any, error) {
	return clock{w.Clock.Now().UTC(), w.Clock.Still()}, nil
}

// putClock sets the time, stops it or lets it go on. Nothing at all makes it the server's again.
func putClock(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	var asked struct {
		Now   *time.Time `json:"now"`
		Still *bool      `json:"still"`
	}
	if err := decode(r.Body, &asked); err != nil {
		return nil, err
	}
	now := w.Clock.Now()
	if asked.Now != nil {
		now = asked.Now.UTC()
	}
	switch {
	case asked.Now != nil && (now.Year() < world.FirstYear || now.Year() > world.LastYear):
		return nil, problemf(http.StatusUnprocessableEntity, "/now: the year is %d; want %d to %d", now.Year(), world.FirstYear, world.LastYear)
	case asked.Still != nil:
		w.Clock.Set(now, *asked.Still)
	case asked.Now != nil:
		w.Clock.Move(now)
	default:
		w.Clock.Reset()
	}
	return getClock(w, rw, r)
}
