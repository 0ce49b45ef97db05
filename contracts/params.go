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
	Name    string `json:"name"`
	Type    string `json:"type"` // what a value must be, for people: "id", "string", "boolean", or a list of values
	Example string `json:"example"`
	Default string `json:"default,omitempty"` // for people; "" where the value stays as it is
}

// kinds are the types of parameters, with a check of a value that is written as a string.
var kinds = map[string]func(value string) bool{
	"string": func(string) bool { return true },
	"id": func(value string) bool {
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && n > 0 && n <= maxID
	},
	"id or 0": func(value string) bool {
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && n >= 0 && n <= maxID
	},
	"account": func(value string) bool { return isDigits(value) && len(value) <= 20 },
	"email":   isEmail,
	"name": func(value string) bool {
		return strings.TrimSpace(value) != "" && len(value) <= 255 && !strings.Contains(value, "@")
	},
	"slug": func(value string) bool {
		return strings.TrimSpace(value) != "" && len(value) <= 255 && !strings.Contains(value, "/")
	},
	"token":   func(value string) bool { return value != "" && value == strings.TrimSpace(value) },
	"boolean": func(value string) bool { _, err := strconv.ParseBool(value); return err == nil },
	"count":   func(value string) bool { n, err := strconv.Atoi(value); return err == nil && n >= 0 && n <= maxCount },
	"rating":  func(value string) bool { n, err := strconv.Atoi(value); return err == nil && n >= 1 && n <= 5 },
	"status":  func(value string) bool { n, err := strconv.Atoi(value); return err == nil && n >= 400 && n <= 599 },
	"ms":      func(value string) bool { n, err := strconv.Atoi(value); return err == nil && n > 0 && n <= 60_000 },
	"times":   func(value string) bool { n, err := strconv.Atoi(value); return err == nil && n >= 0 },
}

const (
	maxID    = 1<<53 - 2 // RowId of the contract
	maxCount = 100       // rows that one state adds
)

// meaningOf says in words what the value of a type must be.
func meaningOf(kind string) string {
	switch kind {
	case "string":
		return "a string"
	case "id":
		return fmt.Sprintf("an integer from 1 to %d", maxID)
	case "id or 0":
		return fmt.Sprintf("an integer from 0 to %d", maxID)
	case "account":
		return "1 to 20 digits"
	case "email":
		return "an e-mail address"
	case "name":
		return "a name"
	case "slug":
		return "the slug of a department, or its id"
	case "token":
		return "a token without spaces around it"
	case "boolean":
		return "true or false"
	case "count":
		return fmt.Sprintf("an integer from 0 to %d", maxCount)
	case "rating":
		return "an integer from 1 to 5"
	case "status":
		return "a status from 400 to 599"
	case "ms":
		return "milliseconds from 1 to 60000"
	case "times":
		return "an integer from 0, which means always"
	}
	return "one of " + kind
}

// accepts reports whether a value can be that of the parameter.
func (p Param) accepts(value string) bool {
	if len(value) > maxText {
		return false
	}
	if check := kinds[p.Type]; check != nil {
		return check(value)
	}
	return slices.Contains(strings.Split(p.Type, ", "), value)
}

// maxText is the longest value of a parameter, in bytes.
const maxText = 10_000

func isEmail(value string) bool {
	name, domain, ok := strings.Cut(value, "@")
	return ok && name != "" && domain != "" && !strings.ContainsAny(value, " \t\r\n") && !strings.Contains(domain, "@") && len(value) <= 255
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
	return "", fmt.Errorf("must be a string, a number or a boolean, got %T", value)
}

// values are the values of a state's parts and parameters, each of them checked.
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
