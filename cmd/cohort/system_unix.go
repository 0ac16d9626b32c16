//go:build !windows

package main

import (
	"errors"
	"syscall"
)

// isNoRoom tells whether a disk, a quota or the largest allowed size of a file is used up.
func isNoRoom(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG) || errors.Is(err, syscall.EDQUOT)
}

// isTooLong tells whether a name or a path is longer than the system allows.
func isTooLong(err error) bool { return errors.Is(err, syscall.ENAMETOOLONG) }

// isSharing is false: here a file that is open elsewhere can be replaced.
func isSharing(error) bool { return false }
