package mock

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/inspect"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/api"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/fault"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// decision is what Ticaga would say to a request, or the fault that comes instead.
type decision struct {
	value    any
	err      error              // why it refuses
	settings *settings.Settings // the world's, as far as the request chooses among them
	fault    fault.Fault
	given    given        // what the handler got
	limited  []string     // how many requests a minute there may be, and how many are left; nil without a limit
	turn     *store.Store // what the handler changes; nil when it changes nothing

	violations []spec.Violation // that only the data of the help desk shows
}

// given are the parameters and fields for a handler.
type given struct {
	params map[string]string
	fields map[string]any
}

// decide goes from an inspection to a decision. unread is why there was nothing to judge, or nil.
func (s *Server) decide(in *incoming, to *address, seen *inspect.Inspection, unread error) (made decision) {
	made.settings, made.given = to.settings, given{seen.Params, seen.Fields}
	defer func() {
		if p := recover(); p != nil {
			made.err = panicked(p)
		}
	}()
	if to.ends {
		made.err = to.err
		return made
	}
	if refusal := cmp.Or(unread, misrouted(in, seen)); refusal != nil {
		made.err = refusal
		if in.Method != http.MethodOptions && seen.Intended != nil && !strings.Contains(seen.Intended.Path, "{") { // or there are values that nobody knows
			made.violations = s.dryRun(to, seen, api.Request{Settings: made.settings})
		}
		return made
	}
	refusal := rejection(seen, s.options.Lenient)
	if seen.Access == inspect.Granted {
		var exceeded error
		if made.limited, exceeded = throttle(to, seen.Caller.ID); exceeded != nil {
			made.err = exceeded
			return made
		}
	}
	made.settings = preferred(in.Header, made.settings)
	var instead error
	made.fault, made.given, made.violations, instead = s.chooseFault(in, to, seen)
	if instead != nil {
		made.err = instead
		return made
	}
	asked := api.Request{
		Caller: seen.Caller.ID, Bearer: seen.Scheme == "bearer", Params: made.given.params, Fields: made.given.fields, Settings: made.settings,
	}
	if refusal != nil {
		made.err = refusal
		made.violations = append(made.violations, s.dryRun(to, seen, asked)...)
		return made
	}
	asked.Fields = storable(asked.Fields, seen)
	desk := to.world.Store
	if seen.Operation.Method != http.MethodGet {
		desk = desk.Begin()
		made.turn = desk
	}
	made.value, made.err = s.handlers[seen.Operation.ID](desk, asked)
	made.violations = append(made.violations, unknownYet(api.Violations(made.err, asked.Fields), seen)...)
	if remarked, ok := made.value.(api.Remarked); ok {
		made.violations = append(made.violations, unknownYet(remarked.Warnings, seen)...)
		made.value = remarked.Answer
	}
	return made
}

// storable returns the fields that a lenient server works with. Those that break the contract are left
// out, so that what it stores can be exported and imported again. What only decoding found odd stays,
// as PHP keeps it.
func storable(fields map[string]any, seen *inspect.Inspection) map[string]any {
	if seen.Invalid == nil {
		return fields
	}
	good := maps.Clone(fields)
	for _, v := range seen.Invalid {
		decoding := slices.ContainsFunc(seen.Body.Violations, func(d spec.Violation) bool { return d.Code == v.Code && d.At == v.At })
		if v.In == spec.InBody && v.Severity == spec.Error && !decoding {
			name, _, _ := strings.Cut(strings.TrimPrefix(v.At, "/"), "/")
			delete(good, name)
		}
	}
	return good
}

// misrouted is the answer to a request that no operation is for.
func misrouted(in *incoming, seen *inspect.Inspection) error {
	switch seen.Routing {
	case inspect.UnknownPath:
		return api.NotFound(seen.Path)
	case inspect.WrongMethod:
		return api.MethodNotAllowed(in.Method, seen.Path, seen.Allowed)
	case inspect.AsksOptions:
		return api.Options(seen.Allowed)
	}
	return nil
}

// rejection is the answer to a request that its operation does not get to see: without good credentials,
// or with fields that break the contract.
func rejection(seen *inspect.Inspection, lenient bool) error {
	switch {
	case seen.Access == inspect.NoRights:
		return api.NoRights()
	case seen.Access == inspect.Denied:
		return api.BadCredentials()
	case seen.Invalid != nil && !lenient:
		return api.Invalid(seen.Invalid)
	}
	return nil
}

// throttle counts a request against the limit of the settings, which Laravel does once it knows who
// asks [M].
func throttle(to *address, caller int64) (limited []string, err error) {
	limit := to.settings.RateLimit
	if limit == 0 {
		return nil, nil
	}
	now := to.world.Clock.Now()
	left, ends := to.world.Throttle.Hit(caller, now, limit)
	if left < 0 {
		return nil, api.TooManyRequests(limit, ends.Sub(now), ends)
	}
	return []string{strconv.Itoa(limit), strconv.Itoa(left)}, nil
}

// dryRun has the handler decide on a copy of the data about a request that it does not get, for what
// it would refuse too.
func (s *Server) dryRun(to *address, seen *inspect.Inspection, asked api.Request) []spec.Violation {
	if seen.Intended.HasBody && seen.IntendedFields == nil {
		return nil
	}
	asked.Fields = seen.IntendedFields
	_, err := s.handlers[seen.Intended.ID](to.world.Store.Trial(time.Now), asked)
	found := api.Violations(err, asked.Fields)
	if seen.Invalid != nil {
		found = slices.DeleteFunc(found, api.InDoubt)
	}
	return unknownYet(found, seen)
}

// unknownYet leaves out what is about something that is known to be wrong, or inside of it.
func unknownYet(found []spec.Violation, seen *inspect.Inspection) []spec.Violation {
	return slices.DeleteFunc(found, func(v spec.Violation) bool {
		return slices.ContainsFunc(seen.Violations, func(w spec.Violation) bool {
			return w.Severity == spec.Error && w.In == v.In && (w.At == v.At || w.At != "" && strings.HasPrefix(v.At, w.At+"/"))
		})
	})
}
