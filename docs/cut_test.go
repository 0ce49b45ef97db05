package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// cut is a block of code that is part of a file: of example_test.go, or of the file that stands before the
// name of the example.
var cut = regexp.MustCompile("(?s)(<!-- example: (?:(\\S+) )?(\\w+) -->\n```(\\w+)\n)(.*?)(```)")

// TestExamples checks that the documents show what the files of the examples have, which runs; -update
// copies it. An example begins behind a comment such as "// example: link", or "# example: link", and ends
// before "// end". It loses the indentation of its first line.
func TestExamples(t *testing.T) {
	languages := map[string]int{}
	for _, file := range documents(t) {
		page := read(t, file)
		shown := cut.FindAllStringSubmatch(page, -1)
		for _, parts := range shown {
			languages[parts[4]]++
		}
		if all := strings.Count(page, "```go\n"); all != strings.Count(strings.Join(cut.FindAllString(page, -1), ""), "```go\n") {
			t.Errorf("%s: got %d blocks of Go, want each to be marked with the name of an example", file, all)
		}
		want := cut.ReplaceAllStringFunc(page, func(text string) string {
			parts := cut.FindStringSubmatch(text)
			source := "docs/example_test.go"
			if parts[2] != "" {
				source = parts[2]
			}
			return parts[1] + example(t, source, parts[3]) + parts[6]
		})
		if *update {
			if err := os.WriteFile(filepath.Join(root, file), []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if diff := cmp.Diff(want, page); diff != "" {
			t.Errorf("%s: the example differs (-want +got); run: go test ./docs -update\n%s", file, diff)
		}
	}
	for _, language := range []string{"go", "php", "js", "yaml"} {
		if languages[language] == 0 {
			t.Errorf("documents: got no example in %s, want one at least; is the pattern right?", language)
		}
	}
}

// example returns the lines of an example in a file.
func example(t *testing.T, file, name string) string {
	t.Helper()
	var lines []string
	inside := false
	for line := range strings.Lines(read(t, file)) {
		switch comment := strings.TrimLeft(line, " \t/#"); {
		case comment == "example: "+name+"\n":
			inside = true
		case inside && comment == "end\n":
			indent := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t"))]
			for i := range lines {
				lines[i] = strings.TrimPrefix(lines[i], indent)
			}
			return strings.Join(lines, "")
		case inside:
			lines = append(lines, line)
		}
	}
	t.Fatalf("%s: got no example %q that ends, want one", file, name)
	return ""
}
