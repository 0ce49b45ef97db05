package store

import "iter"

// Response is one reply to a ticket, as a fixture file writes it.
type Response struct {
	ID               int64  `json:"id"`
	TicketID         int64  `json:"ticket_id"`
	UserID           int64  `json:"user_id"` // the customer, 0 for a guest; of staff's replies the staff member
	Content          string `json:"content"`
	IsNote           int    `json:"is_note,omitempty"`
	EmployeeResponse int    `json:"employee_response,omitempty"`
	CreatedAt        string `json:"created_at"`
}

type responses struct {
	rows     table[Response]
	byTicket index[int64]
}

func (r responses) copy() responses { return responses{r.rows.copy(), r.byTicket.copy()} }

// AllResponses goes through every response.
func (s *State) AllResponses() iter.Seq[Response] { return s.responses.rows.all() }

// Response finds a response by id.
func (s *State) Response(id int64) (Response, bool) { return s.responses.rows.get(id) }

// Responses goes through the replies to a ticket, the oldest first.
func (s *State) Responses(ticket int64) iter.Seq[Response] {
	return func(yield func(Response) bool) {
		for id := range s.responses.byTicket.ids(ticket) {
			if r, ok := s.responses.rows.get(id); ok && !yield(r) {
				return
			}
		}
	}
}

// AddResponse gives r the next id and the present time, and keeps it. Its ticket is there.
func (tx *Tx) AddResponse(r Response) Response {
	r.ID = tx.newID("response", tx.responses.rows.last())
	r.CreatedAt = tx.timestamp()
	tx.putResponse(r)
	return r
}

// Answered changes the ticket of a new reply, which is a guess [I]: a customer's reply reopens it, a reply
// of staff makes it await the customer, and a note changes nothing.
func (tx *Tx) Answered(r Response) {
	t, ok := tx.Ticket(r.TicketID)
	status := Open
	if r.EmployeeResponse == 1 {
		status = AwaitingReply
	}
	if ok && r.IsNote == 0 && t.Status != status {
		t.Status = status
		tx.SaveTicket(t)
	}
}

func (tx *Tx) putResponse(r Response) {
	tx.write()
	tx.touch(responseRows, r.ID)
	tx.responses.rows.put(r.ID, r)
	tx.responses.byTicket.add(r.TicketID, r.ID)
	tx.count(r.Size(), 0)
}

func (tx *Tx) loadResponse(r Response) error {
	if _, ok := tx.responses.rows.get(r.ID); ok {
		return twice("id", r.ID)
	}
	if err := tx.CheckResponse(r); err != nil {
		return err
	}
	tx.putResponse(r)
	return nil
}
