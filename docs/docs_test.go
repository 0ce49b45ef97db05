// Package docs_test checks what the documents of this repository say: links lead somewhere, commands
// and requests work, and the words are those that readers know.
package docs_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated parts of the documents")

const root = ".."

// documents returns the Markdown files that people read in the repository, as paths from its root.
func documents(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "contracts/examples/*/README.md", "release/packages/*/README.md"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			files = append(files, strings.TrimPrefix(filepath.ToSlash(file), root+"/"))
		}
	}
	if !slices.Contains(files, "README.md") || !slices.Contains(files, "docs/settings.md") {
		t.Fatalf(`documents are missing: got %q; want files with "README.md", files with "docs/settings.md"`, files)
	}
	return files
}

// read returns a file of the repository.
func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
