package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// getState writes the world's data in the format of fixtures, all files in one object. It writes row by
// row, since there may be many rows and slow clients. Passwords, staff and tokens are left out.
func getState(w *world.World, rw http.ResponseWriter, _ *http.Request) (any, error) {
	state := w.Store.View() // does not change while it is read
	rw.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriterSize(rw, 32<<10)
	customers := func(yield func(store.Customer) bool) {
		for c := range state.Customers() {
			c.Password = ""
			if !yield(c) {
				return
			}
		}
	}
	hide := w.Hider()
	tickets := func(yield func(store.Ticket) bool) {
		for t := range state.Tickets() {
			t.CustomFields = hide(t.CustomFields)
			if !yield(t) {
				return
			}
		}
	}
	err := errors.Join(
		writeArray(out, `{"customers": [`, customers), writeArray(out, `], "departments": [`, state.AllDepartments()),
		writeArray(out, `], "tickets": [`, tickets), writeArray(out, `], "responses": [`, state.AllResponses()),
	)
	if err == nil {
		_, _ = out.WriteString("]}\n")
		_ = out.Flush() // when the client is gone, nobody is left to tell
	}
	return nil, nil
}

// writeArray writes an array without its last bracket.
func writeArray[T any](out *bufio.Writer, beginning string, rows iter.Seq[T]) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	var one T // its address, because each row would be copied into an interface
	for one = range rows {
		if _, err := out.WriteString(beginning); err != nil {
			return err
		}
		if err := encoder.Encode(&one); err != nil {
			return err
		}
		beginning = ","
	}
	if beginning == "," {
		return nil
	}
	_, err := out.WriteString(beginning)
	return err
}

// putState replaces the arrays of the world's data that are sent. Others stay as they are, and so do the
// staff and the password of a customer that comes without one.
func putState(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	arrays, err := splitState(raw)
	if err != nil {
		return nil, err
	}
	if err := w.Replace(arrays); err != nil {
		return nil, orStatus(http.StatusUnprocessableEntity, err)
	}
	return show(w), nil
}

var stateArrays = []string{"customers", "departments", "tickets", "responses"}

// splitState finds the arrays in a state without decoding them. They are parts of raw.
func splitState(raw []byte) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if begin, err := decoder.Token(); err != nil || begin != json.Delim('{') {
		return nil, aboutBody(jsontext.Decode(raw, &map[string]json.RawMessage{})) // null is no arrays
	}
	arrays := map[string]json.RawMessage{}
	for decoder.More() {
		noun, err := decoder.Token()
		if err != nil {
			return nil, aboutBody(jsontext.Invalid(raw))
		}
		if !slices.Contains(stateArrays, noun.(string)) {
			return nil, problemf(http.StatusUnprocessableEntity, "%.70q: unknown; must be one of %s", noun, strings.Join(stateArrays, ", "))
		}
		var array json.RawMessage
		if err := decoder.Decode(&array); err != nil {
			return nil, aboutBody(jsontext.Invalid(raw))
		}
		end := int(decoder.InputOffset())
		arrays[noun.(string)] = raw[end-len(array) : end]
	}
	if _, err := decoder.Token(); err != nil {
		return nil, aboutBody(jsontext.Invalid(raw))
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, aboutBody(errors.New("unexpected data after the JSON value"))
	}
	return arrays, nil
}

// exportFixtures writes the world's data and settings as a zip of fixture files.
func exportFixtures(w *world.World, rw http.ResponseWriter, _ *http.Request) (any, error) {
	rw.Header().Set("Content-Type", "application/zip")
	rw.Header().Set("Content-Disposition", `attachment; filename="`+w.Name+`-fixtures.zip"`)
	_ = w.Export(rw) // when the client is gone, nobody is left to tell
	return nil, nil
}
