package spec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// leaf is one reason why a value does not fit: kin-openapi nests them.
type leaf struct {
	at  []string // where in the value
	err *openapi3.SchemaError
}

// leaves flattens an error of VisitJSON(MultiErrors()), and digs out of allOf and
// anyOf what the person who wrote the request can act upon.
func leaves(err error, at []string) []leaf {
	var many openapi3.MultiError
	var one *openapi3.SchemaError
	switch {
	case err == nil:
		return nil
	case asMulti(err, &many):
		var all []leaf
		for _, e := range many {
			all = append(all, leaves(e, at)...)
		}
		return all
	case !errors.As(err, &one):
		return []leaf{{at: at, err: &openapi3.SchemaError{Reason: firstLine(err)}}}
	}
	here := slices.Concat(at, one.JSONPointer())
	switch one.SchemaField {
	case "allOf":
		if errors.As(one.Origin, &many) {
			return distinct(leaves(many, at)) // each part already carries the whole path
		}
	case "anyOf", "oneOf":
		if errors.Is(one.Origin, openapi3.ErrOneOfConflict) || deeper(one.Value, mostLevels) {
			break
		}
		branches := chosen(one.Schema, one.Value)
		if number, ok := numberIn(one.Value); ok {
			// A form has no numbers: what is wrong with 6 is wrong with "6".
			if found := branchLeaves(branches, number, here); found != nil {
				return found
			}
		}
		if found := branchLeaves(branches, one.Value, here); found != nil {
			return found
		}
	case "exclusiveMinimum":
		if number, ok := one.Value.(float64); ok && number < *one.Schema.Min {
			return nil // minimum says it
		}
	case "exclusiveMaximum":
		if number, ok := one.Value.(float64); ok && number > *one.Schema.Max {
			return nil
		}
	case "discriminator":
		here = append(here, one.Schema.Discriminator.PropertyName)
	case "properties":
		var name string
		if _, err := fmt.Sscanf(one.Reason, "property %q is unsupported", &name); err == nil {
			here = append(here, name)
		}
	}
	return []leaf{{at: here, err: one}}
}

// mostLevels is how deep a value may be for what is wrong inside of its alternatives to be found: that
// checks it anew at each level.
const mostLevels = 30

// deeper reports whether a value has more levels of arrays and objects.
func deeper(value any, levels int) bool {
	inside := func(v any) bool { return levels == 0 || deeper(v, levels-1) }
	switch v := value.(type) {
	case []any:
		return slices.ContainsFunc(v, inside)
	case map[string]any:
		for _, part := range v {
			if inside(part) {
				return true
			}
		}
	}
	return false
}

// distinct leaves out what several parts of a schema say alike.
func distinct(all []leaf) []leaf {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(l leaf) bool {
		v := l.violation("")
		key := v.Code + v.At + " " + v.Message
		again := seen[key]
		seen[key] = true
		return again
	})
}

// asMulti is errors.As for the outermost error only: a SchemaError may wrap a list.
func asMulti(err error, target *openapi3.MultiError) bool {
	many, ok := err.(openapi3.MultiError)
	*target = many
	return ok
}

// chosen are the branches of an anyOf or oneOf that a value can be meant for: the one that its
// discriminator names, or all.
func chosen(s *openapi3.Schema, value any) openapi3.SchemaRefs {
	all := slices.Concat(s.OneOf, s.AnyOf)
	object, _ := value.(map[string]any)
	if s.Discriminator == nil || object == nil {
		return all
	}
	name, _ := object[s.Discriminator.PropertyName].(string)
	target := s.Discriminator.Mapping[name].Ref
	if target != "" && !strings.Contains(target, "/") {
		target = "#/components/schemas/" + target
	}
	named := slices.DeleteFunc(slices.Clone(all), func(b *openapi3.SchemaRef) bool { return b.Ref != target })
	if len(named) > 0 {
		return named
	}
	return all
}

// branchLeaves says why a value does not fit the branch of an anyOf or oneOf that the client most
// likely meant: the one that takes the kind of value it sent, with the fewest reasons. It is nil when
// there is none, and when the value fits.
func branchLeaves(branches openapi3.SchemaRefs, value any, at []string) []leaf {
	var best []leaf
	for _, b := range branches {
		if !permits(b.Value, value) {
			continue
		}
		found := misfits(b.Value, value, at)
		if len(found) == 0 {
			return nil
		}
		if best == nil || len(found) < len(best) {
			best = found
		}
	}
	return best
}

// numberIn is the number that a text holds.
func numberIn(value any) (json.Number, bool) {
	text, ok := value.(string)
	return json.Number(text), ok && strings.Trim(text, "0123456789.-") == "" && json.Valid([]byte(text))
}

// kind is the OpenAPI type of a decoded value. A number counts as an integer, whose
// own check then says whether it is one.
func kind(value any) string {
	switch value.(type) {
	case string:
		return openapi3.TypeString
	case bool:
		return openapi3.TypeBoolean
	case []any:
		return openapi3.TypeArray
	case map[string]any:
		return openapi3.TypeObject
	case nil:
		return "null"
	}
	return openapi3.TypeInteger
}

func (l leaf) secret() bool { return l.err.Schema != nil && isSecret(l.err.Schema) }

// violation says what a leaf means. The name is how the message calls the value; ""
// for "the value".
func (l leaf) violation(name string) Violation {
	s := l.err.Schema
	v := Violation{
		Severity: Error, In: InBody, At: Pointer(l.at...),
		Got: show(l.err.Value), Rule: "string",
	}
	if s != nil {
		v.Expected, v.Rule = describe(s), rule(s)
	}
	subject := cmp.Or(name, "the value")
	switch l.err.SchemaField {
	case "required":
		v.Code, v.Rule, v.Got = "TM-BODY-REQUIRED", "required", "nothing"
		v.Message = subject + " is missing"
		v.Expected = ""
		if property := s.Properties[l.at[len(l.at)-1]]; property != nil {
			v.Expected = describe(property.Value)
		}
	case "oneOf", "anyOf":
		v.Code, v.Message = "TM-BODY-TYPE", subject+" has the wrong type"
		if errors.Is(l.err.Origin, openapi3.ErrOneOfConflict) {
			v.Code, v.Rule, v.Message = "TM-BODY-FORMAT", "regex", subject+" fits more than one of the alternatives, and must fit one"
		} else if branches := slices.Concat(s.OneOf, s.AnyOf); slices.ContainsFunc(branches, func(b *openapi3.SchemaRef) bool { return permits(b.Value, l.err.Value) }) {
			v.Code, v.Rule, v.Message = "TM-BODY-FORMAT", "regex", subject+" fits none of the alternatives"
		}
	case "type", "nullable":
		v.Code, v.Message = "TM-BODY-TYPE", subject+" has the wrong type"
	case "enum":
		v.Code, v.Rule, v.Message = "TM-BODY-ENUM", "in", subject+" is none of the known values"
	case "discriminator":
		v.Code, v.Rule, v.Message = "TM-BODY-ENUM", "in", subject+" is none of the known values"
		v.Expected = mappingText(s.Discriminator)
		if l.err.Value == nil {
			v.Code, v.Rule, v.Message, v.Got = "TM-BODY-REQUIRED", "required", subject+" is missing", "nothing"
		}
	case "not":
		v.Code, v.Rule, v.Message = "TM-BODY-FORMAT", "regex", subject+" is a value that the contract forbids"
		if len(s.Not.Value.Enum) > 0 {
			v.Code, v.Rule = "TM-BODY-ENUM", "in"
		}
		v.Expected = "anything but " + describe(s.Not.Value)
	case "pattern":
		v.Code, v.Message = "TM-BODY-FORMAT", subject+" has the wrong form"
		if v.Rule == "string" {
			v.Rule = "regex"
		}
	case "format":
		v.Code, v.Message = "TM-BODY-FORMAT", subject+" has the wrong form"
		if !slices.Contains(s.Type.Slice(), openapi3.TypeString) {
			v.outOfRange(s.Format, l.err.Value, subject)
		}
	case "maxLength":
		v.limit("max.string", *s.MaxLength, subject+" is too long", "at most %d characters")
		v.Got = ""
	case "minLength":
		v.limit("min.string", s.MinLength, subject+" is too short", "at least %d characters")
		if l.err.Value == "" {
			v.Rule, v.Message, v.Expected = "required", subject+" is empty", describe(s)
		}
	case "minItems":
		v.limit("min.array", s.MinItems, subject+" has too few items", "at least %d items")
		if list, ok := l.err.Value.([]any); ok && len(list) == 0 {
			v.Rule, v.Message, v.Expected = "required", subject+" is empty", describe(s)
		}
	case "maxItems":
		v.limit("max.array", *s.MaxItems, subject+" has too many items", "at most %d items")
	case "minProperties":
		v.limit("min.array", s.MinProps, subject+" has too few fields", "at least %d fields")
		if object, ok := l.err.Value.(map[string]any); ok && len(object) == 0 {
			v.Rule, v.Message, v.Expected = "required", subject+" is empty", describe(s)
		}
	case "maxProperties":
		v.limit("max.array", *s.MaxProps, subject+" has too many fields", "at most %d fields")
	case "uniqueItems":
		v.Code, v.Rule, v.Message = "TM-BODY-DUPLICATE", "distinct", subject+" holds an item twice"
		v.Expected = "every item once"
	case "minimum", "exclusiveMinimum":
		v.Code, v.Message = "TM-BODY-RANGE", subject+" is too small"
		v.Rule = limitRule(s, boundRule("min", "gt", *s.Min, s.ExclusiveMin))
	case "maximum", "exclusiveMaximum":
		v.Code, v.Message = "TM-BODY-RANGE", subject+" is too large"
		v.Expected = numberName(s) + maxText(s)
		v.Rule = limitRule(s, boundRule("max", "lt", *s.Max, s.ExclusiveMax))
	case "multipleOf":
		v.Code, v.Rule, v.Message = "TM-BODY-RANGE", "multiple_of:"+numberText(*s.MultipleOf), subject+" is not a multiple of "+numberText(*s.MultipleOf)
	case "properties":
		v.Code, v.Rule, v.Message, v.Expected, v.Got = "TM-BODY-UNKNOWN-FIELD", "prohibited", cut(l.err.Reason), "", ""
	case "readOnly":
		v.Code, v.Rule, v.Message, v.Expected = "TM-BODY-UNKNOWN-FIELD", "prohibited", subject+" is read-only: it is part of answers only", "no such field"
	case "writeOnly": // of an answer, so that it needs no code
		v.Message, v.Expected, v.Got = subject+" must never be answered", "", ""
	default: // what openapi.yaml does not use, but another contract may
		v.Code, v.Message = "TM-BODY-FORMAT", cmp.Or(cut(l.err.Reason), subject+" does not fit")
	}
	return v
}

// cut bounds a reason of kin-openapi's, which may quote a name as long as the body.
func cut(reason string) string {
	const most = 200
	if len(reason) <= most {
		return reason
	}
	return strings.ToValidUTF8(reason[:most], "") + "..."
}

// outOfRange fills in that an integer does not fit int32 or int64.
func (v *Violation) outOfRange(format string, value any, subject string) {
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if format == "int32" {
		low, high = math.MinInt32, math.MaxInt32
	}
	v.Code, v.Rule, v.Message = "TM-BODY-RANGE", fmt.Sprintf("max.numeric:%d", high), subject+" is out of range"
	if number, ok := value.(float64); ok && number < 0 {
		v.Rule = fmt.Sprintf("min.numeric:%d", low)
	}
	v.Expected = fmt.Sprintf("an integer from %d to %d", low, high)
}

// limit fills in that a length is beyond a limit.
func (v *Violation) limit(rule string, limit uint64, message, expected string) {
	v.Code, v.Rule, v.Message = "TM-BODY-LENGTH", fmt.Sprintf("%s:%d", rule, limit), message
	v.Expected = fmt.Sprintf(expected, limit)
}

// boundRule is Laravel's name of a bound, which the value may or may not reach.
func boundRule(inclusive, exclusive string, bound float64, mark openapi3.ExclusiveBound) string {
	if isExclusive(mark) {
		return exclusive + ".numeric:" + numberText(bound)
	}
	return inclusive + ".numeric:" + numberText(bound)
}

// mappingText lists the values that tell the alternatives of a schema apart.
func mappingText(d *openapi3.Discriminator) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(d.Mapping)) {
		names = append(names, Quote(name))
	}
	if len(names) == 0 {
		return "the name of a schema"
	}
	return "one of " + strings.Join(names, ", ")
}

// hidden is shown in place of a value that may be a secret.
const hidden = "[not shown]"

// violation adds to a leaf what the contract knows about the field it is in, and the value as
// it was sent.
func (f *fields) violation(l leaf, sent map[string]any) Violation {
	name := strings.Join(l.at, ".")
	subject := QuoteName(name)
	if len(l.at) == 0 {
		subject = "the body"
	}
	v := l.violation(subject)
	if v.Code == "TM-BODY-UNKNOWN-FIELD" && v.Severity == Error && l.err.SchemaField == "properties" {
		return f.forbidden(v, l, sent)
	}
	if len(l.at) == 0 || f.known[l.at[0]] == nil {
		if v.Got != "" && v.Code != "TM-BODY-REQUIRED" {
			v.Got = kindText(l.err.Value) // nobody knows whether it is a secret
		}
		v.Fix = "send what is expected; see the operation in openapi.yaml"
		return v
	}
	property := f.known[l.at[0]]
	value := l.err.Value
	if sentValue, ok := valueAt(sent, l.at); ok && v.Code != "TM-BODY-REQUIRED" {
		value = sentValue // kin-openapi makes a float64 of a number
	}
	switch {
	case v.Code == "TM-BODY-REQUIRED":
	case property.secret || l.secret():
		v.Got = hidden
	case v.Got != "" && len(l.at) > 1:
		v.Got = kindText(value) // a name inside a field may be a secret's
	case v.Got != "":
		v.Got = show(value)
	}
	if len(l.at) == 1 && !hasOwnLimit(v) {
		v.Expected = property.expected
	}
	fix := ""
	if !property.secret && !l.secret() { // a guess may quote the value
		fix = valueFix(v.Rule, value, enumOf(l.err.Schema))
	}
	if k := kind(value); (k == openapi3.TypeArray || k == openapi3.TypeObject) && l.err.Schema != nil && permits(l.err.Schema, value) {
		fix = "" // it is of the right kind
	}
	asExpected := fmt.Sprintf("send %s as expected", name)
	if property.description != "" {
		asExpected += ": " + property.description
	}
	switch {
	case v.Code == "TM-BODY-REQUIRED":
		v.Fix = strings.TrimSuffix(fmt.Sprintf("send %s: %s", name, property.description), ": ")
	case l.err.SchemaField == "readOnly":
		v.Fix = "leave it out"
	case l.err.SchemaField == "enum" && v.Code == "TM-BODY-ENUM":
		v.Fix = cmp.Or(fix, "send one of the known values; the list is the enum in openapi.yaml, and --spec takes your own copy")
	default:
		v.Fix = cmp.Or(fix, asExpected)
	}
	return v
}

// hasOwnLimit reports whether what a violation expects is about the one limit that was broken, and
// says more than what the field expects as a whole.
func hasOwnLimit(v Violation) bool {
	name, _, _ := strings.Cut(v.Rule, ":")
	return v.Code == "TM-BODY-LENGTH" && name != "required" || v.Code == "TM-BODY-UNKNOWN-FIELD" ||
		strings.HasPrefix(name, "max.") || name == "lt.numeric" || name == "distinct" || strings.HasPrefix(v.Expected, "anything but ") ||
		strings.HasPrefix(v.Expected, "an integer from ")
}

// forbidden is about a field that a contract with additionalProperties: false does not list.
func (f *fields) forbidden(v Violation, l leaf, sent map[string]any) Violation {
	name := l.at[len(l.at)-1]
	v.Message = fmt.Sprintf("%s is not part of the contract, which forbids other fields", QuoteName(name))
	v.Expected, v.Fix = "no such field", leaveOut
	if value, ok := valueAt(sent, l.at); ok {
		v.Got = kindText(value)
		if len(l.at) == 1 {
			v.Expected, v.Fix = f.list(), f.unknownFix(stray{name, value}, sent)
		}
	}
	return v
}

// valueAt finds the value that a path of keys and indexes leads to.
func valueAt(value any, path []string) (any, bool) {
	for _, key := range path {
		switch v := value.(type) {
		case map[string]any:
			inner, ok := v[key]
			if !ok {
				return nil, false
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// unknown is the warning about a field that the contract does not know.
func (f *fields) unknown(s stray, sent map[string]any) Violation {
	name, at, fix := QuoteName(s.name), Pointer(s.name), f.unknownFix(s, sent)
	if s.value == nil && fix == leaveOut { // in a form, a value on its own looks like this
		name, at = HiddenName(s.name), ""
	}
	v := Violation{
		Code: "TM-BODY-UNKNOWN-FIELD", Severity: Warning, In: InBody, At: at,
		Message:  fmt.Sprintf("%s is not part of the contract, and is ignored", name),
		Expected: f.list(), Got: kindText(s.value),
		Fix: fix,
	}
	return v
}

// list names the fields that there are, unless they are too many to be read.
func (f *fields) list() string {
	const most = 8
	if len(f.known) > most {
		return fmt.Sprintf("one of the operation's %d fields", len(f.known))
	}
	return "a field of the operation: " + strings.Join(slices.Sorted(maps.Keys(f.known)), ", ")
}

// kindText says what a value is without showing it.
func kindText(value any) string {
	switch value.(type) {
	case nil:
		return "null, or an empty text"
	case string:
		return "a text"
	case bool:
		return "a boolean"
	case []any, map[string]any:
		return show(value)
	}
	return "a number"
}

// enumOf lists the texts that a schema takes; nil when it has no list.
func enumOf(s *openapi3.Schema) []string {
	if s == nil {
		return nil
	}
	var all []string
	for _, v := range s.Enum {
		if text, ok := v.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// describe says in a few words what a schema accepts.
func describe(s *openapi3.Schema) string {
	text := describeOwn(s)
	if s.Nullable {
		text += ", or null"
	}
	if s.Not != nil {
		text += ", but not " + describe(s.Not.Value)
	}
	return text
}

func describeOwn(s *openapi3.Schema) string {
	switch {
	case len(s.AllOf) > 0:
		return strings.Join(partTexts(s), "; and ")
	case len(s.AnyOf) > 0:
		return strings.Join(branches(s.AnyOf), ", or ")
	case len(s.OneOf) > 0:
		return strings.Join(branches(s.OneOf), ", or ")
	case len(s.Enum) == 1:
		return show(s.Enum[0])
	case len(s.Enum) == 2:
		return show(s.Enum[0]) + " or " + show(s.Enum[1])
	case len(s.Enum) > 0:
		parts := make([]string, len(s.Enum))
		for i, e := range s.Enum {
			parts[i] = show(e)
		}
		return "one of " + strings.Join(parts, ", ")
	}
	name, limit, _ := strings.Cut(rule(s), ":")
	switch name {
	case "between.numeric":
		low, high, _ := strings.Cut(limit, ",")
		return "a whole number from " + low + " to " + high
	case "integer", "numeric":
		if s.Type.Is(openapi3.TypeString) {
			return "digits as text"
		}
		return numberName(s) + rangeText(s)
	case "boolean":
		return "true or false"
	case "array":
		if s.Type.Is(openapi3.TypeObject) {
			return "an object" + countText(s.MinProps, s.MaxProps, "fields")
		}
		return "a list" + countText(s.MinItems, s.MaxItems, "items")
	}
	if f, ok := formats[s.Format]; ok {
		return f.expected
	}
	switch {
	case name == "email":
		return formats["email"].expected
	case name == "date":
		return "a time such as 2026-01-02T15:04:05.000000Z"
	case s.Type == nil && (s.Min != nil || s.Max != nil || s.MultipleOf != nil):
		return numberName(s) + rangeText(s)
	case s.Type == nil && s.Pattern == "" && s.MaxLength == nil && s.MinLength == 0:
		return "any value"
	}
	text := "text"
	if s.Pattern != "" {
		text += " like " + s.Pattern
	}
	return text + countText(s.MinLength, s.MaxLength, "characters")
}

// partTexts describes the parts of an allOf, those that say something.
func partTexts(s *openapi3.Schema) []string {
	own := *s
	own.AllOf, own.Nullable, own.Not = nil, false, nil
	var all []string
	for _, text := range append([]string{describe(&own)}, refTexts(s.AllOf)...) {
		if text != "any value" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	if len(all) == 0 {
		return []string{"any value"}
	}
	return all
}

func refTexts(refs openapi3.SchemaRefs) []string {
	var all []string
	for _, ref := range refs {
		all = append(all, describe(ref.Value))
	}
	return all
}

// countText says how many there may be. That there must be one goes without saying.
func countText(low uint64, high *uint64, unit string) string {
	switch {
	case high != nil && low > 1:
		return fmt.Sprintf(" of %d to %d %s", low, *high, unit)
	case high != nil:
		return fmt.Sprintf(" of at most %d %s", *high, unit)
	case low > 1:
		return fmt.Sprintf(" of at least %d %s", low, unit)
	}
	return ""
}

func numberName(s *openapi3.Schema) string {
	if s.Type.Is(openapi3.TypeInteger) {
		return "a whole number"
	}
	return "a number"
}

// exact is the largest integer that every JSON decoder keeps: a bound up there needs no word.
const exact = 1<<53 - 2

// rangeText says which numbers a schema accepts.
func rangeText(s *openapi3.Schema) string {
	var all []string
	if s.Min != nil && isExclusive(s.ExclusiveMin) {
		all = append(all, " greater than "+numberText(*s.Min))
	} else if s.Min != nil {
		all = append(all, " of at least "+numberText(*s.Min))
	}
	if s.Max != nil && *s.Max < exact {
		all = append(all, maxText(s))
	}
	if s.MultipleOf != nil {
		all = append(all, " that is a multiple of "+numberText(*s.MultipleOf))
	}
	return strings.Join(all, " and")
}

func maxText(s *openapi3.Schema) string {
	if isExclusive(s.ExclusiveMax) {
		return " less than " + numberText(*s.Max)
	}
	return " of at most " + numberText(*s.Max)
}

// branches describes those of an anyOf: a number and the same number as text in one breath.
func branches(all openapi3.SchemaRefs) []string {
	is := func(kind string) func(b *openapi3.SchemaRef) bool {
		return func(b *openapi3.SchemaRef) bool { return b.Value.Type.Is(kind) }
	}
	text, number := slices.IndexFunc(all, is(openapi3.TypeString)), slices.IndexFunc(all, is(openapi3.TypeInteger))
	both := text >= 0 && number >= 0 && areDigits(all[text].Value)
	var parts []string
	for i, b := range all {
		switch {
		case both && i == text:
		case both && i == number:
			parts = append(parts, describe(b.Value)+", as a number or as text")
		default:
			parts = append(parts, describe(b.Value))
		}
	}
	return parts
}

// areDigits reports whether the strings that a schema accepts are numbers.
func areDigits(s *openapi3.Schema) bool {
	name, _, _ := strings.Cut(rule(s), ":")
	isNumber := func(text string) bool { _, ok := numberIn(text); return ok }
	return slices.Contains([]string{"integer", "numeric", "between.numeric"}, name) ||
		len(s.Enum) > 0 && len(enumOf(s)) == len(s.Enum) && !slices.ContainsFunc(enumOf(s), func(text string) bool { return !isNumber(text) })
}

// rule names a schema's kind as Laravel's language files do.
func rule(s *openapi3.Schema) string {
	var name string
	if extension(s.Extensions, "x-ticaga-rule", &name) == nil && name != "" {
		return name
	}
	switch branches := slices.Concat(s.AnyOf, s.OneOf); {
	case s.Type.Is(openapi3.TypeString):
		if f, ok := formats[s.Format]; ok {
			return f.rule
		}
		return "string"
	case s.Type.Is(openapi3.TypeNumber):
		return "numeric"
	case s.Type.Is(openapi3.TypeObject):
		return "array" // PHP has one word for both
	case s.Type != nil:
		return s.Type.Slice()[0]
	case len(s.AllOf) > 0:
		return rule(s.AllOf[0].Value)
	case len(branches) > 0:
		first := rule(branches[0].Value)
		if slices.ContainsFunc(branches, func(b *openapi3.SchemaRef) bool { return rule(b.Value) != first }) {
			return "regex" // "is invalid": there is no sentence for one of several kinds
		}
		return first
	}
	return "string"
}

// limitRule is the rule of a limit that was broken, unless the schema has one for both.
func limitRule(s *openapi3.Schema, other string) string {
	if named := rule(s); strings.HasPrefix(named, "between.") {
		return named
	}
	return other
}

// show prints a value from a request in a form that is safe in a log.
func show(value any) string {
	switch v := value.(type) {
	case string:
		return Quote(v)
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	case nil:
		return "null"
	case json.Number:
		return strings.Trim(Quote(v.String()), `"`)
	case float64:
		return numberText(v)
	}
	return fmt.Sprint(value)
}

func numberText(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
