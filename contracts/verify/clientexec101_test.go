//go:build cgo

package verify

import "net/http"

// headers101 is what the Clientexec plugin 1.0.1 puts before a body, and on requests without one.
const headers101 = "\nAccept: */*\nContent-Type: application/x-www-form-urlencoded\nAuthorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==\n\n"

// clientexec101 finds or creates a customer when somebody logs in, and has one page.
var clientexec101 = client{name: "clientexec-1.0.1", takes: taken101, interactions: []interaction{
	{
		given: customer1, description: "a request for a customer by e-mail address",
		sends: "GET /api/tickets/userinfobyemail/joedoe%40example.com" + headers101,
		needs: needs{http.StatusOK, object{"user": object{"id": whole(1)}}},
		taken: success,
	},
	{
		given: noCustomers, description: "a request for a customer by an e-mail address that nobody has",
		sends: "GET /api/tickets/userinfobyemail/joe%2Bx%40example.com" + headers101,
		needs: needs{status: http.StatusOK}, // without user.id it creates the customer
		taken: success,
	},
	{
		given: noCustomers, description: "a new customer",
		sends: "POST /api/customers/create" + headers101 + "email=joe%2Bx%40example.com&first_name=Joe&last_name=Doe",
		needs: needs{http.StatusOK, object{"user": object{"id": whole(9003)}}},
		taken: success,
	},
	{
		given: noCustomers, description: "a new customer without an e-mail address, refused",
		sends: "POST /api/customers/create" + headers101 + "email=&first_name=Joe&last_name=Doe",
		needs: invalid("email", "The email field is required."),
		taken: failure,
	},
	{
		given: ticket1, description: "a request for the tickets of customer 1",
		sends: "GET /api/tickets/list/1" + headers101,
		needs: needs{http.StatusOK, object{"tickets": some(object{"id": whole(1), "subject": like("Cannot upgrade my plan"), "status": like("open")})}},
		taken: success,
	},
	{
		given:       sales,
		description: "a request for the departments",
		sends:       "GET /api/departments/list" + headers101,
		needs:       needs{http.StatusOK, object{"departments": some(object{"slug": like("sales"), "name": like("Sales")})}},
		taken:       success,
	},
	{
		given: both(customer8, salesExists), description: "a ticket",
		sends: "POST /api/tickets/create" + headers101 + "organize=clientexec&user_id=8&public_name=Jane+Roe&public_email=jane.roe%40example.com" +
			"&department_slug=sales&subject=S&priority=low&message=M&assigned=0",
		needs: needs{status: http.StatusOK}, // it looks at the status only
		taken: success,
	},
	{
		given: both(customer8, salesExists), description: "a ticket without a subject, refused",
		sends: "POST /api/tickets/create" + headers101 + "organize=clientexec&user_id=8&public_name=Jane+Roe&public_email=jane.roe%40example.com" +
			"&department_slug=sales&subject=&priority=low&message=M&assigned=0",
		needs: invalid("subject", "The subject field is required."),
		taken: failure,
	},
	{
		given:       revokedToken,
		description: "a request for the departments with an unknown token, refused",
		sends: "GET /api/departments/list\nAccept: */*\nContent-Type: application/x-www-form-urlencoded\n" +
			"Authorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6cmV2b2tlZC10b2tlbg==\n\n",
		needs: notAuthenticated,
		taken: authError,
	},
}}

func taken101(r response) string {
	switch {
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		return authError
	case r.status >= http.StatusBadRequest:
		return failure
	}
	return success
}
