// Package release_test checks what the maintainers' tag sets in motion: builds, workflows, examples of deployments.
package release_test

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oasdiff/yaml3"
)

const root = ".."

var cold = flag.Bool("cold", false, "build without Go's cache the second time, which takes a minute")

// maxProgram is how large the program can be for Linux, in bytes: it is downloaded for each run of a pipeline.
const maxProgram = 16_000_000

// TestReproducible builds a commit in two folders and compares the programs. The flags are those of .goreleaser.yaml.
func TestReproducible(t *testing.T) {
	var config struct {
		Builds []struct {
			Main                string
			Env, Flags, LDFlags []string
		}
	}
	decode(t, ".goreleaser.yaml", &config)
	if len(config.Builds) != 1 {
		t.Fatalf(".goreleaser.yaml: got %d builds, want 1", len(config.Builds))
	}
	build := config.Builds[0]
	sums := map[[sha256.Size]byte]bool{}
	var program string
	for _, folder := range []string{"one", "a folder with another name"} {
		clone := filepath.Join(t.TempDir(), folder)
		command(t, nil, "", "git", "clone", "--quiet", root, clone)
		program = filepath.Join(t.TempDir(), "ticaga-mock")
		arguments := append([]string{"build", "-o", program, "-ldflags", strings.Join(build.LDFlags, " ")}, build.Flags...)
		environment := slices.Concat(build.Env, []string{"GOOS=linux", "GOARCH=amd64"})
		if *cold && len(sums) > 0 {
			environment = append(environment, "GOCACHE="+t.TempDir())
		}
		command(t, environment, clone, "go", append(arguments, build.Main)...)
		data, err := os.ReadFile(program)
		if err != nil {
			t.Fatal(err)
		}
		if len(data) > maxProgram {
			t.Errorf("got a program of %d bytes, want at most %d; go tool nm -size shows what is large", len(data), maxProgram)
		}
		sums[sha256.Sum256(data)] = true
	}
	if len(sums) != 1 {
		t.Errorf("got %d different programs, want the same from both folders", len(sums))
	}

	file, err := elf.Open(program)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	for _, section := range []string{".symtab", ".debug_info", ".interp"} { // of a program that is not stripped, or not static
		if file.Section(section) != nil {
			t.Errorf("got a section %s in the program, want none", section)
		}
	}
	head := strings.TrimSpace(command(t, nil, root, "git", "rev-parse", "HEAD"))
	if got := command(t, nil, "", "go", "version", "-m", program); !strings.Contains(got, "vcs.revision="+head) || strings.Contains(got, "+dirty") {
		t.Errorf("got %s, want the revision %s, and no changes", got, head)
	}
}

// command runs a program in a folder and returns its output.
func command(t *testing.T, environment []string, folder, name string, arguments ...string) string {
	t.Helper()
	cmd := exec.Command(name, arguments...)
	cmd.Dir, cmd.Env = folder, append(os.Environ(), environment...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, &stderr)
	}
	return string(output)
}

// decode reads a file of the repository in YAML.
func decode(t *testing.T, file string, value any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, value); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
