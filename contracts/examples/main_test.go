// Package examples_test runs the tests of the example plugins, and shows what their authors see when something is
// wrong. It needs phpunit, composer and npm.
package examples_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "replace the recorded pacts")

// ticagaMock is the program, built from this repository.
var ticagaMock string

func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "ticaga-mock")
	if err != nil {
		panic(err)
	}
	ticagaMock = filepath.Join(folder, "ticaga-mock")
	if runtime.GOOS == "windows" {
		ticagaMock += ".exe"
	}
	build := exec.Command("go", "build", "-o", ticagaMock, "github.com/ticaga-mock/ticaga-mock/cmd/ticaga-mock")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// needs fails the test if a program is not installed, and says how to install it.
func needs(t testing.TB, program, how string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is needed and not installed; %s, or run the tests that are pure Go: go test ./cmd/... ./mock/... ./contracts ./fixtures", program, how)
	}
}

// command is a command in a folder, with the program in its environment. GITHUB_ACTIONS is unset: its annotations
// would be those of this test.
func command(t testing.TB, folder, name string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = folder
	c.Env = append(os.Environ(), "TICAGA_MOCK_BINARY="+ticagaMock, "TICAGA_MOCK_URL=", "GITHUB_ACTIONS=", "NO_COLOR=1", "PACT_DO_NOT_TRACK=true")
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

// edit is a change to a file of an example.
type edit struct{ file, old, new string }

// installed are the folders of an example with what it depends on.
var installed = []string{"node_modules", "vendor"}

// broken returns a copy of an example with changes to its files. It depends on what the example depends on.
func broken(t *testing.T, name string, edits ...edit) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, example{os.DirFS(name)}); err != nil {
		t.Fatal(err)
	}
	for _, dependencies := range installed {
		if folders, err := filepath.Abs(filepath.Join(name, dependencies)); err != nil {
			t.Fatal(err)
		} else if err := os.Symlink(folders, filepath.Join(folder, dependencies)); err != nil {
			t.Fatal(err)
		}
	}
	for _, e := range edits {
		file := filepath.Join(folder, e.file)
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(string(data), e.old) != 1 {
			t.Fatalf("%s: got %d of %q, want one", e.file, strings.Count(string(data), e.old), e.old)
		}
		if err := os.WriteFile(file, []byte(strings.Replace(string(data), e.old, e.new, 1)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// example is the folder of an example, without what it depends on.
type example struct{ fs.FS }

// ReadDir returns what is in a folder but for what the example depends on.
func (e example) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(e.FS, name)
	var kept []fs.DirEntry
	for _, entry := range entries {
		if !slices.Contains(installed, entry.Name()) {
			kept = append(kept, entry)
		}
	}
	return kept, err
}

// lines returns the lines of a file.
func lines(t testing.TB, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}
