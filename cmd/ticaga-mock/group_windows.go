package main

import (
	"os/exec"
	"unsafe"

	"golang.org/x/sys/windows"
)

// group is a command with all that it has started: a job object. The system ends what is left in it
// when this program ends, however that comes about.
type group struct {
	terminal bool
	job      windows.Handle
}

// startGroup starts a command and puts it into a job. What it starts later is in there too; a
// command takes longer to load than it takes us to do so.
func startGroup(command *exec.Cmd) (*group, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, err
	}
	g := &group{terminal: true, job: job} // there is no other way to ask a program than its console's
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{
		BasicLimitInformation: windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{LimitFlags: windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE},
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		g.close()
		return nil, err
	}
	if err := command.Start(); err != nil {
		g.close()
		return nil, err
	}
	process, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(command.Process.Pid))
	if err == nil {
		_ = windows.AssignProcessToJobObject(job, process) // one that has ended already cannot be
		_ = windows.CloseHandle(process)
	}
	return g, nil
}

// ask does nothing: Ctrl-C, and the closing of a console, have asked everybody in it.
func (g *group) ask() {}

func (g *group) kill() { _ = windows.TerminateJobObject(g.job, 1) }

// running reports whether anything is left that could still be asked to end.
func (g *group) running() bool { return false }

// close ends what is left.
func (g *group) close() { _ = windows.CloseHandle(g.job) }

// reapOrphans has nothing to do: a process that has ended leaves nothing behind.
func reapOrphans(int) (stop func()) { return func() {} }
