package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ticaga-mock/ticaga-mock/fixtures"
)

// served is ticaga-mock serve as another process.
type served struct {
	*exec.Cmd
	url string
	log *bufio.Reader
}

// serveProcess starts ticaga-mock in a session of its own, with a terminal or without, and waits until it is ready.
func serveProcess(t *testing.T, terminal *os.File, args ...string) *served {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a failure would have no end
	t.Cleanup(cancel)
	s := &served{Cmd: exec.CommandContext(ctx, "ticaga-mock", append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)}
	s.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if terminal != nil {
		s.ExtraFiles = []*os.File{terminal}
		s.SysProcAttr.Setctty, s.SysProcAttr.Ctty = true, 3
	}
	stdout, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, log, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s.Stdout, s.Stderr, s.log = out, log, bufio.NewReader(stderr)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = out.Close(), log.Close()
	_ = stderr.SetReadDeadline(time.Now().Add(time.Minute))
	t.Cleanup(func() {
		_ = s.Process.Kill()
		_ = s.Wait()
		_, _ = stdout.Close(), stderr.Close()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if s.url = regexp.MustCompile(`http://[^\s\x1b]+`).FindString(line); err != nil || s.url == "" {
		t.Fatalf("got %q, %v; want the line that it is ready", line, err)
	}
	return s
}

// await reads the log up to a line that begins with a text, and returns it.
func (s *served) await(t *testing.T, beginning string) string {
	t.Helper()
	for {
		line, err := s.log.ReadString('\n')
		if err != nil {
			t.Fatalf("got %v, want a line beginning with %q", err, beginning)
		}
		if strings.HasPrefix(line, beginning) {
			return line
		}
	}
}

// exportDesk writes the scenario "default" to a folder.
func exportDesk(t *testing.T) string {
	t.Helper()
	files, err := fixtures.Open("default")
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "desk")
	if err := os.CopyFS(folder, files); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestHangupReloads where no terminal controls the mock, as often as it comes, and ends it everywhere else.
func TestHangupReloads(t *testing.T) {
	folder := exportDesk(t)
	s := serveProcess(t, nil, "--fixtures", folder)
	for range 3 { // a second signal that asks it to end would make it hurry
		_ = s.Process.Signal(syscall.SIGHUP)
		s.await(t, "reloaded")
	}
	if err := os.WriteFile(filepath.Join(folder, "tickets.json"), []byte("[{}]"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = s.Process.Signal(syscall.SIGHUP)
	s.await(t, "not reloaded: fixtures: tickets.json: /0")
	if response, err := http.Get(s.url + "/_mock/ready"); err != nil || response.StatusCode != 200 {
		t.Errorf("got %v, %v, want 200", response, err)
	}
	_ = s.Process.Signal(syscall.SIGTERM)
	if err := s.Wait(); err != nil {
		t.Errorf("got %v, want a clean end", err)
	}
}

func TestHangupEndsTheMock(t *testing.T) {
	for name, c := range map[string]struct {
		terminal bool
		args     []string
	}{
		"without files":           {false, nil},
		"at a terminal":           {true, []string{"--fixtures", exportDesk(t)}},
		"at a terminal, watching": {true, []string{"--fixtures", exportDesk(t), "--watch"}},
	} {
		t.Run(name, func(t *testing.T) {
			var terminal *os.File
			if c.terminal {
				_, terminal = openTerminal(t)
			}
			s := serveProcess(t, terminal, c.args...)
			_ = s.Process.Signal(syscall.SIGHUP)
			if err := s.Wait(); err != nil {
				t.Errorf("got %v, want a clean end", err)
			}
		})
	}
}

// TestPipesAreNotReadAgain: what was in them is gone, and their reader would wait for ever.
func TestPipesAreNotReadAgain(t *testing.T) {
	folder := exportDesk(t)
	s := serveProcess(t, nil, "--fixtures", folder)
	if err := os.Remove(filepath.Join(folder, "responses.json")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "responses.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = s.Process.Signal(syscall.SIGHUP)
	if line := s.await(t, "not reloaded: "); !strings.HasSuffix(line, "responses.json\" is not a regular file, so it cannot be read again\n") {
		t.Errorf("got %q, want that it is not a regular file", line)
	}
}
