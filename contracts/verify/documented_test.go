//go:build cgo

package verify

import (
	"net/http"

	"github.com/pact-foundation/pact-go/v2/consumer"
	"github.com/pact-foundation/pact-go/v2/matchers"
)

// consumers are the published clients that assign a billing ID. None of their code runs
// here: wire is what they were seen to send, and the rest is what they rely on.
var consumers = []struct {
	name         string
	interactions []interaction
}{
	{
		// Its POST forgets the credentials and the JSON encoding it builds, and is
		// refused. That deserves a pact of its own: it records a bug, not a wish.
		name: "blesta-2.0-assign",
		interactions: []interaction{{
			given:       "customer 8 exists",
			description: "a request to link customer 8, without credentials",
			wire: `POST /api/customers/assign
Accept: */*
Content-Type: application/x-www-form-urlencoded

ticaga_id=8&billing_id=42&billing_system=Blesta`,
			expects: request{
				method: "POST",
				path:   "/api/customers/assign",
				header: header{"Accept": text("*/*")},
				form:   "ticaga_id=8&billing_id=42&billing_system=Blesta",
			},
			needs: response{
				status: http.StatusUnauthorized,
				json:   object{"error": "User not authenticated"},
			},
		}},
	},
	{
		name: "blesta-2.0",
		interactions: []interaction{{
			given:       "customer 8 exists",
			description: "a request for customer 8",
			// The Content-Type belongs to no body, and has no space before it.
			wire: `GET /api/customers/get/8
Authorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==
Accept: */*
Content-Type:application/json
`,
			expects: request{
				method: "GET",
				path:   "/api/customers/get/8",
				header: header{"Accept": text("*/*"), "Content-Type": text("application/json"), "Authorization": basic},
			},
			// It links only when both are what Blesta has.
			needs: response{
				status: http.StatusOK,
				json: object{"user": object{
					"id":    matchers.Integer(8),
					"email": matchers.Like("jane.roe@example.com"),
				}},
			},
		}},
	},
	{
		name: "blesta-2.1",
		interactions: []interaction{
			{
				description: "a connection test",
				wire: `GET /api/customers/get/0
Authorization: Bearer demo-token
Accept: application/json
`,
				expects: request{
					method: "GET",
					path:   "/api/customers/get/0",
					header: header{"Accept": text("application/json"), "Authorization": bearer},
				},
				needs: response{status: http.StatusOK}, // the one thing it looks at
			},
			{
				given:       "customer 8 exists",
				description: "a request for customer 8",
				wire: `GET /api/customers/get/8
Authorization: Bearer demo-token
Accept: application/json
`,
				expects: request{
					method: "GET",
					path:   "/api/customers/get/8",
					header: header{"Accept": text("application/json"), "Authorization": bearer},
				},
				needs: response{
					status: http.StatusOK,
					json: object{"user": object{
						"id":    matchers.Integer(8),
						"email": matchers.Like("jane.roe@example.com"),
					}},
				},
			},
			{
				given:       "customer 8 exists",
				description: "a request to link customer 8",
				// The one id comes from a web form, the other from the session.
				wire: `POST /api/customers/assign
Authorization: Bearer demo-token
Content-Type: application/json
Accept: application/json

{"ticaga_id":"8","billing_id":42,"billing_system":"Blesta"}`,
				expects: request{
					method: "POST",
					path:   "/api/customers/assign",
					header: header{"Accept": text("application/json"), "Authorization": bearer},
					json: object{
						"ticaga_id":      matchers.Like("8"),
						"billing_id":     matchers.Integer(42),
						"billing_system": "Blesta",
					},
				},
				needs: response{status: http.StatusOK}, // it looks at nothing, and writes its own link whatever the answer
			},
			{
				given:       "customer 99 does not exist",
				description: "a request to link customer 99",
				wire: `POST /api/customers/assign
Authorization: Bearer demo-token
Content-Type: application/json
Accept: application/json

{"ticaga_id":"99","billing_id":42,"billing_system":"Blesta"}`,
				expects: request{
					method: "POST",
					path:   "/api/customers/assign",
					header: header{"Accept": text("application/json"), "Authorization": bearer},
					json: object{
						"ticaga_id":      matchers.Like("99"),
						"billing_id":     matchers.Integer(42),
						"billing_system": "Blesta",
					},
				},
				needs: response{status: http.StatusUnauthorized},
			},
		},
	},
	{
		// No client, but what one would be that keeps to the documentation. Every
		// value that it prints is there.
		name: "documented",
		interactions: []interaction{
			{
				given:       "customer 8 exists",
				description: "a request to link customer 8",
				wire: `POST /api/customers/assign
Authorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==
Content-Type: application/x-www-form-urlencoded

ticaga_id=8&billing_id=42&billing_system=Blesta`,
				expects: request{
					method: "POST",
					path:   "/api/customers/assign",
					header: header{"Authorization": basic},
					form:   "ticaga_id=8&billing_id=42&billing_system=Blesta",
				},
				needs: response{status: http.StatusOK, json: object{"user": true}},
			},
			{
				given:       "customer 99 does not exist",
				description: "a request to link customer 99",
				wire: `POST /api/customers/assign
Authorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==
Content-Type: application/x-www-form-urlencoded

ticaga_id=99&billing_id=42&billing_system=Blesta`,
				expects: request{
					method: "POST",
					path:   "/api/customers/assign",
					header: header{"Authorization": basic},
					form:   "ticaga_id=99&billing_id=42&billing_system=Blesta",
				},
				needs: response{
					status: http.StatusUnauthorized,
					json:   object{"error": "User not authenticated"},
				},
			},
			{
				given:       "customer 1 exists",
				description: "a request for customer 1",
				wire: `GET /api/customers/get/1
Authorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==
`,
				expects: request{
					method: "GET",
					path:   "/api/customers/get/1",
					header: header{"Authorization": basic},
				},
				needs: response{
					status: http.StatusOK,
					json: object{"user": object{
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
					}},
				},
			},
			{
				given:       "customer 99 does not exist",
				description: "a request for customer 99",
				wire: `GET /api/customers/get/99
Authorization: Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==
`,
				expects: request{
					method: "GET",
					path:   "/api/customers/get/99",
					header: header{"Authorization": basic},
				},
				needs: response{
					status: http.StatusUnauthorized,
					json:   object{"error": "User not authenticated"},
				},
			},
		},
	},
}

type interaction struct {
	given       string // provider state; "" for none
	description string
	wire        string // what the client sends, less the version, Host and Content-Length
	expects     request
	needs       response
}

type request struct {
	method consumer.Method
	path   string
	header header
	form   string
	json   object
}

type response struct {
	status int
	json   object
}

type (
	header = map[string]matchers.Matcher
	object = map[string]any // of literals and matchers
	text   = matchers.String
)

// Any credentials make the same request; the examples open the mock as it comes.
var (
	basic  = matchers.Term("Basic YWRtaW5AdGljYWdhLnRlc3Q6ZGVtby10b2tlbg==", `^Basic [A-Za-z0-9+/]+=*$`)
	bearer = matchers.Term("Bearer demo-token", `^Bearer \S+$`)
)
