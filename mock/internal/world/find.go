package world

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Query says which rows of a noun are wanted. The zero Query is all of them by id.
type Query struct {
	Field, Value string  // as desk.Rows finds rows; "" for all
	IDs          []int64 // only these; nil for all
	Text         string  // only rows that contain it, in any case
	Status       string  // only tickets with it
	After        int64   // only rows with a larger id
	Latest       bool    // those that changed last come first, instead of by id
	Limit        int     // max number of rows; 0 for any
}

// FindRows returns the rows that a query asks for, and how many there are without its limit.
func (w *World) FindRows(noun string, q Query) (list []contracts.Row, total int) {
	d := w.look()
	id, _ := strconv.ParseInt(q.Value, 10, 64)
	switch noun {
	case "customers":
		customers := d.tx.Customers()
		if q.Field == "email" {
			customers = only(d.tx.CustomerByEmail(q.Value))
		}
		return pick(q, customers, customerSummary)
	case "staff":
		return pick(q, d.tx.PresentStaff(), func(m store.Staff) summary { return customerSummary(m.Customer) })
	case "departments":
		return pick(q, d.tx.AllDepartments(), func(p store.Department) summary {
			return summary{id: p.ID, text: []string{p.Name, p.Slug, p.Description}}
		})
	case "tickets":
		tickets := d.tx.Tickets()
		if q.Field == "customer_id" {
			tickets = d.tx.TicketsOfCustomer(id)
		}
		return pick(q, tickets, func(t store.Ticket) summary {
			owner, _ := d.tx.Customer(t.CustomerID)
			text := []string{t.Subject, t.Message, t.PublicName, t.PublicEmail, owner.Name, owner.Email, t.Code}
			return summary{id: t.ID, changed: cmp.Or(t.UpdatedAt, t.CreatedAt), status: t.Status, text: text}
		})
	case "responses":
		responses := d.tx.AllResponses()
		if q.Field == "ticket_id" {
			responses = d.tx.Responses(id)
		}
		return pick(q, responses, func(r store.Response) summary {
			return summary{id: r.ID, changed: r.CreatedAt, text: []string{r.Content}}
		})
	}
	return nil, 0
}

// summary is what a Query looks at.
type summary struct {
	id      int64
	changed string // when, as the rows have it
	status  string // of a ticket
	text    []string
	at      int // in the list of rows
}

func customerSummary(c store.Customer) summary {
	return summary{id: c.ID, changed: cmp.Or(c.UpdatedAt, c.CreatedAt), text: []string{c.Name, c.Email, c.Company, c.BillingID, c.BillingSystem}}
}

// passes reports whether a row is among those that a query asks for.
func (s summary) passes(q *Query, text string) bool {
	return s.id > q.After && (q.IDs == nil || slices.Contains(q.IDs, s.id)) && (q.Status == "" || s.status == q.Status) &&
		(text == "" || slices.ContainsFunc(s.text, func(part string) bool { return strings.Contains(strings.ToLower(part), text) }))
}

// only returns a list of the one value that was found.
func only[T any](value T, ok bool) iter.Seq[T] {
	return func(yield func(T) bool) {
		if ok {
			yield(value)
		}
	}
}

// pick returns the rows that a query asks for. Only those are encoded, since there may be many more.
func pick[T any](q Query, all iter.Seq[T], about func(T) summary) (list []contracts.Row, total int) {
	var rows []T
	var passed []summary
	text := strings.ToLower(q.Text)
	for row := range all {
		if s := about(row); s.passes(&q, text) {
			s.text, s.at = nil, len(rows)
			rows, passed = append(rows, row), append(passed, s)
		}
	}
	for _, s := range q.first(passed) {
		list = append(list, toRow(rows[s.at]))
	}
	return list, len(passed)
}

// first returns as many as the limit allows, in the order that is asked for. It may reorder all. It is not part of pick, so
// that there is one of it for all types of rows.
func (q *Query) first(all []summary) []summary {
	if q.Latest {
		slices.SortStableFunc(all, func(a, b summary) int {
			return cmp.Or(cmp.Compare(b.changed, a.changed), cmp.Compare(b.id, a.id))
		})
	}
	if q.Limit > 0 {
		return all[:min(len(all), q.Limit)]
	}
	return all
}
