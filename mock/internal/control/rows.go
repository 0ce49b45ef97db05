package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/world"
)

// rowNoun is a kind of rows that can be read and changed one by one.
type rowNoun struct {
	name   string // of the fixture file
	one    string // of the rows, for people
	filter string // the field by which a list can be filtered; "" for none
}

var rowNouns = []rowNoun{
	{"customers", "customer", "email"},
	{"staff", "staff member", ""},
	{"departments", "department", ""},
	{"tickets", "ticket", "customer_id"},
	{"responses", "response", "ticket_id"},
}

// list returns the rows of a noun by id, as one object with an array. It writes row by row, since there may be
// many rows and slow clients.
func (n rowNoun) list(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	field, value := "", ""
	for name, values := range r.URL.Query() {
		switch {
		case name != n.filter || n.filter == "":
			return nil, problemf(http.StatusBadRequest, "unknown filter %.40q", name)
		case len(values) > 1:
			return nil, problemf(http.StatusBadRequest, "duplicate filter %.40q; send it once", name)
		}
		field, value = name, values[0]
	}
	if _, err := strconv.ParseInt(value, 10, 64); err != nil && field != "" && field != "email" {
		return nil, problemf(http.StatusBadRequest, "%s=%.20q: must be an id", field, value)
	}
	rw.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriter(rw)
	rows := func(yield func(contracts.Row) bool) {
		for row := range w.EachRow(n.name, field, value) {
			if !yield(public(row)) {
				return
			}
		}
	}
	if writeArray(out, `{"`+n.name+`": [`, iter.Seq[contracts.Row](rows)) == nil {
		_, _ = out.WriteString("]}\n")
		_ = out.Flush() // when the client is gone, nobody is left to tell
	}
	return nil, nil
}

// public returns a row without what answers do not show: passwords and tokens.
func public(row contracts.Row) contracts.Row {
	shown := maps.Clone(row)
	delete(shown, "password")
	delete(shown, "tokens")
	return shown
}

func (n rowNoun) get(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	row := w.Row(n.name, rowID(r))
	if row == nil {
		return nil, n.missing(r)
	}
	return public(row), nil
}

// create adds a row. Its answer is the only one that shows tokens: those of a new staff member, which may be
// generated.
func (n rowNoun) create(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	fields, err := readRow(r)
	if err != nil {
		return nil, err
	}
	row, err := w.CreateRow(n.name, fields)
	if err != nil {
		return nil, err
	}
	shown := public(row)
	if n.name == "staff" {
		shown["tokens"] = row["tokens"]
	}
	return created{shown}, nil
}

func (n rowNoun) change(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	patch, err := readRow(r)
	if err != nil {
		return nil, err
	}
	row, err := w.ChangeRow(n.name, rowID(r), patch)
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return nil, n.missing(r)
	}
	return public(row), nil
}

// remove removes a row, and returns it as it was.
func (n rowNoun) remove(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	row, err := w.RemoveRow(n.name, rowID(r))
	switch {
	case err != nil:
		return nil, err
	case row == nil:
		return nil, n.missing(r)
	}
	return public(row), nil
}

func (n rowNoun) missing(r *http.Request) error {
	return problemf(http.StatusNotFound, "there is no %s %.20q", n.one, r.PathValue("id"))
}

// rowID returns the id in a path, 0 for what no row can have.
func rowID(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// readRow reads the fields of a row. Nothing at all is no fields.
func readRow(r *http.Request) (contracts.Row, error) {
	raw, err := readText(r.Body)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return contracts.Row{}, nil
	}
	var row contracts.Row
	if err := jsontext.Decode(raw, &row); err != nil {
		return nil, aboutBody(err)
	}
	if row == nil {
		return nil, aboutBody(errors.New("must be an object"))
	}
	decoder := json.NewDecoder(bytes.NewReader(raw)) // again, to keep numbers as they are written
	decoder.UseNumber()
	row = nil
	err = decoder.Decode(&row)
	return row, err
}

// created is an answer with status 201.
type created struct{ value any }
