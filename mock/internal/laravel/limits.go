package laravel

import "math"

// Limits limit what is read of a body. 0 means PHP's own limit.
type Limits struct {
	Fields  int // number of fields, including nested ones: PHP accepts 1000 in a form, and any number in JSON
	Nesting int // number of levels: PHP accepts 64 pairs of brackets in the name of a form field, and 511 levels in JSON
}

// PHP's defaults, which few hosts change: max_input_vars, max_input_nesting_level, and the depth of
// json_decode, which is called 512 but already rejects the 512th level.
const (
	phpFields   = 1000
	phpBrackets = 64
	phpLevels   = 511
)

func (l Limits) formFields() int   { return or(l.Fields, phpFields) }
func (l Limits) jsonFields() int   { return or(l.Fields, math.MaxInt) }
func (l Limits) formBrackets() int { return or(l.Nesting, phpBrackets) }
func (l Limits) jsonLevels() int   { return or(l.Nesting, phpLevels) }

func or(limit, php int) int {
	if limit > 0 {
		return limit
	}
	return php
}
