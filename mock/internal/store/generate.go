package store

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Plan is how much a generated scenario holds, as its generate.json writes it.
type Plan struct {
	Customers          int `json:"customers"`
	Tickets            int `json:"tickets"`
	ResponsesPerTicket int `json:"responses_per_ticket"`
}

// Generate adds to data what the plan asks for, in a way that keeps the rules: guests write to
// public departments, priorities are allowed, and staff answers. The same seed makes the same.
// data has departments and staff; ids go on from its last.
func Generate(data *Data, plan Plan, seed int64) error {
	g := generator{Data: data, rand: rand.New(rand.NewPCG(uint64(seed), 2024)), staff: map[int64]bool{}}
	for _, d := range data.Departments {
		if d.Enabled() {
			g.enabled = append(g.enabled, d)
		}
	}
	for name, n := range map[string]int{"customers": plan.Customers, "tickets": plan.Tickets, "responses_per_ticket": plan.ResponsesPerTicket} {
		if most := mostGenerated[name]; n < 0 || n > most {
			return fmt.Errorf("generate.json: %s: want 0 to %d, got %d", name, most, n)
		}
	}
	if plan.Tickets > 0 && (len(g.enabled) == 0 || !g.enabled[0].Public()) {
		return fmt.Errorf("generate.json: the first enabled department has to be public")
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

// mostGenerated bounds a plan: what is more is most likely a slip.
var mostGenerated = map[string]int{"customers": 1_000_000, "tickets": 1_000_000, "responses_per_ticket": 100}

type generator struct {
	*Data
	rand    *rand.Rand
	enabled []Department
	staff   map[int64]bool // ids that no customer can have

	lastCustomer, lastTicket, lastResponse int64
}

func pick[T any](g *generator, list []T) T { return list[g.rand.IntN(len(list))] }

var (
	firstNames = []string{"Ada", "Bo", "Carla", "Deniz", "Ewa", "Femi", "Gül", "Hana", "Ivo", "Jun", "Kai", "Lior"}
	lastNames  = []string{"Acker", "Brandt", "Costa", "Dahl", "Esen", "Fiala", "Grau", "Hoang", "Ito", "Jansen"}
	subjects   = []string{"Cannot log in", "Invoice question", "Server is slow", "Change of address", "Domain transfer", "Backup"}
	sentences  = []string{"It began this morning.", "Could you have a look?", "Thank you for the quick answer.", "That has helped.", "I have attached nothing."}
	systems    = []string{"blesta", "whmcs", "clientexec"}
	statuses   = []string{Open, AwaitingReply, "in_progress", "on_hold", Closed}
	priorities = []string{"none", "low", "medium", "high", "emergency"}
)

// at spreads what is generated over time, in the order of ids.
func at(id int64) string {
	return time.Date(2025, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(id) * 7 * time.Minute).Format(Timestamp)
}

func (g *generator) customer() {
	g.lastCustomer++
	for g.staff[g.lastCustomer] {
		g.lastCustomer++
	}
	id := g.lastCustomer
	first, last := pick(g, firstNames), pick(g, lastNames)
	c := Customer{
		ID: id, Name: first + " " + last, Email: fmt.Sprintf("customer%d@generated.example", id),
		BillingID: NoBilling, AccountManager: "0", CreatedAt: at(id), UpdatedAt: at(id), Password: "secret",
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
	t := Ticket{
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
		r := Response{
			ID: g.lastResponse, TicketID: id, UserID: t.CustomerID, Content: pick(g, sentences), CreatedAt: at(id),
		}
		if i%2 == 0 && len(g.Staff) > 0 {
			r.UserID, r.EmployeeResponse = pick(g, g.Staff).ID, 1
		}
		g.Responses = append(g.Responses, r)
	}
}
