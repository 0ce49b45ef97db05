package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/doctor"
	"github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock/internal/term"
	"github.com/ticaga-mock/ticaga-mock/mock"
)

func newDoctor() *cobra.Command {
	var f addressFlags
	var history historyFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Find out why a plugin does not reach the mock",
		Long: "Doctor says what listens on the port, which settings come from the environment, from where the mock\n" +
			"can be reached, where worlds are kept, and whether proxies, the clock or limits of the machine are in the\n" +
			"way. Run it where the mock runs, with the mock's own --addr, --host, --port, --data or --store. It fails\n" +
			"when it finds a problem.",
		Example: "  ticaga-mock doctor\n  ticaga-mock doctor --host 0.0.0.0 --port 8080\n  ticaga-mock doctor --store nats://host:4222\n  ticaga-mock doctor --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings, err := checkup(cmd.Context(), cmd.Root(), &f, &history)
			if err != nil {
				return err
			}
			if asJSON {
				err = writeJSON(cmd.OutOrStdout(), map[string]any{"verdict": doctor.Worst(findings), "findings": findings})
			} else {
				err = printCheckup(cmd.OutOrStdout(), findings)
			}
			if err == nil && doctor.Worst(findings) == doctor.Problem {
				err = failed{errors.New("doctor: found a problem; see above")}
			}
			return err
		},
	}
	f.addAddress(cmd.Flags())
	history.addPlace(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// checkup makes every check.
func checkup(ctx context.Context, root *cobra.Command, f *addressFlags, history *historyFlags) ([]doctor.Finding, error) {
	address, isSocket, _, err := f.address()
	if err != nil {
		return nil, err
	}
	const patience = 2 * time.Second
	var findings []doctor.Finding
	var found doctor.Listener
	host := "localhost"
	if isSocket {
		found = doctor.Probe(ctx, "unix", address, patience)
		findings = append(findings, doctor.Port("unix:"+address, found))
	} else {
		if err := doctor.CheckAddress(address); err != nil {
			return nil, fmt.Errorf("%s: %w", f.asTyped(), err)
		}
		host, _, _ = net.SplitHostPort(address)
		asked := address
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			_, port, _ := net.SplitHostPort(address)
			host = defaultHost
			asked = net.JoinHostPort(host, port)
		}
		found = doctor.Probe(ctx, "tcp", asked, patience)
		findings = append(findings, doctor.Port(asked, found))
		if found.Why == "" {
			findings = append(findings, doctor.Reach(found.Scheme(), address, doctor.Here(doctor.ReadFile), ownAddresses())...)
		}
	}
	kept, err := history.finding(ctx)
	if err != nil {
		return nil, err
	}
	findings = append(findings, kept)
	known, typed := variables(root)
	findings = append(findings, doctor.Settings(os.Environ(), known, typed)...)
	return append(findings, doctor.Proxy(os.Getenv, found.Scheme(), host), doctor.Clock(time.Now()),
		doctor.Files(doctor.FileLimit()), doctor.Memory(doctor.ReadFile, mostMemory())), nil
}

// variables returns the variables that the flags of any command are read from, and those of flags that have to be typed
// in every command that has them.
func variables(root *cobra.Command) (known, typedOnly []string) {
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if _, alone := f.Annotations[onlyTyped]; alone || f.Name == "help" {
				typedOnly = append(typedOnly, variable(f.Name))
			} else {
				known = append(known, variable(f.Name))
			}
		})
		for _, c := range cmd.Commands() {
			visit(c)
		}
	}
	visit(root)
	return unique(known), slices.DeleteFunc(unique(typedOnly), func(name string) bool { return slices.Contains(known, name) })
}

// mostMemory returns about how many bytes a mock with default limits may use when all of them are reached.
func mostMemory() int64 {
	var o mock.Options
	total := int64(64 << 20) // the program itself, and garbage
	for _, l := range mock.Limits() {
		if _, isBytes := l.Field(&o).(*int64); isBytes && (l.Flag == "max-in-flight" || strings.HasSuffix(l.Flag, "-total")) {
			total += l.Default
		}
	}
	return total
}

func printCheckup(w io.Writer, findings []doctor.Finding) error {
	style := term.StyleOf(w)
	paint := map[doctor.Verdict]func(string) string{doctor.Fine: style.Green, doctor.Note: style.Yellow, doctor.Problem: style.Red}
	var b strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&b, "%s %-9s %s\n", paint[f.Verdict](fmt.Sprintf("%-8s", f.Verdict)), f.Area, f.Text)
		if f.Remedy != "" {
			fmt.Fprintf(&b, "%19s%s\n", "", style.Bold(f.Remedy))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
