package mock

import (
	"bytes"
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
	if err := s.readFixture(files, "customers", &data.Customers); err != nil {
		return data, err
	}
	err := s.readFixture(files, "staff", &data.Staff)
	if errors.Is(err, fs.ErrNotExist) || err == nil && data.Staff == nil {
		standard, openErr := fixtures.Open("default")
		if openErr != nil {
			return data, openErr
		}
		err = s.readFixture(standard, "staff", &data.Staff)
	}
	if err != nil {
		return data, err
	}
	if len(data.Staff) > 0 {
		first := &data.Staff[0]
		if s.options.Email != "" {
			first.Email = s.options.Email
		}
		if s.options.Token != "" {
			first.Tokens = []string{s.options.Token}
		}
	}
	return data, nil
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
		if !slices.Contains(nouns, noun) {
			return fmt.Errorf("%s: no such fixtures; have %s.json", entry.Name(), strings.Join(nouns, ".json, "))
		}
		found = true
	}
	if !found {
		return fmt.Errorf("the folder holds none of %s.json", strings.Join(nouns, ".json, "))
	}
	return nil
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
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func lineAt(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(offset, int64(len(raw)))], []byte("\n"))
}
