package spec

import (
	"encoding/base64"
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// format is a string format that is checked. Any other format is only a note for readers, as OpenAPI
// allows.
type format struct {
	rule     string // as Laravel calls it
	expected string
	is       func(string) bool
}

// Expressions are compiled for the first value: most commands of the program need none.
var (
	emailPattern    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[^@\s.]+(\.[^@\s.]+)*@[^@\s.]+(\.[^@\s.]+)*$`) })
	hostnamePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?i)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)
	})
	uuidPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	})
)

var formats = map[string]format{
	// Laravel's rule accepts an address whose host has no dot, such as a@b [I].
	"email":     {"email", "an e-mail address", func(s string) bool { return emailPattern().MatchString(s) }},
	"date":      {"date", "a date such as 2026-01-02", isTime(time.DateOnly)},
	"date-time": {"date", "a time such as 2026-01-02T15:04:05Z", isTime(time.RFC3339Nano)},
	"time":      {"regex", "a time of day such as 15:04:05Z", isTime("15:04:05.999999999Z07:00")},
	"uuid":      {"uuid", "a UUID", func(s string) bool { return uuidPattern().MatchString(s) }},
	"ipv4":      {"ipv4", "an IPv4 address", isAddress(netip.Addr.Is4)},
	"ipv6":      {"ipv6", "an IPv6 address", isAddress(netip.Addr.Is6)},
	"hostname":  {"regex", "a host name", func(s string) bool { return len(s) < 254 && hostnamePattern().MatchString(s) }},
	"uri":       {"url", "a URL such as https://example.com/", isURL},
	"byte":      {"regex", "base64", func(s string) bool { _, err := base64.StdEncoding.DecodeString(s); return err == nil }},
}

func isTime(layout string) func(string) bool {
	return func(s string) bool { _, err := time.Parse(layout, s); return err == nil }
}

func isAddress(family func(netip.Addr) bool) func(string) bool {
	return func(s string) bool { addr, err := netip.ParseAddr(s); return err == nil && family(addr) }
}

func isURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
}

var errFormat = errors.New("it does not have the format")

// checkFormats makes kin-openapi check the formats above instead of the few that it knows.
var checkFormats = openapi3.WithStringFormatValidators(validators())

func validators() map[string]openapi3.StringFormatValidator {
	all := map[string]openapi3.StringFormatValidator{}
	for name, f := range formats {
		all[name] = openapi3.NewCallbackValidator(func(s string) error {
			if !f.is(s) {
				return errFormat
			}
			return nil
		})
	}
	return all
}

// yesOrNo makes kin-openapi return no reasons.
var yesOrNo = []openapi3.SchemaValidationOption{openapi3.FailFast(), checkFormats}

// fits reports whether a value fits a schema.
func fits(s *openapi3.Schema, value any, options ...openapi3.SchemaValidationOption) bool {
	if len(options) == 0 { // the common case, without a copy
		return s.VisitJSON(value, yesOrNo...) == nil
	}
	return s.VisitJSON(value, append(options, yesOrNo...)...) == nil
}
