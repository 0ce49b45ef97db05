//go:build cgo

package verify

import (
	"fmt"
	"net/http"
)

// headers104 is what the Clientexec plugin 1.0.4 puts before a body.
const headers104 = "\nContent-Type: application/json\nAuthorization: Bearer demo-token\nX-Admin-Email: admin@ticaga.test\nAccept: application/json\n\n"

// clientexec104 tells the help desk of its customers, and reads no more than the status.
var clientexec104 = client{name: "clientexec-1.0.4", takes: taken104, interactions: []interaction{
	{
		given: noCustomers, description: "a customer that the help desk does not have",
		sends: "POST /api/customers/sync" + headers104 + `{"external_id":"42","name":"Joe Doe","email":"joe@example.com","company":null}`,
		body:  customer104(like("joe@example.com"), nil),
		needs: needs{status: http.StatusOK},
		taken: success,
	},
	{
		given: customer8, description: "a customer that the help desk has",
		sends: "POST /api/customers/sync" + headers104 + `{"external_id":"42","name":"Jane Roe","email":"jane.roe@example.com","company":"Roe Ltd"}`,
		body:  customer104(like("jane.roe@example.com"), like("Roe Ltd")),
		needs: needs{status: http.StatusOK},
		taken: success,
	},
	{
		description: "a customer without an e-mail address, refused",
		sends:       "POST /api/customers/sync" + headers104 + `{"external_id":"42","name":"Joe Doe","email":"","company":null}`,
		body:        customer104("", nil),
		needs:       invalid("email", "The email field is required."),
		taken:       `error: HTTP 422: {"errors":{"email":["The email field is required."]},"message":"The email field is required."}`,
	},
	{
		given:       revokedToken,
		description: "a customer with an unknown token, refused",
		sends: "POST /api/customers/sync\nContent-Type: application/json\nAuthorization: Bearer revoked-token\nX-Admin-Email: admin@ticaga.test\nAccept: application/json\n\n" +
			`{"external_id":"42","name":"Joe Doe","email":"joe@example.com","company":null}`,
		body:  customer104(like("joe@example.com"), nil),
		needs: notAuthenticated,
		taken: `error: HTTP 401: {"error":"User not authenticated"}`,
	},
}}

func customer104(email, company any) object {
	return object{"external_id": like("42"), "name": like("Joe Doe"), "email": email, "company": company}
}

// taken104 shows the first 100 characters of what is not a success.
func taken104(r response) string {
	if r.status/100 == 2 {
		return success
	}
	return fmt.Sprintf("%s: HTTP %d: %.100s", failure, r.status, r.body)
}
