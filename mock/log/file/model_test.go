package file_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// TestModel does to a log what comes to mind, and compares it with a map.
func TestModel(t *testing.T) {
	folder, files := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		files++
		m := &model{path: filepath.Join(folder, fmt.Sprint(files)), histories: map[string][]log.Record{}}
		m.reopen(rt, t)
		defer func() {
			_ = m.log.Close()
			_ = os.Remove(m.path)
		}()
		rt.Repeat(map[string]func(*rapid.T){
			"append":   func(rt *rapid.T) { m.append(rt, t) },
			"conflict": func(rt *rapid.T) { m.conflict(rt, t) },
			"cut":      func(rt *rapid.T) { m.cut(rt, t) },
			"reopen":   func(rt *rapid.T) { m.reopen(rt, t) },
			"compact":  func(rt *rapid.T) { m.compact(rt, t) },
		})
		m.reopen(rt, t)
	})
}

// model is a log, and what has to be in it.
type model struct {
	path      string
	log       *file.Log
	histories map[string][]log.Record
	last      log.Position // of all
}

func (m *model) history(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b", "with-a_long-name-0123456789"}).Draw(rt, "history")
}

// end returns where a history ends.
func (m *model) end(history string) log.Position {
	records := m.histories[history]
	if len(records) == 0 {
		return 0
	}
	return records[len(records)-1].At
}

func (m *model) append(rt *rapid.T, t *testing.T) {
	history := m.history(rt)
	data := make([]byte, rapid.SampledFrom([]int{1, 10, 900, 5000, 70_000}).Draw(rt, "size"))
	data[0] = rapid.Byte().Draw(rt, "data")
	after := m.end(history)
	at, err := m.log.Append(t.Context(), history, after, data)
	if err != nil || at <= m.last {
		rt.Fatalf("got position %d, %v, want one after %d", at, err, m.last)
	}
	m.last = at
	m.histories[history] = append(m.histories[history], log.Record{History: history, At: at, After: after, Data: data})
}

func (m *model) conflict(rt *rapid.T, t *testing.T) {
	history := m.history(rt)
	after := log.Position(rapid.Uint64Range(0, uint64(m.last)+1).Draw(rt, "after"))
	if after == m.end(history) {
		rt.Skip("no conflict")
	}
	if _, err := m.log.Append(t.Context(), history, after, []byte("x")); !errors.As(err, new(*log.ConflictError)) {
		rt.Fatalf("got %v, want a conflict", err)
	}
}

func (m *model) cut(rt *rapid.T, t *testing.T) {
	history := m.history(rt)
	before := log.Position(rapid.Uint64Range(0, uint64(m.last)+1).Draw(rt, "before"))
	if err := m.log.Cut(t.Context(), history, before); err != nil {
		rt.Fatal(err)
	}
	var left []log.Record
	for _, r := range m.histories[history] {
		if r.At >= before {
			left = append(left, r)
		}
	}
	m.histories[history] = left
}

func (m *model) close(rt *rapid.T) {
	if m.log != nil {
		if err := m.log.Close(); err != nil {
			rt.Fatal(err)
		}
	}
}

// reopen opens the log again, and compares all that it has.
func (m *model) reopen(rt *rapid.T, t *testing.T) {
	m.close(rt)
	var err error
	if m.log, err = file.Open(m.path, file.Options{Sync: file.Interval}); err != nil {
		rt.Fatal(err)
	}
	got := map[string][]log.Record{}
	for _, r := range stored(t, m.log) {
		got[r.History] = append(got[r.History], r)
	}
	want := map[string][]log.Record{}
	for history, records := range m.histories {
		if len(records) > 0 {
			want[history] = records
		}
	}
	if !reflect.DeepEqual(want, got) { // cmp takes its time with many bytes
		rt.Fatalf("records differ (-want +got):\n%s", cmp.Diff(want, got))
	}
}

func (m *model) compact(rt *rapid.T, t *testing.T) {
	m.close(rt)
	before, after, err := file.Compact(m.path)
	if err != nil || after > before {
		rt.Fatalf("got %d bytes instead of %d, %v, want no more", after, before, err)
	}
	m.reopen(rt, t)
}
