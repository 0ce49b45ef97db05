package scenario

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
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// readRows reads the file of each noun, where there is one, and leaves the other lists of data as
// they are. The error covers every file, so that all can be fixed in one go. It is a *store.FullError
// when a list takes more than limit bytes; 0 means no limit.
func readRows(contract *spec.Contract, files fs.FS, data *store.Data, limit int64) error {
	return errors.Join(
		readList(contract, files, "customers", &data.Customers, limit), readList(contract, files, "staff", &data.Staff, limit),
		readList(contract, files, "departments", &data.Departments, limit), readList(contract, files, "tickets", &data.Tickets, limit),
		readList(contract, files, "responses", &data.Responses, limit),
	)
}

// sized is a row of the store.
type sized interface{ Size() int64 }

func readList[T sized](contract *spec.Contract, files fs.FS, noun string, list *[]T, limit int64) error {
	rows, err := readFixture[T](contract, files, noun, limit)
	if rows != nil {
		*list = rows
	}
	return err
}

// readFixture reads the file of a noun. It returns nil when there is no such file. Entries are decoded
// and checked one after the other, until the maximum of errors is found or they take more than limit
// bytes.
func readFixture[T sized](contract *spec.Contract, files fs.FS, noun string, limit int64) ([]T, error) {
	name := noun + ".json"
	raw, err := readJSON(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if limit == 0 && fixtures.Own(files) && contract == spec.BuiltIn() { // a test has checked them, and most starts wait for them
		rows := []T{}
		err := json.Unmarshal(raw, &rows)
		return rows, err
	}
	check, err := contract.FixtureCheck(noun)
	if err != nil {
		return nil, err
	}
	rows := []T{}
	err = checked(check, name, raw, limit, func(entry []byte) (int64, error) {
		var row T
		if err := json.Unmarshal(entry, &row); err != nil {
			return 0, err
		}
		rows = append(rows, row)
		return row.Size(), nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// checked calls keep for each entry of a file that fits, which returns the size of its row. It is not part of readFixture, so
// that there is one of it for all types of rows.
func checked(check *spec.FixtureCheck, name string, raw []byte, limit int64, keep func(entry []byte) (int64, error)) error {
	size, unchecked := int64(0), 0
	err := eachEntry(raw, func(entry json.RawMessage, end int64) error {
		if check.Full() {
			unchecked++
			return nil
		}
		if limit > 0 && size+valueSize*int64(jsontext.Values(entry)) > limit {
			return &store.FullError{Limit: limit}
		}
		value, err := decodeEntry(entry)
		if err != nil || !check.Entry(value) {
			return err
		}
		n, err := keep(entry)
		if err != nil {
			var mistyped *json.UnmarshalTypeError
			if errors.As(err, &mistyped) { // the contract accepts 1.0 as an integer
				line := jsontext.Line(raw, int(end-int64(len(entry))+mistyped.Offset))
				return fmt.Errorf("line %d: %s: write integers as digits only, got %s", line, mistyped.Field, mistyped.Value)
			}
			return err
		}
		size += n
		if limit > 0 && size > limit {
			return &store.FullError{Limit: limit}
		}
		return nil
	})
	if found := check.Err(unchecked); found != nil {
		return fmt.Errorf("%s: %s", name, strings.ReplaceAll(found.Error(), "\n", "\n"+name+": "))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// CheckRow returns an error if the contract does not accept a row of the store. It names the fields without their
// values, which may be secret.
func (l *Loader) CheckRow(noun string, row any) error {
	check, err := l.Contract.FixtureCheck(noun)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(row)
	if err != nil {
		return err
	}
	value, err := decodeEntry(raw)
	if err != nil || check.Entry(value) {
		return err
	}
	var fields []string
	for line := range strings.Lines(check.Err(0).Error()) {
		at, _, _ := strings.Cut(strings.TrimPrefix(line, "/0/"), ":")
		if field, _, _ := strings.Cut(at, "/"); !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	return fmt.Errorf("the contract does not accept its %s", strings.Join(fields, ", "))
}

// valueSize is the least that each JSON value adds to the size of a row, in bytes, so that an entry
// that is too large is found before it is decoded.
const valueSize = 24

// eachEntry calls one for each entry of a JSON array, with the offset of the entry's end.
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
		return fmt.Errorf("line %d: unexpected data after the array", jsontext.Line(raw, int(decoder.InputOffset())))
	}
	return nil
}

// notAnArray returns an error that says where and why raw is not a JSON array.
func notAnArray(raw []byte) error {
	var array []json.RawMessage
	err := json.Unmarshal(raw, &array)
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return errors.New("must be an array of objects, but is another JSON value")
	}
	return fmt.Errorf("line %d: %w", jsontext.Line(raw, int(syntax.Offset)), jsontext.Explain(err))
}

func decodeEntry(raw json.RawMessage) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// readJSON returns the text of a file. If it is not UTF-8, the error names the line.
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
