package contracts

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// found is what a sentence says: the name of its state and the values in it, or "" when it is refused.
func found(sentence string) string {
	setup, err := Find(Given{State: sentence})
	var wrong *ParamError
	switch {
	case errors.As(err, &wrong):
		return "the parameter " + wrong.Param
	case err != nil:
		return ""
	}
	said := setup.State.Name
	for _, name := range slices.Sorted(maps.Keys(setup.values)) {
		said += fmt.Sprintf("; %s=%s", name, setup.values[name])
	}
	return said
}

func TestSentences(t *testing.T) {
	const (
		exists, missing     = "customer {id} exists; id=8", "customer {id} does not exist; id=8"
		linked              = "customer {id} is linked to {billing_system} {billing_id}; billing_id=42; billing_system=blesta; id=8"
		byEmail, noEmail    = "customer {email} exists; email=Joe@x.example", "customer {email} does not exist; email=Joe@x.example"
		down, limited, slow = "Ticaga is down", "Ticaga limits the rate", "Ticaga is slow"
	)
	for want, sentences := range map[string][]string{
		exists: {
			"customer 8 exists", "Customer 8 exists", "CUSTOMER 8 EXISTS", "A customer with id 8 exists.", "there exists a customer with the id 8",
			"given customer 8 exists", "Given that there is a customer with ID 8", "customer #8 exists", `customer "8" exists`, "customer ‘8’ exists", "customer id=8 exists",
			"customer with id: 8", "there is a client 8", "the user 8 is present", "  customer   8  exists  ", "customer 8 is not missing", "customer 8 exists in Ticaga", "customer 8 exists!", "customer id:8",
		},
		missing: {
			"customer 8 does not exist", "customer 8 doesn't exist", "customer 8 doesn’t exist", "there is no customer 8", "No customer with the id 8 exists.", "customer 8 is unknown",
			"unknown customer 8", "customer 8 was deleted", "customer 8 no longer exists", "a customer with id 8 does not exist", "a missing customer 8", "not customer 8 exists", "non-existent customer 8",
		},
		"no customer exists": {"no customer exists", "no customers exist", "there are no customers", "No customers."},
		linked: {
			"customer 8 is linked to blesta 42", "customer with id 8 is linked to the blesta account 42", "customer 8 is linked to blesta customer 42", "blesta 42 is linked to customer 8", "the customer 8 has been assigned to blesta 42",
		},
		"customer {id} is not linked; id=8": {"customer 8 is not linked", "customer 8 isn't linked", "customer 8 is unlinked", "customer 8 exists and is not linked", "customer 8 is not yet linked", "an unlinked customer 8"},
		byEmail:                             {"customer Joe@x.example exists", "a customer with the e-mail address Joe@x.example exists", `customer with email "Joe@x.example"`},
		noEmail:                             {"customer Joe@x.example does not exist", "no customer has the e-mail Joe@x.example", "no customer with the email address Joe@x.example.", "no customer has the email:Joe@x.example"},

		"token {token} exists; token=2|a-B":                                {"token 2|a-B exists", "the API token 2|a-B exists", "a staff member has the token 2|a-B"},
		"token {token} has no staff rights; token=t0":                      {"token t0 has no staff rights", "token t0 without rights", "the token t0 doesn't have staff rights"},
		"token {token} does not exist; token=t0":                           {"token t0 does not exist", "no staff member has the token t0", "the token t0 is invalid", "token t0 is unknown", "the API key t0 has been revoked"},
		"department {department} is public; department=2":                  {"department 2 is public", "the public department 2", "department 2 is not private"},
		"department {department} is not public":                            {"a department is not public", "a private department", "a department for clients", "a department for customers exists"},
		"department {department} exists; department=it":                    {"department it exists", "the department it"},
		"department {department} is disabled":                              {"a disabled department", "a department is disabled"},
		"department {department} is enabled; department=retired":           {"department retired is enabled", "department retired is not disabled"},
		"department {department} exists; department=open":                  {`department "open" exists`},
		"department {department} exists; department=Open Day":              {`department "Open Day" exists`},
		"department {department} has no custom fields; department=domains": {"department domains has no custom fields", "department domains without custom fields"},

		"ticket {id} is open; customer=8; id=12":                  {"open ticket 12 of customer 8", "customer 8 has an open ticket 12", "ticket 12 of customer 8 is open", "customer 8's ticket 12 is open"},
		"ticket {id} is awaiting reply; id=12":                    {"ticket 12 is awaiting reply", "ticket 12 is awaiting_reply", "ticket 12 awaits a reply", "ticket 12 is waiting for a reply of the customer"},
		"ticket {id} is rated {rating}; id=12; rating=5":          {"ticket 12 is rated 5", "ticket 12 has been rated 5", "ticket 12 has a rating of 5"},
		"ticket {id} of a guest exists; id=3":                     {"guest ticket 3", "a guest has ticket 3", "ticket 3 of a guest exists"},
		"customer {customer} has no tickets; customer=8":          {"customer 8 has no tickets", "customer 8 without tickets", "no ticket of customer 8 exists"},
		"ticket {ticket} has {count} replies; count=3; ticket=12": {"ticket 12 has 3 replies", "3 replies to ticket 12 exist"},
		"ticket {ticket} has a reply by staff; ticket=12":         {"ticket 12 has a staff reply", "an agent has replied to ticket 12"},

		down:    {"Ticaga is down", "ticaga is down.", "the API is down", "the server is unavailable", "The help desk is offline"},
		limited: {"Ticaga limits the rate", "the rate limit is reached", "the API's rate limit is exceeded"},
		slow:    {"Ticaga is slow", "a slow server"},
		"Ticaga fails with status {status}; status=502": {"Ticaga fails with status 502", "Ticaga answers 502", "the API returns status 502", "the server responds with error 502"},
		"the extensions are off":                        {"the extensions are off", "all extensions are off", "extensions are disabled"},
		"the extension ratings is off":                  {"ratings are off", "the ratings extension is disabled", "the extension ratings is turned off"},
	} {
		for _, sentence := range sentences {
			if got := found(sentence); got != want {
				t.Errorf("%q: got %q, want %q", sentence, got, want)
			}
		}
	}
}

// TestSentencesThatAreRefused: a sentence that says something else than a state, or its opposite, is none.
func TestSentencesThatAreRefused(t *testing.T) {
	for sentence, want := range map[string]string{
		"": "", "...": "", "the": "", "exists": "", "not": "", "customer 8 sleeps": "", "customer 8 hardly exists": "", "only customer 8 exists": "",
		"customer 8 does not not exist": "", "customer 8 exists not": "", "customer 8 does not really exist": "", "customer 8 and 9 exist": "",
		"customer 8 exists and customer 9 does not exist": "", "customer 8 is not linked to blesta 42": "", "customer 42 of blesta is linked to 8": "",
		"customer 42 is linked to customer 8 of blesta": "", "department 2 is public and disabled": "", "ticket 12 is not closed": "", "ticket 12 is open and closed": "",
		"department clients exists": "", "department accounts exists": "", "a department is not for clients": "", "Ticaga is not down": "", "Ticaga isn't up": "", "the extensions are not off": "", "no department is not public": "", "no ticket 12 is open": "",
		"neither customer 8 nor 9 exists": "", `customer "exists"`: "the parameter id", "customer joe exists": "the parameter id", "customer exists not": "", "custmer 8 exists": "",
		"customers do not exist": "the parameter id", "a customer does not exist": "the parameter id", "customer -8 exists": "the parameter id", "customer 8.5 exists": "the parameter id",
		strings.Repeat("customer 8 exists ", 10_000): "", "\x00\xff": "", "{id}": "", "customer {id} exists": "the parameter id",
	} {
		if got := found(sentence); got != want {
			t.Errorf("%.100q: got %q, want %q", sentence, got, want)
		}
	}
}

// TestSentencesOfStatesAreDistinct: no sentence of the table is one of another state, or says the same as
// another one of its own.
func TestSentencesOfStatesAreDistinct(t *testing.T) {
	for shape, all := range states().byShape {
		for i, a := range all {
			for _, b := range all[:i] {
				if a.state.Name == b.state.Name {
					t.Errorf("%q: %q says the same as %q", a.state.Name, a.sentence, b.sentence)
				} else if len(a.parts) == 0 || !exclude(a, b) {
					t.Errorf("%q is ambiguous: %q and %q have the shape %q", a.sentence, a.state.Name, b.state.Name, shape)
				}
			}
		}
	}
}

// exclude reports whether no value of one sentence fits the other one.
func exclude(a, b wording) bool {
	for i := range a.parts {
		p, _ := a.state.param(a.parts[i])
		q, _ := b.state.param(b.parts[i])
		if q.check(p.Example) != "" && p.check(q.Example) != "" {
			return true
		}
	}
	return false
}

// TestNearestStates: a sentence that is not known leads to the states that it was most likely meant to be.
func TestNearestStates(t *testing.T) {
	for sentence, want := range map[string]string{
		"custmer 8 exists": "customer {id} exists", "customer 8 exits": "customer {id} exists", "customer 8 dose not exist": "customer {id} does not exist",
		"customer 8 is lnked to blesta 42": "customer {id} is linked to {billing_system} {billing_id}", "ticket 12 has been archived": "ticket {id} exists",
		"ticaga is dwon": "Ticaga is down", "customer 8 does not really exist": "customer {id} does not exist", "department support is pubic": "department {department} is public",
		"something else entirely": "", "": "", "8": "",
	} {
		_, err := Find(Given{State: sentence})
		var unknown *UnknownStateError
		if !errors.As(err, &unknown) {
			t.Errorf("%q: %v, want an *UnknownStateError", sentence, err)
			continue
		}
		if got := append(unknown.Nearest, "")[0]; got != want {
			t.Errorf("%q: nearest %q, want %q first", sentence, unknown.Nearest, want)
		}
		if !strings.Contains(err.Error(), "ticaga-mock pact states lists all") {
			t.Errorf("%q: %v does not say how to list all states", sentence, err)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range States() {
		f.Add(s.Name)
	}
	f.Add("customer “8” isn't linked: {id}=9")
	f.Fuzz(func(t *testing.T, sentence string) {
		setup, err := Find(Given{State: sentence})
		var unknown *UnknownStateError
		var wrong *ParamError
		if err != nil && !errors.As(err, &unknown) && !errors.As(err, &wrong) || err == nil && setup.State.set == nil {
			t.Errorf("%q: %v, %q", sentence, err, setup.State.Name)
		}
	})
}
