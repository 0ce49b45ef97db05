package inspect

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// fields validates the fields of a body against the contract.
type fields struct{ *spec.Body }

// checkBody returns all violations in decoded fields at once, those about required fields first.
// blank are the names of fields that were sent empty.
func checkBody(o *spec.Operation, values map[string]any, form bool, blank []string) []spec.Violation {
	if o.Body() == nil {
		return nil
	}
	f := fields{o.Body()}
	return f.check(values, f.Reasons(values, form), blank)
}

// check turns the reasons why a body does not match its schema into violations, and adds what a
// schema cannot express.
func (f fields) check(values map[string]any, reasons []spec.Reason, blank []string) []spec.Violation {
	var found []spec.Violation
	for _, l := range reasons {
		found = append(found, f.violation(l, values))
	}
	for _, n := range f.Needs {
		if !met(&n, values) {
			found = append(found, f.missing(&n))
		}
	}
	unknown := len(blank) > 0 && slices.ContainsFunc(blank, func(name string) bool { return f.Fields[name] == nil })
	for name, value := range values {
		known := f.Fields[name]
		if known == nil {
			unknown = true
			continue
		}
		if known.Ignored != "" && !isZero(value) { // 0 is not an id, so nothing is lost
			found = append(found, ignored(name, value, known.Ignored))
		}
		if known.Alias.Of != "" {
			found = append(found, aliased(known.Alias, name, value, values[known.Alias.Of] != nil))
		}
		text, _ := value.(string)
		if known.Integer && text != "" && !isPHPInteger(text) && allDigits(text) {
			found = append(found, oddInteger(name, text))
		}
		if odd, ok := known.Spellings[text]; ok {
			found = append(found, misspelled(name, text, odd))
		}
	}
	if unknown || len(found) > 0 {
		strays := f.strays(values, blank)
		for _, s := range strays {
			if warned := !f.Open && !(f.Closed && s.value != nil); warned && f.Fields[s.name] == nil {
				found = append(found, f.unknown(s, values))
			}
		}
		slices.SortStableFunc(found, f.order)
		f.pair(found, strays, values)
	}
	return found
}

// isPHPInteger reports whether digits pass Laravel's rule "integer", which is PHP's
// FILTER_VALIDATE_INT: no leading zeros, and at most 64 bits [M].
func isPHPInteger(digits string) bool {
	if digits[0] == '0' {
		return len(digits) == 1
	}
	const largest = "9223372036854775807"
	return len(digits) < len(largest) || len(digits) == len(largest) && digits <= largest
}

// met reports whether the field, or one that can replace it, was sent.
func met(n *spec.Need, values map[string]any) bool {
	if values[n.Name] != nil {
		return true
	}
	for _, name := range n.Instead {
		if value := values[name]; value != nil && !(n.OrZero && isZero(value)) {
			return true
		}
	}
	return false
}

func isZero(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.Trim(v, "0") == ""
	case json.Number:
		return v == "0"
	}
	return false
}

// order compares two violations: those about fields that can be missing come first, in the
// contract's order, then the others by name.
func (f fields) order(a, b spec.Violation) int {
	rank := func(v spec.Violation) int {
		if i := slices.Index(f.Order, strings.TrimPrefix(v.At, "/")); i >= 0 {
			return i
		}
		return len(f.Order)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.At, b.At))
}

// oneSpelling changes the violations of a body to those of a server that accepts only one of two
// spellings of a name, blesta or Blesta, where the contract lists both.
func oneSpelling(o *spec.Operation, found []spec.Violation, values map[string]any, lower bool) []spec.Violation {
	if o.Body() == nil {
		return found
	}
	for name, f := range o.Body().Fields {
		text, _ := values[name].(string)
		other := f.Twins[text]
		if other == "" {
			continue
		}
		found = slices.DeleteFunc(found, func(v spec.Violation) bool { return v.Code == spec.BodySpelling && v.At == spec.Pointer(name) })
		if lower == (strings.ToLower(text) == text) {
			continue
		}
		found = append(found, wrongCase(name, text, other))
	}
	slices.SortStableFunc(found, fields{o.Body()}.order)
	return found
}

// valueAt returns the value at a path of keys and indexes.
func valueAt(value any, path []string) (any, bool) {
	for _, key := range path {
		switch v := value.(type) {
		case map[string]any:
			inner, ok := v[key]
			if !ok {
				return nil, false
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
