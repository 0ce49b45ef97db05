package contracts

import "fmt"

// NewRow returns a row that does not exist yet, with a value for every field that its fixture file requires,
// except for those that name another row. It was created at a time such as "2025-07-13T17:15:25.000000Z".
func NewRow(noun string, id int64, at string) Row {
	switch noun {
	case "customers":
		return Row{
			"id": id, "name": fmt.Sprintf("Customer %d", id), "email": fmt.Sprintf("customer%d@example.com", id), "email_verified_at": nil,
			"company": "", "phone_number": "", "billing_id": "0", "billing_system": "", "account_manager": "0", "biography": "",
			"created_at": at, "updated_at": at,
		}
	case "staff":
		return Row{
			"id": id, "name": fmt.Sprintf("Agent %d", id), "email": fmt.Sprintf("agent%d@example.com", id),
			"tokens": []string{fmt.Sprintf("token-%d", id)}, "created_at": at,
		}
	case "departments":
		slug := fmt.Sprintf("department-%d", id)
		return Row{
			"id": id, "department_name": title(slug), "department_description": "", "slug": slug,
			"is_public": 1, "is_disabled": 0, "allows_high_priority": 1,
		}
	case "tickets":
		return Row{
			"id": id, "subject": fmt.Sprintf("Ticket %d", id), "message": "A message.", "status": "open", "priority": "medium", "created_at": at,
		}
	case "responses":
		return Row{"id": id, "content": "A reply.", "created_at": at}
	}
	return Row{"id": id}
}
