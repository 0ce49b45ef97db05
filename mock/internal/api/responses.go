package api

import (
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// response is a reply as plugins read it [C].
type response struct {
	ID               int64  `json:"id"`
	UserID           int64  `json:"user_id"`
	UserName         string `json:"user_name"`
	Content          string `json:"content"`
	IsNote           int    `json:"is_note"`
	EmployeeResponse int    `json:"employee_response"`
	CreatedAt        string `json:"created_at"`
}

// listResponses handles POST /api/responses/get [B20]. Notes are included: plugins check is_note
// themselves.
func listResponses(s *store.Store, r Request) (any, error) {
	return showResponses(s, r.Fields.ID("ticket_id"))
}

// listTicketResponses handles GET /api/responses/get/{ticket_number} [CEa].
func listTicketResponses(s *store.Store, r Request) (any, error) {
	return showResponses(s, r.Params.ID("ticket_number"))
}

func showResponses(s *store.Store, ticket int64) (any, error) {
	view := s.View()
	t, ok := view.Ticket(ticket)
	if !ok {
		return nil, store.ErrNoTicket
	}
	// Plugins read an object whose every value is an array of replies. They ignore the name [C], so it
	// is a guess [I].
	return named("responses", mapped(view.Responses(ticket), func(r *store.Response) response {
		return response{
			ID: r.ID, UserID: r.UserID, UserName: authorName(view, t, *r), Content: r.Content,
			IsNote: r.IsNote, EmployeeResponse: r.EmployeeResponse, CreatedAt: r.CreatedAt,
		}
	})), nil
}

func authorName(s *store.State, t store.Ticket, r store.Response) string {
	if c, ok := s.Customer(r.UserID); ok {
		return c.Name
	}
	return t.PublicName
}

// createResponse handles POST /api/responses/create: content [B20], or message [CEa].
func createResponse(s *store.Store, r Request) (any, error) {
	f := r.Fields
	author := f.First("user_id", "customer_id")
	reply, err := addResponse(s, store.Response{
		TicketID: f.ID("ticket_number"), Content: f.First("content", "message"), UserID: parseID(author),
		IsNote: f.Flag("is_note"), EmployeeResponse: f.Flag("employee_response"),
	}, author == "")
	if err != nil {
		return nil, err
	}
	return Created{idAnswer{reply.ID}}, nil
}

// addResponse checks a reply against the rules, all of which are guesses [I], and adds it. Customers
// reply to their own tickets, guests to those of guests, staff to any. A reply that names nobody, as
// [CEa] may send it, comes from the owner.
func addResponse(s *store.Store, reply store.Response, byOwner bool) (store.Response, error) {
	err := s.Update(func(tx *store.Tx) error {
		t, ok := tx.Ticket(reply.TicketID)
		if !ok {
			return store.ErrNoTicket
		}
		fromStaff := reply.EmployeeResponse == 1
		if byOwner && !fromStaff {
			reply.UserID = t.CustomerID
		}
		_, isStaff := tx.StaffMember(reply.UserID)
		switch {
		case fromStaff && !isStaff:
			return errForbidden.because("no staff member has this id")
		case !fromStaff && reply.UserID != t.CustomerID:
			return errForbidden
		}
		reply = tx.AddResponse(reply)
		tx.Answered(reply)
		return nil
	})
	return reply, err
}
