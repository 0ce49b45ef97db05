//go:build cgo

package verify

import (
	"fmt"
	"net/http"
)

// headersEarly is what an early Clientexec plugin puts before a body, and on requests without one. It has
// headers of its own for its credentials.
const headersEarly = "\nAccept: */*\nContent-Type: application/json\nX-Admin-Email: admin@ticaga.test\nX-API-Token: demo-token\n\n"

// clientexecEarly decodes what comes back and looks at little of it: its callers get the array.
var clientexecEarly = client{name: "clientexec-early", takes: takenEarly, interactions: []interaction{
	{
		given: noCustomer99, description: "a registration without a password, refused",
		sends: "POST /api/register" + headersEarly + `{"email":"new@example.com","name":"New One","company":"New Ltd"}`,
		body:  object{"email": like("new@example.com"), "name": like("New One"), "company": like("New Ltd")},
		needs: invalid("password", "The password field is required."),
		taken: `exception: HTTP 422: {"errors":{"password":["The password field is required."]},"message":"The password field is required."}`,
	},
	{
		given: customer1WithPassword, description: "a login",
		sends: "POST /api/login" + headersEarly + `{"email":"joedoe@example.com","password":"secret"}`,
		body:  object{"email": like("joedoe@example.com"), "password": like("secret")},
		needs: needs{http.StatusOK, object{"user": object{"id": whole(1), "email": like("joedoe@example.com")}}},
		taken: success,
	},
	{
		given: customer8, description: "a request for customer 8",
		sends: "GET /api/customers/get/8" + headersEarly,
		needs: needs{http.StatusOK, object{"user": object{"id": whole(8), "email": like("jane.roe@example.com")}}},
		taken: success,
	},
	{
		given: both(customer8, revokedToken), description: "a request for customer 8 with an unknown token, refused",
		sends: "GET /api/customers/get/8\nAccept: */*\nContent-Type: application/json\nX-Admin-Email: admin@ticaga.test\nX-API-Token: revoked-token\n\n",
		needs: notAuthenticated,
		taken: `exception: HTTP 401: {"error":"User not authenticated"}`,
	},
	{
		given: customer8, description: "a request to link customer 8",
		sends: "POST /api/customers/billing" + headersEarly + `{"ticaga_id":8,"billing_id":42}`,
		body:  object{"ticaga_id": whole(8), "billing_id": whole(42)},
		needs: needs{http.StatusOK, like(object{"user": true})},
		taken: success,
	},
	{
		given: noCustomer99, description: "a request to link customer 99, refused",
		sends: "POST /api/customers/billing" + headersEarly + `{"ticaga_id":99,"billing_id":42}`,
		body:  object{"ticaga_id": whole(99), "billing_id": whole(42)},
		needs: notAuthenticated,
		taken: `exception: HTTP 401: {"error":"User not authenticated"}`,
	},
	{
		given:       sales,
		description: "a request for all departments",
		sends:       "GET /api/departments" + headersEarly,
		needs:       needs{http.StatusOK, some(object{"id": whole(1), "department_name": like("Sales")})},
		taken:       success,
	},
	{
		given: both(customer8, salesExists), description: "a ticket",
		sends: "POST /api/tickets/create" + headersEarly + `{"customer_id":8,"subject":"S","message":"M","department_id":1,"priority":"normal","status":"open"}`,
		body:  openingEarly(like("M")),
		needs: needs{http.StatusOK, object{"id": object{"id": whole(15)}}},
		taken: success,
	},
	{
		given: both(customer8, salesExists), description: "a ticket without a message, refused",
		sends: "POST /api/tickets/create" + headersEarly + `{"customer_id":8,"subject":"S","message":"","department_id":1,"priority":"normal","status":"open"}`,
		body:  openingEarly(""),
		needs: invalid("message", "The message field is required."),
		taken: `exception: HTTP 422: {"errors":{"message":["The message field is required."]},"message":"The message field is required."}`,
	},
	{
		given: ticket1, description: "a request for ticket 1 of customer 1",
		sends: "GET /api/tickets/get/1/1" + headersEarly,
		needs: needs{http.StatusOK, object{"tickets": object{"id": whole(1), "subject": like("Cannot upgrade my plan")}}},
		taken: success,
	},
	{
		given: anothersTicket1, description: "a request for ticket 1 as another customer, refused",
		sends: "GET /api/tickets/get/8/1" + headersEarly,
		needs: notAllowed,
		taken: `exception: HTTP 403: {"message":"This action is unauthorized."}`,
	},
	{
		given: noTicket99, description: "a request for ticket 99, refused",
		sends: "GET /api/tickets/get/1/99" + headersEarly,
		needs: noTicket,
		taken: `exception: HTTP 404: {"error":"Ticket not found"}`,
	},
	{
		given: ticket1, description: "a request for the tickets of customer 1",
		sends: "GET /api/tickets/get/all/1" + headersEarly,
		needs: needs{http.StatusOK, some(object{"id": whole(1)})},
		taken: success,
	},
	{
		given: replies1, description: "a request for the replies to ticket 1",
		sends: "GET /api/responses/get/1" + headersEarly,
		needs: needs{http.StatusOK, object{"responses": some(object{"content": like("It happens in two browsers.")})}},
		taken: success,
	},
	{
		given: ticket1, description: "a reply to ticket 1",
		sends: "POST /api/responses/create" + headersEarly + `{"ticket_number":1,"message":"hi","customer_id":1}`,
		body:  object{"ticket_number": whole(1), "message": like("hi"), "customer_id": whole(1)},
		needs: needs{http.StatusOK, like(object{"id": 19})},
		taken: success,
	},
	{
		given: ticket1, description: "a request to close ticket 1",
		sends: "POST /api/tickets/close" + headersEarly + `{"customer_id":1,"ticket_id":1}`,
		body:  object{"customer_id": whole(1), "ticket_id": whole(1)},
		needs: needs{http.StatusOK, object{"id": whole(1)}},
		taken: success,
	},
}}

func openingEarly(message any) object {
	return object{
		"customer_id": whole(8), "subject": like("S"), "message": message, "department_id": whole(1), "priority": "normal", "status": "open",
	}
}

// takenEarly makes an exception with the body in it of every status from 400.
func takenEarly(r response) string {
	if r.status >= http.StatusBadRequest {
		return fmt.Sprintf("exception: HTTP %d: %s", r.status, r.body)
	}
	return success
}
