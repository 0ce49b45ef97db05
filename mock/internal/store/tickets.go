package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"

	"github.com/tidwall/btree"
)

// Ticket is one ticket, as a fixture file writes it.
type Ticket struct {
	ID                 int64          `json:"id"`
	CustomerID         int64          `json:"customer_id"` // the owner; 0 for a guest
	DepartmentID       int64          `json:"department_id"`
	Subject            string         `json:"subject"`
	Message            string         `json:"message"`
	Status             string         `json:"status"`
	Priority           string         `json:"priority"`
	PublicName         string         `json:"public_name,omitempty"`
	PublicEmail        string         `json:"public_email,omitempty"`
	CC                 string         `json:"cc,omitempty"`
	Assigned           string         `json:"assigned,omitempty"`
	IPAddress          string         `json:"ip_address,omitempty"`
	Organize           string         `json:"organize,omitempty"`
	BillingSystem      string         `json:"billing_system,omitempty"`
	BillingCompanyID   string         `json:"billing_company_id,omitempty"`
	BillingServiceID   string         `json:"billing_service_id,omitempty"`
	BillingServiceName string         `json:"billing_service_name,omitempty"`
	CustomFields       map[string]any `json:"custom_fields,omitempty"` // by slug: a string, or a []any of strings
	Rating             int            `json:"rating,omitempty"`
	Code               string         `json:"ticket_code,omitempty"`
	Hash               string         `json:"public_hash,omitempty"`
	CreatedAt          string         `json:"created_at"`
	UpdatedAt          string         `json:"updated_at,omitempty"`
}

// What a ticket's status can be [C].
const (
	Open          = "open"
	AwaitingReply = "awaiting_reply"
	Closed        = "closed"
)

// ErrNoTicket says that no ticket has the id.
var ErrNoTicket = errors.New("no such ticket")

type tickets struct {
	rows         table[Ticket]
	byCustomer   index[int64]
	byGuest      index[string] // the guest's e-mail address
	byDepartment index[int64]
	statuses     *btree.Map[string, int] // how many have it
}

func (t tickets) copy() tickets {
	c := tickets{t.rows.copy(), t.byCustomer.copy(), t.byGuest.copy(), t.byDepartment.copy(), t.statuses}
	if t.statuses != nil {
		c.statuses = t.statuses.Copy()
	}
	return c
}

func (t *tickets) count(status string, change int) {
	if t.statuses == nil {
		t.statuses = &btree.Map[string, int]{}
	}
	n, _ := t.statuses.Get(status)
	t.statuses.Set(status, n+change)
}

// Ticket finds a ticket by id.
func (s *State) Ticket(id int64) (Ticket, bool) { return s.tickets.rows.get(id) }

// Tickets goes through all of them by id.
func (s *State) Tickets() iter.Seq[Ticket] { return s.tickets.rows.all() }

// TicketsOfCustomer goes through the tickets of an owner by id; of all guests for 0.
func (s *State) TicketsOfCustomer(id int64) iter.Seq[Ticket] {
	return s.ticketsOf(s.tickets.byCustomer.ids(id))
}

// TicketsOfGuest goes through the guests' tickets of an e-mail address by id.
func (s *State) TicketsOfGuest(email string) iter.Seq[Ticket] {
	return s.ticketsOf(s.tickets.byGuest.ids(emailKey(email)))
}

// TicketsOfDepartment goes through the tickets of a department by id.
func (s *State) TicketsOfDepartment(id int64) iter.Seq[Ticket] {
	return s.ticketsOf(s.tickets.byDepartment.ids(id))
}

func (s *State) ticketsOf(ids iter.Seq[int64]) iter.Seq[Ticket] {
	return func(yield func(Ticket) bool) {
		for id := range ids {
			if t, ok := s.tickets.rows.get(id); ok && !yield(t) {
				return
			}
		}
	}
}

// TicketsWithStatus counts the tickets that have a status.
func (s *State) TicketsWithStatus(status string) int {
	if s.tickets.statuses == nil {
		return 0
	}
	n, _ := s.tickets.statuses.Get(status)
	return n
}

// AddTicket gives t the next id, the present time, a code and a hash, and keeps it.
func (tx *Tx) AddTicket(t Ticket) Ticket {
	t.ID = tx.newID("ticket", tx.tickets.rows.last())
	t.CreatedAt = tx.timestamp()
	t.UpdatedAt = t.CreatedAt
	t.Code, t.Hash = tx.names(t.ID)
	tx.putTicket(t)
	return t
}

// SaveTicket writes t over the ticket of the same id, which is there.
func (tx *Tx) SaveTicket(t Ticket) {
	t.UpdatedAt = tx.timestamp()
	tx.putTicket(t)
}

// putTicket keeps the indexes in step.
func (tx *Tx) putTicket(t Ticket) {
	tx.write()
	tx.touch(ticketRows, t.ID)
	all := &tx.tickets
	replaced := int64(0)
	if old, ok := all.rows.get(t.ID); ok {
		replaced = old.Size()
		all.byCustomer.remove(old.CustomerID, t.ID)
		all.byGuest.remove(emailKey(old.PublicEmail), t.ID)
		all.byDepartment.remove(old.DepartmentID, t.ID)
		all.count(old.Status, -1)
	}
	all.rows.put(t.ID, t)
	all.byCustomer.add(t.CustomerID, t.ID)
	if t.CustomerID == 0 && t.PublicEmail != "" {
		all.byGuest.add(emailKey(t.PublicEmail), t.ID)
	}
	all.byDepartment.add(t.DepartmentID, t.ID)
	all.count(t.Status, 1)
	tx.count(t.Size(), replaced)
}

// names makes a ticket's code, which people read out, and its hash, which nobody guesses.
// The same seed makes the same ones. The form of the hash is a guess [I].
func (s *State) names(id int64) (code, hash string) {
	sum := sha256.Sum256(fmt.Appendf(nil, "ticket %d %d", s.seed, id))
	return s.codes.of(id), hex.EncodeToString(sum[16:])
}

func (tx *Tx) loadTicket(t Ticket) error {
	if _, ok := tx.Ticket(t.ID); ok {
		return twice("id", t.ID)
	}
	if err := tx.checkPlace(t); err != nil {
		return err
	}
	tx.putTicket(tx.complete(t))
	return nil
}

// complete fills in what a fixture leaves out.
func (s *State) complete(t Ticket) Ticket {
	code, hash := s.names(t.ID)
	t.Code, t.Hash, t.UpdatedAt = cmp.Or(t.Code, code), cmp.Or(t.Hash, hash), cmp.Or(t.UpdatedAt, t.CreatedAt)
	return t
}
