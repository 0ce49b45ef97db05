package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
)

// testReport writes both reports into a folder.
func testReport(t *testing.T) (r *report, junit, jsonFile string) {
	t.Helper()
	folder := t.TempDir()
	junit, jsonFile = filepath.Join(folder, "junit.xml"), filepath.Join(folder, "report.json")
	r, err := newReport("error", "command", junit, jsonFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.discard)
	return r, junit, jsonFile
}

// exchange is one with a violation that no other has.
func exchange(id int64) mock.Exchange {
	return mock.Exchange{ID: id, Method: "GET", Path: "/x", Violations: []mock.Violation{{
		Code: "TM-QUERY-UNKNOWN", Severity: "error", At: fmt.Sprint("/", id), Message: strings.Repeat("m", 1000),
	}}}
}

func readTestsuite(t *testing.T, name string) (suite testsuite) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err := errors.Join(err, xml.Unmarshal(data, &suite)); err != nil {
		t.Fatal(err)
	}
	return suite
}

// TestReportsOfManyRequestsAreBounded: in memory and in what a reader of JUnit has to show. The
// JSON report has all of them.
func TestReportsOfManyRequestsAreBounded(t *testing.T) {
	const n = 20_000
	r, junit, jsonFile := testReport(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range int64(n) {
		r.add(exchange(i + 1))
		r.add(mock.Exchange{ID: i + 1, Violations: []mock.Violation{}})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("%d bytes are kept after %d requests, want at most %d", grown, n, 16<<20)
	}
	if err := r.write(nil); err != nil {
		t.Fatal(err)
	}
	suite := readTestsuite(t, junit)
	if suite.Tests != maxCases+2 || suite.Failures != maxCases+1 || len(suite.Cases) != suite.Tests {
		t.Errorf("%d tests, %d failures, %d cases; want tests %d, failures %d, len(cases) %d", suite.Tests, suite.Failures, len(suite.Cases), maxCases+2, maxCases+1, suite.Tests)
	}
	if got := suite.Cases[0].Output; got != "20000 requests without violations\n" {
		t.Errorf(`the command's case says %q, want "20000 requests without violations\n"`, got)
	}
	if got, want := suite.Cases[len(suite.Cases)-1].Name, fmt.Sprintf("%d more requests with violations", n-maxCases); got != want {
		t.Errorf("the last case is %q, want %q", got, want)
	}
	var all struct {
		Exchanges []struct{ ID int64 }
		Failures  int
	}
	data, err := os.ReadFile(jsonFile)
	if err := errors.Join(err, json.Unmarshal(data, &all)); err != nil {
		t.Fatal(err)
	}
	if len(all.Exchanges) != 2*n || all.Failures != n {
		t.Errorf("got %d exchanges, %d failures; want %d, %d", len(all.Exchanges), all.Failures, 2*n, n)
	}
	var annotations strings.Builder
	r.annotate(&annotations)
	lines := strings.Split(strings.TrimSpace(annotations.String()), "\n")
	if got, want := lines[len(lines)-1], fmt.Sprintf("::warning::%d more violations without an annotation; --json lists all", n-maxAnnotations); len(lines) != maxAnnotations+1 || got != want {
		t.Errorf("got %d lines, the last %q; want %d, %q", len(lines), got, maxAnnotations+1, want)
	}
}

// TestAReportBoundsItsBytes: a request may have very many violations.
func TestAReportBoundsItsBytes(t *testing.T) {
	r, junit, _ := testReport(t)
	for i := range int64(50) {
		x := exchange(i)
		for range 1000 {
			x.Violations = append(x.Violations, x.Violations[0])
		}
		r.add(x)
	}
	if err := r.write(nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(junit)
	if err != nil || info.Size() > 2*maxCaseBytes {
		t.Errorf("the report has %d bytes, %v, want at most %d", info.Size(), err, 2*maxCaseBytes)
	}
}

// TestKilledRunKeepsTheOldReport: what comes after it would be half a file.
func TestKilledRunKeepsTheOldReport(t *testing.T) {
	name := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(name, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startUnread(t, "run", "--json", name, "--", "sh", "-c", "echo $TICAGA_URL; read line")
	go func() { _, _ = io.Copy(io.Discard, p.stderr) }()
	p.makeMistakes(t, 100)
	_ = p.Process.Kill()
	_ = p.stdin.Close()
	_ = p.Wait()
	if data, err := os.ReadFile(name); string(data) != "old" {
		t.Errorf(`got %q, %v, want "old"`, data, err)
	}
}
