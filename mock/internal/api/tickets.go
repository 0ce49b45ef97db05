package api

import (
	"cmp"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// shownTicket is ONE ticket in the place that plugins look for it, `tickets` [C].
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
			ID: t.ID, Code: t.Code, UserID: t.CustomerID, Subject: t.Subject, Name: ownerName(s, t),
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

func ownerName(s *store.State, t store.Ticket) string {
	if c, ok := s.Customer(t.CustomerID); ok {
		return c.Name
	}
	return t.PublicName
}

// listedTicket is a ticket as a list shows it.
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

// listed is what lists show of tickets.
func listed(s *store.State, tickets iter.Seq[store.Ticket]) iter.Seq[listedTicket] {
	return mapped(tickets, func(t store.Ticket) listedTicket {
		d, _ := s.Department(t.DepartmentID)
		return listedTicket{
			ID: t.ID, Code: t.Code, Subject: t.Subject, DepartmentID: t.DepartmentID,
			DepartmentName: d.Name, Priority: t.Priority, Status: t.Status, CreatedAt: t.CreatedAt,
		}
	})
}

// createTicket is POST /api/tickets/create. [B21]'s changelog tells that tickets which named
// their owner in user_id became guests' tickets: so the server ignores it.
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

// wording is how a generation of plugins calls what it sends with a new ticket.
type wording struct {
	owner, text string
	custom      string // the values of the department's custom fields; "" where there are none
}

// openTicket holds a new ticket against the rules, all of them at once, and keeps it.
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
			unknown.Violations = wrong // the customer is nobody's mistake, the rest is
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

// mayOpen finds the department of a new ticket and holds the ticket against its flags. The
// flags are what plugins read [C]; that the server insists on them too is a guess [I].
func mayOpen(s *store.State, t store.Ticket, f Fields) (d store.Department, wrong []spec.Violation) {
	field, d, ok := findDepartment(s, f)
	refused := spec.Violation{
		Code: spec.DataRefused, Severity: spec.Error, In: spec.InBody, At: spec.Pointer(field), Rule: "exists",
	}
	switch {
	case !ok:
		refused.Message, refused.Expected = "unknown department", "an existing department"
		refused.Fix = meantDepartment(s, f.Text(field))
	case !d.Enabled():
		refused.Message, refused.Expected = "the department is disabled", "a department whose is_disabled is 0"
		refused.Fix = "leave it out of the form: GET /api/departments/customers lists those that are enabled"
	case t.CustomerID == 0 && !d.Public():
		refused.Message, refused.Expected = "the department is not public, but the ticket is a guest's", "a department whose is_public is 1"
		refused.Fix = "send the customer's id if a customer writes; GET /api/departments/public lists the departments for guests"
	}
	if refused.Message != "" {
		wrong = append(wrong, refused)
	}
	if ok && d.Enabled() && !d.Allows(t.Priority) {
		wrong = append(wrong, spec.Violation{
			Code: spec.DataRefused, Severity: spec.Error, In: spec.InBody, At: "/priority", Rule: "in",
			Message: "the department does not allow this priority", Expected: "none, low or medium: its allows_high_priority is not 1",
			Fix: `send "medium", and offer no more where the department's allows_high_priority is not 1`,
		})
	}
	return d, wrong
}

// meantDepartment says what to send in the place of an existing department not: people
// send its name, or its id for its slug.
func meantDepartment(s *store.State, sent string) string {
	var slugs []string
	for d := range s.Departments(store.Department.Enabled) {
		if strings.EqualFold(sent, d.Name) || sent == strconv.FormatInt(d.ID, 10) {
			return fmt.Sprintf("did you mean %s?", spec.Quote(d.Slug))
		}
		slugs = append(slugs, d.Slug)
	}
	if near := words.Nearest(sent, slugs); near != "" {
		return fmt.Sprintf("did you mean %s?", spec.Quote(near))
	}
	return "use a department that GET /api/departments/customers lists"
}

// findDepartment looks a department up by whichever field names it, which is
// department_slug when none does.
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

// getTicketInfo is POST /api/tickets/info [B20].
func getTicketInfo(s *store.Store, r Request) (any, error) {
	view := s.View()
	t, ok := view.Ticket(r.Fields.ID("ticket_id"))
	if !ok {
		return nil, store.ErrNoTicket
	}
	return showTicket(r, view, t), nil
}

// getTicket is POST /api/tickets/get. [B20] names the customer in client_id, later ones in id.
func getTicket(s *store.Store, r Request) (any, error) {
	if r.Fields["id"] == nil && r.Fields["client_id"] == nil {
		return getTicketInfo(s, r)
	}
	return showOwnTicket(s, r, parseID(r.Fields.First("id", "client_id")), r.Fields.ID("ticket_id"))
}

// getCustomerTicket is GET /api/tickets/get/{customer_id}/{ticket_id} [CEa].
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

// ownTicket is a ticket that belongs to the customer; 0 owns every guest's, as [B2y] sends it.
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

// listCustomerTickets is GET /api/tickets/get/all/{customer_id}: a bare list [B20].
func listCustomerTickets(s *store.Store, r Request) (any, error) { return bare(ticketsOf(s, r)), nil }

// listTickets is GET /api/tickets/list/{customer_id} [CEb].
func listTickets(s *store.Store, r Request) (any, error) {
	return named("tickets", ticketsOf(s, r)), nil
}

// ticketsOf is the list of a customer's tickets. The id 0 is nobody's, lest every guest's ticket be
// shown [I].
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

// closeTicket is POST /api/tickets/close [D6]. Closing a closed ticket succeeds again [I].
func closeTicket(s *store.Store, r Request) (any, error) {
	return changeTicket(s, r, func(t *store.Ticket) { t.Status = store.Closed })
}

// rateTicket is POST /api/tickets/rate [B2x]; 0 takes a rating back. Where the extension is off it
// works all the same [I]: no source says what the server answers then.
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
