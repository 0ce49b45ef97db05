package spec

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// This file refuses schemas for which checking a small body would take forever. kin-openapi visits
// every alternative of a oneOf, and visits the one that fits an anyOf twice. So if two alternatives
// of a oneOf, or one of an anyOf, lead back to the schema, each level of nesting takes twice as long
// as the one above it.

// maxVisits is the max number of visits of one part of a value.
const maxVisits = 1000

// maxSteps limits the search for a part that is visited more often.
const maxSteps = 10_000

// visits counts how often each schema visits the same part of a value.
type visits map[*openapi3.Schema]int

// visitor counts visits. It remembers what it has checked, so use one for a whole contract.
type visitor struct {
	again bool // kin-openapi visits the alternative that fits a oneOf again: it does so if it distinguishes reading from writing
	sizes map[*openapi3.Schema]int
	ids   map[*openapi3.Schema]int
	seen  map[string]bool
}

func newVisitor(again bool) *visitor {
	return &visitor{again: again, sizes: map[*openapi3.Schema]int{}, ids: map[*openapi3.Schema]int{}, seen: map[string]bool{}}
}

// check returns an error for a schema by which a part of a value would be visited too often.
func (c *visitor) check(root *openapi3.Schema) error {
	next := []visits{{root: 1}}
	for len(next) > 0 && len(c.seen) < maxSteps {
		v := next[len(next)-1]
		next = next[:len(next)-1]
		key := c.key(v)
		if c.seen[key] {
			continue
		}
		c.seen[key] = true
		if c.weight(v) > maxVisits {
			return tooManyVisits(c.heaviest(v))
		}
		var inside []visits
		for _, name := range c.names(v) {
			inside = append(inside, c.inside(v, name)...)
		}
		slices.SortStableFunc(inside, func(a, b visits) int { return cmp.Compare(c.weight(a), c.weight(b)) })
		next = append(next, inside...) // the heaviest is checked first
	}
	return nil
}

func tooManyVisits(s *openapi3.Schema) error {
	return at(s.Origin, "", errors.New("a value would be checked by this schema too often, twice as often with each level of nesting: its parts lead back to it, or to the same schemas, in more than one way; use oneOf instead of anyOf, and a discriminator with a mapping"))
}

// group is some parts of a schema, each visited the same number of times.
type group struct {
	schemas openapi3.SchemaRefs
	times   int
	one     bool // a discriminator chooses one of them for an object
}

func (c *visitor) groups(s *openapi3.Schema) []group {
	times := 1
	if c.again {
		times = 2
	}
	one := s.Discriminator != nil && len(s.Discriminator.Mapping) > 0 // without a mapping it chooses nothing
	all := []group{{s.OneOf, times, one}, {s.AnyOf, 2, one}, {s.AllOf, 1, false}}
	if s.Not != nil {
		all = append(all, group{openapi3.SchemaRefs{s.Not}, 1, false})
	}
	return all
}

// capped limits numbers that are too large anyway.
func capped(n int) int { return min(n, maxVisits+1) }

// size returns the number of visits of a value by a schema, without those of what is inside the
// value.
func (c *visitor) size(s *openapi3.Schema) int {
	if n := c.sizes[s]; n > 0 {
		return n
	}
	n := 1
	for _, g := range c.groups(s) {
		for _, part := range g.schemas {
			size := capped(c.size(part.Value) * g.times)
			if g.one {
				n = max(n, 1+size)
			} else {
				n += size
			}
		}
	}
	c.sizes[s] = capped(n)
	return c.sizes[s]
}

func (c *visitor) weight(v visits) int {
	n := 0
	for s, times := range v {
		n = capped(n + times*c.size(s))
	}
	return n
}

// heaviest returns the schema with the most visits. It prefers schemas that have alternatives or
// parts.
func (c *visitor) heaviest(v visits) *openapi3.Schema {
	return slices.MaxFunc(c.sorted(v), func(a, b *openapi3.Schema) int {
		return cmp.Or(cmp.Compare(min(len(parts(a)), 1), min(len(parts(b)), 1)), cmp.Compare(v[a]*c.size(a), v[b]*c.size(b)))
	})
}

// sorted returns the schemas in the order in which they were first seen.
func (c *visitor) sorted(v visits) []*openapi3.Schema {
	for s := range v {
		if c.ids[s] == 0 {
			c.ids[s] = len(c.ids) + 1
		}
	}
	return slices.SortedFunc(maps.Keys(v), func(a, b *openapi3.Schema) int { return cmp.Compare(c.ids[a], c.ids[b]) })
}

func (c *visitor) key(v visits) string {
	var b strings.Builder
	for _, s := range c.sorted(v) {
		_, _ = fmt.Fprintf(&b, "%d*%d ", v[s], c.ids[s])
	}
	return b.String()
}

// The names for the items of an array, and for a property that no schema names. A contract is
// unlikely to use them as names of its own; if it does, it is only checked for less.
const (
	anItem  = "\x00item"
	anyElse = "\x00other"
)

// names returns the names of what can be inside a value that some schemas visit.
func (c *visitor) names(v visits) []string {
	found := map[string]bool{}
	var add func(s *openapi3.Schema)
	add = func(s *openapi3.Schema) {
		for name := range s.Properties {
			found[name] = true
		}
		found[anItem] = found[anItem] || s.Items != nil
		found[anyElse] = found[anyElse] || s.AdditionalProperties.Schema != nil
		for _, part := range parts(s) {
			add(part.Value)
		}
	}
	for s := range v {
		add(s)
	}
	return slices.Sorted(maps.Keys(found))
}

// inside returns the visits of what is inside a value under a name, one for each way in which
// discriminators can choose.
func (c *visitor) inside(v visits, name string) []visits {
	ways := []visits{{}}
	for _, s := range c.sorted(v) {
		ways = both(ways, c.insideOf(s, name), v[s])
	}
	return slices.DeleteFunc(ways, func(v visits) bool { return len(v) == 0 })
}

func (c *visitor) insideOf(s *openapi3.Schema, name string) []visits {
	ways := []visits{{}}
	if inner := innerOf(s, name); inner != nil {
		ways[0][inner.Value] = 1
	}
	for _, g := range c.groups(s) {
		var chosen []visits
		for _, part := range g.schemas {
			if g.one && name != anItem {
				chosen = append(chosen, c.insideOf(part.Value, name)...)
			} else {
				ways = both(ways, c.insideOf(part.Value, name), g.times)
			}
		}
		if chosen != nil {
			ways = both(ways, chosen, g.times)
		}
	}
	return ways
}

// innerOf returns the schema of what is inside a value under a name, or nil.
func innerOf(s *openapi3.Schema, name string) *openapi3.SchemaRef {
	if name == anItem {
		return s.Items
	}
	return cmp.Or(s.Properties[name], s.AdditionalProperties.Schema)
}

// maxWays limits the ways in which discriminators can choose; further ways are not checked.
const maxWays = 64

// both combines each of the ways with each of the others, whose visits count times times.
func both(ways, others []visits, times int) []visits {
	var all []visits
	for _, a := range ways {
		for _, b := range others {
			sum := maps.Clone(a)
			for s, n := range b {
				sum[s] = capped(sum[s] + n*times)
			}
			if !slices.ContainsFunc(all, func(v visits) bool { return maps.Equal(v, sum) }) {
				all = append(all, sum)
			}
			if len(all) == maxWays {
				return all
			}
		}
	}
	return all
}

// checkVisits checks the schemas of everything in a request to the operation.
func (o *Operation) checkVisits(c *visitor) error {
	for _, p := range o.Sent {
		if err := c.check(p.schema); err != nil {
			return fmt.Errorf("parameter %q: %w", p.Name, err)
		}
	}
	if o.body == nil {
		return nil
	}
	return c.check(o.body.schema)
}
