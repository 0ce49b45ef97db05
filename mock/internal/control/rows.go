package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
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

// list returns the rows of a noun that the query asks for, as one object with an array.
func (n rowNoun) list(w *world.World, rw http.ResponseWriter, r *http.Request) (any, error) {
	q, err := n.parse(r.URL.Query())
	if err != nil {
		return nil, err
	}
	if q.Limit == 0 && !q.Latest && q.IDs == nil && q.Text == "" && q.Status == "" && q.After == 0 {
		return nil, n.listAll(w, rw, q)
	}
	list, total := w.FindRows(n.name, q)
	shown, hide := []contracts.Row{}, w.Hider()
	for _, row := range list {
		shown = append(shown, public(row, hide))
	}
	return map[string]any{n.name: shown, "total": total}, nil
}

// listAll writes row by row, since there may be many rows and slow clients.
func (n rowNoun) listAll(w *world.World, rw http.ResponseWriter, q world.Query) error {
	rw.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriter(rw)
	rows := func(yield func(contracts.Row) bool) {
		hide := w.Hider()
		for row := range w.EachRow(n.name, q.Field, q.Value) {
			if !yield(public(row, hide)) {
				return
			}
		}
	}
	if writeArray(out, `{"`+n.name+`": [`, iter.Seq[contracts.Row](rows)) == nil {
		_, _ = out.WriteString("]}\n")
		_ = out.Flush() // when the client is gone, nobody is left to tell
	}
	return nil
}

// The limits of a query of rows.
const (
	maxRows = 1000 // that limit asks for
	maxIDs  = 1000
)

// parse reads the parameters of a query.
func (n rowNoun) parse(query url.Values) (q world.Query, err error) {
	for name, values := range query {
		if len(values) > 1 {
			return q, problemf(http.StatusBadRequest, "duplicate filter %.40q; send it once", name)
		}
		if err := n.read(&q, name, values[0]); err != nil {
			return q, err
		}
	}
	return q, nil
}

// read reads one of the parameters of a query.
func (n rowNoun) read(q *world.Query, name, value string) (err error) {
	number := func(most int64) (parsed int64) {
		if parsed, err = strconv.ParseInt(value, 10, 64); err != nil || parsed < 1 || parsed > most {
			err = problemf(http.StatusBadRequest, "%s=%.20q: must be an integer from 1 to %d", name, value, most)
		}
		return parsed
	}
	switch {
	case name == n.filter && n.filter != "":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil && name != "email" {
			return problemf(http.StatusBadRequest, "%s=%.20q: must be an id", name, value)
		}
		q.Field, q.Value = name, value
	case name == "limit":
		q.Limit = int(number(maxRows))
	case name == "after":
		q.After = number(store.MaxID)
	case name == "text":
		q.Text = value
	case name == "status" && n.name == "tickets":
		q.Status = value
	case name == "order" && value != "latest":
		return problemf(http.StatusBadRequest, "order=%.20q: must be latest; leave it out for the order by id", value)
	case name == "order":
		q.Latest = true
	case name == "id":
		for part := range strings.SplitSeq(value, ",") {
			id, err := strconv.ParseInt(part, 10, 64)
			if err != nil || len(q.IDs) == maxIDs {
				return problemf(http.StatusBadRequest, "id=%.40q: must be at most %d ids, separated by commas", value, maxIDs)
			}
			q.IDs = append(q.IDs, id)
		}
	default:
		return problemf(http.StatusBadRequest, "unknown filter %.40q", name)
	}
	return err
}

// public returns a row without what answers do not show: passwords, also those in custom fields, and tokens.
func public(row contracts.Row, hide func(map[string]any) map[string]any) contracts.Row {
	shown := maps.Clone(row)
	delete(shown, "password")
	delete(shown, "tokens")
	if fields, ok := row["custom_fields"].(map[string]any); ok {
		shown["custom_fields"] = hide(fields)
	}
	return shown
}

func (n rowNoun) get(w *world.World, _ http.ResponseWriter, r *http.Request) (any, error) {
	row := w.Row(n.name, rowID(r))
	if row == nil {
		return nil, n.missing(r)
	}
	return public(row, w.Hider()), nil
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
	shown := public(row, w.Hider())
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
	return public(row, w.Hider()), nil
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
	return public(row, w.Hider()), nil
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
