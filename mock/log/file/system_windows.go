package file

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// fullErrors returns what a system answers when there is no room on the disk or for the user.
func fullErrors() []error {
	return []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_DISK_QUOTA_EXCEEDED}
}

// keepOwner does nothing: a new file inherits what its folder says.
func keepOwner(string, fs.FileInfo) {}
