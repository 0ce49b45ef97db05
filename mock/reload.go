package mock

import (
	"fmt"
	"io/fs"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Reload reads the fixtures and the contract of the options again, and returns what it kept and dropped. Rows that
// were added, changed or deleted at run time stay so, as far as they fit the new files; all others become
// those of the files. Journals, faults, clocks, snapshots and the settings that were changed stay, and so do
// worlds that have loaded other data. Reset returns to the new data.
//
// The error says what is wrong with the files, or is traffic.ErrNothingToReload or traffic.ErrNotReloadable, and then nothing has
// changed. Requests go on meanwhile; each is answered by the files from before or from after.
func (s *Server) Reload() (traffic.Reload, error) {
	if s.options.Log != nil {
		return traffic.Reload{}, traffic.ErrNotReloadable
	}
	s.reloading.Lock()
	defer s.reloading.Unlock()
	fixtures, contract, err := s.reread()
	if err != nil {
		return traffic.Reload{}, err
	}
	before := s.files.Load()
	read, start, err := s.load(fixtures, contract)
	if err != nil {
		return traffic.Reload{}, err
	}
	var valid func(noun string, row any) error
	if read.contract != before.contract {
		valid = start.Scenarios.CheckRow
	}
	followed, notes := s.worlds.Reload(start, valid)
	s.files.Store(read) // after the data: see serve
	return report(followed, notes), nil
}

// reread returns the fixtures and the contract as they are now.
func (s *Server) reread() (fixtures fs.FS, contract []byte, err error) {
	o := s.options
	switch {
	case o.Reread != nil:
		if fixtures, contract, err = o.Reread(); fixtures == nil {
			fixtures = o.Fixtures // those of a built-in scenario
		}
		return fixtures, contract, err
	case o.builtIn() != "":
		return nil, nil, traffic.ErrNothingToReload
	}
	return o.Fixtures, o.Spec, nil
}

// reloaded returns the files that a server follows. It waits for the end of a Reload that has begun.
func (s *Server) reloaded() *files {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	return s.files.Load()
}

// report returns the notes as sentences that name the world, unless it is the default one.
func report(followed int, notes []world.Note) traffic.Reload {
	done := traffic.Reload{Worlds: followed, Notes: []string{}, More: max(0, len(notes)-traffic.MaxNotes)}
	for _, note := range notes[:len(notes)-done.More] {
		if note.World != world.Default {
			note.Text = fmt.Sprintf("world %q: %s", note.World, note.Text)
		}
		done.Notes = append(done.Notes, note.Text)
	}
	return done
}
