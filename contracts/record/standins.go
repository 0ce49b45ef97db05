package record

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// standIns replaces personal data and secrets, the same value always by the same stand-in. What is part of
// the scenario, and addresses that cannot be anybody's, stay as they are.
type standIns struct {
	known map[string]bool   // strings of the scenario
	given map[string]string // the stand-in of a value, by kind and value
	count map[string]int    // by kind
}

func newStandIns(known map[string]bool) *standIns {
	return &standIns{known: known, given: map[string]string{}, count: map[string]int{}}
}

// personal are the fields whose values say something about a person, with a pattern for their stand-ins.
var personal = map[string]string{
	"name":             "Person %d",
	"public_name":      "Person %d",
	"user_name":        "Person %d",
	"first_name":       "First %d",
	"last_name":        "Last %d",
	"company":          "Company %d",
	"phone_number":     "+1 555 01%02d",
	"biography":        "Biography %d",
	"subject":          "Subject %d",
	"message":          "Message %d",
	"content":          "Message %d",
	"response_content": "Message %d",
	"agent_response":   "Message %d",
	"ip_address":       "192.0.2.%d",
	"password":         "password-%d",

	"billing_service_name": "Service %d",
}

// notPersonal are objects whose fields have the names of personal ones.
var notPersonal = map[string]bool{"department": true, "departments": true, "custom_fields": true, "errors": true}

// value returns JSON without personal data. The name is that of the field whose value it is.
func (s *standIns) value(name string, value any) any {
	switch v := value.(type) {
	case string:
		return s.text(name, v)
	case []any:
		list := make([]any, len(v))
		for i, one := range v {
			list[i] = s.value(name, one)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) { // so that stand-ins are numbered in the same way each time
			inner := key
			if notPersonal[name] {
				inner = "" // only what is personal wherever it stands
			}
			object[key] = s.value(inner, v[key])
		}
		return object
	}
	return value
}

// text returns the value of a field without personal data.
func (s *standIns) text(name, value string) string {
	if value == "" || s.known[value] {
		return value
	}
	if pattern, ok := personal[name]; ok {
		return s.standIn(pattern, value)
	}
	if clock().MatchString(value) {
		return "2026-01-02T15:04:05.000000Z"
	}
	return address().ReplaceAllStringFunc(value, func(email string) string {
		if s.known[email] || isReserved(email) {
			return email
		}
		return s.standIn("person%d@example.com", strings.ToLower(email))
	})
}

func (s *standIns) standIn(pattern, value string) string {
	key := pattern + "\x00" + value
	if known, ok := s.given[key]; ok {
		return known
	}
	s.count[pattern]++
	s.given[key] = fmt.Sprintf(pattern, s.count[pattern])
	return s.given[key]
}

// clock is a time as Ticaga writes it. One that is not in the scenario is that of the run, and would make each
// recording another.
var clock = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`) })

// address finds e-mail addresses in a string.
var address = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*`)
})

// isReserved reports whether an address is in a domain that is reserved for examples and tests (RFC 2606).
func isReserved(email string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(email), "@")
	for _, reserved := range []string{"example.com", "example.org", "example.net", "test", "example", "invalid", "localhost"} {
		if domain == reserved || strings.HasSuffix(domain, "."+reserved) {
			return true
		}
	}
	return false
}
