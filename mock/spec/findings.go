package spec

import (
	"errors"
	"fmt"
	"slices"
)

// MaxFindings is the max number of findings reported for one file: more than anybody reads before
// fixing the first.
const MaxFindings = 100

// Findings collects what is wrong with something that may be large: the first MaxFindings findings,
// and the number of the others. The zero value is empty.
type Findings struct {
	reported []error
	more     int
}

// Add adds findings. It ignores nil errors.
func (f *Findings) Add(found ...error) {
	for _, err := range found {
		switch {
		case err == nil:
		case f.Full():
			f.more++
		default:
			f.reported = append(f.reported, err)
		}
	}
}

// Full reports whether further findings are only counted, so that looking for them can stop.
func (f *Findings) Full() bool { return len(f.reported) >= MaxFindings }

// Err returns one error with a line for each finding, or nil when there is none. unchecked is the
// number of entries that were not checked because the findings were full.
func (f *Findings) Err(unchecked int) error {
	lines := f.reported
	if f.more > 0 {
		lines = append(lines, fmt.Errorf("and %d more", f.more))
	}
	if unchecked > 0 {
		lines = append(lines, fmt.Errorf("%d more entries were not checked", unchecked))
	}
	return errors.Join(lines...)
}

// FirstNames returns the first n wanted names of an object, sorted; a nil filter wants all. It does
// not sort the other names, of which there may be a million.
func FirstNames(fields map[string]any, n int, wanted func(name string) bool) []string {
	names := make([]string, 0, min(len(fields), 2*n))
	full, last := false, "" // the last of them once there are n
	for name := range fields {
		if full && name > last || wanted != nil && !wanted(name) {
			continue
		}
		if names = append(names, name); len(names) == 2*n {
			slices.Sort(names)
			names, full, last = names[:n], true, names[n-1]
		}
	}
	slices.Sort(names)
	return names[:min(len(names), n)]
}
