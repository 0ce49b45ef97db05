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

func FuzzPosition(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":2}]}`), "a/1/b")
	f.Add([]byte("{"), "a")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		if line, column := position(data, strings.Split(path, "/")); line < 1 || column < 1 {
			t.Errorf("got %d:%d, want numbers from 1", line, column)
		}
	})
}
