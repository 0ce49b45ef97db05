package laravel

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Normalize does to decoded fields what Laravel does before an application sees them: it trims
// strings, except passwords, and treats an empty string as null [I]. A null is left out, so that
// the contract sees a required field as missing and an optional one as not sent, whether it is
// nullable or not: a Laravel developer writes "nullable" for an optional field [I]. Integers are
// written in the one form that PHP would print. It changes the map it is given. blank are the names
// of unknown fields that were left out: one may be the mistyped name of another field.
func Normalize(fields map[string]any, known func(name string) bool) (normal map[string]any, blank []string) {
	drop := func(name string) {
		delete(fields, name)
		if !known(name) {
			blank = append(blank, name)
		}
	}
	for name, value := range fields {
		switch v := value.(type) {
		case nil:
			drop(name)
		case json.Number:
			if digits := wholeNumber(v.String()); digits != v.String() {
				fields[name] = json.Number(digits)
			}
		case string:
			trimmed := v
			if !strings.Contains(name, "password") {
				trimmed = strings.TrimSpace(v)
			}
			if trimmed == "" {
				drop(name)
			} else if trimmed != v {
				fields[name] = trimmed
			}
		}
	}
	return fields, blank
}

// wholeNumber returns 8, 1000 and 0 for 8.0, 1e3 and -0, which PHP also treats as integers. It
// returns any other number unchanged, and the contract validates it.
func wholeNumber(literal string) string {
	if !strings.ContainsAny(literal, ".eE") {
		if literal == "-0" {
			return "0"
		}
		return literal
	}
	value, err := strconv.ParseFloat(literal, 64)
	if err == nil && value == 0 {
		return "0"
	}
	if err != nil || len(literal) > 40 || math.Abs(value) >= 1e21 || value != math.Trunc(value) {
		return literal
	}
	if _, exponent, _ := strings.Cut(strings.ToLower(literal), "e"); len(exponent) > 3 {
		return literal // it takes a while to compute the exact value of such a number
	}
	exact, ok := new(big.Rat).SetString(literal)
	if !ok || !exact.IsInt() {
		return literal
	}
	return exact.Num().String()
}
