package mock_test

// This file is what the model knows of each operation.

// operation is what has to be known to ask for an operation and to foresee its answer.
type operation struct {
	params, fields []input
	decide         func(*model, call) answer // once credentials and fields are good
}

func inAnswer(list any) any { return row{"department": list} }

// foreseen is the model's side of each operation, by operationId. Fields stand in the order in
// which complaints about them come: those that can be missing as the contract lists them, then
// the others by name.
var foreseen = map[string]operation{
	"checkConnection": {decide: func(*model, call) answer { return ok(row{"result": "true"}) }},

	"registerCustomer": {decide: (*model).register, fields: []input{
		must("name", aLine), must("email", anEmail), must("password", aPassword),
		may("account_manager", aNumber), may("billing_id", anAccount), may("billing_system", aSystem),
		may("biography", aText), may("company", aLine),
	}},
	"loginCustomer": {decide: (*model).login, fields: []input{must("email", anEmail), must("password", aPassword)}},
	"getCustomer":   {decide: (*model).getCustomer, params: []input{must("id", aCustomer)}},
	"assignBillingId": {decide: (*model).assign, fields: []input{
		must("ticaga_id", aCustomer), must("billing_id", anAccount), must("billing_system", aSystem),
	}},
	"linkCustomer": {decide: (*model).link, fields: []input{
		must("email", anEmail), must("name", aLine), must("billing_id", anAccount), must("billing_system", aSystem),
	}},
	"createCustomer": {decide: (*model).createCustomer, fields: []input{
		must("email", anEmail), must("first_name", halfALine), must("last_name", halfALine),
	}},
	"syncCustomer": {decide: (*model).sync, fields: []input{
		must("external_id", anAccount), must("name", aLine), must("email", anEmail), may("company", aLine),
	}},
	"setBillingId": {decide: (*model).setBilling, fields: []input{must("ticaga_id", aCustomer), must("billing_id", anAccount)}},

	"listPublicDepartments":   {decide: func(m *model, _ call) answer { return ok(row{"departments": m.forGuests()}) }},
	"listCustomerDepartments": {decide: func(m *model, _ call) answer { return ok(row{"departments": m.forCustomers()}) }},
	"listDepartments":         {decide: (*model).listDepartments},
	"getDepartment": {params: []input{must("slug", aSlug)}, decide: func(m *model, c call) answer {
		return m.department("slug", c.params["slug"], inAnswer)
	}},
	"getDepartmentById": {params: []input{must("id", aDepartment)}, decide: func(m *model, c call) answer {
		return m.department("id", c.param("id"), inAnswer)
	}},

	"createTicket": {decide: (*model).createTicket, fields: []input{
		must("subject", aLine), must("message", aText), must("priority", aPriority),
		or("department_slug", aSlug, "department_id"), forGuests("public_email", anEmail, "customer_id"),
		may("assigned", aNumber), may("billing_company_id", aNumber), may("billing_service_id", aNumber),
		may("billing_service_name", aLine), may("billing_system", aSystem), may("cc", aText),
		may("custom_fields", someValues), may("customer_id", anOwner), may("department_id", aDepartment),
		may("ip_address", aLine), may("organize", aText), may("public_name", aLine), may("status", aStatus), may("user_id", aCustomer),
	}},
	"getTicketInfo": {fields: []input{must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return m.showTicket(c.id("ticket_id"))
	}},
	"getTicket": {decide: (*model).getTicket, fields: []input{
		must("ticket_id", aTicket), may("client_id", anOwner), may("id", anOwner),
	}},
	"getCustomerTicket": {params: []input{must("customer_id", anOwner), must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return m.showTicketTo(c.param("customer_id"), c.param("ticket_id"))
	}},
	"listCustomerTickets": {params: []input{must("customer_id", anOwner)}, decide: func(m *model, c call) answer {
		return ok(m.listed(m.ticketsOf(c.param("customer_id"))))
	}},
	"listTickets": {params: []input{must("customer_id", anOwner)}, decide: func(m *model, c call) answer {
		return ok(row{"tickets": m.listed(m.ticketsOf(c.param("customer_id")))})
	}},
	"closeTicket": {fields: []input{must("customer_id", anOwner), must("ticket_id", aTicket), may("organize", aText)}, decide: func(m *model, c call) answer {
		return m.change(c, row{"status": "closed"})
	}},
	"rateTicket": {fields: []input{must("ticket_id", aTicket), must("rating", aRating), must("customer_id", anOwner), may("organize", aText)}, decide: func(m *model, c call) answer {
		return m.change(c, row{"rating": c.id("rating")})
	}},

	"createResponse": {decide: (*model).createResponse, fields: []input{
		must("ticket_number", aTicket), or("content", aText, "message"), may("customer_id", anOwner), may("employee_response", aFlag),
		may("is_note", aFlag), may("message", aText), may("organize", aText), may("user_id", anOwner),
	}},
	"listResponses": {fields: []input{must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return m.showResponses(c.id("ticket_id"))
	}},
	"listTicketResponses": {params: []input{must("ticket_number", aTicket)}, decide: func(m *model, c call) answer {
		return m.showResponses(c.param("ticket_number"))
	}},

	"getRealtimeConfig": {decide: func(*model, call) answer {
		return ok(row{"enabled": false, "key": "", "host": "", "port": 0, "scheme": "", "channel_prefix": "ticket.", "event": "reply.created"})
	}},

	"listDepartments2024":       {decide: func(m *model, _ call) answer { return ok(m.departments) }},
	"listPublicDepartments2024": {decide: func(m *model, _ call) answer { return ok(m.forGuests()) }},
	"listClientDepartments2024": {decide: func(m *model, _ call) answer { return ok(m.forClients()) }},
	"getDepartment2024": {params: []input{must("id", aDepartment)}, decide: func(m *model, c call) answer {
		return m.department("id", c.param("id"), func(list any) any { return list })
	}},
	"countDepartments2024": {decide: func(m *model, _ call) answer { return ok(len(m.departments)) }},
	"openTicket2024": {decide: (*model).openTicket2024, params: []input{must("department_id", aDepartment)}, fields: []input{
		must("subject", aLine), must("priority", aPriority), must("content", aText), forGuests("public_email", anEmail, "user_id"),
		may("assigned", aNumber), may("cc", aText), may("department_id", aDepartment), may("ip_address", aLine),
		may("public_name", aLine), may("user_id", anOwner),
	}},
	"getTicket2024": {params: []input{must("id", aTicket)}, decide: func(m *model, c call) answer {
		return ok(m.tickets2024(having(m.tickets, "id", c.param("id"))))
	}},
	"listUserTickets2024": {params: []input{must("id", anOwner)}, decide: func(m *model, c call) answer {
		return ok(m.tickets2024(m.ticketsOf(c.param("id"))))
	}},
	"listTicketsByEmail2024": {params: []input{must("email", anEmail)}, decide: (*model).ticketsByEmail2024},
	"listDepartmentTickets2024": {params: []input{must("slug", aSlug)}, decide: func(m *model, c call) answer {
		return ok(m.tickets2024(having(m.tickets, "department_id", find(m.departments, "slug", c.params["slug"])["id"])))
	}},
	"listAllTickets2024": {decide: func(m *model, _ call) answer { return ok(m.tickets2024(m.tickets)) }},
	"countTicketsByStatus2024": {params: []input{must("status", aStatus)}, decide: func(m *model, c call) answer {
		return ok(len(having(m.tickets, "status", c.params["status"])))
	}},
	"getUser2024":   {params: []input{must("id", aCustomer)}, decide: (*model).getClient2024},
	"getClient2024": {params: []input{must("id", aCustomer)}, decide: (*model).getClient2024},
	"getUserByEmail2024": {params: []input{must("email", anEmail)}, decide: func(m *model, c call) answer {
		return ok(users2024(m.customerOf(c.params["email"])))
	}},
	"findUserByEmail": {params: []input{must("email", anEmail)}, decide: (*model).findUserByEmail},
	"createResponse2024": {decide: (*model).createResponse2024, fields: []input{
		must("response_user_id", anOwner), must("ticket_number", aTicket), must("response_content", aText),
		may("agent_response", aFlag), may("is_note", aFlag),
	}},
	"listResponses2024": {params: []input{must("ticket_id", aTicket)}, decide: func(m *model, c call) answer {
		return ok(responses2024(having(m.responses, "ticket_id", c.param("ticket_id"))))
	}},
}
