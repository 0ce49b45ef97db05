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
		t.Fatal("the pattern does not find an anchor or an alias")
	}
	for _, name := range []string{"openapi.yaml", "mock/internal/control/openapi.yaml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range alias.FindAll(data, -1) {
			t.Errorf("%s: %s: write it out, or use $ref", name, line)
		}
	}
}
