package contracts_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"io"
	"io/fs"
	"os"
	"slices"
	"testing"
)

// TestPacked holds pacts.zip equal to the folder pacts. The bytes of the file may differ: they depend on the version of Go.
func TestPacked(t *testing.T) {
	folder := os.DirFS("pacts")
	names, err := fs.Glob(folder, "*.json")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		pack(t, folder, names)
	}
	packed, err := zip.OpenReader("pacts.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = packed.Close() }()
	const advice = "run go generate ./contracts"
	if got, _ := fs.Glob(packed, "*"); !slices.Equal(got, names) {
		t.Fatalf("pacts.zip: got the files %q, want %q; %s", got, names, advice)
	}
	for _, name := range names {
		want, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := fs.ReadFile(packed, name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("pacts.zip: %s: got another file than in the folder (%v); %s", name, err, advice)
		}
	}
}

// pack writes pacts.zip.
func pack(t *testing.T, folder fs.FS, names []string) {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, name := range names {
		content, err := fs.ReadFile(folder, name)
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
	if err := os.WriteFile("pacts.zip", file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
