package record

import (
	"fmt"
	"maps"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
)

// rows are rows by noun and id.
type rows map[string]map[string]contracts.Row

// indexed returns rows by noun and id.
func indexed(start map[string][]contracts.Row) rows {
	all := rows{}
	for noun, list := range start {
		all[noun] = make(map[string]contracts.Row, len(list))
		for _, row := range list {
			all[noun][text(row, "id")] = row
		}
	}
	return all
}

// strings returns all strings in the rows.
func (r rows) strings() map[string]bool {
	known := map[string]bool{}
	for _, list := range r {
		for _, row := range list {
			for _, value := range row {
				if text, ok := value.(string); ok {
					known[text] = true
				}
			}
		}
	}
	return known
}

// desk is what answers have shown of a help desk.
type desk struct {
	fresh rows // what it started with
	seen  rows // what earlier answers said
	now   rows // what the present answer says, which may be the result of the request
}

func newDesk(fresh rows) *desk {
	return &desk{fresh: fresh, seen: rows{"customers": {}, "tickets": {}}}
}

// with returns the desk with a present answer.
func (d *desk) with(answer any) *desk {
	now := newDesk(nil)
	now.learn(answer)
	return &desk{d.fresh, d.seen, now.seen}
}

// learn remembers the rows in an answer.
func (d *desk) learn(answer any) {
	switch v := answer.(type) {
	case []any:
		for _, one := range v {
			d.learn(one)
		}
	case map[string]any:
		if noun := nounOf(v); noun != "" {
			d.remember(noun, v)
			return
		}
		for _, one := range v {
			d.learn(one)
		}
	}
}

// nounOf returns the noun of a row in an answer; "" for what is not a row, or one that states need not set.
func nounOf(row map[string]any) string {
	has := func(name string) bool { _, ok := row[name]; return ok }
	switch {
	case !has("id"):
		return ""
	case has("email"):
		return "customers"
	case has("subject") && has("status"):
		return "tickets"
	}
	return ""
}

// remember adds what an answer says of a row to what was known.
func (d *desk) remember(noun string, row contracts.Row) {
	id := text(row, "id")
	if d.seen[noun][id] == nil {
		d.seen[noun][id] = contracts.Row{}
	}
	maps.Copy(d.seen[noun][id], row)
	if owner, ok := row["user_id"]; ok { // as answers call it
		d.seen[noun][id]["customer_id"] = owner
	}
}

// start returns a row of the help desk's start, or nil.
func (d *desk) start(noun, id string) contracts.Row { return d.fresh[noun][id] }

// find returns what is known of a row before the present request, or else what its answer says; nil for nothing.
func (d *desk) find(ref reference) contracts.Row {
	for _, known := range []rows{d.seen, d.fresh, d.now} {
		if id, ok := known.id(ref); ok {
			row := maps.Clone(known[ref.noun][id])
			for field, value := range d.fresh[ref.noun][id] {
				if _, ok := row[field]; !ok {
					row[field] = value
				}
			}
			return row
		}
	}
	return nil
}

// had reports whether a row is known to have existed before the present request.
func (d *desk) had(ref reference) bool {
	_, seen := d.seen.id(ref)
	_, fresh := d.fresh.id(ref)
	return seen || fresh
}

// id returns the id of the row that a reference names.
func (r rows) id(ref reference) (id string, ok bool) {
	if ref.field == "id" {
		_, ok := r[ref.noun][ref.value]
		return ref.value, ok
	}
	for id, row := range r[ref.noun] {
		if strings.EqualFold(fmt.Sprint(row[ref.field]), ref.value) {
			return id, true
		}
	}
	return "", false
}
