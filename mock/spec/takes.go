package spec

import "github.com/getkin/kin-openapi/openapi3"

// Takes reports whether the contract accepts a value in a field of the operation's body.
func (c *Contract) Takes(operation, name string, value any) bool {
	o := c.Operation(operation)
	if o == nil || o.body == nil || o.body.schema.Properties[name] == nil {
		return false
	}
	return o.body.schema.Properties[name].Value.VisitJSON(value, openapi3.FailFast()) == nil
}
