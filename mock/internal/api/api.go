// Package api is what Ticaga would decide: one handler an operation.
//
// A request comes in as a [Request], already decoded and checked against the contract, and
// leaves as a value to be encoded or as an error. A handler decides and never writes; what
// an error looks like on the wire stands in one place, [Render]. [Handlers] is the way in.
//
// Every rule that is a guess says [I] at its line; the other tags are those of openapi.yaml.
package api

import (
	"encoding/json"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Handler decides about a request: the value to answer with, which may be a Created or a Remarked,
// or an error that Render understands.
type Handler func(s *store.Store, r Request) (any, error)

// Created is the answer of a handler that has created something. What was there already and is
// answered in the same way is none.
type Created struct{ Value any }

// Remarked is an answer to a request that works and is odd.
type Remarked struct {
	Answer   any // which may be a Created
	Warnings []spec.Violation
}

// remark is an answer with warnings, or the answer alone when there are none.
func remark(answer any, warnings []spec.Violation) any {
	if len(warnings) == 0 {
		return answer
	}
	return Remarked{answer, warnings}
}

// Handlers is every operation's handler by operationId.
func Handlers() map[string]Handler {
	return map[string]Handler{
		"checkConnection": checkConnection,

		"registerCustomer": registerCustomer,
		"loginCustomer":    loginCustomer,
		"getCustomer":      getCustomer,
		"assignBillingId":  assignBillingID,
		"linkCustomer":     linkCustomer,
		"createCustomer":   createCustomer,
		"syncCustomer":     syncCustomer,
		"setBillingId":     setBillingID,

		"listPublicDepartments":   listPublicDepartments,
		"listCustomerDepartments": listCustomerDepartments,
		"listDepartments":         listDepartments,
		"getDepartment":           getDepartment,
		"getDepartmentById":       getDepartmentByID,

		"createTicket":        createTicket,
		"getTicketInfo":       getTicketInfo,
		"getTicket":           getTicket,
		"getCustomerTicket":   getCustomerTicket,
		"listCustomerTickets": listCustomerTickets,
		"listTickets":         listTickets,
		"closeTicket":         closeTicket,
		"rateTicket":          rateTicket,

		"createResponse":      createResponse,
		"listResponses":       listResponses,
		"listTicketResponses": listTicketResponses,

		"getRealtimeConfig": getRealtimeConfig,

		"listDepartments2024":       listDepartments2024,
		"listPublicDepartments2024": listPublicDepartments2024,
		"listClientDepartments2024": listClientDepartments2024,
		"getDepartment2024":         getDepartment2024,
		"countDepartments2024":      countDepartments2024,
		"openTicket2024":            openTicket2024,
		"getTicket2024":             getTicket2024,
		"listUserTickets2024":       listUserTickets2024,
		"listTicketsByEmail2024":    listTicketsByEmail2024,
		"listDepartmentTickets2024": listDepartmentTickets2024,
		"listAllTickets2024":        listAllTickets2024,
		"countTicketsByStatus2024":  countTicketsByStatus2024,
		"getUser2024":               getClient2024, // the same answer by another path
		"getUserByEmail2024":        getUserByEmail2024,
		"findUserByEmail":           findUserByEmail,
		"createResponse2024":        createResponse2024,
		"listResponses2024":         listResponses2024,
		"getClient2024":             getClient2024,
	}
}

// Request is what a handler gets to see of a request.
type Request struct {
	Caller   int64 // the id of the owner of the credentials
	Bearer   bool  // they came as a Bearer token
	Params   Params
	Fields   Fields
	Settings *settings.Settings // the world's
}

// Params holds the values of the path's parameters.
type Params map[string]string

// ID is a parameter as an id; NoID when it is none.
func (p Params) ID(name string) int64 { return parseID(p[name]) }

// NoID is an id that no record has: what was sent is no id, or out of range.
const NoID = -1

func parseID(text string) int64 {
	id, err := strconv.ParseUint(text, 10, 63) // digits and nothing else
	if err != nil {
		return NoID
	}
	return int64(id)
}

// Fields holds the fields of a body, as Laravel's middleware leaves them.
type Fields map[string]any

// Text is a field as text, a number in its digits; "" when there is none.
func (f Fields) Text(name string) string {
	switch v := f[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// ID is a field as an id; 0 when it was not sent, NoID when it is none.
func (f Fields) ID(name string) int64 {
	if f[name] == nil {
		return 0
	}
	return parseID(f.Text(name))
}

// Flag is a field as a 0 or 1; 0 when it was not sent.
func (f Fields) Flag(name string) int {
	if f[name] == true || f.Text(name) == "1" {
		return 1
	}
	return 0
}

// First is the first of the fields that was sent, as text; "" when none was.
func (f Fields) First(names ...string) string {
	for _, name := range names {
		if text := f.Text(name); text != "" {
			return text
		}
	}
	return ""
}

// TextOr is Text, or other when there is none.
func (f Fields) TextOr(name, other string) string {
	if text := f.Text(name); text != "" {
		return text
	}
	return other
}
