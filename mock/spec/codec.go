package spec

import (
	"cmp"
	"maps"
	"math"
	"math/bits"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml3"
)

// codec says what a compiled contract consists of, for the test that writes compiled.bin and for the program that reads it:
// each method passes the parts of a value to the medium, and returns the value with what the medium returned.
//
// Only what openapi.yaml uses is here. TestCompiled compares all the rest too, and fails when something is missing.
type codec struct {
	medium
	schemas []*openapi3.Schema // those so far, since a schema may be known by its address; the first is nil
	kinds   []*openapi3.Types  // likewise; equal ones are the same
	line    int                // of the node before

	// Things that there are many of are allocated together.
	newSchema slab[openapi3.Schema]
	newRef    slab[openapi3.SchemaRef]
	newField  slab[Field]
	newNode   slab[yaml.Node]
}

// medium either writes what it is given and returns it, or returns what it reads instead.
type medium interface {
	number(n uint64) uint64
	text(s string) string
}

func newCodec(m medium) *codec {
	return &codec{medium: m, schemas: []*openapi3.Schema{nil}, kinds: []*openapi3.Types{nil}}
}

// contract leaves out the file itself, and the verdicts.
func (c *codec) contract(k *Contract) {
	k.Title, k.Version, k.Description = c.text(k.Title), c.text(k.Version), c.text(k.Description)
	k.Secured = c.flag(k.Secured)
	k.Operations = list(c, k.Operations, c.operation)
	k.fixtures = byKey(c, k.fixtures, c.text, c.schema)
	k.file.compiled = byKey(c, k.file.compiled, c.text, c.text)
}

func (c *codec) operation(o *Operation) *Operation {
	if o == nil {
		o = &Operation{verdicts: newVerdicts()}
	}
	o.ID, o.Method, o.Path, o.Tag = c.text(o.ID), c.text(o.Method), c.text(o.Path), c.text(o.Tag)
	o.Summary, o.Details = c.text(o.Summary), c.text(o.Details)
	o.Evidence, o.Sources = c.text(o.Evidence), list(c, o.Sources, c.text)
	o.Deprecated, o.Successor = c.flag(o.Deprecated), c.text(o.Successor)
	o.Secured, o.HasBody, o.NeedsBody, o.listBody = c.flag(o.Secured), c.flag(o.HasBody), c.flag(o.NeedsBody), c.flag(o.listBody)
	o.Line = c.int(o.Line)
	o.Params, o.Sent = list(c, o.Params, c.parameter), list(c, o.Sent, c.parameter)
	o.Segments = list(c, o.Segments, c.text)
	o.query = byKey(c, o.query, c.text, c.flag)
	o.body = c.body(o.body)
	o.answers = byKey(c, o.answers, c.int, c.anyOf)
	o.notJSON = list(c, o.notJSON, c.text)
	o.examples.compiled = c.text(o.examples.compiled)
	return o
}

func (c *codec) parameter(p *Parameter) *Parameter {
	if p == nil {
		p = &Parameter{}
	}
	p.Name, p.In, p.Required = c.text(p.Name), c.text(p.In), c.flag(p.Required)
	c.field(&p.Field)
	p.keys, p.commas = list(c, p.keys, c.text), c.flag(p.commas)
	p.schema = c.schema(p.schema)
	return p
}

func (c *codec) body(b *Body) *Body {
	if !c.flag(b != nil) {
		return nil
	}
	if b == nil {
		b = &Body{}
	}
	b.Fields = byKey(c, b.Fields, c.text, c.field)
	b.Needs = list(c, b.Needs, c.need)
	b.Order = list(c, b.Order, c.text)
	b.Open, b.Closed, b.counts, b.reads = c.flag(b.Open), c.flag(b.Closed), c.flag(b.counts), c.flag(b.reads)
	b.schema = c.schema(b.schema)
	return b
}

func (c *codec) need(n Need) Need {
	n.Name, n.Instead, n.OrZero = c.text(n.Name), list(c, n.Instead, c.text), c.flag(n.OrZero)
	n.Rule, n.keyword = c.text(n.Rule), c.text(n.keyword)
	return n
}

func (c *codec) field(f *Field) *Field {
	if f == nil {
		f = c.newField.next()
	}
	f.Description, f.Expected, f.Rule = c.text(f.Description), c.text(f.Expected), c.text(f.Rule)
	f.Secret, f.Integer, f.Ignored = c.flag(f.Secret), c.flag(f.Integer), c.text(f.Ignored)
	f.Alias = Alias{c.text(f.Alias.Of), c.text(f.Alias.Because)}
	f.Options = list(c, f.Options, c.text)
	f.Spellings = byKey(c, f.Spellings, c.text, func(s Spelling) Spelling { return Spelling{c.text(s.Send), c.text(s.Because)} })
	f.Twins = byKey(c, f.Twins, c.text, c.text)
	f.schema = c.schema(f.schema)
	return f
}

// schema leaves out what is for readers of the contract.
func (c *codec) schema(s *openapi3.Schema) *openapi3.Schema {
	n := c.index(slices.Index(c.schemas, s), len(c.schemas))
	if n < len(c.schemas) {
		return c.schemas[n]
	}
	if s == nil {
		s = c.newSchema.next()
	}
	c.schemas = append(c.schemas, s)
	name, _ := s.Extensions[ruleExtension].(string)
	if name = c.text(name); name != "" {
		s.Extensions = map[string]any{ruleExtension: name}
	}
	s.Type, s.Format = c.kind(s.Type), c.text(s.Format)
	rest := &s.AdditionalProperties
	if c.flag(s.AllOf != nil || s.AnyOf != nil) { // each such group saves time where none of it is there
		s.AllOf, s.AnyOf = list(c, s.AllOf, c.ref), list(c, s.AnyOf, c.ref)
	}
	if c.flag(s.Enum != nil || s.Default != nil || s.Nullable || s.WriteOnly) {
		s.Enum, s.Default = list(c, s.Enum, c.value), c.value(s.Default)
		s.Nullable, s.WriteOnly = c.flag(s.Nullable), c.flag(s.WriteOnly)
	}
	if c.flag(s.Min != nil || s.Max != nil) {
		s.Min, s.Max = pointer(c, s.Min, c.float), pointer(c, s.Max, c.float)
	}
	if c.flag(s.MinLength != 0 || s.MaxLength != nil || s.Pattern != "") {
		s.MinLength, s.MaxLength, s.Pattern = c.number(s.MinLength), pointer(c, s.MaxLength, c.number), c.text(s.Pattern)
	}
	if c.flag(s.MinItems != 0 || s.MaxItems != nil || s.Items != nil) {
		s.MinItems, s.MaxItems, s.Items = c.number(s.MinItems), pointer(c, s.MaxItems, c.number), c.ref(s.Items)
	}
	if c.flag(s.Required != nil || s.Properties != nil || s.MinProps != 0 || rest.Has != nil || rest.Schema != nil) {
		s.Required, s.Properties, s.MinProps = list(c, s.Required, c.text), byKey(c, s.Properties, c.text, c.ref), c.number(s.MinProps)
		rest.Has, rest.Schema = pointer(c, rest.Has, c.flag), c.ref(rest.Schema)
	}
	return s
}

func (c *codec) anyOf(all []*openapi3.Schema) []*openapi3.Schema { return list(c, all, c.schema) }

func (c *codec) ref(r *openapi3.SchemaRef) *openapi3.SchemaRef {
	if !c.flag(r != nil) {
		return nil
	}
	if r == nil {
		r = c.newRef.next()
	}
	r.Ref, r.Value = c.text(r.Ref), c.schema(r.Value)
	return r
}

func (c *codec) kind(k *openapi3.Types) *openapi3.Types {
	known := slices.IndexFunc(c.kinds, func(other *openapi3.Types) bool { return slices.Equal(k.Slice(), other.Slice()) })
	n := c.index(known, len(c.kinds))
	if n == len(c.kinds) {
		names := openapi3.Types(list(c, k.Slice(), c.text))
		c.kinds = append(c.kinds, &names)
	}
	return c.kinds[n]
}

// value is a string, a number, a boolean or nil.
func (c *codec) value(v any) any {
	text, isText := v.(string)
	f, isNumber := v.(float64)
	is, isBool := v.(bool)
	switch {
	case c.flag(isText):
		return c.text(text)
	case c.flag(isNumber):
		return c.float(f)
	case c.flag(isBool):
		return c.flag(is)
	}
	return v // of another type, the test finds it missing
}

// node leaves out the styles, comments, columns and tags.
func (c *codec) node(n *yaml.Node) *yaml.Node {
	if n == nil {
		n = c.newNode.next()
	}
	n.Kind, n.Value = yaml.Kind(c.number(uint64(n.Kind))), c.text(n.Value)
	c.line += c.int(n.Line - c.line)
	n.Line = c.line
	n.Content = list(c, n.Content, c.node)
	return n
}

// index passes the index of something among those so far, of which there are as many as next. Without one it is next.
func (c *codec) index(known, next int) int {
	if known < 0 {
		known = next
	}
	return c.int(known)
}

func (c *codec) int(n int) int { return int(c.number(uint64(n))) }

func (c *codec) float(f float64) float64 {
	return math.Float64frombits(bits.Reverse64(c.number(bits.Reverse64(math.Float64bits(f))))) // the last bits are mostly 0
}

func (c *codec) flag(is bool) bool {
	var n uint64
	if is {
		n = 1
	}
	return c.number(n) == 1
}

// pointer passes what is pointed to by one, or that it is nil.
func pointer[T any](c *codec, p *T, pass func(T) T) *T {
	if !c.flag(p != nil) {
		return nil
	}
	if p == nil {
		p = new(T)
	}
	*p = pass(*p)
	return p
}

// list passes each item, or that the list is nil.
func list[T any](c *codec, all []T, pass func(T) T) []T {
	n := len(all) + 1
	if all == nil {
		n = 0
	}
	if n = c.int(n); n == 0 {
		return nil
	}
	if all == nil {
		all = make([]T, n-1)
	}
	for i := range all {
		all[i] = pass(all[i])
	}
	return all
}

// byKey passes each key with its value, in the order of the keys, or that the map is nil.
func byKey[K cmp.Ordered, V any](c *codec, all map[K]V, key func(K) K, pass func(V) V) map[K]V {
	var keys []K
	if all != nil {
		keys = slices.AppendSeq([]K{}, maps.Keys(all))
		slices.Sort(keys)
	}
	n := len(keys) + 1
	if all == nil {
		n = 0
	}
	if n = c.int(n); n == 0 {
		return nil
	}
	if all == nil {
		all, keys = make(map[K]V, n-1), make([]K, n-1)
	}
	for _, k := range keys {
		k = key(k)
		all[k] = pass(all[k])
	}
	return all
}

// slab allocates 16 values at once.
type slab[T any] struct{ free []T }

func (s *slab[T]) next() *T {
	if len(s.free) == 0 {
		s.free = make([]T, 16)
	}
	p := &s.free[0]
	s.free = s.free[1:]
	return p
}
