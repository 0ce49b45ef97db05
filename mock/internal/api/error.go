package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/settings"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Refusal is an error that knows how Ticaga would express it.
type Refusal struct {
	Status int
	Body   any
	Header http.Header // nil when no header is needed
	Reason string      // for people, where the body does not say it; "" when violations do
	JSON   bool        // sent by the application, so always JSON; Laravel's error handler looks at what the client accepts
	Own    bool        // the reason is a limit of the mock itself, so the contract does not cover the answer

	// choose changes a copy of the refusal as the settings of a world say; nil where no setting applies.
	choose func(*Refusal, *settings.Settings)

	// Violations are what a handler finds wrong with a request and the contract alone cannot know. What
	// no client can know beforehand, such as whether a customer exists, is not a violation.
	Violations []spec.Violation
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused with status %d", r.Status) }

// because returns the same refusal with a reason.
func (r *Refusal) because(reason string) *Refusal {
	copied := *r
	copied.Reason = reason
	return &copied
}

// notAuthenticated is the only error whose text is documented. It is documented for an unknown
// customer [D1, D6]; we guess that missing or wrong credentials get it too. Clients treat both 401
// and 403 as a credentials problem, so we use 401 [I].
var notAuthenticated = Refusal{
	Status: http.StatusUnauthorized,
	Body:   map[string]string{"error": "User not authenticated"},
}

// errNoCustomer means that a customer does not exist. The body is documented; a setting chooses the
// status.
var errNoCustomer = notAuthenticated.chosenBy(func(r *Refusal, s *settings.Settings) { r.Status, r.JSON = s.UnknownCustomer, true })

// errCredentials means missing or wrong credentials. Its text is the documented one, or Laravel
// Sanctum's [M].
var errCredentials = notAuthenticated.chosenBy(func(r *Refusal, s *settings.Settings) {
	if s.AuthError == "sanctum" {
		r.Body = map[string]string{"message": "Unauthenticated."}
	}
})

// errLogin means wrong credentials of a customer. The application checks these itself, not the
// middleware in front of it [I].
var errLogin = notAuthenticated.chosenBy(func(r *Refusal, _ *settings.Settings) { r.JSON = true })

// errNotFound means that a ticket does not exist. It has the only shape that is documented for an
// error; its text and status are guesses [I].
var errNotFound = &Refusal{
	Status: http.StatusNotFound,
	Body:   map[string]string{"error": "Ticket not found"},
	Reason: "no ticket has this id",
	JSON:   true,
}

// errNoDepartment means that a department does not exist, where the answer is not an array that is
// then empty [I].
var errNoDepartment = &Refusal{
	Status: http.StatusNotFound,
	Body:   map[string]string{"error": "Department not found"},
	Reason: "no department has this slug or id",
	JSON:   true,
}

// errForbidden means that a ticket belongs to somebody else [I], in Laravel's words [M].
var errForbidden = &Refusal{
	Status: http.StatusForbidden,
	Body:   map[string]string{"message": "This action is unauthorized."},
	Reason: "the ticket belongs to another customer",
}

// errRights means that the owner of a token has no staff rights [I], in Laravel's words [M].
var errRights = errForbidden.because("the token's owner has no staff rights")

// chosenBy returns the same refusal, changed as choose says.
func (r Refusal) chosenBy(choose func(*Refusal, *settings.Settings)) *Refusal {
	r.choose = choose
	return &r
}

// Render turns any error, of a handler or from an earlier step, into a refusal. It is the only place
// that does so. An error that it does not know is a bug of this program.
func Render(err error, chosen *settings.Settings) *Refusal {
	refusal := refusalOf(err)
	if refusal.choose == nil {
		return refusal
	}
	copied := *refusal
	copied.choose(&copied, chosen)
	return &copied
}

// refusalOf returns the refusal for an error, before the settings are applied.
func refusalOf(err error) *Refusal {
	var refusal *Refusal
	var conflict *store.TakenError
	var full *store.FullError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, store.ErrNoCustomer):
		return errNoCustomer.because("the credentials are good, but no customer has this id")
	case errors.Is(err, store.ErrNoTicket):
		return errNotFound
	case errors.Is(err, store.ErrNoEmail):
		return Invalid([]spec.Violation{noEmail()})
	case errors.As(err, &conflict):
		return refuse(taken(conflict.Fields))
	case errors.As(err, &full):
		return worldFull(full)
	}
	return message(http.StatusInternalServerError, "ticaga-mock is at fault, not your request; please report it").because(err.Error())
}

// worldFull is the answer to a change for which the world has no room left.
func worldFull(full *store.FullError) *Refusal {
	r := message(http.StatusInsufficientStorage, "ticaga-mock: "+full.Error())
	r.JSON, r.Own, r.Violations = true, true, []spec.Violation{noRoom(full)}
	return r
}

// Misfit is the answer where the user's own contract does not allow what the mock would answer.
func Misfit(err error) *Refusal {
	return message(http.StatusInternalServerError, "the mock's answer does not fit the contract that was given with --spec; the log says where").because(err.Error())
}

// refuse returns Laravel's answer to fields that conflict with existing data [I].
func refuse(violations []spec.Violation) *Refusal {
	r := Invalid(violations)
	r.Violations = violations
	return r
}

// Violations returns the violations in a handler's error, with the values that the fields had.
func Violations(err error, f Fields) []spec.Violation {
	if err == nil {
		return nil
	}
	found := refusalOf(err).Violations
	for i := range found {
		if v := &found[i]; v.In == spec.InBody && v.Got == "" {
			v.Got = spec.Quote(f.Text(v.At[1:]))
		}
	}
	return found
}

// InDoubt reports whether a handler's violation is meaningless while the body has other violations:
// whose account it is cannot be decided if the customer may be named wrongly.
func InDoubt(v spec.Violation) bool { return v.Code == spec.DataTaken && v.At != "/email" }

// message returns a refusal in the shape of Laravel's exception handler [I].
func message(status int, text string) *Refusal {
	return &Refusal{Status: status, Body: map[string]string{"message": text}}
}

// NotFound is Laravel's answer to a path that no route has [I].
func NotFound(path string) error {
	return message(http.StatusNotFound, fmt.Sprintf("The route %s could not be found.", strings.Trim(path, "/")))
}

// MethodNotAllowed is Laravel's answer to a path that has no route for the method [I].
func MethodNotAllowed(method, path string, allowed []string) error {
	r := message(http.StatusMethodNotAllowed, fmt.Sprintf("The %s method is not supported for route %s. Supported methods: %s.",
		method, strings.TrimPrefix(path, "/"), strings.Join(allowed, ", ")))
	r.Header = http.Header{"Allow": {strings.Join(allowed, ", ")}}
	return r
}

// Options answers which methods a path allows. Laravel answers with status 200 for every path that
// has a route [I]; the text is ours, so that the body is not empty.
func Options(allowed []string) error {
	list := strings.Join(allowed, ", ")
	r := message(http.StatusOK, "Supported methods: "+list+".")
	r.Header = http.Header{"Allow": {list}}
	return r
}

// TooManyRequests is Laravel's answer to more requests in a minute than the limit [M]. reset is the
// first whole second in which requests are accepted again.
func TooManyRequests(limit int, wait time.Duration, reset time.Time) error {
	r := message(http.StatusTooManyRequests, "Too Many Attempts.").because(fmt.Sprintf("more than %d requests in a minute: rate_limit", limit))
	seconds := int64((wait + time.Second - 1) / time.Second)
	r.Header = http.Header{
		"Retry-After": {strconv.FormatInt(seconds, 10)}, RateLimitLimit: {strconv.Itoa(limit)}, RateLimitRemaining: {"0"},
		"X-RateLimit-Reset": {strconv.FormatInt(reset.Unix(), 10)},
	}
	return r
}

// The headers of a rate limit in Laravel's spelling, because some clients compare names
// case-sensitively.
const (
	RateLimitLimit     = "X-RateLimit-Limit"
	RateLimitRemaining = "X-RateLimit-Remaining"
)

// Preflight is the answer of Laravel's default CORS settings to a browser that asks whether a page
// may send a request: it may send any request [M].
func Preflight(asked http.Header) error {
	h := http.Header{
		"Content-Type": nil, "Access-Control-Allow-Methods": {strings.ToUpper(asked.Get("Access-Control-Request-Method"))},
		"Access-Control-Max-Age": {"0"}, "Vary": {"Access-Control-Request-Method, Access-Control-Request-Headers"},
	}
	if headers := asked.Get("Access-Control-Request-Headers"); headers != "" {
		h["Access-Control-Allow-Headers"] = []string{headers}
	}
	return &Refusal{Status: http.StatusNoContent, Header: h, Reason: "a browser asked whether a page may send a request"}
}

// TooLarge is Laravel's answer to a body over the limit [I].
func TooLarge() error {
	return message(http.StatusRequestEntityTooLarge, "The POST data is too large.")
}

// Unreadable is the answer to a body that could not be read to its end [I]. The client is most
// likely gone.
func Unreadable() error {
	return message(http.StatusBadRequest, "The request could not be read to its end.")
}

// BadCredentials is the answer to missing or wrong credentials, the same whatever is wrong [I].
func BadCredentials() error { return errCredentials }

// NoRights is the answer to a token without staff rights.
func NoRights() error { return errRights }
