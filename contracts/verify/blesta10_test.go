//go:build cgo

package verify

import "net/http"

// What the Blesta plugin 1.0 puts before a body. It calls paths of 2024, which answer with bare arrays.
const (
	get10  = "\nAccept: application/json\nAuthorization: Bearer demo-token\n\n"
	post10 = "\nAccept: application/json\nAuthorization: Bearer demo-token\nContent-Type: application/x-www-form-urlencoded\n\n"
)

// What it reads of the entries of an array.
var (
	ticket10 = object{
		"id": whole(1), "user_id": whole(1), "department_id": whole(1), "subject": like("Cannot upgrade my plan"),
		"content": like("The upgrade button does nothing."), "status": like("open"), "priority": like("medium"), "public_email": like(""),
	}
	department10 = object{
		"id": whole(1), "department_name": like("Sales"), "is_public": whole(1), "is_disabled": whole(0), "allows_high_priority": whole(1),
	}
	user10 = object{"id": whole(8)}
)

// blesta10 indexes arrays without looking whether they are any. An object with status 200 ends its page.
var blesta10 = client{name: "blesta-1.0", takes: takenBefore21, interactions: []interaction{
	{
		given: customer8, description: "a request for client 8",
		sends: "GET /api/clients/8" + get10,
		// It compares both with what Blesta has.
		needs: needs{http.StatusOK, []any{object{"id": whole(8), "email": like("jane.roe@example.com")}}},
		taken: success,
	},
	{
		given: noCustomer99, description: "a request for client 99, who does not exist",
		sends: "GET /api/clients/99" + get10,
		needs: needs{http.StatusOK, []any{}},
		taken: success,
	},
	{
		given: customer8, description: "a request for a user by e-mail address",
		sends: "GET /api/tickets/userinfobyemail/jane.roe@example.com" + get10,
		needs: needs{http.StatusOK, some(user10)},
		taken: success,
	},
	{
		given: noCustomer99, description: "a request for a user by an e-mail address that nobody has",
		sends: "GET /api/tickets/userinfobyemail/nobody@example.com" + get10,
		needs: needs{http.StatusOK, []any{}},
		taken: success,
	},
	{
		given:       sales,
		description: "a request for all departments",
		sends:       "GET /api/departments" + get10,
		needs:       needs{http.StatusOK, some(department10)},
		taken:       success,
	},
	{
		given:       sales,
		description: "a request for the public departments",
		sends:       "GET /api/departments/1" + get10,
		needs:       needs{http.StatusOK, some(department10)},
		taken:       success,
	},
	{
		given:       support,
		description: "a request for the departments for clients only",
		sends:       "GET /api/departments/2" + get10,
		needs:       needs{http.StatusOK, some(department10)},
		taken:       success,
	},
	{
		given: sales, description: "a request for department 1",
		sends: "GET /api/departments/byid/1" + get10,
		// Its form offers all priorities for 1, none for 3, and else the low ones.
		needs: needs{http.StatusOK, []any{object{"department_name": like("Sales"), "is_public": whole(1), "is_disabled": whole(0), "allows_high_priority": 1}}},
		taken: success,
	},
	{
		given:       sales,
		description: "a request for the number of departments",
		sends:       "GET /api/department/count" + get10,
		needs:       needs{http.StatusOK, whole(7)},
		taken:       success,
	},
	{
		given: ticket1, description: "a request for ticket 1",
		sends: "GET /api/tickets/1" + get10,
		needs: needs{http.StatusOK, some(ticket10)},
		taken: success,
	},
	{
		given: noTicket99, description: "a request for ticket 99, which does not exist",
		sends: "GET /api/tickets/99" + get10,
		needs: needs{http.StatusOK, []any{}},
		taken: success,
	},
	{
		given: ticket1, description: "a request for the tickets of user 1",
		sends: "GET /api/tickets/user/1" + get10,
		needs: needs{http.StatusOK, some(ticket10)},
		taken: success,
	},
	{
		given: replies1, description: "a request for the replies to ticket 1",
		sends: "GET /api/responses/1" + get10,
		needs: needs{http.StatusOK, some(object{
			"id": whole(1), "response_user_id": whole(1), "response_content": like("It happens in two browsers."),
			"is_note": whole(0), "agent_response": whole(0),
		})},
		taken: success,
	},
	{
		given: ticket1, description: "a reply to ticket 1",
		sends: "POST /api/responses/reply" + post10 + "response_user_id=1&ticket_number=1&response_content=hi&is_note=0&agent_response=0",
		needs: needs{status: http.StatusOK}, // it looks at nothing
	},
	{
		given: noTicket99, description: "a reply to ticket 99, refused",
		sends: "POST /api/responses/reply" + post10 + "response_user_id=1&ticket_number=99&response_content=hi&is_note=0&agent_response=0",
		needs: noTicket,
		taken: success, // a POST is never "not found"
	},
	{
		given: both(customer8, salesExists), description: "a ticket",
		sends: "POST /api/tickets/open/1" + post10 + "user_id=8&subject=Hello+%26+bye&priority=low&content=a%3Db%0Ac&cc=x%40example.com%2Cy%40example.com" +
			"&assigned=0&department_id=1&ip_address=203.0.113.9&public_email=joe%40example.com&public_name=Joe+Doe",
		needs: needs{http.StatusOK, some(user10)}, // anything that PHP takes for true
		taken: success,
	},
	{
		given: both(customer8, salesExists), description: "a ticket without a subject, refused",
		sends: "POST /api/tickets/open/1" + post10 + "user_id=8&subject=&priority=low&content=M&assigned=0&department_id=1" +
			"&ip_address=203.0.113.9&public_email=joe%40example.com&public_name=Joe+Doe",
		needs: invalid("subject", "The subject field is required."),
		taken: success, // it says that the ticket was created
	},
	{
		given:       revokedToken,
		description: "a request for the public departments with an unknown token, refused",
		sends:       "GET /api/departments/1\nAccept: application/json\nAuthorization: Bearer revoked-token\n\n",
		needs:       notAuthenticated,
		taken:       authError,
	},
}}
