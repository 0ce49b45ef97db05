package main

import (
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shell is one that completion is there for.
type shell struct {
	name  string
	now   string // loads it into the shell that is open
	ever  string // and into every one from then on
	write func(root *cobra.Command, w io.Writer) error
}

func shells() []shell {
	return []shell{
		{"bash", "source <(ticaga-mock completion bash)",
			"ticaga-mock completion bash > ~/.local/share/bash-completion/completions/ticaga-mock",
			func(root *cobra.Command, w io.Writer) error { return root.GenBashCompletionV2(w, true) }},
		{"fish", "ticaga-mock completion fish | source",
			"ticaga-mock completion fish > ~/.config/fish/completions/ticaga-mock.fish",
			func(root *cobra.Command, w io.Writer) error { return root.GenFishCompletion(w, true) }},
		{"powershell", "ticaga-mock completion powershell | Out-String | Invoke-Expression",
			"ticaga-mock completion powershell >> $PROFILE",
			func(root *cobra.Command, w io.Writer) error { return root.GenPowerShellCompletionWithDesc(w) }},
		{"zsh", "source <(ticaga-mock completion zsh)",
			`ticaga-mock completion zsh > "${fpath[1]}/_ticaga-mock"`,
			func(root *cobra.Command, w io.Writer) error { return root.GenZshCompletion(w) }},
	}
}

func newCompletion() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "completion",
		Short:   "Print a script that lets a shell complete commands, flags and values",
		Example: "  source <(ticaga-mock completion bash)\n  ticaga-mock completion zsh --help",
		Args:    aCommand,
		RunE:    func(*cobra.Command, []string) error { return nil }, // its arguments never pass
	}
	for _, s := range shells() {
		cmd.AddCommand(&cobra.Command{
			Use:     s.name,
			Short:   "Print the script for " + s.name,
			Long:    "Prints the script for " + s.name + ". The first example loads it into the current shell,\nthe second into every new one.",
			Example: "  " + s.now + "\n  " + s.ever,
			Args:    noArguments,
			RunE:    func(cmd *cobra.Command, _ []string) error { return s.write(cmd.Root(), cmd.OutOrStdout()) },
		})
	}
	return cmd
}

// plainUsage takes the backquotes out of the flags' descriptions: they mark the name of the value
// for help texts, and a shell would show them.
func plainUsage(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) })
	for _, c := range cmd.Commands() {
		plainUsage(c)
	}
}
