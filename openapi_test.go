package ticagamock

import (
	"os"
	"regexp"
	"testing"
)

// TestFilesHaveNoAliases: some contract testers read YAML without anchors and aliases.
func TestFilesHaveNoAliases(t *testing.T) {
	alias := regexp.MustCompile(`(?m)^(?:[^#'"\n]*[:,\[{-] +)[&*]\w+`)
	if !alias.MatchString("  a: &b { c: 1 }") || !alias.MatchString("- *b") {
		t.Fatal("the pattern found no anchor or no alias, want both")
	}
	for _, name := range []string{"openapi.yaml", "mock/internal/control/openapi.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range alias.FindAll(data, -1) {
			t.Errorf("%s: got %s, want it written out, or $ref", name, line)
		}
	}
}
