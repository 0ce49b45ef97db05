package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// running is ticaga-mock run as another process. Its output ends when it has ended, and whatever
// it has started.
type running struct {
	*exec.Cmd
	output *os.File
	lines  *bufio.Reader
	stderr *strings.Builder
}

// startRun runs a command in a session of its own, with a terminal or without.
func startRun(t *testing.T, terminal *os.File, command ...string) *running {
	t.Helper()
	output, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r := &running{exec.Command("ticaga-mock", append([]string{"run", "--"}, command...)...), output, bufio.NewReader(output), &strings.Builder{}}
	r.Stdout, r.Stderr = writer, r.stderr
	r.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if terminal != nil {
		r.ExtraFiles = []*os.File{terminal}
		r.SysProcAttr.Setctty, r.SysProcAttr.Ctty = true, 3
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	_ = output.SetReadDeadline(time.Now().Add(time.Minute)) // a failure would have no end
	t.Cleanup(func() {
		_ = r.Process.Kill()
		_ = output.Close()
	})
	return r
}

// await reads lines of the output up to one.
func (r *running) await(t *testing.T, line string) {
	t.Helper()
	for {
		got, err := r.lines.ReadString('\n')
		if err != nil {
			t.Fatalf("got %v, want the line %q: %s", err, line, r.stderr)
		}
		if got == line+"\n" {
			return
		}
	}
}

// rest waits for the end of everything, and returns what it said and the exit code.
func (r *running) rest(t *testing.T) (string, int) {
	t.Helper()
	text, err := io.ReadAll(r.lines)
	if err != nil {
		t.Errorf("something outlives run: %v", err)
	}
	_ = r.Wait()
	return string(text), r.ProcessState.ExitCode()
}

// helper ignores every signal that can be ignored, and says when it does.
const helper = `sh -c 'trap "" INT TERM HUP QUIT; echo helping; sleep 1000; sleep 1000'`

// TestNothingOutlivesRun: whatever ends it, and whatever the helper does to signals and to its
// process group.
func TestNothingOutlivesRun(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		signal syscall.Signal // 0 for none
		code   int
	}{
		"SIGTERM":                 {helper + " & wait", syscall.SIGTERM, 143},
		"SIGINT":                  {helper + " & wait", syscall.SIGINT, 130},
		"SIGHUP":                  {helper + " & wait", syscall.SIGHUP, 129},
		"SIGQUIT":                 {helper + " & wait", syscall.SIGQUIT, 131},
		"a group of its own":      {"timeout 1000 " + helper + " & wait", syscall.SIGTERM, 143},
		"the command is deaf":     {helper, syscall.SIGTERM, 143},
		"the command has ended":   {helper + " & read line <line; exit 7", 0, 7},
		"its parent ended before": {"(" + helper + " &); read line <line", 0, 0},
	} {
		for _, terminal := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", at a terminal"}[terminal], func(t *testing.T) {
				t.Parallel()
				line := filepath.Join(t.TempDir(), "line")
				if err := syscall.Mkfifo(line, 0o600); err != nil {
					t.Fatal(err)
				}
				var tty *os.File
				if terminal {
					_, tty = openTerminal(t)
				}
				r := startRun(t, tty, "sh", "-c", strings.ReplaceAll(c.script, "<line", "<"+line))
				r.await(t, "helping")
				if c.signal != 0 {
					_ = r.Process.Signal(c.signal)
				} else if err := os.WriteFile(line, []byte("go on\n"), 0); err != nil {
					t.Fatal(err)
				}
				if _, code := r.rest(t); code != c.code {
					t.Errorf("exit code %d, want %d: %s", code, c.code, r.stderr)
				}
			})
		}
	}
}

// TestClosedTerminalEndsTheCommand: run ends with the command, and not before.
func TestClosedTerminalEndsTheCommand(t *testing.T) {
	keys, terminal := openTerminal(t)
	r := startRun(t, terminal, "sh", "-c", `trap "" HUP; trap "echo asked; exit 4" TERM; echo ready; while :; do sleep 0.01; done`)
	r.await(t, "ready")
	_, _ = terminal.Close(), keys.Close()
	if said, code := r.rest(t); said != "asked\n" || code != 129 {
		t.Errorf(`got %q, exit code %d: %s; want said "asked\n", code 129`, said, code, r.stderr)
	}
}

// TestACommandMayReadTheTerminal: although standard input is not the terminal.
func TestACommandMayReadTheTerminal(t *testing.T) {
	keys, terminal := openTerminal(t)
	r := startRun(t, terminal, "sh", "-c", `exec 3</dev/tty; echo ready; read line <&3; echo "got $line"; stty -echo <&3; exit 5`)
	r.await(t, "ready")
	if _, err := keys.WriteString("a password\n"); err != nil {
		t.Fatal(err)
	}
	if said, code := r.rest(t); said != "got a password\n" || code != 5 {
		t.Errorf(`%q, exit code %d: %s; want said "got a password\n", code 5`, said, code, r.stderr)
	}
}

// TestNohupIsKept: who ignores SIGHUP on purpose goes on.
func TestNohupIsKept(t *testing.T) {
	r := startRun(t, nil, "sh", "-c", `kill -HUP $PPID; exit 6`)
	_, code := r.rest(t)
	if code != 129 && code != 6 { // which of the two comes first is open
		t.Errorf("exit code %d, want 129 or 6", code)
	}
	out, err := exec.Command("sh", "-c", `trap "" HUP; ticaga-mock run -- sh -c 'kill -HUP $PPID; exit 6'`).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 6 {
		t.Errorf("got %v, want exit code 6: %s", err, out)
	}
}

// TestTheCommandEndsWithAKilledRun: when run is killed, the kernel sends the command SIGTERM. It may do
// so more than once: the threads of run end one after the other, and each is the command's parent
// until it has ended. So the command ignores the signal once it has it.
func TestTheCommandEndsWithAKilledRun(t *testing.T) {
	r := startRun(t, nil, "sh", "-c", `trap "trap '' TERM; echo asked; exit" TERM; echo ready; while :; do sleep 0.01; done`)
	r.await(t, "ready")
	_ = r.Process.Kill()
	if got, _ := r.rest(t); got != "asked\n" {
		t.Errorf("the command said %q, want %q", got, "asked\n")
	}
}

// TestOrphansAreReaped: as PID 1 has to, and without taking the command's own end away from whoever
// waits for it. The loop ends when no zombie is left.
func TestOrphansAreReaped(t *testing.T) {
	const script = `
		for n in 1 2 3 4 5 6 7 8 9; do (sh -c "echo orphan; exit 3" &); done | cat
		while grep -qs ") Z $PPID " /proc/[0-9]*/stat; do sleep 0.01; done
		(exit 4 &)
		exit 7`
	for range 5 {
		r := startRun(t, nil, "sh", "-c", script)
		if said, code := r.rest(t); code != 7 || strings.Count(said, "orphan\n") != 9 {
			t.Errorf(`got %q, exit code %d: %s; want code 7, number of "orphan\n" in said 9`, said, code, r.stderr)
		}
	}
}

// TestDaemonKeepsRunning: a daemon leaves the session on purpose, so that run must not end it.
func TestDaemonKeepsRunning(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"up", "line"} {
		if err := syscall.Mkfifo(filepath.Join(folder, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := startRun(t, nil, "sh", "-c", `cd `+folder+`; setsid sh -c 'echo >up; read line <line; echo "still here"' & read line <up`)
	_, _ = r.Process.Wait() // not for its output, which the daemon shares
	if err := os.WriteFile(filepath.Join(folder, "line"), []byte("go on\n"), 0); err != nil {
		t.Fatal(err)
	}
	if said, _ := io.ReadAll(r.lines); string(said) != "still here\n" {
		t.Errorf(`the daemon said %q, want "still here\n"`, said)
	}
}

// TestProcessesLeftOfAGroup: the list is not a snapshot: a parent may be missing, or processes may form a circle.
func TestProcessesLeftOfAGroup(t *testing.T) {
	all := []process{
		{id: 1, group: 1, session: 1},
		{id: 10, parent: 1, group: 10, session: 10},  // a shell
		{id: 20, parent: 10, group: 20, session: 10}, // this program
		{id: 21, parent: 10, group: 20, session: 10}, // what it is piped into
		{id: 30, parent: 20, group: 20, session: 10}, // the command
		{id: 31, parent: 30, group: 31, session: 10}, // its child in a group of its own
		{id: 32, parent: 1, group: 20, session: 10},  // an orphan of it
		{id: 33, parent: 30, group: 20, session: 33}, // a daemon
		{id: 34, parent: 30, group: 20, session: 10, dead: true},
		{id: 40, parent: 41, group: 40, session: 10},
		{id: 41, parent: 40, group: 40, session: 10},
		{id: 42, parent: 99, group: 40, session: 10},
	}
	ids := func(list []process) (ids []int) {
		for _, p := range list {
			ids = append(ids, p.id)
		}
		return ids
	}
	if diff := cmp.Diff([]int{30, 31, 32}, ids(left(all, 20, 20))); diff != "" {
		t.Error(diff)
	}
	all[2].parent = 1 // then nothing tells its orphans from what stands beside it
	if diff := cmp.Diff([]int{30, 31}, ids(left(all, 20, 20))); diff != "" {
		t.Error(diff)
	}
}

// TestSignalBeforeReady: a signal ends the program while it still reads or generates its data, however long
// that takes.
func TestSignalBeforeReady(t *testing.T) {
	folder := t.TempDir()
	fixture := filepath.Join(folder, "customers.json")
	if err := syscall.Mkfifo(fixture, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"--addr", "127.0.0.1:0", "--fixtures", folder}, {"serve", "--addr", "127.0.0.1:0", "--spec", fixture},
		{"run", "--fixtures", folder, "true"}, {"fixtures", "check", folder}, {"run", "--spec", fixture, "true"},
		{"--addr", "127.0.0.1:0", "--tls-cert", fixture, "--tls-key", fixture}, {"run", "--tls-cert", fixture, "--tls-key", fixture, "true"},
	} {
		for signal, want := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129, syscall.SIGQUIT: 131} {
			cmd := exec.Command("ticaga-mock", args...)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			nobody, err := os.OpenFile(fixture, os.O_WRONLY, 0) // waits until it is read from
			if err != nil {
				t.Fatal(err)
			}
			_ = cmd.Process.Signal(signal)
			_ = cmd.Wait()
			_ = nobody.Close()
			if code := cmd.ProcessState.ExitCode(); code != want || stderr.String() != "ticaga-mock: interrupted\n" {
				t.Errorf("%v, %v: exit code %d, want %d: %s", args, signal, code, want, &stderr)
			}
		}
	}
}
