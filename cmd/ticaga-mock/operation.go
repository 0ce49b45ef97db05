package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
	"github.com/ticaga-mock/ticaga-mock/mock/words"
)

// operation is one operation in detail, as routes NAME --json prints it.
type operation struct {
	route
	Line        int              `json:"line"` // of the contract's file
	Description string           `json:"description"`
	Secured     bool             `json:"secured"` // credentials are required
	Successor   string           `json:"successor,omitempty"`
	Parameters  []operationField `json:"parameters"` // of the path, the query and headers
	Fields      []operationField `json:"fields"`     // of the body
	Statuses    []int            `json:"statuses"`
	Examples    []routeExample   `json:"examples"`
}

// operationField is a field of a body, or a parameter.
type operationField struct {
	Name        string   `json:"name"`
	In          string   `json:"in"`
	Required    string   `json:"required"` // "yes", "no", or when
	Expected    string   `json:"expected"`
	Description string   `json:"description,omitempty"`
	Ignored     string   `json:"ignored,omitempty"` // what to do instead, where it has no effect
	Alias       string   `json:"alias,omitempty"`   // what newer plugins call it
	Line        int      `json:"line,omitempty"`
	Evidence    string   `json:"evidence,omitempty"`
	Sources     []string `json:"sources,omitempty"`
}

// routeExample is a request that the contract shows.
type routeExample struct {
	Name   string         `json:"name"`
	Status int            `json:"status"` // of the answer of the default scenario
	Path   string         `json:"path"`
	Body   map[string]any `json:"body,omitempty"`
}

// findOperation returns the operation with an operationId. The error names the one that was most likely intended.
func findOperation(contract *spec.Contract, name string) (*spec.Operation, error) {
	if o := contract.Operation(name); o != nil {
		return o, nil
	}
	var known []string
	for _, o := range contract.Operations {
		if strings.EqualFold(o.ID, name) {
			return o, nil
		}
		known = append(known, o.ID)
	}
	if near := words.Nearest(name, known); near != "" {
		return nil, fmt.Errorf("routes %q: no such operation; did you mean %s?", name, near)
	}
	return nil, fmt.Errorf("routes %q: no such operation; ticaga-mock routes lists all", name)
}

func operationOf(contract *spec.Contract, o *spec.Operation) operation {
	told := operation{
		route: routeOf(o), Line: o.Line, Description: o.Details, Secured: o.Secured, Successor: o.Successor,
		Parameters: []operationField{}, Fields: []operationField{}, Statuses: o.Statuses(), Examples: []routeExample{},
	}
	for _, p := range slices.Concat(o.Params, o.Sent) {
		told.Parameters = append(told.Parameters, fieldOf(contract, o, p.Name, p.In, p.Required, &p.Field))
	}
	if body := o.Body(); body != nil {
		for _, name := range fieldNames(body) {
			told.Fields = append(told.Fields, bodyField(contract, o, body, name))
		}
	}
	for _, e := range o.Examples() {
		told.Examples = append(told.Examples, routeExample{e.Name, e.Status(), o.URL(e.Params), e.Body})
	}
	return told
}

// fieldNames returns the fields of a body: the required ones in the order of the contract, then the others by name.
func fieldNames(body *spec.Body) []string {
	names := slices.Clone(body.Order)
	for _, name := range slices.Sorted(maps.Keys(body.Fields)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// bodyField returns a field of the body.
func bodyField(contract *spec.Contract, o *spec.Operation, body *spec.Body, name string) operationField {
	told := fieldOf(contract, o, name, spec.InBody, body.Requires(name), body.Fields[name])
	for _, need := range body.Needs {
		switch {
		case need.OrZero && need.Name == name:
			told.Required = "unless " + strings.Join(need.Instead, " or ") + " is sent and is not 0"
		case !need.OrZero && (need.Name == name || slices.Contains(need.Instead, name)):
			told.Required = "one of " + strings.Join(append([]string{need.Name}, need.Instead...), ", ")
		}
	}
	return told
}

func fieldOf(contract *spec.Contract, o *spec.Operation, name, in string, required bool, f *spec.Field) operationField {
	line, known, sources := contract.Known(o, in, name)
	told := operationField{
		Name: name, In: in, Required: "no", Expected: f.Expected, Description: strings.TrimSpace(f.Description), Ignored: f.Ignored, Alias: f.Alias.Of,
		Line: line, Evidence: known, Sources: sources,
	}
	if required {
		told.Required = "yes"
	}
	return told
}

// tellOperation prints an operation for people.
func tellOperation(stdout io.Writer, told operation) error {
	s := term.StyleOf(stdout)
	plain := func(text string) string { return text }
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "%s  %s\n%s\n", s.Bold(told.Method+" "+told.Path), told.Operation, told.Summary)
	if told.Description != "" {
		_, _ = fmt.Fprintf(&b, "\n  %s\n", s.Wrap(2, strings.Join(strings.Fields(told.Description), " "), plain))
	}
	_, _ = fmt.Fprintf(&b, "\n  %-12s %s\n", "known from", evidence(told.Line, told.Evidence, told.Sources))
	_, _ = fmt.Fprintf(&b, "  %-12s %s\n", "credentials", map[bool]string{true: "required", false: "not required"}[told.Secured])
	if told.Successor != "" {
		_, _ = fmt.Fprintf(&b, "  %-12s %s\n", "newer", told.Successor)
	}
	_, _ = fmt.Fprintf(&b, "  %-12s %s\n", "statuses", strings.Trim(fmt.Sprint(told.Statuses), "[]"))
	tellFields(&b, s, "Parameters", told.Parameters)
	tellFields(&b, s, "Fields of the body", told.Fields)
	if len(told.Examples) > 0 {
		_, _ = fmt.Fprintf(&b, "\n%s\n", s.Bold("Examples, and the status of the answer in the default scenario"))
	}
	for _, e := range told.Examples {
		name := strings.TrimPrefix(e.Name, fmt.Sprint(e.Status, " "))
		_, _ = fmt.Fprintf(&b, "  %s %s  %s\n", s.Status(e.Status), name, s.Dim(told.Method+" "+e.Path))
		if e.Body != nil {
			_, _ = fmt.Fprintf(&b, "      %s\n", s.Wrap(6, compactJSON(e.Body), plain))
		}
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}

func tellFields(b *strings.Builder, s term.Style, title string, fields []operationField) {
	if len(fields) == 0 {
		return
	}
	_, _ = fmt.Fprintf(b, "\n%s\n", s.Bold(title))
	for _, f := range fields {
		in := ""
		if f.In != spec.InBody {
			in = s.Dim(" in the " + f.In)
		}
		_, _ = fmt.Fprintf(b, "  %s%s\n", s.Bold(f.Name), in)
		for _, line := range [...]struct{ name, text string }{
			{"required", f.Required}, {"expected", f.Expected}, {"about", f.Description}, {"ignored", f.Ignored},
			{"newer name", f.Alias}, {"known from", evidence(f.Line, f.Evidence, f.Sources)},
		} {
			if line.text != "" {
				_, _ = fmt.Fprintf(b, "    %-10s %s\n", line.name, s.Wrap(15, strings.Join(strings.Fields(line.text), " "), func(text string) string { return text }))
			}
		}
	}
}

// completeOperation completes an operationId of the built-in contract.
func completeOperation(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if contract, err := loadContract(""); err == nil && len(args) == 0 {
		for _, o := range contract.Operations {
			names = append(names, cobra.CompletionWithDesc(o.ID, o.Summary))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
