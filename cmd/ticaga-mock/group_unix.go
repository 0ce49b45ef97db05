//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
)

// group is a command with all that it has started.
type group struct {
	command *exec.Cmd
	own     bool // it is a process group of its own, not ours
}

// newGroup gives a command a process group, so that one signal reaches all of it. But who
// reads from a terminal has to be in the terminal's group: such a command stays in ours.
func newGroup(command *exec.Cmd) group {
	own := true
	if file, ok := command.Stdin.(*os.File); ok {
		_, terminal := terminalWidth(file)
		own = !terminal
	}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: own}
	return group{command, own}
}

// shared says whether a terminal's Ctrl-C reaches the group as well as us.
func (g group) shared() bool { return !g.own }

// ask asks the group to end. Ctrl-C on a terminal has asked the whole of its group already, and a
// second time would mean haste to many programs.
func (g group) ask(signal os.Signal) {
	switch {
	case g.own:
		_ = syscall.Kill(-g.command.Process.Pid, syscall.SIGTERM)
	case signal != os.Interrupt:
		_ = g.command.Process.Signal(syscall.SIGTERM)
	}
}

// kill ends the group. What has ended already is no error.
func (g group) kill() {
	if g.own {
		_ = syscall.Kill(-g.command.Process.Pid, syscall.SIGKILL)
		return
	}
	_ = g.command.Process.Kill()
}
