package mock

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// readFixtures reads the files of one scenario and holds them against the contract.
func (s *Server) readFixtures(files fs.FS) (store.Data, error) {
	var data store.Data
	if err := s.checkNames(files); err != nil {
		return data, err
	}
	var faults []error // every file's, so that they can be mended in one go
	for _, file := range []struct {
		noun string
		list any
	}{
		{"customers", &data.Customers}, {"staff", &data.Staff}, {"departments", &data.Departments},
		{"tickets", &data.Tickets}, {"responses", &data.Responses},
	} {
		faults = append(faults, s.readFixture(files, file.noun, file.list))
	}
	if err := errors.Join(faults...); err != nil {
		return data, err
	}
	if len(data.Staff) == 0 { // nobody could ask anything
		standard, err := fixtures.Open("default")
		if err != nil {
			return data, err
		}
		if err := s.readFixture(standard, "staff", &data.Staff); err != nil {
			return data, err
		}
		giveFreeIDs(&data)
	}
	if err := s.generate(files, &data); err != nil {
		return data, err
	}
	first := &data.Staff[0]
	first.Email = cmp.Or(s.options.Email, first.Email)
	if s.options.Token != "" {
		first.Tokens = []string{s.options.Token}
	}
	return data, nil
}

// giveFreeIDs moves staff that the fixtures do not know of to ids that no customer has.
func giveFreeIDs(data *store.Data) {
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
}

// checkNames refuses a file that nobody would read: it is most likely misspelt.
func (s *Server) checkNames(files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("cannot list the folder: %w", err)
	}
	nouns := s.contract.Nouns()
	found := false
	for _, entry := range entries {
		noun, isJSON := strings.CutSuffix(entry.Name(), ".json")
		if !isJSON || entry.IsDir() {
			continue
		}
		if !slices.Contains(nouns, noun) && entry.Name() != planFile {
			return fmt.Errorf("%s: no such fixtures; have %s.json and %s", entry.Name(), strings.Join(nouns, ".json, "), planFile)
		}
		found = true
	}
	if !found {
		return fmt.Errorf("the folder holds none of %s.json", strings.Join(nouns, ".json, "))
	}
	return nil
}

// planFile makes data at load, from the seed, in addition to the other files.
const planFile = "generate.json"

func (s *Server) generate(files fs.FS, data *store.Data) error {
	raw, err := fs.ReadFile(files, planFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var plan store.Plan
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&plan); err != nil {
		return fmt.Errorf("%s: %w", planFile, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("%s: something follows the object", planFile)
	}
	return store.Generate(data, plan, s.options.Seed)
}

// readFixture reads one file into list, which stays nil when there is no such file.
func (s *Server) readFixture(files fs.FS, noun string, list any) error {
	name := noun + ".json"
	raw, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var entries []any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&entries); err != nil {
		offset := decoder.InputOffset()
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			offset = syntax.Offset
		}
		return fmt.Errorf("%s: line %d: not a JSON list: %w", name, lineAt(raw, offset), err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("%s: line %d: something follows the list", name, lineAt(raw, decoder.InputOffset()))
	}
	if err := s.contract.CheckFixtures(noun, entries); err != nil {
		lines := strings.Split(err.Error(), "\n")
		return fmt.Errorf("%s: %s", name, strings.Join(lines, "\n"+name+": "))
	}
	if err := json.Unmarshal(raw, list); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) { // 1.0 is a whole number to the contract
			return fmt.Errorf("%s: line %d: %s: write whole numbers in digits, got %s", name, lineAt(raw, mistyped.Offset), mistyped.Field, mistyped.Value)
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func lineAt(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(offset, int64(len(raw)))], []byte("\n"))
}
