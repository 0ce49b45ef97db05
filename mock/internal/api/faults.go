package api

import (
	"cmp"
	"net/http"
	"strconv"
)

// Failure returns the answer with a status that was configured as a fault: what this API, or Laravel
// beneath it, sends with it [I].
func Failure(status int) *Refusal {
	const reason = "a fault was asked for"
	switch status {
	case http.StatusUnauthorized:
		return errCredentials.because(reason)
	case http.StatusForbidden:
		return errForbidden.because(reason)
	case http.StatusUnprocessableEntity:
		var e fieldErrors
		e.add("fault", "The fault field is invalid.")
		return e.refusal().because(reason)
	case http.StatusTooManyRequests:
		r := message(status, "Too Many Attempts.").because(reason)
		r.Header = http.Header{"Retry-After": {"60"}, RateLimitLimit: {"60"}, RateLimitRemaining: {"0"}}
		return r
	case http.StatusServiceUnavailable:
		r := message(status, "Service Unavailable").because(reason)
		r.Header = http.Header{"Retry-After": {"60"}}
		return r
	case http.StatusInternalServerError:
		return message(status, "Server Error").because(reason)
	case 419: // specific to Laravel
		return message(status, "CSRF token mismatch.").because(reason)
	}
	return message(status, cmp.Or(http.StatusText(status), "Status "+strconv.Itoa(status))).because(reason)
}

// Unauthenticated is what unmodified Laravel answers to a client that accepts JSON and is not logged
// in [I].
func Unauthenticated() *Refusal {
	return message(http.StatusUnauthorized, "Unauthenticated.").because("a fault was asked for")
}

// NoWorld is the answer to a request for a world that cannot exist.
func NoWorld(why string) error {
	return message(http.StatusNotFound, "ticaga-mock: "+why).because(why)
}

// Forbidden is the mock's own refusal of a request that a web page may have sent.
func Forbidden(why string) error {
	return message(http.StatusForbidden, "ticaga-mock: "+why).because(why)
}

// Unavailable is the answer when the limit of worlds is reached.
func Unavailable(why string) error {
	return message(http.StatusServiceUnavailable, "ticaga-mock: "+why).because(why)
}

// Busy is the answer when too much is in flight.
func Busy() error {
	r := message(http.StatusServiceUnavailable, "ticaga-mock: too much is in flight; try again")
	r.Own, r.Header = true, http.Header{"Retry-After": {"1"}}
	return r
}
