package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	yaml "github.com/oasdiff/yaml3"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	ticagamock "github.com/ticaga-mock/ticaga-mock"
	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestReferenceOfCommands checks the page about every command; -update regenerates it.
func TestReferenceOfCommands(t *testing.T) {
	var page strings.Builder
	root, serve := newRoot(), newServe()
	root.InitDefaultHelpCmd() // as Execute does
	root.InitDefaultCompletionCmd()
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		if cmd != root {
			describeCommand(&page, cmd, serve.Flags())
		}
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(root)
	checkTable(t, "../../docs/reference-commands.md", "<!-- commands -->\n", "<!-- end of commands -->", page.String())
}

// describeCommand writes the section of a command. Flags that are as those of serve are only named.
func describeCommand(page *strings.Builder, cmd *cobra.Command, serve *pflag.FlagSet) {
	_, arguments, _ := strings.Cut(cmd.Use, " ")
	fmt.Fprintf(page, "\n## %s\n\n%s.\n", cmd.CommandPath(), cmd.Short)
	if arguments != "" {
		fmt.Fprintf(page, "\nArguments: `%s`.\n", arguments)
	}
	fmt.Fprintf(page, "\n```sh\n%s\n```\n", regexp.MustCompile(`(?m)^  `).ReplaceAllString(cmd.Example, ""))
	var rows, shared []string
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		same := serve.Lookup(f.Name)
		switch {
		case f.Name == "help" || f.Hidden:
		case cmd.Name() != "serve" && same != nil && same.Usage == f.Usage && same.DefValue == f.DefValue:
			shared = append(shared, "`--"+f.Name+"`")
		default:
			rows = append(rows, flagRow(f))
		}
	})
	if len(rows) > 0 {
		fmt.Fprintf(page, "\n| flag | what it does | default | environment |\n| --- | --- | --- | --- |\n%s", strings.Join(rows, ""))
	}
	if len(shared) > 0 {
		fmt.Fprintf(page, "\nThese flags are as those of [serve](#ticaga-mock-serve): %s.\n", strings.Join(shared, ", "))
	}
}

// flagRow returns a row about a flag.
func flagRow(f *pflag.Flag) string {
	value, usage := pflag.UnquoteUsage(f)
	name := "`" + strings.TrimSpace("--"+f.Name+" "+value) + "`"
	if f.Shorthand != "" {
		name = "`-" + f.Shorthand + "`, " + name
	}
	environment := "`" + variable(f.Name) + "`"
	if _, alone := f.Annotations[onlyTyped]; alone {
		environment = ""
	}
	standard := shownDefault(f)
	if standard != "" {
		standard = "`" + standard + "`"
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", name, cell(usage), standard, environment)
}

// cell returns a string for a cell of a table.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "`", ""), "|", `\|`)
}

// TestReferenceOfCodes checks the table of codes; -update regenerates it.
func TestReferenceOfCodes(t *testing.T) {
	table := "| code | severity | meaning |\n| --- | --- | --- |\n"
	for _, m := range mock.CodeMeanings() {
		table += fmt.Sprintf("| [%s](../mock/internal/explain/pages/%[1]s.md) | %s | %s |\n", m.Code, m.Severity, cell(m.Meaning))
	}
	checkTable(t, "../../docs/reference-codes.md", "<!-- codes -->\n", "<!-- end of codes -->", table)
}

// TestReferenceOfTheControlAPI checks the tables of its operations; -update regenerates them.
func TestReferenceOfTheControlAPI(t *testing.T) {
	data, err := os.ReadFile("../../mock/internal/control/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Tags  []struct{ Name, Description string }
		Paths map[string]map[string]yaml.Node // by path and method
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	for _, tag := range file.Tags {
		rows := map[string]string{}
		for path, item := range file.Paths {
			for method, node := range item {
				var operation struct {
					Tags    []string
					Summary string
				}
				if method == "parameters" { // of all operations
					continue
				}
				if err := node.Decode(&operation); err != nil {
					t.Fatalf("%s %s: %v", method, path, err)
				}
				if slices.Contains(operation.Tags, tag.Name) {
					method = strings.ToUpper(method)
					rows[path+" "+method] = fmt.Sprintf("| `%s` | %s | %s |\n", path, method, cell(operation.Summary))
				}
			}
		}
		fmt.Fprintf(&page, "\n## %s\n\n%s\n\n| path | method | what it does |\n| --- | --- | --- |\n", tag.Name, strings.TrimSpace(tag.Description))
		for _, place := range slices.Sorted(maps.Keys(rows)) {
			page.WriteString(rows[place])
		}
	}
	checkTable(t, "../../docs/reference-control-api.md", "<!-- control API -->\n", "<!-- end of control API -->", page.String())
}

// TestFidelity checks the numbers of what is known, guessed and open; -update counts again.
func TestFidelity(t *testing.T) {
	contract, err := spec.Load(ticagamock.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	current, old := map[string]int{}, map[string]int{}
	for _, o := range contract.Operations {
		if o.Deprecated {
			old[o.Evidence]++
		} else {
			current[o.Evidence]++
		}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(ticagamock.OpenAPI, &root); err != nil {
		t.Fatal(err)
	}
	details := map[string]int{}
	countEvidence(&root, false, details)
	guesses, err := os.ReadFile("../../docs/guesses.md")
	if err != nil {
		t.Fatal(err)
	}
	questions := regexp.MustCompile(`(?m)^\| `).FindAllString(string(guesses), -1)
	heads := regexp.MustCompile(`(?m)^\| (---|question) `).FindAllString(string(guesses), -1)
	want := "| | documented | observed | inferred |\n| --- | --- | --- | --- |\n" +
		counted("operations that plugins call today", current) +
		counted("operations of 2024", old) +
		counted("schemas, fields and rules with evidence of their own", details) +
		fmt.Sprintf("\nopenapi.yaml marks %d places inside known operations with `[I]`. [Guesses](guesses.md) answers %d questions that no source\nanswers, and %d [switches](settings.md#choose-what-nobody-knows) choose other answers.\n",
			strings.Count(string(ticagamock.OpenAPI), "[I]"), len(questions)-len(heads), len(mock.Switches()))
	checkTable(t, "../../docs/fidelity.md", "<!-- counts -->\n", "<!-- end of counts -->", want)
}

// counted returns a row of numbers.
func counted(what string, by map[string]int) string {
	return fmt.Sprintf("| %s | %d | %d | %d |\n", what, by["documented"], by["observed"], by["inferred"])
}

// countEvidence counts what a part of openapi.yaml says of its evidence, apart from operations.
func countEvidence(node *yaml.Node, operation bool, count map[string]int) {
	for i, child := range node.Content {
		if node.Kind != yaml.MappingNode {
			countEvidence(child, false, count)
			continue
		}
		if i%2 == 1 {
			continue // a value, which goes with its key
		}
		value := node.Content[i+1]
		switch {
		case child.Value != "x-ticaga-evidence":
			method := slices.Contains([]string{"get", "post", "put", "patch", "delete"}, child.Value)
			countEvidence(value, method, count)
		case operation:
		case value.Kind == yaml.ScalarNode:
			count[value.Value]++
		default:
			for j := 1; j < len(value.Content); j += 2 {
				count[cmp.Or(value.Content[j].Value, "none")]++
			}
		}
	}
}
