//go:build cgo && unix

package verify

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestInterrupt: Ctrl-C ends the verifier too, with what it has started.
func TestInterrupt(t *testing.T) {
	ticagaMock, _ := programs(t)
	folder := t.TempDir()
	fifo, stub := filepath.Join(folder, "fifo"), filepath.Join(folder, "pact")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	const stubborn = `#!/bin/sh
[ "$2" = --version ] && { echo "pact verifier version   : v1.3.5"; exit; }
sleep 600 &
echo $$ $! >"$FIFO"
wait
`
	if err := os.WriteFile(stub, []byte(stubborn), 0o755); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(ticagaMock, "pact", "verify", "--pact", stub, "../pacts")
	command.Env = append(os.Environ(), "FIFO="+fifo)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := os.ReadFile(fifo) // waits for the verifier
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := exitCode(command.Wait()); code != 130 {
		t.Errorf("exit code: got %d, want 130", code)
	}
	for _, text := range strings.Fields(string(said)) {
		pid, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
			t.Errorf("process %d: got %v, want that it has ended", pid, err)
		}
	}
}
