package contracts

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// rules say how Pact compares parts of a response: by matchers, or by value without one.
type rules struct {
	body    []rule
	headers map[string]matcher // by canonical name
	status  *matcher
}

// rule is a path in a body with its matcher. A "*" stands for any key or index.
type rule struct {
	path []string
	matcher
}

// matcher is a matcher as a pact has it.
type matcher struct {
	Match  string          // such as "type" or "regex"
	Regex  string          // of "regex"
	Status json.RawMessage // of "statusCode": the name of a class, or a list of codes
}

// readRules reads the matching rules of a response: of version 2, where a path begins with "$.body" or
// "$.headers", or of a later one, where each part has rules of its own. Rules that make no sense are
// ignored, as by Pact.
func readRules(raw json.RawMessage) rules {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return rules{}
	}
	ofBody, ofHeaders := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	_ = json.Unmarshal(parts["body"], &ofBody) // what is not an object has no rules
	_ = json.Unmarshal(parts["header"], &ofHeaders)
	for path, one := range parts {
		if rest, ok := strings.CutPrefix(path, "$.body"); ok {
			ofBody["$"+rest] = one
		}
		if keys := splitPath(path); len(keys) == 2 && (keys[0] == "headers" || keys[0] == "header") {
			ofHeaders[keys[1]] = one
		}
	}
	all := rules{headers: map[string]matcher{}}
	for path, one := range ofBody {
		if m, ok := readMatcher(one); ok {
			all.body = append(all.body, rule{splitPath(path), m})
		}
	}
	for name, one := range ofHeaders {
		if m, ok := readMatcher(one); ok {
			all.headers[http.CanonicalHeaderKey(name)] = m
		}
	}
	if m, ok := readMatcher(parts["status"]); ok {
		all.status = &m
	}
	return all
}

// readMatcher reads the first matcher of a rule: {"match": ...}, or since version 3 a list of them.
func readMatcher(raw json.RawMessage) (matcher, bool) {
	var rule struct {
		matcher
		Matchers []matcher
	}
	if json.Unmarshal(raw, &rule) != nil {
		return matcher{}, false
	}
	m := rule.matcher
	if len(rule.Matchers) > 0 {
		m = rule.Matchers[0]
	}
	if m.Match == "" {
		m.Match = "type" // version 2 has {"min": 1} for it
	}
	return m, true
}

// splitPath splits a path of Pact: $.users[0]['full name'][*].
func splitPath(path string) []string {
	var keys []string
	for path = strings.TrimPrefix(path, "$"); path != ""; {
		switch {
		case strings.HasPrefix(path, "['"):
			key, rest, _ := strings.Cut(path[2:], "']")
			keys, path = append(keys, key), rest
		case path[0] == '[':
			key, rest, _ := strings.Cut(path[1:], "]")
			keys, path = append(keys, key), rest
		default:
			path = strings.TrimPrefix(path, ".")
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			if end == 0 { // ".." or a stray bracket
				return append(keys, path)
			}
			keys, path = append(keys, path[:end]), path[end:]
		}
	}
	return keys
}

// at returns the kind of matcher that decides about a value of the body: the one with the longest path
// to it or to what it is in. It is "equality" without any.
func (r rules) at(place []string) string {
	longest, kind := -1, "equality"
	for _, one := range r.body {
		if len(one.path) > longest && one.covers(place) {
			longest, kind = len(one.path), one.Match
		}
	}
	return kind
}

// anyKey reports whether the keys of the object that holds a value may be others.
func (r rules) anyKey(place []string) bool {
	return slices.ContainsFunc(r.body, func(one rule) bool {
		return len(one.path) == len(place)-1 && one.covers(place) && (one.Match == "eachKey" || one.Match == "values" || one.Match == "eachValue")
	})
}

func (r rule) covers(place []string) bool {
	return len(r.path) <= len(place) && slices.EqualFunc(r.path, place[:len(r.path)], func(key, other string) bool { return key == "*" || key == other })
}

// acceptsStatus reports whether a status is as expected.
func (r rules) acceptsStatus(expected, status int) bool {
	switch {
	case r.status == nil || r.status.Match == "equality":
		return status == expected
	case r.status.Match != "statusCode":
		return true // "type", "integer" and the like
	}
	var codes []int
	if json.Unmarshal(r.status.Status, &codes) == nil {
		return slices.Contains(codes, status)
	}
	var class string
	_ = json.Unmarshal(r.status.Status, &class) // "" is no class
	return inClass(class, status)
}

// inClass reports whether a status belongs to a class of Pact.
func inClass(class string, status int) bool {
	switch class {
	case "info":
		return status/100 == 1
	case "success":
		return status/100 == 2
	case "redirect":
		return status/100 == 3
	case "clientError":
		return status/100 == 4
	case "serverError":
		return status/100 == 5
	case "nonError":
		return status < 400
	case "error":
		return status >= 400
	}
	return false
}

// acceptsHeader reports whether a header that is sent as value is as expected. A value that nobody knows
// beforehand is "".
func (r rules) acceptsHeader(name, expected, value string) bool {
	m, matched := r.headers[name]
	switch {
	case !matched || m.Match == "equality":
		return value != "" && sameList(expected, value)
	case m.Match == "regex" && value != "":
		re, err := regexp.Compile("^(?:" + m.Regex + ")$")
		return err != nil || re.MatchString(value) // what only other engines understand gets the benefit of the doubt
	case m.Match == "contentType":
		return false // Pact looks for the type in the value's own bytes
	}
	return true
}

// sameList compares two values of a header as Pact does: entry by entry, whatever spaces are between them.
func sameList(one, other string) bool {
	split := func(list string) []string {
		entries := strings.Split(list, ",")
		for n := range entries {
			entries[n] = strings.TrimSpace(entries[n])
		}
		return entries
	}
	return slices.Equal(split(one), split(other))
}
