package spec

// Takes reports whether the contract accepts a value in a field of the operation's body.
func (c *Contract) Takes(operation, name string, value any) bool {
	o := c.Operation(operation)
	if o == nil || o.body == nil || o.body.known[name] == nil || o.body.known[name].schema == nil {
		return false
	}
	return fits(o.body.known[name].schema, value)
}
