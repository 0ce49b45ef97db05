package scenario

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
)

// Plan is the content of generate.json: how many rows to generate.
type Plan struct {
	Customers          int `json:"customers"`
	Tickets            int `json:"tickets"`
	ResponsesPerTicket int `json:"responses_per_ticket"`
}

// Generate adds the rows of plan to data. They keep the rules of a help desk: guests write to public
// departments, priorities are allowed, and staff respond. The same seed and data give the same rows.
// Data must have departments and staff; new ids follow its last ones.
func Generate(data *store.Data, plan Plan, seed int64) error {
	g := generator{Data: data, rand: rand.New(rand.NewPCG(uint64(seed), 2024)), staff: map[int64]bool{}}
	for _, d := range data.Departments {
		if d.Enabled() {
			g.enabled = append(g.enabled, d)
		}
	}
	for name, n := range map[string]int{"customers": plan.Customers, "tickets": plan.Tickets, "responses_per_ticket": plan.ResponsesPerTicket} {
		if limit := maxGenerated[name]; n < 0 || n > limit {
			return fmt.Errorf("%s: must be 0 to %d, got %d", name, limit, n)
		}
	}
	if plan.Tickets > 0 && (len(g.enabled) == 0 || !g.enabled[0].Public()) {
		return errors.New("the first enabled department must be public")
	}
	for _, member := range data.Staff {
		g.staff[member.ID] = true
	}
	for _, c := range data.Customers {
		g.lastCustomer = max(g.lastCustomer, c.ID)
	}
	for _, t := range data.Tickets {
		g.lastTicket = max(g.lastTicket, t.ID)
	}
	for _, r := range data.Responses {
		g.lastResponse = max(g.lastResponse, r.ID)
	}
	for range plan.Customers {
		g.customer()
	}
	for range plan.Tickets {
		g.ticket(g.rand.IntN(2*plan.ResponsesPerTicket + 1))
	}
	return nil
}

// maxGenerated limits a plan: a larger number is most likely a typo.
var maxGenerated = map[string]int{"customers": 1_000_000, "tickets": 1_000_000, "responses_per_ticket": 100}

type generator struct {
	*store.Data
	rand    *rand.Rand
	enabled []store.Department
	staff   map[int64]bool // ids that customers must not have

	lastCustomer, lastTicket, lastResponse int64
}

func pick[T any](g *generator, list []T) T { return list[g.rand.IntN(len(list))] }

var (
	firstNames = []string{"Ada", "Bo", "Carla", "Deniz", "Ewa", "Femi", "Gül", "Hana", "Ivo", "Jun", "Kai", "Lior"}
	lastNames  = []string{"Acker", "Brandt", "Costa", "Dahl", "Esen", "Fiala", "Grau", "Hoang", "Ito", "Jansen"}
	subjects   = []string{"Cannot log in", "Invoice question", "Server is slow", "Change of address", "Domain transfer", "Backup"}
	sentences  = []string{"It began this morning.", "Could you have a look?", "Thank you for the quick answer.", "That has helped.", "I have attached nothing."}
	systems    = []string{"blesta", "whmcs", "clientexec"}
	statuses   = []string{store.Open, store.AwaitingReply, "in_progress", "on_hold", store.Closed}
	priorities = []string{"none", "low", "medium", "high", "emergency"}
)

// at returns the creation time of the row with an id: later for higher ids.
func at(id int64) string {
	return time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(id) * 7 * time.Minute).Format(store.Timestamp)
}

func (g *generator) customer() {
	g.lastCustomer++
	for g.staff[g.lastCustomer] {
		g.lastCustomer++
	}
	id := g.lastCustomer
	first, last := pick(g, firstNames), pick(g, lastNames)
	c := store.Customer{
		ID: id, Name: first + " " + last, Email: fmt.Sprintf("customer%d@generated.example", id),
		BillingID: store.NoBilling, AccountManager: "0", CreatedAt: at(id), UpdatedAt: at(id), Password: "secret",
	}
	if g.rand.IntN(2) == 0 {
		c.BillingID, c.BillingSystem = fmt.Sprint(1000+id), pick(g, systems)
	}
	g.Customers = append(g.Customers, c)
}

func (g *generator) ticket(replies int) {
	g.lastTicket++
	id := g.lastTicket
	d := pick(g, g.enabled)
	t := store.Ticket{
		ID: id, DepartmentID: d.ID, Subject: pick(g, subjects), Message: pick(g, sentences), Status: pick(g, statuses),
		Priority: pick(g, priorities), Assigned: "0", Organize: "blesta", CreatedAt: at(id), UpdatedAt: at(id),
	}
	if !d.Allows(t.Priority) {
		t.Priority = "low"
	}
	if len(g.Customers) == 0 || d.Public() && g.rand.IntN(10) == 0 {
		if !d.Public() {
			t.DepartmentID = g.enabled[0].ID
			t.Priority = "none"
		}
		t.PublicName, t.PublicEmail = pick(g, firstNames), fmt.Sprintf("guest%d@generated.example", id)
	} else {
		c := pick(g, g.Customers)
		t.CustomerID, t.PublicName, t.PublicEmail = c.ID, c.Name, c.Email
	}
	g.Tickets = append(g.Tickets, t)
	for i := range replies {
		g.lastResponse++
		r := store.Response{
			ID: g.lastResponse, TicketID: id, UserID: t.CustomerID, Content: pick(g, sentences), CreatedAt: at(id),
		}
		if i%2 == 0 && len(g.Staff) > 0 {
			r.UserID, r.EmployeeResponse = pick(g, g.Staff).ID, 1
		}
		g.Responses = append(g.Responses, r)
	}
}
