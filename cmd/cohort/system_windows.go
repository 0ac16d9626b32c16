package main

import (
	"errors"
	"syscall"
)

// Error numbers of Windows that package syscall has no names for.
const (
	errSharingViolation = syscall.Errno(32)
	errLockViolation    = syscall.Errno(33)
	errHandleDiskFull   = syscall.Errno(39)
	errDiskFull         = syscall.Errno(112)
	errNameTooLong      = syscall.Errno(206)
	errQuotaExceeded    = syscall.Errno(1295)
)

// isNoRoom tells whether a disk or a quota is used up.
func isNoRoom(err error) bool {
	return errors.Is(err, errDiskFull) || errors.Is(err, errHandleDiskFull) || errors.Is(err, errQuotaExceeded)
}

// isTooLong tells whether a name or a path is longer than the system allows.
func isTooLong(err error) bool { return errors.Is(err, errNameTooLong) }

// isSharing tells whether another program has the file open.
func isSharing(err error) bool {
	return errors.Is(err, errSharingViolation) || errors.Is(err, errLockViolation)
}
