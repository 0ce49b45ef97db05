package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestReadmeHasTheSupportTable: the table comes from openapi.yaml by way of routes
// --markdown; -update writes it anew.
func TestReadmeHasTheSupportTable(t *testing.T) {
	var want bytes.Buffer
	if code := run(context.Background(), []string{"routes", "--markdown"}, &want, os.Stderr); code != exitFine {
		t.Fatalf("exit code %d", code)
	}
	checkTable(t, "<!-- ticaga-mock routes --markdown -->\n", "<!-- end -->", want.String())
}

// TestReadmeHasTheSwitches: their table comes from the switches; -update writes it anew.
func TestReadmeHasTheSwitches(t *testing.T) {
	want := "| flag | what it chooses | values | default | what is known |\n| --- | --- | --- | --- | --- |\n"
	for _, s := range mock.Switches() {
		want += fmt.Sprintf("| `--%s` | %s | %s | `%s` | %s |\n", flagOf(s), strings.ReplaceAll(s.Meaning, "`", ""), s.Expected(), s.Default, s.Evidence)
	}
	checkTable(t, "<!-- switches -->\n", "<!-- end of switches -->", want)
}

// checkTable compares README's table between two marks with the generated one, or writes it with
// -update.
func checkTable(t *testing.T, begin, end, want string) {
	t.Helper()
	const file = "../../README.md"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(readme), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("README.md has no table between %q and %q", begin, end)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table is out of date; run: go test ./cmd/ticaga-mock -update\n%s", diff)
	}
}

// TestReadmeShowsWhatIsSaid: the block that README shows of a mistake is the program's, as a script
// has it; -update takes it over.
func TestReadmeShowsWhatIsSaid(t *testing.T) {
	const file, beginning = "../../README.md", "  error TM-AUTH-MISSING"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile("testdata/script/mistakes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(readme), beginning)
	got, after, ok2 := strings.Cut(rest, "```")
	_, want, ok3 := strings.Cut(string(script), beginning)
	want, _, ok4 := strings.Cut(want, "\n  error ")
	want += "\n"
	if !ok1 || !ok2 || !ok3 || !ok4 {
		t.Fatalf("README.md or the script has no block that begins with %q", beginning)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+beginning+want+"```"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md shows another text; run: go test ./cmd/ticaga-mock -update\n%s", diff)
	}
}
