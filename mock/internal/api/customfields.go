package api

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// This file handles the custom fields that a department adds to its form. Plugins say that the
// server validates their values [C]; the rules are those that a Laravel developer would choose [I].

// customFieldValue is the value of one of the department's custom fields.
type customFieldValue struct {
	Name        string `json:"name"`
	Value       any    `json:"value"` // a string, or a []any of strings
	IsEncrypted bool   `json:"is_encrypted"`
}

// showCustomFields returns the values in the order of the department's form. It leaves out fields
// that customers must not see, and does not show passwords [I]. It returns nil for a form without a
// field that customers may see.
func showCustomFields(d store.Department, values map[string]any) *[]customFieldValue {
	if !slices.ContainsFunc(d.CustomFields, store.CustomField.Visible) {
		return nil
	}
	shown := []customFieldValue{}
	for _, f := range d.CustomFields {
		value, ok := values[f.Slug]
		if !ok || !f.Visible() {
			continue
		}
		encrypted := f.Secret()
		if encrypted {
			value = "********"
		}
		shown = append(shown, customFieldValue{f.Name, value, encrypted})
	}
	return &shown
}

// maxCustomViolations is the max number of violations about the custom fields of one request.
const maxCustomViolations = 100

// fillIn validates the values that were sent for a department's custom fields, and returns those
// to keep by slug: strings, and arrays of strings. field is the name of the body's field that
// holds them.
func fillIn(d store.Department, field string, sent any) (map[string]any, []spec.Violation) {
	values, ok := bySlug(sent)
	if ok && len(values)+len(d.CustomFields) == 0 {
		return nil, nil
	}
	form := newCustomForm(d, field, values)
	if !ok {
		return nil, []spec.Violation{form.isList(sent)}
	}
	kept := map[string]any{}
	var wrong []spec.Violation
	for _, f := range d.CustomFields {
		value := tidy(values[f.Slug])
		switch {
		case len(wrong) >= maxCustomViolations:
		case value != nil:
			var found []spec.Violation
			kept[f.Slug], found = form.check(f, value)
			wrong = append(wrong, found...)
		case f.Required && f.Visible(): // a customer cannot fill in what the form does not show
			wrong = append(wrong, form.missing(f))
		}
	}
	for _, slug := range form.unknown {
		wrong = append(wrong, form.noSuch(slug, values[slug]))
	}
	return kept, wrong[:min(len(wrong), maxCustomViolations)]
}

// bySlug returns the values by slug. It returns false for an array of values, such as [{slug,
// value}], also where the names in a form turned the array into an object: custom_fields[0][slug].
// Two cases count as empty [I]: an empty array, which PHP uses for no values, and an array of
// nothing, which is what the form field custom_fields[]= means.
func bySlug(sent any) (values map[string]any, ok bool) {
	if tidy(sent) == nil {
		return nil, true
	}
	switch sent := sent.(type) {
	case map[string]any:
		for i := range len(sent) {
			if _, isObject := sent[strconv.Itoa(i)].(map[string]any); !isObject {
				return sent, true
			}
		}
		return nil, false
	case []any:
		return nil, false
	}
	return nil, true
}

// tidy treats a value of a custom field as Laravel's middleware treats every string: it trims it,
// and an empty string counts as not sent. So do null and an array that holds nothing. An array whose
// first index is not 0, which a form can send, is still an array, as in PHP.
func tidy(value any) any {
	switch v := value.(type) {
	case string:
		if v = strings.TrimSpace(v); v != "" {
			return v
		}
		return nil
	case map[string]any:
		if list, ok := numbered(v); ok {
			return tidy(list)
		}
	case []any:
		var list []any
		for _, entry := range v {
			if entry = tidy(entry); entry != nil {
				list = append(list, entry)
			}
		}
		if list == nil {
			return nil
		}
		return list
	}
	return value
}

// numbered returns the values of an object whose keys are numbers, ordered by key.
func numbered(object map[string]any) (list []any, ok bool) {
	keys := make([]uint64, 0, len(object))
	for key := range object {
		n, err := strconv.ParseUint(key, 10, 63)
		if err != nil || strconv.FormatUint(n, 10) != key {
			return nil, false
		}
		keys = append(keys, n)
	}
	slices.Sort(keys)
	for _, n := range keys {
		list = append(list, object[strconv.FormatUint(n, 10)])
	}
	return list, true
}

// customForm is the custom fields of a department together with what a request sent for them.
type customForm struct {
	department store.Department
	field      string            // the field of the body that holds the values
	unknown    []string          // the first slugs that were sent and that no field has
	intended   map[string]string // the slug that each unknown one was most likely intended to be
}

func newCustomForm(d store.Department, field string, sent map[string]any) customForm {
	form := customForm{department: d, field: field, intended: map[string]string{}}
	known, names := map[string]bool{}, map[string]string{} // names are the labels that people read
	var free []string
	for _, f := range d.CustomFields {
		known[f.Slug] = true
		names[strings.ToLower(f.Name)] = f.Slug
		if _, taken := sent[f.Slug]; !taken {
			free = append(free, f.Slug)
		}
	}
	for slug := range sent {
		if !known[slug] {
			form.unknown = append(form.unknown, slug)
		}
	}
	slices.Sort(form.unknown)
	form.unknown = form.unknown[:min(len(form.unknown), maxCustomViolations)]
	for _, slug := range form.unknown {
		near := names[strings.ToLower(slug)]
		if !slices.Contains(free, near) {
			near = words.Nearest(slug, free)
		}
		if near != "" {
			form.intended[slug] = near
		}
	}
	return form
}

// check validates the value of one field, and returns it in the form in which it is stored.
func (c customForm) check(f store.CustomField, value any) (kept any, wrong []spec.Violation) {
	list, isList := value.([]any)
	switch {
	case hasSeveral(f) && !isList:
		return nil, []spec.Violation{c.notList(f, value)}
	case !hasSeveral(f):
		return c.checkOne(f, value, f.Slug)
	}
	texts := make([]any, 0, len(list))
	for i, entry := range list {
		text, found := c.checkOne(f, entry, f.Slug, strconv.Itoa(i))
		texts, wrong = append(texts, text), append(wrong, found...)
		if len(wrong) >= maxCustomViolations {
			break
		}
	}
	return texts, wrong
}

// hasSeveral reports whether a field has several values.
func hasSeveral(f store.CustomField) bool { return f.Type == "checkbox" || f.Type == "multiselect" }

// checkOne validates a single value at a place of the form.
func (c customForm) checkOne(f store.CustomField, value any, at ...string) (kept any, wrong []spec.Violation) {
	text, isText := value.(string)
	number, isNumber := value.(json.Number)
	if isNumber && (f.Type == "number" || hasOptions(f)) {
		text, isText = number.String(), true
	}
	rule, kind := "", customKinds[f.Type]
	switch {
	case !isText:
		rule = cmp.Or(kind.rule, "string")
	case hasOptions(f) && !slices.Contains(f.Options, text):
		rule = "in"
	case kind.fits != nil && !kind.fits(text):
		rule = kind.rule
	default:
		return text, nil
	}
	return nil, []spec.Violation{c.misfit(f, rule, value, text, at...)}
}

// hasOptions reports whether a field accepts only its own options.
func hasOptions(f store.CustomField) bool {
	return len(f.Options) > 0 && (hasSeveral(f) || f.Type == "dropdown" || f.Type == "radio")
}

// customKind describes the values of a kind of field that does not accept every string.
type customKind struct {
	rule, expected string // as Laravel calls the rule
	fits           func(text string) bool
}

var customKinds = map[string]customKind{
	"number": {"numeric", "a number such as 12.5", isNumber},
	"date":   {"date", "a date such as 2026-01-31", isDate},
	"url":    {"url", "a URL such as https://example.com", isURL},
	"email":  {"email", "an e-mail address", isEmail},
}

var (
	numberForm = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$`)
	})
	emailForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[^@\s]+@[^@\s]+$`) })
)

func isNumber(text string) bool { return numberForm().MatchString(text) }

func isEmail(text string) bool { return emailForm().MatchString(text) }

// dateForms are the formats that browsers and PHP's date() write most often; strtotime() reads more
// [I].
var dateForms = []string{
	time.DateOnly, time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339,
	"2006/01/02", "01/02/2006", "02.01.2006", "02-01-2006", "2 January 2006", "January 2, 2006",
}

func isDate(text string) bool {
	return slices.ContainsFunc(dateForms, func(form string) bool { _, err := time.Parse(form, text); return err == nil })
}

func isURL(text string) bool {
	parsed, err := url.Parse(text)
	return err == nil && parsed.Scheme != "" && parsed.Hostname() != "" && !strings.ContainsAny(text, " \t\r\n")
}
