package spec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// fields is the schema of a request body with everything looked up that a request
// would otherwise look up again.
type fields struct {
	schema *openapi3.Schema
	known  map[string]*field
	needs  []need
	ranks  []string // the fields that can be missing, in the contract's order
	counts bool     // the schema says something about fields that are not listed, such as how many there may be
	open   bool     // fields that are not listed are welcome
	closed bool     // fields that are not listed are errors, so that no warning is due
	reads  []openapi3.SchemaValidationOption
}

// need is a field that has to be sent unless another one is: what a list of required fields
// cannot say.
type need struct {
	name    string
	instead []string // any of these will do
	orZero  bool     // a 0 in one of these counts as nothing
	rule    string   // as Laravel calls it
	keyword string   // that says so in the contract
}

// field is one property of a request body.
type field struct {
	schema      *openapi3.Schema // nil where the contract only names the field
	description string
	expected    string              // e.g. `one of "blesta", "whmcs"`
	secret      bool                // its value is never shown
	spelling    map[string]spelling // by a value that works and is odd
	twins       map[string]string   // of a value that may be written in two ways, the other way
	ignored     string              // what to do instead, where the field is taken and has no effect
	alias       alias               // what newer plugins call it, where it has another name
	integer     bool                // digits as a string stand for an integer
}

// spelling is what to say about a value that works and is odd.
type spelling struct {
	Send    string `json:"send"`
	Because string `json:"because"`
}

// alias is the name that newer plugins send a field under, and why.
type alias struct {
	Of      string `json:"of"`
	Because string `json:"because"`
}

// bodyFields takes the one schema of a request body; a list has no fields, and nil is none. Its
// JSON and its form variant have to be the same, so that a value is judged alike however it was
// sent.
func bodyFields(body *openapi3.RequestBody) (*fields, error) {
	media := body.Content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil, errors.New("the request body needs an application/json schema")
	}
	schema := media.Schema.Value
	if schema.Type.Is(openapi3.TypeArray) {
		return nil, nil
	}
	for name, other := range body.Content {
		if other.Schema == nil || other.Schema.Value != schema {
			return nil, at(body.Origin, "", fmt.Errorf("request body %s: its schema has to be the one of application/json", name))
		}
	}
	f := &fields{schema: schema, known: map[string]*field{}}
	if err := f.gather(schema); err != nil {
		return nil, err
	}
	if len(f.known) == 0 && !permits(schema, map[string]any{}) {
		return nil, at(schema.Origin, "", errors.New("the request body needs an application/json schema with properties"))
	}
	return f, at(schema.Origin, "", f.readNeeds())
}

// gather collects what a schema and its parts say about the fields of an object.
func (f *fields) gather(s *openapi3.Schema) error {
	for name, property := range s.Properties {
		if f.known[name] != nil {
			continue
		}
		one, err := newField(property.Value)
		if err != nil {
			return at(property.Value.Origin, "", fmt.Errorf("property %q: %w", name, err))
		}
		f.known[name] = one
		if property.Value.ReadOnly {
			// It costs something, so that it is asked for only where it matters.
			f.reads = []openapi3.SchemaValidationOption{openapi3.VisitAsRequest()}
		}
	}
	for _, part := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
		if err := f.gather(part.Value); err != nil {
			return err
		}
	}
	for _, name := range s.Required {
		if f.known[name] == nil {
			f.known[name] = &field{expected: "any value"}
		}
		if !slices.Contains(f.ranks, name) {
			f.ranks = append(f.ranks, name)
		}
	}
	f.counts = f.counts || s.MinProps > 0 || s.MaxProps != nil || s.Not != nil || s.AdditionalProperties.Has != nil || s.AdditionalProperties.Schema != nil
	if more := s.AdditionalProperties; more.Has != nil && !*more.Has {
		f.closed = true
	} else if more.Has != nil || more.Schema != nil {
		f.open = true
	}
	return nil
}

// readNeeds reads x-ticaga-one-of, a list of fields of which one is needed, and
// x-ticaga-required-unless, fields that are needed unless another one names somebody.
func (f *fields) readNeeds() error {
	var oneOf []string
	var unless map[string]string
	if err := errors.Join(
		extension(f.schema.Extensions, "x-ticaga-one-of", &oneOf),
		extension(f.schema.Extensions, "x-ticaga-required-unless", &unless),
	); err != nil {
		return err
	}
	if len(oneOf) > 0 {
		f.needs = append(f.needs, need{
			oneOf[0], oneOf[1:], false, "required_without:" + strings.Join(oneOf[1:], ","), "x-ticaga-one-of",
		})
	}
	for _, name := range slices.Sorted(maps.Keys(unless)) {
		f.needs = append(f.needs, need{name, []string{unless[name]}, true, "required", "x-ticaga-required-unless"})
	}
	for _, n := range f.needs {
		f.ranks = append(f.ranks, n.name)
		for _, name := range append([]string{n.name}, n.instead...) {
			if f.known[name] == nil {
				return fmt.Errorf("x-ticaga-one-of, x-ticaga-required-unless: there is no property %q", name)
			}
		}
	}
	for name, one := range f.known {
		if one.alias.Of != "" && f.known[one.alias.Of] == nil {
			return fmt.Errorf("property %q: x-ticaga-alias: there is no property %q", name, one.alias.Of)
		}
	}
	return nil
}

func newField(s *openapi3.Schema) (*field, error) {
	f := &field{
		schema:      s,
		description: strings.TrimSuffix(strings.TrimSpace(s.Description), "."),
		expected:    describe(s),
		secret:      isSecret(s),
		integer:     takesDigits(s),
		twins:       twins(enumOf(s)),
	}
	for _, part := range s.AllOf {
		if names := twins(enumOf(part.Value)); names != nil {
			f.twins = names
		}
		if err := extension(part.Value.Extensions, "x-ticaga-spelling", &f.spelling); err != nil {
			return nil, err
		}
	}
	return f, errors.Join(
		extension(s.Extensions, "x-ticaga-spelling", &f.spelling),
		extension(s.Extensions, "x-ticaga-ignored", &f.ignored),
		extension(s.Extensions, "x-ticaga-alias", &f.alias),
	)
}

// takesDigits reports whether a schema, or a part of it, takes an integer as digits in a string.
func takesDigits(s *openapi3.Schema) bool {
	return s.Type.Is(openapi3.TypeString) && rule(s) == "integer" ||
		slices.ContainsFunc(slices.Concat(s.AllOf, s.AnyOf), func(part *openapi3.SchemaRef) bool { return takesDigits(part.Value) })
}

// isSecret reports whether values of a schema are never shown.
func isSecret(s *openapi3.Schema) bool {
	return s.Format == "password" || s.WriteOnly ||
		slices.ContainsFunc(slices.Concat(s.AllOf, s.AnyOf, s.OneOf), func(part *openapi3.SchemaRef) bool { return isSecret(part.Value) })
}

// CheckParams holds the values of the path's parameters, unless they are nil, and the query
// against the contract.
func (o *Operation) CheckParams(params map[string]string, query map[string]any) []Violation {
	var found []Violation
	for _, p := range o.params {
		value := params[p.name]
		if params == nil || p.judge(value) == nil {
			continue
		}
		found = append(found, Violation{
			Code: "TM-PATH-PARAM", Severity: Error, In: InPath, At: p.name,
			Message:  fmt.Sprintf("%q in the path is not what it should be", p.name),
			Expected: p.field.expected, Got: Quote(value),
			Fix: cmp.Or(valueFix(rule(p.schema), value, enumOf(p.schema)), "put this into the path: "+p.field.description),
		})
	}
	for name, value := range query {
		if o.query[name] {
			continue
		}
		quoted, at, known := QuoteName(name), name, o.Knows(name)
		if value == "" && !known { // a value on its own looks like this
			quoted, at = HiddenName(name), ""
		}
		v := Violation{
			Code: "TM-QUERY-UNKNOWN", Severity: Warning, In: InQuery, At: at,
			Message:  fmt.Sprintf("the query parameter %s is not part of the contract", quoted),
			Expected: "no query", Got: "the parameter " + quoted,
			Fix: leaveOut,
		}
		if slices.Contains(credentialNames, strings.ToLower(name)) {
			v.Fix = "send the credentials in the Authorization header: a query ends up in logs"
		}
		if known {
			v.Fix = "send it in the body: the contract looks for it nowhere else"
		}
		if name == "" {
			v.Message, v.Expected, v.Got = "the query has a value without a name, which PHP drops", "name=value", "a value without a name"
			v.Fix = "is the variable for the name empty? Otherwise leave it out"
		}
		found = append(found, v)
	}
	slices.SortStableFunc(found, func(a, b Violation) int { return cmp.Compare(a.At, b.At) })
	return found
}

// CheckBody holds a decoded body against the contract: every fault at once, the
// required fields first. Values are string, json.Number, bool, nil, []any and
// map[string]any; ids may be numbers or digits. blank are names that were sent with nothing.
func (o *Operation) CheckBody(values map[string]any, blank ...string) []Violation {
	if o.body == nil {
		return nil
	}
	return o.body.check(values, misfits(o.body.schema, o.body.judged(values), nil, o.body.reads...), blank)
}

// CheckForm is CheckBody for the values of a form, which has strings only: they count as the numbers
// and booleans that the contract wants.
func (o *Operation) CheckForm(values map[string]any, blank ...string) []Violation {
	if o.body == nil {
		return nil
	}
	var reasons []leaf
	if judged := o.body.judged(values); !fits(o.body.schema, judged, o.body.reads...) {
		reasons = misfits(o.body.schema, fromText(o.body.schema, judged), nil, o.body.reads...)
	}
	return o.body.check(values, reasons, blank)
}

// judged is what the schema judges of the values of a body: fields that are not listed are left out
// where it has nothing to say about them.
func (f *fields) judged(values map[string]any) map[string]any {
	if f.counts || len(values) <= len(f.known) {
		return values
	}
	listed := make(map[string]any, len(f.known))
	for name := range f.known {
		if value, sent := values[name]; sent {
			listed[name] = value
		}
	}
	return listed
}

// check makes violations of the reasons why a body does not fit its schema, and adds what a schema
// cannot say.
func (f *fields) check(values map[string]any, reasons []leaf, blank []string) []Violation {
	var found []Violation
	for _, l := range reasons[:min(len(reasons), MaxFindings)] {
		found = append(found, f.violation(l, values))
	}
	for _, n := range f.needs {
		if !n.met(values) {
			found = append(found, f.missing(n))
		}
	}
	unknown := len(blank) > 0 && slices.ContainsFunc(blank, func(name string) bool { return f.known[name] == nil })
	for name, value := range values {
		known := f.known[name]
		if known == nil {
			unknown = true
			continue
		}
		if known.ignored != "" && !isZero(value) { // a 0 names nobody, so nothing is lost
			found = append(found, Violation{
				Code: "TM-BODY-IGNORED-FIELD", Severity: Warning, In: InBody, At: Pointer(name),
				Message:  fmt.Sprintf("%q is taken and has no effect", name),
				Expected: "no such field", Got: kindText(value), Fix: known.ignored,
			})
		}
		if known.alias.Of != "" {
			found = append(found, known.alias.violation(name, value, values[known.alias.Of] != nil))
		}
		text, _ := value.(string)
		if known.integer && text != "" && !isPHPInteger(text) && allDigits(text) {
			found = append(found, oddInteger(name, text))
		}
		if odd, ok := known.spelling[text]; ok {
			found = append(found, Violation{
				Code: "TM-BODY-SPELLING", Severity: Warning, In: InBody, At: Pointer(name),
				Message:  fmt.Sprintf("%q works here: %s", text, odd.Because),
				Expected: Quote(odd.Send), Got: Quote(text), Fix: "send " + Quote(odd.Send) + " if nothing speaks against it",
			})
		}
	}
	if unknown || len(found) > 0 {
		strays := f.strays(values, blank)
		for _, s := range strays {
			if warned := !f.open && !(f.closed && s.value != nil); warned && f.known[s.name] == nil {
				found = append(found, f.unknown(s, values))
			}
		}
		slices.SortStableFunc(found, f.order)
		f.pair(found, strays, values)
	}
	return found
}

// violation is the warning about a field under its other name. beside: the field itself was sent
// too, and counts.
func (a alias) violation(name string, value any, beside bool) Violation {
	v := Violation{
		Code: "TM-BODY-ALIAS", Severity: Warning, In: InBody, At: Pointer(name),
		Message:  fmt.Sprintf("%q works here for %q: %s", name, a.Of, a.Because),
		Expected: fmt.Sprintf("the field %q", a.Of), Got: kindText(value),
		Fix: fmt.Sprintf("rename %q to %q", name, a.Of),
	}
	if beside {
		v.Message, v.Fix = fmt.Sprintf("%q has no effect beside %q", name, a.Of), fmt.Sprintf("leave %q out", name)
	}
	return v
}

// isPHPInteger reports whether digits pass Laravel's rule "integer", which is PHP's
// FILTER_VALIDATE_INT: no leading zeros, and no more than 64 bits [M].
func isPHPInteger(digits string) bool {
	if digits[0] == '0' {
		return len(digits) == 1
	}
	const most = "9223372036854775807"
	return len(digits) < len(most) || len(digits) == len(most) && digits <= most
}

// oddInteger is the warning about digits that the contract accepts, and Laravel's rule "integer"
// does not.
func oddInteger(name, digits string) Violation {
	v := Violation{
		Code: "TM-BODY-INTEGER", Severity: Warning, In: InBody, At: Pointer(name),
		Message:  fmt.Sprintf("%q works here; Laravel's rule for integers refuses it", name),
		Expected: "digits without leading zeros, at most 9223372036854775807", Got: Quote(digits),
		Fix: "send an id: this one is too large for PHP",
	}
	if plain := cmp.Or(strings.TrimLeft(digits, "0"), "0"); isPHPInteger(plain) {
		v.Fix = fmt.Sprintf("send %q: leading zeros are for people", plain)
	}
	return v
}

// OneSpelling makes what was found about a body that of a server which takes only one of two
// spellings of a name, blesta or Blesta, where the contract lists both.
func (o *Operation) OneSpelling(found []Violation, values map[string]any, lower bool) []Violation {
	if o.body == nil {
		return found
	}
	for name, f := range o.body.known {
		text, _ := values[name].(string)
		other := f.twins[text]
		if other == "" {
			continue
		}
		found = slices.DeleteFunc(found, func(v Violation) bool { return v.Code == "TM-BODY-SPELLING" && v.At == Pointer(name) })
		if lower == (strings.ToLower(text) == text) {
			continue
		}
		found = append(found, Violation{
			Code: "TM-BODY-ENUM", Severity: Error, In: InBody, At: Pointer(name), Rule: "in",
			Message:  fmt.Sprintf("%q does not count here: the setting billing_systems tells upper from lower case", text),
			Expected: Quote(other), Got: Quote(text), Fix: "send " + Quote(other),
		})
	}
	slices.SortStableFunc(found, o.body.order)
	return found
}

// twins are the values of a list that has them in another case too, and how they are written there.
func twins(values []string) map[string]string {
	var all map[string]string
	for _, one := range values {
		for _, other := range values {
			if one == other || !strings.EqualFold(one, other) {
				continue
			}
			if all == nil {
				all = map[string]string{}
			}
			all[one] = other
		}
	}
	return all
}

// Knows reports whether a body may have a field of the name.
func (o *Operation) Knows(name string) bool { return o.body != nil && o.body.known[name] != nil }

// met reports whether what was sent makes up for the field, or holds it.
func (n need) met(values map[string]any) bool {
	if values[n.name] != nil {
		return true
	}
	for _, name := range n.instead {
		if value := values[name]; value != nil && !(n.orZero && isZero(value)) {
			return true
		}
	}
	return false
}

func isZero(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.Trim(v, "0") == ""
	case json.Number:
		return v == "0"
	}
	return false
}

// missing says that a field is missing, and what would do in its place.
func (f *fields) missing(n need) Violation {
	v := Violation{
		Code: "TM-BODY-REQUIRED", Severity: Error, In: InBody, At: Pointer(n.name), Rule: n.rule,
		Message:  fmt.Sprintf("%q is missing, and so is %q", n.name, strings.Join(n.instead, ", ")),
		Expected: f.known[n.name].expected, Got: "nothing",
		Fix: fmt.Sprintf("send %s: %s", n.name, f.known[n.name].description),
	}
	if n.orZero {
		v.Message = fmt.Sprintf("%q is missing, and %q names nobody", n.name, n.instead[0])
	}
	for _, name := range n.instead {
		v.Fix += fmt.Sprintf("; or %s: %s", name, f.known[name].description)
	}
	return v
}

// standIns are the fields that mend it when one is missing: itself first.
func (f *fields) standIns(missing string) []string {
	for _, n := range f.needs {
		if n.name == missing {
			return append([]string{missing}, n.instead...)
		}
	}
	return []string{missing}
}

// order puts the fields that can be missing first, in the contract's order, then the others
// by name.
func (f *fields) order(a, b Violation) int {
	rank := func(v Violation) int {
		if i := slices.Index(f.ranks, strings.TrimPrefix(v.At, "/")); i >= 0 {
			return i
		}
		return len(f.ranks)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.At, b.At))
}

// Meant is the operation behind the violation of an unknown path or a wrong method, where the path
// leaves hardly a doubt that it was meant; nil elsewhere.
func (c *Contract) Meant(v Violation, path string) *Operation {
	for _, o := range c.Operations {
		if o.Line == v.Line && o.hardlyElse(path) {
			return o
		}
	}
	return nil
}

// BodyMeant is the operation that a body was most likely meant for which came to another one that
// takes none; nil when there is none.
func (c *Contract) BodyMeant(path string) *Operation {
	for _, o := range c.Operations {
		if o.TakesBody && len(o.segments) == len(splitPath(path)) && o.hardlyElse(path) {
			return o
		}
	}
	return nil
}

// hardlyElse reports whether a path can hardly be meant for another operation: it holds all of this
// one's behind its first segment, or is two letters off at most. The value at its end may be missing.
func (o *Operation) hardlyElse(path string) bool {
	if len(path) > 256 {
		return false
	}
	asked := splitPath(strings.ToLower(path))
	words := slices.Clone(o.segments)
	if last := len(words) - 1; last == len(asked) && isParameter(words[last]) {
		words = words[:last]
	}
	for i, s := range words {
		if isParameter(s) {
			words[i] = asked[min(i, len(asked)-1)]
		}
	}
	whole, all := strings.Join(asked, "/"), strings.ToLower(strings.Join(words, "/"))
	return distance(whole, all) <= 2 || len(words) > 1 && strings.Contains(whole, strings.ToLower(strings.Join(words[1:], "/")))
}

// CheckAnswer holds an answer of this program's own against the contract. An error
// is a fault of the program, never of the client; it has a line for each fault.
func (o *Operation) CheckAnswer(status int, body []byte) error {
	key := o.verdicts.key(status, body)
	if o.verdicts.has(key) {
		return nil
	}
	found, err := o.answerFaults(status, body)
	if err == nil && len(found) == 0 {
		o.verdicts.add(key)
	}
	return errors.Join(err, faults(found))
}

// CheckPart holds a part of an answer against the contract: what it has must fit, and
// nothing is missed. A pact names only what its consumer reads.
func (o *Operation) CheckPart(status int, body []byte) error {
	found, err := o.answerFaults(status, body)
	found = slices.DeleteFunc(found, func(l leaf) bool { return l.err.SchemaField == "required" })
	return errors.Join(err, faults(found))
}

func (o *Operation) answerFaults(status int, body []byte) ([]leaf, error) {
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
		if len(found) == 0 {
			return nil, nil
		}
		if i == 0 {
			first = found
		}
	}
	return first, nil
}

// fixtureSchemas reads which schema each fixture file has to fit.
func fixtureSchemas(doc *openapi3.T) (map[string]*openapi3.Schema, error) {
	var names map[string]string
	if err := extension(doc.Extensions, "x-ticaga-fixtures", &names); err != nil {
		return nil, err
	}
	schemas := map[string]*openapi3.Schema{}
	for noun, name := range names {
		ref := doc.Components.Schemas[name]
		if ref == nil {
			return nil, fmt.Errorf("x-ticaga-fixtures: %s: there is no schema %q", noun, name)
		}
		schemas[noun] = ref.Value
	}
	return schemas, nil
}

// Nouns lists the fixture files that the contract knows, without ".json", sorted.
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

// FixtureCheck checks the entries of one fixture file, one after the other, so that nobody has to
// hold all of them decoded. What it finds are lines "/index/field: reason".
type FixtureCheck struct {
	Findings
	schema *openapi3.Schema
	next   int
}

// FixtureCheck begins to check a fixture file.
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

// misfits lists what is wrong with a value. Of one in which more could be wrong than anybody reads,
// and than fits into memory, it is the first thing.
func misfits(s *openapi3.Schema, value any, at []string, options ...openapi3.SchemaValidationOption) []leaf {
	if fits(s, value, options...) {
		return nil // nearly every value fits, and finding that out costs a tenth of an error
	}
	if count(value, 0) <= mostParts {
		options = append(options, openapi3.MultiErrors())
	}
	return leaves(s.VisitJSON(value, append(options, checkFormats, noTexts)...), at)
}

// noTexts keeps kin-openapi from writing texts, which nobody reads: that of an error in a oneOf or allOf
// holds the value and the texts of all errors below, at each level of nesting.
var noTexts = openapi3.SetSchemaErrorMessageCustomizer(func(*openapi3.SchemaError) string { return "the value does not fit" })

// mostParts is how many parts a value may have for everything that is wrong with it to be listed.
const mostParts = 10_000

// count adds the parts of a value to n, and gives up beyond mostParts.
func count(value any, n int) int {
	n++
	switch v := value.(type) {
	case []any:
		for _, part := range v {
			if n = count(part, n); n > mostParts {
				return n
			}
		}
	case map[string]any:
		for _, part := range v {
			if n = count(part, n); n > mostParts {
				return n
			}
		}
	}
	return n
}

// faults makes one readable error, a line "pointer: reason" for each leaf; nil of none.
func faults(found []leaf) error {
	var f Findings
	f.Add(lines(found)...)
	return f.Err(0)
}

func lines(found []leaf) []error {
	all := make([]error, len(found))
	for i, l := range found {
		v := l.violation("")
		line := v.Message
		if v.Expected != "" {
			line += "; want " + v.Expected
		}
		if v.Got != "" && !l.secret() {
			line += ", got " + v.Got
		}
		all[i] = fmt.Errorf("%s: %s", cmp.Or(v.At, "/"), line)
	}
	return all
}
