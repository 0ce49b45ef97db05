package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// TestHelpTexts: every command there is has an example, and its help text is as in
// testdata/help; -update writes those anew.
func TestHelpTexts(t *testing.T) {
	const folder = "testdata/help"
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	texts := map[string]bool{}
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		path := strings.Fields(cmd.CommandPath())
		file := filepath.Join(folder, strings.Join(path, "-")+".txt")
		texts[file] = true
		if cmd.Example == "" {
			t.Errorf("%s: got no example, want one", cmd.CommandPath())
		}
		var got, stderr bytes.Buffer
		if code := run(context.Background(), append(path[1:], "--help"), &got, &stderr); code != exitFine || stderr.Len() > 0 {
			t.Errorf("%s --help: exit code %d: %s; want code %d, no stderr", cmd.CommandPath(), code, &stderr, exitFine)
		}
		if *update {
			if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s differs (-want +got); if that is intended, run: go test ./cmd/ticaga-mock -update\n%s", file, diff)
		}
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	root := newRoot()
	root.InitDefaultHelpCmd() // as Execute does
	visit(root)
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !texts[file] {
			t.Errorf("got %s, want only files of commands", file)
		}
	}
}
