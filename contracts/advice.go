package contracts

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// This file has the words of the findings that are about a pact. Those about its requests are violations of
// package inspect.

func malformedPath(path string, err error) spec.Violation {
	return spec.Violation{
		Severity: spec.Error, In: spec.InPath, Message: "the path is not a path of a URL: " + err.Error(),
		Expected: "%XX for special characters, with two hexadecimal digits", Got: spec.Quote(path), Fix: "percent-encode the values in the path",
	}
}

// unlessIntended adds to the fix of a wrong path or method what to do if it is wrong on purpose.
func unlessIntended(v *spec.Violation, status int) {
	v.Fix += fmt.Sprintf("; or say in the description that the path is unknown, if status %d is what you want to see", status)
}

// badState returns what is wrong with a provider state, from the error of Find.
func badState(state string, err error) spec.Violation {
	v := spec.Violation{Severity: spec.Error, In: inState}
	var unknown *UnknownStateError
	var wrong *ParamError
	switch {
	case errors.As(err, &unknown):
		v.Message, v.Fix = fmt.Sprintf("the provider state %s is unknown", spec.Quote(state)), unknown.Fix()
	case errors.As(err, &wrong):
		v.Message = fmt.Sprintf("the provider state %s: the parameter %s %s", spec.Quote(state), spec.Quote(wrong.Param), wrong.Reason)
		v.Fix = "correct the value, or leave it out"
	}
	return v
}

// inAnswer returns a violation of the contract by a response. The operation, which may be nil, says where it
// is described.
func inAnswer(o *spec.Operation, message, expected, got, fix string) spec.Violation {
	v := spec.Violation{Severity: spec.Error, In: inResponse, Message: message, Expected: expected, Got: got, Fix: fix}
	if o != nil {
		v.Line, v.Evidence, v.Source = o.Line, o.Evidence, o.Sources
	}
	return v
}

func unknownStatus(o *spec.Operation, status int) spec.Violation {
	return inAnswer(o, fmt.Sprintf("the contract has no status %d for %s", status, o.ID), fmt.Sprintf("one of %v", o.Statuses()), strconv.Itoa(status),
		"expect one of these statuses")
}

func otherRefusal(o *spec.Operation, why string, status, expected int) spec.Violation {
	return inAnswer(o, "the request is refused with another status: "+why, strconv.Itoa(status), strconv.Itoa(expected),
		fmt.Sprintf("expect %d, or correct the request", status))
}

func unsentHeader(o *spec.Operation, name, expected string, status int) spec.Violation {
	return inAnswer(o, fmt.Sprintf("no response with status %d has the header %s", status, name), "", spec.Quote(expected), "leave the header out")
}

// otherHeader is about a header whose value is another one; "" if it is different each time.
func otherHeader(o *spec.Operation, name, expected, value string) spec.Violation {
	if value == "" {
		return inAnswer(o, "the header "+name+" has another value", "a value that is different each time", spec.Quote(expected),
			"leave the header out, or match it by type")
	}
	return inAnswer(o, "the header "+name+" has another value", spec.Quote(value), spec.Quote(expected), "expect this value, or leave the header out")
}

func neverEmpty(o *spec.Operation) spec.Violation {
	return inAnswer(o, "the pact expects an empty body, and every response has one", "JSON", "null or an empty string", "leave the body out if it does not matter")
}

func notJSON(o *spec.Operation, err error) spec.Violation {
	return inAnswer(o, err.Error(), "a JSON body", "", "expect JSON, or leave the body out")
}

func otherValue(o *spec.Operation, r spec.Reason) spec.Violation {
	name := ""
	if len(r.At) > 0 {
		name = spec.Quote(strings.Join(r.At, "."))
	}
	return inAnswer(o, r.Message(name), r.Expected, r.Got, "expect what the contract has, or leave it out")
}
