package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

func newSpec() *cobra.Command {
	var file string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "spec",
		Short: "Print the contract that requests are validated against",
		Long: "Spec prints openapi.yaml: the file whose lines violations name. A running mock has the one that it\n" +
			"follows at /_mock/api/openapi.yaml and /_mock/api/openapi.json.",
		Example: "  ticaga-mock spec > openapi.yaml\n  ticaga-mock spec --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			contract, err := loadContract(file)
			if err != nil {
				return err
			}
			text := contract.Source()
			if asJSON {
				if text, err = contract.JSON(); err != nil {
					return fmt.Errorf("contract: %w", err)
				}
				text = append(text[:len(text):len(text)], '\n')
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	addSpecFlag(cmd, &file)
	return cmd
}

// addSpecFlag adds the flag that names another contract.
func addSpecFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "spec", "", "OpenAPI `file` to use instead of the built-in openapi.yaml")
	_ = cmd.MarkFlagFilename("spec", "yaml", "yml", "json")
}

// loadContract returns the contract in a file, or the built-in one.
func loadContract(file string) (*spec.Contract, error) {
	if file == "" {
		return spec.BuiltIn(), nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--spec: %w", err)
	}
	contract, err := spec.Load(data)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	return contract, nil
}
