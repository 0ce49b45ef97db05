package packed_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"flag"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock/packed"
)

var update = flag.Bool("update", false, "regenerate files.zip")

// TestFiles holds files.zip equal to the repository. The bytes of the archive may differ: they depend on the version of Go.
func TestFiles(t *testing.T) {
	repository := os.DirFS("../..")
	var names []string
	for _, pattern := range []string{
		"openapi.yaml", "mock/internal/control/openapi.yaml", "mock/internal/explain/pages/*.md", "mock/internal/console/static/*.*",
		"mock/internal/console/static/*/*", "contracts/pacts/*.json",
	} {
		found, err := fs.Glob(repository, pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: got %q, %v, want files", pattern, found, err)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	if *update {
		pack(t, repository, names)
		return // what is embedded in this test is not what it has written
	}
	const advice = "run go generate ./mock/packed"
	var got []string
	for _, folder := range []string{"contracts", "mock"} {
		for _, name := range packed.Names(folder) {
			got = append(got, folder+"/"+name)
		}
	}
	if got = append(got, "openapi.yaml"); !slices.Equal(got, names) {
		t.Fatalf("files.zip: got the files %q, want %q; %s", got, names, advice)
	}
	for _, name := range names {
		want, err := fs.ReadFile(repository, name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(packed.Read(name), want) {
			t.Errorf("files.zip: %s: got another file than in the repository; %s", name, advice)
		}
		r, err := gzip.NewReader(bytes.NewReader(packed.Gzip(name)))
		if err != nil {
			t.Fatal(err)
		}
		if unzipped, err := io.ReadAll(r); err != nil || !bytes.Equal(unzipped, want) {
			t.Errorf("Gzip(%q): got another file than in the repository (%v)", name, err)
		}
	}
}

// pack writes files.zip.
func pack(t *testing.T, repository fs.FS, names []string) {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, name := range names {
		content, err := fs.ReadFile(repository, name)
		if err != nil {
			t.Fatal(err)
		}
		entry, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := entry.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("files.zip", file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestOthers: a name that is not packed is no reason to fail.
func TestOthers(t *testing.T) {
	for _, name := range []string{"", "openapi", "mock", "../openapi.yaml", "mock/internal/explain/pages/TM-.md", strings.Repeat("z", 1<<16)} {
		if packed.Read(name) != nil || packed.Gzip(name) != nil {
			t.Errorf("%.20q: got a file, want none", name)
		}
	}
	if got := packed.Names("mock/internal/expla"); got != nil {
		t.Errorf("a part of a folder's name: got %q, want no files", got)
	}
}
