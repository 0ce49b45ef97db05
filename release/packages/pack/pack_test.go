package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeRelease writes a folder with an archive for each platform, named as a release has them.
func writeRelease(t *testing.T, names ...string) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range names {
		var data bytes.Buffer
		content := []byte("the program in " + name)
		if strings.HasSuffix(name, ".zip") {
			files := zip.NewWriter(&data)
			w, err := files.Create("ticaga-mock.exe")
			if err != nil {
				t.Fatal(err)
			}
			_, err = w.Write(content)
			check(t, errors.Join(err, files.Close()))
		} else {
			compressed := gzip.NewWriter(&data)
			files := tar.NewWriter(compressed)
			check(t, files.WriteHeader(&tar.Header{Name: "README.md"}))
			check(t, files.WriteHeader(&tar.Header{Name: "ticaga-mock", Mode: 0o755, Size: int64(len(content))}))
			_, err := files.Write(content)
			check(t, errors.Join(err, files.Close(), compressed.Close()))
		}
		check(t, os.WriteFile(filepath.Join(folder, name), data.Bytes(), 0o600))
	}
	return folder
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// packRelease makes the packages of a release as the Makefile does, and returns their names and contents.
func packRelease(t *testing.T, dist string) (map[string]string, error) {
	t.Helper()
	t.Chdir("../../..")
	out := t.TempDir()
	err := pack(dist, "", "", out)
	packages := map[string]string{}
	entries, readErr := os.ReadDir(out)
	check(t, readErr)
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(out, entry.Name()))
		check(t, err)
		packages[entry.Name()] = string(data)
	}
	return packages, err
}

var release123 = []string{
	"ticaga-mock_1.2.3_darwin_arm64.tar.gz", "ticaga-mock_1.2.3_linux_amd64.tar.gz", "ticaga-mock_1.2.3_windows_amd64.zip",
	"ticaga-mock_1.2.3_linux_amd64.deb", "ticaga-mock_1.2.3_linux_amd64.tar.gz.sbom.json", "checksums.txt", // are not archives
}

// TestPackages: each platform has a package, by the names of Node.js, and the main one depends on them.
func TestPackages(t *testing.T) {
	packages, err := packRelease(t, writeRelease(t, release123...))
	check(t, err)
	for name, want := range map[string][]string{
		"ticaga-mock-darwin-arm64-1.2.3.tgz": {"package/bin/ticaga-mock 755", "the program in ticaga-mock_1.2.3_darwin_arm64.tar.gz", `"name": "@ticaga-mock/darwin-arm64"`, `"os": [
    "darwin"
  ]`},
		"ticaga-mock-linux-x64-1.2.3.tgz": {"package/bin/ticaga-mock 755", "package/LICENSE 644", `"cpu": [
    "x64"
  ]`},
		"ticaga-mock-win32-x64-1.2.3.tgz": {"package/bin/ticaga-mock.exe 755", "the program in ticaga-mock_1.2.3_windows_amd64.zip", `"win32"`},
		"ticaga-mock-1.2.3.tgz": {"package/bin/ticaga-mock.js 755", "package/lib/index.d.ts 644", "package/README.md 644", `"version": "1.2.3"`, `
  "optionalDependencies": {
    "@ticaga-mock/darwin-arm64": "1.2.3",
    "@ticaga-mock/linux-x64": "1.2.3",
    "@ticaga-mock/win32-x64": "1.2.3"
  }
}
`},
	} {
		text := untar(t, packages[name])
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: got no %q in it:\n%s", name, w, text)
			}
		}
		delete(packages, name)
	}
	files, err := zip.NewReader(strings.NewReader(packages["ticaga-mock-phpunit-1.2.3.zip"]), int64(len(packages["ticaga-mock-phpunit-1.2.3.zip"])))
	check(t, err)
	for name, want := range map[string]string{"composer.json": `"version": "1.2.3",`, "release.json": `"windows_amd64": {`, "bin/ticaga-mock": "#!/usr/bin/env php", "LICENSE": "MIT License"} {
		file, err := files.Open(name)
		check(t, err)
		text, err := io.ReadAll(file)
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s in the zip: got %v and no %q in:\n%s", name, err, want, text)
		}
	}
	delete(packages, "ticaga-mock-phpunit-1.2.3.zip")
	if len(packages) > 0 {
		t.Errorf("got more packages: %q", packages)
	}
}

// untar returns the names, modes and contents of the files in a tarball.
func untar(t *testing.T, tarball string) string {
	t.Helper()
	compressed, err := gzip.NewReader(strings.NewReader(tarball))
	check(t, err)
	files := tar.NewReader(compressed)
	var text strings.Builder
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		check(t, err)
		content, err := io.ReadAll(files)
		check(t, err)
		text.WriteString(header.Name + " " + strconv.FormatInt(header.Mode, 8) + "\n" + string(content) + "\n")
	}
}

// TestSameBytes: the same archives make the same packages, wherever and whenever.
func TestSameBytes(t *testing.T) {
	dist := writeRelease(t, release123...)
	var first, second map[string]string
	for _, packages := range []*map[string]string{&first, &second} {
		t.Run("pack", func(t *testing.T) {
			var err error
			*packages, err = packRelease(t, dist)
			check(t, err)
		})
	}
	if diff := cmp.Diff(first, second); diff != "" || len(first) != 5 {
		t.Errorf("got %d packages, want 5, and the same twice:\n%s", len(first), diff)
	}
}

func TestBadRelease(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing", nil, "has no archives such as ticaga-mock_1.2.3_linux_amd64.tar.gz"},
		{"no archive", map[string]string{"ticaga-mock_1.2.3_linux_amd64.tar.gz": "no archive"}, "ticaga-mock_1.2.3_linux_amd64.tar.gz: gzip: invalid header"},
		{"no program", map[string]string{"ticaga-mock_1.2.3_windows_amd64.zip": "PK\x05\x06" + strings.Repeat("\x00", 18)}, "ticaga-mock_1.2.3_windows_amd64.zip: open ticaga-mock.exe: file does not exist"},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			for name, content := range c.files {
				check(t, os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600))
			}
			if packages, err := packRelease(t, folder); err == nil || !strings.Contains(err.Error(), c.want) || len(packages) > 0 {
				t.Errorf("got %v and %d packages, want %q and none", err, len(packages), c.want)
			}
		})
	}
	t.Run("two versions", func(t *testing.T) {
		folder := writeRelease(t, "ticaga-mock_1.2.3_linux_amd64.tar.gz", "ticaga-mock_1.2.4_linux_arm64.tar.gz")
		if _, err := packRelease(t, folder); err == nil || !strings.Contains(err.Error(), `has archives of the versions "1.2.3" and "1.2.4"`) {
			t.Errorf("got %v, want that there are two versions", err)
		}
	})
}
