//go:build cgo

package verify

import (
	"slices"

	"github.com/pact-foundation/pact-go/v2/models"
)

// states are the provider states that an interaction starts from. Each client's pact says what its
// requests rely on, although the scenario that the mock starts with has all of it.
type states = []models.ProviderState

var (
	customer1    = states{{Name: "customer 1 exists"}}
	customer8    = states{{Name: "customer 8 exists"}}
	noCustomer99 = states{{Name: "customer 99 does not exist"}}
	noCustomers  = states{{Name: "no customer exists"}}

	// A password is in no response, so the pact says it.
	customer1WithPassword = states{{Name: "customer 1 exists", Parameters: object{"password": "secret"}}}

	revokedToken = states{{Name: `token "revoked-token" does not exist`}} // in quotes, as it has words that mean something to states

	// The clients compare the flags of a department, so the pact says them.
	sales       = states{{Name: "department sales is public"}, {Name: "department sales allows high priority"}}
	salesExists = states{{Name: "department sales exists"}}
	support     = states{{Name: "department support is not public"}}
	domains     = states{{Name: "department domains has custom fields"}}
	koeln       = states{{Name: `department "büro köln" exists`}}
	noNowhere   = states{{Name: "department nowhere does not exist"}}

	ticket1         = states{{Name: "customer 1 has ticket 1"}}
	anothersTicket1 = slices.Concat(ticket1, customer8)
	ticket6         = states{{Name: "ticket 6 exists"}}
	noTicket99      = states{{Name: "ticket 99 does not exist"}}
	noTicketOf8     = states{{Name: "customer 8 has no tickets"}}
	limited         = states{{Name: "Ticaga limits the rate"}}
	replies1        = states{{Name: "ticket 1 has a reply by its customer"}}
)

func both(a, b states) states { return slices.Concat(a, b) }
