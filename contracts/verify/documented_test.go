//go:build cgo

package verify

import "net/http"

// What a client that keeps to the documentation puts before a body, and on requests without one.
const (
	getDocumented  = "\nAuthorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==\n\n"
	postDocumented = "\nAuthorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==\nContent-Type: application/x-www-form-urlencoded\n\n"
)

// documented is no client, but what one would be that keeps to the documentation. Every value that it
// prints is there, by value.
var documented = client{name: "documented", interactions: []interaction{
	{
		given: customer8, description: "a request to link customer 8",
		sends: "POST /api/customers/assign" + postDocumented + "ticaga_id=8&billing_id=42&billing_system=Blesta",
		needs: needs{http.StatusOK, object{"user": true}},
	},
	{
		given: noCustomer99, description: "a request to link customer 99, refused",
		sends: "POST /api/customers/assign" + postDocumented + "ticaga_id=99&billing_id=42&billing_system=Blesta",
		needs: notAuthenticated,
	},
	{
		given: customer1, description: "a request for customer 1",
		sends: "GET /api/customers/get/1" + getDocumented,
		needs: needs{http.StatusOK, object{"user": object{
			"id":                1,
			"name":              "Joe Doe",
			"email":             "joedoe@example.com",
			"email_verified_at": nil,
			"company":           "Demo Ltd",
			"phone_number":      "",
			"billing_id":        "0",
			"billing_system":    "",
			"account_manager":   "0",
			"biography":         "",
			"created_at":        "2025-07-13T17:15:25.000000Z",
			"updated_at":        "2025-07-13T17:22:37.000000Z",
		}}},
	},
	{
		given: noCustomer99, description: "a request for customer 99, refused",
		sends: "GET /api/customers/get/99" + getDocumented,
		needs: notAuthenticated,
	},
}}
