package packages_test

import (
	"archive/zip"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// plugin returns a project of testdata in which Composer has installed the package from a path repository: what is
// in the zip of a release.
func plugin(t *testing.T, name string) string {
	t.Helper()
	needs(t, "composer", "apt install composer")
	needs(t, "phpunit", "apt install phpunit php-curl")
	folder := project(t, name)
	unzip(t, filepath.Join(packed, "ticaga-mock-phpunit-"+version+".zip"), filepath.Join(folder, "package"))
	succeed(t, command(t, folder, "composer", "install", "--no-interaction", "--no-progress"))
	return folder
}

func unzip(t *testing.T, file, folder string) {
	t.Helper()
	files, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = files.Close() }()
	if err := os.CopyFS(folder, files); err != nil {
		t.Fatal(err)
	}
}

// TestComposer: the package finds the program wherever it is, and its installer downloads it.
func TestComposer(t *testing.T) {
	folder := plugin(t, "php")
	path := filepath.Join("vendor", "bin", "ticaga-mock")
	installer := filepath.Join("vendor", "bin", "ticaga-mock-install")
	platform := runtime.GOOS + "/" + runtime.GOARCH

	const missing = "the program ticaga-mock is not installed; download it with vendor/bin/ticaga-mock-install, put it into PATH, or set TICAGA_MOCK_BINARY to its path"
	if out, code := output(t, command(t, folder, path, "version")); code != 127 || out != "ticaga-mock: "+missing+"\n" {
		t.Errorf("no program: got exit code %d, want 127 and %q in:\n%s", code, missing, out)
	}
	if out, code := output(t, command(t, folder, "phpunit")); code == 0 || strings.Count(out, missing) != 1 {
		t.Errorf("no program: got exit code %d, want another and once %q in:\n%s", code, missing, out)
	}
	suite := command(t, folder, "phpunit")
	suite.Env = append(suite.Env, "TICAGA_MOCK_BINARY="+program)
	succeed(t, suite)
	suite = command(t, folder, "composer", "test") // which puts vendor/bin, and the script in it, before PATH
	suite.Env = append(suite.Env, "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
	succeed(t, suite)

	server := httptest.NewServer(http.FileServer(http.Dir(dist)))
	defer server.Close()
	bad := t.TempDir()
	archive := "ticaga-mock_" + version + "_" + runtime.GOOS + "_" + runtime.GOARCH + ".tar.gz"
	if err := os.WriteFile(filepath.Join(bad, archive), []byte("another program"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, from, want string
		code             int
	}{
		{"another file", bad, "is not the file of version " + version + ": its SHA-256 is ", 1},
		{"nothing there", server.URL + "/no-such-folder", "404", 1},
		{"no folder", filepath.Join(bad, "no such folder"), archive + " cannot be read\n", 1},
		{"no server", "http://127.0.0.1:1", "Failed to connect", 1},
		{"a server", server.URL, "installed ", 0},
		{"a folder, again", dist, "installed ", 0},
	} {
		out, code := output(t, command(t, folder, installer, "--from", c.from))
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("install from %s: got exit code %d, want %d and %q in:\n%s", c.name, code, c.code, c.want, out)
		}
		if strings.HasPrefix(out, "installed ") != (code == 0) {
			t.Errorf("install from %s: got exit code %d, want that it says so:\n%s", c.name, code, out)
		}
		if left, _ := filepath.Glob(filepath.Join(folder, "vendor", "ticaga-mock", "phpunit", "program", "*")); len(left) != 1-c.code {
			t.Errorf("install from %s: got the files %q, want the program if it succeeded", c.name, left)
		}
	}
	if out := succeed(t, command(t, folder, path, "version")); !strings.Contains(out, platform) {
		t.Errorf("got %q, want %q in it", out, platform)
	}
	serve := command(t, folder, path, "--addr", "127.0.0.1:0")
	awaitLine(t, serve, "ticaga-mock is ready at http://")
	succeed(t, command(t, folder, installer, "--from", dist)) // over a program that runs
	if err := errors.Join(serve.Process.Signal(os.Interrupt), serve.Wait()); err != nil {
		t.Errorf("got %v, want a clean end", err)
	}

	if err := os.Mkdir(filepath.Join(folder, "vendor", "ticaga-mock", "phpunit", "program", archive), 0o755); err != nil { // not even root can write to it
		t.Fatal(err)
	}
	if out, code := output(t, command(t, folder, installer, "--from", server.URL)); code != 1 || !strings.Contains(out, archive+" cannot be written\n") || strings.Count(out, "\n") != 1 {
		t.Errorf("got exit code %d, want 1 and that the archive cannot be written:\n%s", code, out)
	}
	succeed(t, command(t, folder, "phpunit"))
	if out, code := output(t, command(t, folder, path, "explain", "NO-SUCH-CODE")); code != 2 {
		t.Errorf("got exit code %d, want 2:\n%s", code, out)
	}
}

// TestComposerFindsNPM: a plugin that has installed ticaga-mock with npm needs no other.
func TestComposerFindsNPM(t *testing.T) {
	folder := plugin(t, "php")
	if err := os.WriteFile(filepath.Join(folder, "package.json"), []byte(`{"private": true}`), 0o644); err != nil {
		t.Fatal(err)
	}
	npmInstall(t, folder, tarballs()...)
	other := filepath.Join(folder, "node_modules", "@ticaga-mock", "aix-ppc64", "bin")
	if err := errors.Join(os.MkdirAll(other, 0o755), os.WriteFile(filepath.Join(other, "ticaga-mock"), []byte("of another platform"), 0o755)); err != nil {
		t.Fatal(err)
	}
	succeed(t, command(t, folder, "phpunit"))
}

// TestExtension: tests that find Ticaga in the environment get a world each, and the run fails with what was wrong
// in their requests.
func TestExtension(t *testing.T) {
	folder := plugin(t, "extension")
	run := func(args []string, env ...string) (string, int) {
		t.Helper()
		suite := command(t, folder, "phpunit", args...)
		suite.Env = append(append(suite.Env, "TICAGA_MOCK_BINARY="+program), env...)
		return output(t, suite)
	}
	if out, code := run(nil, "TICAGA_MOCK_FAIL_ON=eror"); code != 1 || strings.Count(out, `ticaga-mock: TICAGA_MOCK_FAIL_ON "eror": must be error, warning or none`) != 1 || strings.Contains(out, "Tests:") {
		t.Errorf("--fail-on eror: got exit code %d, want 1, once that it must be another and no tests in:\n%s", code, out)
	}
	const mistake, fix = "ticaga-mock: Example\\Tests\\PlainTest::testIgnoresAMistake\nGET /w/test-", "[TM-PATH-UNKNOWN]"
	out, code := run(nil)
	if code != 1 || strings.Count(out, mistake) != 1 || strings.Count(out, fix) != 1+20 || strings.Count(out, "\nand 5 more\n") != 1 || !strings.Contains(out, "Tests: 5") {
		t.Errorf("got exit code %d, want 1, once %q, and %q for the first 20 of a test in:\n%s", code, mistake, fix, out)
	}
	if out, code := run(nil, "TICAGA_MOCK_FAIL_ON=none"); code != 0 || strings.Count(out, mistake) != 1 {
		t.Errorf("--fail-on none: got exit code %d, want 0 and once %q in:\n%s", code, mistake, out)
	}
	if out, code := run([]string{"--filter", "testReadsACustomer"}); code != 0 || strings.Contains(out, "ticaga-mock:") {
		t.Errorf("nothing wrong: got exit code %d, want 0 and nothing of ticaga-mock in:\n%s", code, out)
	}
	const broken = `ticaga-mock: "/no/such/program" did not start`
	if out, code := run(nil, "TICAGA_MOCK_BINARY=/no/such/program"); code != 1 || strings.Count(out, broken) != 1 || strings.Contains(out, "Tests:") {
		t.Errorf("no mock: got exit code %d, want 1, once %q and no tests in:\n%s", code, broken, out)
	}
}

// TestDryRelease: Composer accepts the version of what make release-dry makes.
func TestDryRelease(t *testing.T) {
	config, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	suffix := regexp.MustCompile(`version_template: "\{\{ \.Version \}\}(-\w+)"`).FindSubmatch(config)
	if suffix == nil {
		t.Fatal("got no version_template in .goreleaser.yaml, want one that adds to the version")
	}
	folder, out, dry := t.TempDir(), t.TempDir(), "0.0.0"+string(suffix[1])
	succeed(t, command(t, "../..", "go", "run", "./release/packages/pack", "-program", program, "-version", dry, "-out", out))
	unzip(t, filepath.Join(out, "ticaga-mock-phpunit-"+dry+".zip"), filepath.Join(folder, "package"))
	manifest := `{"repositories": [{"type": "path", "url": "package"}, {"packagist.org": false}], "require-dev": {"ticaga-mock/phpunit": "@dev"}}`
	if err := os.WriteFile(filepath.Join(folder, "composer.json"), []byte(manifest), 0o644); err != nil {
		t.Fatal(err)
	}
	succeed(t, command(t, folder, "composer", "install", "--no-interaction", "--no-progress"))
}
