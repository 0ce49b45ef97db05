// Package packages_test installs the packages as their users do, without a network, and uses them. It needs npm,
// composer and phpunit.
package packages_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var (
	program string // ticaga-mock, built from this repository
	dist    string // a folder with an archive of it, as a release has
	packed  string // a folder with the packages
)

const version = "1.2.3"

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "packages")
	if err != nil {
		panic(err)
	}
	program, dist, packed = filepath.Join(folder, "ticaga-mock"), filepath.Join(folder, "dist"), filepath.Join(folder, "packed")
	if err := errors.Join(
		start("../..", "go", "build", "-ldflags=-s -w", "-o", program, "./cmd/ticaga-mock"),
		writeArchive(),
		start("../..", "go", "run", "./release/packages/pack", "-dist", dist, "-out", packed),
	); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func start(folder, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", c, err, out)
	}
	return nil
}

// writeArchive writes an archive of the program for this machine.
func writeArchive() error {
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	var archive bytes.Buffer
	compressed, _ := gzip.NewWriterLevel(&archive, gzip.BestSpeed)
	writer := tar.NewWriter(compressed)
	err = errors.Join(
		writer.WriteHeader(&tar.Header{Name: "ticaga-mock", Mode: 0o755, Size: int64(len(data))}),
		os.Mkdir(dist, 0o755),
	)
	if err != nil {
		return err
	}
	_, err = writer.Write(data)
	name := fmt.Sprintf("ticaga-mock_%s_%s_%s.tar.gz", version, runtime.GOOS, runtime.GOARCH)
	return errors.Join(err, writer.Close(), compressed.Close(), os.WriteFile(filepath.Join(dist, name), archive.Bytes(), 0o644))
}

// needs fails the test if a program is not installed, and says how to install it.
func needs(t testing.TB, program, how string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is needed and not installed; %s, or run the tests that are pure Go: go test ./cmd/... ./mock/... ./contracts ./fixtures", program, how)
	}
}

// command is a command in a folder, in whose environment no mock is.
func command(t testing.TB, folder, name string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = folder
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TICAGA_") {
			c.Env = append(c.Env, variable)
		}
	}
	c.Env = append(c.Env, "NO_COLOR=1", "COMPOSER_DISABLE_NETWORK=1", "COMPOSER_ALLOW_SUPERUSER=1", "GITHUB_ACTIONS=")
	return c
}

// output runs a command, and returns all that it prints and its exit code.
func output(t testing.TB, c *exec.Cmd) (string, int) {
	t.Helper()
	out, err := c.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", c, err)
	}
	return string(out), c.ProcessState.ExitCode()
}

// succeed runs a command that has to succeed, and returns what it prints.
func succeed(t testing.TB, c *exec.Cmd) string {
	t.Helper()
	out, code := output(t, c)
	if code != 0 {
		t.Fatalf("%s: got exit code %d, want 0:\n%s", c, code, out)
	}
	return out
}

// project returns a folder with the files of a folder in testdata.
func project(t testing.TB, name string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	return folder
}
