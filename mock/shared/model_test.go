package shared_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/anishathalye/porcupine"
)

// operation is what a client asks of a world.
type operation struct {
	world string
	kind  kind
	id    int    // of a ticket
	text  string // an e-mail address, a billing id or the name of a snapshot
}

type kind string

// The operations of the API, and then those of the control API.
const (
	register kind = "register"
	assign   kind = "assign"
	customer kind = "customer"
	create   kind = "create"
	closing  kind = "close"
	reply    kind = "reply"
	ticket   kind = "ticket"
	replies  kind = "replies"

	reset    kind = "reset"
	snapshot kind = "snapshot"
	restore  kind = "restore"
	forget   kind = "forget"
	journal  kind = "journal"
)

func (k kind) controls() bool {
	switch k {
	case reset, snapshot, restore, forget, journal:
		return true
	}
	return false
}

// result is what a client hears.
type result struct {
	unknown bool // nothing, or that the server cannot answer: the operation may have happened, or may still happen
	status  int
	value   string // an id, a billing id, the status of a ticket, or a number of replies or exchanges
}

// known is all of a world that operations can see. It is comparable.
type known struct {
	exists    bool
	exchanges int
	now       content
	snapshots [2]struct {
		taken bool
		content
	}
}

// content is the data of a world.
type content struct {
	emails  string // of new customers, in the order of their ids, each followed by a space
	billing string // of customer 8
	tickets string // the new ones, in the order of their ids: the first letter of the status and the number of replies, as a letter
}

// What the scenario "default" begins with.
const (
	owner         = 8
	firstCustomer = 9003
	firstTicket   = 15
)

// shared is what one server with one world at a time would do.
var shared = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		var list [][]porcupine.Operation
		index := map[string]int{}
		for _, o := range history {
			name := o.Input.(operation).world
			at, ok := index[name]
			if !ok {
				at = len(list)
				index[name], list = at, append(list, nil)
			}
			list[at] = append(list[at], o)
		}
		return list
	},
	Init: func() any { return known{} },
	Step: func(state, input, output any) (bool, any) {
		next, want := state.(known).after(input.(operation))
		got := output.(result)
		return got.unknown || got == want, next
	},
	DescribeOperation: func(input, output any) string {
		o, r := input.(operation), output.(result)
		return fmt.Sprintf("%s %s %d %s: %s", o.world, o.kind, o.id, o.text, r)
	},
}

func (r result) String() string {
	if r.unknown {
		return "?"
	}
	return fmt.Sprint(r.status, " ", r.value)
}

// blank is the data of a new world.
var blank = content{billing: "0"}

// after returns what a world is after an operation, and what the client hears.
func (w known) after(o operation) (known, result) {
	if o.kind.controls() {
		return w.controlled(o)
	}
	if !w.exists {
		w = known{exists: true, now: blank}
	}
	w.exchanges++
	var r result
	w.now, r = w.now.after(o)
	return w, r
}

func (w known) controlled(o operation) (known, result) {
	if !w.exists {
		return w, result{status: http.StatusNotFound}
	}
	done := result{status: http.StatusOK}
	kept := &w.snapshots[0]
	if o.text == "b" {
		kept = &w.snapshots[1]
	}
	switch o.kind {
	case forget:
		return known{}, done
	case journal:
		done.value = fmt.Sprint(w.exchanges)
	case reset:
		w.now, w.exchanges = blank, 0
	case snapshot:
		kept.taken, kept.content = true, w.now
	case restore:
		if !kept.taken {
			return w, result{status: http.StatusNotFound}
		}
		w.now = kept.content
	}
	return w, done
}

func (c content) after(o operation) (content, result) {
	done := result{status: http.StatusOK}
	at := 2 * (o.id - firstTicket)
	switch o.kind {
	case closing, reply, ticket, replies:
		if at >= len(c.tickets) {
			return c, result{status: http.StatusNotFound}
		}
	}
	switch o.kind {
	case register:
		if strings.Contains(c.emails, o.text+" ") {
			return c, result{status: http.StatusUnprocessableEntity}
		}
		done.value = fmt.Sprint(firstCustomer + strings.Count(c.emails, " "))
		c.emails += o.text + " "
	case assign:
		c.billing = o.text
	case customer:
		done.value = c.billing
	case create:
		done.value = fmt.Sprint(firstTicket + len(c.tickets)/2)
		c.tickets += "oa"
	case closing:
		c.tickets = c.tickets[:at] + "c" + c.tickets[at+1:]
	case reply:
		c.tickets = c.tickets[:at] + "o" + string(c.tickets[at+1]+1) + c.tickets[at+2:]
	case ticket:
		done.value = c.tickets[at : at+1]
	case replies:
		done.value = fmt.Sprint(c.tickets[at+1] - 'a')
	}
	return c, done
}
