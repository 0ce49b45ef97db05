// Package settings holds what no source decides: how an answer looks where the documentation and
// the published plugins leave a choice.
//
// [Default] is the likeliest choice of each. A scenario's settings.json, the server's flags and
// the control API change them ([Settings.With]), and every world has its own ([Current]). A new
// switch is a field of [Settings] and a row of [Switches]: flags, files and the control API follow.
package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/jsontext"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// Settings are the choices of a world.
type Settings struct {
	Accept            string `json:"accept"`             // "any" or "strict"
	AuthError         string `json:"auth_error"`         // "docs" or "sanctum"
	BillingSystems    string `json:"billing_systems"`    // "both", "lower" or "capital"
	Created           int    `json:"created"`            // a status: 200 or 201
	CustomFields      string `json:"custom_fields"`      // an extension: "on" or "off"
	DoubleSlash       string `json:"double_slash"`       // "404" or "fold"
	RateLimit         int    `json:"rate_limit"`         // requests a minute; 0 for no limit
	Ratings           string `json:"ratings"`            // an extension: "on" or "off"
	UnknownCustomer   int    `json:"unknown_customer"`   // a status: 200, 401 or 404
	UnknownDepartment string `json:"unknown_department"` // "empty", "null" or "404"

	// Allow are the codes of violations that are expected: they are reported, and fail nothing. It is
	// no choice about the API, so there is no Switch. It is sorted, never nil, and never changed.
	Allow []string `json:"allow"`
}

// allow is the name of Settings.Allow.
const allow = "allow"

// Mark marks the violations that are allowed.
func (s *Settings) Mark(violations []spec.Violation) {
	for i := range violations {
		if slices.Contains(s.Allow, string(violations[i].Code)) {
			violations[i].Allowed = true
		}
	}
}

// Switch describes one of the settings.
type Switch struct {
	Name     string   // its name in JSON; the flag has hyphens instead of underscores
	Values   []string // what it may be; nil for any integer from 0 to Max
	Max      int
	Default  string
	Meaning  string // for people, with the kind of value in backquotes
	Evidence string // how much of it is known

	field func(*Settings) any // a *string or an *int
}

// Switches are all of them, sorted by name.
var Switches = []Switch{
	{
		Name: "accept", Values: []string{"any", "strict"}, Default: "any",
		Meaning:  "`clients` that get errors as JSON; strict answers those whose first Accept entry is not JSON with redirects and HTML pages, as Laravel does",
		Evidence: "that Laravel does so is measured [M]; whether Ticaga changes it is not known",
		field:    func(s *Settings) any { return &s.Accept },
	},
	{
		Name: "auth_error", Values: []string{"docs", "sanctum"}, Default: "docs",
		Meaning:  "`body` of a 401 for missing or wrong credentials, {\"error\":\"User not authenticated\"} or {\"message\":\"Unauthenticated.\"}",
		Evidence: "the documentation promises an error and prints the first for an unknown customer [D1]; stock Laravel answers the second [M]",
		field:    func(s *Settings) any { return &s.AuthError },
	},
	{
		Name: "billing_systems", Values: []string{"both", "lower", "capital"}, Default: "both",
		Meaning:  "accepted `spelling` of billing systems that have two, such as blesta and Blesta; the other is refused",
		Evidence: "both are documented and in use [D1, D4]; Laravel's rules for enums are case-sensitive [M]",
		field:    func(s *Settings) any { return &s.BillingSystems },
	},
	{
		Name: "created", Values: []string{"200", "201"}, Default: "200",
		Meaning:  "`status` of an answer that created something",
		Evidence: "no page gives a status; Laravel answers 201 where a new model is returned as it is [M]",
		field:    func(s *Settings) any { return &s.Created },
	},
	{
		Name: "custom_fields", Values: []string{"on", "off"}, Default: "on",
		Meaning:  "`extension` with fields that a department adds to its form",
		Evidence: "comments in the Blesta plugin say that answers have custom_fields only where it is on [C]",
		field:    func(s *Settings) any { return &s.CustomFields },
	},
	{
		Name: "double_slash", Values: []string{"404", "fold"}, Default: "404",
		Meaning:  "`answer` to a path with a double slash: 404 refuses it, fold makes it one slash; --lenient folds too",
		Evidence: "Laravel answers 404 [M]; a web server in front of it may fold [I]",
		field:    func(s *Settings) any { return &s.DoubleSlash },
	},
	{
		Name: "rate_limit", Max: 1_000_000, Default: "0",
		Meaning:  "`requests` that each API user may send in a minute before the answer is 429; 0 for any number",
		Evidence: "no page mentions a limit; where Laravel has one, these are its headers [M]",
		field:    func(s *Settings) any { return &s.RateLimit },
	},
	{
		Name: "ratings", Values: []string{"on", "off"}, Default: "on",
		Meaning:  "`extension` with ratings of tickets",
		Evidence: "without ratings_enabled, the Blesta plugin treats ratings as off [C]",
		field:    func(s *Settings) any { return &s.Ratings },
	},
	{
		Name: "unknown_customer", Values: []string{"200", "401", "404"}, Default: "401",
		Meaning:  "`status` of {\"error\":\"User not authenticated\"} for a customer that does not exist",
		Evidence: "the body is documented, the status is not [D1]",
		field:    func(s *Settings) any { return &s.UnknownCustomer },
	},
	{
		Name: "unknown_department", Values: []string{"empty", "null", "404"}, Default: "empty",
		Meaning:  "`answer` about a department that does not exist: an empty array, null, or status 404",
		Evidence: "plugins use the first entry of an array [C]; the answer without one is a guess [I]",
		field:    func(s *Settings) any { return &s.UnknownDepartment },
	},
}

// Default returns the likeliest choices.
func Default() Settings {
	s := Settings{Allow: []string{}}
	for _, one := range Switches {
		_ = one.set(&s, one.Default) // a row whose default is not among its values fails the tests
	}
	return s
}

// With returns the settings with those changed that a JSON object names. The error of a value
// that is not possible has a line "/name: reason" for each; that of anything but a JSON object
// wraps ErrNotJSON.
func (s Settings) With(object []byte) (Settings, error) {
	members, err := decode(object)
	if err != nil {
		return s, err
	}
	var errs []error
	for _, m := range members {
		i := slices.IndexFunc(Switches, func(one Switch) bool { return one.Name == m.name })
		if m.name == allow {
			if s.Allow, err = Codes(m.value); err != nil {
				err = fmt.Errorf("/allow: %w", err)
			}
		} else if i < 0 {
			err = unknown(m.name)
		} else if err = Switches[i].set(&s, m.value); err != nil {
			err = fmt.Errorf("%s: %w", spec.Pointer(m.name), err)
		}
		if err != nil && len(errs) < len(Switches) { // of names that nobody knows there may be any number
			errs = append(errs, err)
		}
	}
	return s, errors.Join(errs...)
}

func unknown(name string) error {
	near := ""
	names := []string{allow}
	for _, one := range Switches {
		names = append(names, one.Name)
	}
	if word := words.Nearest(name, names); word != "" {
		near = fmt.Sprintf("; did you mean %q?", word)
	}
	return fmt.Errorf("%s: no such setting; must be one of %s%s", spec.Quote(name), strings.Join(names, ", "), near)
}

// Codes reads codes of violations: a JSON array of strings, or a list separated by commas. It returns
// them sorted.
func Codes(value string) ([]string, error) {
	list := []string{}
	if strings.HasPrefix(value, "[") {
		if json.Unmarshal([]byte(value), &list) != nil {
			return list, fmt.Errorf("must be an array of strings, got %s", spec.Quote(value))
		}
	} else if value != "" {
		list = strings.Split(value, ",")
	}
	for i, code := range list {
		list[i] = strings.TrimSpace(code)
		if err := CheckCode(list[i]); err != nil {
			return []string{}, err
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// CheckCode reports that there is no such code of a violation, and which one is nearest.
func CheckCode(code string) error {
	if slices.Contains(explain.Codes(), code) {
		return nil
	}
	if near := explain.Nearest(code); near != "" {
		return fmt.Errorf("%s: no such code; did you mean %q?", spec.Quote(code), near)
	}
	return fmt.Errorf("%s: no such code; see ticaga-mock explain for all", spec.Quote(code))
}

// set changes the switch's field. A number may be written as a string: flags are.
func (w Switch) set(s *Settings, value string) error {
	possible := slices.Contains(w.Values, value)
	switch field := w.field(s).(type) {
	case *string:
		*field = value
	case *int:
		n, err := strconv.Atoi(value)
		if w.Values == nil {
			possible = err == nil && n >= 0 && n <= w.Max
		}
		*field = n
	}
	if !possible {
		return fmt.Errorf("must be %s, got %s", w.Expected(), spec.Quote(value))
	}
	return nil
}

// Check reports what is wrong with a value.
func (w Switch) Check(value string) error { return w.set(&Settings{}, value) }

// Expected lists what the switch may be, for people: "200, 401 or 404".
func (w Switch) Expected() string {
	if w.Values == nil {
		return fmt.Sprintf("an integer from 0 to %d", w.Max)
	}
	last := len(w.Values) - 1
	return strings.Join(w.Values[:last], ", ") + " or " + w.Values[last]
}

// ErrNotJSON says that settings are not a JSON object.
var ErrNotJSON = errors.New("must be a JSON object")

type member struct{ name, value string }

// decode reads the members of an object in their order, a string without its quotation marks.
func decode(object []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	notJSON := func() error { return fmt.Errorf("%w: %w", ErrNotJSON, jsontext.Invalid(object)) }
	switch first, err := decoder.Token(); {
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w, and is empty", ErrNotJSON)
	case err != nil:
		return nil, notJSON()
	case first != json.Delim('{'):
		return nil, ErrNotJSON
	}
	var members []member
	seen := map[string]bool{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, notJSON()
		}
		m := member{name: name.(string)} // in an object, or it would be an error
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, notJSON()
		}
		if json.Unmarshal(raw, &m.value) != nil || string(raw) == "null" { // not a string
			m.value = string(raw)
		}
		if seen[m.name] {
			return nil, fmt.Errorf("%s: duplicate name", spec.Quote(m.name))
		}
		seen[m.name] = true
		members = append(members, m)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, notJSON()
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w, and something follows it", ErrNotJSON)
	}
	return members, nil
}
