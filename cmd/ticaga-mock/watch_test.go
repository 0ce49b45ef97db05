package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWatch: how the files look at each moment, and whether they are read again then.
func TestWatch(t *testing.T) {
	type look struct {
		after time.Duration
		files stamps
		reads bool
	}
	one, two := stamps{"a": "1", "b": "1"}, stamps{"a": "2", "b": "1"}
	for name, looks := range map[string][]look{
		"nothing changes": {{0, one, false}, {time.Hour, one, false}},
		"a change":        {{0, two, false}, {settled, two, true}, {time.Hour, two, false}},
		"several steps":   {{0, stamps{"a": "", "b": "1"}, false}, {settled, two, false}, {settled / 2, two, false}, {settled, two, true}},
		"back at once":    {{0, two, false}, {settled, one, false}, {time.Hour, one, false}},
		"back later":      {{0, two, false}, {settled, two, true}, {0, one, false}, {settled, one, true}},
		"a new file":      {{0, stamps{"a": "1", "b": "1", "c": "1"}, false}, {settled, stamps{"a": "1", "b": "1", "c": "1"}, true}},
		"replaced":        {{0, stamps{"b": "1"}, false}, {settled, stamps{"b": "1"}, false}, {settled, two, false}, {settled, two, true}},
		"removed":         {{0, stamps{"b": "1"}, false}, {settled, stamps{"b": "1"}, false}, {missing, stamps{"b": "1"}, true}, {time.Hour, stamps{"b": "1"}, false}},
		"all removed and back": {
			{0, stamps{}, false}, {missing, stamps{}, true}, {time.Hour, stamps{}, false}, {0, one, false}, {settled, one, true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, now := &watch{loaded: one, seen: one}, time.Unix(0, 0)
			for i, l := range looks {
				now = now.Add(l.after)
				if got := w.see(l.files, now); got != l.reads {
					t.Errorf("look %d: got %t, want %t", i, got, l.reads)
				}
			}
		})
	}
}

// TestStamps: every way in which a file can become another one shows, and what nobody reads does not.
func TestStamps(t *testing.T) {
	folder := t.TempDir()
	f := serveFlags{fixtures: folder}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("tickets.json", "[]")
	w := f.newWatch()
	now := time.Unix(0, 0)
	changed := func() bool {
		now = now.Add(time.Hour)
		w.see(f.stamps(), now)
		now = now.Add(time.Hour)
		return w.see(f.stamps(), now)
	}
	old := time.Unix(1_000_000_000, 0)
	for _, step := range []struct {
		name string
		do   func() error
		want bool
	}{
		{"nothing", func() error { return nil }, false},
		{"longer", func() error { write("tickets.json", "[ ]"); return nil }, true},
		{"another time", func() error { return os.Chtimes(filepath.Join(folder, "tickets.json"), old, old) }, true},
		{"an editor's own file", func() error { write(".tickets.json.swp", "x"); write("tickets.json~", "x"); return nil }, false},
		{"replaced", func() error {
			write("new", "[]")
			return os.Rename(filepath.Join(folder, "new"), filepath.Join(folder, "tickets.json"))
		}, true},
		{"another file", func() error { write("customers.json", "[]"); return nil }, true},
		{"removed", func() error { return os.Remove(filepath.Join(folder, "customers.json")) }, true},
		{"the folder removed", func() error { return os.Rename(folder, folder+"-elsewhere") }, true},
		{"the folder back", func() error { return os.Rename(folder+"-elsewhere", folder) }, true},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got := changed(); got != step.want {
			t.Errorf("%s: got %t, want %t", step.name, got, step.want)
		}
	}
}

// TestRereadAFolder: what has become a folder, or is one that cannot be read, is not reported as a pipe.
func TestRereadAFolder(t *testing.T) {
	f := serveFlags{spec: t.TempDir()}
	if _, _, err := f.reread(); err == nil || !strings.HasPrefix(err.Error(), "--spec: ") {
		t.Errorf("got error %v, want one that names --spec", err)
	}
}
