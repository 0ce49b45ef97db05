package contracts

import (
	"fmt"
	"iter"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// Desk is a help desk that provider states arrange. A world of the mock is one.
//
// A noun is the name of a fixture file, such as "customers", and its rows have the fields of that file.
type Desk interface {
	// Rows returns the rows of a noun by id: all of them without a field, or those whose field has a value:
	// the email of customers, the customer_id of tickets or the ticket_id of responses. The loop must not
	// change rows of the noun.
	Rows(noun, field, value string) iter.Seq[Row]

	// Row returns the row of an id, or nil.
	Row(noun string, id int64) Row

	// NextID returns the id that the next row of a noun gets.
	NextID(noun string) int64

	// Put adds a row or replaces the one of its id, and returns it as it is stored. What cannot exist
	// beside it is removed, such as another customer with its e-mail address. The error says which field
	// is wrong.
	Put(noun string, row Row) (Row, error)

	// Remove removes the row of an id, if there is one, with everything that belongs to it. The error
	// says why it has to stay.
	Remove(noun string, id int64) error

	// Change changes settings, a JSON object.
	Change(settings string) error

	// Fail adds a fault rule before all others, and Recover removes all.
	Fail(rule traffic.FaultRule) error
	Recover()
}

// Row is a row of a noun, as its fixture file has it. Numbers are a json.Number, or of any Go type in a
// row that is put.
type Row map[string]any

// ID returns the id of a row.
func (r Row) ID() int64 { return r.number("id") }

// number returns a field that is an integer; 0 where it is not.
func (r Row) number(field string) int64 {
	n, _ := strconv.ParseInt(r.text(field), 10, 64)
	return n
}

// text returns a field as a string; "" where there is none.
func (r Row) text(field string) string {
	switch value := r[field].(type) {
	case nil:
		return ""
	case string:
		return value
	default:
		return fmt.Sprint(value)
	}
}

// texts returns a field that is an array of strings.
func (r Row) texts(field string) []string {
	var list []string
	switch values := r[field].(type) {
	case []string:
		return values
	case []any:
		for _, value := range values {
			list = append(list, fmt.Sprint(value))
		}
	}
	return list
}

// pick returns some fields of a row as values of a state.
func (r Row) pick(fields ...string) map[string]any {
	values := make(map[string]any, len(fields))
	for _, field := range fields {
		values[field] = r[field]
	}
	return values
}

// first returns the first row of a noun that passes a test, or nil.
func first(d Desk, noun string, test func(Row) bool) Row {
	for row := range d.Rows(noun, "", "") {
		if test(row) {
			return row
		}
	}
	return nil
}

// removeAll removes rows of a noun, as Desk.Rows finds them.
func removeAll(d Desk, noun, field, value string) error {
	var ids []int64
	for row := range d.Rows(noun, field, value) {
		ids = append(ids, row.ID())
	}
	for _, id := range ids {
		if err := d.Remove(noun, id); err != nil {
			return err
		}
	}
	return nil
}
