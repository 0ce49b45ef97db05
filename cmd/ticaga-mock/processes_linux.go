package main

import (
	"bytes"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

// listProcesses reads /proc. What ends meanwhile is left out.
func listProcesses() ([]process, error) {
	folder, err := os.Open("/proc")
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	names, err := folder.Readdirnames(0)
	if err != nil {
		return nil, err
	}
	var list []process
	for _, name := range names {
		id, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		stat, _ := os.ReadFile("/proc/" + name + "/stat")
		// The name before the last parenthesis is the program's own choice.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 4 {
			continue
		}
		p := process{id: id, dead: fields[0] == "Z" || fields[0] == "X"}
		for i, number := range []*int{&p.parent, &p.group, &p.session} {
			*number, _ = strconv.Atoi(fields[i+1])
		}
		list = append(list, p)
	}
	return list, nil
}

// dieWithParent has the kernel end a command whose parent was killed. The kernel takes the thread that
// starts the command for its parent, so that thread must not end before the command does.
func dieWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGTERM }

// adoptOrphans makes this process the parent of whatever its descendants leave behind, as if it
// were PID 1, so that nobody gets lost.
func adoptOrphans() {
	const setChildSubreaper = 36
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0)
}

// reapOrphans buries adopted children that have ended, until it is stopped. The one that is
// somebody else's to wait for is left to them.
func reapOrphans(except int) (stop func()) {
	ended, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(ended, syscall.SIGCHLD)
	go func() {
		for {
			select {
			case <-ended:
				reap(except)
			case <-over:
				return
			}
		}
	}()
	return func() {
		signal.Stop(ended)
		close(over)
		reap(0)
	}
}

// reap buries the children that have ended, up to the one that it is not to touch.
func reap(except int) {
	for {
		id := endedChild()
		if id == 0 || id == except {
			return
		}
		_, _ = syscall.Wait4(id, nil, syscall.WNOHANG, nil)
	}
}

// endedChild is a child that has ended and that nobody has waited for; 0 when there is none. It
// takes nothing away from whoever does.
func endedChild() int {
	const all, exited, look = 0, 4, 0x1000000 // P_ALL, WEXITED, WNOWAIT
	var info struct {                         // siginfo_t, 128 bytes
		signal, errno, code int32
		_                   [0]uintptr // what follows is aligned as a pointer is
		id                  int32
		_                   [112]byte
	}
	_, _, errno := syscall.Syscall6(syscall.SYS_WAITID, all, 0, uintptr(unsafe.Pointer(&info)), exited|look|syscall.WNOHANG, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(info.id)
}
