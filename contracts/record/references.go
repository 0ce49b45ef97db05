package record

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// reference is a row of the help desk that a request names.
type reference struct {
	noun         string // "customers", "departments" or "tickets"
	field, value string // such as "id" and "8"
}

// named are the parameters and fields that name a row, whatever the operation is.
var named = map[string]reference{
	"ticaga_id":       {noun: "customers", field: "id"},
	"customer_id":     {noun: "customers", field: "id"},
	"client_id":       {noun: "customers", field: "id"},
	"user_id":         {noun: "customers", field: "id"},
	"email":           {noun: "customers", field: "email"},
	"ticket_id":       {noun: "tickets", field: "id"},
	"ticket_number":   {noun: "tickets", field: "id"},
	"department_id":   {noun: "departments", field: "id"},
	"department_slug": {noun: "departments", field: "slug"},
	"slug":            {noun: "departments", field: "slug"},
}

// byID are the operations whose parameter or field "id" names a row of a noun.
var byID = map[string][]string{
	"customers":   {"getCustomer", "getClient2024", "getUser2024", "listUserTickets2024"},
	"departments": {"getDepartmentById", "getDepartment2024"},
	"tickets":     {"getTicket", "getTicket2024"},
}

// Operations that need more than the rows that they name.
var (
	// listing list the tickets of a customer.
	listing = []string{"listCustomerTickets", "listTickets", "listUserTickets2024"}
	// replying list the replies to a ticket.
	replying = []string{"listResponses", "listTicketResponses", "listResponses2024"}
	// creating create a customer, if nobody has the e-mail address.
	creating = []string{"registerCustomer", "createCustomer", "linkCustomer", "syncCustomer"}
	// acting say who acts on a ticket.
	acting = []string{"closeTicket", "rateTicket", "createResponse", "createResponse2024"}
)

// references returns what a request names, sorted by noun.
func references(o *spec.Operation, given map[string]string) []reference {
	all := map[string]reference{} // by what they are sorted by
	for name, value := range given {
		ref, ok := named[name]
		if name == "id" {
			for noun, operations := range byID {
				if slices.Contains(operations, o.ID) {
					ref, ok = reference{noun: noun, field: "id"}, true
				}
			}
		}
		if ref.value = value; ok && value != "" && value != "0" {
			all[ref.noun+" "+ref.field+" "+value] = ref
		}
	}
	var sorted []reference
	for _, key := range slices.Sorted(maps.Keys(all)) {
		sorted = append(sorted, all[key])
	}
	return sorted
}

// given returns the parameters and fields of a request as strings, without personal data.
func (r *recorder) given(o *spec.Operation, x traffic.Exchange, request contracts.Request) map[string]string {
	given := map[string]string{}
	path, _ := url.PathUnescape(request.Path) // it was escaped just now
	for i, segment := range spec.SplitPath(path) {
		if i < len(o.Segments) && spec.IsParameter(o.Segments[i]) {
			given[strings.Trim(o.Segments[i], "{}")] = segment
		}
	}
	for name, value := range x.Fields {
		switch v := value.(type) {
		case string:
			given[name] = strings.TrimSpace(r.standIns.text(name, v))
		case json.Number:
			given[name] = v.String()
		}
	}
	return given
}

// isSubject reports whether an operation is about the row that a reference names, so that an answer that
// there is none is about that one.
func isSubject(o *spec.Operation, ref reference) bool {
	switch ref.noun {
	case "departments":
		return o.Tag == "departments"
	case "customers":
		return !slices.Contains(acting, o.ID)
	}
	return true
}

// isStaff reports whether a reference to a user is to a staff member, who cannot be removed.
func (r *recorder) isStaff(ref reference) bool {
	return ref.noun == "customers" && r.start["staff"][ref.value] != nil
}
