package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// Packages have man pages, and a test writes them: what generates them need not be in the program.
var (
	manFolder = flag.String("man", "", "write the man pages into this `folder`")
	manDate   = flag.Int64("man-date", 0, "`seconds` since 1970 of the date in the man pages")
)

// TestManPages generates the man pages, one for each command. They are the same whenever and wherever
// they are generated.
func TestManPages(t *testing.T) {
	folder := *manFolder
	if folder == "" {
		folder = t.TempDir()
	}
	root := newRoot()
	root.InitDefaultHelpCmd() // as Execute does
	plainUsage(root)
	var visit func(*cobra.Command)
	pages := 0
	visit = func(cmd *cobra.Command) {
		cmd.DisableAutoGenTag = true
		cmd.InitDefaultHelpFlag()
		if !cmd.HasParent() || cmd.IsAvailableCommand() { // help has none: it shows what the pages say
			pages++
		}
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(root)
	date := time.Unix(*manDate, 0).UTC()
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: "ticaga-mock", Manual: "ticaga-mock"}
	if err := doc.GenManTree(root, header, folder); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != pages {
		t.Errorf("got %d pages, want one for each of %d commands", len(files), pages)
	}
	page, err := os.ReadFile(filepath.Join(folder, "ticaga-mock-run.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".SH NAME\nticaga-mock-run - Run a command", "\\fB--fail-on\\fP", ".SH EXAMPLE", ".SH SEE ALSO"} {
		if !strings.Contains(strings.ReplaceAll(string(page), `\-`, "-"), want) {
			t.Errorf("ticaga-mock-run.1: got no %q, want it in:\n%s", want, page)
		}
	}
}
