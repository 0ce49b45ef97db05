//go:build cgo

package verify

import (
	"net/http"
	"slices"
)

// What the Blesta plugin puts before a body since 2.1.
const (
	get21  = "\nAccept: application/json\nAuthorization: Bearer demo-token\n\n"
	post21 = "\nContent-Type: application/json\nAccept: application/json\nAuthorization: Bearer demo-token\n\n"
)

// What the Blesta plugin reads since 2.0.
var (
	listedDepartment = object{"id": whole(1), "department_name": like("Sales"), "department_description": like("Questions before you buy."), "slug": like("sales")}
	// It compares the flags: an enabled public department, with all priorities.
	department   = object{"department_name": like("Sales"), "is_disabled": 0, "is_public": 1, "allows_high_priority": 1}
	listedTicket = object{"id": whole(1), "subject": like("Cannot upgrade my plan"), "department_id": whole(1), "priority": like("medium"), "status": like("open")}
	shownTicket  = object{
		"id": whole(1), "user_id": whole(1), "subject": like("Cannot upgrade my plan"), "name": like("Joe Doe"), "public_name": like(""),
		"ticket_created": like("2025-07-22T08:12:41.000000Z"), "message": like("The upgrade button does nothing."),
	}
	// It goes through every array of the response, whatever its name, and leaves notes out.
	shownReplies = object{"responses": some(object{
		"user_name": like("Joe Doe"), "content": like("It happens in two browsers."), "is_note": whole(0), "employee_response": whole(0),
		"created_at": like("2025-07-22T08:20:05.000000Z"),
	})}
)

// since21 has what the Blesta plugin sends in the same way since 2.1, and then what it sends of its own.
func since21(own ...interaction) []interaction {
	return slices.Concat(connection21, tickets21, departments21, own)
}

// connection21 tests the settings and links a customer.
var connection21 = []interaction{
	{
		description: "a connection test",
		sends:       "GET /api/customers/get/0" + get21,
		needs:       needs{http.StatusOK, like(object{"user": object{"id": 9001}})}, // an empty response is none
		taken:       success,
	},
	{
		given:       revokedToken,
		description: "a connection test with an unknown token, refused",
		sends:       "GET /api/customers/get/0\nAccept: application/json\nAuthorization: Bearer revoked-token\n\n",
		needs:       notAuthenticated,
		taken:       authError,
	},
	{
		given: customer8, description: "a request for customer 8",
		sends: "GET /api/customers/get/8" + get21,
		// It links only when both are what Blesta has.
		needs: needs{http.StatusOK, object{"user": object{"id": whole(8), "email": like("jane.roe@example.com")}}},
		taken: success,
	},
	{
		given: noCustomer99, description: "a request for customer 99, refused",
		sends: "GET /api/customers/get/99" + get21,
		needs: notAuthenticated,
		taken: authError,
	},
	{
		given: customer8, description: "a request to link customer 8",
		// The one ID comes from a web form, the other from the session.
		sends: "POST /api/customers/assign" + post21 + `{"ticaga_id":"8","billing_id":42,"billing_system":"Blesta"}`,
		body:  object{"ticaga_id": like("8"), "billing_id": whole(42), "billing_system": "Blesta"},
		needs: needs{status: http.StatusOK}, // it looks at nothing, and writes its own link whatever the response
	},
	{
		given: noCustomer99, description: "a request to link customer 99, refused",
		sends: "POST /api/customers/assign" + post21 + `{"ticaga_id":"99","billing_id":42,"billing_system":"Blesta"}`,
		body:  object{"ticaga_id": like("99"), "billing_id": whole(42), "billing_system": "Blesta"},
		needs: needs{status: http.StatusUnauthorized},
	},
}

// tickets21 lists, shows and answers tickets.
var tickets21 = []interaction{
	{
		given: ticket1, description: "a request for the tickets of customer 1",
		sends: "GET /api/tickets/get/all/1" + get21,
		needs: needs{http.StatusOK, some(listedTicket)},
		taken: success,
	},
	{
		given: noTicketOf8, description: "a request for the tickets of customer 8, who has none",
		sends: "GET /api/tickets/get/all/8" + get21,
		needs: needs{http.StatusOK, []any{}},
		taken: success,
	},
	{
		given: ticket1, description: "a request for ticket 1 of customer 1",
		sends: "POST /api/tickets/get" + post21 + `{"id":1,"ticket_id":1}`,
		body:  object{"id": whole(1), "ticket_id": whole(1)},
		needs: needs{http.StatusOK, object{"tickets": shownTicket}},
		taken: success,
	},
	{
		given: anothersTicket1, description: "a request for ticket 1 as another customer, refused",
		sends: "POST /api/tickets/get" + post21 + `{"id":8,"ticket_id":1}`,
		body:  object{"id": whole(8), "ticket_id": whole(1)},
		needs: notAllowed,
		taken: authError,
	},
	{
		given: noTicket99, description: "a request for ticket 99, refused",
		sends: "POST /api/tickets/info" + post21 + `{"ticket_id":"99"}`, // from the page's URL
		body:  object{"ticket_id": like("99")},
		needs: noTicket,
		taken: notFound,
	},
	{
		given: replies1, description: "a request for the replies to ticket 1",
		sends: "POST /api/responses/get" + post21 + `{"ticket_id":"1"}`,
		body:  object{"ticket_id": like("1")},
		needs: needs{http.StatusOK, shownReplies},
		taken: success,
	},
	{
		given: ticket1, description: "a reply to ticket 1",
		sends: "POST /api/responses/create" + post21 + `{"user_id":"1","ticket_number":"1","content":"hi","is_note":"0","employee_response":"0","organize":"blesta"}`,
		body:  reply21("1"),
		needs: needs{http.StatusOK, like(object{"id": 19})}, // an empty response is none
		taken: success,
	},
	{
		given: noTicket99, description: "a reply to ticket 99, refused",
		sends: "POST /api/responses/create" + post21 + `{"user_id":"1","ticket_number":"99","content":"hi","is_note":"0","employee_response":"0","organize":"blesta"}`,
		body:  reply21("99"),
		needs: noTicket,
		taken: notFound,
	},
}

func reply21(ticket string) object {
	return object{
		"user_id": like("1"), "ticket_number": like(ticket), "content": like("hi"), "is_note": "0", "employee_response": "0", "organize": "blesta",
	}
}

// departments21 fill the form of a ticket.
var departments21 = []interaction{
	{
		given:       sales,
		description: "a request for the public departments",
		sends:       "GET /api/departments/public" + get21,
		needs:       needs{http.StatusOK, object{"departments": some(listedDepartment)}},
		taken:       success,
	},
	{
		given:       sales,
		description: "a request for the departments for customers",
		sends:       "GET /api/departments/customers" + get21,
		needs:       needs{http.StatusOK, object{"departments": some(listedDepartment)}},
		taken:       success,
	},
	{
		given: sales, description: "a request for the department sales",
		sends: "GET /api/departments/get/sales" + get21,
		needs: needs{http.StatusOK, object{"department": []any{department}}},
		taken: success,
	},
	{
		given: noNowhere, description: "a request for a department that does not exist",
		sends: "GET /api/departments/get/nowhere" + get21,
		needs: needs{http.StatusOK, object{"department": []any{}}},
		taken: success,
	},
}

// createdTicket is what the Blesta plugin reads since 2.1 of a ticket that it has opened.
var createdTicket = needs{http.StatusOK, object{"id": object{
	"id": whole(15), "public_hash": like("5d2c81f09ab64e3781c6e0b7f4a92d13"), "ticket_code": like("QXTR/90417"),
}}}
