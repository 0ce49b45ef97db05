//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
	"time"
)

// group is a command with all that it has started.
type group struct {
	command  *exec.Cmd
	terminal bool   // there is one, whose Ctrl-C reaches the group as well as this program
	close    func() // when nothing is left of it
}

// startGroup starts a command in a process group of its own, so that one signal reaches all of
// it. Where there is a terminal it stays in ours: another group would be stopped as soon as it
// reads from the terminal, whatever its standard input is.
func startGroup(command *exec.Cmd) (*group, error) {
	g := &group{command: command, terminal: hasTerminal()}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: !g.terminal}
	dieWithParent(command.SysProcAttr)
	adoptOrphans()
	if err := command.Start(); err != nil {
		return nil, err
	}
	g.close = reapOrphans(command.Process.Pid)
	return g, nil
}

// hasTerminal reports whether this program, and so what it starts, has a controlling terminal.
func hasTerminal() bool {
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	_ = terminal.Close()
	return true
}

// pgid is the process group that the command was started in.
func (g *group) pgid() int {
	if g.terminal {
		return syscall.Getpgrp()
	}
	return g.command.Process.Pid
}

func (g *group) ask() { g.signal(syscall.SIGTERM) }

// kill goes on while there are processes that start others.
func (g *group) kill() {
	for range 100 {
		g.signal(syscall.SIGKILL)
		time.Sleep(pollInterval)
		if !g.running() {
			return
		}
	}
}

// signal sends a signal to the group. What has ended already is no error.
func (g *group) signal(s syscall.Signal) {
	if !g.terminal {
		_ = syscall.Kill(-g.pgid(), s) // at once, so that none can start another meanwhile
	}
	all, _ := listProcesses()
	for _, p := range left(all, os.Getpid(), g.pgid()) {
		if g.terminal || p.group != g.pgid() {
			_ = syscall.Kill(p.id, s)
		}
	}
}

// running reports whether anything is left of the group.
func (g *group) running() bool {
	all, err := listProcesses()
	if err != nil {
		return !g.terminal && syscall.Kill(-g.pgid(), 0) == nil
	}
	return len(left(all, os.Getpid(), g.pgid())) > 0
}

// process is one that the system has.
type process struct {
	id, parent, group, session int
	dead                       bool // nobody has asked yet how it ended
}

// left lists the processes that descend from one and have not left its session, as daemons do.
// Where orphans are not adopted, those of a process group are meant too.
func left(all []process, self, group int) []process {
	byID := map[int]process{}
	for _, p := range all {
		byID[p.id] = p
	}
	me := byID[self]
	var list []process
	for _, p := range all {
		orphan := p.group == group && p.parent == 1 && (group != me.group || me.parent != 1)
		if p.id != self && !p.dead && p.session == me.session && (orphan || descends(byID, p, self)) {
			list = append(list, p)
		}
	}
	return list
}

// descends reports whether a process was started by another, or by one that was.
func descends(byID map[int]process, p process, from int) bool {
	for range byID { // the list is not of one moment, so that there may be a circle
		switch p.parent {
		case from:
			return true
		case 0:
			return false
		}
		p = byID[p.parent]
	}
	return false
}
