package contracts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Param is a parameter of a provider state. A part in braces of the state's name is one as well.
type Param struct {
	Name     string `json:"name"`
	Type     string `json:"type"` // what a value must be: one of kinds, or the possible values, separated by commas
	Example  string `json:"example"`
	Default  string `json:"default,omitempty"`  // for people; "" where the data stays as it is
	Required bool   `json:"required,omitempty"` // there is no default
}

// kind is a type of parameters.
type kind struct {
	meaning string                  // what a value must be, for people
	accepts func(value string) bool // checks a value that is written as a string
}

// kinds are the types of parameters that are not a list of values.
var kinds = map[string]kind{
	"string":     {"a string", func(string) bool { return true }},
	"e-mail":     {"an e-mail address", isEmail},
	"token":      {"a token without spaces around it", func(value string) bool { return value != "" && value == strings.TrimSpace(value) }},
	"slug or id": {"the slug of a department, or its id", isSlug},
	"boolean":    {"true or false", func(value string) bool { _, err := strconv.ParseBool(value); return err == nil }},
	"digits":     {"1 to 20 digits", func(value string) bool { return isDigits(value) && len(value) <= 20 }},
	"id":         integer(1, maxID),
	"count":      integer(0, maxCount),
	"rating":     integer(1, 5),
	"status":     integer(400, 599),
	"times":      integer(0, 1_000_000),
	"limit":      integer(1, 1_000_000),
	"ms":         integer(1, 60_000),
}

const (
	maxID    = 1<<53 - 2 // RowId of the contract
	maxCount = 100       // rows that one state adds
	maxText  = 10_000    // bytes of a value
)

// integer returns the kind of integers from one to another.
func integer(from, to int64) kind {
	return kind{fmt.Sprintf("an integer from %d to %d", from, to), func(value string) bool {
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && n >= from && n <= to
	}}
}

// check returns why a value cannot be that of the parameter; "" when it can.
func (p Param) check(value string) string {
	kind, ok := kinds[p.Type]
	switch {
	case len(value) > maxText:
		return fmt.Sprintf("is longer than %d bytes", maxText)
	case ok && kind.accepts(value) || slices.Contains(strings.Split(p.Type, ", "), value) && !ok:
		return ""
	case ok:
		return fmt.Sprintf("must be %s, got %.100q", kind.meaning, value)
	}
	return fmt.Sprintf("must be one of %s, got %.100q", p.Type, value)
}

func isEmail(value string) bool {
	name, domain, ok := strings.Cut(value, "@")
	return ok && name != "" && domain != "" && !strings.ContainsAny(value, " \t\r\n") && !strings.Contains(domain, "@") && len(value) <= 255
}

func isSlug(value string) bool {
	return strings.TrimSpace(value) != "" && len(value) <= 255 && !strings.ContainsAny(value, "/@")
}

// isDigits reports whether a string has only digits.
func isDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// textOf converts a JSON value to a string, so that an id may be a number or digits.
func textOf(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case json.Number:
		return v.String(), nil
	}
	return "", fmt.Errorf("must be a string, a number or a boolean, got %s", typeOf(value))
}

// typeOf names the JSON type of a value that textOf rejects.
func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	}
	return fmt.Sprintf("%T", value)
}

// values are the values of a state's parameters, each of them checked.
type values map[string]string

// has reports whether a value was given.
func (v values) has(name string) bool { _, ok := v[name]; return ok }

// or returns a value, or what stands for one that was not given.
func (v values) or(name, otherwise string) string {
	if value, ok := v[name]; ok {
		return value
	}
	return otherwise
}

// number returns a value that is an integer, or what stands for one that was not given.
func (v values) number(name string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(v[name], 10, 64); err == nil {
		return n
	}
	return otherwise
}
