// Package api decides what Ticaga would answer. It has one handler for each operation.
//
// A handler gets a [Request], already decoded and validated against the contract, and returns a
// value to encode or an error. It never writes to the connection. [Render] is the one place that
// decides what an error looks like on the wire. Start reading at [Handlers].
//
// What the data of the help desk shows to be wrong with a request is written in the files *advice.go.
//
// A rule that is a guess is tagged [I] at its line; the other tags are those of openapi.yaml.
package api

import (
	"encoding/json"
	"strconv"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Handler decides about a request. It returns the value to answer with, which may be a Created or a
// Remarked, or an error that Render understands.
type Handler func(s *store.Store, r Request) (any, error)

// off is the setting of an extension that is not installed.
const off = "off"

// Created is the answer of a handler that has created something. It is not used for something that
// already existed, even where the answer looks the same.
type Created struct{ Value any }

// Remarked is an answer to a request that is valid but unusual, with warnings.
type Remarked struct {
	Answer   any // which may be a Created
	Warnings []spec.Violation
}

// remark returns an answer with warnings, or the answer alone when there are no warnings.
func remark(answer any, warnings []spec.Violation) any {
	if len(warnings) == 0 {
		return answer
	}
	return Remarked{answer, warnings}
}

// Handlers returns the handler of every operation by operationId.
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

// Request is what a handler sees of a request.
type Request struct {
	Caller   int64 // the id of the owner of the credentials
	Bearer   bool  // they came as a Bearer token
	Params   Params
	Fields   Fields
	Settings *settings.Settings // the world's
}

// Params holds the values of the path parameters.
type Params map[string]string

// ID returns a parameter as an id, or NoID when it is not a valid id.
func (p Params) ID(name string) int64 { return parseID(p[name]) }

// NoID is an id that no record has. It stands for a value that is not an id or is out of range.
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

// Text returns a field as a string, a number as its digits. It returns "" when the field was not
// sent.
func (f Fields) Text(name string) string {
	switch v := f[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// ID returns a field as an id: 0 when it was not sent, NoID when it is not a valid id.
func (f Fields) ID(name string) int64 {
	if f[name] == nil {
		return 0
	}
	return parseID(f.Text(name))
}

// Flag returns a field as 0 or 1; 0 when it was not sent.
func (f Fields) Flag(name string) int {
	if f[name] == true || f.Text(name) == "1" {
		return 1
	}
	return 0
}

// First returns the first of the fields that was sent, as a string, or "" when none was sent.
func (f Fields) First(names ...string) string {
	for _, name := range names {
		if text := f.Text(name); text != "" {
			return text
		}
	}
	return ""
}

// TextOr returns Text, or other when Text is empty.
func (f Fields) TextOr(name, other string) string {
	if text := f.Text(name); text != "" {
		return text
	}
	return other
}
