//go:build !windows

package file

import "syscall"

// fullErrors returns what a system answers when there is no room: on the disk, for the user, in a file.
func fullErrors() []error { return []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} }
