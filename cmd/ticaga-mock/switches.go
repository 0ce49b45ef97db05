package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// addSwitches defines a flag for each switch: a choice that no source decides.
func addSwitches(cmd *cobra.Command) {
	flags := cmd.Flags()
	for _, s := range mock.Switches() {
		name := flagOf(s)
		flags.Var(&switchValue{s, s.Default}, name, fmt.Sprintf("%s: %s; %s", s.Meaning, s.Expected(), s.Evidence))
		if s.Values != nil {
			completeFlag(cmd, name, s.Values)
		}
	}
	flags.Var(&codesValue{}, "allow", "`codes` of expected violations, separated by commas: they are reported, but fail nothing")
	_ = cmd.RegisterFlagCompletionFunc("allow", completeCodes)
}

func flagOf(s mock.Switch) string { return strings.ReplaceAll(s.Name, "_", "-") }

// chosen returns the switches that were set, as a JSON object; "" if none was. Defaults are left out,
// since they would take precedence over the scenario's settings.
func chosen(flags *pflag.FlagSet) (string, error) {
	values := map[string]string{}
	for _, s := range mock.Switches() {
		if f := flags.Lookup(flagOf(s)); f.Changed {
			values[s.Name] = f.Value.String()
		}
	}
	if f := flags.Lookup("allow"); f.Changed {
		values["allow"] = f.Value.String()
	}
	if len(values) == 0 {
		return "", nil
	}
	object, err := json.Marshal(values)
	return string(object), err
}

// switchValue is the pflag.Value of a switch.
type switchValue struct {
	mock.Switch
	value string
}

func (v *switchValue) String() string { return v.value }

func (v *switchValue) Type() string { return "value" }

func (v *switchValue) Set(value string) error {
	v.value = value
	return v.Check(value)
}

// codesValue is the pflag.Value of --allow.
type codesValue struct{ list string }

func (v *codesValue) String() string { return v.list }

func (v *codesValue) Type() string { return "codes" }

func (v *codesValue) Set(list string) error {
	v.list = list
	return mock.CheckCodes(list)
}

// completeCodes completes the last code of a list.
func completeCodes(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	codes, _ := completeCode(cmd, nil, "")
	for i := range codes {
		codes[i] = before + codes[i]
	}
	return codes, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}
