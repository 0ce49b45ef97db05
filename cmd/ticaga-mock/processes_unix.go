//go:build unix && !linux

package main

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
)

// listProcesses asks ps, which is everywhere and the same. There are no sessions in its list.
func listProcesses() ([]process, error) {
	command := exec.Command("ps", "-A", "-o", "pid=,ppid=,pgid=,state=")
	text, err := command.Output()
	if err != nil {
		return nil, err
	}
	var list []process
	for line := range strings.Lines(string(text)) {
		var p process
		var state string
		if _, err := fmt.Sscan(line, &p.id, &p.parent, &p.group, &state); err == nil && p.id != command.Process.Pid {
			p.dead = strings.HasPrefix(state, "Z")
			list = append(list, p)
		}
	}
	return list, nil
}

// Only Linux can do these. Elsewhere, orphans are found by their process group.

func dieWithParent(*syscall.SysProcAttr) {}

func adoptOrphans() {}

func reapOrphans(int) (stop func()) { return func() {} }
