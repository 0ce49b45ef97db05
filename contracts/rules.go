package contracts

import (
	"encoding/json"
	"slices"
	"strings"
)

// rules say how Pact compares parts of a body: by matchers, where it is not by value.
type rules []rule

// rule is a path with its matcher. A "*" stands for any key or index.
type rule struct {
	path []string
	kind string // such as "type" or "regex"
}

// readRules reads the matching rules of a body: of version 2, where each path begins with "$.body", or
// of a later one, where those of the body have a part of their own.
func readRules(raw json.RawMessage) rules {
	var parts map[string]json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return nil
	}
	ofBody := map[string]json.RawMessage{}
	if body, ok := parts["body"]; ok {
		_ = json.Unmarshal(body, &ofBody) // what is not an object has no rules
	}
	for path, one := range parts {
		if rest, ok := strings.CutPrefix(path, "$.body"); ok {
			ofBody["$"+rest] = one
		}
	}
	var all rules
	for path, one := range ofBody {
		var r struct {
			Match    string
			Matchers []struct{ Match string }
		}
		if json.Unmarshal(one, &r) != nil {
			continue
		}
		kind := r.Match
		if len(r.Matchers) > 0 {
			kind = r.Matchers[0].Match
		}
		if kind == "" {
			kind = "type" // version 2 writes {"min": 1} for it
		}
		all = append(all, rule{splitPath(path), kind})
	}
	return all
}

// splitPath takes a path of Pact's apart: $.users[0]['full name'][*].
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
			if end == 0 { // ".." or a stray bracket: nothing that anybody writes
				return append(keys, path)
			}
			keys, path = append(keys, path[:end]), path[end:]
		}
	}
	return keys
}

// byValue reports whether Pact compares the value at a place by value, so that no other would do.
// A rule about a value is also about what is in it.
func (r rules) byValue(at []string) bool {
	longest, kind := -1, ""
	for _, one := range r {
		if len(one.path) > longest && one.covers(at) {
			longest, kind = len(one.path), one.kind
		}
	}
	return kind == "" || kind == "equality"
}

func (r rule) covers(at []string) bool {
	return len(r.path) <= len(at) && slices.EqualFunc(r.path, at[:len(r.path)], func(key, other string) bool { return key == "*" || key == other })
}
