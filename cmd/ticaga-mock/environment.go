package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Annotations that say how a flag takes part in the environment.
const (
	onlyTyped = "only-typed" // not at all
	rivals    = "rivals"     // not where one of these flags was typed
	twin      = "twin"       // this flag has its value from there
)

// fromEnvironment gives every flag that the command line left alone the value of its twin
// in the environment.
func fromEnvironment(flags *pflag.FlagSet) error {
	typed := map[string]bool{}
	flags.Visit(func(f *pflag.Flag) { typed[f.Name] = true })
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := variable(f.Name)
		value := os.Getenv(name)
		_, alone := f.Annotations[onlyTyped]
		if value == "" || f.Name == "help" || typed[f.Name] || alone || slices.ContainsFunc(f.Annotations[rivals], func(r string) bool { return typed[r] }) {
			return
		}
		err := flags.Set(f.Name, value)
		var invalid *pflag.InvalidValueError
		if errors.As(err, &invalid) {
			err = badValue(invalid)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s in the environment: %w", name, err))
		}
		_ = flags.SetAnnotation(f.Name, twin, nil)
	})
	return errors.Join(errs...)
}

// fromTwin reports whether a flag has its value from the environment.
func fromTwin(flags *pflag.FlagSet, name string) bool {
	_, ok := flags.Lookup(name).Annotations[twin]
	return ok
}

// variable returns the name of a flag's twin in the environment.
func variable(flag string) string {
	return "TICAGA_MOCK_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// typedOnly keeps a flag out of the environment. The names are those of flags that are there.
func typedOnly(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		_ = flags.SetAnnotation(name, onlyTyped, nil)
	}
}

// rivalFlags are two of which the one that is typed counts.
func rivalFlags(flags *pflag.FlagSet, one, other string) {
	_ = flags.SetAnnotation(one, rivals, []string{other})
	_ = flags.SetAnnotation(other, rivals, []string{one})
}
