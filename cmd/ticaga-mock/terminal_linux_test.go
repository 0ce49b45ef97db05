package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// openTerminal makes a terminal: what is written to keys is typed into it, and what is read from keys
// is what it shows.
func openTerminal(t *testing.T) (keys, terminal *os.File) {
	t.Helper()
	keys, terminal, err := newTerminal()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = terminal.Close(), keys.Close() })
	return keys, terminal
}

func newTerminal() (keys, terminal *os.File, err error) {
	keys, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	var locked, number int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &locked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, keys.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			_ = keys.Close()
			return nil, nil, errno
		}
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	return keys, terminal, err
}

// screen is a program for the scripts: it runs a command at a terminal and prints all that the terminal
// shows. testscript's own ttyin loses what nobody has read when the command ends.
//
//	screen COMMAND [ARGUMENT...]
func screen() {
	keys, terminal, err := newTerminal()
	if err != nil {
		log.Fatal(err)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = terminal, terminal, terminal
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := cmd.Start(); err != nil {
		log.Fatal(err)
	}
	_ = terminal.Close()            // so that reading ends when the command does
	_, _ = io.Copy(os.Stdout, keys) // ends with EIO, a terminal's end of file
	if err := cmd.Wait(); err != nil {
		log.Fatal(err)
	}
}

// TestTerminalInterruptReachesTheCommandOnce: Ctrl-C reaches the command from the terminal, and run does not
// send it again. It is not a failure of the command, however fast that ends.
func TestTerminalInterruptReachesTheCommandOnce(t *testing.T) {
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
			t.Errorf("%s: exit code %d: %s; want code 130, stderr %q", script, code, &stderr, "ticaga-mock: run: interrupted; sh: "+want[1]+"\n")
		}
	}
}

// TestMCPAtATerminal: a person who types it is told what it waits for, and ends it with Ctrl-D.
func TestMCPAtATerminal(t *testing.T) {
	keys, terminal := openTerminal(t)
	command := program(t, "mcp")
	command.Stdin = terminal
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	want := "ticaga-mock: mcp: waiting for messages of an assistant, which starts this by itself; see docs/assistants.md\n"
	if got, err := bufio.NewReader(stderr).ReadString('\n'); got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := keys.WriteString("\x04"); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("got %v, want exit code 0", err)
	}
}
