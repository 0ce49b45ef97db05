//go:build cgo

package verify

import (
	"maps"
	"net/http"
)

// blestaRatings is the Blesta plugin with custom fields and ratings. Its transport is not published;
// its pages expect that of the version after it [I].
var blestaRatings = client{name: "blesta-857064a7", takes: takenSince21, interactions: since21(
	linkInLowerCase, linkWithoutEmail, linkTooMany, ratedTicket, overratedTicket, ratedAnothersTicket, departmentWithExtras,
	interaction{
		given: ticket6, description: "a request for ticket 6, which has custom fields",
		sends: "POST /api/tickets/info" + post21 + `{"ticket_id":"6"}`,
		body:  object{"ticket_id": like("6")},
		needs: needs{http.StatusOK, object{"tickets": shownTicket, "custom_fields": some(shownField), "ratings_enabled": like(true)}},
		taken: success,
	},
	interaction{
		given: both(customer8, salesExists), description: "a ticket without custom fields",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"8","subject":"S","priority":"low","message":"M","cc":"",` +
			`"assigned":"0","department_slug":"sales","ip_address":"203.0.113.9","public_email":"jane.roe@example.com","public_name":"Jane Roe",` +
			`"billing_system":"blesta","billing_company_id":1,"custom_fields":[]}`,
		body:  openingRatings("8", "S", "sales", []any{}), // PHP writes an empty array as a list
		needs: createdTicket,
		taken: success,
	},
	interaction{
		given: both(customer8, domains), description: "a ticket with custom fields",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"8","subject":"S","priority":"low","message":"M","cc":"",` +
			`"assigned":"0","department_slug":"domains","ip_address":"203.0.113.9","public_email":"jane.roe@example.com","public_name":"Jane Roe",` +
			`"billing_system":"blesta","billing_company_id":1,"custom_fields":{"domain":"roe.example","products":["dns","mail"]}}`,
		body:  openingRatings("8", "S", "domains", object{"domain": like("roe.example"), "products": some("dns")}),
		needs: createdTicket,
		taken: success,
	},
	interaction{
		given: both(customer8, salesExists), description: "a ticket without a subject, refused",
		sends: "POST /api/tickets/create" + post21 + `{"organize":"blesta","customer_id":"8","subject":"","priority":"low","message":"M","cc":"",` +
			`"assigned":"0","department_slug":"sales","ip_address":"203.0.113.9","public_email":"jane.roe@example.com","public_name":"Jane Roe",` +
			`"billing_system":"blesta","billing_company_id":1,"custom_fields":[]}`,
		body:  openingRatings("8", "", "sales", []any{}),
		needs: invalid("subject", "The subject field is required."),
		taken: failure + ": The subject field is required.",
	},
)}

// shownField is a custom field on a ticket's page. The plugin also reads its value, which is a string or an
// array; no matcher says that.
var shownField = object{"name": like("Domain")}

func openingRatings(owner, subject, slug string, fields any) object {
	form := opening21(owner, subject)
	maps.Copy(form, object{"department_slug": like(slug), "billing_system": "blesta", "billing_company_id": whole(1), "custom_fields": fields})
	return form
}

// linkInLowerCase and the others are the same in the version after it.
var linkInLowerCase = interaction{
	given: customer8, description: "a request to find or create a customer, and to link it",
	sends: "POST /api/customers/link" + post21 + `{"email":"jane.roe@example.com","name":"Jane Roe","billing_id":42,"billing_system":"blesta"}`,
	body:  object{"email": like("jane.roe@example.com"), "name": like("Jane Roe"), "billing_id": whole(42), "billing_system": "blesta"},
	needs: needs{http.StatusOK, object{"user": object{"id": whole(8)}}},
	taken: success,
}

var linkWithoutEmail = interaction{
	description: "a request to link a customer without an e-mail address, refused",
	sends:       "POST /api/customers/link" + post21 + `{"email":"","name":"Jane Roe","billing_id":42,"billing_system":"blesta"}`,
	body:        object{"email": "", "name": like("Jane Roe"), "billing_id": whole(42), "billing_system": "blesta"},
	needs:       invalid("email", "The email field is required."),
	taken:       failure + ": The email field is required.",
}

var linkTooMany = interaction{
	given: limited, description: "one request too many to link a customer, refused", // it sends up to 100 in a row
	sends: linkInLowerCase.sends,
	body:  linkInLowerCase.body,
	needs: tooMany,
	taken: failure + ": Too Many Attempts.",
}

var ratedTicket = interaction{
	given: ticket1, description: "a rating of ticket 1",
	sends: "POST /api/tickets/rate" + post21 + `{"ticket_id":1,"rating":4,"customer_id":1,"organize":"blesta"}`,
	body:  object{"ticket_id": whole(1), "rating": whole(4), "customer_id": whole(1), "organize": "blesta"},
	needs: needs{http.StatusOK, like(object{"id": 1})}, // an empty response is none
	taken: success,
}

var overratedTicket = interaction{
	given: ticket1, description: "a rating of ticket 1 with six stars, refused",
	sends: "POST /api/tickets/rate" + post21 + `{"ticket_id":1,"rating":6,"customer_id":1,"organize":"blesta"}`,
	body:  object{"ticket_id": whole(1), "rating": 6, "customer_id": whole(1), "organize": "blesta"},
	needs: invalid("rating", "The rating field must be between 0 and 5."),
	taken: failure + ": The rating field must be between 0 and 5.",
}

var ratedAnothersTicket = interaction{
	given: anothersTicket1, description: "a rating of ticket 1 by another customer, refused",
	sends: "POST /api/tickets/rate" + post21 + `{"ticket_id":1,"rating":4,"customer_id":8,"organize":"blesta"}`,
	body:  object{"ticket_id": whole(1), "rating": whole(4), "customer_id": whole(8), "organize": "blesta"},
	needs: notAllowed,
	taken: authError,
}

var departmentWithExtras = interaction{
	given: domains, description: "a request for the department domains, which has custom fields",
	sends: "GET /api/departments/get/domains" + get21,
	needs: needs{http.StatusOK, object{"department": []any{object{
		"department_name": like("Domains"), "is_disabled": 0, "is_public": 1, "allows_high_priority": 1,
		"business_hours": object{"is_open": like(true), "message": like("Open until 18:00.")}, "cc_enabled": like(true),
		"custom_fields": some(object{"slug": like("domain"), "name": like("Domain"), "type": like("text")}),
	}}}},
	taken: success,
}
