package api

import (
	"errors"
	"iter"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file has the operations that the plugins of 2024 called: plain arrays and numbers instead of
// objects, and other names for the same fields [B24]. The state behind them is the same.

type ticket2024 struct {
	ID           int64  `json:"id"`
	UserID       int64  `json:"user_id"`
	Name         string `json:"name"`
	DepartmentID int64  `json:"department_id"`
	Subject      string `json:"subject"`
	Content      string `json:"content"`
	Status       string `json:"status"`
	Priority     string `json:"priority"`
	PublicName   string `json:"public_name"`
	PublicEmail  string `json:"public_email"`
	CC           string `json:"cc"`
	CreatedAt    string `json:"created_at"`
}

func showTickets2024(s *store.State, tickets iter.Seq[store.Ticket]) Rows {
	return bare(mapped(tickets, func(t *store.Ticket) ticket2024 {
		return ticket2024{
			ID: t.ID, UserID: t.CustomerID, Name: ownerName(s, t), DepartmentID: t.DepartmentID,
			Subject: t.Subject, Content: t.Message, Status: t.Status, Priority: t.Priority,
			PublicName: t.PublicName, PublicEmail: t.PublicEmail, CC: t.CC, CreatedAt: t.CreatedAt,
		}
	}))
}

// openTicket2024 handles POST /api/tickets/open/{department_id}. Here user_id is the owner.
func openTicket2024(s *store.Store, r Request) (any, error) {
	fields := Fields{} // only the fields that this generation knows
	for _, name := range []string{"user_id", "subject", "priority", "content", "cc", "assigned", "ip_address", "public_email", "public_name"} {
		if value, ok := r.Fields[name]; ok {
			fields[name] = value
		}
	}
	fields["department_id"] = strconv.FormatInt(r.Params.ID("department_id"), 10) // the path wins [I]
	t, err := openTicket(s, fields, wording{owner: "user_id", text: "content"})
	if refusal := (*Refusal)(nil); errors.As(err, &refusal) {
		for i := range refusal.Violations {
			if v := &refusal.Violations[i]; v.At == "/department_id" {
				v.In, v.At, v.Got = spec.InPath, "department_id", spec.Quote(r.Params["department_id"])
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return Created{showTickets2024(s.View(), one(t))}, nil
}

func getTicket2024(s *store.Store, r Request) (any, error) {
	view := s.View()
	t, ok := view.Ticket(r.Params.ID("id"))
	if !ok {
		return bare(none[ticket2024]), nil
	}
	return showTickets2024(view, one(t)), nil
}

// listUserTickets2024 also returns who the user is: plugins read the name from the first ticket.
func listUserTickets2024(s *store.Store, r Request) (any, error) {
	view := s.View()
	id := r.Params.ID("id")
	if id == 0 {
		return bare(none[ticket2024]), nil
	}
	return showTickets2024(view, view.TicketsOfCustomer(id)), nil
}

func listTicketsByEmail2024(s *store.Store, r Request) (any, error) {
	view := s.View()
	guests := view.TicketsOfGuest(r.Params["email"])
	c, ok := view.CustomerByEmail(r.Params["email"])
	if !ok {
		return showTickets2024(view, guests), nil
	}
	return showTickets2024(view, chained(view.TicketsOfCustomer(c.ID), guests)), nil
}

func listDepartmentTickets2024(s *store.Store, r Request) (any, error) {
	view := s.View()
	d, ok := view.DepartmentBySlug(r.Params["slug"])
	if !ok {
		return bare(none[ticket2024]), nil
	}
	return showTickets2024(view, view.TicketsOfDepartment(d.ID)), nil
}

func listAllTickets2024(s *store.Store, _ Request) (any, error) {
	view := s.View()
	return showTickets2024(view, view.Tickets()), nil
}

func countTicketsByStatus2024(s *store.Store, r Request) (any, error) {
	return s.View().TicketsWithStatus(r.Params["status"]), nil
}

func listDepartments2024(s *store.Store, r Request) (any, error) {
	return bare(showDepartments(r, s.View().AllDepartments())), nil
}

func listPublicDepartments2024(s *store.Store, r Request) (any, error) {
	return bare(showDepartments(r, forGuests(s))), nil
}

// listClientDepartments2024 leaves the public departments out: the plugin appends this array to
// theirs [B24].
func listClientDepartments2024(s *store.Store, r Request) (any, error) {
	clients := s.View().Departments(func(d store.Department) bool { return d.Enabled() && !d.Public() })
	return bare(showDepartments(r, clients)), nil
}

func getDepartment2024(s *store.Store, r Request) (any, error) {
	d, ok := s.View().Department(r.Params.ID("id"))
	return departmentIfAny(r, d, ok)
}

func countDepartments2024(s *store.Store, _ Request) (any, error) {
	return s.View().CountDepartments(), nil
}

func getClient2024(s *store.Store, r Request) (any, error) {
	return users2024(s.View().Customer(r.Params.ID("id"))), nil
}

func getUserByEmail2024(s *store.Store, r Request) (any, error) {
	return users2024(s.View().CustomerByEmail(r.Params["email"])), nil
}

func users2024(c store.Customer, ok bool) []user { return oneOrNone(showUser(c), ok) }

// findUserByEmail serves two kinds of clients, which expect different shapes and authenticate in
// different ways: a plain array for [B24], an object for [CEb]. That the server tells them apart by
// their authentication is a guess [I].
func findUserByEmail(s *store.Store, r Request) (any, error) {
	c, ok := s.View().CustomerByEmail(r.Params["email"])
	switch {
	case r.Bearer:
		return users2024(c, ok), nil
	case !ok:
		return answer[*user]{}, nil
	}
	return showCustomer(c), nil
}

type response2024 struct {
	ID            int64  `json:"id"`
	TicketNumber  int64  `json:"ticket_number"`
	UserID        int64  `json:"response_user_id"`
	Content       string `json:"response_content"`
	IsNote        int    `json:"is_note"`
	AgentResponse int    `json:"agent_response"`
	CreatedAt     string `json:"created_at"`
}

func showResponses2024(replies iter.Seq[store.Response]) Rows {
	return bare(mapped(replies, func(r *store.Response) response2024 {
		return response2024{
			ID: r.ID, TicketNumber: r.TicketID, UserID: r.UserID, Content: r.Content,
			IsNote: r.IsNote, AgentResponse: r.EmployeeResponse, CreatedAt: r.CreatedAt,
		}
	}))
}

func createResponse2024(s *store.Store, r Request) (any, error) {
	f := r.Fields
	reply, err := addResponse(s, store.Response{
		TicketID: f.ID("ticket_number"), UserID: f.ID("response_user_id"), Content: f.Text("response_content"),
		IsNote: f.Flag("is_note"), EmployeeResponse: f.Flag("agent_response"),
	}, false)
	if err != nil {
		return nil, err
	}
	return Created{showResponses2024(one(reply))}, nil
}

func listResponses2024(s *store.Store, r Request) (any, error) {
	return showResponses2024(s.View().Responses(r.Params.ID("ticket_id"))), nil
}
