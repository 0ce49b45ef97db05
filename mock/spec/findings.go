package spec

import (
	"errors"
	"fmt"
	"slices"
)

// MaxFindings is how many things that are wrong with one file are reported: more than anybody
// reads before fixing the first.
const MaxFindings = 100

// Findings collects what is wrong with something that may be large: the first MaxFindings, and how
// many more there are. The zero value is empty.
type Findings struct {
	reported []error
	more     int
}

// Add adds what was found. A nil error is nothing.
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

// Err is one error with a line for each finding; nil when there is none. unchecked are how many
// entries nobody has looked at because the findings were full.
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

// FirstNames returns the first n of an object's names in their order, of those that are wanted; nil
// wants all. It does not sort the others, of which there may be a million.
func FirstNames(fields map[string]any, n int, wanted func(name string) bool) []string {
	names := make([]string, 0, min(len(fields), 2*n))
	full, last := false, "" // when there are n, the last of them
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
