package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

func newData() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Check, shrink or print a file that keeps worlds",
		Long: "Data works on a file in which a mock keeps its worlds, while no mock uses it. The file has a history\n" +
			"for each world, and a history consists of records: what each request has changed.",
		Example: "  ticaga-mock data check worlds.db\n  ticaga-mock data compact worlds.db\n  ticaga-mock data export worlds.db",
		Args:    aCommand,
		RunE:    func(*cobra.Command, []string) error { return nil }, // its arguments never pass
	}
	cmd.AddCommand(newDataCheck(), newDataCompact(), newDataExport())
	return cmd
}

func newDataCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE",
		Short: "Check whether a file is whole, and print what it holds",
		Long: "Check reads the whole file: its structure, the checksum of each record, and the order of the records.\n" +
			"It names the history and the record of each problem, and then its exit code is 1. It changes nothing.",
		Example: "  ticaga-mock data check worlds.db",
		Args:    arguments(1, 1, "ticaga-mock data check worlds.db"),

		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			report, err := file.Check(args[0])
			if err != nil {
				return err
			}
			return tellData(cmd.OutOrStdout(), args[0], report)
		},
	}
}

// tellData prints what a file holds. The error says that it is damaged.
func tellData(w io.Writer, name string, r file.Report) error {
	for _, problem := range r.Problems {
		_, _ = fmt.Fprintln(w, term.Printable(problem))
	}
	if r.More > 0 {
		_, _ = fmt.Fprintf(w, "and %s\n", count(r.More, "more problem"))
	}
	_, _ = fmt.Fprintf(w, "histories: %d\nrecords: %d, %s\nfile: %s, %d of them free\n",
		r.Histories, r.Records, count(int(r.DataBytes), "byte"), count(int(r.FileBytes), "byte"), r.FreeBytes)
	if n := len(r.Problems) + r.More; n > 0 {
		return failed{fmt.Errorf("file %q: damaged: %s", name, count(n, "problem"))}
	}
	_, err := fmt.Fprintln(w, "fine:", name)
	return err
}

func newDataCompact() *cobra.Command {
	return &cobra.Command{
		Use:   "compact FILE",
		Short: "Make a file as small as what it holds",
		Long: "Compact writes the file again without the room of records that are gone. The new file replaces the\n" +
			"old one once it is complete; until then its folder needs room for both.",
		Example: "  ticaga-mock data compact worlds.db",
		Args:    arguments(1, 1, "ticaga-mock data compact worlds.db"),

		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			before, after, err := file.Compact(args[0])
			if err != nil {
				return damage(err)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s before, %d after\n", args[0], count(int(before), "byte"), after)
			return err
		},
	}
}

func newDataExport() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Print the records of a file as lines of JSON",
		Long: "Export prints one JSON object for each record: history, at, after and data. At and after are the\n" +
			"positions of the record and of the one before it. Data is the record in JSON, as the mock has written\n" +
			"it; data_base64 replaces it if it is not JSON. The order is that of the records, history by history.\n\n" +
			"Nothing is redacted: the records contain the API tokens and passwords of the fake help desk, and\n" +
			"everything that clients have sent. Do not publish them if clients have sent real data.",
		Example: "  ticaga-mock data export worlds.db\n  ticaga-mock data export worlds.db -o worlds.jsonl",
		Args:    arguments(1, 1, "ticaga-mock data export worlds.db"),

		ValidArgsFunction: completeFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if output == "" {
				return damage(exportData(cmd, args[0], cmd.OutOrStdout()))
			}
			return damage(exportDataTo(cmd, args[0], output))
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `file`, which only you can read if it is new")
	typedOnly(cmd.Flags(), "output")
	return cmd
}

// exportDataTo writes the records to another file, once all could be read.
func exportDataTo(cmd *cobra.Command, name, output string) error {
	from, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("file %q: %w", name, cause(err))
	}
	to, err := os.Stat(output)
	if err == nil && os.SameFile(from, to) {
		return fmt.Errorf("--output %q: is the file to export; write to another one", output)
	}
	isNew := errors.Is(err, fs.ErrNotExist)
	whole, err := createReplacement(output)
	if err != nil {
		return err
	}
	if isNew {
		_ = whole.file.Chmod(0o600) // as the records' file is
	}
	if err := exportData(cmd, name, whole); err != nil {
		whole.discard()
		return err
	}
	return whole.commit()
}

// exportedRecord is a line of an export.
type exportedRecord struct {
	History string          `json:"history"`
	At      log.Position    `json:"at"`
	After   log.Position    `json:"after"`
	Data    json.RawMessage `json:"data,omitempty"`
	Base64  []byte          `json:"data_base64,omitempty"`
}

// exportData writes the records as lines of JSON.
func exportData(cmd *cobra.Command, name string, w io.Writer) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	return file.Read(name, func(r log.Record) error {
		if cmd.Context().Err() != nil {
			return stopped(cmd.Context())
		}
		line := exportedRecord{History: r.History, At: r.At, After: r.After, Data: r.Data}
		if !json.Valid(r.Data) {
			line.Data, line.Base64 = nil, r.Data
		}
		return lines.Encode(line)
	})
}

// damage gives an error about a damaged file the exit code of a check that found something.
func damage(err error) error {
	if errors.Is(err, file.ErrDamaged) {
		return failed{err}
	}
	return err
}

// completeFile completes the one argument that is a file.
func completeFile(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}
