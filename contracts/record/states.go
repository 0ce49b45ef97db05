package record

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/contracts"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/traffic"
)

// states returns the provider states that the answer to a request depended on, as far as the request, the answer and
// earlier answers show them. A fresh mock will tell whether they are enough. A row that refuses the request is in the
// state that refusal names.
func (r *recorder) states(o *spec.Operation, x traffic.Exchange, request contracts.Request, answer any, known *desk, refusal string) []contracts.Given {
	switch {
	case x.Status == http.StatusTooManyRequests:
		return []contracts.Given{{State: "Ticaga limits the rate"}}
	case x.Status == http.StatusServiceUnavailable:
		return []contracts.Given{{State: "Ticaga is down"}}
	case x.Status >= 500:
		return []contracts.Given{{State: fmt.Sprintf("Ticaga fails with status %d", x.Status)}}
	case refusedBefore(x):
		return nil
	}
	known = known.with(answer)
	given := r.given(o, x, request)
	refs := references(o, given)
	occupied := taken(x, given)
	var states []contracts.Given
	for _, ref := range refs {
		isMissing := isUnknown(x, answer) && isSubject(o, ref) ||
			ref.field == "email" && slices.Contains(creating, o.ID) && !known.had(ref) && occupied == nil
		switch {
		case refused(x, ref, given):
			states = append(states, about(ref, refusal))
		case isMissing && r.isStaff(ref): // who cannot be removed, and is no customer
		case isMissing && ref.noun == "customers" && slices.Contains(listing, o.ID):
			states = append(states, contracts.Given{State: fmt.Sprintf("customer %s has no tickets", ref.value)})
		case isMissing:
			states = append(states, about(ref, "does not exist"))
		default:
			states = append(states, existing(ref, given, known))
		}
	}
	states = append(states, occupied...)
	states = append(states, listed(refs, answer, known)...)
	if slices.Contains(replying, o.ID) {
		states = append(states, replies(refs, answer)...)
	}
	return unique(states)
}

// refusedBefore reports whether a request was refused for what it is, whatever the data were.
func refusedBefore(x traffic.Exchange) bool {
	return x.Status >= 400 && slices.ContainsFunc(x.Violations, func(v spec.Violation) bool {
		return v.Severity == spec.Error && !isAboutData(v)
	})
}

func isAboutData(v spec.Violation) bool { return strings.HasPrefix(string(v.Code), "TM-DATA-") }

// isUnknown reports whether an answer says that there is no such row, or lists none.
func isUnknown(x traffic.Exchange, answer any) bool {
	if slices.ContainsFunc(x.Violations, isAboutData) {
		return false
	}
	object, _ := answer.(map[string]any)
	list, isList := answer.([]any)
	return x.Status == http.StatusUnauthorized || x.Status == http.StatusNotFound || object["error"] != nil ||
		isList && len(list) == 0 || isEmpty(object)
}

// refusals are why a department may refuse a ticket, in the words of provider states. An exchange does not say
// which one it is, but only one of them has the same violation.
var refusals = []string{"does not exist", "is disabled", "is for customers only"}

// dataMessages returns what the violations say of values that the data do not allow; nil if there are none.
func dataMessages(x traffic.Exchange) []string {
	var all []string
	for _, v := range x.Violations {
		if v.Code == spec.DataRefused {
			all = append(all, v.Message)
		}
	}
	return all
}

// refused reports whether a request is refused because of the row that a reference names.
func refused(x traffic.Exchange, ref reference, given map[string]string) bool {
	return slices.ContainsFunc(x.Violations, func(v spec.Violation) bool {
		name := strings.TrimPrefix(v.At, "/")
		return v.Code == spec.DataRefused && named[name].noun == ref.noun && given[name] == ref.value
	})
}

// taken returns the states in which another customer has a value that a request wants.
func taken(x traffic.Exchange, given map[string]string) []contracts.Given {
	var states []contracts.Given
	for _, v := range x.Violations {
		if v.Code != spec.DataTaken {
			continue
		}
		switch v.At {
		case "/email":
			states = append(states, contracts.Given{State: fmt.Sprintf("customer %s exists", given["email"])})
		case "/billing_id", "/external_id":
			id, _ := strconv.Atoi(given["ticaga_id"])
			states = append(states, contracts.Given{State: fmt.Sprintf("customer %d is linked to %s %s",
				id+1000, cmp.Or(given["billing_system"], "blesta"), cmp.Or(given["billing_id"], given["external_id"]))})
		}
	}
	return states
}

// about returns a state of a row: its name is in the sentence, or a parameter where it is not one word.
func about(ref reference, what string) contracts.Given {
	noun := strings.TrimSuffix(ref.noun, "s")
	if isWord(ref.value) {
		return contracts.Given{State: noun + " " + ref.value + " " + what}
	}
	name := map[string]string{"customers": ref.field, "departments": "department", "tickets": "id"}[ref.noun]
	return contracts.Given{State: "a " + noun + " " + what, Params: map[string]any{name: ref.value}}
}

// isWord reports whether a value is one word of a sentence as it stands.
func isWord(value string) bool {
	isPlain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
	}
	name, domain, isAddress := strings.Cut(value, "@")
	if isAddress {
		isPlain = func(c rune) bool { return c > ' ' && c != '"' && c != '\'' }
	}
	return name != "" && strings.IndexFunc(name+domain, func(c rune) bool { return !isPlain(c) }) < 0
}

// existing returns the state in which a row exists, with the values that are known of it.
func existing(ref reference, given map[string]string, known *desk) contracts.Given {
	switch ref.noun {
	case "customers":
		return customer(ref, given, known)
	case "tickets":
		return ticket(ref.value, given, known)
	}
	return about(ref, "exists")
}

func customer(ref reference, given map[string]string, known *desk) contracts.Given {
	row := known.find(ref)
	if id := text(row, "id"); id != "" {
		ref = reference{"customers", "id", id}
	}
	state := about(ref, "exists")
	params := differing(row, known.start("customers", ref.value), "name", "email", "company", "phone_number", "billing_id", "billing_system")
	if password := given["password"]; password != "" {
		params["password"] = password
	}
	maps.Copy(params, state.Params)
	return contracts.Given{State: state.State, Params: nonEmpty(params)}
}

// ticket returns the state in which a ticket exists. Its owner may be known from the request only.
func ticket(id string, given map[string]string, known *desk) contracts.Given {
	row, start := known.find(reference{"tickets", "id", id}), known.start("tickets", id)
	params := differing(row, start, "subject", "message", "priority", "status", "rating", "public_email", "department_id")
	if department, ok := params["department_id"]; ok {
		params["department"] = department
		delete(params, "department_id")
	}
	owner := cmp.Or(text(row, "customer_id"), given["customer_id"])
	if owner != "" && owner != "0" && text(start, "customer_id") != owner {
		params["customer"] = owner
	}
	name := "ticket " + id + " exists"
	rating, isRated := params["rating"]
	switch isRated = isRated && rating != "0"; {
	case isRated:
		name = fmt.Sprintf("ticket %s is rated %s", id, rating)
		delete(params, "status")
	case owner == "0":
		name = "ticket " + id + " of a guest exists"
	}
	delete(params, "rating")
	if isRated || owner != "0" {
		delete(params, "public_email")
	}
	return contracts.Given{State: name, Params: nonEmpty(params)}
}

// listed returns the state in which a list of tickets has its first entry.
func listed(refs []reference, answer any, known *desk) []contracts.Given {
	rows := rowsIn(answer)
	if len(rows) == 0 || nounOf(rows[0]) != "tickets" || slices.ContainsFunc(refs, func(ref reference) bool { return ref.noun == "tickets" }) {
		return nil
	}
	owner := map[string]string{}
	for _, ref := range refs {
		if ref.noun == "customers" && ref.field == "id" {
			owner["customer_id"] = ref.value
		}
	}
	return []contracts.Given{ticket(fmt.Sprint(rows[0]["id"]), owner, known)}
}

// replies returns the state in which a ticket has the replies of an answer, or none.
func replies(refs []reference, answer any) []contracts.Given {
	index := slices.IndexFunc(refs, func(ref reference) bool { return ref.noun == "tickets" })
	list, ok := answer.([]any)
	if object, isObject := answer.(map[string]any); isObject {
		list, ok = object["responses"].([]any)
	}
	if index < 0 || !ok {
		return nil
	}
	what := fmt.Sprintf("has %d replies", min(len(list), 100))
	switch len(list) {
	case 0:
		what = "has no replies"
	case 1:
		what = "has a reply"
	}
	return []contracts.Given{about(refs[index], what)}
}

// rowsIn returns the objects of an array that is an answer, or the only value of it.
func rowsIn(answer any) []map[string]any {
	list, _ := answer.([]any)
	if object, ok := answer.(map[string]any); ok && len(object) == 1 {
		for _, value := range object {
			list, _ = value.([]any)
		}
	}
	var rows []map[string]any
	for _, one := range list {
		if row, ok := one.(map[string]any); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// differing returns the fields of a row that are not as they were at the start, which has no such row if it is nil.
func differing(row, start contracts.Row, fields ...string) map[string]any {
	params := map[string]any{}
	for _, field := range fields {
		value := text(row, field)
		if row[field] != nil && value != text(start, field) {
			params[field] = value
		}
	}
	return params
}

func nonEmpty(params map[string]any) map[string]any {
	if len(params) == 0 {
		return nil
	}
	return params
}

// text returns a field of a row as a string; "" where there is none.
func text(row contracts.Row, field string) string {
	if value := row[field]; value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// unique drops repeated states.
func unique(states []contracts.Given) []contracts.Given {
	var all []contracts.Given
	for _, state := range states {
		if !slices.ContainsFunc(all, func(other contracts.Given) bool { return other.State == state.State }) {
			all = append(all, state)
		}
	}
	return all
}
