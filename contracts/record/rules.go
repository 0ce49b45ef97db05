package record

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"encoding/json"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// matchingRules returns rules by which other answers of the same kind match: every value by its type, arrays by
// their first entry, and by value what the contract fixes.
func matchingRules(o *spec.Operation, status int, answer any) map[string]any {
	rules := map[string]any{"$": matchers(map[string]any{"match": "type"})}
	lists(answer, "$", rules)
	for _, at := range o.Fixed(status, plain(answer)) {
		rules[path(at)] = matchers(map[string]any{"match": "equality"})
	}
	return rules
}

func matchers(m map[string]any) map[string]any {
	return map[string]any{"combine": "AND", "matchers": []any{m}}
}

// lists adds a rule for every array: it may be longer.
func lists(value any, at string, rules map[string]any) {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			lists(v[name], at+step(name), rules)
		}
	case []any:
		if len(v) > 0 {
			rules[at] = matchers(map[string]any{"match": "type", "min": 1})
			lists(v[0], at+"[*]", rules)
		}
	}
}

// path returns a place as Pact writes it.
func path(at []string) string {
	text := "$"
	for _, key := range at {
		text += step(key)
	}
	return text
}

// step is one key or index of a path.
func step(key string) string {
	if _, err := strconv.Atoi(key); err == nil {
		return "[" + key + "]"
	}
	if strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && key != "" {
		return "." + key
	}
	return "['" + key + "']"
}

// plain returns JSON as encoding/json decodes it without options.
func plain(value any) any {
	data, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var plain any
	_ = json.Unmarshal(data, &plain) // it was encoded just now
	return plain
}

// difference returns the first place where an answer is of another kind than the recorded one, by the rules of
// matchingRules; nil when they match.
func difference(recorded, fresh any, at []string) *[]string {
	switch want := recorded.(type) {
	case map[string]any:
		got, ok := fresh.(map[string]any)
		if !ok {
			return &at
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			inner := append(slices.Clone(at), name)
			value, ok := got[name]
			if !ok {
				return &inner
			}
			if found := difference(want[name], value, inner); found != nil {
				return found
			}
		}
		return nil
	case []any:
		got, ok := fresh.([]any)
		if !ok || (len(want) == 0) != (len(got) == 0) {
			return &at
		}
		for i, value := range got {
			if found := difference(want[min(i, len(want)-1)], value, append(slices.Clone(at), strconv.Itoa(i))); found != nil {
				return found
			}
		}
		return nil
	}
	if kind(recorded) != kind(fresh) {
		return &at
	}
	return nil
}

func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "boolean"
	}
	return "number"
}
