//go:build !windows

package main

import "os"

// fileIsTerminal takes every character device but the null device for a terminal.
func fileIsTerminal(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(info, null)
}

func fileShowsColor(*os.File) bool { return true }
