package world

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// nouns are the kinds of rows of a world, each the name of a fixture file.
var nouns = []string{"customers", "staff", "departments", "tickets", "responses"}

// RowError says which fields of a row are wrong, one in a line.
type RowError struct{ message string }

func (e *RowError) Error() string { return e.message }

// Row returns the row of an id as its fixture file has it, or nil.
func (w *World) Row(noun string, id int64) contracts.Row { return w.look().Row(noun, id) }

// EachRow returns the rows of a noun as they are now: all of them without a field, otherwise as desk.Rows
// finds them.
func (w *World) EachRow(noun, field, value string) iter.Seq[contracts.Row] {
	return w.look().Rows(noun, field, value)
}

// look returns a desk to read the present state.
func (w *World) look() *desk { return &desk{world: w, tx: &store.Tx{State: w.Store.View()}} }

// CreateRow adds a row, with defaults for the fields that are left out, and returns it. A reply changes its
// ticket as it would if it came through the API. The error is a *RowError, a *store.ConflictError, or a
// *store.FullError when there is no room; then nothing has changed.
func (w *World) CreateRow(noun string, fields contracts.Row) (made contracts.Row, err error) {
	err = w.arrange(func(d *desk) error {
		d.refuses = true
		row, err := d.fillIn(noun, fields)
		if err != nil {
			return err
		}
		if made, err = d.Put(noun, row); err != nil || noun != "responses" {
			return err
		}
		reply, _ := d.tx.Response(made.ID())
		d.tx.Answered(reply)
		return nil
	})
	return made, err
}

// ChangeRow applies a JSON merge patch (RFC 7396) to a row, and returns the row: nil if there is none. Its
// updated_at becomes the present time unless the patch sets it. Errors are those of CreateRow.
func (w *World) ChangeRow(noun string, id int64, patch contracts.Row) (changed contracts.Row, err error) {
	err = w.arrange(func(d *desk) error {
		d.refuses = true
		before := d.Row(noun, id)
		if before == nil {
			return nil
		}
		if sent, ok := patch["id"]; ok && fmt.Sprint(sent) != strconv.FormatInt(id, 10) {
			return &RowError{fmt.Sprintf("id: must be %d, since an id cannot change", id)}
		}
		unhidePatch(d.tx.State, noun, id, patch)
		row := contracts.Row(merged(before, patch))
		if reflect.DeepEqual(row, before) {
			changed = before
			return nil
		}
		if _, set := patch["updated_at"]; !set && (noun == "customers" || noun == "staff" || noun == "tickets") {
			row["updated_at"] = d.now()
		}
		changed, err = d.Put(noun, row)
		return err
	})
	return changed, err
}

// RemoveRow removes a row with everything that belongs to it, and returns it: nil if there was none. The error
// is a *store.ConflictError for a row that has to stay.
func (w *World) RemoveRow(noun string, id int64) (removed contracts.Row, err error) {
	err = w.arrange(func(d *desk) error {
		if removed = d.Row(noun, id); removed == nil {
			return nil
		}
		return d.Remove(noun, id)
	})
	return removed, err
}

// merged returns an object with a merge patch applied. null removes a field, except that email_verified_at
// is null for an address that was not confirmed.
func merged(object, patch map[string]any) map[string]any {
	result := maps.Clone(object)
	if result == nil {
		result = map[string]any{}
	}
	for name, value := range patch {
		inner, isObject := value.(map[string]any)
		switch {
		case isObject:
			present, _ := result[name].(map[string]any)
			result[name] = merged(present, inner)
		case value == nil && name != "email_verified_at":
			delete(result, name)
		default:
			result[name] = value
		}
	}
	return result
}

func (d *desk) now() string { return d.world.Clock.Now().UTC().Format(store.Timestamp) }

// fillIn returns a new row with a value for each field that is required.
func (d *desk) fillIn(noun string, fields contracts.Row) (contracts.Row, error) {
	id := d.NextID(noun)
	if _, set := fields["id"]; set {
		if id = fields.ID(); d.taken(noun, id) {
			return nil, &store.ConflictError{Field: "id", Reason: fmt.Sprintf("another row has the id %d; leave it out for the next one", id)}
		}
	} else if id > store.MaxID {
		return nil, &store.FullError{Noun: strings.TrimSuffix(noun, "s")}
	}
	row := contracts.NewRow(noun, id, d.now())
	for number := id; d.named(row); number++ {
		row = contracts.NewRow(noun, number, d.now())
	}
	row["id"] = id
	if noun == "tickets" {
		if err := d.fillInTicket(row, fields); err != nil {
			return nil, err
		}
	}
	if noun == "responses" {
		d.fillInReply(row, fields)
	}
	maps.Copy(row, fields)
	return row, nil
}

// named reports whether another row has a name that a new row has by default.
func (d *desk) named(row contracts.Row) bool {
	email, _ := row["email"].(string)
	_, hasEmail := d.tx.CustomerByEmail(email)
	slug, _ := row["slug"].(string)
	_, hasSlug := d.tx.DepartmentBySlug(slug)
	tokens, _ := row["tokens"].([]string)
	return hasEmail || hasSlug || slices.ContainsFunc(tokens, func(token string) bool {
		_, ok := d.tx.StaffByToken(token)
		return ok
	})
}

// taken reports whether a row has an id. Staff and customers share one table.
func (d *desk) taken(noun string, id int64) bool {
	if noun == "customers" || noun == "staff" {
		_, ok := d.tx.Customer(id)
		return ok
	}
	return d.Row(noun, id) != nil
}

// fillInTicket chooses the owner and the department of a ticket, and fills in what the form would [I]. The
// owner is the first customer, or a guest when an address is given or there are no customers.
func (d *desk) fillInTicket(row, fields contracts.Row) error {
	owner := store.Customer{}
	if sent, set := fields["customer_id"]; set {
		id, _ := strconv.ParseInt(fmt.Sprint(sent), 10, 64)
		owner, _ = d.tx.Customer(id)
	} else if _, isGuest := fields["public_email"]; !isGuest {
		for c := range d.tx.Customers() {
			owner = c
			break
		}
	}
	row["customer_id"], row["public_name"], row["public_email"], row["assigned"] = owner.ID, owner.Name, owner.Email, "0"
	if owner.ID == 0 {
		row["public_name"], row["public_email"] = "Guest", "guest@example.com"
	}
	if _, set := fields["department_id"]; set {
		return nil
	}
	for department := range d.tx.Departments(func(found store.Department) bool { return found.Enabled() && (owner.ID != 0 || found.Public()) }) {
		row["department_id"] = department.ID
		return nil
	}
	return &RowError{"department_id: no department accepts the ticket; create one, or name a department that does not"}
}

// fillInReply chooses the author of a reply: the first of the staff for notes and replies of staff, the owner
// of the ticket for others.
func (d *desk) fillInReply(row, fields contracts.Row) {
	if fmt.Sprint(fields["is_note"]) == "1" {
		row["employee_response"] = 1
	}
	byStaff := row["employee_response"]
	if sent, set := fields["employee_response"]; set {
		byStaff = sent
	}
	if fmt.Sprint(byStaff) == "1" {
		first, _ := d.tx.FirstStaff()
		row["user_id"] = first.ID
		return
	}
	about, _ := strconv.ParseInt(fmt.Sprint(fields["ticket_id"]), 10, 64)
	t, _ := d.tx.Ticket(about)
	row["user_id"] = t.CustomerID
}

// check says what is wrong with the row of a noun beside the others, as its fixture file does.
func (d *desk) check(noun string, read store.Data) (err error) {
	switch noun {
	case "customers":
		err = d.tx.CheckCustomer(read.Customers[0])
	case "staff":
		err = d.tx.CheckStaff(read.Staff[0])
	case "departments":
		err = d.tx.CheckDepartment(read.Departments[0])
	case "tickets":
		err = d.tx.CheckTicket(read.Tickets[0])
	case "responses":
		err = d.tx.CheckResponse(read.Responses[0])
	}
	if err != nil && !errors.As(err, new(*store.ConflictError)) {
		return &RowError{err.Error()}
	}
	return err
}

// inFile is what stands before the field in an error about the only row of a fixture file.
var inFile = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^[a-z]+\.json: (/0(/|: )|line \d+: )`) })

// aboutRow returns an error about the only row of a fixture file as one about a row.
func aboutRow(err error) error {
	if errors.As(err, new(*store.FullError)) {
		return err
	}
	return &RowError{inFile().ReplaceAllString(err.Error(), "")}
}

// Rows returns all rows of the world by noun, as its fixture files have them.
func (w *World) Rows() map[string][]contracts.Row {
	all, desk := map[string][]contracts.Row{}, w.look()
	for _, noun := range nouns {
		for row := range desk.Rows(noun, "", "") {
			all[noun] = append(all[noun], row)
		}
	}
	return all
}
