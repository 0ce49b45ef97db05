package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/spf13/cobra"
)

// TestOneCommandIsAsAmongAll: a command that is made alone helps, and fails, as it does among the others.
func TestOneCommandIsAsAmongAll(t *testing.T) {
	for _, c := range commands {
		if got := c.make().Name(); got != c.name {
			t.Errorf("%s: got the command %s, want the name in the table", c.name, got)
		}
		if got := len(rootFor([]string{c.name}).Commands()); (got > 1) != c.seesOthers {
			t.Errorf("%s: got %d commands, want one unless it sees others", c.name, got)
		}
		lines := [][]string{{c.name, "--help"}, {c.name, "--no-such-flag"}, {c.name, "--helq"}}
		for _, below := range c.make().Commands() {
			lines = append(lines, []string{c.name, below.Name(), "--help"}, []string{c.name, below.Name(), "--no-such-flag"})
		}
		for _, args := range lines {
			want, wantErr := printed(newRoot(), args)
			got, gotErr := printed(rootFor(args), args)
			if got != want || gotErr != wantErr {
				t.Errorf("%q: got %q and %s, want %q and %s", args, got, gotErr, want, wantErr)
			}
		}
	}
}

// printed returns what a command prints, and its error.
func printed(root *cobra.Command, args []string) (text, problem string) {
	var out bytes.Buffer
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	if err := root.ExecuteContext(context.Background()); err != nil {
		problem = err.Error()
	}
	return out.String(), problem
}
