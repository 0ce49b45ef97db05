package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ticaga-mock/ticaga-mock/mock/log"
	"github.com/ticaga-mock/ticaga-mock/mock/log/file"
)

// writeData writes a file with two histories.
func writeData(t *testing.T, path string) {
	t.Helper()
	l, err := file.Open(path, file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	after := map[string]log.Position{}
	for _, r := range []struct{ history, data string }{
		{"blue", `{"name": "Jane <Roe>"}`}, {"red", "\x00no JSON"}, {"blue", "[1,\n2]"},
	} {
		if after[r.history], err = l.Append(t.Context(), r.history, after[r.history], []byte(r.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

const exportedData = `{"history":"blue","at":1,"after":0,"data":{"name":"Jane <Roe>"}}
{"history":"blue","at":3,"after":1,"data":[1,2]}
{"history":"red","at":2,"after":0,"data_base64":"AG5vIEpTT04="}
`

// TestDataCommands runs each command on a whole file, one that is damaged, one in use, and on none.
func TestDataCommands(t *testing.T) {
	folder := t.TempDir()
	path := func(name string) string { return filepath.Join(folder, name) }
	writeData(t, path("whole"))
	writeData(t, path("used"))
	used, err := file.Open(path("used"), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = used.Close() }()
	content, err := os.ReadFile(path("whole"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path("damaged"), bytes.ReplaceAll(content, []byte("Jane"), []byte("June")))
	writeFile(t, path("text"), bytes.Repeat([]byte("text\n"), 10_000))

	const wrong = `history "blue", record at 1: its checksum is wrong`
	for _, test := range []struct {
		args           string
		code           int
		stdout, stderr string // patterns
	}{
		{"check whole", exitFine, `^histories: 2\nrecords: 3, 36 bytes\nfile: \d+ bytes, \d+ of them free\nfine: whole\n$`, `^$`},
		{"check damaged", exitFailed, `^` + wrong + `\nhistories: 2\n`, `^ticaga-mock: file "damaged": damaged: 1 problem\n$`},
		{"compact damaged", exitFailed, `^$`, `^ticaga-mock: file "damaged": the file is damaged: ` + wrong + `; it stays as it is\n$`},
		{"export damaged", exitFailed, `^$`, `^ticaga-mock: file "damaged": ` + wrong + `\n$`},
		{"export damaged -o new", exitFailed, `^$`, wrong},
		{"check used", exitMisused, `^$`, `^ticaga-mock: file "used": in use by another process; stop that one, or use another file\n$`},
		{"compact used", exitMisused, `^$`, `in use by another process`},
		{"export used", exitMisused, `^$`, `in use by another process`},
		{"check none", exitMisused, `^$`, `^ticaga-mock: file "none": not found, or empty\n$`},
		{"check text", exitMisused, `^$`, `^ticaga-mock: file "text": is not a file of ticaga-mock; it stays as it is: use another name\n$`},
		{"check", exitMisused, `^$`, `expected 1 argument, got 0`},
		{"export whole -o whole", exitMisused, `^$`, `^ticaga-mock: --output "whole": is the file to export; write to another one\n$`},
		{"export whole", exitFine, `^` + regexp.QuoteMeta(exportedData) + `$`, `^$`},
		{"export whole -o lines", exitFine, `^$`, `^$`},
		{"compact whole", exitFine, `^whole: \d+ bytes before, \d+ after\n$`, `^$`},
		{"export whole", exitFine, `^` + regexp.QuoteMeta(exportedData) + `$`, `^$`},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Chdir(folder)
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), append([]string{"data"}, strings.Fields(test.args)...), &stdout, &stderr)
			if code != test.code {
				t.Errorf("got exit code %d, want %d", code, test.code)
			}
			for _, output := range []struct{ name, got, want string }{{"stdout", stdout.String(), test.stdout}, {"stderr", stderr.String(), test.stderr}} {
				if !regexp.MustCompile(output.want).MatchString(output.got) {
					t.Errorf("%s: got %q, want a match of %q", output.name, output.got, output.want)
				}
			}
		})
	}
	lines, err := os.ReadFile(path("lines"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(exportedData, string(lines)); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
	if _, err := os.Stat(path("new")); err == nil {
		t.Error("got a file of a failed export, want none")
	}
}

// TestDataCompact forgets most of a file, and compacts it.
func TestDataCompact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "worlds.db")
	l, err := file.Open(path, file.Options{Sync: file.Interval})
	if err != nil {
		t.Fatal(err)
	}
	var last log.Position
	for range 200 {
		if last, err = l.Append(t.Context(), "a", last, bytes.Repeat([]byte("x"), 10_000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Cut(t.Context(), "a", last); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), []string{"data", "compact", path}, &stdout, &stderr); code != exitFine {
		t.Fatalf("exit code %d: %s, want %d", code, &stderr, exitFine)
	}
	var before, after int
	if _, err := fmt.Sscanf(strings.TrimPrefix(stdout.String(), path), ": %d bytes before, %d after", &before, &after); err != nil || before < 1_000_000 || after > 100_000 {
		t.Errorf("got %q, want from more than 1,000,000 bytes to less than 100,000", &stdout)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("got files %q, want one", left)
	}
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
