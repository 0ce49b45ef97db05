package docs_test

import (
	"regexp"
	"testing"
)

// TestComparedVersions checks that the figures of the comparison name the versions that make compare installs.
func TestComparedVersions(t *testing.T) {
	makefile, page := read(t, "Makefile"), read(t, "docs/comparison.md")
	for name, installed := range map[string]string{
		"WireMock":    `wiremock@(\S+)`,
		"Prism":       `@stoplight/prism-cli@(\S+)`,
		"Mockoon CLI": `@mockoon/cli@(\S+)`,
	} {
		want := regexp.MustCompile(installed).FindStringSubmatch(makefile)
		got := regexp.MustCompile(`\b` + name + ` (\d+\.\d+\.\d+)`).FindStringSubmatch(page)
		switch {
		case want == nil || got == nil:
			t.Errorf("%s: got no version in the Makefile or in docs/comparison.md, want one in both", name)
		case got[1] != want[1]:
			t.Errorf("docs/comparison.md: got %s %s, want %s", name, got[1], want[1])
		}
	}
}
