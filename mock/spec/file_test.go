package spec

import (
	"strings"
	"testing"

	"github.com/oasdiff/yaml3"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
)

// TestBlocksAreTheSame: a block that is read alone is what it is in the whole of the built-in contract,
// line for line.
func TestBlocksAreTheSame(t *testing.T) {
	f := &file{data: ticagamock.OpenAPI}
	whole := f.readAll()
	check := func(names ...string) {
		t.Helper()
		want := whole
		for _, name := range names {
			want = want.child(name)
		}
		got, ok := f.readBlock(names)
		if !ok || got.line != want.line || outline(got.node) != outline(want.node) {
			t.Errorf("%q: got line %d, %v, want line %d", names, got.line, ok, want.line)
		}
	}
	for name := range whole.keys() {
		check(name.Value)
	}
	for path := range whole.child("paths").keys() {
		check("paths", path.Value)
	}
	for kind := range whole.child("components").keys() {
		for name := range whole.child("components").child(kind.Value).keys() {
			check("components", kind.Value, name.Value)
		}
	}
}

// outline lists the values in a node with their lines.
func outline(n *yaml.Node) string {
	var text strings.Builder
	var add func(n *yaml.Node)
	add = func(n *yaml.Node) {
		_, _ = text.WriteString(strings.Repeat("\n", n.Line) + n.Value)
		for _, inner := range n.Content {
			add(inner)
		}
	}
	add(n)
	return text.String()
}

// TestBlocksOfAnyYAML: a block is read alone where it stands alone, and is found anyhow.
func TestBlocksOfAnyYAML(t *testing.T) {
	for name, row := range map[string]struct {
		text  string
		alone bool
		line  int
	}{
		"block":             {"x: 1\na:\n  c: 2\n  b:\n    v: yes\n", true, 4},
		"flow below":        {"a:\n  b: {\n    v: yes}\n  c: 1\n", true, 2},
		"flow above":        {"a: {\n  b: {v: yes}}\n", false, 2},
		"flow at its key":   {"a: {c: {\nb: {v: no}}, b: {v: yes}}\n", false, 2},
		"quotes":            {"'a':\n  \"b\":\n    v: yes\n", true, 2},
		"blanks and notes":  {"# a:\n\na: # note\n\n# b:\n  # b:\n  b:   # note\n\n    v: yes\n# end\nc: 1\n", true, 7},
		"windows":           {"a:\r\n  b:\r\n    v: yes\r\n", true, 2},
		"list not indented": {"a:\n  c:\n  - b: 1\n  b:\n    v: yes\n    w:\n    - 1\n", true, 4},
		"text like a key":   {"x: |\n  a:\n    b: no\na:\n  c: |\n    b:\n  b:\n    v: yes\n", true, 7},
		"text at the left":  {"x: \"\na:\n\"\na:\n  b:\n    v: yes\n", false, 5},
		"alias":             {"x: &x yes\na:\n  b:\n    v: *x\n", false, 3},
		"anchor":            {"a: &a\n  b:\n    v: yes\n", false, 2},
		"merge":             {"x: &x\n  b: {v: yes}\na:\n  <<: *x\n", false, 2},
		"document":          {"---\na:\n  b:\n    v: yes\n...\n", true, 3},
		"JSON":              {"{\n\t\"a\": {\n\t\t\"b\": {\"v\": \"yes\"}}}", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := &file{data: []byte(row.text)}
			if _, alone := f.readBlock([]string{"a", "b"}); alone != row.alone {
				t.Errorf("read alone: got %v, want %v", alone, row.alone)
			}
			if got := f.block([]string{"a", "b"}); got.line != row.line || got.get("v").text() != "yes" {
				t.Errorf(`got line %d, %q; want line %d, text "yes"`, got.line, got.get("v").text(), row.line)
			}
			if got := f.block([]string{"a", "none"}); got.exists() {
				t.Errorf("block(a, none) = %v, want none", got)
			}
		})
	}
}
