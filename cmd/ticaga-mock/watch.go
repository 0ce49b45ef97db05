package main

import (
	"fmt"
	"maps"
	"os"
	"time"
)

// Files are looked at again and again, since containers' mounts and network file systems report no changes, and
// an editor that renames a file leaves a watch of it behind. It costs a stat for each file.
const (
	// watchInterval is how often.
	watchInterval = 250 * time.Millisecond
	// settled is how long files must have stayed the same, since an editor writes in several steps.
	settled = 200 * time.Millisecond
	// missing is how long a file must have been gone: one that is replaced is gone for a moment, and its rows would
	// go with it.
	missing = 2 * time.Second
)

// stamps say of each file which version of it is there.
type stamps map[string]string

// stamps returns those of the files as they are now.
func (f *serveFlags) stamps() stamps {
	now := stamps{}
	for name := range f.fileNames() {
		if info, err := os.Stat(name); err == nil {
			now[name] = fmt.Sprintf("%d %d", info.ModTime().UnixNano(), info.Size())
		}
	}
	return now
}

// watch knows which versions of the files were read.
type watch struct {
	loaded stamps    // when they were read last
	seen   stamps    // when they were looked at last
	since  time.Time // when they became so
}

// newWatch returns a watch for files that are about to be read.
func (f *serveFlags) newWatch() *watch {
	now := f.stamps()
	return &watch{loaded: now, seen: now}
}

// see reports whether the files have to be read again, given how they are now.
func (w *watch) see(files stamps, now time.Time) bool {
	if !maps.Equal(files, w.seen) {
		w.seen, w.since = files, now
		return false
	}
	if maps.Equal(files, w.loaded) || now.Sub(w.since) < w.patience() {
		return false
	}
	w.loaded = files
	return true
}

// patience is how long the files must have been as they are.
func (w *watch) patience() time.Duration {
	for name := range w.loaded {
		if _, ok := w.seen[name]; !ok {
			return missing
		}
	}
	return settled
}
