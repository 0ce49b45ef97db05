//go:build !windows

package file

import (
	"io/fs"
	"os"
	"syscall"
)

// fullErrors returns what a system answers when there is no room: on the disk, for the user, in a file.
func fullErrors() []error { return []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} }

// keepOwner gives a file the owner of another one, where that is allowed: a log that root has compacted stays that of its server.
func keepOwner(path string, of fs.FileInfo) {
	if owner, ok := of.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(path, int(owner.Uid), int(owner.Gid))
	}
}
