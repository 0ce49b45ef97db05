package packages_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// nodePlatform is this machine as Node.js names it.
func nodePlatform() string {
	names := strings.NewReplacer("windows", "win32", "amd64", "x64")
	return names.Replace(runtime.GOOS + "-" + runtime.GOARCH)
}

// tarballs are the packages for npm: the main one, and the one with the program.
func tarballs() []string {
	return []string{
		filepath.Join(packed, "ticaga-mock-"+version+".tgz"),
		filepath.Join(packed, "ticaga-mock-"+nodePlatform()+"-"+version+".tgz"),
	}
}

// npmInstall installs tarballs in a project, without a registry.
func npmInstall(t testing.TB, folder string, args ...string) {
	t.Helper()
	needs(t, "npm", "install Node.js 20 or newer")
	succeed(t, command(t, folder, "npm", append([]string{"install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"}, args...)...))
}

// node returns a project in which ticaga-mock is installed, the same for all tests that change nothing in it.
var node = func() func(t testing.TB) string {
	var once sync.Once
	var folder string
	return func(t testing.TB) string {
		once.Do(func() {
			folder = filepath.Join(filepath.Dir(packed), "node")
			if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", "node"))); err != nil {
				t.Fatal(err)
			}
			npmInstall(t, folder, tarballs()...)
		})
		return folder
	}
}()

func TestNpx(t *testing.T) {
	out := succeed(t, command(t, node(t), "npx", "--offline", "ticaga-mock", "version"))
	if want := runtime.GOOS + "/" + runtime.GOARCH; !strings.Contains(out, want) {
		t.Errorf("got %q, want %q in it", out, want)
	}
}

// TestNode runs the tests in testdata, which use the package as ES modules and as CommonJS do.
func TestNode(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"esm.test.mjs"}, "# pass 9"},
		{[]string{"cjs.test.cjs"}, "# pass 3"},
		{[]string{"--require=./jest-globals.cjs", "jest.test.cjs"}, "# pass 1"},
	} {
		out := succeed(t, command(t, node(t), "node", append([]string{"--test-reporter=tap"}, c.args...)...))
		if !strings.Contains(out, "\n"+c.want+"\n") {
			t.Errorf("%s: got another number of tests, want %q:\n%s", c.args, c.want, out)
		}
	}
}

// TestTypes: TypeScript accepts what the types allow, and refuses what they do not.
func TestTypes(t *testing.T) {
	folder := project(t, "types")
	needs(t, "npm", "install Node.js 20 or newer")
	succeed(t, command(t, folder, "npm", append([]string{"install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"}, tarballs()...)...))
	succeed(t, command(t, folder, "npx", "--offline", "tsc", "--project", "."))
	bundler := []string{"--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler"}
	succeed(t, command(t, folder, "npx", append([]string{"--offline", "tsc", "esm.mts"}, bundler...)...))
}

// TestNoProgram: without the package for this platform, the program says what is missing and what to do.
func TestNoProgram(t *testing.T) {
	folder := project(t, "node")
	npmInstall(t, folder, "--omit=optional", tarballs()[0])
	shim := filepath.Join(folder, "node_modules", "ticaga-mock")
	other := filepath.Join(folder, "node_modules", "@ticaga-mock", "aix-ppc64")
	for _, c := range []struct {
		name, want string
		code       int
		args       []string
		env        string
		install    string
	}{
		{name: "left out", args: []string{"bin/ticaga-mock.js"}, code: 127,
			want: "ticaga-mock: the package @ticaga-mock/" + nodePlatform() + " is not installed, perhaps because optional dependencies were left out. Install ticaga-mock again, without --omit=optional, or set TICAGA_MOCK_BINARY"},
		{name: "unsupported platform", args: []string{"-e", `require("./lib/program.js").findProgram({}, "sunos-x64")`}, code: 1,
			want: "there is no package for sunos-x64; build the program with Go, and set TICAGA_MOCK_BINARY to its path"},
		{name: "another platform", args: []string{"-e", `require("./lib/program.js").findProgram({}, "darwin-x64")`}, code: 1, install: "win32-arm64",
			want: "the package @ticaga-mock/darwin-x64 is not installed, but @ticaga-mock/win32-arm64: node_modules is from another platform. Run npm ci"},
		{name: "no such file", args: []string{"bin/ticaga-mock.js"}, env: "TICAGA_MOCK_BINARY=/no/such/program", code: 126,
			want: "ticaga-mock: /no/such/program cannot be run: "},
		{name: "path in the environment", args: []string{"bin/ticaga-mock.js", "version"}, env: "TICAGA_MOCK_BINARY=" + program,
			want: runtime.GOOS + "/" + runtime.GOARCH},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.install != "" {
				if err := os.MkdirAll(filepath.Join(filepath.Dir(other), c.install), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			run := command(t, shim, "node", c.args...)
			run.Env = append(run.Env, c.env)
			if out, code := output(t, run); code != c.code || strings.Count(out, c.want) < 1 {
				t.Errorf("got exit code %d, want %d and %q in:\n%s", code, c.code, c.want, out)
			}
		})
	}
}

// TestShimEnds: the script ends as the program does, and passes signals to it.
func TestShimEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want int
	}{
		{"exit code", []string{"explain", "NO-SUCH-CODE"}, 2},
		{"exit code of a command", []string{"run", "sh", "-c", "exit 7"}, 7},
		{"arguments and output", []string{"run", "sh", "-c", `test "$1" = "a b"`, "sh", "a b"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if out, code := output(t, command(t, node(t), "node", append([]string{"node_modules/.bin/ticaga-mock"}, c.args...)...)); code != c.want {
				t.Errorf("got exit code %d, want %d:\n%s", code, c.want, out)
			}
		})
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			serve := command(t, node(t), "node", "node_modules/.bin/ticaga-mock", "--addr", "127.0.0.1:0")
			awaitLine(t, serve, "ticaga-mock is ready at http://")
			if err := serve.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := serve.Wait(); err != nil {
				t.Errorf("got %v, want a clean end", err)
			}
		})
	}
}

// TestKilledTests: the mock ends with the tests, even if they are killed.
func TestKilledTests(t *testing.T) {
	tests := command(t, node(t), "node", "wait.mjs")
	url := awaitLine(t, tests, "http://127.0.0.1:")
	awaitEnd(t, url, func() { _ = tests.Process.Kill() })
	_ = tests.Wait()
}

// awaitEnd waits until the mock at a URL has ended, after something was done about it. It closes a connection without
// requests when it ends, and before that only after a minute.
func awaitEnd(t testing.TB, url string, kill func()) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_ = connection.SetReadDeadline(time.Now().Add(30 * time.Second))
	kill()
	if _, err := io.ReadAll(connection); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the mock at %s runs, want that it has ended", url)
	}
}

// awaitLine starts a command, and returns the first line that it prints with this beginning.
func awaitLine(t testing.TB, c *exec.Cmd, beginning string) string {
	t.Helper()
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), beginning) {
			return lines.Text()
		}
	}
	t.Fatalf("%s: got no line that begins with %q, want one", c, beginning)
	return ""
}
