package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newFixtures() *cobra.Command {
	var scenario string
	var asJSON, markdown bool
	cmd := &cobra.Command{
		Use:   "fixtures",
		Short: "List the ids, e-mail addresses and passwords of a scenario; write or check fixtures",
		Long: "Fixtures lists what requests can use of a scenario: staff with their tokens, customers with their\n" +
			"passwords, departments and tickets. fixtures export writes a scenario's files to a folder, and\n" +
			"fixtures check checks a folder of your own.",
		Example: "  ticaga-mock fixtures\n  ticaga-mock fixtures --scenario guest-tickets\n  ticaga-mock fixtures export ./my-help-desk\n  ticaga-mock fixtures check ./my-help-desk",
		Args:    maybeCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := oneOf("scenario", scenario, fixtures.Names()); err != nil {
				return err
			}
			files, err := fixtures.Open(scenario)
			if err != nil {
				return err
			}
			list, generated, err := readFixtures(files)
			switch stdout := cmd.OutOrStdout(); {
			case err != nil:
				return err
			case markdown && asJSON:
				return errors.New("--markdown and --json: use one of them")
			case markdown:
				return fixturesMarkdown(stdout, list)
			case asJSON:
				return writeJSON(stdout, list)
			default:
				return tellFixtures(stdout, list, generated)
			}
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&scenario, "scenario", "default", "`name` of the scenario")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&markdown, "markdown", false, "print the table of docs/fixtures.md")
	completeFlag(cmd, "scenario", fixtures.Names())
	cmd.AddCommand(newFixturesExport(), newFixturesCheck())
	return cmd
}

func newFixturesExport() *cobra.Command {
	var scenario string
	cmd := &cobra.Command{
		Use:     "export FOLDER",
		Short:   "Write the files of a scenario to a folder, so that you can change them",
		Long:    "Export writes the files of a scenario to a folder, and creates it if necessary. It\nchanges no existing file, and completes a folder that an earlier export did not finish.",
		Example: "  ticaga-mock fixtures export ./my-help-desk\n  ticaga-mock fixtures export --scenario empty ./my-help-desk",
		Args:    arguments(1, 1, "ticaga-mock fixtures export ./my-help-desk"),

		ValidArgsFunction: completeFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("scenario", scenario, fixtures.Names()); err != nil {
				return err
			}
			files, err := fixtures.Open(scenario)
			if err != nil {
				return err
			}
			return exportTo(cmd, files, args[0])
		},
	}
	cmd.Flags().StringVar(&scenario, "scenario", "default", "`name` of the scenario")
	completeFlag(cmd, "scenario", fixtures.Names())
	return cmd
}

// exportTo writes every file, or none when one of them is there and is not this scenario's. It may
// be repeated after it was interrupted.
func exportTo(cmd *cobra.Command, files fs.FS, folder string) error {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return err
	}
	contents, complete := map[string][]byte{}, map[string]bool{}
	for _, name := range names {
		if contents[name], err = fs.ReadFile(files, name); err != nil {
			return err
		}
		if complete[name], err = exported(filepath.Join(folder, name), contents[name]); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(folder, name)
		if complete[name] {
			cmd.Println("unchanged", path)
			continue
		}
		if err := writeWhole(path, contents[name]); err != nil {
			return err
		}
		cmd.Println("wrote", path)
	}
	return nil
}

// exported reports whether a file is there with the whole content. One that is there with
// anything but a beginning of it is an error.
func exported(path string, content []byte) (bool, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.Mode().IsRegular() && info.Size() <= int64(len(content)):
		there, err := os.ReadFile(path)
		if err == nil && bytes.HasPrefix(content, there) {
			return len(there) == len(content), nil
		}
	}
	return false, fmt.Errorf("%s already exists and is different; export to another folder, or remove it", path)
}

// writeWhole writes a file that is there either whole or not at all.
func writeWhole(path string, content []byte) error {
	file, err := createReplacement(path)
	if err != nil {
		return err
	}
	_, _ = file.Write(content)
	return file.commit()
}

func newFixturesCheck() *cobra.Command {
	return &cobra.Command{
		Use:     "check FOLDER-OR-ZIP",
		Short:   "Check whether the mock can start with the files of a folder or a zip",
		Example: "  ticaga-mock fixtures check ./my-help-desk",
		Args:    arguments(1, 1, "ticaga-mock fixtures check ./my-help-desk"),

		ValidArgsFunction: completeFolder,
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := openFixtures(args[0])
			if err != nil {
				return err
			}
			if _, err := mock.New(mock.Options{Fixtures: files}); err != nil {
				return failed{err}
			}
			cmd.Println("fine:", args[0])
			return nil
		},
	}
}

// openFixtures returns the files of a folder, or of a zip that the control API has exported.
func openFixtures(name string) (fs.FS, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q: no such folder", name)
	case info.IsDir():
		return os.DirFS(name), nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", name, cause(err))
	}
	files, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("%q: not a folder, and not a zip", name)
	}
	return files, nil
}
