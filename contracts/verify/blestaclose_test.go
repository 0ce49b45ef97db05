//go:build cgo

package verify

import (
	"maps"
	"net/http"
)

// blestaClose is the newest Blesta plugin seen: customers close their tickets, name a service, and see
// replies as they come.
var blestaClose = client{name: "blesta-60728e74", takes: takenSince21, interactions: since21(
	linkInLowerCase, linkWithoutEmail, linkTooMany, ratedTicket, overratedTicket, ratedAnothersTicket, departmentWithExtras,
	interaction{
		given: ticket1, description: "a request to close ticket 1",
		sends: "POST /api/tickets/close" + post21 + `{"ticket_id":1,"customer_id":1,"organize":"blesta"}`,
		body:  object{"ticket_id": whole(1), "customer_id": whole(1), "organize": "blesta"},
		needs: needs{http.StatusOK, like(object{"id": 1})}, // an empty response is none
		taken: success,
	},
	interaction{
		given: anothersTicket1, description: "a request to close ticket 1 of another customer, refused",
		sends: "POST /api/tickets/close" + post21 + `{"ticket_id":1,"customer_id":8,"organize":"blesta"}`,
		body:  object{"ticket_id": whole(1), "customer_id": whole(8), "organize": "blesta"},
		needs: notAllowed,
		taken: authError,
	},
	interaction{
		given: noTicket99, description: "a request to close ticket 99, refused",
		sends: "POST /api/tickets/close" + post21 + `{"ticket_id":99,"customer_id":1,"organize":"blesta"}`,
		body:  object{"ticket_id": whole(99), "customer_id": whole(1), "organize": "blesta"},
		needs: noTicket,
		taken: notFound,
	},
	interaction{
		description: "a request for the settings of live updates",
		sends:       "GET /api/realtime/config" + get21,
		// All of these only count where it is enabled.
		needs: needs{http.StatusOK, object{
			"enabled": like(false), "key": like(""), "host": like(""), "port": whole(0), "scheme": like(""),
			"channel_prefix": like("ticket."), "event": like("reply.created"),
		}},
		taken: success,
	},
	interaction{
		given: koeln, description: "a request for a department whose slug needs encoding",
		sends: "GET /api/departments/get/b%C3%BCro%20k%C3%B6ln" + get21,
		needs: needs{http.StatusOK, object{"department": []any{department}}},
		taken: success,
	},
	interaction{
		given: ticket6, description: "a request for ticket 6, which has custom fields",
		sends: "POST /api/tickets/info" + post21 + `{"ticket_id":"6"}`,
		body:  object{"ticket_id": like("6")},
		needs: needs{http.StatusOK, object{"tickets": wholeTicket(), "custom_fields": some(shownField), "ratings_enabled": like(true)}},
		taken: success,
	},
	interaction{
		given: salesExists, description: "a guest's ticket",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"0","subject":"S","priority":"none","message":"M","cc":"","assigned":"0",` +
			`"department_slug":"sales","ip_address":"203.0.113.9","public_email":"g@example.com","public_name":"G",` +
			`"billing_system":"blesta","billing_company_id":1,"billing_service_id":"","billing_service_name":"","custom_fields":[]}`,
		body:  openingClose("0", "S", ""),
		needs: createdTicket,
		taken: success,
	},
	interaction{
		given: both(customer8, salesExists), description: "a ticket about a service",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"8","subject":"S","priority":"high","message":"M","cc":"","assigned":"0",` +
			`"department_slug":"sales","ip_address":"203.0.113.9","public_email":"jane.roe@example.com","public_name":"Jane Roe",` +
			`"billing_system":"blesta","billing_company_id":1,"billing_service_id":"7","billing_service_name":"VPS 2","custom_fields":[]}`,
		body:  openingClose("8", "S", "VPS 2"),
		needs: createdTicket,
		taken: success,
	},
	interaction{
		given: salesExists, description: "a guest's ticket without a subject, refused",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"0","subject":"","priority":"none","message":"M","cc":"","assigned":"0",` +
			`"department_slug":"sales","ip_address":"203.0.113.9","public_email":"g@example.com","public_name":"G",` +
			`"billing_system":"blesta","billing_company_id":1,"billing_service_id":"","billing_service_name":"","custom_fields":[]}`,
		body:  openingClose("0", "", ""),
		needs: invalid("subject", "The subject field is required."),
		taken: failure + ": The subject field is required.",
	},
)}

// wholeTicket is a ticket's page, which shows more since this version.
func wholeTicket() object {
	ticket := maps.Clone(shownTicket)
	maps.Copy(ticket, object{
		"ticket_code": like("QXTR/90417"), "status": like("open"), "priority": like("medium"), "department_name": like("Sales"),
		"rating": whole(0), "public_hash": like("5d2c81f09ab64e3781c6e0b7f4a92d13"),
	})
	return ticket
}

func openingClose(owner, subject, service string) object {
	form := openingRatings(owner, subject, "sales", []any{})
	maps.Copy(form, object{"billing_service_id": like(""), "billing_service_name": like(service)})
	return form
}
