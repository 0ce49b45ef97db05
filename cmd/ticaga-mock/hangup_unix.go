//go:build unix

package main

import "os"

// terminalControls reports whether a terminal controls this program.
func terminalControls() bool {
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	_ = terminal.Close()
	return true
}
