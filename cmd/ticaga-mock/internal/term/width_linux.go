package term

import (
	"os"
	"syscall"
	"unsafe"
)

// terminalWidth asks a terminal for its columns, which are 0 when it does not know them. A
// file that is no terminal, such as /dev/null, does not answer.
func terminalWidth(file *os.File) (columns int, ok bool) {
	var size struct{ rows, columns, x, y uint16 }
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, file.Fd(), syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
	return int(size.columns), errno == 0
}
