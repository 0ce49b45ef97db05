package api

import (
	"cmp"
	"iter"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// shownTicket is a single ticket under the name where plugins look for it, `tickets` [C].
type shownTicket struct {
	Tickets        ticket              `json:"tickets"`
	CustomFields   *[]customFieldValue `json:"custom_fields,omitempty"`   // absent unless customers may see one of the department's fields [C]
	RatingsEnabled bool                `json:"ratings_enabled,omitempty"` // absent where the extension is off [C]
}

// ticket has the fields that plugins read, then those that they sent and nobody reads [I].
type ticket struct {
	ID                 int64  `json:"id"`
	Code               string `json:"ticket_code"`
	UserID             int64  `json:"user_id"` // the owner; 0 for a guest
	Subject            string `json:"subject"`
	Name               string `json:"name"`
	PublicName         string `json:"public_name"`
	PublicEmail        string `json:"public_email"`
	Message            string `json:"message"`
	Status             string `json:"status"`
	Priority           string `json:"priority"`
	DepartmentID       int64  `json:"department_id"`
	DepartmentName     string `json:"department_name"`
	Rating             int    `json:"rating"`
	Hash               string `json:"public_hash"`
	CreatedAt          string `json:"ticket_created"`
	UpdatedAt          string `json:"updated_at"`
	CC                 string `json:"cc"`
	Assigned           string `json:"assigned"`
	IPAddress          string `json:"ip_address"`
	Organize           string `json:"organize"`
	BillingSystem      string `json:"billing_system"`
	BillingCompanyID   string `json:"billing_company_id"`
	BillingServiceID   string `json:"billing_service_id"`
	BillingServiceName string `json:"billing_service_name"`
}

func showTicket(r Request, s *store.State, t store.Ticket) shownTicket {
	d, _ := s.Department(t.DepartmentID)
	shown := shownTicket{
		Tickets: ticket{
			ID: t.ID, Code: t.Code, UserID: t.CustomerID, Subject: t.Subject, Name: ownerName(s, &t),
			PublicName: t.PublicName, PublicEmail: t.PublicEmail, Message: t.Message, Status: t.Status,
			Priority: t.Priority, DepartmentID: t.DepartmentID, DepartmentName: d.Name, Rating: t.Rating,
			Hash: t.Hash, CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt, CC: t.CC, Assigned: t.Assigned,
			IPAddress: t.IPAddress, Organize: t.Organize, BillingSystem: t.BillingSystem,
			BillingCompanyID: t.BillingCompanyID, BillingServiceID: t.BillingServiceID,
			BillingServiceName: t.BillingServiceName,
		},
		RatingsEnabled: r.Settings.Ratings != off,
	}
	if r.Settings.CustomFields != off {
		shown.CustomFields = showCustomFields(d, t.CustomFields)
	}
	return shown
}

func ownerName(s *store.State, t *store.Ticket) string {
	if name, ok := s.CustomerName(t.CustomerID); ok {
		return name
	}
	return t.PublicName
}

// listedTicket is a ticket as an array of tickets shows it.
type listedTicket struct {
	ID             int64  `json:"id"`
	Code           string `json:"ticket_code"`
	Subject        string `json:"subject"`
	DepartmentID   int64  `json:"department_id"`
	DepartmentName string `json:"department_name"`
	Priority       string `json:"priority"`
	Status         string `json:"status"`
	CreatedAt      string `json:"ticket_created"`
}

// listed returns tickets as arrays of tickets show them.
func listed(s *store.State, tickets iter.Seq[store.Ticket]) iter.Seq[listedTicket] {
	return mapped(tickets, func(t *store.Ticket) listedTicket {
		d, _ := s.Department(t.DepartmentID)
		return listedTicket{
			ID: t.ID, Code: t.Code, Subject: t.Subject, DepartmentID: t.DepartmentID,
			DepartmentName: d.Name, Priority: t.Priority, Status: t.Status, CreatedAt: t.CreatedAt,
		}
	})
}

// createTicket handles POST /api/tickets/create. The changelog of [B21] says that tickets which
// named their owner in user_id became guests' tickets, so the server ignores user_id.
func createTicket(s *store.Store, r Request) (any, error) {
	called, warnings := wording{owner: "customer_id", text: "message", custom: "custom_fields"}, []spec.Violation(nil)
	if r.Settings.CustomFields == off {
		if values, ok := bySlug(r.Fields[called.custom]); !ok || len(values) > 0 {
			warnings = append(warnings, offWarning(called.custom, "CustomFields", called.custom, "the values are ignored"))
		}
		called.custom = ""
	}
	t, err := openTicket(s, r.Fields, called)
	if err != nil {
		return nil, err
	}
	type names struct {
		ID   int64  `json:"id"`
		Hash string `json:"public_hash"`
		Code string `json:"ticket_code"`
	}
	return remark(Created{struct {
		ID names `json:"id"`
	}{names{t.ID, t.Hash, t.Code}}}, warnings), nil
}

// wording is the field names that a generation of plugins uses for a new ticket.
type wording struct {
	owner, text string
	custom      string // the values of the department's custom fields; "" where there are none
}

// openTicket checks a new ticket against all the rules at once, and stores it.
func openTicket(s *store.Store, f Fields, called wording) (store.Ticket, error) {
	t := store.Ticket{
		CustomerID: f.ID(called.owner), Subject: f.Text("subject"), Message: f.Text(called.text),
		Status: store.Open, Priority: f.TextOr("priority", "none"),
		PublicName: f.Text("public_name"), PublicEmail: f.Text("public_email"),
		CC: f.Text("cc"), Assigned: f.TextOr("assigned", "0"), IPAddress: f.Text("ip_address"),
		Organize: f.Text("organize"), BillingSystem: f.Text("billing_system"),
		BillingCompanyID: f.Text("billing_company_id"), BillingServiceID: f.Text("billing_service_id"),
		BillingServiceName: f.Text("billing_service_name"),
	}
	err := s.Update(func(tx *store.Tx) error {
		c, isCustomer := tx.Customer(t.CustomerID)
		if isCustomer { // what the form would have filled in [I]
			t.PublicName, t.PublicEmail = cmp.Or(t.PublicName, c.Name), cmp.Or(t.PublicEmail, c.Email)
		}
		d, wrong := mayOpen(tx.State, t, f)
		if called.custom != "" && d.ID != 0 && d.Enabled() {
			var found []spec.Violation
			t.CustomFields, found = fillIn(d, called.custom, f[called.custom])
			wrong = append(wrong, found...)
		}
		switch {
		case !isCustomer && t.CustomerID != 0:
			unknown := refusalOf(store.ErrNoCustomer)
			unknown.Violations = wrong // an unknown customer is not a violation, the rest is
			return unknown
		case wrong != nil:
			return refuse(wrong)
		}
		t.DepartmentID = d.ID
		t = tx.AddTicket(t)
		return nil
	})
	return t, err
}

// mayOpen finds the department of a new ticket and checks the ticket against its flags. Plugins read
// the flags [C]; that the server enforces them too is a guess [I].
func mayOpen(s *store.State, t store.Ticket, f Fields) (d store.Department, wrong []spec.Violation) {
	field, d, ok := findDepartment(s, f)
	switch {
	case !ok:
		wrong = append(wrong, unknownDepartment(s, field, f.Text(field)))
	case !d.Enabled():
		wrong = append(wrong, disabledDepartment(field))
	case t.CustomerID == 0 && !d.Public():
		wrong = append(wrong, closedToGuests(field))
	}
	if ok && d.Enabled() && !d.Allows(t.Priority) {
		wrong = append(wrong, highPriority())
	}
	return d, wrong
}

// findDepartment looks up a department by the field that names it; if no field was sent, it reports
// department_slug.
func findDepartment(s *store.State, f Fields) (field string, d store.Department, ok bool) {
	if slug := f.Text("department_slug"); slug != "" {
		d, ok = s.DepartmentBySlug(slug)
		return "department_slug", d, ok
	}
	if f["department_id"] != nil {
		d, ok = s.Department(f.ID("department_id"))
		return "department_id", d, ok
	}
	return "department_slug", d, false
}

// getTicketInfo handles POST /api/tickets/info [B20].
func getTicketInfo(s *store.Store, r Request) (any, error) {
	view := s.View()
	t, ok := view.Ticket(r.Fields.ID("ticket_id"))
	if !ok {
		return nil, store.ErrNoTicket
	}
	return showTicket(r, view, t), nil
}

// getTicket handles POST /api/tickets/get. [B20] names the customer in client_id, later plugins in
// id.
func getTicket(s *store.Store, r Request) (any, error) {
	if r.Fields["id"] == nil && r.Fields["client_id"] == nil {
		return getTicketInfo(s, r)
	}
	return showOwnTicket(s, r, parseID(r.Fields.First("id", "client_id")), r.Fields.ID("ticket_id"))
}

// getCustomerTicket handles GET /api/tickets/get/{customer_id}/{ticket_id} [CEa].
func getCustomerTicket(s *store.Store, r Request) (any, error) {
	return showOwnTicket(s, r, r.Params.ID("customer_id"), r.Params.ID("ticket_id"))
}

func showOwnTicket(s *store.Store, r Request, customer, id int64) (any, error) {
	view := s.View()
	t, err := ownTicket(view, customer, id)
	if err != nil {
		return nil, err
	}
	return showTicket(r, view, t), nil
}

// ownTicket returns a ticket that belongs to the customer. Customer 0 owns every guest's ticket, as
// [B2y] sends it.
func ownTicket(s *store.State, customer, id int64) (store.Ticket, error) {
	t, ok := s.Ticket(id)
	if !ok {
		return t, store.ErrNoTicket
	}
	if t.CustomerID != customer {
		return t, errForbidden
	}
	return t, nil
}

// listCustomerTickets handles GET /api/tickets/get/all/{customer_id}: a plain array [B20].
func listCustomerTickets(s *store.Store, r Request) (any, error) { return bare(ticketsOf(s, r)), nil }

// listTickets handles GET /api/tickets/list/{customer_id} [CEb].
func listTickets(s *store.Store, r Request) (any, error) {
	return named("tickets", ticketsOf(s, r)), nil
}

// ticketsOf returns a customer's tickets. The id 0 belongs to nobody, so that the tickets of all
// guests are not shown [I].
func ticketsOf(s *store.Store, r Request) iter.Seq[listedTicket] {
	view := s.View()
	id := r.Params.ID("customer_id")
	if id == 0 {
		return listed(view, none[store.Ticket])
	}
	return listed(view, view.TicketsOfCustomer(id))
}

type idAnswer struct {
	ID int64 `json:"id"`
}

// closeTicket handles POST /api/tickets/close [D6]. Closing a closed ticket succeeds again [I].
func closeTicket(s *store.Store, r Request) (any, error) {
	return changeTicket(s, r, func(t *store.Ticket) { t.Status = store.Closed })
}

// rateTicket handles POST /api/tickets/rate [B2x]; 0 removes a rating. It works even if the
// extension is off [I]: no source says what the server answers then.
func rateTicket(s *store.Store, r Request) (any, error) {
	value, err := changeTicket(s, r, func(t *store.Ticket) { t.Rating = int(min(max(r.Fields.ID("rating"), 0), 5)) })
	if err != nil || r.Settings.Ratings != off {
		return value, err
	}
	return remark(value, []spec.Violation{offWarning("rating", "Ratings", "ratings", "the server may refuse a rating")}), nil
}

// changeTicket changes a ticket for its owner.
func changeTicket(s *store.Store, r Request, change func(*store.Ticket)) (any, error) {
	id := r.Fields.ID("ticket_id")
	err := s.Update(func(tx *store.Tx) error {
		t, err := ownTicket(tx.State, r.Fields.ID("customer_id"), id)
		if err != nil {
			return err
		}
		before := t
		if change(&t); t.Status != before.Status || t.Rating != before.Rating {
			tx.SaveTicket(t)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return idAnswer{id}, nil
}
