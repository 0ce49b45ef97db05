package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// openTerminal makes a terminal: what is written to keys is typed into it.
func openTerminal(t *testing.T) (keys, terminal *os.File) {
	t.Helper()
	keys, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	var locked, number int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &locked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keys.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Fatal(errno)
		}
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = terminal.Close(), keys.Close() })
	return keys, terminal
}

// TestATerminalsInterruptComesOnce: Ctrl-C reaches the command from the terminal, and run adds
// nothing to it. It is no failure of the command, however fast that ends.
func TestATerminalsInterruptComesOnce(t *testing.T) {
	for script, want := range map[string][2]string{
		`trap 'echo TERM' TERM; trap 'echo INT; for i in $(seq 100000); do :; done; exit 4' INT; echo ready; while :; do :; done`: {
			"ready INT", "exit status 4"},
		`echo ready; while :; do :; done`: {"ready", "signal: interrupt"},
	} {
		keys, terminal := openTerminal(t)
		cmd := exec.Command("ticaga-mock", "run", "sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
		cmd.Stdin = terminal
		var stderr strings.Builder
		cmd.Stderr = &stderr
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var said []string
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			said = append(said, lines.Text())
			if lines.Text() == "ready" {
				if _, err := keys.WriteString("\x03"); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait()
		if got := strings.Join(said, " "); got != want[0] {
			t.Errorf("%s: the command said %q, want %q", script, got, want[0])
		}
		if code := cmd.ProcessState.ExitCode(); code != 130 || stderr.String() != "ticaga-mock: run: interrupted; sh: "+want[1]+"\n" {
			t.Errorf("%s: exit code %d: %s", script, code, &stderr)
		}
	}
}
