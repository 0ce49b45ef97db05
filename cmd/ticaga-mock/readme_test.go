package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadmeHasTheSupportTable: the table comes from openapi.yaml by way of routes
// --markdown; -update writes it anew.
func TestReadmeHasTheSupportTable(t *testing.T) {
	const file, begin, end = "../../README.md", "<!-- ticaga-mock routes --markdown -->\n", "<!-- end -->"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(readme), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("README.md has no table between %q and %q", begin, end)
	}
	var want bytes.Buffer
	if code := run(context.Background(), []string{"routes", "--markdown"}, &want, os.Stderr); code != exitFine {
		t.Fatalf("exit code %d", code)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want.String(), got); diff != "" {
		t.Errorf("the table is out of date; run: go test ./cmd/ticaga-mock -update\n%s", diff)
	}
}

// TestReadmeShowsWhatIsSaid: the block that README shows of a mistake is the program's.
func TestReadmeShowsWhatIsSaid(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/script/mistakes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), "  error TM-AUTH-MISSING")
	block, _, _ := strings.Cut(rest, "```")
	if !ok || !strings.Contains(string(script), "  error TM-AUTH-MISSING"+block) {
		t.Errorf("README.md shows another text than testdata/script/mistakes.txtar: %s", block)
	}
}
