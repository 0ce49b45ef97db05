// Package scenario loads the data and the settings that a world starts with.
//
// A scenario is a folder of JSON files: one array of rows a noun (customers.json, staff.json, ...),
// generate.json, which generates more rows from a seed, and settings.json. Any of them may be missing.
// A [Loader] reads a folder and checks it against the contract; whether the rows fit each other is
// checked by the store that takes them.
package scenario

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

const (
	settingsFile = "settings.json"
	planFile     = "generate.json"
)

// Loader reads scenarios. It is safe for concurrent use.
type Loader struct {
	Contract     *spec.Contract
	Seed         int64  // of generated rows
	Email, Token string // replace those of the first administrator unless empty
	Settings     []byte // a JSON object that takes precedence over settings.json; empty for none
}

// Scenario is the content of a folder.
type Scenario struct {
	Data     store.Data
	Settings settings.Settings // the defaults, with settings.json and then Loader.Settings applied

	HasSettings bool // whether the folder has a settings.json
}

// Load reads a folder. The error names the file, and is a *store.FullError when the rows of a file
// take more than limit bytes; 0 means no limit. A folder without staff gets the administrator of the
// scenario "default", since nobody could send a request otherwise.
func (l *Loader) Load(files fs.FS, limit int64) (Scenario, error) {
	var loaded Scenario
	err := l.checkNames(files)
	if err != nil {
		return loaded, err
	}
	if loaded.Data, err = l.data(files, limit); err != nil {
		return loaded, err
	}
	loaded.Settings, loaded.HasSettings, err = l.settings(files)
	return loaded, err
}

// Replace returns data with some of its lists replaced, each by the JSON array that lists has for its
// noun. Errors are those of Load.
func (l *Loader) Replace(data store.Data, lists map[string]json.RawMessage, limit int64) (store.Data, error) {
	err := readRows(l.Contract, sent(lists), &data, limit)
	return data, err
}

// sent is lists by noun as the files of a folder.
type sent map[string]json.RawMessage

func (s sent) ReadFile(name string) ([]byte, error) {
	if list, ok := s[strings.TrimSuffix(name, ".json")]; ok {
		return list, nil
	}
	return nil, fs.ErrNotExist
}

// Open is for fs.FS only: fs.ReadFile prefers ReadFile.
func (s sent) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }

// checkNames returns an error for a file that would never be read: its name is most likely misspelt.
func (l *Loader) checkNames(files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("cannot list the folder: %w", err)
	}
	nouns := l.Contract.Nouns()
	found := false
	for _, entry := range entries {
		noun, isJSON := strings.CutSuffix(entry.Name(), ".json")
		if !isJSON || entry.IsDir() || entry.Name() == settingsFile { // settings alone have no data to apply to
			continue
		}
		if !slices.Contains(nouns, noun) && entry.Name() != planFile {
			return fmt.Errorf("%s: no such fixtures; must be one of %s.json, %s and %s", entry.Name(), strings.Join(nouns, ".json, "), planFile, settingsFile)
		}
		found = true
	}
	if !found {
		return fmt.Errorf("the folder has none of %s.json", strings.Join(nouns, ".json, "))
	}
	return nil
}

// data returns the rows of a folder, generated ones included.
func (l *Loader) data(files fs.FS, limit int64) (data store.Data, err error) {
	if err := readRows(l.Contract, files, &data, limit); err != nil {
		return data, err
	}
	if len(data.Staff) == 0 {
		if err := l.addAdministrator(&data); err != nil {
			return data, err
		}
	}
	if err := l.generate(files, &data); err != nil {
		return data, err
	}
	first := &data.Staff[0]
	first.Email = cmp.Or(l.Email, first.Email)
	if l.Token != "" {
		first.Tokens = []string{l.Token}
	}
	return data, nil
}

// addAdministrator adds the staff of the scenario "default", with ids that no customer has.
func (l *Loader) addAdministrator(data *store.Data) error {
	standard, err := fixtures.Open("default")
	if err != nil {
		return err
	}
	if data.Staff, err = readFixture[store.Staff](l.Contract, standard, "staff", 0); err != nil {
		return err
	}
	taken := map[int64]bool{}
	for _, c := range data.Customers {
		taken[c.ID] = true
	}
	for i := range data.Staff {
		member := &data.Staff[i]
		for taken[member.ID] {
			member.ID++
		}
		taken[member.ID] = true
	}
	return nil
}

// generate adds the rows that the folder's generate.json asks for.
func (l *Loader) generate(files fs.FS, data *store.Data) error {
	raw, err := readJSON(files, planFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var plan Plan
	if err := jsontext.Decode(raw, &plan); err != nil {
		return fmt.Errorf("%s: %w", planFile, err)
	}
	if err := Generate(data, plan, l.Seed); err != nil {
		return fmt.Errorf("%s: %w", planFile, err)
	}
	return nil
}

// settings returns the settings of a scenario, and whether the folder has any.
func (l *Loader) settings(files fs.FS) (chosen settings.Settings, found bool, err error) {
	chosen = settings.Default()
	raw, err := readJSON(files, settingsFile)
	if found = err == nil; found {
		if chosen, err = chosen.With(raw); err != nil {
			return chosen, found, fmt.Errorf("%s: %s", settingsFile, strings.ReplaceAll(err.Error(), "\n", "\n"+settingsFile+": "))
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return chosen, found, err
	}
	if len(l.Settings) == 0 {
		return chosen, found, nil
	}
	if chosen, err = chosen.With(l.Settings); err != nil {
		return chosen, found, fmt.Errorf("settings: %w", err)
	}
	return chosen, found, nil
}
