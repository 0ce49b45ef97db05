package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// CheckAnswer checks one of this program's own answers against the contract. An error is a bug of
// the program, never of the client; it has a line for each violation.
func (o *Operation) CheckAnswer(status int, body []byte) error {
	key := o.verdicts.key(status, body)
	if o.verdicts.has(key) {
		return nil
	}
	found, err := o.answerFaults(status, body, false)
	if err == nil && len(found) == 0 {
		o.verdicts.add(key)
	}
	return errors.Join(err, faults(found))
}

// PartReasons lists why a part of an answer does not fit the contract: what it has must fit, and
// nothing is missed. A pact names only what its consumer reads. The error is about the answer as a
// whole.
func (o *Operation) PartReasons(status int, body []byte) ([]Reason, error) {
	found, err := o.answerFaults(status, body, true)
	return reasons(found), err
}

// answerFaults returns how a body differs from the schema that it fits, or from the first one. Of a part,
// nothing is required.
func (o *Operation) answerFaults(status int, body []byte, part bool) ([]leaf, error) {
	schemas, ok := o.answer(status)
	if !ok {
		return nil, fmt.Errorf("%s has no status %d in the contract; it has %s", o.ID, status, o.statusNames())
	}
	if schemas == nil {
		return nil, nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	var first []leaf
	for i, schema := range schemas {
		found := misfits(schema, value, nil, openapi3.VisitAsResponse())
		if part {
			found = slices.DeleteFunc(found, func(l leaf) bool { return l.err.SchemaField == "required" })
		}
		if len(found) == 0 {
			return nil, nil
		}
		if i == 0 {
			first = found
		}
	}
	return first, nil
}
