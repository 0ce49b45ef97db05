package contracts

import (
	"strings"
	"testing"
)

func TestPosition(t *testing.T) {
	data := []byte("{\n  \"a\": {\"b\": [1,\n    {\"c\" : \"x\"}]},\n  \"Headers\": {\"Content-Type\": [\"y\"]},\n  \"d\": null\n}")
	for _, row := range []struct {
		path         string
		line, column int
	}{
		{"", 1, 1},
		{"a", 2, 8},
		{"a/b", 2, 14},
		{"a/b/0", 2, 15},
		{"a/b/1", 3, 5},
		{"a/b/1/c", 3, 12},
		{"a/b/7", 2, 14},      // the innermost that there is
		{"a/nothing/c", 2, 8}, // also below it
		{"headers/content-type/0", 4, 32},
		{"d", 5, 8},
		{"d/e", 5, 8},
	} {
		var path []string
		if row.path != "" {
			path = strings.Split(row.path, "/")
		}
		if line, column := position(data, path); line != row.line || column != row.column {
			t.Errorf("%q: got %d:%d, want %d:%d", row.path, line, column, row.line, row.column)
		}
	}
}

// position returns where the value is that keys and indexes lead to, in a document that is one interaction.
func position(data []byte, path []string) (line, column int) {
	p := &positions{data: data, starts: []start{{0, 1, 1}}}
	p.once.Do(func() {})
	return p.of(0, path)
}

// TestPositionsOfInteractions: each interaction is found, on a line of its own or not.
func TestPositionsOfInteractions(t *testing.T) {
	p := &positions{data: []byte("{\"consumer\": {\"interactions\": []},\n\"interactions\": [{\"a\": 1}, {\"a\":\n  2},\n\t{\"a\": {\"b\": 3}}]}")}
	for index, want := range []struct {
		path         string
		line, column int
	}{{"a", 2, 24}, {"a", 3, 3}, {"a/b", 4, 14}} {
		if line, column := p.of(index, strings.Split(want.path, "/")); line != want.line || column != want.column {
			t.Errorf("interaction %d: got %d:%d, want %d:%d", index, line, column, want.line, want.column)
		}
	}
	if line, column := p.of(3, nil); line != 1 || column != 1 {
		t.Errorf("an interaction that does not exist: got %d:%d, want 1:1", line, column)
	}
}

// TestPositionsCountCharacters: a column is one of an editor, and a field is not one in another case.
func TestPositionsCountCharacters(t *testing.T) {
	data := []byte("{\r\n\t\"日本\": \"ü😀\", \"A\": 1, \"a\": 2}")
	for path, column := range map[string]int{"日本": 8, "A": 19, "a": 27} {
		if line, got := position(data, []string{path}); line != 2 || got != column {
			t.Errorf("%q: got %d:%d, want 2:%d", path, line, got, column)
		}
	}
}

// BenchmarkPositions finds a value in the last of many interactions, which must not cost more than in the first.
func BenchmarkPositions(b *testing.B) {
	p := &positions{data: []byte(`{"interactions": [` + strings.Repeat(`{"request": {"body": {"a": 1}}},`, 100_000) + `{"request": {"body": {"a": 1}}}]}`)}
	for b.Loop() {
		p.of(100_000, []string{"request", "body", "a"})
	}
}

func FuzzPosition(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":2}]}`), "a/1/b")
	f.Add([]byte("{"), "a")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		if line, column := position(data, strings.Split(path, "/")); line < 1 || column < 1 {
			t.Errorf("got %d:%d, want numbers from 1", line, column)
		}
		p := &positions{data: data}
		for index := range 3 {
			if line, column := p.of(index, strings.Split(path, "/")); line < 1 || column < 1 {
				t.Errorf("interaction %d: got %d:%d, want numbers from 1", index, line, column)
			}
		}
	})
}
