package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/internal/store"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// Refusal is an error that knows how Ticaga would put it.
type Refusal struct {
	Status int
	Body   any
	Header http.Header // nil when it needs none
	Reason string      // for people, where the body does not tell; "" when violations do
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused with status %d", r.Status) }

// because is the same refusal with a reason.
func (r *Refusal) because(reason string) *Refusal {
	copied := *r
	copied.Reason = reason
	return &copied
}

// errNotAuthenticated is the only error whose text is documented: for an unknown customer
// [D1, D6], and by our guess for missing or wrong credentials too. Clients treat 401 and
// 403 as a matter of credentials, so 401 it is [I].
var errNotAuthenticated = &Refusal{
	Status: http.StatusUnauthorized,
	Body:   map[string]string{"error": "User not authenticated"},
}

// Render turns any error of a handler or of the way there into a refusal. It is the one
// place that does. An error that it does not know is a fault of this program.
func Render(err error) *Refusal {
	var refusal *Refusal
	var taken *store.TakenError
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, store.ErrNoCustomer):
		return errNotAuthenticated.because("the credentials are good, but no customer has this id")
	case errors.As(err, &taken):
		var sentences fieldErrors
		for _, field := range taken.Fields {
			sentences.add(field, fmt.Sprintf("The %s has already been taken.", attribute(field)))
		}
		return sentences.refusal().because("another customer has the same " + strings.Join(taken.Fields, " and "))
	}
	return message(http.StatusInternalServerError, "ticaga-mock is at fault, not your request; please report it").because(err.Error())
}

// message is a refusal in the shape of Laravel's exception handler [I].
func message(status int, text string) *Refusal {
	return &Refusal{Status: status, Body: map[string]string{"message": text}}
}

// NotFound is Laravel's answer to a path that no route has [I].
func NotFound(path string) error {
	return message(http.StatusNotFound, fmt.Sprintf("The route %s could not be found.", strings.TrimPrefix(path, "/")))
}

// MethodNotAllowed is Laravel's answer to a path that has no route for the method [I].
func MethodNotAllowed(method, path string, allowed []string) error {
	r := message(http.StatusMethodNotAllowed, fmt.Sprintf("The %s method is not supported for route %s. Supported methods: %s.",
		method, strings.TrimPrefix(path, "/"), strings.Join(allowed, ", ")))
	r.Header = http.Header{"Allow": {strings.Join(allowed, ", ")}}
	return r
}

// Options answers what a path allows: Laravel does so with status 200 for every path that
// has a route [I]; the text is ours, so that the body is not empty.
func Options(allowed []string) error {
	list := strings.Join(allowed, ", ")
	r := message(http.StatusOK, "Supported methods: "+list+".")
	r.Header = http.Header{"Allow": {list}}
	return r
}

// TooLarge is Laravel's answer to a body over the limit [I].
func TooLarge() error {
	return message(http.StatusRequestEntityTooLarge, "The POST data is too large.")
}

// Unreadable is the answer to a body that could not be read to its end: the client is
// most likely gone.
func Unreadable() error {
	return message(http.StatusBadRequest, "The request could not be read to its end.")
}

// Invalid is Laravel's answer to fields that break its rules: all at once, a list of
// sentences for each field [I].
func Invalid(violations []spec.Violation) error {
	var sentences fieldErrors
	for _, v := range violations {
		if v.Severity == spec.Error && v.In == spec.InBody && v.Rule != "" {
			field := strings.ReplaceAll(strings.TrimPrefix(v.At, "/"), "/", ".")
			sentences.add(field, sentence(field, v.Rule))
		}
	}
	return sentences.refusal()
}

// sentence is what Laravel's English language file says about a broken rule, which is
// named as there, a limit behind a colon.
func sentence(field, rule string) string {
	name, limit, _ := strings.Cut(rule, ":")
	text := ""
	switch name {
	case "required":
		text = "The %s field is required."
	case "in":
		text = "The selected %s is invalid."
	case "integer":
		text = "The %s field must be an integer."
	case "boolean":
		text = "The %s field must be true or false."
	case "array", "object":
		text = "The %s field must be an array."
	case "email":
		text = "The %s field must be a valid email address."
	case "max.string":
		text = "The %s field must not be greater than " + limit + " characters."
	case "max.numeric":
		text = "The %s field must not be greater than " + limit + "."
	case "min.numeric":
		text = "The %s field must be at least " + limit + "."
	default:
		text = "The %s field must be a string."
	}
	return fmt.Sprintf(text, attribute(field))
}

// attribute is how Laravel calls a field in a sentence.
func attribute(field string) string { return strings.ReplaceAll(field, "_", " ") }

// fieldErrors are sentences by field, in the order in which they came: PHP keeps the
// order of an array's keys, and plugins show the first.
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

// MarshalJSON writes an object whose keys are in order.
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

// refusal sums the sentences up as Laravel does: the first, and how many more.
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
