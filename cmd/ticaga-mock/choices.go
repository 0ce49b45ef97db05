package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// What some flags choose from. A shell completes from the lists that the values are held to;
// those of scenarios are the fixtures' own.
var (
	authSchemes = []string{"basic", "bearer", "header", "off"}
	logFormats  = []string{"text", "json"}
	failOns     = []string{"error", "warning", "none"}
)

// oneOf holds a flag's value to a list, and names the one that was most likely meant.
func oneOf(flag, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	near := ""
	if word := words.Nearest(value, known); word != "" {
		near = fmt.Sprintf("; did you mean %q?", word)
	}
	return fmt.Errorf("--%s %q: must be one of %s%s", flag, value, strings.Join(known, ", "), near)
}

// checkAuth holds each scheme of a list to those that there are.
func checkAuth(list string) error {
	schemes := strings.Split(list, ",")
	for _, scheme := range schemes {
		if err := oneOf("auth", strings.TrimSpace(scheme), authSchemes); err != nil {
			return err
		}
	}
	if len(schemes) > 1 && strings.Contains(list, "off") {
		return fmt.Errorf("--auth %q: off does not go with another scheme", list)
	}
	return nil
}

// completeFlag lets a shell complete a flag's value from a list.
func completeFlag(cmd *cobra.Command, flag string, list []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
}

// completeAuth completes the last scheme of a list.
func completeAuth(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	var lists []string
	for _, scheme := range authSchemes {
		if !slices.Contains(strings.Split(before, ","), scheme) && (before == "" || scheme != "off") {
			lists = append(lists, before+scheme)
		}
	}
	return lists, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeFolder completes the one argument that is a folder.
func completeFolder(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeCode completes one code, and says what it means.
func completeCode(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var codes []string
	if len(args) == 0 {
		for _, m := range mock.CodeMeanings() {
			codes = append(codes, cobra.CompletionWithDesc(m.Code, m.Meaning))
		}
	}
	return codes, cobra.ShellCompDirectiveNoFileComp
}
