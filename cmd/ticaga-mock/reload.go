package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// hasFiles reports whether the server reads files that may change.
func (f *serveFlags) hasFiles() bool { return f.fixtures != "" || f.spec != "" }

// readFiles returns what --fixtures and --spec name; nil for a flag that is not set.
func (f *serveFlags) readFiles() (fixtures fs.FS, spec []byte, err error) {
	if f.fixtures != "" {
		if fixtures, err = openFixtures(f.fixtures); err != nil {
			return nil, nil, fmt.Errorf("--fixtures %w", err)
		}
	}
	if f.spec != "" {
		if spec, err = os.ReadFile(f.spec); err != nil {
			return nil, nil, fmt.Errorf("--spec: %w", err)
		}
	}
	return fixtures, spec, nil
}

// reread is readFiles while the server runs. It reads no pipe, whose content is gone and whose reader would wait.
func (f *serveFlags) reread() (fixtures fs.FS, spec []byte, err error) {
	for name := range f.fileNames() {
		// Of a folder that cannot be read, readFiles says why.
		if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
			return nil, nil, fmt.Errorf("%q is not a regular file, so it cannot be read again", name)
		}
	}
	return f.readFiles()
}

// fileNames goes through the files that are read: those that exist, and those that a flag names.
func (f *serveFlags) fileNames() func(yield func(name string) bool) {
	return func(yield func(string) bool) {
		if f.spec != "" && !yield(f.spec) || f.fixtures == "" {
			return
		}
		entries, err := os.ReadDir(f.fixtures)
		if err != nil { // a zip, or nothing
			yield(f.fixtures)
			return
		}
		for _, entry := range entries {
			if name := filepath.Join(f.fixtures, entry.Name()); filepath.Ext(name) == ".json" && !entry.IsDir() && !yield(name) {
				return
			}
		}
	}
}

// reloads reloads a server at each signal, and with --watch when its files have changed, until ctx ends.
func (f *serveFlags) reloads(ctx context.Context, hangups <-chan os.Signal, files *watch, reload func()) {
	var look <-chan time.Time
	if f.watch {
		ticker := time.NewTicker(watchInterval)
		defer ticker.Stop()
		look = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			files.loaded = f.stamps() // before they are read: a change meanwhile is another one
			reload()
		case now := <-look:
			if files.see(f.stamps(), now) {
				reload()
			}
		}
	}
}

// reloaded reports a reload.
func (o *output) reloaded(done traffic.Reload, err error) {
	switch {
	case err != nil && o.json:
		o.log.Error("not reloaded", "error", err.Error())
	case err != nil:
		o.printf("%s %s\n", o.stderrStyle.Red("not reloaded:"), printableLines(err.Error()))
	case o.json:
		o.log.Info("reloaded", "worlds", done.Worlds, "notes", done.Notes, "more", done.More)
	default:
		o.printf("reloaded\n%s", notesText(done))
	}
}

// printableLines returns text for a terminal, which keeps its lines.
func printableLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = term.Printable(lines[i])
	}
	return strings.Join(lines, "\n")
}

// notesText returns the notes of a reload, each in a line.
func notesText(done traffic.Reload) string {
	text := ""
	for _, note := range done.Notes {
		text += "  " + term.Printable(note) + "\n"
	}
	if done.More > 0 {
		text += fmt.Sprintf("  and %d more\n", done.More)
	}
	return text
}
