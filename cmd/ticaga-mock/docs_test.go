package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// TestDocsListOperations checks the table of operations, which routes --markdown prints; -update
// regenerates it.
func TestDocsListOperations(t *testing.T) {
	var want bytes.Buffer
	if code := run(context.Background(), []string{"routes", "--markdown"}, &want, os.Stderr); code != exitFine {
		t.Fatalf("exit code %d, want %d", code, exitFine)
	}
	checkTable(t, "../../docs/operations.md", "<!-- ticaga-mock routes --markdown -->\n", "<!-- end -->", want.String())
}

// TestDocsListFixtures checks the table of the default scenario, which fixtures --markdown prints; -update
// regenerates it.
func TestDocsListFixtures(t *testing.T) {
	var want bytes.Buffer
	if code := run(context.Background(), []string{"fixtures", "--markdown"}, &want, os.Stderr); code != exitFine {
		t.Fatalf("exit code %d, want %d", code, exitFine)
	}
	checkTable(t, "../../docs/fixtures.md", "<!-- ticaga-mock fixtures --markdown -->\n", "<!-- end -->", want.String())
}

// TestDocsListSwitches checks the table of switches; -update regenerates it.
func TestDocsListSwitches(t *testing.T) {
	want := "| flag | what it chooses | values | default | what is known |\n| --- | --- | --- | --- | --- |\n"
	for _, s := range mock.Switches() {
		want += fmt.Sprintf("| `--%s` | %s | %s | `%s` | %s |\n", flagOf(s), strings.ReplaceAll(s.Meaning, "`", ""), s.Expected(), s.Default, s.Evidence)
	}
	checkTable(t, "../../docs/settings.md", "<!-- switches -->\n", "<!-- end of switches -->", want)
}

// TestDocsListLimits checks the table of limits; -update regenerates it.
func TestDocsListLimits(t *testing.T) {
	want, flags := "| flag | what it limits | default |\n| --- | --- | --- |\n", newServe().Flags()
	for _, l := range mock.Limits() {
		want += fmt.Sprintf("| `--%s` | %s | %s |\n", l.Flag, strings.ReplaceAll(l.Meaning, "`", ""), shownDefault(flags.Lookup(l.Flag)))
	}
	checkTable(t, "../../docs/limits.md", "<!-- limits -->\n", "<!-- end of limits -->", want)
}

// checkTable compares the table of a page between two marks with the generated one, or writes it with
// -update.
func checkTable(t *testing.T, file, begin, end, want string) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(page), begin)
	got, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s: got no table, want one between %q and %q", file, begin, end)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the table differs (-want +got); run: go test ./cmd/ticaga-mock -update\n%s", file, diff)
	}
}

// shownDefault returns the default of a flag as the documents show it.
func shownDefault(f *pflag.Flag) string {
	n, err := strconv.Atoi(f.DefValue)
	switch {
	case f.DefValue == "false":
		return "off"
	case f.DefValue == "[]":
		return ""
	case err == nil && n > 0 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case err == nil && n > 0 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return f.DefValue
}

// TestDocsCommands checks that the commands and flags that the documents show exist.
func TestDocsCommands(t *testing.T) {
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile("(?m)^ *ticaga-mock( [^&#\n]*)?|`ticaga-mock( [^`]+)`")
	shown := 0
	for _, file := range append(files, "../../README.md", "../../CONTRIBUTING.md", "../../SECURITY.md", "../../CHANGELOG.md") {
		page, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range command.FindAllStringSubmatch(string(page), -1) {
			shown++
			line := found[1] + found[2]
			cmd, args, err := newRoot().Find(strings.Fields(line))
			if err != nil {
				t.Errorf("%s: ticaga-mock%s: %v", file, line, err)
				continue
			}
			if err := cmd.ParseFlags(args); err != nil && !errors.Is(err, pflag.ErrHelp) {
				t.Errorf("%s: ticaga-mock%s: %v", file, line, err)
			}
		}
	}
	if shown < 20 {
		t.Errorf("found %d commands in the documents; is the pattern right?; want at least 20", shown)
	}
}

// TestReadmeShowsAViolation checks that the violation in README is as the program prints it in a script;
// -update copies it.
func TestReadmeShowsAViolation(t *testing.T) {
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
		t.Fatalf("README.md or the script: got no block that begins with %q, want one in both", beginning)
	}
	if *update {
		if err := os.WriteFile(file, []byte(before+beginning+want+"```"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md: the violation differs (-want +got); run: go test ./cmd/ticaga-mock -update\n%s", diff)
	}
}
