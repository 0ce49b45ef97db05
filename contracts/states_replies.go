package contracts

import (
	"fmt"
	"maps"
	"strconv"
)

func replyStates() []State {
	ticket := Param{Name: "ticket", Type: "id", Example: "1", Default: "1"}
	customer := Param{Name: "customer", Type: "id", Example: "8", Default: "the ticket's owner; 8 for an invented ticket"}
	content := Param{Name: "content", Type: "string", Example: "Thank you. Which plan do you want?"}
	returns := []string{"ticket_id", "customer_id", "reply_id"}
	// one returns a state that adds a reply after all others.
	one := func(name, sets string, reply Row, also ...string) State {
		return State{
			Name: name, Also: also, Sets: sets, Params: []Param{ticket, customer, content}, Returns: returns,
			set: func(d Desk, v values) (map[string]any, error) {
				t, err := ticketOf(d, v)
				if err != nil {
					return nil, err
				}
				return addReply(d, t, v.or("content", "A reply."), reply)
			},
		}
	}
	return []State{
		{
			Name:   "ticket {ticket} has {count} replies",
			Also:   []string{"a ticket has {count} replies", "ticket {ticket} has a reply", "a ticket has a reply"},
			Sets:   "the ticket has that many replies and no notes; the customer and staff take turns",
			Params: []Param{ticket, customer, {Name: "count", Type: "count", Example: "2", Default: "1"}, content}, Returns: returns,
			set: setReplies,
		},
		one("ticket {ticket} has a reply by staff", "the newest reply is a staff member's", Row{"employee_response": 1},
			"a ticket has a reply by staff"),
		one("ticket {ticket} has a reply by its customer", "the newest reply is the owner's", Row{},
			"a ticket has a reply by its customer"),
		one("ticket {ticket} has a note", "the newest reply is a note, which customers do not see", Row{"employee_response": 1, "is_note": 1}, "a ticket has a note"),
		{
			Name: "ticket {ticket} has no replies", Also: []string{"a ticket has no replies"},
			Sets: "the ticket exists and has no replies and no notes", Params: []Param{ticket, customer}, Returns: []string{"ticket_id", "customer_id"},
			set: func(d Desk, v values) (map[string]any, error) {
				v = maps.Clone(v)
				v["count"] = "0"
				returned, err := setReplies(d, v)
				delete(returned, "reply_id")
				return returned, err
			},
		},
	}
}

// ticketOf makes sure that the ticket of a state exists, and returns it.
func ticketOf(d Desk, v values) (Row, error) {
	about := values{"id": v.or("ticket", "1")}
	if v.has("customer") {
		about["customer"] = v["customer"]
	}
	returned, err := putTicket(d, about)
	return Row(returned), err
}

func setReplies(d Desk, v values) (map[string]any, error) {
	t, err := ticketOf(d, v)
	if err != nil {
		return nil, err
	}
	if err := removeAll(d, "responses", "ticket_id", strconv.FormatInt(t.ID(), 10)); err != nil {
		return nil, err
	}
	returned := map[string]any{"ticket_id": t["id"], "customer_id": t["customer_id"], "reply_id": nil}
	for n := range v.number("count", 1) {
		if returned, err = addReply(d, t, v.or("content", fmt.Sprintf("Reply %d.", n+1)), Row{"employee_response": (n + 1) % 2}); err != nil {
			return nil, err
		}
	}
	return returned, nil
}

// addReply adds a reply of staff or of the ticket's owner.
func addReply(d Desk, t Row, content string, fields Row) (map[string]any, error) {
	reply := NewRow("responses", d.NextID("responses"), changedAt)
	reply["ticket_id"], reply["user_id"], reply["content"] = t["id"], t["customer_id"], content
	maps.Copy(reply, fields)
	if reply.number("employee_response") == 1 {
		author := first(d, "staff", hasRights)
		if author == nil {
			return nil, fmt.Errorf("there is no staff to reply")
		}
		reply["user_id"] = author["id"]
	}
	reply, err := d.Put("responses", reply)
	if err != nil {
		return nil, err
	}
	return map[string]any{"ticket_id": t["id"], "customer_id": t["customer_id"], "reply_id": reply["id"]}, nil
}
