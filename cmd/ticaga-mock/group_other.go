//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// group is a command alone: there is no way to ask it to end, nor to reach what it has started.
type group struct{ command *exec.Cmd }

func newGroup(command *exec.Cmd) group { return group{command} }

func (g group) shared() bool { return true }

func (g group) ask(os.Signal) {}

func (g group) kill() { _ = g.command.Process.Kill() }
