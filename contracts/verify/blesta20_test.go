//go:build cgo

package verify

import "net/http"

// What the Blesta plugin 2.0 puts before a body. On its GET requests the Content-Type belongs to no body,
// and has no space before it. Its POST requests leave out the credentials and the JSON encoding that it
// builds for them.
const (
	get20 = "\nAccept: */*\nContent-Type:application/json\nAuthorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==\n\n"

	// The e-mail address stands in for the token.
	getAll20 = "\nAccept: */*\nContent-Type:application/json\nAuthorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6YWRtaW5AdGljYWdhLnRlc3Q=\n\n"
	post20   = "\nAccept: */*\nContent-Type: application/x-www-form-urlencoded\n\n"
)

var blesta20 = client{name: "blesta-2.0", takes: takenBefore21, interactions: []interaction{
	{
		given: customer8, description: "a request for customer 8",
		sends: "GET /api/customers/get/8" + get20,
		// It links only when both are what Blesta has.
		needs: needs{http.StatusOK, object{"user": object{"id": whole(8), "email": like("jane.roe@example.com")}}},
		taken: success,
	},
	{
		given: noCustomer99, description: "a request for customer 99, refused",
		sends: "GET /api/customers/get/99" + get20,
		needs: notAuthenticated, // so that it finds no user.id, and does not link
		taken: authError,
	},
	{
		given: ticket1, description: "a request for the tickets of customer 1",
		sends: "GET /api/tickets/get/all/1" + get20,
		needs: needs{http.StatusOK, some(listedTicket)},
		taken: success,
	},
	{
		given: noTicketOf8, description: "a request for the tickets of customer 8, who has none",
		sends: "GET /api/tickets/get/all/8" + get20,
		needs: needs{http.StatusOK, []any{}},
		taken: success,
	},
	{
		given:       sales,
		description: "a request for the public departments",
		sends:       "GET /api/departments/public" + get20,
		needs:       needs{http.StatusOK, object{"departments": some(listedDepartment)}},
		taken:       success,
	},
	{
		given:       sales,
		description: "a request for the departments for customers",
		sends:       "GET /api/departments/customers" + get20,
		needs:       needs{http.StatusOK, object{"departments": some(listedDepartment)}},
		taken:       success,
	},
	{
		given: sales, description: "a request for the department sales",
		sends: "GET /api/departments/get/sales" + get20,
		needs: needs{http.StatusOK, object{"department": []any{department}}},
		taken: success,
	},
	{
		given: noNowhere, description: "a request for a department that does not exist",
		sends: "GET /api/departments/get/nowhere" + get20,
		needs: needs{http.StatusOK, object{"department": []any{}}},
		taken: success,
	},
}}

// blesta20Refused has the requests of 2.0 that only hold as a refusal. They record its bugs, not its
// wishes: the plugin reads each of these responses as if it were good.
var blesta20Refused = client{name: "blesta-2.0-refused", takes: takenBefore21, interactions: []interaction{
	{
		given: customer8, description: "a request to link customer 8 without credentials, refused",
		sends: "POST /api/customers/assign" + post20 + "ticaga_id=8&billing_id=42&billing_system=Blesta",
		needs: notAuthenticated, // it writes its own link all the same
		taken: authError,
	},
	{
		description: "a request for the departments for customers with the e-mail address twice, refused",
		sends:       "GET /api/departments/customers" + getAll20,
		needs:       notAuthenticated,
		taken:       authError,
	},
	{
		given: salesExists, description: "a guest's ticket without credentials, refused",
		sends: "POST /api/tickets/create" + post20 + "organize=blesta&user_id=0&subject=S&priority=low&message=M&cc=&assigned=0" +
			"&department_slug=sales&ip_address=203.0.113.9&public_email=g%40example.com&public_name=G",
		needs: notAuthenticated, // it thanks for the ticket
		taken: authError,
	},
	{
		given: ticket1, description: "a request for ticket 1 without credentials, refused",
		sends: "POST /api/tickets/info" + post20 + "ticket_id=1",
		needs: notAuthenticated,
		taken: authError,
	},
	{
		given: ticket1, description: "a request for ticket 1 of customer 1 without credentials, refused",
		sends: "POST /api/tickets/get" + post20 + "ticket_id=1&client_id=1",
		needs: notAuthenticated,
		taken: authError,
	},
	{
		given: replies1, description: "a request for the replies to ticket 1 without credentials, refused",
		sends: "POST /api/responses/get" + post20 + "ticket_id=1",
		needs: notAuthenticated,
		taken: authError,
	},
	{
		given: ticket1, description: "a reply to ticket 1 without credentials, refused",
		sends: "POST /api/responses/create" + post20 + "user_id=1&ticket_number=1&content=hi&is_note=0&employee_response=0&organize=blesta",
		needs: notAuthenticated, // it says that the reply was sent
		taken: authError,
	},
}}
