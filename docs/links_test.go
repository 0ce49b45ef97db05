package docs_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	link         = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headline     = regexp.MustCompile(`(?m)^#+ (.+)$`)
	codeFence    = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
	notInAnchors = regexp.MustCompile("[^a-z0-9 _-]")
)

// TestLinks checks that every relative link leads to a file that exists, and to a headline in it.
func TestLinks(t *testing.T) {
	for _, file := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(prose(read(t, file)), -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			other := file
			if target != "" {
				other = path.Join(path.Dir(file), target)
			}
			if _, err := os.Stat(filepath.Join(root, other)); err != nil {
				t.Errorf("%s: link to %q: got no such file, want one", file, found[1])
				continue
			}
			if anchor != "" && !slices.Contains(anchors(read(t, other)), anchor) {
				t.Errorf("%s: got a link to %q, want one of the headlines %q", file, found[1], anchors(read(t, other)))
			}
		}
	}
}

// TestEveryPageIsReachable checks that links lead from docs/README.md to every page, and from README to docs/README.md.
func TestEveryPageIsReachable(t *testing.T) {
	const index = "docs/README.md"
	pages := documents(t)
	reached := map[string]bool{index: true}
	for todo := []string{index}; len(todo) > 0; todo = todo[1:] {
		for _, found := range link.FindAllStringSubmatch(prose(read(t, todo[0])), -1) {
			target, _, _ := strings.Cut(found[1], "#")
			other := path.Join(path.Dir(todo[0]), target)
			if slices.Contains(pages, other) && !reached[other] {
				reached[other] = true
				todo = append(todo, other)
			}
		}
	}
	for _, file := range pages {
		if file != "README.md" && !reached[file] {
			t.Errorf("%s: got no way to %s by links, want one", index, file)
		}
	}
	if !strings.Contains(prose(read(t, "README.md")), "]("+index+")") {
		t.Errorf("README.md: got no link to %s, want one", index)
	}
}

// TestIndexLeadsInOneClick checks that the index itself links to every page in docs: nobody has to find the way.
func TestIndexLeadsInOneClick(t *testing.T) {
	index := prose(read(t, "docs/README.md"))
	for _, file := range documents(t) {
		name, ok := strings.CutPrefix(file, "docs/")
		if ok && name != "README.md" && !strings.Contains(index, "]("+name+")") {
			t.Errorf("docs/README.md: got no link to %s, want one", name)
		}
	}
}

// anchors returns the names by which links find the headlines of a page, as GitHub makes them.
func anchors(page string) []string {
	var names []string
	for _, found := range headline.FindAllStringSubmatch(prose(page), -1) {
		name := notInAnchors.ReplaceAllString(strings.ToLower(found[1]), "")
		names = append(names, strings.ReplaceAll(name, " ", "-"))
	}
	return names
}

// prose returns a page without its blocks of code.
func prose(page string) string { return codeFence.ReplaceAllString(page, "") }

// TestInternalsListFolders checks that the page about the inside has a row for each package.
func TestInternalsListFolders(t *testing.T) {
	page := read(t, "docs/internals.md")
	for _, pattern := range []string{"cmd/*", "cmd/ticaga-mock/internal/*", "mock/*", "mock/log/*", "mock/internal/*", "contracts/*", "release/*", "release/packages/*"} {
		sources, err := filepath.Glob(filepath.Join(root, pattern, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range sources {
			folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(source)), root+"/")
			if !strings.Contains(page, "| `"+folder+"` |") {
				t.Errorf("docs/internals.md: got no row for %s, want one", folder)
			}
		}
	}
}
