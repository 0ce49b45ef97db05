package api

import (
	"cmp"
	"fmt"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// This file says what is wrong with the values of custom fields.

// violation returns a violation about the value at a place below the form's field: a slug, and for
// an entry of an array its index.
func (c customForm) violation(rule, message string, at ...string) spec.Violation {
	return spec.Violation{
		Code: spec.DataCustomField, Severity: spec.Error, In: spec.InBody,
		At: spec.Pointer(append([]string{c.field}, at...)...), Rule: rule, Message: message,
	}
}

// isList returns the violation for an array of values where an object by slug is expected.
func (c customForm) isList(sent any) spec.Violation {
	v := c.violation("prohibited", "the custom fields are an array, not an object", "0")
	v.Expected, v.Got = "an object by slug; "+c.list(), spec.Show(sent)
	v.Fix = `send an object by slug, such as {"slug": "value"}«; array_column($list, 'value', 'slug') turns an array of pairs into one»`
	return v
}

// missing returns the violation for a required field that was not filled in.
func (c customForm) missing(f store.CustomField) spec.Violation {
	v := c.violation("required", fmt.Sprintf("the custom field %s is required", spec.Quote(f.Slug)), f.Slug)
	v.Expected, v.Got = c.expected(f)+"; "+c.list(), "nothing"
	v.Fix = fmt.Sprintf("fill in the field %s of the form, and send it in %s as %s", spec.Quote(f.Name), c.field, spec.Quote(f.Slug))
	for _, slug := range c.unknown {
		if c.intended[slug] == f.Slug {
			v.Fix = fmt.Sprintf("rename %s to %s", spec.QuoteName(slug), spec.Quote(f.Slug))
			break
		}
	}
	return v
}

// noSuch returns the violation for a slug that no field of the department has.
func (c customForm) noSuch(slug string, value any) spec.Violation {
	v := c.violation("prohibited", fmt.Sprintf("the department %s has no custom field %s", spec.Quote(c.department.Slug), spec.QuoteName(slug)), slug)
	v.Expected, v.Got = c.list(), spec.Show(value)
	v.Fix = "leave it out, or add the field to the department"
	if intended := c.intended[slug]; intended != "" {
		v.Fix = fmt.Sprintf("did you mean %s?", spec.Quote(intended))
	}
	return v
}

// notList returns the violation for a single value of a field that has several.
func (c customForm) notList(f store.CustomField, value any) spec.Violation {
	v := c.violation("array", fmt.Sprintf("the custom field %s must be an array", spec.Quote(f.Slug)), f.Slug)
	v.Expected, v.Got = c.expected(f), gotFor(f, value)
	v.Fix = "send an array, even for one value«: " + c.field + "[slug][] in a form»"
	return v
}

// misfit returns the violation for a value that breaks a rule, at a place of the form. text is the
// value if it is a string.
func (c customForm) misfit(f store.CustomField, rule string, value any, text string, at ...string) spec.Violation {
	v := c.violation(rule, fmt.Sprintf("the custom field %s does not accept this value", spec.Quote(f.Slug)), at...)
	v.Expected, v.Got = c.expected(f), gotFor(f, value)
	v.Fix = c.fix(f, rule, text)
	return v
}

// fix returns what to change in a value that breaks a rule.
func (c customForm) fix(f store.CustomField, rule, text string) string {
	switch rule {
	case "in":
		if near := words.Nearest(text, f.Options); near != "" {
			return fmt.Sprintf("did you mean %s?", spec.Quote(near))
		}
		return "send one of the options: GET /api/departments/get/{slug} lists them"
	case "string":
		return "send one value as a string"
	}
	return "send " + customKinds[f.Type].expected
}

// expected describes what a field accepts.
func (c customForm) expected(f store.CustomField) string {
	text := cmp.Or(customKinds[f.Type].expected, "a string")
	if hasOptions(f) {
		text = "one of " + shortList(f.Options, spec.Quote)
	}
	if hasSeveral(f) {
		return "an array; each entry " + text
	}
	return text
}

// list returns the names of the department's fields.
func (c customForm) list() string {
	if len(c.department.CustomFields) == 0 {
		return "nothing: the department has no custom fields"
	}
	return "the department's fields: " + shortList(c.department.CustomFields, func(f store.CustomField) string {
		if f.Required && f.Visible() {
			return fmt.Sprintf("%s (%s, required)", spec.Quote(f.Slug), f.Type)
		}
		return fmt.Sprintf("%s (%s)", spec.Quote(f.Slug), f.Type)
	})
}

// shortList joins the first entries of an array, and says how many more there are.
func shortList[T any](list []T, show func(T) string) string {
	const limit = 15
	var shown []string
	for _, entry := range list[:min(len(list), limit)] {
		shown = append(shown, show(entry))
	}
	return words.List(shown, len(list))
}

// gotFor formats the value of a field, which may be a secret.
func gotFor(f store.CustomField, value any) string {
	if f.Secret() {
		return "[not shown]"
	}
	return spec.Show(value)
}
