package explain_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ticaga-mock/ticaga-mock/mock"
	"github.com/ticaga-mock/ticaga-mock/mock/internal/explain"
	"github.com/ticaga-mock/ticaga-mock/mock/spec"
)

// TestExplainPHP runs the PHP of every page with the real php and its curl extension: the wrong
// lines earn the code, the right ones no error. Where there is no php they go unproven, which
// CI does not allow.
func TestExplainPHP(t *testing.T) {
	if err := exec.Command("php", "-r", "exit(extension_loaded('curl') ? 0 : 1);").Run(); err != nil {
		message := fmt.Sprintf("php with its curl extension is needed to try the PHP of the pages: %v", err)
		if os.Getenv("CI") != "" {
			t.Fatal(message)
		}
		t.Log("NOTHING WAS TESTED: " + message)
		return
	}
	for _, code := range explain.Codes() {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			p := read(t, code)
			wrong := runPHP(t, p.curl["Wrong"][0], p.code["Wrong"][0])
			if !slices.ContainsFunc(wrong, func(v spec.Violation) bool { return string(v.Code) == code }) {
				t.Errorf("the wrong lines: got violations %v, want %s among them", wrong, code)
			}
			for _, v := range runPHP(t, p.curl["Right"][0], p.code["Right"][0]) {
				if isWrong(v, code) {
					t.Errorf("the right lines: got violation %v, want none", v)
				}
			}
		})
	}
}

// runPHP runs lines of PHP against a mock with the settings that the shell beside them shows,
// and returns what is wrong with their last request.
func runPHP(t *testing.T, shell, lines string) []spec.Violation {
	t.Helper()
	var options mock.Options
	for line := range strings.Lines(shell) {
		if flags, ok := strings.CutPrefix(line, "ticaga-mock "); ok {
			settings(t, &options, strings.Fields(strings.TrimSuffix(strings.TrimSpace(flags), "&")))
		}
	}
	var mu sync.Mutex
	var seen []mock.Exchange
	options.Observe = func(x mock.Exchange) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, x)
	}
	server, err := mock.New(options)
	if err != nil {
		t.Fatal(err)
	}
	url := serve(t, server)
	var said bytes.Buffer
	// What the lines do wrong is shown on stderr. What php has to say at its start, such as that an
	// extension of this machine is broken, goes to its log and not to stderr.
	php := exec.Command("php", "-d", "error_log="+os.DevNull, "-d", "display_startup_errors=0", "-d", "display_errors=stderr", "-d", "error_reporting=-1")
	php.Stdin = strings.NewReader(fmt.Sprintf("<?php\n$url = '%s';\n$email = '%s';\n$token = '%s';\n%s", url, mock.DefaultEmail, mock.DefaultToken, lines))
	php.Stderr = &said
	err = php.Run()
	if err := server.Shutdown(t.Context()); err != nil { // waits for requests that broke off
		t.Error(err)
	}
	if err != nil || said.Len() > 0 {
		t.Errorf("php: got error %v, on stderr %q; want neither", err, said.String())
	}
	mu.Lock()
	defer mu.Unlock()
	if len(seen) == 0 {
		t.Fatal("got no request, want one")
	}
	return seen[len(seen)-1].Violations
}
