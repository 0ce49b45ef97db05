package world

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// desk is a world as provider states arrange it: the contracts.Desk of one change of its store.
type desk struct {
	world    *World
	tx       *store.Tx
	refuses  bool // a row that cannot be beside another one, which provider states remove instead
	settings [][]byte
	faults   [][]fault.Rule
	recovers bool
}

func (d *desk) Rows(noun, field, value string) iter.Seq[contracts.Row] {
	id, _ := strconv.ParseInt(value, 10, 64)
	switch noun + "." + field {
	case "customers.":
		return rows(d.tx.Customers())
	case "customers.email":
		return func(yield func(contracts.Row) bool) {
			if c, ok := d.tx.CustomerByEmail(value); ok {
				if row := d.Row("customers", c.ID); row != nil {
					yield(row)
				}
			}
		}
	case "staff.":
		return rows(d.tx.PresentStaff())
	case "departments.":
		return rows(d.tx.AllDepartments())
	case "tickets.":
		return rows(d.tx.Tickets())
	case "tickets.customer_id":
		return rows(d.tx.TicketsOfCustomer(id))
	case "responses.":
		return rows(d.tx.AllResponses())
	case "responses.ticket_id":
		return rows(d.tx.Responses(id))
	}
	return func(func(contracts.Row) bool) {}
}

func (d *desk) Row(noun string, id int64) contracts.Row {
	switch noun {
	case "customers":
		if _, isStaff := d.tx.Staff().Member(id); isStaff {
			return nil
		}
		return found(d.tx.Customer(id))
	case "staff":
		for m := range d.tx.PresentStaff() {
			if m.ID == id {
				return toRow(m)
			}
		}
	case "departments":
		return found(d.tx.Department(id))
	case "tickets":
		return found(d.tx.Ticket(id))
	case "responses":
		return found(d.tx.Response(id))
	}
	return nil
}

func (d *desk) NextID(noun string) int64 { return d.tx.LastID(noun) + 1 }

func (d *desk) Put(noun string, row contracts.Row) (contracts.Row, error) {
	list, err := json.Marshal([]any{row})
	if err != nil {
		return nil, err
	}
	read, err := d.world.start.Load().Scenarios.Replace(store.Data{}, map[string]json.RawMessage{noun: list}, d.world.common.MaxSize)
	if err != nil && d.refuses {
		err = aboutRow(err)
	} else if d.refuses {
		err = d.check(noun, read)
	}
	if err != nil {
		return nil, err
	}
	switch noun {
	case "customers":
		c := read.Customers[0]
		return toRow(c), d.tx.PlaceCustomer(c)
	case "staff":
		m := read.Staff[0]
		if err := d.tx.PlaceStaff(m); err != nil {
			return nil, err
		}
		return d.Row(noun, m.ID), nil
	case "departments":
		d.tx.PlaceDepartment(read.Departments[0])
		return toRow(read.Departments[0]), nil
	case "tickets":
		if err := d.tx.PlaceTicket(read.Tickets[0]); err != nil {
			return nil, err
		}
		return d.Row(noun, read.Tickets[0].ID), nil
	case "responses":
		r := read.Responses[0]
		return toRow(r), d.tx.PlaceResponse(r)
	}
	return nil, fmt.Errorf("%q: no such noun", noun)
}

func (d *desk) Remove(noun string, id int64) error {
	switch noun {
	case "customers":
		return d.tx.RemoveCustomer(id)
	case "staff":
		return d.tx.RemoveStaff(id)
	case "departments":
		d.tx.RemoveDepartment(id)
	case "tickets":
		d.tx.RemoveTicket(id)
	case "responses":
		d.tx.RemoveResponse(id)
	default:
		return fmt.Errorf("%q: no such noun", noun)
	}
	return nil
}

func (d *desk) Change(settings string) error {
	d.settings = append(d.settings, []byte(settings))
	return nil
}

func (d *desk) Fail(rule traffic.FaultRule) error {
	list, err := json.Marshal([]traffic.FaultRule{rule})
	if err != nil {
		return err
	}
	rules, err := fault.Parse(d.world.start.Load().Scenarios.Contract, d.world.Name, list)
	if err != nil {
		return err
	}
	d.faults = append(d.faults, rules)
	return nil
}

func (d *desk) Recover() { d.recovers, d.faults = true, nil }

// rows returns rows of the store as those of fixture files, one by one as they are asked for. The loop must
// not change them.
func rows[T any](list iter.Seq[T]) iter.Seq[contracts.Row] {
	return func(yield func(contracts.Row) bool) {
		for value := range list {
			if !yield(toRow(value)) {
				return
			}
		}
	}
}

func found[T any](value T, ok bool) contracts.Row {
	if !ok {
		return nil
	}
	return toRow(value)
}

// toRow returns a row of the store as that of a fixture file.
func toRow(value any) contracts.Row {
	data, _ := json.Marshal(value) // rows always encode
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var row contracts.Row
	_ = decoder.Decode(&row)
	return row
}
