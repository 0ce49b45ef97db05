package api

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// This file says what is wrong with a request that only the data of the help desk shows.

// noEmail returns the violation for a customer without an e-mail address. Only its rule is used.
func noEmail() spec.Violation {
	return spec.Violation{Severity: spec.Error, In: spec.InBody, At: "/email", Rule: "required"}
}

// noRoom returns the violation for a change for which the world has no room left.
func noRoom(full *store.FullError) spec.Violation {
	v := spec.Violation{
		Code: spec.WorldFull, Severity: spec.Error, In: spec.InBody, Message: full.Error(),
		Expected: fmt.Sprintf("at most %d bytes of data in a world", full.Limit), Got: "more",
		Fix: "reset the world, delete its snapshots, or raise --max-world",
	}
	if full.Together {
		v.Expected = fmt.Sprintf("at most %d bytes of data in all worlds together", full.Limit)
		v.Fix = "delete or reset worlds that are no longer used, delete their snapshots, or raise --worlds-total"
	}
	if full.Noun != "" {
		v.Expected, v.Got = fmt.Sprintf("ids of at most %d", int64(store.MaxID)), "a "+full.Noun+" after that"
		v.Fix = "start the fixtures with smaller ids"
	}
	return v
}

// taken returns violations for an e-mail address or a billing account that another user has.
// These are violations because a client can check first.
func taken(fields []string) []spec.Violation {
	var found []spec.Violation
	for _, field := range fields {
		v := spec.Violation{
			Code: spec.DataTaken, Severity: spec.Error, In: spec.InBody, At: spec.Pointer(field), Rule: "unique",
			Message:  "another customer has this account in the billing system",
			Expected: "an account that no other customer has",
			Fix:      "check that this is the right customer; if it is, change the other customer's account first: an account belongs to one customer",
		}
		if field == "email" {
			v.Message, v.Expected = "another user has this e-mail address", "an address that no user has, customer or staff"
			v.Fix = "use POST /api/customers/link, which finds the customer by address and creates one only if there is none"
		}
		found = append(found, v)
	}
	return found
}

// refused returns a violation about a value that is valid, but that the data of the help desk does not
// allow.
func refused(field, rule, message, expected, fix string) spec.Violation {
	return spec.Violation{
		Code: spec.DataRefused, Severity: spec.Error, In: spec.InBody, At: spec.Pointer(field), Rule: rule,
		Message: message, Expected: expected, Fix: fix,
	}
}

// unknownDepartment returns the violation for a department that does not exist. People often send its
// name, or its id where the slug is expected.
func unknownDepartment(s *store.State, field, sent string) spec.Violation {
	fix := "use a department that GET /api/departments/customers lists"
	if slug := likelySlug(s, sent); slug != "" {
		fix = fmt.Sprintf("did you mean %s?", spec.Quote(slug))
	}
	return refused(field, "exists", "unknown department", "an existing department", fix)
}

// likelySlug returns the slug of the enabled department that was most likely intended; "" if there is
// no guess.
func likelySlug(s *store.State, sent string) string {
	var slugs []string
	for d := range s.Departments(store.Department.Enabled) {
		if strings.EqualFold(sent, d.Name) || sent == strconv.FormatInt(d.ID, 10) {
			return d.Slug
		}
		slugs = append(slugs, d.Slug)
	}
	return words.Nearest(sent, slugs)
}

// disabledDepartment returns the violation for a ticket in a department that is disabled.
func disabledDepartment(field string) spec.Violation {
	return refused(field, "exists", "the department is disabled", "a department whose is_disabled is 0",
		"use an enabled department: GET /api/departments/customers lists them")
}

// closedToGuests returns the violation for a guest's ticket in a department that is not public.
func closedToGuests(field string) spec.Violation {
	return refused(field, "exists", "the department is not public, but the ticket is a guest's", "a department whose is_public is 1",
		"send the customer's id if a customer writes; GET /api/departments/public lists the departments for guests")
}

// highPriority returns the violation for a priority that the department does not allow.
func highPriority() spec.Violation {
	return refused("priority", "in", "the department does not allow this priority", "none, low or medium: its allows_high_priority is not 1",
		`send "medium" or lower; offer higher priorities only where the department's allows_high_priority is 1`)
}

// offWarning returns a warning about a field that belongs to an extension which is off. name is the
// extension's name, and effect says what happens to the field.
func offWarning(field, name, setting, effect string) spec.Violation {
	return spec.Violation{
		Code: spec.DataExtension, Severity: spec.Warning, In: spec.InBody, At: spec.Pointer(field),
		Message:  fmt.Sprintf("the extension %s is off, so %s", name, effect),
		Expected: "no such field while the extension is off", Got: spec.Quote(field),
		Fix: fmt.Sprintf("check the help desk's answers before offering the field; the setting %s turns the extension on", spec.Quote(setting)),
	}
}
