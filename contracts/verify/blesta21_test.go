//go:build cgo

package verify

import "net/http"

// blesta21 takes 422, 429 and 500 for success, and then misses what it reads.
var blesta21 = client{name: "blesta-2.1", takes: taken21, interactions: since21(
	interaction{
		given: customer8, description: "a request to find or create a customer, and to link it",
		sends: "POST /api/customers/link" + post21 + `{"email":"jane.roe@example.com","name":"Jane Roe","billing_id":42,"billing_system":"Blesta"}`,
		body:  object{"email": like("jane.roe@example.com"), "name": like("Jane Roe"), "billing_id": whole(42), "billing_system": "Blesta"},
		needs: needs{http.StatusOK, object{"user": object{"id": whole(8)}}},
		taken: success,
	},
	interaction{
		description: "a request to link a customer without an e-mail address, refused",
		sends:       "POST /api/customers/link" + post21 + `{"email":"","name":"Jane Roe","billing_id":42,"billing_system":"Blesta"}`,
		body:        object{"email": "", "name": like("Jane Roe"), "billing_id": whole(42), "billing_system": "Blesta"},
		needs:       invalid("email", "The email field is required."),
		taken:       success, // without user.id, so it counts the customer as failed
	},
	interaction{
		given: limited, description: "one request too many to link a customer, refused", // it sends up to 100 in a row
		sends: "POST /api/customers/link" + post21 + `{"email":"jane.roe@example.com","name":"Jane Roe","billing_id":42,"billing_system":"Blesta"}`,
		body:  object{"email": like("jane.roe@example.com"), "name": like("Jane Roe"), "billing_id": whole(42), "billing_system": "Blesta"},
		needs: tooMany,
		taken: success, // without user.id, so it counts the customer as failed and goes on
	},
	interaction{
		given: ticket1, description: "a request for ticket 1",
		sends: "POST /api/tickets/info" + post21 + `{"ticket_id":"1"}`,
		body:  object{"ticket_id": like("1")},
		needs: needs{http.StatusOK, object{"tickets": shownTicket}},
		taken: success,
	},
	interaction{
		given: both(customer8, salesExists), description: "a ticket",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"8","subject":"S","priority":"low","message":"M","cc":"a@example.com,b@example.com",` +
			`"assigned":"0","department_slug":"sales","ip_address":"203.0.113.9","public_email":"jane.roe@example.com","public_name":"Jane Roe"}`,
		body:  opening21("8", "S"),
		needs: createdTicket,
		taken: success,
	},
	interaction{
		given: both(customer8, salesExists), description: "a ticket without a subject, refused",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"8","subject":"","priority":"low","message":"M","cc":"",` +
			`"assigned":"0","department_slug":"sales","ip_address":"203.0.113.9","public_email":"jane.roe@example.com","public_name":"Jane Roe"}`,
		body:  opening21("8", ""),
		needs: invalid("subject", "The subject field is required."),
		taken: success, // without an id, so it shows no ticket
	},
	interaction{
		given: both(noCustomer99, salesExists), description: "a ticket of customer 99, refused",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"99","subject":"S","priority":"low","message":"M","cc":"",` +
			`"assigned":"0","department_slug":"sales","ip_address":"203.0.113.9","public_email":"jane.roe@example.com","public_name":"Jane Roe"}`,
		body:  opening21("99", "S"),
		needs: notAuthenticated,
		taken: authError,
	},
)}

// opening21 is a ticket's form. The pact has by value what the plugin never sends otherwise.
func opening21(owner string, subject any) object {
	if subject != "" {
		subject = like(subject)
	}
	return object{
		"organize": "blesta", "customer_id": like(owner), "subject": subject, "priority": like("low"), "message": like("M"), "cc": like(""),
		"assigned": "0", "department_slug": like("sales"), "ip_address": like("203.0.113.9"),
		"public_email": like("jane.roe@example.com"), "public_name": like("Jane Roe"),
	}
}
