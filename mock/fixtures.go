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
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// readFixtures reads the files of one scenario and checks them against the contract. The error is a
// *store.FullError when they take more than limit bytes; 0 is no limit.
func (s *Server) readFixtures(files fs.FS, limit int64) (store.Data, error) {
	var data store.Data
	if err := s.checkNames(files); err != nil {
		return data, err
	}
	if err := readLists(s.contract, files, &data, limit); err != nil {
		return data, err
	}
	if len(data.Staff) == 0 { // nobody could ask anything
		standard, err := fixtures.Open("default")
		if err != nil {
			return data, err
		}
		if data.Staff, err = readFixture[store.Staff](s.contract, standard, "staff", 0); err != nil {
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
		if entry.Name() == settingsFile {
			continue // settings of what?
		}
		if !slices.Contains(nouns, noun) && entry.Name() != planFile {
			return fmt.Errorf("%s: no such fixtures; have %s.json, %s and %s", entry.Name(), strings.Join(nouns, ".json, "), planFile, settingsFile)
		}
		found = true
	}
	if !found {
		return fmt.Errorf("the folder holds none of %s.json", strings.Join(nouns, ".json, "))
	}
	return nil
}

// settingsFile holds a scenario's choices where no source decides.
const settingsFile = "settings.json"

// readSettings returns the default choices, with those of a scenario and then the server's own over
// them, and whether the scenario has any.
func (s *Server) readSettings(files fs.FS) (chosen settings.Settings, found bool, err error) {
	chosen = settings.Default()
	raw, err := readJSON(files, settingsFile)
	if found = err == nil; found {
		if chosen, err = chosen.With(raw); err != nil {
			lines := strings.Split(err.Error(), "\n")
			return chosen, found, fmt.Errorf("fixtures: %s: %s", settingsFile, strings.Join(lines, "\n"+settingsFile+": "))
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return chosen, found, fmt.Errorf("fixtures: %w", err)
	}
	if s.options.Settings == "" {
		return chosen, found, nil
	}
	if chosen, err = chosen.With([]byte(s.options.Settings)); err != nil {
		return chosen, found, fmt.Errorf("settings: %w", err)
	}
	return chosen, found, nil
}

// planFile makes data at load, from the seed, in addition to the other files.
const planFile = "generate.json"

func (s *Server) generate(files fs.FS, data *store.Data) error {
	raw, err := readJSON(files, planFile)
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

// readLists reads the file of every noun that there is one of, and leaves the other lists of data
// as they are. The error is about every file, so that all can be fixed in one go; it is a
// *store.FullError when a list takes more than limit bytes, where 0 is no limit.
func readLists(contract *spec.Contract, files fs.FS, data *store.Data, limit int64) error {
	return errors.Join(
		readList(contract, files, "customers", &data.Customers, limit), readList(contract, files, "staff", &data.Staff, limit),
		readList(contract, files, "departments", &data.Departments, limit), readList(contract, files, "tickets", &data.Tickets, limit),
		readList(contract, files, "responses", &data.Responses, limit),
	)
}

// sized is a row of the store's.
type sized interface{ Size() int64 }

func readList[T sized](contract *spec.Contract, files fs.FS, noun string, list *[]T, limit int64) error {
	rows, err := readFixture[T](contract, files, noun, limit)
	if rows != nil {
		*list = rows
	}
	return err
}

// readFixture reads one file, nil when there is no such file. Entries are decoded and checked one
// after the other, until as much is wrong as is reported, or they take more than limit bytes.
func readFixture[T sized](contract *spec.Contract, files fs.FS, noun string, limit int64) ([]T, error) {
	name := noun + ".json"
	raw, err := readJSON(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	check, err := contract.FixtureCheck(noun)
	if err != nil {
		return nil, err
	}
	rows, size, unchecked := []T{}, int64(0), 0
	err = eachEntry(raw, func(entry json.RawMessage, end int64) error {
		if check.Full() {
			unchecked++
			return nil
		}
		if limit > 0 && size+valueSize*int64(values(entry)) > limit {
			return &store.FullError{Limit: limit}
		}
		value, err := decodeEntry(entry)
		if err != nil || !check.Entry(value) {
			return err
		}
		var row T
		if err := json.Unmarshal(entry, &row); err != nil {
			var mistyped *json.UnmarshalTypeError
			if errors.As(err, &mistyped) { // 1.0 is a whole number to the contract
				line := jsontext.Line(raw, int(end-int64(len(entry))+mistyped.Offset))
				return fmt.Errorf("line %d: %s: write whole numbers in digits, got %s", line, mistyped.Field, mistyped.Value)
			}
			return err
		}
		rows, size = append(rows, row), size+row.Size()
		if limit > 0 && size > limit {
			return &store.FullError{Limit: limit}
		}
		return nil
	})
	if found := check.Err(unchecked); found != nil {
		return nil, fmt.Errorf("%s: %s", name, strings.ReplaceAll(found.Error(), "\n", "\n"+name+": "))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rows, nil
}

// valueSize is what the size of any row is at least for each of its JSON values, so that an entry
// is found too large before it is decoded.
const valueSize = 24

// values counts the values in valid JSON, the names in objects not included.
func values(raw []byte) int {
	n, inText := 1, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case !inText && (c == ',' || c == '{' || c == '['):
			n++
		}
	}
	return n
}

// eachEntry passes the entries of a JSON array on, one after the other, each with the offset of its
// end.
func eachEntry(raw []byte, one func(entry json.RawMessage, end int64) error) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('[') {
		return notAnArray(raw)
	}
	for decoder.More() {
		var entry json.RawMessage
		if err := decoder.Decode(&entry); err != nil {
			return notAnArray(raw)
		}
		if err := one(entry, decoder.InputOffset()); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return notAnArray(raw)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("line %d: something follows the list", jsontext.Line(raw, int(decoder.InputOffset())))
	}
	return nil
}

// notAnArray says why, and where, a file is not a JSON array.
func notAnArray(raw []byte) error {
	var array []json.RawMessage
	err := json.Unmarshal(raw, &array)
	var syntax *json.SyntaxError
	var mistyped *json.UnmarshalTypeError
	offset := int64(len(raw))
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &mistyped):
		offset = mistyped.Offset
	}
	return fmt.Errorf("line %d: not a JSON list: %w", jsontext.Line(raw, int(offset)), err)
}

func decodeEntry(raw json.RawMessage) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// readJSON reads one file as text. The error of one that is not UTF-8 names the line.
func readJSON(files fs.FS, name string) ([]byte, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	if raw, err = jsontext.Clean(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return raw, nil
}
