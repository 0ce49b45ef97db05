package file_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// TestOpenRefuses opens what is not a log of this version. Each file stays as it is.
func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const other = "is not a file of ticaga-mock; it stays as it is: use another name"
	for name, test := range map[string]struct{ path, want string }{
		"folder":         {folder, "is a folder; name a file in it"},
		"no folder":      {filepath.Join(folder, "none", "worlds.db"), fmt.Sprintf("there is no folder %q; create it", filepath.Join(folder, "none"))},
		"short text":     {write("short", []byte("hello")), other},
		"long text":      {write("long", bytes.Repeat([]byte("hello\n"), 10_000)), other},
		"zeros":          {write("zeros", make([]byte, 1<<16)), other},
		"other database": {database(t, filepath.Join(folder, "other"), nil), other},
		"newer":          {database(t, filepath.Join(folder, "newer"), []byte("2")), "written by a newer version of ticaga-mock, in format 2; this version can read format 1: update ticaga-mock"},
		"no format":      {database(t, filepath.Join(folder, "odd"), []byte("x")), other},
		"not regular":    {os.DevNull, "is not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			before, _ := os.ReadFile(test.path) // a folder has no content
			_, err := file.Open(test.path, file.Options{})
			if want := fmt.Sprintf("file %q: %s", test.path, test.want); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if after, _ := os.ReadFile(test.path); !bytes.Equal(before, after) {
				t.Error("got a file that has changed, want the same one")
			}
		})
	}
}

// database writes a file of bbolt: one of another program, or of a format of ours.
func database(t *testing.T, path string, format []byte) string {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		if format == nil {
			_, err := tx.CreateBucket([]byte("something"))
			return err
		}
		top, err := tx.CreateBucket([]byte("ticaga-mock log"))
		if err != nil {
			return err
		}
		return top.Put([]byte("format"), format)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenRefusesOptions(t *testing.T) {
	_, err := file.Open(filepath.Join(t.TempDir(), "worlds.db"), file.Options{Sync: "never"})
	if want := `sync "never": must be "always" or "interval"`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestUnwritable opens a file that nobody may write, unless the test runs as root, who may.
func TestUnwritable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "worlds.db")
	fill(t, path, 1, 1)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	l, err := file.Open(path, file.Options{})
	if err == nil {
		if os.Getuid() != 0 {
			t.Error("got a log in a file that cannot be written, want an error")
		}
		_ = l.Close()
		return
	}
	if want := fmt.Sprintf("file %q: ", path); !strings.HasPrefix(err.Error(), want) || !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v, want it to begin with %q, and to be about permission", err, want)
	}
}

// TestEmptyFile opens a file that exists and is empty, as mktemp makes one.
func TestEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "worlds.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, open(t, path, file.Options{}), "a", 0, "one")
}

// TestDamagedRecord changes a byte of a record's data.
func TestDamagedRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "worlds.db")
	l := open(t, path, file.Options{})
	first := mustAppend(t, l, "a", 0, "the first record")
	second := mustAppend(t, l, "a", first, "the second record")
	mustAppend(t, l, "b", 0, "another history")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content = bytes.ReplaceAll(content, []byte("the second record"), []byte("the Second record"))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := fmt.Sprintf("history %q, record at %d: its checksum is wrong", "a", second)
	report, err := file.Check(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{wrong}, report.Problems); diff != "" || report.Histories != 2 || report.Records != 3 {
		t.Errorf("got %d histories, %d records, want 2 and 3; problems (-want +got):\n%s", report.Histories, report.Records, diff)
	}
	err = open(t, path, file.Options{}).Follow(t.Context(), func(log.Record) {})
	if want := fmt.Sprintf("file %q: %s; run: ticaga-mock data check", path, wrong); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestDamageIsFound changes every bit of pages, and cuts files off. Whoever reads gets the records that were appended, or an error, and
// never a panic. Where a damage looks like a commit that a loss of power has stopped, which is no error, the check finds it.
func TestDamageIsFound(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "worlds.db")
	fill(t, path, 3, 4)
	want := read(path)
	if want.err != nil || len(want.records) != 12 {
		t.Fatalf("got %d records, %v, want 12", len(want.records), want.err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(folder, "damaged.db")
	try := func(how string, content []byte) bool {
		t.Helper()
		if err := os.WriteFile(damaged, content, 0o600); err != nil {
			t.Fatal(err)
		}
		report, checked := file.Check(damaged)
		got := read(damaged)
		if checked == nil && len(report.Problems) == 0 && (got.err != nil || report.Records != len(got.records)) {
			t.Errorf("%s: the check finds nothing, and reading fails: %v", how, got.err)
		}
		if got.err == nil && len(report.Problems) == 0 && !reflect.DeepEqual(want.records, got.records) {
			t.Errorf("%s: got %d other records, want an error", how, len(got.records))
		}
		appendSomewhere(damaged)
		return got.err != nil
	}
	found := 0
	for at := 0; at < len(content); at += 1 + at%4096/64*8 { // mostly headers
		changed := bytes.Clone(content)
		changed[at] ^= 1 << (at % 8)
		if try(fmt.Sprintf("bit %d of byte %d", at%8, at), changed) {
			found++
		}
	}
	for size := len(content) - 1; size > 0; size -= 1021 {
		try(fmt.Sprintf("cut off after %d bytes", size), content[:size])
	}
	if found < 50 {
		t.Errorf("found damage in %d files, want at least 50: does the test change what matters?", found)
	}
}

// content is what can be read of a file.
type content struct {
	records []log.Record
	err     error
}

func read(path string) (c content) {
	c.err = file.Read(path, func(r log.Record) error {
		c.records = append(c.records, r)
		return nil
	})
	return c
}

// appendSomewhere uses a log that may be damaged.
func appendSomewhere(path string) {
	l, err := file.Open(path, file.Options{Sync: file.Interval})
	if err != nil {
		return
	}
	for h := range 3 {
		_, _ = l.Append(context.Background(), fmt.Sprintf("history-%d", h), 0, []byte("x"))
		_ = l.Cut(context.Background(), fmt.Sprintf("history-%d", h), 100)
	}
	_ = l.Close()
}
