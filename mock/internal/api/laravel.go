package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file writes violations of a request's fields as Laravel does.

// Invalid is Laravel's answer to fields that break its rules: all of them at once, with an array of
// sentences for each field [I].
func Invalid(violations []spec.Violation) *Refusal {
	var sentences fieldErrors
	for _, v := range violations {
		if v.Severity == spec.Error && v.In != spec.InPath && v.Rule != "" {
			// Laravel validates a query with the body. That a header is refused alike is a guess [I], and
			// so is the name of what is wrong with the body as a whole.
			field := cmp.Or(dotted(v.At), "body")
			if v.Code != spec.DataCustomField && !spec.PlainName(field) { // it may be a secret
				field = "body"
			}
			sentences.add(field, sentence(field, v.Rule))
		}
	}
	return sentences.refusal()
}

// dotted returns a JSON pointer in Laravel's notation: custom_fields.domain.
func dotted(pointer string) string {
	keys := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, key := range keys {
		keys[i] = strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
	}
	return strings.Join(keys, ".")
}

// sentence returns the sentence of Laravel's English language file for a broken rule. The rule is
// named as in that file, with a limit after a colon.
func sentence(field, rule string) string {
	name, limit, _ := strings.Cut(rule, ":")
	text := ""
	switch name {
	case "required":
		text = "The %s field is required."
	case "required_without":
		text = "The %s field is required when " + attribute(limit) + " is not present."
	case "unique":
		text = "The %s has already been taken."
	case "in", "exists":
		text = "The selected %s is invalid."
	case "numeric":
		text = "The %s field must be a number."
	case "integer":
		text = "The %s field must be an integer."
	case "between.numeric":
		low, high, _ := strings.Cut(limit, ",")
		text = "The %s field must be between " + low + " and " + high + "."
	case "distinct":
		text = "The %s field has a duplicate value."
	case "boolean":
		text = "The %s field must be true or false."
	case "array":
		text = "The %s field must be an array."
	case "email":
		text = "The %s field must be a valid email address."
	case "date":
		text = "The %s field must be a valid date."
	case "url":
		text = "The %s field must be a valid URL."
	case "prohibited":
		text = "The %s field is prohibited."
	case "max.string":
		text = "The %s field must not be greater than " + limit + " characters."
	case "max.numeric":
		text = "The %s field must not be greater than " + limit + "."
	case "min.numeric":
		text = "The %s field must be at least " + limit + "."
	case "gt.numeric":
		text = "The %s field must be greater than " + limit + "."
	case "lt.numeric":
		text = "The %s field must be less than " + limit + "."
	case "multiple_of":
		text = "The %s field must be a multiple of " + limit + "."
	case "min.string":
		text = "The %s field must be at least " + limit + " characters."
	case "min.array":
		text = "The %s field must have at least " + limit + " items."
	case "max.array":
		text = "The %s field must not have more than " + limit + " items."
	case "uuid":
		text = "The %s field must be a valid UUID."
	case "ipv4":
		text = "The %s field must be a valid IPv4 address."
	case "ipv6":
		text = "The %s field must be a valid IPv6 address."
	case "regex":
		text = "The %s field format is invalid."
	default:
		text = "The %s field must be a string."
	}
	return fmt.Sprintf(text, attribute(field))
}

// attribute returns the name that Laravel uses for a field in a sentence.
func attribute(field string) string { return strings.ReplaceAll(field, "_", " ") }

// fieldErrors holds sentences by field, in the order in which they were added: PHP keeps the order
// of an array's keys, and plugins show the first.
type fieldErrors struct {
	fields    []string
	sentences map[string][]string
}

func (e *fieldErrors) add(field, sentence string) {
	if e.sentences == nil {
		e.sentences = map[string][]string{}
	}
	if !slices.Contains(e.fields, field) {
		e.fields = append(e.fields, field)
	}
	e.sentences[field] = append(e.sentences[field], sentence)
}

// MarshalJSON writes an object that keeps the order of its keys.
func (e *fieldErrors) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, field := range e.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(field)
		if err != nil {
			return nil, err
		}
		list, err := json.Marshal(e.sentences[field])
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(list)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// refusal summarises the sentences as Laravel does: the first, and how many more.
func (e *fieldErrors) refusal() *Refusal {
	count := 0
	for _, list := range e.sentences {
		count += len(list)
	}
	if count == 0 { // what was wrong is no field's fault
		e.add("body", "The body field must be a string.")
		count = 1
	}
	text := e.sentences[e.fields[0]][0]
	switch {
	case count == 2:
		text += " (and 1 more error)"
	case count > 2:
		text += fmt.Sprintf(" (and %d more errors)", count-1)
	}
	return &Refusal{Status: http.StatusUnprocessableEntity, Body: struct {
		Message string       `json:"message"`
		Errors  *fieldErrors `json:"errors"`
	}{text, e}}
}
