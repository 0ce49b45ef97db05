//go:build !linux

package term

import "os"

// terminalWidth knows a terminal, and not its columns.
func terminalWidth(file *os.File) (columns int, ok bool) {
	info, err := file.Stat()
	return 0, err == nil && info.Mode()&os.ModeCharDevice != 0
}
