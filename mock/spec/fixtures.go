package spec

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"
)

// fixtureSchemas returns the schema that each fixture file has to fit.
func fixtureSchemas(doc *openapi3.T) (map[string]*openapi3.Schema, error) {
	var names map[string]string
	if err := extension(doc.Extensions, "x-ticaga-fixtures", &names); err != nil {
		return nil, err
	}
	schemas := map[string]*openapi3.Schema{}
	for noun, name := range names {
		ref := doc.Components.Schemas[name]
		if ref == nil {
			return nil, fmt.Errorf("x-ticaga-fixtures: %s: no schema %q", noun, name)
		}
		schemas[noun] = ref.Value
	}
	return schemas, nil
}

// Nouns returns the names of the fixture files that the contract describes, without ".json", sorted.
func (c *Contract) Nouns() []string {
	nouns := make([]string, 0, len(c.fixtures))
	for noun := range c.fixtures {
		nouns = append(nouns, noun)
	}
	slices.Sort(nouns)
	return nouns
}

// CheckFixtures checks the entries of a fixture file; see FixtureCheck.
func (c *Contract) CheckFixtures(noun string, entries []any) error {
	check, err := c.FixtureCheck(noun)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if check.Full() {
			return check.Err(len(entries) - i)
		}
		check.Entry(entry)
	}
	return check.Err(0)
}

// FixtureCheck checks the entries of one fixture file one by one, so that they need not be in memory
// at the same time. Its findings are lines "/index/field: reason".
type FixtureCheck struct {
	Findings
	schema *openapi3.Schema
	next   int
}

// FixtureCheck returns a check for the fixture file of a noun, such as customers.
func (c *Contract) FixtureCheck(noun string) (*FixtureCheck, error) {
	schema := c.fixtures[noun]
	if schema == nil {
		return nil, fmt.Errorf("the contract knows no fixtures %q; it knows %q", noun, c.Nouns())
	}
	return &FixtureCheck{schema: schema}, nil
}

// Entry checks the next entry, and reports whether it fits.
func (f *FixtureCheck) Entry(entry any) bool {
	at := []string{strconv.Itoa(f.next)}
	f.next++
	found := misfits(f.schema, entry, at)
	f.Add(lines(found)...)
	return len(found) == 0
}
